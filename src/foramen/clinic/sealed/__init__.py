"""Identifiers, encrypted: the key ring, the key of each patient, sealed fields, and how they are found again."""

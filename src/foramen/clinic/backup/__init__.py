"""Backups: one sealed file with a copy of the database, made while people work, and proven by restoring it."""

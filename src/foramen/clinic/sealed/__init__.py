"""What names a person, sealed in the database: the key ring, the key of each patient, sealed columns, search marks.

A patient has a key of 256 random bits. It is stored wrapped by a key of the ring, which is never in the database.
Whoever destroys it destroys every name, number and word that was written about the patient.
"""

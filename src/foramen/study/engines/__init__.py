"""Engines answer four requests about the rows of a snapshot with integers. The only package that speaks SQL."""

"""Instruments: what is asked, what may be answered, how answers become a score, and what a change means."""

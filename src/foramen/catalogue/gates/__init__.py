"""Gates around the procedure: total decision tables in data, and the small functions that read what they ask."""

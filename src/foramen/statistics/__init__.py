"""Layer 2: count tables in, `Statistic` rows out. One file per family; nothing here reads a file or a row."""

"""Layer 1: a frozen, de-identified copy of a service's records as Parquet files with a manifest; opened read-only."""

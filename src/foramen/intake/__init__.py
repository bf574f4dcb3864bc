"""Layer 3: tables of rows, as hospitals export them, become a snapshot — whole, or not at all."""

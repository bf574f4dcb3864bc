"""Layer 0: what every other package may use. Imports nothing of Foramen."""

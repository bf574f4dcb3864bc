"""Layer 3: made-up patients. Everything here is invented and says so; nothing is drawn from a person."""

"""What every field of the clinic is to research and to privacy, declared in one place."""

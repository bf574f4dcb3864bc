"""Layer 1: documents of the library and of users — read, checked against their model, identified by a digest."""

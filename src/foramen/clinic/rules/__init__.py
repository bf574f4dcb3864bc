"""From facts to what the rules of the catalogue are told, and what they say about a visit."""

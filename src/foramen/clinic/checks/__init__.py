"""Whether an installation stands as it has to: asked before it serves, by `foramen check`, and for monitors."""

"""One class per kind of check: what it needs in a document, and how it judges."""

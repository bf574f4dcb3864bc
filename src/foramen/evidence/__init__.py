"""Layer 3: the printed facts of papers, recomputed."""

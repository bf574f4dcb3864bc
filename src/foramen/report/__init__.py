"""Layer 4: results as documents. Computes nothing: every number shown stands in the results."""

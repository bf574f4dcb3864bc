"""Who may do what: roles, the matrix of routes, and what stands in front of every page."""

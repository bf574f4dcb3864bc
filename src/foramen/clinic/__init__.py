"""Layer 5: the service wing. One Django project with one app; nothing below it knows Django."""

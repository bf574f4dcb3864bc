"""Foramen runs an image-guided spine-injection service and turns each treatment into evidence."""

__version__ = "0.1.0"

"""One renderer per format. They arrange what a report holds and compute nothing."""

"""For monitors: whether the process answers, and whether the service can do its work."""

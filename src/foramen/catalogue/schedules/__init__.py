"""Schedules: when who is asked what, and the tasks that follow from an event."""

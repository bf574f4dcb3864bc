"""Importing this module declares every verb: one line for each module that has some."""

"""A hospital of invented people, the same each time it is built, with a day in progress."""

"""The verbs of the service. Pages, API and demonstration all act through them, and there is no other way."""

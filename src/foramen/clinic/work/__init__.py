"""What the worker does: what waits in the outbox, and what comes again and again."""

"""What every record is kept by: the database, its audit, idempotency and outbox."""

"""Reading everything as it was at one moment, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Whatever is read inside is as it was when it began; nothing can be written. Nobody waits for it.

    A transaction of Django's would lock SQLite for writing, and see each statement's own moment on PostgreSQL. Inside
    another transaction it is that one that counts.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _raw().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    raw = _raw()
    raw.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        raw.execute("ROLLBACK")


def _raw() -> Any:
    """The connection itself: it has to hear this before anything else is said in the transaction."""
    return connection.connection

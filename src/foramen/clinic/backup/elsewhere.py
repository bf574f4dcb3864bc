"""Looking at another database than that of the service: a copy to be proven, or to be put in place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def elsewhere(options: Mapping[str, Any] | None = None, **settings: Any) -> Iterator[BaseDatabaseWrapper]:
    """Inside, everything that this thread asks of the database is asked of the one with these settings, over a
    connection of its own without a pool."""
    usual = connections[DEFAULT_DB_ALIAS]
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    kept = {name: value for name, value in usual.settings_dict["OPTIONS"].items() if name != "pool"}
    other.settings_dict = usual.settings_dict | settings | {"OPTIONS": kept | dict(options or {})}
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield other
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = usual

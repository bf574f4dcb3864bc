"""How long a request waits for the database: a few seconds in all, then it says that nothing was saved."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from foramen.clinic.records.database import POOL, REACH_SECONDS

REQUEST_SECONDS = 4
"""How long a request waits, for all its statements together on SQLite, for each of them on PostgreSQL."""

LEAST_MILLISECONDS = 50
"""How long a statement waits at least, when all the patience of a request is used up."""

_ENDS: ContextVar[float | None] = ContextVar("foramen_patience", default=None)


@contextmanager
def patience() -> Iterator[None]:
    """Inside, all waiting together takes no longer than a request may."""
    token = _ENDS.set(time.monotonic() + REQUEST_SECONDS)
    try:
        yield
    finally:
        _ENDS.reset(token)


def hurry(settings: dict[str, Any]) -> None:
    """Make these settings those of a process that answers requests, before its first connection is made."""
    options = settings["OPTIONS"]
    if settings["ENGINE"].endswith("sqlite3"):
        options["timeout"] = REQUEST_SECONDS
        keep_to_file(settings)
        connection_created.connect(_limit_waiting, dispatch_uid="foramen_patience")
        return
    options["pool"] = dict(POOL) | {"timeout": REACH_SECONDS}
    limits = (f"-c {name}={REQUEST_SECONDS}s" for name in ("statement_timeout", "lock_timeout"))
    options["options"] = " ".join([options.get("options", ""), *limits]).strip()


def keep_to_file(settings: dict[str, Any]) -> None:
    """A file of SQLite that is gone is gone, for a process that goes on: SQLite would make an empty one in its place.
    Before the first connection is made."""
    if settings["ENGINE"].endswith("sqlite3"):
        settings["NAME"] = f"file:{quote(str(settings['NAME']))}?mode=rw"


def _limit_waiting(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    if _wait_no_longer not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wait_no_longer)


def _wait_no_longer(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """What stands around every statement to SQLite: whatever begins to write waits for what is left of the patience."""
    ends, raw = _ENDS.get(), context["connection"].connection
    if ends is not None and not raw.in_transaction and not str(sql).startswith("SELECT"):
        left = max(int((ends - time.monotonic()) * 1000), LEAST_MILLISECONDS)
        raw.execute(f"PRAGMA busy_timeout={left}")
    return execute(sql, params, many, context)

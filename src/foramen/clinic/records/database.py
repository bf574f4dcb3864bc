"""Which database, and with which settings. SQLite unless a URL names PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path
from sqlite3 import SQLITE_ERROR
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import InterfaceError, OperationalError

from foramen.kernel.errors import DefinitionError

PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728; "
    "PRAGMA journal_size_limit=27103364;"
)
"""FULL: an acknowledged write outlives a power cut. Recursive triggers: REPLACE deletes no row behind their back."""

BUSY_SECONDS = 20
"""How long a command or a worker waits for its turn to write to SQLite."""

REACH_SECONDS = 3
"""How long anybody waits for a connection."""

AGAIN_SECONDS = 1
"""How long a pool tries by itself to reach a database that is gone. Then the next request tries at once: nobody waits
for a pause that has grown long."""


POOL: Mapping[str, Any] = {"min_size": 2, "max_size": 16, "reconnect_timeout": AGAIN_SECONDS}


def database_settings(url: str, folder: Path) -> dict[str, Any]:
    """Django's settings of the one database."""
    return _postgresql(url) if url else _sqlite(folder)


def _sqlite(folder: Path) -> dict[str, Any]:
    """IMMEDIATE: a transaction that reads and then writes never finds itself locked out half way."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "foramen.sqlite3",
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": BUSY_SECONDS, "init_command": PRAGMAS},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise DefinitionError.single(
            "this is no address of a PostgreSQL database", where="FORAMEN_DATABASE_URL",
            received=f"{parts.scheme or 'nothing'}://…", remedy="postgresql://user@host:5432/name",
        )  # fmt: skip
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"pool": dict(POOL), "connect_timeout": REACH_SECONDS, **query},
    }


def is_out_of_reach(error: BaseException) -> bool:
    """Whether an error says that the database cannot do its work just now: it is gone, locked, full or too slow. An
    error in a statement is a fault of ours; SQLite tells it under the same name."""
    if isinstance(error, InterfaceError):
        return True
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlite_errorcode", 0) != SQLITE_ERROR

"""Triggers: the database itself writes the audit, and refuses to change or delete what is signed.

They are made from the models, installed after every migration, and compared with what is wanted before a service
starts (`checks`): a migration on SQLite rebuilds tables and silently loses their triggers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.db import connection as default_connection
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from foramen.clinic.records import postgres_triggers, sqlite_triggers
from foramen.clinic.records.audited import Audited, audited_tables


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be dropped and what is to be made, by name."""

    stale: tuple[str, ...]
    missing: tuple[str, ...]


class Dialect(Protocol):
    """What each of the two databases knows about triggers."""

    def wanted(self, tables: list[Audited]) -> dict[str, str]:
        """The statements that make a trigger or a function, by name, functions first."""

    def present(self, connection: BaseDatabaseWrapper) -> dict[str, str]:
        """What the database has now: by name, the mark of the statement that made it."""

    def mark(self, statement: str) -> str:
        """By what a statement is known again."""

    def make(self, name: str, statement: str) -> str:
        """What is executed to make one, with its mark."""

    def drop(self, name: str) -> str:
        """What is executed to drop one; empty for what is replaced instead."""


def _dialect(connection: BaseDatabaseWrapper) -> Dialect:
    return postgres_triggers if connection.vendor == "postgresql" else sqlite_triggers


def difference(connection: BaseDatabaseWrapper = default_connection) -> Difference:
    """What a database has against what the models ask for; nothing is asked of tables that are not there yet."""
    dialect = _dialect(connection)
    wanted = {name: dialect.mark(text) for name, text in _wanted(connection).items()}
    present = dialect.present(connection)
    return Difference(
        stale=tuple(name for name, mark in present.items() if wanted.get(name) != mark),
        missing=tuple(name for name, mark in wanted.items() if present.get(name) != mark),
    )


def standing(connection: BaseDatabaseWrapper = default_connection) -> dict[str, str]:
    """The triggers that a database has now, of whatever version: by name, the mark of the statement that made it."""
    return _dialect(connection).present(connection)


def install(connection: BaseDatabaseWrapper = default_connection) -> None:
    """Make the triggers what they should be. Doing it again changes nothing."""
    found, dialect = difference(connection), _dialect(connection)
    wanted = _wanted(connection)
    made = [dialect.make(name, wanted[name]) for name in found.missing]
    _execute(connection, [*(dialect.drop(name) for name in found.stale), *made])


def remove(connection: BaseDatabaseWrapper = default_connection) -> None:
    """Drop every trigger of ours: before SQLite rebuilds tables, and where a test empties its database."""
    dialect = _dialect(connection)
    _execute(connection, [dialect.drop(name) for name in dialect.present(connection)])


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    """All or none of them; nothing is begun for none."""
    if not any(statements):
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in filter(None, statements):
            cursor.execute(statement)


@contextmanager
def without_triggers(connection: BaseDatabaseWrapper = default_connection) -> Iterator[None]:
    """For building a database in bulk where nobody works yet: nothing that is written inside is audited."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    there = set(connection.introspection.table_names())
    tables = [one for one in audited_tables() if one.table in there]
    audit = [one for one in tables if not one.logged]
    return _dialect(connection).wanted(tables) if audit else {}

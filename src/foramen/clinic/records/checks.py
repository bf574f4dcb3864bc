"""Whether the audit is whole: asked before a service starts."""

from typing import Any

from django.core.checks import Error
from django.db import connections

from foramen.clinic.models import AuditEvent
from foramen.clinic.records.events import clock_is_behind
from foramen.clinic.records.triggers import difference
from foramen.kernel.errors import Fault, UserError

REMEDY = "migrate the database again, which puts them back"


def missing_triggers(alias: str = "default") -> tuple[str, ...]:
    """The triggers that are missing, switched off, or made for other columns; empty when the audit is whole."""
    found = difference(connections[alias])
    return tuple(dict.fromkeys((*found.missing, *found.stale)))


def require_triggers(alias: str = "default") -> None:
    """Raise UserError unless the audit is there and whole. Nothing is served without it."""
    if AuditEvent._meta.db_table not in connections[alias].introspection.table_names():
        raise UserError.single("this database has no tables of the clinic", remedy="migrate it first")
    if faults := [Fault("this trigger is missing or stale", name, remedy=REMEDY) for name in missing_triggers(alias)]:
        raise UserError(Fault("the database does not write its audit", remedy=REMEDY), *faults)


def require_clock() -> None:
    """Raise UserError where the clock is behind the last event: what is written now would look older than it."""
    if (behind := clock_is_behind()) is not None:
        raise UserError.single(
            "the clock of this machine is behind the last event of the audit", received=f"by {behind}",
            remedy="set the clock right; if it is right, this database was written by one that was ahead",
        )  # fmt: skip


def check_triggers(databases: Any = None, **_asked: Any) -> list[Error]:
    """The same for `check --deploy`. Not for every command: migrating has to be able to put them back."""
    missing = [name for alias in databases or () for name in missing_triggers(alias)]
    return [Error(f"the trigger {name} is missing or stale", hint=REMEDY, id="clinic.E001") for name in missing]

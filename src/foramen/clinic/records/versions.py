"""Versioned rows: nobody overwrites what somebody else saved in between."""

from typing import Any, TypeVar

from foramen.clinic.domain.errors import StaleError
from foramen.clinic.models.base import VersionedRow
from foramen.clinic.sealed.fields import sealed_changes
from foramen.kernel.errors import Fault

Versioned = TypeVar("Versioned", bound=VersionedRow)


def save_changes(row: Versioned, seen: int | None = None, **changes: Any) -> Versioned:
    """Change a row of the version that was seen (by default, of the one just read), and count it up.

    Raises StaleError with what stands now, if somebody saved another version in between.
    """
    version = row.version if seen is None else seen
    model = type(row)
    done = model._default_manager.filter(pk=row.pk, version=version).update(
        version=version + 1, **sealed_changes(row, changes)
    )
    now = model._default_manager.get(pk=row.pk)
    if not done:
        theirs = {name: getattr(now, name) for name in changes} | {"version": now.version}
        fault = Fault("somebody else saved this while you were at it", received=f"version {version}")
        raise StaleError(fault, theirs=theirs)
    for name in (*changes, "version"):
        setattr(row, name, getattr(now, name))
    return row

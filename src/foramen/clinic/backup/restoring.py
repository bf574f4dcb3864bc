"""Restoring a backup: proven, loaded beside what is there, marked as a copy, and put in place in one step."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from django.db import Error as DatabaseError
from django.db import connection

from foramen import __version__
from foramen.clinic import clock
from foramen.clinic.backup.elsewhere import elsewhere
from foramen.clinic.backup.engine import engine
from foramen.clinic.backup.errors import NOTHING, BackupError
from foramen.clinic.backup.making import Proof, prove
from foramen.clinic.backup.manifest import Manifest
from foramen.clinic.backup.marking import Marked, mark
from foramen.clinic.backup.places import work_folder
from foramen.clinic.backup.proof import check_copy
from foramen.clinic.backup.unpacking import unpack
from foramen.clinic.records.events import SKEW
from foramen.clinic.records.installation import last_pulse
from foramen.clinic.records.schema import newer, older

ALIVE = timedelta(seconds=45)
"""A worker that showed itself since then still runs."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. `whole`: its audit is as it was sealed; `aside`: where the replaced database is; `waiting`:
    the migrations it still needs."""

    manifest: Manifest
    marked: Marked
    whole: bool
    aside: str
    waiting: list[str]


def restore(file: Path, *, replace: bool = False) -> Restored:
    """Restore a backup into an empty place, or in the place of what is there. Raises BackupError and OutputError; then
    nothing is changed."""
    with work_folder() as folder, elsewhere():
        manifest, payload = unpack(file, folder)
        check_fits(manifest, file)
        if engine().is_there(replace=replace):
            check_no_pulse()
            engine().check_unused()
        stamp = f"{clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
        with engine().loading(payload, manifest, folder):
            whole = check_copy(manifest)
            marked = mark(manifest)
        aside = engine().put_in_place(payload, manifest, stamp)
    return Restored(manifest, marked, whole, aside, older(manifest.migrations))


def check(file: Path) -> tuple[Manifest, Proof]:
    """Prove a backup in a scratch place, and change nothing. Raises BackupError."""
    with work_folder() as folder, elsewhere():
        manifest, payload = unpack(file, folder)
        check_fits(manifest, file)
        payload.unlink()
        return manifest, prove(file, folder)


def check_fits(manifest: Manifest, file: Path) -> None:
    """Raise BackupError for a backup that cannot be restored here and now."""
    if manifest.engine != connection.vendor:
        raise BackupError.single(
            "this backup is of another engine", where=str(file), received=manifest.engine,
            remedy=f"this installation is set to {connection.vendor}: FORAMEN_DATABASE_URL",
        )  # fmt: skip
    if found := newer(manifest.migrations):
        raise BackupError.single(
            f"this backup is of a newer Foramen ({manifest.software}) than this one ({__version__})", where=str(file),
            received=found[-1], remedy=f"install {manifest.software} or later, then restore it",
        )  # fmt: skip
    if manifest.last_at is not None and clock.now() < manifest.last_at - SKEW:
        raise BackupError.single(
            "the clock of this machine is behind the last event of the backup", where=str(file),
            received=f"{clock.now():%Y-%m-%d %H:%M} UTC, the event {manifest.last_at:%Y-%m-%d %H:%M} UTC",
            remedy="set the clock, then restore it",
        )  # fmt: skip


def check_no_pulse() -> None:
    """Raise BackupError where a worker has shown itself a moment ago. A database that cannot be asked has none."""
    try:
        seen = last_pulse()
    except DatabaseError:
        seen = None
    if seen is not None and clock.now() - seen < ALIVE:
        raise BackupError.single(
            f"a worker still runs on this database; {NOTHING}", received=f"seen at {seen:%Y-%m-%d %H:%M:%S} UTC",
            remedy=f"stop foramen serve and foramen worker, and wait {ALIVE.seconds} seconds",
        )  # fmt: skip

"""Backups of SQLite: copied by SQLite itself in one read transaction, put in place by one rename."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import connection

from foramen.clinic.backup.elsewhere import elsewhere
from foramen.clinic.backup.errors import NOTHING, BackupError, telling_disk
from foramen.clinic.backup.manifest import Manifest, describe
from foramen.clinic.backup.places import sync_folder
from foramen.clinic.records.database import BUSY_SECONDS

PRAGMAS = {"init_command": "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA synchronous=FULL;"}
"""Of a copy: without WAL, so that it stays one file."""

WHERE = "FORAMEN_DATA_DIR"
LOGS = ("-wal", "-shm")


def copy(folder: Path) -> tuple[Path, Manifest]:
    """A copy of the database as it is at one instant, and what is in it. Nobody who writes waits for it."""
    file = folder / "copy.sqlite3"
    try:
        with closing(sqlite3.connect(_database(), timeout=BUSY_SECONDS, isolation_level=None)) as raw:
            raw.execute("VACUUM INTO ?", [str(file)])
    except sqlite3.Error as error:
        raise BackupError.single(
            f"the database cannot be copied: {error}", where=WHERE, remedy="free some space, or restore the last backup"
        ) from None
    with elsewhere(PRAGMAS, NAME=file) as copied:
        return file, describe(copied)


@contextmanager
def proving(payload: Path, _manifest: Manifest, _folder: Path) -> Iterator[bool]:
    """Inside, the copy is the database. Yields whether it was loaded as a restore loads it."""
    with elsewhere(PRAGMAS, NAME=payload):
        _check_whole()
        yield True


loading = proving


def _check_whole() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(1)")
        said = cursor.fetchone()[0]
        cursor.execute("PRAGMA foreign_key_check")
        astray = len(cursor.fetchall())
    if said != "ok" or astray:
        raise BackupError.single(
            f"the copy is damaged: {said if said != 'ok' else f'{astray} rows name rows that are not there'}",
            remedy="foramen check; the database itself may be damaged",
        )  # fmt: skip


def is_there(*, replace: bool) -> bool:
    """Whether a database is there. Raises BackupError where it may not be replaced."""
    database = _database()
    if database.exists() and not replace:
        raise BackupError.single(
            "there is a database already", where=WHERE, received=str(database),
            remedy="--replace, which keeps it under another name",
        )  # fmt: skip
    return database.exists()


def check_unused() -> None:
    """Raise BackupError while somebody works with the database. SQLite leaves WAL only for whoever is alone with the
    file, and brings what stands in the log into it."""
    database = _database()
    connection.close()
    try:
        with closing(sqlite3.connect(database, timeout=0)) as raw:
            raw.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return
        raise BackupError.single(
            f"the service or a worker still runs on this database; {NOTHING}", where=WHERE, received=str(database),
            remedy="stop foramen serve and foramen worker, then try again",
        ) from None  # fmt: skip
    except sqlite3.DatabaseError:
        return  # what is no database any more is only put aside


def put_in_place(payload: Path, _manifest: Manifest, stamp: str) -> str:
    """The copy takes the place of the database in one step. Returns where the old one is; empty if there was none."""
    database = _database()
    with telling_disk(database), payload.open("rb") as stream:
        os.fsync(stream.fileno())
    if not database.exists():
        with telling_disk(database):
            _forget_logs(database)
            os.link(payload, database)
            sync_folder(database.parent)
        return ""
    check_unused()
    aside = database.with_name(f"{database.name}.before-{stamp}")
    with telling_disk(database):
        _forget_attempts(database)
        for end in ("", *LOGS):
            with suppress(FileNotFoundError):
                os.link(f"{database}{end}", f"{aside}{end}")
        _forget_logs(database)
        payload.replace(database)
        sync_folder(database.parent)
    return str(aside)


def _forget_attempts(database: Path) -> None:
    """A restore that was killed has left a second name of the database that is still in use."""
    for path in database.parent.glob(f"{database.name}.before-*"):
        if path.samefile(database):
            path.unlink()


def _forget_logs(database: Path) -> None:
    """A log of another database would be played into this one. What was whole has none left by now."""
    for end in LOGS:
        Path(f"{database}{end}").unlink(missing_ok=True)


def _database() -> Path:
    return Path(connection.settings_dict["NAME"])

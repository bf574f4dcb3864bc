"""The engine of the database in use: what each of the two does its own way."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from django.db import connection

from foramen.clinic.backup import postgres, sqlite
from foramen.clinic.backup.manifest import Manifest


class Engine(Protocol):
    """What a backup and a restore ask of an engine."""

    def copy(self, folder: Path) -> tuple[Path, Manifest]:
        """A copy as of one instant, as a file in the folder, with what is in it."""

    def proving(self, payload: Path, manifest: Manifest, folder: Path) -> AbstractContextManager[bool]:
        """Inside, the copy is the database of this thread. Yields False where it could not be loaded anywhere."""

    def loading(self, payload: Path, manifest: Manifest, folder: Path) -> AbstractContextManager[bool]:
        """The same, loaded where it can be put in place from."""

    def is_there(self, *, replace: bool) -> bool:
        """Whether a database is there. Raises BackupError where it may not be replaced."""

    def check_unused(self) -> None:
        """Raise BackupError while somebody works with it."""

    def put_in_place(self, payload: Path, manifest: Manifest, stamp: str) -> str:
        """Put what was loaded in the place of the database, in one step. Returns where the old one is now."""


def engine() -> Engine:
    return postgres if connection.vendor == "postgresql" else sqlite

"""Folders and files that are only there while something is made: private, and cleared away after a kill."""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from foramen.clinic.backup.errors import telling_disk
from foramen.kernel.staging import is_running

PRIVATE = 0o600


@contextmanager
def work_folder() -> Iterator[Path]:
    """A private folder in the data folder, where the database is too: what lies in it for a moment is not sealed."""
    data = settings.FORAMEN_DATA_DIR
    made = not data.exists()
    with telling_disk(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        clear_up(data, ".copy.")
        folder = Path(tempfile.mkdtemp(prefix=_owned(".copy."), dir=data))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if made:
            with suppress(OSError):
                data.rmdir()


def beside(target: Path) -> Path:
    """Where a file is written before it gets its name."""
    clear_up(target.parent, f".{target.name}.")
    return target.parent / f"{_owned(f'.{target.name}.')}partial"


def clear_up(folder: Path, prefix: str) -> None:
    """Remove what killed processes of this machine have left in a folder."""
    begins = f"{prefix}{platform.node()}."
    for path in folder.glob(f"{begins}*"):
        owner = path.name.removeprefix(begins).split(".")[0]
        if owner.isdigit() and not is_running(int(owner)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _owned(prefix: str) -> str:
    """Telling machines apart: a process number means nothing on another one that shares the disk."""
    return f"{prefix}{platform.node()}.{os.getpid()}."


def sync_folder(folder: Path) -> None:
    """What was renamed in it outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

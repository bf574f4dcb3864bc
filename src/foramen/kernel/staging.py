"""Folders that appear whole or not at all."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foramen.kernel.errors import OutputError

MARK = "manifest.json"


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """Yield a private empty folder beside `target`; on success it takes the target's place, on failure it vanishes.

    An existing target is replaced only if it holds a manifest of ours or is empty, so that a mistyped `--out` cannot
    remove somebody's work. The swap is two renames: a kill between them leaves the old folder under a dotted name.
    """
    check_replaceable(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield staging
        _swap(staging, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def check_replaceable(target: Path) -> None:
    """Refuse a target that exists and is neither empty nor written by Foramen."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError.single(
            "a file stands where a folder is to be written", where=str(target), remedy="another --out"
        )
    if any(target.iterdir()) and not (target / MARK).is_file():
        raise OutputError.single(
            "the folder holds files that Foramen did not write",
            where=str(target),
            received="a folder without manifest.json",
            remedy="give --out a new or empty folder",
        )


def _swap(staging: Path, target: Path) -> None:
    staging.chmod(0o755 & ~_umask())
    if not target.exists():
        staging.rename(target)
        return
    retired = staging.with_suffix(".retired")
    target.rename(retired)
    staging.rename(target)
    shutil.rmtree(retired)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _unwritable(target: Path, error: OSError) -> OutputError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return OutputError.single(
        "the disk is full; nothing was written" if full else f"cannot be written: {error.strerror or error}",
        where=str(target),
        remedy="free some space or give --out another disk" if full else "check the path and its permissions",
    )

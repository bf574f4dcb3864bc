"""Folders that appear whole or not at all."""

import errno
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from foramen.kernel.errors import OutputError

MARK = "manifest.json"
RETIRED = ".retired"
KINDS = {
    "snapshot": "a snapshot",
    "results": "results",
    "patient export": "the copy of a patient's record",
    "clinic": "a clinic of the demonstration",
}


@contextmanager
def staged_folder(target: Path, *, kind: str) -> Iterator[Path]:
    """Yield a private empty folder beside `target`; on success it takes the target's place, on failure it vanishes.

    It stays private (0700): snapshots and count tables are as sensitive as the rows they come from.

    An existing target is replaced only if it is empty or its manifest is of the same `kind` ("snapshot", "results"),
    so that a mistyped `--out` cannot remove somebody's work, nor results a snapshot. The swap is two renames: a kill
    between them leaves the old folder under a dotted name. The next process puts it back, and removes what else a
    killed process of this machine left beside the target.
    """
    target = target.resolve()
    check_replaceable(target, kind=kind)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_up(target)
        staging = Path(
            tempfile.mkdtemp(prefix=f"{_prefix(target)}{os.getpid()}.", suffix=".partial", dir=target.parent)
        )
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield staging
        _swap(staging, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def check_replaceable(target: Path, *, kind: str) -> None:
    """Refuse a target that exists and is neither empty nor a folder of this kind written by Foramen."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError.single(
            "a file stands where a folder is to be written", where=str(target), remedy="another --out"
        )
    if any(target.iterdir()) and (found := _manifest(target).get("kind")) != kind:
        raise OutputError.single(
            f"this folder holds something other than {KINDS[kind]} written by Foramen",
            where=str(target),
            received=f"a folder of {found}" if found else "a folder without a manifest of ours",
            remedy="give --out a new or empty folder",
        )


def _prefix(target: Path) -> str:
    """Dotted, and telling machines apart: a process number means nothing on another one sharing the disk."""
    return f".{target.name}.{platform.node()}."


def _clear_up(target: Path) -> None:
    prefix = _prefix(target)
    for path in target.parent.iterdir():
        owner = path.name.removeprefix(prefix).split(".")[0]
        if not path.name.startswith(prefix) or not owner.isdigit() or is_running(int(owner)):
            continue
        if path.suffix == RETIRED and not target.exists():
            path.rename(target)
        else:
            shutil.rmtree(path, ignore_errors=True)


def is_running(process: int) -> bool:
    """Whether a process of this machine is there, whoever's it is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _swap(staging: Path, target: Path) -> None:
    if not target.exists():
        staging.rename(target)
        return
    _check_nothing_added(target, staging)
    retired = staging.with_suffix(RETIRED)
    target.rename(retired)
    staging.rename(target)
    shutil.rmtree(retired)


def _check_nothing_added(target: Path, staging: Path) -> None:
    """Refuse to replace a folder of ours into which somebody put a file of their own."""
    listed = {name.split("/")[0] for name in _manifest(target).get("files", ())}
    ours = {MARK, *(path.name for path in staging.iterdir()), *listed}
    if added := sorted({path.name for path in target.iterdir()} - ours):
        raise OutputError.single(
            "the folder also holds files that Foramen did not write",
            where=str(target),
            received=", ".join(added[:5]),
            remedy="move them elsewhere, or give --out a new folder",
        )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MARK).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _unwritable(target: Path, error: OSError) -> OutputError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return OutputError.single(
        "the disk is full; nothing was written" if full else f"cannot be written: {error.strerror or error}",
        where=str(target),
        remedy="free some space or give --out another disk" if full else "check the path and its permissions",
    )

"""Whether the files of the program are those that were installed."""

import base64
import hashlib
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath
from pathlib import Path

from foramen.clinic.checks.check import NotReadyError

NAMED = 5
"""How many changed files are named at most."""


def check_files() -> str:
    """Every file against the digest that the installer has written down; there is none where the program runs from its
    sources."""
    try:
        files = Distribution.from_name("foramen").files or []
    except PackageNotFoundError:
        files = []
    known = [one for one in files if one.hash is not None and one.suffix != ".pyc" and one.parts[0] == "foramen"]
    changed = [str(one) for one in known if not _is_same(one)]
    if changed:
        raise NotReadyError.single(
            "files of the program are not those that were installed", received=", ".join(changed[:NAMED]),
            remedy="install it again",
        )  # fmt: skip
    return f"{len(known)} files" if known else "runs from its sources, which are not compared"


def _is_same(file: PackagePath) -> bool:
    assert file.hash is not None
    try:
        found = hashlib.new(file.hash.mode, Path(file.locate()).read_bytes()).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == file.hash.value

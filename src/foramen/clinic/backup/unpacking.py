"""Opening a backup: every byte is proven before anything is done with it."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from foramen.clinic.backup.container import read_sealed
from foramen.clinic.backup.errors import BackupError, telling_disk
from foramen.clinic.backup.keys import backup_key
from foramen.clinic.backup.manifest import Manifest
from foramen.clinic.backup.places import PRIVATE

LENGTH_BYTES = 8
"""In which the length of the manifest stands, before it; after it comes the copy."""


def unpack(file: Path, folder: Path) -> tuple[Manifest, Path]:
    """What a backup says about itself, and its copy as a file in a private folder. Raises BackupError."""
    chunks = read_sealed(file, backup_key)
    manifest, rest = _manifest(chunks)
    payload = folder / "copy"
    total = hashlib.sha256()
    with telling_disk(folder), os.fdopen(os.open(payload, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as out:
        for part in _after(rest, chunks):
            total.update(part)
            out.write(part)
    if (total.hexdigest(), payload.stat().st_size) != (manifest.payload_sha256, manifest.payload_bytes):
        raise BackupError.single("the copy in this backup is not what its manifest says", where=str(file))
    return manifest, payload


def _manifest(chunks: Iterator[bytes]) -> tuple[Manifest, bytes]:
    held = next(chunks)
    end = LENGTH_BYTES + int.from_bytes(held[:LENGTH_BYTES], "big")
    while len(held) < end:
        held += next(chunks)
    return Manifest.from_json(held[LENGTH_BYTES:end]), held[end:]


def _after(rest: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield rest
    yield from chunks

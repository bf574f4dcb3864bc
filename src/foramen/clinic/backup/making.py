"""Making a backup: copied, sealed, proven by restoring it, and only then given its name."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from foramen.clinic import clock
from foramen.clinic.backup.container import write_sealed
from foramen.clinic.backup.elsewhere import elsewhere
from foramen.clinic.backup.engine import engine
from foramen.clinic.backup.errors import telling_disk
from foramen.clinic.backup.keys import backup_key
from foramen.clinic.backup.manifest import Manifest
from foramen.clinic.backup.places import PRIVATE, beside, sync_folder, work_folder
from foramen.clinic.backup.proof import check_copy
from foramen.clinic.backup.unpacking import LENGTH_BYTES, unpack
from foramen.kernel.digests import file_digest
from foramen.kernel.errors import OutputError

READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look at a backup has shown. `restored`: it was restored into a scratch place, and not only opened;
    `whole`: its audit is as it was sealed, as far as that could be asked."""

    restored: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made."""

    file: Path
    manifest: Manifest
    proof: Proof


def back_up(out: Path) -> Made:
    """Back up the database into a file, or into a folder under a name of its own. Raises OutputError and BackupError;
    then there is no such file."""
    target = _target(out)
    backup_key()
    with work_folder() as folder, elsewhere(), telling_disk(target):
        payload, manifest = engine().copy(folder)
        manifest = manifest.of_payload(payload.stat().st_size, file_digest(payload))
        partial = beside(target)
        try:
            _seal(partial, payload, manifest)
            payload.unlink()
            proof = prove(partial, folder)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
        sync_folder(target.parent)
    return Made(target, manifest, proof)


def prove(file: Path, folder: Path) -> Proof:
    """Restore a backup into a scratch place and look at everything; where there is none, every byte of it is proven.
    Raises BackupError."""
    manifest, payload = unpack(file, folder)
    with engine().proving(payload, manifest, folder) as loaded:
        return Proof(loaded, check_copy(manifest) if loaded else True)


def _target(out: Path) -> Path:
    out = out.absolute()
    target = out / f"foramen-{clock.now().astimezone(UTC):%Y-%m-%dT%H%M%SZ}.backup" if out.is_dir() else out
    if target.exists():
        raise OutputError.single("a file is there already", where=str(target), remedy="another name, or a folder")
    if not target.parent.is_dir():
        raise OutputError.single("there is no such folder", where=str(target.parent), remedy=f"mkdir {target.parent}")
    return target


def _seal(partial: Path, payload: Path, manifest: Manifest) -> None:
    told = manifest.to_json()
    size = LENGTH_BYTES + len(told) + manifest.payload_bytes
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as stream:
        write_sealed(stream, _content(told, payload), size, backup_key)
        stream.flush()
        os.fsync(stream.fileno())


def _content(told: bytes, payload: Path) -> Iterator[bytes]:
    yield len(told).to_bytes(LENGTH_BYTES, "big") + told
    with payload.open("rb") as stream:
        while part := stream.read(READ):
            yield part

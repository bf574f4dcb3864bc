"""Open a snapshot: check every file against the manifest, hand out paths and the code book. Writes nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from foramen.kernel.digests import digest, file_digest
from foramen.kernel.errors import Fault, SnapshotError, raise_all
from foramen.snapshot.codebook import Codebook

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """A verified snapshot folder."""

    folder: Path
    manifest: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        """Identifies the snapshot: the digest of its manifest, which holds the digest of every file."""
        return digest(dict(self.manifest))

    @cached_property
    def codebook(self) -> Codebook:
        return Codebook.from_json(self.manifest["codebook"])

    def rows_file(self, unit: str) -> Path:
        """The Parquet file with one row per unit."""
        return self.folder / rows_name(unit)

    def rows_digest(self, unit: str) -> str:
        return str(self.manifest["files"][rows_name(unit)]["sha256"])

    def row_count(self, unit: str) -> int:
        return int(self.manifest["files"][rows_name(unit)]["rows"])

    def has_unit(self, unit: str) -> bool:
        return rows_name(unit) in self.manifest["files"]


def rows_name(unit: str) -> str:
    """Name of a row file inside the snapshot folder."""
    return f"rows/{unit}.parquet"


def open_snapshot(folder: Path) -> Snapshot:
    """Open a folder written by Foramen; every byte is checked against the manifest first."""
    manifest = _read_manifest(folder)
    raise_all(SnapshotError, _file_faults(folder, manifest["files"]))
    return Snapshot(folder, manifest)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    remedy = "give the folder that `foramen import table … --out DIR` wrote"
    if not path.is_file():
        raise SnapshotError.single(
            "there is no snapshot here", where=str(folder), received="no manifest.json", remedy=remedy
        )
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(manifest, dict) or manifest.get("kind") != "snapshot":
        raise SnapshotError.single("this manifest is not of a snapshot", where=str(path), remedy=remedy)
    if manifest.get("schema_version") != SCHEMA_VERSION:
        raise SnapshotError.single(
            f"the snapshot has another schema version than {SCHEMA_VERSION}",
            where=str(path),
            received=str(manifest.get("schema_version")),
            remedy="import the source again with this version of Foramen",
        )
    _check_parts(path, manifest)
    return manifest


def _check_parts(path: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest of which something was removed or replaced by hand."""
    try:
        Codebook.from_json(manifest["codebook"])
        complete = all(str(entry["sha256"]) and int(entry["rows"]) >= 0 for entry in manifest["files"].values())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(path, error) from error
    if not complete or rows_name("treatment") not in manifest["files"]:
        raise _unreadable(path, KeyError("files"))


def _unreadable(path: Path, error: Exception) -> SnapshotError:
    received = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    remedy = "restore the folder from its backup, or import the source again"
    return SnapshotError.single("the manifest cannot be read", where=str(path), received=received, remedy=remedy)


def _file_faults(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> list[Fault]:
    remedy = "do not edit a snapshot: import or freeze again, or restore the folder from its backup"
    faults = []
    for name, expected in files.items():
        path = folder / name
        try:
            found = file_digest(path)
        except OSError as error:
            what = "a file of the snapshot is missing" if not path.exists() else "a file of the snapshot cannot be read"
            faults.append(Fault(what, str(path), error.strerror or "", remedy))
            continue
        if found != expected["sha256"]:
            faults.append(
                Fault("the file was changed after it was frozen", str(path), f"SHA-256 {found[:12]}…", remedy)
            )
    return faults

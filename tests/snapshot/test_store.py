"""A snapshot is opened as it was written, or refused with what is wrong with it; never half."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from foramen.kernel.errors import SnapshotError
from foramen.snapshot.codebook import Variable
from foramen.snapshot.store import open_snapshot
from foramen.snapshot.write import write_snapshot
from tests.snapshot.spread import tables_from_rows

VARIABLES = (Variable("site", "patients", "category", labels=("North",)), Variable("age", "patients", "number"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = tables_from_rows(pa.table({"site": [0, 0], "age": [40, 50]}), VARIABLES)
    write_snapshot(tmp_path / "snapshot", tables, VARIABLES, origin="made up", day="2026-01-31")
    return tmp_path / "snapshot"


def edited(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_what_was_written_is_opened(folder: Path) -> None:
    snapshot = open_snapshot(folder)
    assert snapshot.row_count("treatment") == 2
    assert snapshot.has_unit("treatment")
    assert not snapshot.has_unit("read")
    assert snapshot.codebook.variables["age"].kind == "number"
    assert snapshot.rows_file("treatment").is_file()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda manifest: manifest.update(kind="results"), "this manifest is not of a snapshot"),
        (lambda manifest: manifest.update(schema_version=0), "another schema version than 1\n  received: 0"),
        (lambda manifest: manifest.pop("files"), "the manifest cannot be read\n  received: KeyError"),
        (lambda manifest: manifest.pop("codebook"), "the manifest cannot be read"),
        (lambda manifest: manifest.update(files=[]), "the manifest cannot be read"),
        (lambda manifest: manifest.update(files={}), "the manifest cannot be read"),
        (lambda manifest: manifest["files"]["patients.parquet"].pop("rows"), "the manifest cannot be read"),
        (lambda manifest: manifest["files"].pop("rows/treatment.parquet"), "the manifest cannot be read"),
        (lambda manifest: manifest["codebook"].pop("columns"), "the manifest cannot be read"),
        (lambda manifest: manifest["codebook"]["variables"][0].pop("name"), "the manifest cannot be read"),
    ],
)
def test_a_manifest_that_was_edited_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    with pytest.raises(SnapshotError, match=message):
        open_snapshot(edited(folder, change))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\udcff"])
def test_a_manifest_that_is_none_is_refused(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SnapshotError, match=r"the manifest cannot be read|not of a snapshot"):
        open_snapshot(folder)


def test_every_file_that_changed_or_went_is_named(folder: Path) -> None:
    (folder / "patients.parquet").unlink()
    (folder / "treatments.parquet").unlink()
    (folder / "treatments.parquet").mkdir()
    rows = bytearray((folder / "rows" / "treatment.parquet").read_bytes())
    rows[len(rows) // 2] ^= 1
    (folder / "rows" / "treatment.parquet").write_bytes(rows)
    with pytest.raises(SnapshotError) as caught:
        open_snapshot(folder)
    assert sorted((Path(fault.where).name, fault.what) for fault in caught.value.faults) == [
        ("patients.parquet", "a file of the snapshot is missing"),
        ("treatment.parquet", "the file was changed after it was frozen"),
        ("treatments.parquet", "a file of the snapshot cannot be read"),
    ]


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"there is no snapshot here\n  received: no manifest.json"):
        open_snapshot(tmp_path)

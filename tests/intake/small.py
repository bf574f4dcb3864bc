"""A small mapping, changed piece by piece, and imports of small tables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from foramen.intake.table import ImportSummary, import_table

WIDE = """
title = "Small"
origin = "made up"
day = 2026-01-31

[source]
missing = ["NA"]
suppressed = ["*"]

[rows]
shape = "wide"
patient = "pid"

[index_event]
kind = "treatment"

[site]
constant = "North"

[timepoints.before]
day = 0

[timepoints.after]
day = 28

[variables.age]
table = "patients"
kind = "number"
low = 0
high = 120

[variables.arm]
table = "treatments"
kind = "category"
codes = { A = "active", B = "control" }

[variables.nrs]
table = "assessments"
kind = "number"
low = 0
high = 10
better = "lower"

[columns]
age = { variable = "age" }
arm = { variable = "arm" }
n0 = { variable = "nrs", timepoint = "before" }
n1 = { variable = "nrs", timepoint = "after" }
"""

ROWS = "pid,age,arm,n0,n1\n7,50,A,8,3\n2,61,B,NA,*\n"

LONG = (
    WIDE.replace('shape = "wide"', 'shape = "long"\ntimepoint = "time"')
    .replace("day = 0", 'day = 0\ncodes = ["1"]')
    .replace("day = 28", 'day = 28\ncodes = ["2"]')
    .replace('n0 = { variable = "nrs", timepoint = "before" }\n', "")
    .replace('n1 = { variable = "nrs", timepoint = "after" }', 'n = { variable = "nrs" }')
)


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text with each piece replaced; a piece that is absent is a mistake of the test."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def imported(
    folder: Path,
    *files: Path,
    mapping: str = WIDE,
    out: str = "snapshot",
    quarantine: Path | None = None,
) -> tuple[Path, ImportSummary]:
    """Import files by the text of a mapping; the snapshot's folder and the summary."""
    document = written(folder, "mapping.toml", mapping)
    target = folder / out
    return target, import_table(files, document, target, quarantine=quarantine, progress=lambda rows, percent: None)


def rows_of(snapshot: Path, *columns: str, unit: str = "treatment") -> list[tuple[Any, ...]]:
    table = pq.read_table(snapshot / "rows" / f"{unit}.parquet", columns=list(columns))
    return [tuple(row[name] for name in columns) for row in table.to_pylist()]


def table_of(snapshot: Path, name: str) -> list[dict[str, Any]]:
    return pq.read_table(snapshot / f"{name}.parquet").to_pylist()


def manifest_of(snapshot: Path) -> dict[str, Any]:
    return json.loads((snapshot / "manifest.json").read_text())


def all_bytes(snapshot: Path) -> dict[str, bytes]:
    return {str(p.relative_to(snapshot)): p.read_bytes() for p in sorted(snapshot.rglob("*")) if p.is_file()}


def left_over(folder: Path, *expected: str) -> Sequence[str]:
    """Names in a folder beside those expected."""
    return sorted(path.name for path in folder.iterdir() if path.name not in expected)

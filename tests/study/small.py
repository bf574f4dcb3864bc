"""Small snapshots made in memory, and study documents as text, for tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pyarrow as pa

from foramen.snapshot.codebook import Variable
from foramen.snapshot.store import Snapshot, open_snapshot
from foramen.snapshot.write import write_snapshot
from foramen.study.results import Results
from foramen.study.run import load_study, plan_study, run_study
from tests.snapshot.spread import tables_from_rows

VARIABLES = (
    Variable("sex", "patients", "category", labels=("female", "male")),
    Variable("age", "patients", "number", unit="years", low=0, high=120),
    Variable("arm", "treatments", "category", labels=("A", "B", "C")),
    Variable("nrs", "assessments", "number", low=0, high=10, better="lower"),
    Variable("odi", "assessments", "number", decimals=1, low=0, high=1000, better="lower"),
    Variable("grade", "reads", "category", labels=("none", "mild", "severe")),
    Variable("slip", "reads", "number", decimals=1, unit="mm"),
    Variable("mode", "assessments", "category", labels=("link", "phone")),
)


def snapshot(
    folder: Path, columns: Mapping[str, Sequence[int | None]], variables: Sequence[Variable] = VARIABLES
) -> Snapshot:
    """A snapshot whose row file has these columns, named `nrs__before`, `nrs__after__day`, `grade__r1` …"""
    present = {name.split("__")[0] for name in columns} | {name.split("__")[-1] for name in columns}
    used = [variable for variable in variables if variable.name in present]
    rows = pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})
    write_snapshot(folder, tables_from_rows(rows, used), used, origin="a test", day="2026-11-20")
    return open_snapshot(folder)


def run(
    folder: Path,
    held: Snapshot,
    text: str,
    *,
    engine: str = "duckdb",
    cache: Path | None = None,
    unit: str = "treatment",
) -> Results:
    """Run a study given as TOML."""
    plan = plan_study(load_study(document(folder, text, unit)), held)
    return run_study(plan, engine=engine, cache=cache)


def document(folder: Path, text: str, unit: str) -> Path:
    path = folder / "study.toml"
    path.write_text(HEAD.format(unit=unit) + dedent(text), encoding="utf-8")
    return path


HEAD = """
id = "small"
title = "A small study"
unit = "{unit}"
"""

EACH = """
[index]
event = "treatment"
which = "each"
"""


PAIN = """
[[timepoints]]
name = "before"
[[timepoints]]
name = "after"
{window}

[[outcomes]]
name = "nrs"
kind = "score"
variable = "nrs"
timepoints = ["before", "after"]
[[outcomes]]
name = "half"
kind = "responder"
variable = "nrs"
baseline = "before"
relief_percent = 50
timepoints = ["after"]
[[outcomes]]
name = "change"
kind = "change"
variable = "nrs"
baseline = "before"
timepoints = ["after"]
[[outcomes]]
name = "percent"
kind = "percent_change"
variable = "nrs"
baseline = "before"
timepoints = ["after"]
"""
"""Pain before and after, the change, half of it gone; `window` is a line of the later time point, or nothing."""


def values(results: Results, name: str, **dimensions: str) -> list[float | None]:
    """Estimates of the statistics with a name and dimensions, in order."""
    found = [row for row in results.statistics if row.name == name]
    return [row.estimate for row in found if dimensions.items() <= dict(row.about).items()]

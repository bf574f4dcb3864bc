"""Real runs to check: the five templates on their cohorts, and the back-pain trial, internal or released."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from foramen.intake.table import import_table
from foramen.kernel.digests import digest
from foramen.snapshot.store import open_snapshot
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable, RankSums
from foramen.statistics.tables import CountTable
from foramen.study.outputs import write_results
from foramen.study.release import internal, release
from foramen.study.results import Results
from foramen.study.run import load_study, plan_study, run_study

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "src/foramen/library"
TRIAL = ROOT / "examples/back-pain-trial"

TEMPLATES = (
    "infiltration-outcomes", "pars-injections", "ultrasound-rehabilitation", "ct-or-fluoroscopy", "service-review",
)  # fmt: skip
BACK_PAIN = "back-pain-trial"
RUNS = (*TEMPLATES, BACK_PAIN)

Found = dict[str, Any]


@cache
def results_of(name: str, preset: str | None = None) -> Results:
    """The results of a run, with the definitions of another preset if one is named."""
    study = (TRIAL if name == BACK_PAIN else LIBRARY / "studies" / name) / "study.toml"
    source = TRIAL if name == BACK_PAIN else LIBRARY / "cohorts" / name
    (rows,) = source.glob("*.csv")
    with TemporaryDirectory() as folder:
        snapshot, own = Path(folder) / "snapshot", Path(folder) / "study.toml"
        import_table([rows], source / "mapping.toml", snapshot, quarantine=None, progress=lambda _, __: None)
        text = study.read_text(encoding="utf-8")
        if preset is not None:
            text = text.replace('unit = "', f'preset = "{preset}"\nunit = "', 1)
        own.write_text(text, encoding="utf-8")
        return run_study(plan_study(load_study(own), open_snapshot(snapshot)), engine="duckdb")


def write_run(name: str, out: Path, *, released: bool = False, preset: str | None = None) -> Path:
    """A results folder as `study run` leaves it, without the report."""
    results = results_of(name, preset)
    write_results(release(results) if released else internal(results), out, files={})
    return out


def read(folder: Path) -> Found:
    found: Found = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return found


def write(folder: Path, results: Found) -> Path:
    """Leave other results in a folder; its counts stay."""
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    return folder


def made(folder: Path, table: CountTable | RankSums | MomentTable, rows: Iterable[Statistic], **request: Any) -> Path:
    """A results folder with one count table and the rows that rest on it."""
    counts = folder / "counts"
    counts.mkdir(parents=True)
    kind = "counts" if isinstance(table, CountTable) else "sums"
    file = {"kind": kind, "table": table.to_json(), "origins": [{"of": {}, "request": request}]}
    (counts / f"{digest(table.to_json())}.json").write_text(json.dumps(file), encoding="utf-8")
    return write(folder, {"flow": [], "statistics": [row.to_json() for row in rows]})

"""What a reader of the pages would have: the results of the demonstration and of the back-pain trial."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from foramen.cli.demo import run_demo
from foramen.intake.table import import_table
from foramen.report.plain import plain_report
from foramen.snapshot.store import open_snapshot
from foramen.study.outputs import write_results
from foramen.study.run import load_study, plan_study, run_study
from tests.docs.pages import ROOT

EXAMPLE = ROOT / "examples/back-pain-trial"


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """results.json of the demonstration."""
    report = run_demo(tmp_path_factory.mktemp("demo"), patients=200, quiet=True)
    return json.loads((report.parent / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """results.json of the example that the tutorial writes."""
    folder = tmp_path_factory.mktemp("trial")
    return results(EXAMPLE / "study.toml", folder)


def results(study: Path, folder: Path) -> Mapping[str, Any]:
    """Import the data of the back-pain trial and run a study on them."""
    data, snapshot = EXAMPLE / "Ashar2022_outcomes_demographics.csv", folder / "snapshot"
    import_table([data], EXAMPLE / "mapping.toml", snapshot, quarantine=None, progress=lambda _done, _of: None)
    plan = plan_study(load_study(study), open_snapshot(snapshot))
    found = run_study(plan, engine="duckdb")
    write_results(
        found, folder / "results", pages={"report.html": plain_report(plan.study, plan.snapshot.codebook, found)}
    )
    return json.loads((folder / "results/results.json").read_text(encoding="utf-8"))

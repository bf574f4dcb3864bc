"""What a reader of the pages would have: the results of the demonstration and of the back-pain trial."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from foramen.cli.running import run_to_folder
from foramen.intake.table import import_table
from foramen.report.folder import Wish
from foramen.report.formats import Format
from tests.docs.pages import ROOT

EXAMPLE = ROOT / "examples/back-pain-trial"
LIBRARY = ROOT / "src/foramen/library"


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """results.json of one of the studies of the demonstration, that of the figure in the README."""
    folder, cohort = tmp_path_factory.mktemp("demonstration"), LIBRARY / "cohorts/pars-injections"
    import_table([cohort / "cohort.csv"], cohort / "mapping.toml", folder / "snapshot")
    return results(LIBRARY / "studies/pars-injections/study.toml", folder / "snapshot", folder)


@pytest.fixture(scope="session")
def trial_snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the back-pain trial."""
    snapshot = tmp_path_factory.mktemp("trial") / "snapshot"
    import_table([EXAMPLE / "Ashar2022_outcomes_demographics.csv"], EXAMPLE / "mapping.toml", snapshot)
    return snapshot


@pytest.fixture(scope="session")
def trial(trial_snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """results.json of the example that the tutorial writes."""
    return results(EXAMPLE / "study.toml", trial_snapshot, tmp_path_factory.mktemp("results"))


def results(study: Path, snapshot: Path, folder: Path) -> Mapping[str, Any]:
    """Run a study; every number as it is."""
    wish = Wish(internal=True, formats=(Format.CSV,))
    run_to_folder(study, snapshot, folder / "results", wish, quiet=True)
    return json.loads((folder / "results/results.json").read_text(encoding="utf-8"))

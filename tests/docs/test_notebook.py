"""The notebook tutorial shows what the program gives, in at most twenty lines."""

from collections.abc import Mapping
from typing import Any

import altair
import nbformat
import pytest
from nbformat import NotebookNode

from docs.notebooks import TUTORIALS, executed, text
from foramen.kernel.rounding import rounded
from foramen.report.assemble import build_report
from foramen.snapshot.store import open_snapshot
from foramen.study.release import internal
from foramen.study.run import load_study, plan_study, run_study
from tests.docs.conftest import EXAMPLE
from tests.docs.test_printed_numbers import ARMS, one

NOTEBOOK = TUTORIALS / "csv-to-figure.ipynb"
LINES = 20


@pytest.fixture(scope="module")
def run() -> NotebookNode:
    return executed(NOTEBOOK)


def shown(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_it_takes_at_most_twenty_lines() -> None:
    code = [cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert sum(bool(line.strip()) for source in code for line in source.splitlines()) <= LINES


def test_what_is_committed_is_what_it_shows_when_it_is_run(run: NotebookNode) -> None:
    assert NOTEBOOK.read_text(encoding="utf-8") == text(run), "run make docs"


def test_its_table_has_the_numbers_of_the_results(run: NotebookNode, trial: Mapping[str, Any]) -> None:
    (table,) = (output.text for output in shown(run) if "±" in output.get("text", ""))
    head, _, *lines = table.splitlines()
    assert [head.index(arm) for arm in ARMS] == sorted(head.index(arm) for arm in ARMS)
    for line, timepoint in zip(lines, ("before", "after"), strict=True):
        found = [{"outcome": "nrs", "timepoint": timepoint, "group": arm} for arm in ARMS]
        pairs = [(one(trial, "mean", **about)["estimate"], one(trial, "sd", **about)["estimate"]) for about in found]
        places = [line.find(f"{rounded(mean, 2)} ± {rounded(sd, 2)}") for mean, sd in pairs]
        assert -1 not in places
        assert places == sorted(places)


def test_its_figure_draws_pain_in_each_arm(run: NotebookNode) -> None:
    (drawn,) = (output.data["image/svg+xml"] for output in shown(run) if "image/svg+xml" in output.get("data", {}))
    assert [arm for arm in (*ARMS, "Before", "After four weeks") if arm not in drawn] == []


def test_altair_takes_the_figure(trial_snapshot) -> None:
    plan = plan_study(load_study(EXAMPLE / "study.toml"), open_snapshot(trial_snapshot))
    results = internal(run_study(plan, engine="duckdb"))
    figure = build_report(plan.document, plan.snapshot.codebook, results).figures()[1]
    assert altair.Chart.from_dict(dict(figure.spec)).to_dict()["$schema"] == figure.spec["$schema"]

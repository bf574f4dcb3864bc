"""A study that names what the snapshot does not hold: everything is said at once, and the rest can be run."""

from pathlib import Path

import pytest

from foramen.kernel.errors import DefinitionError
from foramen.report.assemble import build_report
from foramen.snapshot.store import Snapshot
from foramen.study.release import internal
from foramen.study.run import load_study, plan_study, run_study
from tests.study.small import EACH, document, snapshot

STUDY = (
    EACH
    + """
[[outcomes]]
name = "age"
kind = "score"
variable = "age"
[[outcomes]]
name = "weight"
kind = "score"
variable = "weight"
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[[analyses]]
name = "people"
kind = "describe"
outcomes = ["age", "weight", "sex"]
missing = "available"
[[analyses]]
name = "heavy"
kind = "describe"
outcomes = ["weight"]
missing = "available"
[[analyses]]
name = "whole"
kind = "describe"
outcomes = ["age", "weight"]
missing = "complete"
[[tables]]
title = "Who they are"
layout = "characteristics"
analyses = ["people"]
[[tables]]
title = "How heavy they are"
layout = "characteristics"
analyses = ["heavy"]
"""
)


@pytest.fixture
def held(tmp_path: Path) -> Snapshot:
    return snapshot(tmp_path / "snapshot", {"age": [40, 50, 60], "sex": [0, 1, 1]})


def test_all_that_is_missing_is_said_with_the_tables_that_would_fall_away(held: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        plan_study(load_study(document(tmp_path, STUDY, "treatment")), held)
    told = caught.value.faults[-1]
    assert {fault.received for fault in caught.value.faults[:-1]} == {"weight"}
    assert told.received == "Who they are; How heavy they are"
    assert "--partial" in told.remedy


def test_a_partial_run_keeps_the_rest_and_says_what_it_left_out(held: Snapshot, tmp_path: Path) -> None:
    plan = plan_study(load_study(document(tmp_path, STUDY, "treatment")), held, partial=True)
    results = run_study(plan, engine="duckdb")
    left = [(entry["analysis"], entry["outcome"]) for entry in results.manifest["left_out"]]
    assert left == [("people", "weight"), ("heavy", None), ("whole", None)]
    assert {dict(row.about)["outcome"] for row in results.statistics} == {"age", "sex"}
    report = build_report(plan.document, held.codebook, internal(results))
    who, heavy = report.tables()[:2]
    assert [row.head for row in who.rows][0] == ("Age, years, mean ± SD",)
    assert who.notes[-1].text == "Weight: the snapshot has no such variable: weight"
    assert heavy.error == "Left out: the snapshot has no such variable: weight"


def test_whom_a_study_counts_is_never_partial(held: Snapshot, tmp_path: Path) -> None:
    text = STUDY + '[[population]]\nname = "heavy enough"\nkeep = { variable = "weight", at_least = 50 }\n'
    with pytest.raises(DefinitionError, match="population"):
        plan_study(load_study(document(tmp_path, text, "treatment")), held, partial=True)

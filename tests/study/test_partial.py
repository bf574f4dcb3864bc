"""A study that names what the snapshot does not hold: everything is said at once, and the rest can be run."""

from dataclasses import replace
from pathlib import Path

import pytest

from foramen.kernel.errors import DefinitionError
from foramen.report.assemble import build_report
from foramen.snapshot.store import Snapshot
from foramen.study.release import internal
from foramen.study.run import load_study, plan_study, run_study
from tests.study.small import EACH, PAIN, VARIABLES, document, snapshot

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
    assert left == [("people", "weight"), ("heavy", None), ("whole", "weight")]
    assert {dict(row.about).get("outcome") for row in results.statistics} == {"age", "sex", None}
    report = build_report(plan.document, held.codebook, internal(results))
    who, heavy = report.tables()[:2]
    assert next(row.head for row in who.rows) == ("Age, years, mean ± SD",)
    assert who.notes[-1].text == "Weight: the snapshot has no such variable: weight"
    assert heavy.error == "Left out: the snapshot has no such variable: weight"


def test_whom_a_study_counts_is_never_partial(held: Snapshot, tmp_path: Path) -> None:
    text = STUDY + '[[population]]\nname = "heavy enough"\nkeep = { variable = "weight", at_least = 50 }\n'
    with pytest.raises(DefinitionError, match="population"):
        plan_study(load_study(document(tmp_path, text, "treatment")), held, partial=True)


ONE_PERIOD = (
    EACH
    + """
[groups]
variable = "arm"
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[[analyses]]
name = "who"
kind = "describe"
outcomes = ["sex"]
missing = "available"
[[analyses]]
name = "between"
kind = "compare"
outcomes = ["sex"]
tests = ["chi_square"]
missing = "available"
"""
)


def test_a_first_year_has_nothing_to_compare_it_with_and_is_described(tmp_path: Path) -> None:
    """Groups are those of the snapshot: that there is only one yet is no fault of the document."""
    only = [replace(one, labels=("2026",)) if one.name == "arm" else one for one in VARIABLES]
    held = snapshot(tmp_path / "snapshot", {"sex": [0, 1, 1], "arm": [0, 0, 0]}, only)
    loaded = load_study(document(tmp_path, ONE_PERIOD, "treatment"))
    with pytest.raises(DefinitionError, match="only one group") as caught:
        plan_study(loaded, held)
    assert caught.value.faults[0].received == "2026"
    results = run_study(plan_study(loaded, held, partial=True), engine="duckdb")
    left = [(entry["analysis"], entry["reason"]) for entry in results.manifest["left_out"]]
    assert left == [("between", "there is nothing to compare: only one group: 2026")]
    assert "who" in {dict(row.about).get("analysis") for row in results.statistics}


BY_ONE = ONE_PERIOD.replace('tests = ["chi_square"]', 'tests = ["chi_square"]\nby = { outcome = "arm" }').replace(
    "[[analyses]]", '[[outcomes]]\nname = "arm"\nkind = "category"\nvariable = "arm"\n[[analyses]]', 1
)


def test_classes_of_which_one_alone_occurs_have_nothing_to_compare_and_the_rest_is_run(tmp_path: Path) -> None:
    """`by` an outcome is as the groups of the study: a service with one kind of guidance has the rest of its report."""
    only = [replace(one, labels=("CT",)) if one.name == "arm" else one for one in VARIABLES]
    held = snapshot(tmp_path / "snapshot", {"sex": [0, 1, 1], "arm": [0, 0, 0]}, only)
    text = BY_ONE.replace('[groups]\nvariable = "arm"\n', "")
    results = run_study(
        plan_study(load_study(document(tmp_path, text, "treatment")), held, partial=True), engine="duckdb"
    )
    left = [(entry["analysis"], entry["reason"]) for entry in results.manifest["left_out"]]
    assert left == [("between", "there is nothing to compare: only one group: CT")]
    assert "who" in {dict(row.about).get("analysis") for row in results.statistics}


SCORES = (
    EACH
    + PAIN.format(window="")
    + """
[[timepoints]]
name = "later"
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[[analyses]]
name = "course"
kind = "describe"
outcomes = ["nrs", "half"]
missing = "available"
[[analyses]]
name = "in_time"
kind = "within"
outcomes = ["nrs"]
missing = "complete"
tests = ["wilcoxon"]
[[analyses]]
name = "prediction"
kind = "logistic"
outcome = { outcome = "half", at = "after" }
predictors = [{ variable = "sex" }, { variable = "weight" }, { variable = "height" }]
missing = "complete"
[[figures]]
title = "The course"
kind = "trajectory"
analyses = ["course"]
outcomes = ["half"]
timepoints = ["after"]
[[figures]]
title = "The whole course"
kind = "trajectory"
analyses = ["course"]
[[figures]]
title = "The prediction"
kind = "forest"
analyses = ["prediction"]
"""
).replace('name = "nrs"\nkind = "score"\nvariable = "nrs"\ntimepoints = ["before", "after"]',
          'name = "nrs"\nkind = "score"\nvariable = "nrs"\ntimepoints = ["before", "after", "later"]')  # fmt: skip


@pytest.fixture
def scored(tmp_path: Path) -> Snapshot:
    columns = {"sex": [0, 1, 1, 0], "nrs__before": [6, 7, 8, 5], "nrs__after": [3, 2, 8, 4]}
    return snapshot(tmp_path / "snapshot", columns)


def test_everything_missing_is_said_in_one_go_and_only_the_figures_that_show_it(
    scored: Snapshot, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError) as caught:
        plan_study(load_study(document(tmp_path, SCORES, "treatment")), scored)
    *missing, told = caught.value.faults
    assert [fault.received for fault in missing] == ["nrs at later", "weight", "height"]
    assert told.received == "The whole course; The prediction"


def test_a_partial_run_loses_the_time_point_and_not_the_outcome(scored: Snapshot, tmp_path: Path) -> None:
    plan = plan_study(load_study(document(tmp_path, SCORES, "treatment")), scored, partial=True)
    results = run_study(plan, engine="duckdb")
    left = [(entry["analysis"], entry["outcome"], entry["timepoint"]) for entry in results.manifest["left_out"]]
    assert left == [("course", "nrs", "later"), ("in_time", "nrs", "later"), ("prediction", None, None)]
    described = {dict(row.about).get("timepoint") for row in results.statistics if row.name == "mean"}
    assert described == {"before", "after"}
    assert [row.name for row in results.statistics if row.name == "wilcoxon"] == ["wilcoxon"]

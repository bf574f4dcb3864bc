"""A study on a snapshot, from document to numbers, checked against what can be counted by hand."""

import math
from itertools import pairwise
from pathlib import Path

import pytest

from foramen.snapshot.codebook import SUPPRESSED
from tests.study.small import EACH, PAIN, run, snapshot, values

COLUMNS = {
    "patient_id": [1, 1, 2, 3, 4, 5, 6, 7],
    "sex": [0, 0, 1, 0, 1, None, 0, 1],
    "age": [50, 50, 17, 40, 61, 70, 33, None],
    "arm": [0, 1, 0, 0, 1, 1, 1, 0],
    "nrs__before": [8, 6, 4, 0, 10, 5, 7, 6],
    "nrs__after": [4, 6, 1, 0, 4, None, 9, 3],
    "nrs__after__day": [30, 31, 28, 29, 90, None, 33, None],
}

STUDY = (
    EACH
    + """
[groups]
variable = "arm"
levels = ["A", "B"]
"""
    + PAIN
    + """
[[outcomes]]
name = "class"
kind = "category"
variable = "nrs"
baseline = "before"
bands_of = "relief_percent"
bands = [{{ label = "worse", below = 0 }}, {{ label = "same", is = 0 }}, {{ label = "better", above = 0 }}]
timepoints = ["after"]

[[analyses]]
name = "all"
kind = "describe"
outcomes = [{outcomes}]
missing = "{missing}"
"""
)

ALL = '"nrs", "change", "percent", "half", "class"'


def study(*, window: str = "", missing: str = "available", outcomes: str = ALL) -> str:
    return STUDY.format(window=window, missing=missing, outcomes=outcomes)


def test_scores_changes_and_responders_are_those_counted_by_hand(tmp_path: Path) -> None:
    held = snapshot(tmp_path / "snapshot", COLUMNS)
    found = run(tmp_path, held, study())
    assert values(found, "mean", outcome="nrs", timepoint="after", group="A") == [(4 + 1 + 0 + 3) / 4]
    assert values(found, "n", outcome="nrs", timepoint="after", group="all") == [7]
    assert values(found, "missing", outcome="nrs", timepoint="after", group="B") == [1]
    assert values(found, "mean", outcome="change", group="all") == pytest.approx([(-4 + 0 - 3 + 0 - 6 + 2 - 3) / 7])
    expected = (-50 + 0 - 75 - 60 + 200 / 7 - 50) / 6
    assert values(found, "mean", outcome="percent", group="all") == pytest.approx([expected], rel=1e-12)
    assert values(found, "undefined", outcome="half", group="all") == [1]
    assert values(found, "responder_percent", outcome="half", group="all") == pytest.approx([100 * 4 / 6])
    assert values(found, "percent", outcome="class", group="all", category="worse") == pytest.approx([100 / 6])


def test_missing_as_failure_keeps_the_absent_in_the_denominator_but_not_the_undefined(tmp_path: Path) -> None:
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), study(missing="failure", outcomes='"half"'))
    (row,) = [r for r in found.statistics if r.name == "responder_percent" and dict(r.about)["group"] == "all"]
    assert (row.n, row.denominator) == (4, 7)


def test_an_undefined_response_is_neither_success_nor_failure_in_a_comparison(tmp_path: Path) -> None:
    compared = """
[[analyses]]
name = "compared"
kind = "compare"
outcomes = ["half"]
missing = "failure"
tests = ["risk_difference"]
"""
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), study() + compared)
    (row,) = [r for r in found.statistics if r.name == "risk_difference"]
    assert (row.n, row.denominator) == (7, 7)
    assert "1 missing counted as failure" in (row.warning or "")
    assert row.estimate == pytest.approx(1 / 4 - 3 / 3)


def test_complete_cases_leave_out_whoever_lacks_any_outcome_of_the_analysis(tmp_path: Path) -> None:
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), study(missing="complete"))
    assert values(found, "n", outcome="nrs", timepoint="before", group="all") == [7]


def test_an_answer_outside_its_window_or_of_unknown_day_does_not_count_and_is_counted(tmp_path: Path) -> None:
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), study(window="days = [28, 35]"))
    assert values(found, "n", outcome="nrs", timepoint="after", group="all") == [5]
    assert values(found, "missing", outcome="nrs", timepoint="after", group="all") == [3]
    assert values(found, "outside_window", outcome="nrs", timepoint="after", group="all") == [2]
    assert values(found, "responder_percent", outcome="half", group="A") == pytest.approx([100.0])


def test_units_of_persons_with_several_are_counted_and_warned_of_beside_every_interval(tmp_path: Path) -> None:
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), study())
    assert values(found, "units_of_persons_with_several") == [2]
    inferential = [r for r in found.statistics if r.lower is not None or r.p is not None]
    assert inferential
    assert all("2 of 8 treatments belong to persons with more than one" in (r.warning or "") for r in inferential)


def test_the_first_event_of_a_person_counts_alone_when_asked(tmp_path: Path) -> None:
    held = snapshot(tmp_path / "snapshot", COLUMNS)
    found = run(tmp_path, held, study().replace('which = "each"', 'which = "first"'))
    assert found.flow[0].n == 7
    assert not any(r.warning and "belong to persons" in r.warning for r in found.statistics)
    later = run(tmp_path, held, study().replace('which = "each"', 'which = "last"'))
    assert values(later, "n", outcome="nrs", timepoint="before", group="B") == [4]
    chosen = study().replace('which = "each"', 'which = "first"\nwhere = { variable = "arm", is = "B" }')
    assert run(tmp_path, held, chosen).flow[0].n == 4


def test_the_flow_balances_and_tells_what_is_not_so_from_what_is_not_known(tmp_path: Path) -> None:
    steps = """
[[population]]
name = "adults"
keep = { variable = "age", at_least = 18 }

[[population]]
name = "women"
keep = { variable = "sex", is = "female" }
groups = ["B"]
"""
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), study() + steps)
    lines = [(s.step, s.n, s.excluded, s.reason) for s in found.flow if s.group == "all"]
    assert lines == [
        ("all treatments", 8, 0, None),
        ("adults", 7, 1, "not so"),
        ("adults", 6, 1, "not known"),
        ("women", 5, 1, "not so"),
        ("women", 4, 1, "not known"),
        ("in a group that is compared", 4, 0, None),
    ]
    for group in ("all", "A", "B"):
        flow = [s for s in found.flow if s.group == group]
        for before, after in pairwise(flow):
            assert before.n == after.n + after.excluded
    assert values(found, "n", outcome="nrs", timepoint="before", group="B") == [2]


def test_a_group_that_is_not_compared_leaves_in_the_flow_and_stands_nowhere_else(tmp_path: Path) -> None:
    columns = {**COLUMNS, "arm": [0, 1, 2, 2, 1, 1, None, 0]}
    found = run(tmp_path, snapshot(tmp_path / "snapshot", columns), study())
    assert list(dict.fromkeys(step.group for step in found.flow)) == ["all", "A", "B"]
    assert [(s.n, s.excluded, s.reason) for s in found.flow if s.group == "all"][1:] == [
        (6, 2, "not so"),
        (5, 1, "not known"),
    ]
    assert {dict(row.about).get("group") for row in found.statistics} == {"all", "A", "B"}


def test_suppressed_values_are_counted_apart_and_never_used_as_numbers(tmp_path: Path) -> None:
    columns = {**COLUMNS, "nrs__after": [4, 6, SUPPRESSED, 0, 4, None, 9, 3]}
    found = run(tmp_path, snapshot(tmp_path / "snapshot", columns), study())
    assert values(found, "suppressed", outcome="nrs", timepoint="after", group="A") == [1]
    assert values(found, "mean", outcome="nrs", timepoint="after", group="A") == pytest.approx([7 / 3])
    assert values(found, "minimum", outcome="change", group="all") == [-6]


def test_engines_give_equal_results_to_the_bit(tmp_path: Path) -> None:
    held = snapshot(tmp_path / "snapshot", COLUMNS)
    text = study(window="days = [28, 35]")
    results = [run(tmp_path, held, text, engine=engine) for engine in ("duckdb", "sqlite", "reference")]
    assert results[0].statistics == results[1].statistics == results[2].statistics
    assert results[0].flow == results[1].flow == results[2].flow
    assert results[0].inputs.keys() == results[2].inputs.keys()


def test_a_cached_run_gives_the_same_results_and_the_cache_is_private(tmp_path: Path) -> None:
    held = snapshot(tmp_path / "snapshot", COLUMNS)
    cache = tmp_path / "cache"
    first = run(tmp_path, held, study(), cache=cache)
    again = run(tmp_path, held, study(), cache=cache)
    assert first.statistics == again.statistics
    files = list(cache.iterdir())
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert cache.stat().st_mode & 0o777 == 0o700


def test_every_number_names_an_input_that_is_written(tmp_path: Path) -> None:
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), study())
    named = {row.inputs for row in found.statistics if row.inputs}
    assert named
    assert named <= found.inputs.keys()


def test_no_number_in_a_result_is_infinite_or_not_a_number(tmp_path: Path) -> None:
    columns = {**COLUMNS, "nrs__after": [5] * 8, "nrs__before": [5] * 8}
    found = run(tmp_path, snapshot(tmp_path / "snapshot", columns), study())
    for row in found.statistics:
        for number in (row.estimate, row.lower, row.upper, row.statistic, row.p):
            assert number is None or math.isfinite(number)


def test_what_nobody_has_gets_an_upper_bound(tmp_path: Path) -> None:
    columns = {**COLUMNS, "nrs__after": [v and v + 1 for v in COLUMNS["nrs__before"]]}
    found = run(tmp_path, snapshot(tmp_path / "snapshot", columns), study())
    everybody = [r for r in found.statistics if dict(r.about).get("group") == "all"]
    rows = [r for r in everybody if r.name == "zero_event_upper_bound"]
    bounds = {dict(r.about).get("category", "responder"): r for r in rows}
    assert bounds.keys() == {"responder", "same", "better"}
    assert bounds["same"].upper == pytest.approx(100 * (1 - 0.05 ** (1 / 7)))
    assert bounds["responder"].denominator == 7


def test_reads_and_targets_are_units_of_their_own(tmp_path: Path) -> None:
    columns = {**COLUMNS, "grade__r1": [0, 1, 2, 0, 1, 2, 0, None], "grade__r2": [0, 1, 1, 0, None, 2, 0, 1]}
    text = (
        EACH
        + """
[[outcomes]]
name = "grade"
kind = "category"
variable = "grade"

[[outcomes]]
name = "reader"
kind = "category"
variable = "reader"

[[analyses]]
name = "by_reader"
kind = "describe"
outcomes = ["grade"]
by = { outcome = "reader" }
missing = "available"
"""
    )
    held = snapshot(tmp_path / "snapshot", columns)
    (tmp_path / "reads").mkdir()
    found = run(tmp_path / "reads", held, text, unit="read")
    assert found.flow[0].n == 14
    (row,) = [
        r for r in found.statistics if dict(r.about).get("group") == "r2" and dict(r.about).get("category") == "mild"
    ]
    assert (row.n, row.denominator) == (3, 7)
    assert "12 of 14 reads belong to persons with more than one" in (row.warning or "")


def test_tables_of_two_sites_pool_although_only_one_has_suppressed_values(tmp_path: Path) -> None:
    hidden = {**COLUMNS, "nrs__after": [SUPPRESSED, *COLUMNS["nrs__after"][1:]]}
    tables = []
    for name, columns in (("north", COLUMNS), ("south", hidden)):
        found = run(tmp_path, snapshot(tmp_path / name, columns), study(outcomes='"nrs"'))
        (row,) = [
            r
            for r in found.statistics
            if r.name == "mean" and {("group", "all"), ("timepoint", "after")} <= set(r.about)
        ]
        tables.append(found.inputs[row.inputs or ""].table)
    pooled = tables[0] + tables[1]
    assert pooled.total == 16
    assert pooled.complete().total == 7 + 6


def test_responders_and_bands_of_the_value_itself_are_those_counted_by_hand(tmp_path: Path) -> None:
    text = (
        EACH
        + """
[[timepoints]]
name = "after"

[[outcomes]]
name = "low"
kind = "responder"
variable = "nrs"
timepoints = ["after"]
at_most = 3

[[outcomes]]
name = "high"
kind = "responder"
variable = "nrs"
timepoints = ["after"]
at_least = 4

[[outcomes]]
name = "class"
kind = "category"
variable = "nrs"
timepoints = ["after"]
bands = [{ label = "0", is = 0 }, { label = "1 to 4", at_least = 1, below = 5 }, { label = "5 or more", at_least = 5 }]

[[analyses]]
name = "asked"
kind = "describe"
outcomes = ["low", "high", "class"]
missing = "available"
"""
    )
    found = run(tmp_path, snapshot(tmp_path / "snapshot", COLUMNS), text)
    responders = {dict(r.about)["outcome"]: r.n for r in found.statistics if r.name == "responder_percent"}
    classes = {dict(r.about)["category"]: r.n for r in found.statistics if r.name == "percent"}
    assert responders == {"low": 3, "high": 4}
    assert classes == {"0": 1, "1 to 4": 4, "5 or more": 2}

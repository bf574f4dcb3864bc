"""What leaves after disclosure control, against attackers who read all of it, and as a co-author would look at it."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.disclosure.protect import shift
from foramen.disclosure.reasons import UNKNOWN, Reasons
from foramen.kernel.errors import UserError
from foramen.snapshot.store import open_snapshot
from foramen.statistics.result import Statistic, about
from foramen.statistics.tables import CountTable
from foramen.study.release import release
from foramen.study.results import Results, json_text
from tests.disclosure.attacker import small_counts_printed
from tests.disclosure.wide import WIDE, wide_columns
from tests.disclosure.worlds import WORLDS
from tests.study.small import EACH, run, snapshot

WORDS = Reasons(11)


def check_against_an_attacker(name: str, seed: int, people: int, threshold: int) -> None:
    world = WORLDS[name]
    columns = world.columns(np.random.default_rng(seed), people)
    with TemporaryDirectory() as folder:
        results = world.run(Path(folder), columns)
    released = release(results, threshold=threshold).results
    assert list(small_counts_printed(released, threshold)) == []
    attacker, targets = world.attack(released, threshold)
    everybody = world.people(columns)
    different = {attacker.sum_of(event).tobytes(): (what, event) for what, event in targets.items()}
    for what, event in different.values():
        count = sum(map(event, everybody))
        if 0 < count < threshold:
            low, high = attacker.reach(event)
            assert low <= count <= high, what
            assert max(high - count, count - low) >= shift(threshold), what


@pytest.mark.parametrize("name", WORLDS)
@settings(max_examples=3, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6), people=st.sampled_from([20, 40, 80, 150]), threshold=st.sampled_from([3, 5, 7, 11]))
def test_whoever_reads_everything_cannot_work_out_a_small_number(
    name: str, seed: int, people: int, threshold: int
) -> None:
    check_against_an_attacker(name, seed, people, threshold)


@pytest.mark.parametrize(
    ("name", "seed", "people", "threshold"),
    [
        pytest.param("over time", 2, 40, 5, id="two outcomes that need the same answers"),
        pytest.param("incomplete", 1, 80, 5, id="the same outcome by two rules for the missing"),
        pytest.param("over time", 3, 40, 5, id="classes and where they went"),
        pytest.param("incomplete", 0, 80, 5, id="the complete and everybody"),
        pytest.param("over time", 1, 80, 11, id="responders and classes of the same relief"),
        pytest.param("over time", 0, 40, 5, id="nobody can lack what the flow asks for"),
    ],
)
def test_what_hangs_together_by_its_meaning_is_withheld_together(
    name: str, seed: int, people: int, threshold: int
) -> None:
    check_against_an_attacker(name, seed, people, threshold)


@pytest.fixture(scope="module", params=[3, 11])
def threshold(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("wide")
    return run(folder, snapshot(folder / "snapshot", wide_columns(np.random.default_rng(4), 300)), WIDE)


def test_no_small_count_is_printed_anywhere(wide: Results, threshold: int) -> None:
    assert list(small_counts_printed(release(wide, threshold=threshold).results, threshold)) == []
    assert list(small_counts_printed(wide, threshold)) != []


def test_a_withheld_row_says_why_and_has_no_number_at_all(wide: Results, threshold: int) -> None:
    withheld = [row for row in release(wide, threshold=threshold).results.statistics if row.suppressed is not None]
    assert withheld
    for row in withheld:
        assert row == Statistic(
            name=row.name, method=row.method, about=row.about, inputs=row.inputs, suppressed=row.suppressed
        )
        assert row.suppressed


def test_percentages_are_those_of_the_counts_beside_them(wide: Results, threshold: int) -> None:
    shown = [
        row
        for row in release(wide, threshold=threshold).results.statistics
        if row.name in ("percent", "responder_percent", "percent_agreement", "accuracy", "ppv") and not row.suppressed
    ]
    assert shown
    for row in shown:
        if row.n is not None and row.denominator:
            assert row.estimate == 100 * row.n / row.denominator
            assert row.lower is not None
            assert row.lower <= row.estimate <= (row.upper or 0)


def test_rows_stay_in_their_places_and_none_goes_but_bounds_for_nobody(wide: Results, threshold: int) -> None:
    kept = [(row.name, row.about) for row in release(wide, threshold=threshold).results.statistics]
    assert [place for place in kept if place[0] != "zero_event_upper_bound"] == [
        (row.name, row.about) for row in wide.statistics if row.name != "zero_event_upper_bound"
    ]


def test_the_same_results_give_the_same_bytes(wide: Results) -> None:
    one, other = (json_text(release(wide, threshold=11).results.to_json()) for _ in range(2))
    assert one == other


def test_the_manifest_says_what_was_withheld_and_why(wide: Results, threshold: int) -> None:
    released = release(wide, threshold=threshold).results
    said = released.manifest["disclosure"]
    assert said["threshold"] == threshold
    assert said["rows_suppressed"] == sum(row.suppressed is not None for row in released.statistics)
    assert said["tables_withheld"] == len(wide.inputs) - len(released.inputs)
    assert sum(entry["rows"] for entry in said["suppressed"] if entry["what"] != "flow") == said["rows_suppressed"]
    assert {entry["why"] for entry in said["suppressed"]} >= {row.suppressed for row in released.statistics} - {None}
    assert json.loads(json_text(said)) == said
    assert wide.manifest["disclosure"] == "internal: not passed through disclosure control"


def test_count_tables_stay_only_where_nothing_in_them_is_withheld(wide: Results, threshold: int) -> None:
    released = release(wide, threshold=threshold).results
    rows = {row.inputs: [] for row in released.statistics}
    for row in released.statistics:
        rows[row.inputs].append(row)
    for digest, source in released.inputs.items():
        assert source == wide.inputs[digest]
        assert all(row.suppressed is None and row.n is not None for row in rows[digest])
        if isinstance(source.table, CountTable):
            assert all(count >= threshold for _, count in source.table.cells)
    if threshold == 3:
        assert len(released.inputs) > 10


def test_a_withheld_table_is_named_by_its_question_not_by_a_digest_that_gives_its_answer_away(wide: Results) -> None:
    released = release(wide, threshold=11).results
    before = {row.inputs for row in wide.statistics} - released.inputs.keys()
    named = {row.inputs for row in released.statistics}
    assert before & named == set()
    assert all(digest is None or len(digest) == 64 for digest in named)


def test_trying_all_small_counts_does_not_find_the_digest_of_the_table(tmp_path: Path) -> None:
    results = simple(tmp_path, (40, 30), (60, 4))
    tables = [s.table for s in run(tmp_path, open_snapshot(tmp_path / "snapshot"), SIMPLE).inputs.values()]
    (hidden,) = [table for table in tables if table.total == 34 and len(table.cells) == 2 and table.axes[0].labels]
    tried = {CountTable.build(hidden.axes, {(0,): 34 - males, (1,): males}).digest for males in range(35)}
    assert hidden.digest in tried
    assert tried & {row.inputs for row in results.statistics} == set()


def test_a_row_of_an_unknown_name_is_withheld(wide: Results) -> None:
    new = Statistic(name="brand_new", method="new", estimate=4.0, n=200, denominator=200)
    silent = Statistic(name="brand_new", method="new", error="could not be computed")
    out = release(replace(wide, statistics=[*wide.statistics, new, silent]), threshold=11).results.statistics
    assert [row.suppressed for row in out[-2:]] == [UNKNOWN, UNKNOWN]


def test_a_threshold_that_protects_nobody_is_refused(wide: Results) -> None:
    with pytest.raises(UserError, match="protects nobody"):
        release(wide, threshold=2)


SIMPLE = (
    EACH
    + """
[groups]
variable = "arm"
levels = ["A", "B"]
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[[outcomes]]
name = "age"
kind = "score"
variable = "age"
[[analyses]]
name = "who"
kind = "describe"
outcomes = ["sex", "age"]
missing = "available"
[[analyses]]
name = "tests"
kind = "compare"
outcomes = ["sex"]
missing = "available"
tests = ["chi_square"]
"""
)


def simple(folder: Path, females: tuple[int, int], males: tuple[int, int], ages: list[int] | None = None) -> Results:
    """Two groups, A and B, by sex; ages are 40 and 50 in turn unless given."""
    arm = [0] * (females[0] + males[0]) + [1] * (females[1] + males[1])
    sex = [0] * females[0] + [1] * males[0] + [0] * females[1] + [1] * males[1]
    columns = {"arm": arm, "sex": sex, "age": ages or [40 + 10 * (i % 2) for i in range(len(arm))]}
    return release(run(folder, snapshot(folder / "snapshot", columns), SIMPLE), threshold=11).results


def told(results: Results, name: str, **dimensions: str) -> dict[str, str | float | None]:
    """By group (and category): what is shown, or why it is not."""
    rows = [r for r in results.statistics if r.name == name and dimensions.items() <= dict(r.about).items()]
    place = {id(r): " ".join(filter(None, (dict(r.about).get(key, "") for key in ("group", "category")))) for r in rows}
    return {place[id(r)]: r.suppressed or (r.n if name in ("percent", "n") else r.estimate) for r in rows}


def test_where_nothing_is_small_everything_is_shown_with_its_tables(tmp_path: Path) -> None:
    results = simple(tmp_path, (40, 30), (60, 25))
    assert told(results, "percent") == {
        "all female": 70, "all male": 85, "A female": 40, "A male": 60, "B female": 30, "B male": 25,
    }  # fmt: skip
    assert told(results, "missing", outcome="sex") == {"all": 0.0, "A": 0.0, "B": 0.0}
    assert [(step.n, step.excluded, step.suppressed) for step in results.flow] == [
        (155, 0, None), (155, 0, None), (100, 0, None), (100, 0, None), (55, 0, None), (55, 0, None),
    ]  # fmt: skip
    assert results.manifest["disclosure"]["rows_suppressed"] == 0
    assert results.manifest["disclosure"]["tables_withheld"] == 0


def test_a_small_cell_takes_three_others_and_the_test_that_would_give_it_away(tmp_path: Path) -> None:
    results = simple(tmp_path, (40, 30), (60, 4))
    small, hides = WORDS.small, WORDS.gives_away
    assert told(results, "percent") == {
        "all female": 70, "all male": 64, "A female": hides, "A male": hides, "B female": hides, "B male": small,
    }  # fmt: skip
    assert told(results, "chi_square") == {"": hides}
    assert told(results, "n", outcome="age") == {"all": 134, "A": 100, "B": 34}


def test_a_small_group_is_too_few_for_any_number(tmp_path: Path) -> None:
    results = simple(tmp_path, (40, 5), (60, 4))
    ages = told(results, "mean", outcome="age")
    assert ages["B"] == WORDS.few
    assert ages["A"] == WORDS.gives_away or ages["all"] == WORDS.gives_away
    assert [step.suppressed for step in results.flow if step.group == "B"] == [WORDS.small] * 2


def test_an_extreme_is_shown_only_if_enough_share_it(tmp_path: Path) -> None:
    ages = [30] * 11 + [31] * 40 + [32] * 20 + [90] * 3 + [30] * 20 + [80] * 61
    results = simple(tmp_path, (40, 40), (34, 41), ages)
    assert told(results, "minimum") == {"all": 30.0, "A": 30.0, "B": 30.0}
    assert told(results, "maximum") == {"all": WORDS.extreme, "A": WORDS.extreme, "B": 80.0}


def test_a_number_of_few_values_is_judged_as_a_category(tmp_path: Path) -> None:
    ages = [40] * 97 + [50] * 3 + [40] * 30 + [50] * 25
    results = simple(tmp_path, (40, 30), (60, 25), ages)
    assert told(results, "mean", outcome="age")["A"] == WORDS.gives_away
    assert told(results, "n", outcome="age")["A"] == 100


def test_few_missing_hide_how_many_there_are_and_leave_the_statistics(tmp_path: Path) -> None:
    columns = {"arm": [0, 1] * 60, "sex": [0, 1, 1, 0] * 30, "age": [None] * 4 + [30 + i % 40 for i in range(116)]}
    results = release(run(tmp_path, snapshot(tmp_path / "s", columns), SIMPLE), threshold=11).results
    assert told(results, "n", outcome="age") == {"all": 116, "A": 58, "B": 58}
    assert set(told(results, "missing", outcome="age").values()) == {WORDS.together}
    assert all(isinstance(value, float) for value in told(results, "mean", outcome="age").values())
    (mean, *_) = [row for row in results.statistics if row.name == "mean"]
    assert mean.denominator is None
    assert WORDS.without_denominator in (mean.warning or "")
    assert all(step.n is None for step in results.flow if step.group == "all")


LOSSES = ("missing", "suppressed", "outside_window", "undefined", "left_out_incomplete", "not_grouped")
"""Counts of those who are in no other number."""


def test_losses_are_withheld_without_saying_whether_they_are_small(wide: Results) -> None:
    reasons = {row.suppressed for row in release(wide, threshold=11).results.statistics if row.name in LOSSES}
    assert reasons <= {None, WORDS.together, WORDS.few}


def test_curves_are_withheld_where_a_step_is_small_and_shown_where_none_is() -> None:
    counts = [(0, 0), (30, 5), (70, 40), (90, 90)]

    def points(course: list[tuple[int, int]]) -> list[Statistic]:
        rows = []
        for place, (true, false) in enumerate(course):
            for name, n, total in (("roc_sensitivity", true, 90), ("roc_specificity", 90 - false, 90)):
                row = Statistic(name=name, method="roc", estimate=100 * n / total, n=n, denominator=total)
                rows.append(replace(row, about=about(analysis="m", model="m", point=str(place + 1))))
        return rows

    snapshot_part = {"snapshot": {"sha256": "0" * 64, "people": "recorded"}}
    for course, shown in ((counts, False), ([(0, 0), (30, 15), (70, 40), (90, 90)], True)):
        out = release(Results(snapshot_part, [], points(course), {}), threshold=11).results.statistics
        assert {row.suppressed for row in out} == {None if shown else WORDS.gives_away}


def test_who_is_not_in_a_snapshot_is_told_without_a_small_number(tmp_path: Path) -> None:
    columns = {"arm": [0, 1] * 60, "sex": [0, 1, 1, 0] * 30, "age": [30 + i % 40 for i in range(120)]}
    results = run(tmp_path, snapshot(tmp_path / "s", columns), SIMPLE)
    assert "treatments_not_in" not in results.manifest["snapshot"], "of rows that came from elsewhere nothing is known"

    def shown(**reasons: int) -> object:
        held = {**results.manifest["snapshot"], "treatments_not_in": reasons}
        released = release(replace(results, manifest={**results.manifest, "snapshot": held}), threshold=11)
        return released.results.manifest["snapshot"].get("treatments_not_in")

    assert shown(never=30, refused=20, ended=5, new=7) == {"never": 30, "refused": 20, "other reasons": 12}
    assert shown(never=30, refused=20, new=2) == {"never": 30, "other reasons": 22}
    assert shown(never=30, refused=20) == {"never": 30, "refused": 20}
    assert (shown(never=3, new=2), shown()) == (None, {})

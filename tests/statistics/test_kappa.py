"""Two readers on categories, against statsmodels (live) and vcd and psych (stored)."""

import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from foramen.kernel.errors import StatisticError
from foramen.statistics.kappa import cohen_kappa, level_positions, percent_agreement
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, Code, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "agreement.json").read_text())["kappa"]
WILSON = {"level": 0.95, "method": "wilson"}

square = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 12), min_size=k, max_size=k), min_size=k, max_size=k)
)


def table_of(matrix: list[list[int]]) -> CountTable:
    return CountTable.from_matrix(dict(enumerate(matrix)), range(len(matrix)), row="first", column="second")


def kappa(table: CountTable, weights: str = "none") -> tuple[Statistic, Statistic]:
    estimate, error = cohen_kappa(table, weights=weights, level=0.95)
    return estimate, error


def same(found: float | None, wanted: float, relative: float = 1e-10) -> None:
    assert found == pytest.approx(wanted, rel=relative, abs=1e-14)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@pytest.mark.parametrize("seed", range(6))
def test_kappa_equals_statsmodels(weights: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    size = 3 + seed % 4
    matrix = draw.poisson(4, (size, size)) + np.diag(draw.integers(1, 20, size))
    theirs = cohens_kappa(matrix, wt=None if weights == "none" else weights)
    row, error = kappa(table_of(matrix.tolist()), weights)
    same(row.estimate, theirs.kappa)
    same(error.estimate, theirs.std_kappa)
    same(row.statistic, theirs.z_value)
    same(row.p, theirs.pvalue_two_sided)


@pytest.mark.parametrize("name", ORACLE)
@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_kappa_equals_vcd(name: str, weights: str) -> None:
    stored: dict[str, Any] = ORACLE[name]
    plain, plain_error = kappa(table_of(stored["table"]))
    weighted, weighted_error = kappa(table_of(stored["table"]), weights)
    assert [plain.estimate, plain_error.estimate] == pytest.approx(stored[weights]["plain"], rel=1e-10)
    assert [weighted.estimate, weighted_error.estimate] == pytest.approx(stored[weights]["weighted"], rel=1e-10)
    assert [plain.estimate, plain_error.estimate] == pytest.approx(stored["psych"][:2], rel=1e-10)


def test_interval_is_students_and_contains_vcds_normal_one() -> None:
    stored = ORACLE["tied"]
    row, error = kappa(table_of(stored["table"]), "linear")
    assert row.n is not None and row.estimate is not None and error.estimate is not None
    reach = stats.t.ppf(0.975, row.n - 1) * error.estimate
    same(row.lower, row.estimate - reach)
    same(row.upper, row.estimate + reach)
    lower, upper = stored["linear"]["interval"]
    assert row.lower is not None and row.upper is not None
    assert lower - 0.01 < row.lower < lower and upper < row.upper < upper + 0.01


def test_interval_ends_where_kappa_ends() -> None:
    row, _ = kappa(table_of(ORACLE["opposed"]["table"]))
    assert row.lower == -1.0


def test_weights_follow_the_declared_order_not_the_codes() -> None:
    rows: list[tuple[Code, Code]] = [("none", "mild")] * 5 + [("severe", "mild")] * 3 + [("none", "none")] * 9
    rows += [("severe", "severe")] * 4 + [("none", "severe")] * 2

    def with_order(*codes: str) -> float | None:
        axes = [Axis(name, labels=tuple((code, code) for code in codes)) for name in ("first", "second")]
        return kappa(CountTable.build(axes, ((pair, 1) for pair in rows)), "linear")[0].estimate

    right, alphabetical = with_order("none", "mild", "severe"), with_order("mild", "none", "severe")
    same(right, cohens_kappa([[9, 5, 2], [0, 0, 0], [0, 3, 4]], wt="linear").kappa)
    assert right != alphabetical


def test_numbers_without_a_code_book_stand_at_their_value() -> None:
    first, second = [0, 1, 10, 10, 1, 0], [0, 10, 10, 1, 1, 1]
    table = CountTable.from_rows(first=first, second=second)
    observed = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / 6
    chance = sum((a - b) ** 2 for a, b in product(first, second)) / 36
    same(kappa(table, "quadratic")[0].estimate, 1 - observed / chance)


def test_a_declared_grade_nobody_used_still_keeps_its_neighbours_apart() -> None:
    axes = [Axis(name, labels=((1, "I"), (2, "II"), (3, "III"))) for name in ("first", "second")]
    table = CountTable.build(axes, {(1, 1): 4, (3, 3): 4, (1, 3): 1})
    assert level_positions(table) == [0, 1, 2]


@pytest.mark.parametrize(
    "axes",
    [
        [Axis("first"), Axis("second")],
        [Axis("first", labels=(("a", "A"),)), Axis("second", labels=(("a", "A"),))],
    ],
    ids=["no code book", "a grade outside the code book"],
)
def test_weights_without_a_known_order_are_refused(axes: list[Axis]) -> None:
    with pytest.raises(StatisticError, match="no declared order"):
        cohen_kappa(CountTable.build(axes, {("a", "b"): 3, ("a", "a"): 2}), weights="linear", level=0.95)


def test_readers_with_different_code_books_are_refused() -> None:
    axes = [Axis("first", labels=((0, "no"), (1, "yes"))), Axis("second", labels=((0, "yes"), (1, "no")))]
    with pytest.raises(StatisticError, match="same code book"):
        cohen_kappa(CountTable.build(axes, {(0, 0): 1}), weights="none", level=0.95)


def test_unknown_weights_and_a_third_reader_are_refused() -> None:
    with pytest.raises(StatisticError, match="kappa_weights"):
        cohen_kappa(table_of([[1, 2], [3, 4]]), weights="cubic", level=0.95)
    with pytest.raises(StatisticError, match="first reader, second reader"):
        cohen_kappa(CountTable.from_rows(a=[1, 2], b=[1, 2], c=[1, 2]), weights="none", level=0.95)


def test_all_readings_equal_gives_an_error_row_and_full_agreement() -> None:
    table = table_of([[7, 0], [0, 0]])
    for weights in ("none", "linear"):
        for row in kappa(table, weights):
            assert row.estimate is None and row.p is None
            assert row.error is not None and "per cent agreement is 100 %" in row.error
    agreement = percent_agreement(table, **WILSON)
    assert agreement.estimate == 100.0 and agreement.upper == 100.0


def test_a_reader_with_one_category_has_kappa_zero_and_no_test() -> None:
    row, error = kappa(table_of([[7, 4], [0, 0]]))
    assert (row.estimate, error.estimate, row.statistic, row.p) == (0.0, 0.0, None, None)
    assert row.warning is not None and "same category" in row.warning


def test_perfect_agreement_warns_about_its_interval() -> None:
    row, error = kappa(table_of([[7, 0], [0, 4]]))
    assert (row.estimate, row.lower, row.upper, error.estimate) == (1.0, 1.0, 1.0, 0.0)
    assert row.warning is not None and "standard error is 0" in row.warning
    assert row.p is not None and row.p < 0.01


@pytest.mark.parametrize("matrix", [[[0, 0], [0, 0]], [[0, 1], [0, 0]]])
def test_nobody_or_one_subject_gives_an_error_row(matrix: list[list[int]]) -> None:
    assert all(row.error is not None and "two subjects" in row.error for row in kappa(table_of(matrix)))


def test_nobody_seen_by_both_readers_has_no_per_cent_agreement() -> None:
    row = percent_agreement(CountTable.from_rows(first=[1, None], second=[None, 1]), **WILSON)
    assert row.error is not None and row.estimate is None


def test_missing_and_suppressed_readings_are_left_out_and_counted() -> None:
    axes = [Axis(name, suppressed=-1) for name in ("first", "second")]
    table = CountTable.build(axes, {(0, 0): 5, (1, 1): 4, (0, 1): 2, (1, 0): 1, (None, 1): 3, (0, None): 1, (-1, 0): 2})
    row, _ = kappa(table)
    assert (row.n, row.denominator) == (12, 18)
    same(row.estimate, cohens_kappa([[5, 2], [1, 4]]).kappa)
    agreement = percent_agreement(table, **WILSON)
    assert (agreement.n, agreement.denominator, agreement.estimate) == (9, 12, 75.0)
    assert agreement.warning is not None and agreement.warning.startswith("6 subjects")


def test_a_national_table_loses_no_digit() -> None:
    small, times = [[40, 3, 1], [5, 30, 2], [0, 6, 13]], 10**7
    row, error = kappa(table_of(small), "quadratic")
    many, many_error = kappa(table_of([[times * count for count in line] for line in small]), "quadratic")
    assert many.estimate == row.estimate
    assert error.estimate is not None
    same(many_error.estimate, error.estimate / math.sqrt(times), 1e-14)
    assert many.p == 0.0 and many.log10_p is not None and many.log10_p < -(10**7)


@settings(max_examples=40, deadline=None)
@given(square, st.randoms(use_true_random=False))
def test_relabelling_the_categories_leaves_plain_kappa(matrix: list[list[int]], shuffler: Any) -> None:
    order = list(range(len(matrix)))
    shuffler.shuffle(order)
    moved = [[matrix[i][j] for j in order] for i in order]
    for before, after in zip(kappa(table_of(matrix)), kappa(table_of(moved)), strict=True):
        assert (before.estimate, before.lower, before.upper, before.p) == (
            after.estimate,
            after.lower,
            after.upper,
            after.p,
        )


@settings(max_examples=40, deadline=None)
@given(square, st.sampled_from(["none", "linear", "quadratic"]))
def test_swapping_readers_or_reversing_grades_changes_nothing(matrix: list[list[int]], weights: str) -> None:
    wanted = [(row.estimate, row.p, row.error) for row in kappa(table_of(matrix), weights)]
    swapped = [list(column) for column in zip(*matrix, strict=True)]
    backwards = [line[::-1] for line in matrix[::-1]]
    for other in (swapped, backwards):
        assert [(row.estimate, row.p, row.error) for row in kappa(table_of(other), weights)] == wanted


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30), st.integers(0, 30))
def test_pooled_sites_give_the_pooled_result_bit_for_bit(rows: list[tuple[int, int]], cut: int) -> None:
    axes = [Axis(name, labels=tuple((k, str(k)) for k in range(4))) for name in ("first", "second")]

    def site(part: list[tuple[int, int]]) -> CountTable:
        return CountTable.build(axes, ((pair, 1) for pair in part))

    pooled, whole = site(rows[:cut]) + site(rows[cut:]), site(rows)
    assert kappa(pooled, "linear") == kappa(whole, "linear")
    assert percent_agreement(pooled, **WILSON) == percent_agreement(whole, **WILSON)

"""Intraclass correlations against psych (stored), and Bland and Altman's limits against their printed example."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from foramen.kernel.errors import StatisticError
from foramen.statistics.icc import FORMS, bland_altman, icc, icc_from_sums
from foramen.statistics.result import Statistic
from foramen.statistics.sums import Moment, MomentTable
from foramen.statistics.tables import Axis, Code, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "agreement.json").read_text())["icc"]
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""Peak flow (l/min) of 17 people by two meters: Bland and Altman 1986, first measurements."""


def readers(rows: list[list[Code]], decimals: int = 0) -> CountTable:
    return CountTable.build([Axis(f"r{j}", decimals) for j in range(len(rows[0]))], [(tuple(row), 1) for row in rows])


def moments(rows: list[list[int]]) -> MomentTable:
    k = len(rows[0])
    sums = tuple(sum(row[j] for row in rows) for j in range(k))
    products = tuple(sum(row[i] * row[j] for row in rows) for i in range(k) for j in range(i, k))
    cells = {((), (True,) * k): Moment(len(rows), sums, products)}
    cells[((), (False,) + (True,) * (k - 1))] = Moment(3, (0,) * k, (0,) * len(products))
    return MomentTable.build(tuple(f"r{j}" for j in range(k)), (0,) * k, (), cells)


def numbers(row: Statistic) -> list[float | None]:
    first, second = row.df if isinstance(row.df, tuple) else (None, None)
    return [row.estimate, row.statistic, first, second, row.p, row.lower, row.upper]


@pytest.mark.parametrize("name", ORACLE)
def test_six_forms_equal_psych(name: str) -> None:
    found = icc(readers(ORACLE[name]["ratings"]), level=0.95)
    assert [row.name for row in found] == [f"icc_{form}" for form in FORMS]
    for row, wanted in zip(found, ORACLE[name]["rows"], strict=True):
        assert numbers(row) == pytest.approx(wanted, rel=1e-10)


def test_names_say_which_shrout_fleiss_form_is_meant() -> None:
    (row,) = icc(readers(ORACLE["good"]["ratings"]), level=0.95, form="a_1")
    assert row.method.startswith("ICC(A,1)") and "ICC(2,1)" in row.method and "McGraw–Wong 1996" in row.method


def test_moments_and_sums_give_the_same_bits_as_counts() -> None:
    rows = ORACLE["biased"]["ratings"]
    counted, from_moments = icc(readers(rows), level=0.9), icc(moments(rows), level=0.9)
    sums = [sum(column) for column in zip(*rows, strict=True)]
    summed = icc_from_sums(
        len(rows), sums, sum(x * x for row in rows for x in row), sum(sum(row) ** 2 for row in rows), level=0.9
    )
    wanted = [numbers(row) for row in counted]
    assert [numbers(row) for row in from_moments] == wanted
    assert [numbers(row) for row in summed] == wanted
    assert {(row.n, row.denominator) for row in from_moments} == {(24, 27)}


def test_the_unit_of_measurement_does_not_matter() -> None:
    rows = ORACLE["tied"]["ratings"]
    scaled: list[list[Code]] = [[250 * x + 40 for x in row] for row in rows]
    for one, other in zip(icc(readers(rows), level=0.95), icc(readers(scaled, decimals=2), level=0.95), strict=True):
        assert numbers(one) == pytest.approx(numbers(other), rel=1e-13)


def test_derived_ratios_lose_nothing() -> None:
    """Codes of an axis with a divisor are whole though their values are not."""
    rows: list[list[Code]] = ORACLE["tied"]["ratings"]
    axes = [Axis(f"r{j}", divisor=7) for j in range(len(rows[0]))]
    sevenths = CountTable.build(axes, [(tuple(row), 1) for row in rows])
    for one, other in zip(icc(readers(rows), level=0.95), icc(sevenths, level=0.95), strict=True):
        assert numbers(one) == numbers(other)


def test_incomplete_subjects_are_left_out_and_counted() -> None:
    rows: list[list[Code]] = ORACLE["tied"]["ratings"]
    gaps: list[list[Code]] = [*rows, [1, None, 2, 3], [None, None, None, None]]
    for one, other in zip(icc(readers(rows), level=0.95), icc(readers(gaps), level=0.95), strict=True):
        assert numbers(one) == numbers(other)
        assert (other.n, other.denominator) == (10, 12)


@pytest.mark.parametrize("rows", [[[3, 3], [3, 3], [3, 3]], [[3, 4]], [[None, 4], [3, None]]])
def test_equal_measurements_or_one_subject_give_error_rows(rows: list[list[Code]]) -> None:
    for row in icc(readers(rows), level=0.95):
        assert row.error is not None and row.estimate is None and row.lower is None


def test_readers_a_constant_apart_are_consistent_but_do_not_agree() -> None:
    rows = {row.name: row for row in icc(readers([[1, 3], [5, 7], [8, 10], [2, 4]]), level=0.95)}
    consistent, absolute = rows["icc_c_1"], rows["icc_a_1"]
    assert (consistent.estimate, consistent.lower, consistent.upper, consistent.p) == (1.0, 1.0, 1.0, None)
    assert consistent.warning is not None and "constant" in consistent.warning
    assert absolute.estimate is not None and absolute.estimate < 0.9
    assert absolute.lower is not None and absolute.lower < absolute.estimate


def test_perfect_agreement_is_one_in_all_forms() -> None:
    for row in icc(readers([[1, 1], [5, 5], [8, 8]]), level=0.95):
        assert (row.estimate, row.lower, row.upper, row.error) == (1.0, 1.0, 1.0, None)


def test_subjects_that_do_not_differ_get_no_average_reliability() -> None:
    rows = {row.name: row for row in icc(readers([[1, 3], [3, 1], [2, 2]]), level=0.95)}
    assert rows["icc_c_1"].estimate == -1.0
    for form in ("1_k", "c_k"):
        assert rows[f"icc_{form}"].error is not None and rows[f"icc_{form}"].estimate is None


def test_limits_that_would_miss_a_negative_estimate_are_not_given() -> None:
    for rows in ([[4, -4], [1, 0]], [[4, -1], [3, 1], [2, 1]]):
        (row,) = icc(readers(rows), level=0.95, form="a_1")
        assert row.estimate is not None and row.estimate < 0
        assert (row.lower, row.upper) == (None, None) and row.warning is not None and "interval" in row.warning


def test_a_p_below_the_smallest_float_keeps_its_logarithm() -> None:
    """Three subjects: F has 2 numerator degrees of freedom, whose tail is (1 + 2F/m)^(-m/2) in closed form."""
    values = np.outer([1000, 2000, 4000], np.ones(400, dtype=int)) + np.arange(1200).reshape(3, 400) % 7
    sums = [int(x) for x in values.sum(0)]
    (row,) = icc_from_sums(3, sums, int((values**2).sum()), int((values.sum(1) ** 2).sum()), level=0.95, form="c_1")
    assert row.p == 0.0 and row.statistic is not None and isinstance(row.df, tuple)
    assert row.log10_p == pytest.approx(-row.df[1] / 2 * math.log10(1 + 2 * row.statistic / row.df[1]), rel=1e-10)


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(StatisticError, match="known form"):
        icc(readers([[1, 2], [2, 3]]), level=0.95, form="3,1")
    with pytest.raises(StatisticError, match="two readers"):
        icc(CountTable.from_rows(only=[1, 2]), level=0.95)
    with pytest.raises(StatisticError, match="one unit"):
        icc(CountTable.build([Axis("mm", 1), Axis("cm", 2)], {(1, 2): 1}), level=0.95)
    with pytest.raises(StatisticError, match="categories, not numbers"):
        icc(CountTable.from_rows(a=["x", "y"], b=["x", "y"]), level=0.95)
    with pytest.raises(StatisticError, match="contradict"):
        icc_from_sums(5, [10, 10], 3, 100, level=0.95)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(st.lists(st.integers(-5, 5), min_size=k, max_size=k), min_size=2, max_size=12)
    ),
    st.integers(1, 11),
)
def test_any_table_gives_ordered_finite_rows_and_pools_exactly(rows: list[list[Code]], cut: int) -> None:
    whole = icc(readers(rows), level=0.95)
    for row in whole:
        assert (row.error is None) == (row.estimate is not None)
        if row.lower is not None and row.upper is not None and row.estimate is not None:
            assert all(map(math.isfinite, (row.lower, row.estimate, row.upper)))
            assert row.lower <= row.estimate + 1e-9 and row.estimate <= row.upper + 1e-9
    if cut < len(rows):
        assert icc(readers(rows[:cut]) + readers(rows[cut:]), level=0.95) == whole


def test_bland_altman_equals_the_printed_example() -> None:
    bias, sd, lower, upper = bland_altman(CountTable.from_rows(wright=WRIGHT, mini=MINI), level=0.95)
    assert (bias.estimate, sd.estimate) == pytest.approx((-2.1, 38.8), abs=0.05)
    assert (bias.lower, bias.upper) == pytest.approx((-22.0, 17.8), abs=0.1)
    assert bias.estimate is not None and sd.estimate is not None
    assert (lower.estimate, upper.estimate) == pytest.approx(
        (bias.estimate - 1.96 * sd.estimate, bias.estimate + 1.96 * sd.estimate), rel=1e-12
    )
    assert {row.n for row in (bias, sd, lower, upper)} == {17}


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_bland_altman_equals_scipy_and_the_variance_of_1999(level: float) -> None:
    bias, sd, lower, upper = bland_altman(CountTable.from_rows(wright=WRIGHT, mini=MINI), level=level)
    differences = np.subtract(WRIGHT, MINI)
    spread, n = differences.std(ddof=1), len(differences)
    interval = stats.ttest_1samp(differences, 0).confidence_interval(level)
    assert (bias.lower, bias.upper) == pytest.approx(tuple(interval), rel=1e-10)
    assert sd.estimate == pytest.approx(spread, rel=1e-12)
    reach = stats.t.ppf((1 + level) / 2, n - 1) * spread * math.sqrt(1 / n + 1.96**2 / (2 * (n - 1)))
    for limit in (lower, upper):
        assert limit.estimate is not None
        assert (limit.lower, limit.upper) == pytest.approx((limit.estimate - reach, limit.estimate + reach), rel=1e-10)


def test_bland_altman_reads_each_axis_in_its_own_decimals() -> None:
    table = CountTable.build([Axis("mm", 1), Axis("ruler")], {(15, 1): 1, (28, 3): 1, (None, 2): 4})
    bias, sd, *_ = bland_altman(table, level=0.95)
    assert (bias.estimate, bias.n, bias.denominator) == (pytest.approx(0.15), 2, 6)
    assert sd.estimate == pytest.approx(abs(0.5 - -0.2) / math.sqrt(2))


def test_bland_altman_of_one_subject_gives_error_rows() -> None:
    assert all(row.error is not None for row in bland_altman(CountTable.from_rows(a=[1, 2], b=[3, None]), level=0.95))

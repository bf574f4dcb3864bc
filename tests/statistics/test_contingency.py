"""Chi-square and trend against scipy and R."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from foramen.kernel.errors import StatisticError
from foramen.statistics.contingency import chi_square, trend
from foramen.statistics.tables import Axis, CountTable

TRENDS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "oracles" / "contingency.json").read_text())["trend"]


def crossed(*rows: Sequence[int]) -> CountTable:
    return CountTable.from_matrix(dict(enumerate(rows)), range(len(rows[0])))


@st.composite
def tables(draw: st.DrawFn, most: int = 40) -> list[list[int]]:
    columns = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(st.integers(0, most), min_size=columns, max_size=columns), min_size=2, max_size=4))
    assume(all(map(sum, rows)) and all(map(sum, zip(*rows, strict=True))))
    return rows


@settings(max_examples=50, deadline=None)
@given(tables())
def test_pearson_agrees_with_scipy(rows: list[list[int]]) -> None:
    expected = chi2_contingency(rows, correction=False)
    row = chi_square(crossed(*rows), method="pearson")
    assert row.statistic == pytest.approx(expected.statistic, rel=1e-10, abs=1e-12)
    assert row.p == pytest.approx(expected.pvalue, rel=1e-10, abs=1e-14)
    assert row.df == expected.dof
    few = int((expected.expected_freq < 5).sum())
    assert (row.warning is None) == (few == 0)
    if few:
        assert f"{few} of {expected.expected_freq.size} expected counts are below 5" in str(row.warning)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=4, max_size=4))
def test_yates_agrees_with_scipy(counts: list[int]) -> None:
    rows = [counts[:2], counts[2:]]
    expected = chi2_contingency(rows, correction=True)
    row = chi_square(crossed(*rows), method="yates")
    assert row.statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-12)
    assert row.p == pytest.approx(expected.pvalue, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_doubling_every_count_doubles_chi_square(rows: list[list[int]]) -> None:
    once, twice = (chi_square(crossed(*([k * by for k in row] for row in rows)), method="pearson") for by in (1, 2))
    assert twice.statistic == pytest.approx(2 * (once.statistic or 0), rel=1e-13)


@settings(max_examples=25, deadline=None)
@given(tables(), st.randoms())
def test_chi_square_does_not_depend_on_the_order_of_levels(rows: list[list[int]], random: Any) -> None:
    columns = [*zip(*rows, strict=True)]
    random.shuffle(columns)
    turned = chi_square(crossed(*columns), method="pearson")
    assert turned.statistic == chi_square(crossed(*rows), method="pearson").statistic


def test_pooled_sites_equal_pooled_rows_to_the_last_bit() -> None:
    here, there, both = crossed([3, 9, 4], [8, 2, 6]), crossed([1, 0, 7], [2, 5, 5]), crossed([4, 9, 11], [10, 7, 11])
    assert chi_square(here + there, method="pearson") == chi_square(both, method="pearson")


def test_yates_never_turns_a_small_difference_round() -> None:
    row = chi_square(crossed([10, 10], [10, 11]), method="yates")
    assert (row.statistic, row.p) == (0, 1)


def test_yates_of_a_larger_table_is_pearson_and_says_so() -> None:
    asked, plain = (chi_square(crossed([9, 8, 7], [5, 6, 9]), method=method) for method in ("yates", "pearson"))
    assert asked.statistic == plain.statistic
    assert "no continuity correction (Yates's is for 2 × 2 tables)" in asked.method


def test_smallest_expected_count_is_stated() -> None:
    row = chi_square(crossed([99, 1, 0, 0], [96, 1, 1, 2]), method="pearson")
    assert row.warning == "6 of 8 expected counts are below 5, the smallest is 0.50"


def test_empty_levels_are_left_out_and_named() -> None:
    row = chi_square(crossed([20, 0, 30], [25, 0, 26], [0, 0, 0]), method="pearson")
    assert row.df == 1
    assert row.warning == "nobody has “2” of row: left out; nobody has “1” of column: left out"
    many = chi_square(crossed([20] + [0] * 5 + [30], [25] + [0] * 5 + [26]), method="pearson")
    assert many.warning == "nobody has 5 levels of column: left out"


def test_missing_and_suppressed_do_not_enter() -> None:
    axes = [Axis("arm"), Axis("finding", suppressed=-9)]
    cells = {(0, 0): 10, (0, 1): 20, (1, 0): 15, (1, 1): 9, (0, None): 4, (None, 1): 2, (1, -9): 3}
    row = chi_square(CountTable.build(axes, cells), method="pearson")
    assert row.statistic == chi_square(crossed([10, 20], [15, 9]), method="pearson").statistic
    assert (row.n, row.denominator) == (54, 63)


@pytest.mark.parametrize("rows", [([3, 4],), ([3, 0], [4, 0]), ([0, 0], [0, 0])])
def test_one_level_is_an_error_of_the_data(rows: tuple[list[int], ...]) -> None:
    table = crossed(*rows)
    for row in (chi_square(table, method="pearson"), trend(table, scores=range(len(rows)))):
        assert row.p is None and row.statistic is None
        assert "nothing to compare" in str(row.error)
    nobody = CountTable.build([Axis("row"), Axis("column")], {})
    assert chi_square(nobody, method="pearson").error


def test_large_counts_keep_their_digits() -> None:
    rows = [[10**9 + 40_000, 10**9], [10**9, 10**9]]
    (a, b), (c, d) = rows
    exact = Fraction((a + b + c + d) * (a * d - b * c) ** 2, (a + b) * (c + d) * (a + c) * (b + d))
    row = chi_square(crossed(*rows), method="pearson")
    assert row.statistic == pytest.approx(float(exact), rel=1e-15)


def test_log10_p_is_kept_where_p_underflows() -> None:
    row = chi_square(crossed([10**6, 0], [0, 10**6]), method="pearson")
    assert row.p == 0
    assert row.log10_p == pytest.approx(-434297.7, rel=1e-6)


@pytest.mark.parametrize("case", TRENDS.values(), ids=TRENDS)
def test_trend_agrees_with_r(case: dict[str, Any]) -> None:
    rows = [[total - events, events] for events, total in zip(case["events"], case["totals"], strict=True)]
    row = trend(crossed(*rows), scores=case["scores"])
    assert row.statistic == pytest.approx(case["statistic"], rel=1e-10, abs=1e-12)
    assert row.p == pytest.approx(case["p"], rel=1e-10)


def test_trend_depends_on_the_spacing_of_scores_only() -> None:
    table = crossed([30, 5], [25, 11], [18, 20])
    plain, moved = trend(table, scores=(0, 1, 5)), trend(table, scores=(10, 12, 20))
    assert moved.statistic == pytest.approx(plain.statistic)
    assert moved.estimate == pytest.approx((plain.estimate or 0) / 2)


def test_trend_estimate_is_the_slope_of_the_later_level() -> None:
    rising = trend(crossed([9, 1], [8, 2], [7, 3]), scores=(1, 2, 3))
    assert rising.estimate == pytest.approx(0.1)
    falling = trend(crossed([7, 3], [8, 2], [9, 1]), scores=(1, 2, 3))
    assert falling.estimate == pytest.approx(-0.1) and falling.p == rising.p


def test_trend_of_two_rows_is_pearson() -> None:
    table = crossed([30, 5], [18, 20])
    assert trend(table, scores=(0, 1)).p == pytest.approx(chi_square(table, method="pearson").p or 0, rel=1e-12)


def test_trend_without_spread_of_scores_is_an_error() -> None:
    assert "same score" in str(trend(crossed([3, 4], [5, 6]), scores=(2, 2)).error)


def test_a_wrong_call_is_refused() -> None:
    with pytest.raises(StatisticError, match="one score per row"):
        trend(crossed([3, 4], [5, 6]), scores=(1, 2, 3))
    with pytest.raises(StatisticError, match="outcome of two levels"):
        trend(crossed([3, 4, 1], [5, 6, 1]), scores=(1, 2))
    with pytest.raises(StatisticError, match="one of pearson, yates"):
        chi_square(crossed([3, 4], [5, 6]), method="g")
    with pytest.raises(StatisticError, match=r"\(row, column\)"):
        chi_square(CountTable.from_rows(one=[1]), method="pearson")

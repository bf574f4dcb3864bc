"""Correlations against scipy, R and a published interval."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from foramen.kernel.errors import StatisticError
from foramen.statistics.correlation import pearson, spearman, spearman_interval
from foramen.statistics.tables import Axis, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "ranks.json").read_text())
PAIRS = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=4, max_size=25)


def paired(first, second):
    return CountTable.from_rows(first=list(first), second=list(second))


@pytest.mark.parametrize("case", ORACLE["pairs"])
def test_correlations_equal_r(case):
    table = paired(case["first"], case["second"])
    rho, r = spearman(table, method="fisher", level=0.95, p_method="t"), pearson(table, level=0.95)
    assert [rho.estimate, rho.p] == pytest.approx(case["spearman"], rel=1e-10)
    assert [r.estimate, r.p, r.lower, r.upper] == pytest.approx(case["pearson"], rel=1e-10)


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_correlations_equal_scipy(pairs):
    first, second = zip(*pairs, strict=True)
    rho, r = (
        spearman(paired(first, second), method="fieller", level=0.9, p_method="t"),
        pearson(paired(first, second), level=0.9),
    )
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert rho.error == r.error == "all values of one of the two are equal"
        return
    for row, expected in ((rho, stats.spearmanr(first, second)), (r, stats.pearsonr(first, second))):
        assert row.estimate == pytest.approx(expected.statistic, rel=1e-10, abs=1e-12)
        if row.p is not None:
            assert row.p == pytest.approx(expected.pvalue, rel=1e-7, abs=1e-12)
            assert row.lower < row.estimate < row.upper


def test_fieller_interval_reproduces_seed_001():
    lower, upper = spearman_interval(0.61, 134, method="fieller", level=0.95)
    assert (f"{lower:.2f}", f"{upper:.2f}") == ("0.49", "0.71")
    assert f"{spearman_interval(0.61, 134, method='bonett_wright', level=0.95)[0]:.2f}" == "0.48"


@pytest.mark.parametrize(
    ("method", "variance"), [("fieller", 1.06 / 47), ("fisher", 1 / 47), ("bonett_wright", (1 + 0.125) / 47)]
)
def test_intervals_differ_by_their_variance_only(method, variance):
    lower, upper = spearman_interval(0.5, 50, method=method, level=0.95)
    half = (math.atanh(upper) - math.atanh(lower)) / 2
    assert half == pytest.approx(1.959963984540054 * math.sqrt(variance), rel=1e-10)


def test_the_interval_of_a_table_is_the_one_its_method_names():
    case = ORACLE["pairs"][2]
    row = spearman(paired(case["first"], case["second"]), method="bonett_wright", level=0.9, p_method="t")
    expected = spearman_interval(row.estimate, row.n, method="bonett_wright", level=0.9)
    assert (row.lower, row.upper, row.level) == (*expected, 0.9)
    assert "Bonett" in row.method


def test_a_perfect_correlation_has_no_p_and_no_interval():
    row = spearman(paired([1, 2, 3, 4], [10, 20, 30, 70]), method="fieller", level=0.95, p_method="t")
    assert (row.estimate, row.p, row.lower) == (1, None, None)
    assert "perfect" in row.warning
    assert pearson(paired([1, 2, 3, 4], [8, 6, 4, 2]), level=0.95).estimate == -1


def test_p_names_the_rule_and_the_branch_it_came_to():
    rng = np.random.default_rng(3)
    words = {"exact_when_small": ["exact", "t approx", "t approx"], "r": ["exact", "series", "t approx"]}
    for p_method, expected in words.items():
        for n, word in zip((9, 10, 1_291), expected, strict=True):
            table = paired(range(n), rng.permutation(n).tolist())
            row = spearman(table, method="fieller", level=0.95, p_method=p_method)
            assert word in row.method.split("; interval")[0].split(" by R's rule")[0]
            assert (row.df is None) == (word != "t approx")
            assert row.log10_p == pytest.approx(math.log10(row.p), rel=1e-12)
    tied = paired([1, 1, 2, 3, 4], [2, 1, 3, 5, 4])
    exact, by_r = (spearman(tied, method="fieller", level=0.95, p_method=m) for m in ("exact_when_small", "r"))
    assert "exact p" in exact.method
    assert by_r.p == spearman(tied, method="fieller", level=0.95, p_method="t").p != exact.p


def test_a_perfect_correlation_has_an_exact_p():
    row = spearman(paired([1, 2, 3, 4], [10, 20, 30, 70]), method="fieller", level=0.95, p_method="r")
    assert (row.p, row.statistic, row.lower) == (pytest.approx(2 / 24), 0, None)
    assert row.warning == "the correlation is perfect: no interval"


def test_the_series_without_digits_left_says_so():
    row = spearman(paired(range(30), range(30)), method="fieller", level=0.95, p_method="r")
    assert (row.p, row.log10_p) == (0, None)
    assert "out of digits" in row.warning


def test_three_pairs_have_a_p_and_no_interval():
    row = pearson(paired([1, 2, 3], [2, 1, 5]), level=0.95)
    assert row.p == pytest.approx(stats.pearsonr([1, 2, 3], [2, 1, 5]).pvalue, rel=1e-10)
    assert (row.lower, "too few" in row.warning) == (None, True)


def test_large_counts_and_values_far_from_zero_stay_exact():
    cells = {(10**12 + a, 10**12 + b): 10**6 * (1 + (a == b)) for a in range(3) for b in range(3)}
    near = {(a - 10**12, b - 10**12): n for (a, b), n in cells.items()}
    axes = [Axis("first"), Axis("second")]
    far = pearson(CountTable.build(axes, cells), level=0.95)
    assert far.estimate == pearson(CountTable.build(axes, near), level=0.95).estimate == 0.25


def test_pairs_with_a_missing_value_are_left_out_and_counted():
    table = paired([1, 2, 3, 4, None], [2, 1, 4, 3, 5])
    row = spearman(table, method="fieller", level=0.95, p_method="t")
    assert (row.n, row.denominator) == (4, 5)
    assert row.estimate == pytest.approx(0.6)
    assert (
        spearman(table.margin("second", "first"), method="fieller", level=0.95, p_method="t").estimate == row.estimate
    )


def test_pooled_sites_equal_pooled_rows_bit_for_bit_whatever_the_order():
    rng = np.random.default_rng(13)
    first, second = rng.integers(0, 11, 90).tolist(), rng.integers(0, 11, 90).tolist()
    merged = paired(first[40:], second[40:]) + paired(first[:40], second[:40])
    for table in (merged, paired(first[::-1], second[::-1])):
        assert spearman(table, method="fieller", level=0.95, p_method="t") == spearman(
            paired(first, second), method="fieller", level=0.95, p_method="t"
        )


def test_correlations_report_what_the_data_do_not_allow():
    assert "fewer than three" in pearson(paired([1, 2], [3, 4]), level=0.95).error
    assert "equal" in spearman(paired([1, 1, 1], [3, 4, 5]), method="fieller", level=0.95, p_method="t").error


@pytest.mark.parametrize(
    "call",
    [
        lambda table: spearman(table, method="bootstrap", level=0.95, p_method="t"),
        lambda table: spearman(table, method="fieller", level=0.95, p_method="exact"),
        lambda table: pearson(table.margin("first"), level=0.95),
        lambda table: spearman_interval(0.5, 3, method="fisher", level=0.95),
        lambda table: spearman_interval(1.0, 30, method="fisher", level=0.95),
    ],
)
def test_correlations_refuse_a_wrong_call(call):
    with pytest.raises(StatisticError):
        call(paired([1, 2, 3], [2, 4, 5]))

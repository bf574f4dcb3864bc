"""Tests of normality against R, nortest and scipy."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from foramen.kernel.errors import StatisticError
from foramen.statistics.normality import kolmogorov_smirnov, lilliefors, shapiro
from foramen.statistics.tables import Axis, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "normality.json").read_text())["samples"]


def column(values, decimals=0):
    return CountTable.build([Axis("score", decimals)], [((value,), 1) for value in values])


def stored(sample, decimals=0):
    cells = zip(((value,) for value in sample["values"]), sample["counts"], strict=True)
    return CountTable.build([Axis("score", decimals)], cells)


@pytest.mark.parametrize("sample", ORACLE)
def test_shapiro_equals_r(sample):
    row = shapiro(stored(sample))
    w, p = sample["shapiro"]
    assert row.statistic == pytest.approx(w, rel=1e-10)
    assert row.p == pytest.approx(p, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("sample", [sample for sample in ORACLE if "lilliefors" in sample])
def test_lilliefors_equals_nortest(sample):
    row = lilliefors(stored(sample))
    d, p = sample["lilliefors"]
    assert row.statistic == pytest.approx(d, rel=1e-10)
    if p > 0.1:
        assert row.p is None
        assert "p is above 0.1" in (row.warning or "")
    else:
        assert row.p == pytest.approx(p, rel=1e-10)


@pytest.mark.parametrize("sample", ORACLE)
def test_kolmogorov_smirnov_equals_r(sample):
    """R stops the series of its limit at terms near 1e-6, so p agrees to about 2e-5 only."""
    row = kolmogorov_smirnov(stored(sample), mean=5, sd=2)
    d, p = sample["kolmogorov"]
    assert row.statistic == pytest.approx(d, rel=1e-10)
    assert row.p == pytest.approx(p, abs=2e-5)


def test_kolmogorov_smirnov_equals_scipy_and_warns_about_fitted_parameters():
    values = np.round(np.random.default_rng(14).normal(50, 10, 80), 2)
    row = kolmogorov_smirnov(column([round(100 * v) for v in values.tolist()], decimals=2), mean=49, sd=11)
    expected = stats.kstest(values, "norm", args=(49, 11), method="asymp")
    assert (row.statistic, row.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-10)
    assert "Lilliefors" in row.warning


def test_results_do_not_depend_on_the_unit():
    sample = ORACLE[7]
    ratios = CountTable(axes=(Axis("score", divisor=7),), cells=stored(sample).cells)
    for test in (shapiro, lilliefors):
        whole = test(stored(sample))
        for other in (test(stored(sample, decimals=3)), test(ratios)):
            assert other.statistic == pytest.approx(whole.statistic, rel=1e-9)
            assert other.p == (whole.p if whole.p is None else pytest.approx(whole.p, rel=1e-9))


def rounded_normal(n, sd):
    """The most normal sample of n there is, rounded to whole numbers."""
    return np.round(5 + sd * stats.norm.ppf((np.arange(1, n + 1) - 0.5) / n)).astype(int).tolist()


@pytest.mark.parametrize("test", [shapiro, lilliefors, lambda table: kolmogorov_smirnov(table, mean=5, sd=2)])
def test_ties_that_reject_by_themselves_are_said(test):
    coarse, fine = test(column(rounded_normal(1000, 2))), test(column(rounded_normal(1000, 500)))
    assert coarse.p < 0.05
    assert "the ties alone make this test reject" in coarse.warning
    assert "ties" not in (fine.warning or "")


def test_shapiro_beyond_5000_gives_no_p_and_says_why():
    row = shapiro(column(range(5001)))
    assert (row.statistic, row.p) == (None, None)
    assert "not calibrated beyond 5,000" in row.error


def test_small_tails_keep_their_logarithm():
    table = CountTable.build([Axis("score")], {(0,): 2500, (1,): 2500})
    assert shapiro(table).log10_p < -60
    assert lilliefors(table).log10_p < -300
    row = kolmogorov_smirnov(CountTable.build([Axis("score")], {(9,): 10**6}), mean=0, sd=1)
    assert (row.p, row.log10_p) == (0.0, pytest.approx((math.log(2) - 2e6) / math.log(10), rel=1e-6))


@pytest.mark.parametrize(
    ("test", "values", "words"),
    [
        (shapiro, [1, 2, None], "fewer than 3"),
        (shapiro, [4, 4, 4, 4], "equal"),
        (lilliefors, [1, 2, 3, 4], "fewer than 5"),
        (lilliefors, [4] * 6, "equal"),
        (lambda table: kolmogorov_smirnov(table, mean=0, sd=1), [None], "nobody"),
    ],
)
def test_normality_reports_what_the_data_do_not_allow(test, values, words):
    row = test(column(values))
    assert words in row.error
    assert (row.statistic, row.p) == (None, None)


def test_missing_values_are_left_out_and_counted():
    row = shapiro(column([1, 2, 4, 8, None, None]))
    assert (row.n, row.denominator) == (4, 6)
    assert row.p == shapiro(column([1, 2, 4, 8])).p


@pytest.mark.parametrize("sd", [0, -1, math.inf, math.nan])
def test_kolmogorov_smirnov_refuses_an_impossible_sd(sd):
    with pytest.raises(StatisticError):
        kolmogorov_smirnov(column([1, 2, 3]), mean=0, sd=sd)


def test_normality_refuses_more_than_one_axis():
    with pytest.raises(StatisticError):
        shapiro(CountTable.from_rows(arm=["A"], score=[1]))

"""Friedman and its pairs from rank sums, against scipy, R and the formulas on rows."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from foramen.kernel.errors import StatisticError
from foramen.statistics.repeated import friedman, friedman_pairs
from foramen.statistics.sums import RankSum, RankSums

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "ranks.json").read_text())
CLOSE = {"rel": 1e-10, "abs": 1e-300}
ROWS = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 4), min_size=k, max_size=k), min_size=2, max_size=15)
)


def rank_sums(rows, group="A", missing=0):
    """What an engine returns, counted naively from complete rows."""
    doubled = [[int(2 * rank) for rank in stats.rankdata(row)] for row in rows]
    part = RankSum(
        len(rows), tuple(map(sum, zip(*doubled, strict=True))), sum(rank**2 for row in doubled for rank in row)
    )
    columns = tuple(f"v{j}" for j in range(len(rows[0])))
    return RankSums.build(columns, {group: part}, {group: len(rows) + missing})


def naive_pairs(rows, method):
    """Mean ranks compared two by two: z from rows, without rank sums."""
    ranks = stats.rankdata(rows, axis=1)
    n, k = ranks.shape
    variance = k * (k + 1) / (6 * n) if method == "spss" else 2 * ranks.var(axis=1, ddof=1).sum() / n**2
    means = ranks.mean(axis=0)
    return [(means[j] - means[i]) / math.sqrt(variance) for i, j in itertools.combinations(range(k), 2)]


@pytest.mark.parametrize("case", ORACLE["repeated"])
def test_friedman_equals_r(case):
    row, _ = friedman(rank_sums(case["rows"]), group="A")
    assert [row.statistic, row.df, row.p] == pytest.approx(case["friedman"], **CLOSE)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_friedman_equals_scipy_and_gives_kendalls_w(rows):
    test, w = friedman(rank_sums(rows), group="A")
    n, k = len(rows), len(rows[0])
    if all(len(set(row)) == 1 for row in rows):
        assert test.error == w.error == "everybody has the same value throughout"
        return
    if k > 2:
        expected = stats.friedmanchisquare(*zip(*rows, strict=True))
        assert (test.statistic, test.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-10, abs=1e-12)
    assert w.estimate == pytest.approx(test.statistic / (n * (k - 1)), rel=1e-12)
    assert 0 <= w.estimate <= 1


@pytest.mark.parametrize("adjust", ["bonferroni", "holm"])
@pytest.mark.parametrize("method", ["tie_corrected", "spss"])
@pytest.mark.parametrize("case", ORACLE["repeated"])
def test_friedman_pairs_equal_the_formula_on_rows(case, method, adjust):
    rows = friedman_pairs(rank_sums(case["rows"]), group="A", method=method, adjust=adjust)
    adjusted, plain = rows[::2], rows[1::2]
    z = naive_pairs(case["rows"], method)
    p = 2 * stats.norm.sf(np.abs(z))
    assert [row.statistic for row in plain] == pytest.approx(z, rel=1e-10, abs=1e-14)
    assert [row.p for row in plain] == pytest.approx(p, **CLOSE)
    assert [row.p for row in adjusted] == pytest.approx(multipletests(p, method=adjust)[1], **CLOSE)
    assert [10**row.log10_p for row in adjusted] == pytest.approx([row.p for row in adjusted], rel=1e-10)
    assert dict(adjusted[1].about) == {"first": "v0", "second": "v2"}
    assert adjust.capitalize() in adjusted[0].method


def test_two_visits_without_ties_give_the_same_p_as_friedman():
    sums = rank_sums([[1, 2], [3, 1], [5, 9], [2, 4], [1, 8]])
    (pair, _) = friedman_pairs(sums, group="A", method="tie_corrected", adjust="none")
    assert pair.p == pytest.approx(friedman(sums, group="A")[0].p, rel=1e-12)
    assert pair.estimate == pytest.approx(0.6)


def test_ties_make_the_spss_rule_conservative():
    rows = np.random.default_rng(11).integers(0, 3, (60, 4))
    rows[:, 3] += 1
    own, spss = (
        friedman_pairs(rank_sums(rows.tolist()), group="A", method=method, adjust="none")
        for method in ("tie_corrected", "spss")
    )
    assert all(a.p <= b.p for a, b in zip(own, spss, strict=True))
    assert all("SPSS" in row.method for row in spss)


def test_sites_added_equal_pooled_rows_and_missing_rows_are_counted():
    rows = np.random.default_rng(12).integers(0, 11, (50, 4)).tolist()
    whole, parts = rank_sums(rows, missing=7), rank_sums(rows[20:], missing=3) + rank_sums(rows[:20], missing=4)
    assert friedman(parts, group="A") == friedman(whole, group="A")
    assert (friedman(parts, group="A")[0].n, friedman(parts, group="A")[0].denominator) == (50, 57)


def test_ten_million_rows_do_not_overflow():
    part = RankSum(10**7, (2 * 10**7, 4 * 10**7, 6 * 10**7), 10**7 * (4 + 16 + 36))
    test, w = friedman(RankSums.build(("a", "b", "c"), {None: part}, {None: 10**7}), group=None)
    assert (test.statistic, w.estimate, test.p) == (2e7, 1.0, 0.0)
    assert test.log10_p == pytest.approx(-(10**7) / math.log(10), rel=1e-12)


def test_friedman_reports_what_the_data_do_not_allow():
    sums = rank_sums([[1, 1, 1], [4, 4, 4]])
    for group, words in (("A", "same value"), ("B", "nobody has all values")):
        rows = friedman(sums, group=group) + friedman_pairs(sums, group=group, method="spss", adjust="holm")
        assert len(rows) == 8
        assert all(words in row.error and row.p is None and row.estimate is None for row in rows)


@pytest.mark.parametrize(
    "call",
    [
        lambda sums: friedman_pairs(sums, group="A", method="nemenyi", adjust="none"),
        lambda sums: friedman_pairs(sums, group="A", method="spss", adjust="sidak"),
        lambda sums: friedman(rank_sums([[1], [2]]), group="A"),
    ],
)
def test_friedman_refuses_a_wrong_call(call):
    with pytest.raises(StatisticError):
        call(rank_sums([[1, 2, 3], [2, 1, 3]]))

"""Wilcoxon's signed-rank test against scipy, R, coin and plain loops over rows."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from foramen.kernel.errors import StatisticError
from foramen.statistics.signed import wilcoxon
from foramen.statistics.tables import Axis, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "ranks.json").read_text())
CLOSE = {"rel": 1e-10, "abs": 1e-300}
PAIRS = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=20)


def paired(first, second):
    return CountTable.from_rows(first=list(first), second=list(second))


def run(table, method="exact_when_small", zeros="dropped", level=None):
    return wilcoxon(table, method=method, zeros=zeros, level=level)


@pytest.mark.parametrize("zeros", ["dropped", "pratt"])
@pytest.mark.parametrize("case", ORACLE["pairs"])
def test_wilcoxon_equals_coin(case, zeros):
    table = paired(case["first"], case["second"])
    exact, asymptotic = run(table, zeros=zeros)[0], run(table, "asymptotic", zeros)[0]
    found = [exact.p, asymptotic.statistic, asymptotic.p]
    assert found == pytest.approx(case[zeros], **CLOSE)


@pytest.mark.parametrize("case", ORACLE["pairs"])
def test_wilcoxon_equals_r(case):
    table = paired(case["first"], case["second"])
    assert run(table)[0].estimate == case["w"]
    assert run(table, "asymptotic")[0].p == pytest.approx(case["asymptotic"], **CLOSE)
    assert run(table, "corrected")[0].p == pytest.approx(case["corrected"], **CLOSE)


@settings(max_examples=40, deadline=None)
@given(PAIRS, st.sampled_from([("dropped", "wilcox"), ("pratt", "pratt")]), st.booleans())
def test_wilcoxon_equals_scipy(pairs, zeros, corrected):
    first, second = zip(*pairs, strict=True)
    row = run(paired(first, second), "corrected" if corrected else "asymptotic", zeros[0])[0]
    difference = np.subtract(second, first)
    if not difference.any():
        assert (row.error, row.p) == ("no pair differs", None)
        return
    expected = stats.wilcoxon(difference, zero_method=zeros[1], correction=corrected, method="asymptotic")
    assert row.p == pytest.approx(expected.pvalue, **CLOSE)
    assert abs(row.statistic) == pytest.approx(abs(expected.zstatistic), rel=1e-10, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_swapping_the_visits_mirrors_every_result(pairs):
    first, second = zip(*pairs, strict=True)
    one, other = run(paired(first, second), level=0.9), run(paired(second, first), level=0.9)
    assert [row.p for row in one] == [row.p for row in other]
    assert one[1].estimate == -other[1].estimate
    if one[0].error is None:
        assert one[0].estimate + other[0].estimate == one[0].n * (one[0].n + 1) / 2
    if one[1].lower is not None:
        assert (one[1].lower, one[1].upper) == (-other[1].upper, -other[1].lower)


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_pseudomedian_equals_a_loop_over_all_walsh_averages(pairs):
    first, second = zip(*pairs, strict=True)
    changes = [b - a for a, b in pairs]
    averages = [(a + b) / 2 for a, b in itertools.combinations_with_replacement(changes, 2)]
    assert run(paired(first, second))[1].estimate == np.median(averages)


def test_pseudomedian_interval_is_two_order_statistics_of_the_walsh_averages():
    rng = np.random.default_rng(8)
    first, second = rng.integers(0, 60, 24), rng.integers(10, 70, 24)
    row = run(paired(first.tolist(), second.tolist()), "asymptotic", level=0.95)[1]
    averages = sorted((a + b) / 2 for a, b in itertools.combinations_with_replacement((second - first).tolist(), 2))
    rank = math.floor(24 * 25 / 4 - 1.959963984540054 * math.sqrt(24 * 25 * 49 / 24))
    assert (row.lower, row.upper) == (averages[rank - 1], averages[-rank])
    assert (row.level, "Tukey" in row.method) == (0.95, True)
    few = run(paired([1, 2], [2, 4]), level=0.95)[1]
    assert (few.estimate, few.lower, "too few" in few.warning) == (1.5, None, True)


def test_zeros_are_counted_named_and_left_out_of_n():
    table = paired([1, 1, 1, 5, 6, 7, None], [1, 1, 4, 3, 5, 3, 4])
    dropped, pratt = run(table)[0], run(table, zeros="pratt")[0]
    assert dropped.warning == pratt.warning == "2 of 6 differences are zero"
    assert (dropped.n, pratt.n, dropped.denominator) == (4, 6, 7)
    assert "dropped" in dropped.method
    assert "Pratt" in pratt.method
    assert dropped.p != pratt.p


@pytest.mark.parametrize(("n", "words"), [(1_000, "exact"), (1_001, "normal approximation")])
def test_exact_stops_above_a_thousand_differences_and_says_so(n, words):
    rng = np.random.default_rng(n)
    row = run(paired([20] * (n + 5), [20] * 5 + (20 + rng.choice([-3, -2, -1, 1, 2], n)).tolist()))[0]
    assert words in row.method


def test_exact_is_close_to_the_approximation_when_both_are_good():
    rng = np.random.default_rng(9)
    table = paired([20] * 900, (20 + rng.integers(-9, 11, 900)).tolist())
    assert run(table)[0].p == pytest.approx(run(table, "asymptotic")[0].p, rel=0.01)


def test_three_million_ties_do_not_overflow():
    """With one size of change W+ is binomial: z is that of the sign test."""
    up, down = 3_000_000, 3_001_000
    table = CountTable.build([Axis("first"), Axis("second")], {(5, 6): up, (5, 4): down, (5, 5): 3_000_000})
    z = (up - down) / math.sqrt(up + down)
    for zeros in ("dropped", "pratt"):
        assert run(table, zeros=zeros)[0].statistic == pytest.approx(z, rel=1e-12)
    assert run(table)[1].estimate == 0


def test_pooled_sites_equal_pooled_rows_bit_for_bit_whatever_the_order():
    rng = np.random.default_rng(10)
    first, second = rng.integers(0, 11, 134).tolist(), rng.integers(0, 11, 134).tolist()
    whole = run(paired(first, second), level=0.95)
    assert run(paired(first[50:], second[50:]) + paired(first[:50], second[:50]), level=0.95) == whole
    assert run(paired(first[::-1], second[::-1]), level=0.95) == whole


def test_wilcoxon_reports_what_the_data_do_not_allow():
    same, nobody = run(paired([1, 2], [1, 2])), run(paired([1, None], [None, 2]))
    assert (same[0].error, same[1].estimate) == ("no pair differs", 0)
    assert {row.error for row in nobody} == {"nobody has both values"}


@pytest.mark.parametrize(
    "call",
    [
        lambda table: run(table, "exact"),
        lambda table: run(table, zeros="zsplit"),
        lambda table: run(table.margin("first")),
        lambda table: run(table, level=95),
    ],
)
def test_wilcoxon_refuses_a_wrong_call(call):
    with pytest.raises(StatisticError):
        call(paired([1, 2, 3], [2, 4, 6]))

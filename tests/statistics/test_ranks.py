"""Mann–Whitney, Kruskal–Wallis and Dunn against scipy, R, coin and plain loops over rows."""

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
from foramen.statistics.ranks import dunn, kruskal_wallis, mann_whitney
from foramen.statistics.tables import Axis, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "ranks.json").read_text())
CLOSE = {"rel": 1e-10, "abs": 1e-300}
SCORES = st.lists(st.integers(0, 10), min_size=1, max_size=15)


def groups(**scores):
    rows = [(arm, value) for arm, values in scores.items() for value in values]
    return CountTable.from_rows(arm=[arm for arm, _ in rows], score=[value for _, value in rows])


def compare(table, method="exact_when_small", group="A", against="B", level=None):
    return mann_whitney(table, method=method, group=group, against=against, level=level)


@pytest.mark.parametrize("case", ORACLE["two_groups"])
def test_mann_whitney_equals_r_and_coin(case):
    table = groups(A=case["x"], B=case["y"])
    exact, asymptotic, corrected = (compare(table, m)[0] for m in ("exact_when_small", "asymptotic", "corrected"))
    assert exact.estimate == exact.statistic == case["u"]
    assert exact.p == pytest.approx(case["exact"], **CLOSE)
    assert (asymptotic.statistic, asymptotic.p) == pytest.approx((case["z"], case["asymptotic"]), **CLOSE)
    assert corrected.p == pytest.approx(case["corrected"], **CLOSE)


@settings(max_examples=40, deadline=None)
@given(SCORES, SCORES)
def test_mann_whitney_equals_scipy(x, y):
    table = groups(A=x, B=y)
    for method, step in (("asymptotic", False), ("corrected", True)):
        row = compare(table, method)[0]
        if len({*x, *y}) == 1:
            assert row.error == "all values are equal"
            continue
        expected = stats.mannwhitneyu(x, y, use_continuity=step, method="asymptotic")
        assert row.estimate == expected.statistic
        assert row.p == pytest.approx(expected.pvalue, **CLOSE)


@settings(max_examples=40, deadline=None)
@given(SCORES, SCORES)
def test_swapping_arms_mirrors_every_result(x, y):
    table = groups(A=x, B=y)
    one, other = compare(table, level=0.9), compare(table, group="B", against="A", level=0.9)
    for a, b in zip(one, other, strict=True):
        assert (a.p, a.log10_p, a.error, a.warning) == (b.p, b.log10_p, b.error, b.warning)
    assert one[1].estimate + other[1].estimate == pytest.approx(1)
    assert one[2].estimate == -other[2].estimate
    if one[0].error is None:
        assert one[0].estimate == len(x) * len(y) - other[0].estimate
    if one[2].lower is not None:
        assert (one[2].lower, one[2].upper) == (-other[2].upper, -other[2].lower)


@settings(max_examples=40, deadline=None)
@given(SCORES, SCORES)
def test_effects_equal_a_loop_over_all_pairs(x, y):
    _, effect, shift = compare(groups(A=x, B=y))
    pairs = list(itertools.product(x, y))
    assert effect.estimate == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a, b in pairs]), rel=1e-12)
    assert shift.estimate == np.median([a - b for a, b in pairs])


def test_hodges_lehmann_interval_is_two_order_statistics_of_the_differences():
    rng = np.random.default_rng(4)
    x, y = rng.integers(0, 40, 30), rng.integers(5, 45, 26)
    shift = compare(groups(A=x.tolist(), B=y.tolist()), "asymptotic", level=0.95)[2]
    differences = sorted(int(a - b) for a, b in itertools.product(x, y))
    rank = math.floor(30 * 26 / 2 - 1.959963984540054 * math.sqrt(30 * 26 * 57 / 12))
    assert (shift.lower, shift.upper) == (differences[rank - 1], differences[-rank])
    assert (shift.level, "Moses" in shift.method) == (0.95, True)


def test_an_interval_that_disagrees_with_the_test_says_so():
    """Every sample in which p and the interval differ about 0 carries the warning, and only those."""
    rng, differed = np.random.default_rng(7), 0
    for _ in range(150):
        n, m, highest = rng.integers(3, 13), rng.integers(3, 13), rng.integers(2, 12)
        x, y = rng.integers(0, highest + 1, n) + rng.integers(0, 4), rng.integers(0, highest + 1, m)
        for method in ("exact_when_small", "asymptotic"):
            test, _, shift = compare(groups(A=x.tolist(), B=y.tolist()), method, level=0.95)
            if test.p is None or shift.lower is None:
                continue
            differs = (test.p <= 0.05) == (shift.lower <= 0 <= shift.upper)
            assert ("p is" in (shift.warning or "")) == differs
            differed += differs
    assert differed


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 12), st.integers(3, 12), st.randoms(use_true_random=False))
def test_without_ties_the_exact_test_and_its_interval_agree(n, m, random):
    values = random.sample(range(-40, 40), n + m)
    test, _, shift = compare(groups(A=values[:n], B=values[n:]), level=0.9)
    if shift.lower is None:
        assert "too few" in shift.warning
        return
    assert (test.p <= 0.1 + 1e-12) == (not shift.lower <= 0 <= shift.upper)
    assert shift.warning is None


def test_hodges_lehmann_interval_is_refused_where_no_pair_lies_outside():
    shift = compare(groups(A=[1, 2], B=[3, 5]), level=0.95)[2]
    assert (shift.estimate, shift.lower, shift.upper) == (-2.5, None, None)
    assert "too few" in shift.warning


def test_effects_carry_the_decimals_of_the_axis():
    table = CountTable.build([Axis("arm"), Axis("score", 2)], {("A", 150): 3, ("B", 125): 2})
    assert compare(table)[2].estimate == 0.25
    ratios = CountTable.build([Axis("arm"), Axis("change", 0, divisor=12)], {("A", 6): 3, ("B", 3): 2})
    assert compare(ratios)[2].estimate == 0.25


@pytest.mark.parametrize(("n", "words"), [(100, "exact"), (101, "normal approximation")])
def test_exact_stops_above_ten_thousand_pairs_and_says_so(n, words):
    rng = np.random.default_rng(n)
    row = compare(groups(A=rng.integers(0, 11, n).tolist(), B=rng.integers(0, 11, 100).tolist()))[0]
    assert words in row.method


def test_exact_at_one_hundred_a_side_equals_scipy_without_ties():
    order = np.random.default_rng(5).permutation(200)
    x, y = order[:100].tolist(), order[100:].tolist()
    row = compare(groups(A=x, B=y))[0]
    assert row.p == pytest.approx(stats.mannwhitneyu(x, y, method="exact").pvalue, rel=1e-10)


def test_three_million_ties_do_not_overflow():
    """On two levels z² is Pearson's chi-square times (N - 1)/N, which needs no third powers."""
    table = CountTable.from_matrix({"A": [3_000_000, 3_100_000], "B": [3_050_000, 3_040_000]}, [0, 1])
    row, _, shift = compare(table, level=0.95)
    total = table.total
    chi_square = stats.chi2_contingency(table.matrix("row", "column"), correction=False).statistic
    assert row.statistic**2 == pytest.approx(chi_square * (total - 1) / total, rel=1e-10)
    assert kruskal_wallis(table).statistic == pytest.approx(row.statistic**2, rel=1e-12)
    assert (shift.estimate, shift.lower, shift.upper) == (0, 0, 0)


def test_p_below_the_smallest_float_keeps_its_logarithm():
    row = compare(CountTable.from_matrix({"A": [10**6, 10], "B": [10, 10**6]}, [0, 1]))[0]
    assert row.p == 0.0
    assert row.log10_p == pytest.approx(stats.norm.logsf(row.statistic * -1) / math.log(10), rel=1e-5)


def test_pooled_sites_equal_pooled_rows_bit_for_bit_whatever_the_order():
    rng = np.random.default_rng(6)
    arm = rng.choice(["A", "B", "C"], 300).tolist()
    score = rng.integers(0, 11, 300).tolist()
    whole = CountTable.from_rows(arm=arm, score=score)
    parts = [CountTable.from_rows(arm=arm[i::3][::-1], score=score[i::3][::-1]) for i in range(3)]
    merged = parts[2] + parts[0] + parts[1]
    assert compare(merged, level=0.95) == compare(whole, level=0.95)
    assert kruskal_wallis(merged) == kruskal_wallis(whole)
    assert dunn(merged, method="holm") == dunn(whole, method="holm")


def test_other_arms_are_neither_used_nor_counted_as_missing():
    table = groups(A=[1, 2, None], B=[2, 3], C=[9, 9, 9])
    row = compare(table)[0]
    assert (row.n, row.denominator) == (4, 5)
    assert row.p == compare(groups(A=[1, 2], B=[2, 3]))[0].p


def test_labels_of_the_code_book_name_the_groups():
    axes = [Axis("arm", labels=((1, "CT"), (2, "fluoroscopy"))), Axis("score")]
    row = compare(CountTable.build(axes, {(1, 3): 2, (2, 4): 2}), group=2, against=1)[0]
    assert dict(row.about) == {"group": "fluoroscopy", "against": "CT"}


def test_mann_whitney_reports_what_the_data_do_not_allow():
    rows = compare(groups(A=[None], B=[1, 2]), level=0.95)
    assert [row.name for row in rows] == ["mann_whitney", "common_language_effect", "hodges_lehmann"]
    assert {row.error for row in rows} == {"nobody in “A” has a value"}
    assert {row.estimate for row in rows} == {None}
    test, effect, shift = compare(groups(A=[4, 4], B=[4]))
    assert (test.error, test.p) == ("all values are equal", None)
    assert (effect.estimate, shift.estimate) == (0.5, 0.0)


@pytest.mark.parametrize("case", ORACLE["several"])
def test_kruskal_wallis_equals_r_and_scipy(case):
    table = groups(**{f"g{i}": values for i, values in enumerate(case["groups"])})
    row = kruskal_wallis(table)
    assert [row.statistic, row.df, row.p] == pytest.approx(case["kruskal"], **CLOSE)
    assert row.statistic == pytest.approx(stats.kruskal(*case["groups"]).statistic, rel=1e-12)


def test_kruskal_wallis_of_two_groups_is_the_square_of_the_tie_corrected_z():
    table = groups(A=[1, 1, 2, 5], B=[2, 5, 5, 7, 9])
    assert kruskal_wallis(table).statistic == pytest.approx(compare(table, "asymptotic")[0].statistic ** 2, rel=1e-12)


def naive_dunn(samples):
    """z of every two groups from rows, by the formula of Dunn 1964."""
    values = np.concatenate(samples)
    n, ranks = len(values), stats.rankdata(values)
    ties = sum(float(t) ** 3 - t for t in np.unique(values, return_counts=True)[1])
    variance = n * (n + 1) / 12 - ties / (12 * (n - 1))
    means, start = [], 0
    for sample in samples:
        means.append(ranks[start : start + len(sample)].mean())
        start += len(sample)
    return [
        (means[i] - means[j]) / math.sqrt(variance * (1 / len(samples[i]) + 1 / len(samples[j])))
        for i, j in itertools.combinations(range(len(samples)), 2)
    ]


@pytest.mark.parametrize("method", ["holm", "bonferroni"])
@pytest.mark.parametrize("case", ORACLE["several"])
def test_dunn_equals_the_formula_on_rows_with_the_adjustment_of_statsmodels(case, method):
    table = groups(**{f"g{i}": values for i, values in enumerate(case["groups"])})
    rows = dunn(table, method=method)
    adjusted, plain = rows[::2], rows[1::2]
    z = naive_dunn(case["groups"])
    p = 2 * stats.norm.sf(np.abs(z))
    assert [row.statistic for row in plain] == pytest.approx(z, rel=1e-10)
    assert [row.p for row in plain] == pytest.approx(p, **CLOSE)
    assert [row.p for row in adjusted] == pytest.approx(multipletests(p, method=method)[1], **CLOSE)
    assert {row.name for row in plain} == {"dunn_unadjusted"}
    assert all(method.capitalize() in row.method for row in adjusted)
    assert dict(adjusted[0].about) == {"group": "g0", "against": "g1"}


def test_a_declared_group_with_nobody_is_left_out_and_named():
    axes = [Axis("arm", labels=(("A", "A"), ("B", "B"), ("C", "sham"))), Axis("score")]
    table = CountTable.build(axes, {("A", 1): 2, ("A", 3): 2, ("B", 2): 3})
    row = kruskal_wallis(table)
    assert (row.df, "“sham”" in row.warning) == (1, True)
    pairs = dunn(table, method="bonferroni")
    assert [pair.error is None for pair in pairs] == [True, True, False, False, False, False]
    assert pairs[0].p == pairs[1].p


def test_kruskal_wallis_and_dunn_report_what_the_data_do_not_allow():
    equal, single = groups(A=[1, 1], B=[1]), groups(A=[1, 2], B=[None])
    assert kruskal_wallis(equal).error == "all values are equal"
    assert "fewer than two groups" in kruskal_wallis(single).error
    assert {row.error for row in dunn(equal, method="holm")} == {"all values are equal"}


@pytest.mark.parametrize(
    "call",
    [
        lambda table: compare(table, "exact"),
        lambda table: compare(table, against="A"),
        lambda table: compare(table.margin("score")),
        lambda table: compare(groups(A=["mild"], B=["severe"])),
        lambda table: kruskal_wallis(table.margin("arm")),
        lambda table: dunn(table, method="sidak"),
    ],
)
def test_rank_tests_refuse_a_wrong_call(call):
    with pytest.raises(StatisticError):
        call(groups(A=[1, 2, 3], B=[2, 3, 4]))

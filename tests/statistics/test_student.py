"""t tests against scipy, R and the printed summaries of a trial."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from foramen.kernel.errors import StatisticError
from foramen.statistics.student import Summary, paired_t, t_from_summaries, t_test
from foramen.statistics.tables import Axis, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "ranks.json").read_text())
SCORES = st.lists(st.integers(0, 10), min_size=2, max_size=20).filter(lambda values: len(set(values)) > 1)


def arms(x, y, decimals=0):
    rows = [(("A", value), 1) for value in x] + [(("B", value), 1) for value in y]
    return CountTable.build([Axis("arm"), Axis("score", decimals)], rows)


def compare(table, method="welch", group="A", against="B"):
    return t_test(table, method=method, group=group, against=against, level=0.95)


@pytest.mark.parametrize("method", ["welch", "student"])
@pytest.mark.parametrize("case", ORACLE["two_groups"])
def test_t_test_equals_r(case, method):
    result = compare(arms(case["x"], case["y"]), method)
    found = [result.statistic, result.df, result.p, result.lower, result.upper]
    assert found == pytest.approx(case[method], rel=1e-10)


@pytest.mark.parametrize("case", ORACLE["pairs"])
def test_paired_t_equals_r(case):
    result = paired_t(CountTable.from_rows(first=case["first"], second=case["second"]), level=0.95)
    found = [result.statistic, result.df, result.p, result.lower, result.upper]
    assert found == pytest.approx(case["paired_t"], rel=1e-10)
    assert result.estimate == pytest.approx(sum(case["second"]) / result.n - sum(case["first"]) / result.n)


@settings(max_examples=25, deadline=None)
@given(SCORES, SCORES, st.sampled_from([("welch", False), ("student", True)]))
def test_t_test_equals_scipy_and_swapping_arms_turns_the_sign(x, y, definition):
    method, pooled = definition
    expected = stats.ttest_ind(x, y, equal_var=pooled)
    one = compare(arms(x, y), method)
    other = compare(arms(x, y), method, group="B", against="A")
    assert (one.statistic, one.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-10, abs=1e-14)
    assert (other.estimate, other.lower, other.upper, other.p) == (-one.estimate, -one.upper, -one.lower, one.p)


@pytest.mark.parametrize(("method", "exact"), [("student", 0.28999), ("welch", 0.29001)])
def test_t_from_summaries_reproduces_the_age_row_of_seed_003(method, exact):
    fluoroscopy = Summary.printed(n=100, mean=51.29, sd=8.77)
    tomography = Summary.printed(n=100, mean=52.71, sd=10.11)
    result = t_from_summaries(fluoroscopy, tomography, method=method, level=0.95)
    assert f"{result.p:.3f}" == "0.290"
    assert result.p == pytest.approx(exact, abs=5e-6)
    assert result.estimate == pytest.approx(-1.42)
    oracle = stats.ttest_ind_from_stats(51.29, 8.77, 100, 52.71, 10.11, 100, equal_var=method == "student")
    assert result.p == pytest.approx(oracle.pvalue, rel=1e-10)


def test_t_test_keeps_decimals_and_names_its_definition():
    result = compare(arms([101, 99, 105], [90, 95, 94, 93], decimals=1))
    assert result.estimate == pytest.approx(float(Fraction(305, 30) - Fraction(372, 40)))
    assert "Welch" in result.method
    assert dict(result.about) == {"group": "A", "against": "B"}


def test_t_test_is_exact_for_values_far_from_zero():
    near, far = [1, 2, 4, 4], [2, 3, 3, 7]
    shifted = compare(arms([v + 10**15 for v in near], [v + 10**15 for v in far]))
    plain = compare(arms(near, far))
    assert (shifted.statistic, shifted.p) == (plain.statistic, plain.p)


def test_t_test_leaves_out_missing_and_suppressed_values_and_other_arms():
    axes = [Axis("arm"), Axis("score", suppressed=-9)]
    rows = [("A", 1), ("A", 3), ("A", None), ("B", 2), ("B", 7), ("B", -9), ("C", 100), (None, 4)]
    result = compare(CountTable.build(axes, [(row, 1) for row in rows]))
    assert (result.n, result.denominator) == (4, 7)
    assert result.estimate == -2.5


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([], [1, 2], "nobody in “A” has a value"),
        ([1], [1, 2], "too few values"),
        ([3, 3], [4, 4, 4], "all values are equal"),
    ],
)
def test_t_test_reports_what_the_data_do_not_allow(x, y, words):
    result = compare(arms(x, y))
    assert words in result.error
    assert (result.estimate, result.p, result.lower) == (None, None, None)


def test_student_accepts_a_group_of_one_as_scipy_does():
    result = compare(arms([4], [1, 2, 5]), "student")
    assert result.p == pytest.approx(stats.ttest_ind([4], [1, 2, 5]).pvalue, rel=1e-12)


def test_paired_t_brings_axes_of_different_decimals_together():
    axes = [Axis("before", 0), Axis("after", 1)]
    table = CountTable.build(axes, {(5, 45): 1, (6, 40): 1, (7, 71): 1, (4, None): 1})
    result = paired_t(table, level=0.95)
    expected = stats.ttest_rel([4.5, 4.0, 7.1], [5, 6, 7])
    assert (result.statistic, result.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-12)
    assert (result.n, result.denominator) == (3, 4)


def test_t_tests_of_ratios_carry_the_divisor_of_their_axis():
    """Percent changes are counted over a common divisor: here thirds and quarters as twelfths."""
    axes = [Axis("arm"), Axis("change", 0, divisor=12)]
    rows = [("A", -4), ("A", 6), ("A", 9), ("B", 4), ("B", 3), ("B", 8), ("B", 12)]
    result = compare(CountTable.build(axes, [(row, 1) for row in rows]))
    expected = stats.ttest_ind([-1 / 3, 1 / 2, 3 / 4], [1 / 3, 1 / 4, 2 / 3, 1], equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert [result.p, result.lower, result.upper] == pytest.approx([expected.pvalue, *interval], rel=1e-10)
    axes = [Axis("before", 0, divisor=3), Axis("after", 1, divisor=2)]
    result = paired_t(CountTable.build(axes, {(1, 5): 1, (2, 10): 1, (4, 10): 1}), level=0.95)
    expected = stats.ttest_rel([0.25, 0.5, 0.5], [1 / 3, 2 / 3, 4 / 3])
    assert [result.statistic, result.p] == pytest.approx([expected.statistic, expected.pvalue], rel=1e-10)


def test_paired_t_reports_what_the_data_do_not_allow():
    assert "same amount" in paired_t(CountTable.from_rows(a=[1, 2], b=[3, 4]), level=0.95).error
    assert "fewer than two" in paired_t(CountTable.from_rows(a=[1, 2], b=[3, None]), level=0.95).error


def test_t_test_keeps_the_logarithm_of_a_p_that_underflows():
    table = CountTable.build([Axis("arm"), Axis("score")], {("A", 0): 10**6, ("A", 1): 10**6, ("B", 9): 10**6})
    result = compare(table)
    assert result.p == 0.0
    assert result.log10_p < -300


@pytest.mark.parametrize(
    "call",
    [
        lambda table: compare(table, "cochran"),
        lambda table: compare(table, group="B"),
        lambda table: compare(table.margin("score")),
        lambda table: t_test(table, method="welch", group="A", against="B", level=95),
        lambda table: paired_t(CountTable.from_rows(a=["mild", "severe"], b=["mild", "mild"]), level=0.95),
    ],
)
def test_t_tests_refuse_a_wrong_call(call):
    with pytest.raises(StatisticError):
        call(arms([1, 2, 3], [2, 3, 4]))

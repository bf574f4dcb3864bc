"""Risk differences, ratios, odds ratios and numbers needed to treat against statsmodels and published examples."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep

from foramen.kernel.errors import StatisticError
from foramen.statistics.result import Statistic
from foramen.statistics.risk import number_needed_to_treat, odds_ratio, risk_difference, risk_ratio
from foramen.statistics.tables import Axis, CountTable

COUNTS = st.tuples(*(st.integers(1, 60) for _ in range(4)))


def two_groups(a: int, n1: int, b: int, n2: int, missing: int = 0) -> CountTable:
    axes = [Axis("arm", labels=((1, "treated"), (2, "control"))), Axis("responder")]
    cells = {(1, 1): a, (1, 0): n1 - a, (2, 1): b, (2, 0): n2 - b, (1, None): missing}
    return CountTable.build(axes, cells)


def difference(table: CountTable, method: str = "newcombe") -> Statistic:
    return risk_difference(table, group=1, against=2, level=0.95, method=method)


def needed(table: CountTable, method: str = "newcombe") -> Statistic:
    return number_needed_to_treat(table, group=1, against=2, level=0.95, method=method)


# Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10, the eight examples (a) to (h)
PRINTED = [
    ((56, 70, 48, 80), 0.2000, 0.0524, 0.3339),
    ((9, 10, 3, 10), 0.6000, 0.1705, 0.8090),
    ((6, 7, 2, 7), 0.5714, 0.0582, 0.8062),
    ((5, 56, 0, 29), 0.0893, -0.0381, 0.1926),
    ((0, 10, 0, 20), 0.0000, -0.1611, 0.2775),
    ((0, 10, 0, 10), 0.0000, -0.2775, 0.2775),
    ((10, 10, 0, 20), 1.0000, 0.6791, 1.0000),
    ((10, 10, 0, 10), 1.0000, 0.6075, 1.0000),
]


@pytest.mark.parametrize(("counts", "estimate", "lower", "upper"), PRINTED)
def test_newcombe_interval_is_the_printed_one(
    counts: tuple[int, int, int, int], estimate: float, lower: float, upper: float
) -> None:
    row = difference(two_groups(*counts))
    assert [row.estimate, row.lower, row.upper] == pytest.approx([estimate, lower, upper], abs=5e-5)


@settings(max_examples=50, deadline=None)
@given(COUNTS, st.sampled_from([("newcombe", "newcomb"), ("wald", "wald")]))
def test_risk_difference_agrees_with_statsmodels(counts: tuple[int, int, int, int], names: tuple[str, str]) -> None:
    a, more_a, b, more_b = counts
    row = difference(two_groups(a, a + more_a, b, b + more_b), names[0])
    expected = confint_proportions_2indep(a, a + more_a, b, b + more_b, compare="diff", method=names[1])
    assert (row.lower, row.upper) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(COUNTS)
def test_ratios_agree_with_statsmodels(counts: tuple[int, int, int, int]) -> None:
    a, c, b, d = counts
    table = two_groups(a, a + c, b, b + d)
    oracle = Table2x2([[a, c], [b, d]])
    row = odds_ratio(table, group=1, against=2, level=0.95)
    assert (row.estimate, row.lower, row.upper) == pytest.approx(
        (oracle.oddsratio, *oracle.oddsratio_confint()), rel=1e-10
    )
    row = risk_ratio(table, group=1, against=2, level=0.95)
    assert (row.estimate, row.lower, row.upper) == pytest.approx(
        (oracle.riskratio, *oracle.riskratio_confint()), rel=1e-10
    )


@settings(max_examples=25, deadline=None)
@given(COUNTS)
def test_swapping_the_groups_turns_every_result_round(counts: tuple[int, int, int, int]) -> None:
    a, c, b, d = counts
    table = two_groups(a, a + c, b, b + d)
    forth, back = (
        risk_difference(table, group=g, against=o, level=0.9, method="newcombe") for g, o in ((1, 2), (2, 1))
    )
    assert forth.estimate == -(back.estimate or 0) and forth.lower == pytest.approx(-(back.upper or 0), abs=1e-14)
    forth, back = (odds_ratio(table, group=g, against=o, level=0.9) for g, o in ((1, 2), (2, 1)))
    assert (forth.estimate or 0) * (back.estimate or 0) == pytest.approx(1, rel=1e-14)


def test_rows_name_both_groups_and_count_missing() -> None:
    row = difference(two_groups(30, 40, 20, 40, missing=5))
    assert dict(row.about) == {"group": "treated", "against": "control"}
    assert (row.n, row.denominator) == (80, 85)


def test_a_corrected_interval_stays_between_minus_one_and_one() -> None:
    row = difference(two_groups(5, 5, 0, 4), "wald_corrected")
    assert (row.estimate, row.upper, "prop.test" in row.method) == (1, 1, True)
    plain = difference(two_groups(10, 15, 4, 13), "wald")
    wider = difference(two_groups(10, 15, 4, 13), "wald_corrected")
    assert (plain.lower or 0) - (wider.lower or 0) == pytest.approx((1 / 15 + 1 / 13) / 2)
    assert difference(two_groups(5, 10, 10, 20), "wald_corrected").lower == pytest.approx(
        difference(two_groups(5, 10, 10, 20), "wald").lower
    )


def test_a_third_group_does_not_enter() -> None:
    table = two_groups(30, 40, 20, 40) + CountTable.build(two_groups(0, 0, 0, 0).axes, {(3, 1): 9, (3, 0): 1})
    assert difference(table).estimate == 0.25
    assert (difference(table).n, difference(table).denominator) == (80, 80)


def test_number_needed_to_treat_inverts_a_clear_difference() -> None:
    row = needed(two_groups(56, 70, 48, 80))
    assert row.estimate == pytest.approx(5)
    assert [row.lower, row.upper] == pytest.approx([1 / 0.3339, 1 / 0.0524], abs=0.02)
    assert row.warning is None


def test_number_needed_to_harm_is_negative() -> None:
    row = needed(two_groups(48, 80, 56, 70))
    assert row.estimate == pytest.approx(-5)
    assert row.lower is not None and row.upper is not None and row.lower < -5 < row.upper < 0


def test_number_needed_through_infinity_is_spelled_out() -> None:
    row = needed(two_groups(5, 56, 0, 29))
    assert row.estimate == pytest.approx(56 / 5)
    assert (row.lower, row.upper) == (None, None)
    assert row.warning is not None and row.warning.endswith("NNTB 5.2 to ∞ to NNTH 26.2")


def test_equal_risks_have_no_number_needed() -> None:
    row = needed(two_groups(10, 20, 20, 40))
    assert row.estimate is None and "infinite" in str(row.error)
    assert "∞" in str(row.warning)
    flat = needed(two_groups(0, 20, 0, 40), "wald")
    assert flat.estimate is None and "infinite" in str(flat.error)


def test_an_empty_cell_is_said_and_nothing_is_added() -> None:
    nobody_treated = two_groups(0, 20, 8, 20)
    for row in (odds_ratio(nobody_treated, group=1, against=2, level=0.95),
                risk_ratio(nobody_treated, group=1, against=2, level=0.95)):  # fmt: skip
        assert (row.estimate, row.lower, row.upper) == (0, None, None)
        assert "nothing was added" in str(row.warning)
    for row in (odds_ratio(nobody_treated, group=2, against=1, level=0.95),
                risk_ratio(nobody_treated, group=2, against=1, level=0.95)):  # fmt: skip
        assert row.estimate is None and row.error
    everybody = two_groups(20, 20, 15, 20)
    assert odds_ratio(everybody, group=1, against=2, level=0.95).error
    assert risk_ratio(everybody, group=1, against=2, level=0.95).lower is not None


def test_all_or_none_warns_about_an_interval_without_width() -> None:
    row = difference(two_groups(20, 20, 15, 15), "wald")
    assert (row.estimate, row.lower, row.upper) == (0, 0, 0) and "no width" in str(row.warning)
    assert difference(two_groups(20, 20, 15, 15)).warning is None
    assert "no width" in str(risk_ratio(two_groups(20, 20, 15, 15), group=1, against=2, level=0.95).warning)


def test_an_empty_group_is_the_fault_of_the_data() -> None:
    table = two_groups(0, 0, 5, 10, missing=4)
    for row in (difference(table), needed(table), odds_ratio(table, group=1, against=2, level=0.95),
                risk_ratio(table, group=1, against=2, level=0.95)):  # fmt: skip
        assert row.estimate is None and "nobody in treated" in str(row.error)


def test_a_wrong_call_is_refused() -> None:
    table = two_groups(1, 2, 1, 2)
    with pytest.raises(StatisticError, match="compared with itself"):
        risk_ratio(table, group=1, against=1, level=0.95)
    with pytest.raises(StatisticError, match="one of newcombe, wald"):
        difference(table, "agresti")
    with pytest.raises(StatisticError, match="codes 0, 1 only"):
        odds_ratio(CountTable.from_rows(arm=[1, 2], nrs=[3, 7]), group=1, against=2, level=0.95)
    with pytest.raises(StatisticError, match="between 0 and 1"):
        risk_ratio(table, group=1, against=2, level=95)


def test_millions_keep_their_digits() -> None:
    row = difference(two_groups(10**7 + 1, 2 * 10**7, 10**7, 2 * 10**7), "wald")
    assert row.estimate == 5e-8
    assert row.upper is not None and row.upper - 5e-8 == pytest.approx(
        1.959963984540054 * math.sqrt(0.5 / 2e7), rel=1e-6
    )

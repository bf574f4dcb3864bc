"""Fisher, Freeman–Halton and McNemar against R, scipy, statsmodels and brute force."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from foramen.kernel.errors import StatisticError
from foramen.statistics import enumeration
from foramen.statistics.exact import MCNEMAR_NAMES, fisher, mcnemar
from foramen.statistics.tables import Axis, CountTable

ORACLE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "oracles" / "contingency.json").read_text())


def crossed(*rows: Sequence[int]) -> CountTable:
    return CountTable.from_matrix(dict(enumerate(rows)), range(len(rows[0])))


def paired(both: int, lost: int, gained: int, neither: int) -> CountTable:
    axes = [Axis("before"), Axis("after")]
    return CountTable.build(axes, {(1, 1): both, (1, 0): lost, (0, 1): gained, (0, 0): neither})


@st.composite
def small_tables(draw: st.DrawFn) -> list[list[int]]:
    columns = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(st.integers(0, 3), min_size=columns, max_size=columns), min_size=2, max_size=4))
    assume(all(map(sum, rows)) and all(map(sum, zip(*rows, strict=True))) and sum(map(sum, rows)) <= 16)
    return rows


def fillings(total: int, room: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All ways to put `total` into places of limited room."""
    if not room:
        if total == 0:
            yield ()
        return
    for first in range(min(total, room[0]) + 1):
        for rest in fillings(total - first, room[1:]):
            yield (first, *rest)


def brute_force(rows: Sequence[Sequence[int]]) -> Fraction:
    """Freeman and Halton's p by writing out every table with whole numbers."""

    def weights(totals: Sequence[int], room: tuple[int, ...], product: int) -> Iterator[int]:
        if not totals:
            yield product
            return
        for column in fillings(totals[0], room):
            left = tuple(r - k for r, k in zip(room, column, strict=True))
            yield from weights(totals[1:], left, product * math.prod(map(math.factorial, column)))

    columns = [sum(column) for column in zip(*rows, strict=True)]
    observed = math.prod(math.factorial(k) for row in rows for k in row)
    products = [*weights(columns, tuple(map(sum, rows)), 1)]
    return sum(Fraction(1, w) for w in products if w >= observed) / sum(Fraction(1, w) for w in products)


def whole_numbers(one: Sequence[int], other: Sequence[int]) -> Fraction:
    """The same for two rows of many columns: products of binomials by the first row's total so far."""
    products: Counter[tuple[int, int]] = Counter({(0, 1): 1})
    for column in map(sum, zip(one, other, strict=True)):
        longer: Counter[tuple[int, int]] = Counter()
        for (total, product), times in products.items():
            for k in range(column + 1):
                longer[total + k, product * math.comb(column, k)] += times
        products = longer
    observed = math.prod(math.comb(a + b, a) for a, b in zip(one, other, strict=True))
    found = [(product, times) for (total, product), times in products.items() if total == sum(one)]
    return Fraction(sum(p * k for p, k in found if p <= observed), sum(p * k for p, k in found))


@pytest.mark.parametrize("case", ORACLE["fisher"].values(), ids=ORACLE["fisher"])
def test_fisher_agrees_with_r(case: dict[str, Any]) -> None:
    row = fisher(crossed(*case["counts"]))
    assert row.p == pytest.approx(case["p"], rel=1e-10)
    assert row.warning is None and "Monte Carlo" not in row.method
    assert row.log10_p == pytest.approx(math.log10(case["p"]), abs=1e-10)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_fisher_2x2_agrees_with_scipy(counts: list[int]) -> None:
    rows = [counts[:2], counts[2:]]
    assume(all(map(sum, rows)) and all(map(sum, zip(*rows, strict=True))))
    row = fisher(crossed(*rows))
    assert row.p == pytest.approx(fisher_exact(rows).pvalue, rel=1e-10)
    assert row.method.startswith("Fisher's exact test")


@settings(max_examples=40, deadline=None)
@given(small_tables())
def test_every_small_table_agrees_with_brute_force(rows: list[list[int]]) -> None:
    assert fisher(crossed(*rows)).p == pytest.approx(float(brute_force(rows)), rel=1e-11)


@settings(max_examples=25, deadline=None)
@given(small_tables(), st.randoms())
def test_fisher_does_not_depend_on_the_order_of_levels_or_axes(rows: list[list[int]], random: Any) -> None:
    columns = [*zip(*rows, strict=True)]
    random.shuffle(columns)
    assert fisher(crossed(*columns)).p == pytest.approx(fisher(crossed(*rows)).p or 0, rel=1e-11)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=9))
def test_wide_tables_agree_with_whole_numbers(columns: list[tuple[int, int]]) -> None:
    rows = [[column[i] for column in columns if any(column)] for i in (0, 1)]
    assume(all(map(sum, rows)) and len(rows[0]) > 2)
    assert fisher(crossed(*rows)).p == pytest.approx(float(whole_numbers(*rows)), rel=1e-11)


def test_fisher_is_exact_where_r_is_not() -> None:
    """3.3 million million tables full of ties: R 4.2.2's fisher.test gives .0252, its own simulation .047."""
    rows = [1, 2, 0, 3] * 6, [2, 1, 2, 0] * 6
    expected = float(whole_numbers(*rows))
    assert expected == pytest.approx(0.047724, abs=1e-6)
    assert fisher(crossed(*rows)).p == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("rows", "p"),
    [
        # summed over all tables in whole numbers; R's network algorithm has 8 or 9 digits of these
        (([700, 650, 800], [710, 600, 830]), 0.2717953823835738),
        (([9990, 9985, 9991, 9980, 9992], [10, 15, 9, 20, 8]), 0.10510739555679227),
        (([500_000, 1, 2], [499_000, 5, 9]), 0.020922885780057236),
    ],
    ids=["even", "rare", "a million units"],
)
def test_fisher_keeps_its_digits_in_large_tables(rows: tuple[list[int], list[int]], p: float) -> None:
    assert fisher(crossed(*rows)).p == pytest.approx(p, rel=1e-11)


def test_fisher_keeps_log10_p_where_p_underflows() -> None:
    row = fisher(crossed([1000, 0], [0, 1000]))
    only = Fraction(2, math.comb(2000, 1000))  # this table and its mirror image
    assert row.p == 0
    assert row.log10_p == pytest.approx(math.log10(only.numerator) - math.log10(only.denominator), rel=1e-12)
    wide = fisher(crossed([1000, 0, 0], [0, 800, 3]))
    tables = math.comb(1803, 1000)
    assert wide.p == 0 and wide.log10_p == pytest.approx(-math.log10(tables), rel=1e-3)


def test_a_table_too_large_is_simulated_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    table = crossed(*ORACLE["fisher"]["three_by_three"]["counts"])
    exact = fisher(crossed([12, 9, 8], [7, 11, 10], [9, 4, 14])).p or 0
    monkeypatch.setattr(enumeration, "LIMIT", 10)
    row = fisher(crossed([12, 9, 8], [7, 11, 10], [9, 4, 14]), draws=4999, seed=7)
    assert row.method.startswith("Freeman–Halton test by Monte Carlo, 4999 random tables, seed 7")
    assert row.p == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 4999))
    assert "simulation standard error" in str(row.warning)
    assert fisher(table, seed=3) == fisher(table, seed=3)
    assert fisher(table, seed=3).p != fisher(table, seed=4).p


def test_simulation_never_gives_zero() -> None:
    row = fisher(crossed(*([900 if i == j else 300 for j in range(4)] for i in range(5))), draws=999)
    assert row.p == 1 / 1000


def test_a_table_of_single_values_is_refused_at_once() -> None:
    row = fisher(CountTable.from_rows(age=[k % 97 for k in range(5000)], dose=[k % 89 for k in range(5000)]))
    assert row.p is None and "merge levels" in str(row.error)


def test_millions_of_units_get_chi_square_and_say_so() -> None:
    row = fisher(crossed([9_000_000, 10_000_000], [9_000_500, 10_004_000]))
    assert row.name == "fisher" and row.df == 1
    assert "Pearson chi-square" in row.method and "in place of an exact test" in row.method
    wide = fisher(crossed([10**6, 10**6, 10**6], [10**6, 10**6, 10**6 + 999]))
    assert wide.df == 2 and "in place of an exact test" in wide.method


def test_rare_events_stay_exact_among_millions() -> None:
    rare = fisher(crossed([10**8, 3], [10**8, 12]))
    # with so many units the events fall like fair coins
    coins = 2 * sum(math.comb(15, k) for k in range(4)) / 2**15
    assert rare.p == pytest.approx(coins, rel=1e-5) and rare.method.startswith("Fisher's exact test")


def test_fisher_needs_two_levels_of_each() -> None:
    assert "nothing to compare" in str(fisher(crossed([5, 0], [7, 0])).error)
    dropped = fisher(crossed([5, 0, 3], [7, 0, 1]))
    assert dropped.warning is not None and "left out" in dropped.warning
    assert dropped.p == fisher(crossed([5, 3], [7, 1])).p


@pytest.mark.parametrize("method", ["exact", "mid_p", "asymptotic", "corrected"])
@pytest.mark.parametrize("case", ORACLE["mcnemar"], ids=lambda case: "/".join(map(str, case["discordant"])))
def test_mcnemar_agrees_with_r(case: dict[str, Any], method: str) -> None:
    lost, gained = (int(count) for count in case["discordant"])
    assert mcnemar(paired(30, lost, gained, 40), method=method).p == pytest.approx(case[method], rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_agrees_with_statsmodels_where_that_is_right(lost: int, gained: int) -> None:
    assume(lost != gained)
    table = paired(5, lost, gained, 8)
    exact = statsmodels_mcnemar([[5, lost], [gained, 8]], exact=True)
    assert mcnemar(table, method="exact").p == pytest.approx(exact.pvalue, rel=1e-10)
    for method, correction in (("asymptotic", False), ("corrected", True)):
        expected = statsmodels_mcnemar([[5, lost], [gained, 8]], exact=False, correction=correction)
        row = mcnemar(table, method=method)
        assert (row.statistic, row.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-10)


@pytest.mark.parametrize("method", [*MCNEMAR_NAMES, "spss"])
def test_no_or_balanced_discordant_pairs_give_p_one(method: str) -> None:
    for table in (paired(10, 0, 0, 20), paired(10, 7, 7, 20)):
        row = mcnemar(table, method=method)
        assert row.p == pytest.approx(1) and row.log10_p == pytest.approx(0, abs=1e-12)
    assert mcnemar(paired(10, 0, 0, 20), method=method).warning == "no discordant pairs"


def test_mcnemar_by_the_spss_rule_turns_at_25_discordant_pairs() -> None:
    small, large = mcnemar(paired(1, 8, 17, 1), method="spss"), mcnemar(paired(1, 8, 18, 1), method="spss")
    assert small.p == mcnemar(paired(1, 8, 17, 1), method="exact").p and "exact binomial" in small.method
    assert large.p == mcnemar(paired(1, 8, 18, 1), method="corrected").p and "continuity correction" in large.method


def test_mcnemar_reproduces_the_two_readings_of_a_printed_p() -> None:
    # seed 001, change of the responder rate: p = .009 fits 10/27 corrected and 11/28 exact
    assert f"{mcnemar(paired(0, 10, 27, 0), method='corrected').p:.3f}" == "0.009"
    assert f"{mcnemar(paired(0, 11, 28, 0), method='exact').p:.3f}" == "0.009"


def test_mcnemar_of_millions_keeps_its_digits() -> None:
    row = mcnemar(paired(0, 5_000_000, 5_004_000, 0), method="exact")
    normal = mcnemar(paired(0, 5_000_000, 5_004_000, 0), method="corrected")
    assert row.p == pytest.approx(normal.p or 0, rel=1e-6)


def test_mcnemar_keeps_log10_p_where_p_underflows() -> None:
    row = mcnemar(paired(0, 0, 2000, 0), method="exact")
    assert row.p == 0 and row.log10_p == pytest.approx(-1999 * math.log10(2), rel=1e-12)
    half = mcnemar(paired(0, 0, 2000, 0), method="mid_p")
    assert half.log10_p == pytest.approx(-2000 * math.log10(2), rel=1e-12)


def test_mcnemar_counts_complete_pairs_only() -> None:
    table = paired(5, 6, 2, 7) + CountTable.build(paired(0, 0, 0, 0).axes, {(1, None): 3, (None, 0): 4})
    row = mcnemar(table, method="exact")
    assert (row.n, row.denominator) == (20, 27)
    assert row.p == mcnemar(paired(5, 6, 2, 7), method="exact").p


def test_mcnemar_of_more_than_two_levels_is_an_error_not_a_cut_table() -> None:
    table = CountTable.from_rows(before=[0, 1, 2], after=[1, 2, 0])
    row = mcnemar(table, method="asymptotic")
    assert row.p is None and "codes 0 and 1 only" in str(row.error)
    assert mcnemar(paired(0, 0, 0, 0), method="exact").error == "nobody has a recorded value"


def test_a_wrong_call_is_refused() -> None:
    with pytest.raises(StatisticError, match="one of exact, mid_p"):
        mcnemar(paired(1, 2, 3, 4), method="bowker")
    with pytest.raises(StatisticError, match=r"\(first, second\)"):
        mcnemar(CountTable.from_rows(one=[1]), method="exact")

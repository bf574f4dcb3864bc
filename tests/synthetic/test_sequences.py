"""Sequences print as wanted, judged by the standard library and scipy."""

import random
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from foramen.kernel.rounding import rounded
from foramen.synthetic.rank_targets import Ranks, dealt_to_friedman, mann_whitney_square, moved_to_mann_whitney
from foramen.synthetic.sequences import (
    PrintedMoments,
    following,
    integers_with_moments,
    integers_with_quartiles,
    integers_with_summary,
    quartile_bounds,
    shuffled,
)

SMALL = st.lists(st.integers(0, 10), min_size=8, max_size=40)


def printed(values: list[int], mean: str, sd: str, units: int = 1) -> tuple[str, str]:
    places = [len(text.partition(".")[2]) for text in (mean, sd)]
    return (
        rounded(Fraction(sum(values), len(values) * units), places[0]),
        rounded(statistics.stdev(values) / units, places[1]),
    )


@pytest.mark.parametrize(
    ("n", "mean", "sd", "low", "high", "units"),
    [(134, "43.9", "16.2", 18, 86, 1), (134, "26.1", "4.1", 175, 420, 10), (5, "3.2", "1.1", 0, 10, 1),
     (12, "5.7", "2.2", 0, 10, 1), (40, "61.5", "9.5", 0, 100, 1)],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(5))
def test_means_and_standard_deviations_print_as_given(
    n: int, mean: str, sd: str, low: int, high: int, units: int, seed: int
) -> None:
    found = integers_with_moments(n, mean, sd, low, high, random.Random(seed), units=units)
    assert printed(found, mean, sd, units) == (mean, sd)
    assert len(found) == n
    assert min(found) >= low
    assert max(found) <= high


@given(values=SMALL)
def test_what_a_sequence_prints_is_in_the_bounds_of_its_print(values: list[int]) -> None:
    """Unless a mean lies right between two prints, of which bounds promise nothing."""
    mean, sd = printed(values, "0.00", "0.00")
    moments = PrintedMoments.of(len(values), mean, sd)
    low, high = moments.total
    if low < sum(values) < high:
        assert moments.distance(sum(values), sum(v * v for v in values)) == 0


def test_a_mean_that_no_integers_have_is_refused() -> None:
    """43 integers have no mean that prints as 6.92: 297 and 298 of them give 6.91 and 6.93."""
    with pytest.raises(ValueError, match="out of reach"):
        integers_with_moments(43, "6.92", "1.5", 0, 10, random.Random(1))


@pytest.mark.parametrize(
    ("n", "quartiles"),
    [(100, ("12.0", "15.0", "20.50")), (100, ("270.5", "352.0", "415.0")), (7, ("2", "4", "6")),
     (40, ("3.25", "5.5", "7.75"))],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(5))
def test_quartiles_are_exact_by_position_n_plus_1(n: int, quartiles: tuple[str, str, str], seed: int) -> None:
    found = integers_with_quartiles(n, *quartiles, 0, 900, random.Random(seed))
    exact = [Fraction(q) for q in statistics.quantiles([Fraction(v) for v in found], n=4, method="exclusive")]
    assert exact == [Fraction(q) for q in quartiles]


def test_quartiles_no_integers_have_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no quartile of 100 integers"):
        integers_with_quartiles(100, "12.1", "15", "20", 0, 60, random.Random(1))
    with pytest.raises(ValueError, match=r"have the quartiles"):
        integers_with_quartiles(100, "12", "15", "20", 13, 60, random.Random(1))


def test_quartiles_and_moments_hold_together() -> None:
    bounds = quartile_bounds(100, "45.0", "50.0", "58.0", 22, 82)
    found = integers_with_summary(bounds, "51.29", "8.77", random.Random(1))
    assert printed(found, "51.29", "8.77") == ("51.29", "8.77")
    assert statistics.quantiles(found, n=4, method="exclusive") == [45, 50, 58]


def test_labels_come_as_often_as_said_and_values_rise_with_what_drives_them() -> None:
    assert sorted(shuffled({"a": 2, "b": 1}, random.Random(1))) == ["a", "a", "b"]
    assert following([3, 1, 2], [10, 30, 20], 0, random.Random(1)) == [1, 3, 2]


@given(first=SMALL, second=SMALL)
def test_mann_whitney_is_that_of_scipy(first: list[int], second: list[int]) -> None:
    if len({*first, *second}) == 1:
        return
    expected = stats.mannwhitneyu(first, second, use_continuity=False, method="asymptotic").pvalue
    square = mann_whitney_square(first, second)
    assert 2 * stats.norm.sf(abs(float(square)) ** 0.5) == pytest.approx(expected, rel=1e-9)
    half = len(first) * len(second) / 2
    assert (square > 0) == (stats.mannwhitneyu(first, second).statistic > half)


@given(rows=st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=8, max_size=30))
def test_friedman_is_that_of_scipy(rows: list[list[int]]) -> None:
    if all(len(set(row)) == 1 for row in rows):
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    expected = stats.friedmanchisquare(*columns).statistic
    assert float(Ranks(columns).statistic()) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_wanted_p_is_reached_without_touching_the_quartiles() -> None:
    rng = random.Random(1)
    arms = []
    for quartiles in (("3.0", "4.0", "5.0"), ("3.0", "4.0", "6.0")):
        bounds = quartile_bounds(50, *quartiles, 0, 10)
        arms.append(([rng.randint(*pair) for pair in bounds], bounds))
    moved_to_mann_whitney(arms[0], arms[1], "0.084", rng, first_higher=False)
    p = stats.mannwhitneyu(arms[0][0], arms[1][0], use_continuity=False, method="asymptotic").pvalue
    assert rounded(float(p), 3) == "0.084"
    assert mann_whitney_square(arms[0][0], arms[1][0]) < 0
    assert statistics.quantiles(arms[1][0], n=4, method="exclusive") == [3, 4, 6]


def test_a_wanted_friedman_statistic_is_reached_by_dealing_alone() -> None:
    rng = random.Random(1)
    columns = [[rng.randint(0, 10) + 2 * j for _ in range(60)] for j in range(4)]
    before = [sorted(column) for column in columns]
    dealt_to_friedman(columns, "90.12", rng)
    assert rounded(float(stats.friedmanchisquare(*columns).statistic), 2) == "90.12"
    assert [sorted(column) for column in columns] == before


def test_what_cannot_be_reached_is_said() -> None:
    fixed = [(value, value) for value in range(5)]
    with pytest.raises(ValueError, match=r"p = 0\.010 is out of reach"):
        moved_to_mann_whitney(
            (list(range(5)), fixed), (list(range(5)), fixed), "0.010", random.Random(1), first_higher=True
        )
    with pytest.raises(ValueError, match=r"no dealing"):
        dealt_to_friedman([[1, 2], [3, 4]], "0.5", random.Random(1))

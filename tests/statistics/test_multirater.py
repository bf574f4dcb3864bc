"""Many readers on categories, against printed examples, statsmodels (live) and plain loops over rows."""

import math
from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from foramen.kernel.errors import StatisticError
from foramen.statistics.multirater import fleiss_kappa, gwet_ac1, krippendorff_alpha
from foramen.statistics.tables import Axis, Code, CountTable

N = None
KRIPPENDORFF_2011: dict[str, list[Code]] = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    "C": [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
}
"""Four observers, twelve units: the example of “Computing Krippendorff's Alpha-Reliability”, section C."""

SIX_READERS = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
]  # fmt: skip
"""How many of six psychiatrists chose each of five diagnoses for fifteen patients (Gwet 2014)."""


def from_profiles(profiles: Sequence[Sequence[int]]) -> CountTable:
    rows = [[k for k, count in enumerate(profile) for _ in range(count)] for profile in profiles]
    return CountTable.from_rows(**{f"reader{j}": list(column) for j, column in enumerate(zip(*rows, strict=True))})


def coded(rows: Sequence[Sequence[Code]], levels: int) -> CountTable:
    """Rows of ratings 0, 1, … on axes that declare all levels."""
    labels = tuple((k, f"grade {k}") for k in range(levels))
    return CountTable.build(
        [Axis(f"reader{j}", labels=labels) for j in range(len(rows[0]))], [(tuple(r), 1) for r in rows]
    )


def test_fleiss_kappa_and_ac1_equal_the_printed_example_of_six_readers() -> None:
    table = from_profiles(SIX_READERS)
    kappa, error, _ = fleiss_kappa(table, level=0.95)
    assert (kappa.estimate, error.estimate) == pytest.approx((0.4139265, 0.08119291), abs=5e-8)
    assert (kappa.lower, kappa.upper) == pytest.approx((0.240, 0.588), abs=5e-4)
    ac1, ac1_error = gwet_ac1(table, level=0.95)
    assert (ac1.estimate, ac1_error.estimate) == pytest.approx((0.4448007, 0.08418757), abs=5e-8)
    assert (ac1.lower, ac1.upper, ac1.p) == pytest.approx((0.264, 0.625, 0.0001155927), abs=5e-4)
    assert ac1.p == pytest.approx(0.0001155927, rel=1e-6)
    assert ac1.df == 14


def test_ac1_uses_ratings_of_subjects_not_seen_by_all() -> None:
    ratings = dict(KRIPPENDORFF_2011)
    ratings["B"] = [*ratings["B"][:11], N]
    ratings["C"] = [*ratings["C"][:11], 3]
    row, error = gwet_ac1(CountTable.from_rows(**ratings), level=0.95)
    assert (row.estimate, error.estimate) == pytest.approx((0.77544, 0.14295), abs=5e-6)
    assert (row.lower, row.upper) == pytest.approx((0.461, 1.0), abs=5e-4)
    assert row.p == pytest.approx(0.000208721, rel=1e-5)
    assert (row.n, row.denominator) == (12, 12)


@pytest.mark.parametrize(("metric", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_equals_the_textbook_example(metric: str, printed: float) -> None:
    row = krippendorff_alpha(CountTable.from_rows(**KRIPPENDORFF_2011), metric=metric)
    assert row.estimate == pytest.approx(printed, abs=5e-4)
    assert (row.n, row.denominator) == (11, 12)
    assert row.lower is None and "no interval" in row.method


@pytest.mark.parametrize("seed", range(5))
def test_fleiss_kappa_equals_statsmodels(seed: int) -> None:
    ratings = np.random.default_rng(seed).integers(0, 2 + seed, (40, 3 + seed))
    ratings[:20] = ratings[:20, :1]
    counts, _ = aggregate_raters(ratings)
    table = CountTable.from_rows(**{f"r{j}": column.tolist() for j, column in enumerate(ratings.T)})
    assert fleiss_kappa(table, level=0.95)[0].estimate == pytest.approx(statsmodels_fleiss(counts), rel=1e-10)


def test_fleiss_null_standard_error_of_two_categories_is_the_closed_form() -> None:
    rows = np.random.default_rng(7).integers(0, 2, (30, 5)).tolist()
    kappa, _, null_error = fleiss_kappa(coded(rows, 2), level=0.95)
    assert null_error.estimate == pytest.approx(math.sqrt(2 / (30 * 5 * 4)), rel=1e-12)
    assert kappa.estimate is not None and null_error.estimate is not None
    assert kappa.statistic == pytest.approx(kappa.estimate / null_error.estimate, rel=1e-12)


def test_fleiss_kappa_takes_only_subjects_seen_by_all() -> None:
    rows: list[list[Code]] = [[0, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 0]]
    with_gaps = coded([*rows, [0, None, 0], [None, None, 1]], 2)
    kappa, *_ = fleiss_kappa(with_gaps, level=0.95)
    assert (kappa.n, kappa.denominator) == (4, 6)
    assert kappa.estimate == fleiss_kappa(coded(rows, 2), level=0.95)[0].estimate


def gwet_two_readers(matrix: np.ndarray) -> tuple[float, float]:
    """AC1 and its variance as Gwet 2008 writes them for two readers."""
    n, q = matrix.sum(), len(matrix)
    cells = matrix / n
    mean = (cells.sum(0) + cells.sum(1)) / 2
    observed, chance = np.trace(cells), (mean * (1 - mean)).sum() / (q - 1)
    value = (observed - chance) / (1 - chance)
    diagonal = (np.diag(cells) * (1 - mean)).sum() / (q - 1) - observed * chance
    pairs = (cells * (1 - (mean[:, None] + mean[None, :]) / 2) ** 2).sum() / (q - 1) ** 2 - chance**2
    inner = observed * (1 - observed) - 4 * (1 - value) * diagonal + 4 * (1 - value) ** 2 * pairs
    return value, inner / (n * (1 - chance) ** 2)


@pytest.mark.parametrize("seed", range(4))
def test_ac1_of_two_readers_equals_gwets_own_formula(seed: int) -> None:
    matrix = np.random.default_rng(seed).poisson(3, (3 + seed, 3 + seed)) + np.eye(3 + seed, dtype=int)
    row, error = gwet_ac1(CountTable.from_matrix(dict(enumerate(matrix.tolist())), range(3 + seed)), level=0.95)
    value, variance = gwet_two_readers(matrix)
    assert (row.estimate, error.estimate) == pytest.approx((value, math.sqrt(variance)), rel=1e-10)


def test_ac1_counts_the_categories_of_the_code_book() -> None:
    rows: list[list[Code]] = [[0, 0], [0, 1], [1, 1], [0, 0], [0, 0]]
    two, three = gwet_ac1(coded(rows, 2), level=0.95)[0], gwet_ac1(coded(rows, 3), level=0.95)[0]
    assert two.estimate is not None and three.estimate is not None
    assert two.estimate < three.estimate


def test_ac1_of_two_readers_takes_only_subjects_both_saw() -> None:
    rows: list[list[Code]] = [[0, 0], [0, 1], [1, 1], [0, 0]]
    row, _ = gwet_ac1(coded([*rows, [1, None], [None, 1], [None, None]], 2), level=0.95)
    assert row.estimate == gwet_ac1(coded(rows, 2), level=0.95)[0].estimate
    assert (row.n, row.denominator) == (4, 7)


def naive_alpha(rows: Sequence[Sequence[Code]], distance: Callable[[int, int, dict[int, int]], float]) -> float:
    """Every ordered pair of ratings within a unit, and every ordered pair of pairable ratings anywhere."""
    units = [[r for r in row if isinstance(r, int)] for row in rows]
    units = [unit for unit in units if len(unit) > 1]
    values = [rating for unit in units for rating in unit]
    totals = {value: values.count(value) for value in values}
    within = sum(distance(a, b, totals) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2))
    anywhere = sum(distance(a, b, totals) for a, b in permutations(values, 2)) / (len(values) - 1)
    return 1 - within / anywhere


def ordinal(a: int, b: int, totals: dict[int, int]) -> float:
    low, high = min(a, b), max(a, b)
    return (sum(n for value, n in totals.items() if low <= value <= high) - (totals[a] + totals[b]) / 2) ** 2


DISTANCES: dict[str, Callable[[int, int, dict[int, int]], float]] = {
    "nominal": lambda a, b, totals: float(a != b),
    "ordinal": ordinal,
    "interval": lambda a, b, totals: float((a - b) ** 2),
}


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda k: st.lists(
            st.lists(st.sampled_from([0, 1, 2, 4, None]), min_size=k, max_size=k), min_size=1, max_size=12
        )
    ),
    st.sampled_from(list(DISTANCES)),
)
def test_alpha_equals_a_loop_over_all_pairs(rows: list[list[Code]], metric: str) -> None:
    table = CountTable.from_rows(**{f"r{j}": list(column) for j, column in enumerate(zip(*rows, strict=True))})
    row = krippendorff_alpha(table, metric=metric)
    if row.error is not None:
        pairable = [r for unit in rows if sum(x is not None for x in unit) > 1 for r in unit if r is not None]
        assert len(set(pairable)) < 2
    else:
        assert row.estimate == pytest.approx(naive_alpha(rows, DISTANCES[metric]), rel=1e-10, abs=1e-12)


def test_alpha_takes_the_declared_order_of_grades() -> None:
    rows: list[list[Code]] = [["none", "mild"], ["severe", "severe"], ["mild", "severe"], ["none", "none"]]
    labels = tuple((code, code) for code in ("none", "mild", "severe"))
    table = CountTable.build([Axis(name, labels=labels) for name in "ab"], [(tuple(row), 1) for row in rows])
    places = {"none": 0, "mild": 1, "severe": 2}
    numbers: list[list[Code]] = [[places[str(code)] for code in row] for row in rows]
    row = krippendorff_alpha(table, metric="ordinal")
    assert row.estimate == pytest.approx(naive_alpha(numbers, ordinal), rel=1e-12)
    with pytest.raises(StatisticError, match="categories, not numbers"):
        krippendorff_alpha(table, metric="interval")
    with pytest.raises(StatisticError, match="unknown metric"):
        krippendorff_alpha(table, metric="ratio")


def test_all_ratings_equal_leaves_only_ac1() -> None:
    table = coded([[1, 1, 1]] * 5, 3)
    for row in [*fleiss_kappa(table, level=0.95), krippendorff_alpha(table, metric="nominal")]:
        assert row.estimate is None and row.error is not None and "100 %" in row.error
    ac1, error = gwet_ac1(table, level=0.95)
    assert (ac1.estimate, error.estimate, ac1.p) == (1.0, 0.0, None)
    assert ac1.warning is not None and "says nothing" in ac1.warning


def test_without_a_code_book_one_used_category_tells_nothing() -> None:
    rows = gwet_ac1(CountTable.from_rows(a=[1, 1], b=[1, 1]), level=0.95)
    assert all(row.error is not None and "code book" in row.error for row in rows)


def test_one_subject_or_nobody_rated_twice_gives_error_rows() -> None:
    for table in (coded([[0, 1, 1]], 2), coded([[0, None, None], [None, 1, None]], 2)):
        assert all(row.error is not None for row in fleiss_kappa(table, level=0.95))
        assert all(row.error is not None for row in gwet_ac1(table, level=0.95))
    nobody = krippendorff_alpha(coded([[0, None, None], [None, 1, None]], 2), metric="nominal")
    assert nobody.error == "no subject was rated by two readers"


def test_a_reader_with_one_category_still_gives_all_three() -> None:
    table = coded([[0, 0, 1], [0, 1, 1], [0, 1, 0], [0, 0, 0]], 2)
    rows = [*fleiss_kappa(table, level=0.95), *gwet_ac1(table, level=0.95), krippendorff_alpha(table, metric="ordinal")]
    assert all(row.error is None and row.estimate is not None for row in rows)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([0, 1, 2, None])] * 3), min_size=2, max_size=20), st.integers(0, 20))
def test_pooling_and_reordering_readers_keep_every_bit(rows: list[tuple[Code, ...]], cut: int) -> None:
    def results(table: CountTable) -> list[tuple[float | None, float | None, float | None, str | None]]:
        found = [*fleiss_kappa(table, level=0.95), *gwet_ac1(table, level=0.95)]
        found += [krippendorff_alpha(table, metric=metric) for metric in DISTANCES]
        return [(row.estimate, row.lower, row.p, row.error) for row in found]

    wanted = results(coded(rows, 3))
    assert results(coded([row[::-1] for row in rows], 3)) == wanted
    if 0 < cut < len(rows):
        assert results(coded(rows[:cut], 3) + coded(rows[cut:], 3)) == wanted

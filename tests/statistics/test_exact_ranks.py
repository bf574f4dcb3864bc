"""Exact rank distributions against enumeration of every arrangement."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from foramen.statistics.exact_ranks import (
    exact_correlation,
    exact_rank_sum,
    exact_signed_rank,
    rank_sum_place,
    signed_rank_place,
)

SCORES = st.lists(st.integers(0, 6), min_size=2, max_size=9)


@settings(max_examples=50, deadline=None)
@given(SCORES, st.data())
def test_exact_rank_sum_equals_enumeration(values, data):
    size = data.draw(st.integers(1, len(values) - 1))
    scores = sorted(int(2 * rank) for rank in stats.rankdata(values))
    sums = [sum(chosen) for chosen in itertools.combinations(scores, size)]
    observed, expected = data.draw(st.sampled_from(sums)), size * (len(values) + 1)
    extreme = sum(abs(s - expected) >= abs(observed - expected) for s in sums)
    p, log10_p = exact_rank_sum(scores, size, observed)
    assert p == pytest.approx(extreme / len(sums), rel=1e-12)
    assert log10_p == pytest.approx(math.log10(extreme / len(sums)), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(SCORES, st.data())
def test_exact_signed_rank_equals_enumeration(values, data):
    scores = sorted(int(2 * rank) for rank in stats.rankdata(values))
    sums = [sum(s * sign for s, sign in zip(scores, signs, strict=True))
            for signs in itertools.product((0, 1), repeat=len(scores))]  # fmt: skip
    observed = data.draw(st.sampled_from(sums))
    extreme = sum(abs(2 * s - sum(scores)) >= abs(2 * observed - sum(scores)) for s in sums)
    assert exact_signed_rank(scores, observed)[0] == pytest.approx(extreme / len(sums), rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6))
def test_exact_correlation_equals_enumeration(pairs):
    first, second = (stats.rankdata(values) for values in zip(*pairs, strict=True))
    expected = sum(first) * sum(second) / len(pairs)
    sums = [sum(first * order) - expected for order in itertools.permutations(second)]
    extreme = sum(abs(s) >= abs(sum(first * second) - expected) - 1e-9 for s in sums)
    p, log10_p = exact_correlation([(int(2 * a), int(2 * b)) for a, b in zip(first, second, strict=True)])
    assert p == pytest.approx(extreme / len(sums), rel=1e-12)
    assert log10_p == pytest.approx(math.log10(p), abs=1e-12)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_places_leave_at_most_the_share_outside_and_are_the_furthest_in(level):
    for n, m in itertools.product(range(1, 8), range(1, 8)):
        u = [sum(a > b for a in chosen for b in {*range(n + m)} - {*chosen})
             for chosen in itertools.combinations(range(n + m), n)]  # fmt: skip
        place = rank_sum_place(n, m, level)
        assert sum(x < place for x in u) / len(u) <= (1 - level) / 2 + 1e-12 < sum(x <= place for x in u) / len(u)
    for n in range(1, 9):
        w = [sum(rank * sign for rank, sign in zip(range(1, n + 1), signs, strict=True))
             for signs in itertools.product((0, 1), repeat=n)]  # fmt: skip
        place = signed_rank_place(n, level)
        assert sum(x < place for x in w) / len(w) <= (1 - level) / 2 + 1e-12 < sum(x <= place for x in w) / len(w)


def test_exact_rank_sum_of_one_against_many():
    scores = [2 * rank for rank in range(1, 10_002)]
    assert exact_rank_sum(scores, 1, 2)[0] == pytest.approx(2 / 10_001, rel=1e-12)
    assert exact_rank_sum(scores, 10_000, sum(scores) - 2)[0] == pytest.approx(2 / 10_001, rel=1e-12)


def test_exact_signed_rank_of_a_thousand_reaches_two_to_the_minus_999():
    scores = [2 * rank for rank in range(1, 1_001)]
    p, log10_p = exact_signed_rank(scores, 0)
    assert p == 2.0**-999
    assert log10_p == pytest.approx(-999 * math.log10(2), rel=1e-12)

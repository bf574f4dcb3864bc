"""Pairwise medians against all pairs written out."""

import itertools
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.statistics.scores import pooled
from foramen.statistics.shift import pairwise_differences, walsh_sums

SCORES = st.lists(st.integers(-50, 50), min_size=1, max_size=12)


def counted(values):
    return pooled({value: 1} for value in values)


@settings(max_examples=50, deadline=None)
@given(SCORES, SCORES)
def test_pairwise_differences_are_all_differences_in_order(x, y):
    pairs = pairwise_differences(counted(x), counted(y))
    differences = sorted(a - b for a, b in itertools.product(x, y))
    assert [pairs.item(rank) for rank in range(1, pairs.total + 1)] == differences
    assert pairs.median() == median(differences)


@settings(max_examples=50, deadline=None)
@given(SCORES)
def test_walsh_sums_are_all_sums_of_two_in_order(x):
    sums = walsh_sums(counted(x))
    expected = sorted(a + b for a, b in itertools.combinations_with_replacement(x, 2))
    assert [sums.item(rank) for rank in range(1, sums.total + 1)] == expected


@pytest.mark.parametrize("n", [10**6, 10**10])
def test_numbers_of_pairs_beyond_64_bits_are_counted_exactly(n):
    pairs = pairwise_differences({0: n, 7: n + 1}, {0: n + 2})
    assert pairs.total == (2 * n + 1) * (n + 2)
    assert (pairs.item(n * (n + 2)), pairs.item(n * (n + 2) + 1)) == (0, 7)
    assert walsh_sums({0: n, 6: n}).median() == 6


def test_codes_beyond_64_bits_are_ordered_exactly():
    big = 10**25
    x, y = {-big: 1, 3 * big: 2, 3 * big + 1: 1}, {0: 1, big: 2, 2 * big - 1: 1}
    pairs = pairwise_differences(x, y)
    written = sorted(a - b for a, n in x.items() for b, m in y.items() for _ in range(n * m))
    assert [pairs.item(rank) for rank in range(1, 17)] == written
    assert walsh_sums(x).item(10) == 6 * big + 2


def test_mixed_sizes_of_codes_are_ordered_exactly():
    pairs = pairwise_differences({5: 1}, {10**25: 1, 10**25 + 3: 2})
    assert [pairs.item(rank) for rank in (1, 2, 3)] == [2 - 10**25, 2 - 10**25, 5 - 10**25]

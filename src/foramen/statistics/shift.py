"""Medians of all pairwise differences or averages, from frequencies, without writing the pairs down.

The pairs form an ordered list whose items can be counted up to any value; the item of a given rank is found by
bisection on integers, so the result is exact, and takes milliseconds whatever the number of pairs.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foramen.statistics.normal import normal_quantile
from foramen.statistics.scores import Frequencies, size

_INT64_SAFE = 1 << 61
"""Sums and differences of two codes, and numbers of pairs, stay in 64 bits when neither passes this."""


@dataclass(frozen=True, slots=True)
class OrderedPairs:
    """An ordered list of integers known by its length, its range and how many items are at most a given value."""

    total: int
    lowest: int
    highest: int
    at_most: Callable[[int], int]

    def item(self, rank: int) -> int:
        """The item of a rank, 1 for the smallest."""
        low, high = self.lowest, self.highest
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.at_most(middle) >= rank else (middle + 1, high)
        return low

    def median(self) -> Fraction:
        """The middle item, or the mean of the two middle ones."""
        return Fraction(self.item((self.total + 1) // 2) + self.item(self.total // 2 + 1), 2)

    def interval(self, place: int) -> tuple[int, int] | None:
        """The items at this place from both ends, 1 for the smallest and the largest; None for a place below 1."""
        return (self.item(place), self.item(self.total + 1 - place)) if place >= 1 else None

    def normal_place(self, variance: Fraction, level: float) -> int:
        """total/2 - z·sd rounded down; `variance` is that of the rank statistic whose test the interval inverts."""
        return math.floor(self.total / 2 - normal_quantile(level) * math.sqrt(variance))


def disagreement(p: float, lower: float, upper: float, level: float) -> str | None:
    """What to say when a test at 1 - level and an interval differ about 0."""
    rejected, holds = p <= (1 - level) * (1 + 1e-12), lower <= 0 <= upper
    if rejected != holds:
        return None
    return (
        f"p is {'at most' if rejected else 'above'} {1 - level:g}, yet the interval {'holds' if holds else 'omits'} 0"
    )


def pairwise_differences(group: Frequencies, against: Frequencies) -> OrderedPairs:
    """All differences of one score of `group` and one of `against`."""
    total = size(group) * size(against)
    codes, other = _codes(group, against)
    counts, cumulated = _counts(group, total), _cumulated(_counts(against, total))

    def at_most(difference: int) -> int:
        smaller = cumulated[np.searchsorted(other, codes - difference, side="left")]
        return int(counts @ (cumulated[-1] - smaller))

    return OrderedPairs(total, int(codes[0]) - int(other[-1]), int(codes[-1]) - int(other[0]), at_most)


def walsh_sums(sample: Frequencies) -> OrderedPairs:
    """All sums of two scores of a sample, each pair once and each score with itself: twice the Walsh averages."""
    n = size(sample)
    (codes,), counts = _codes(sample), _counts(sample, n * n)
    cumulated = _cumulated(counts)

    def at_most(value: int) -> int:
        ordered = int(counts @ cumulated[np.searchsorted(codes, value - codes, side="right")])
        itself = int(counts[2 * codes <= value].sum())
        return (ordered + itself) // 2

    return OrderedPairs(n * (n + 1) // 2, 2 * int(codes[0]), 2 * int(codes[-1]), at_most)


def _codes(*samples: Frequencies) -> list[NDArray[Any]]:
    """Codes as 64-bit integers, or as Python integers where any is too large (ratios over a common divisor)."""
    large = any(abs(code) >= _INT64_SAFE for sample in samples for code in sample)
    return [np.array(list(sample), dtype=object if large else np.int64) for sample in samples]


def _counts(sample: Frequencies, pairs: int) -> NDArray[Any]:
    return np.array(list(sample.values()), dtype=object if pairs >= _INT64_SAFE else np.int64)


def _cumulated(counts: NDArray[Any]) -> NDArray[Any]:
    """How many units lie below each position, and in the end all of them."""
    return np.concatenate([np.zeros(1, dtype=counts.dtype), np.cumsum(counts)])

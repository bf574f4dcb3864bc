"""Rank tests that print as a paper printed them: values are moved, or dealt out anew, until they do.

Only such moves are made as leave medians and quartiles alone, so the printed descriptions still hold.
"""

import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from statistics import NormalDist

from foramen.synthetic.sequences import Bounds, printed_range

MOST_MOVES = 200_000
NEAR = Fraction(1, 5)
"""So near to its target a statistic may wander, because no way leads straight to it."""

Arm = tuple[list[int], Sequence[Bounds]]
"""Values in increasing order of place, and the bounds of each place."""


def mann_whitney_square(first: Sequence[int], second: Sequence[int]) -> Fraction:
    """z·|z| of the Mann–Whitney test, positive where the first are higher: tie-corrected, no continuity correction."""
    ones, others = Counter(first), Counter(second)
    doubled, below, ties = 0, 0, 0
    for value in sorted(ones.keys() | others.keys()):
        doubled += ones[value] * (2 * below + others[value])
        below += others[value]
        ties += (ones[value] + others[value]) ** 3 - (ones[value] + others[value])
    product, size = len(first) * len(second), len(first) + len(second)
    variance = Fraction(product, 12) * (size + 1 - Fraction(ties, size * (size - 1)))
    return (doubled - product) * abs(doubled - product) / (4 * variance)


def moved_to_mann_whitney(first: Arm, second: Arm, p_text: str, rng: random.Random, *, first_higher: bool) -> None:
    """Move values by single steps, each within its bounds, until the two-sided p prints as given, on that side."""
    low, high = _squares(p_text) if first_higher else tuple(-square for square in reversed(_squares(p_text)))
    before = mann_whitney_square(first[0], second[0])
    for _ in range(MOST_MOVES):
        if low < before < high:
            return
        values, bounds = rng.choice((first, second))
        place, by = rng.randrange(len(values)), rng.choice((-1, 1))
        if not bounds[place][0] <= values[place] + by <= bounds[place][1]:
            continue
        values[place] += by
        now = mann_whitney_square(first[0], second[0])
        if abs(now - low) > abs(before - low) and abs(now - low) > NEAR:
            values[place] -= by
        else:
            before = now
    raise ValueError(f"p = {p_text} is out of reach within these bounds")


def _squares(p_text: str) -> tuple[Fraction, Fraction]:
    """Between which z² a two-sided p prints as this text; a hundredth of the width is kept off on both sides."""
    low, high = printed_range(p_text)
    inside = (high - low) / 100
    z = [NormalDist().inv_cdf(float(1 - p / 2)) for p in (high - inside, low + inside)]
    return Fraction(z[0]) ** 2, Fraction(z[1]) ** 2


def dealt_to_friedman(columns: Sequence[list[int]], printed: str, rng: random.Random) -> None:
    """Swap values of two persons within a column until Friedman's statistic over the columns prints as given."""
    low, high = printed_range(printed)
    ranks = Ranks(columns)
    before = ranks.statistic()
    for _ in range(MOST_MOVES):
        if low < before < high:
            return
        column, one, other = rng.randrange(len(columns)), rng.randrange(ranks.n), rng.randrange(ranks.n)
        ranks.swap(column, one, other)
        now = ranks.statistic()
        if abs(now - low) > abs(before - low) and abs(now - low) > NEAR:
            ranks.swap(column, one, other)
        else:
            before = now
    raise ValueError(f"no dealing of these values has Friedman's statistic {printed}")


class Ranks:
    """Twice the ranks within each person over several columns, and the sums that Friedman's statistic needs."""

    def __init__(self, columns: Sequence[list[int]]) -> None:
        self.columns, self.n = columns, len(columns[0])
        self.totals, self.squares = [0] * len(columns), 0
        for person in range(self.n):
            self._count(person, 1)

    def _count(self, person: int, sign: int) -> None:
        row = [column[person] for column in self.columns]
        ordered = sorted(row)
        for j, value in enumerate(row):
            rank = bisect_left(ordered, value) + bisect_right(ordered, value) + 1
            self.totals[j] += sign * rank
            self.squares += sign * rank * rank

    def swap(self, column: int, one: int, other: int) -> None:
        """Exchange two persons' values in a column."""
        values = self.columns[column]
        if values[one] == values[other]:
            return
        for person in (one, other):
            self._count(person, -1)
        values[one], values[other] = values[other], values[one]
        for person in (one, other):
            self._count(person, 1)

    def statistic(self) -> Fraction:
        """Friedman's statistic, corrected for ties."""
        k = len(self.columns)
        deviation = sum((total - self.n * (k + 1)) ** 2 for total in self.totals)
        return Fraction((k - 1) * deviation, self.squares - self.n * k * (k + 1) ** 2)

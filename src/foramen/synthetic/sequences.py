"""Integers that print as a paper printed them: counts exactly, means and standard deviations to the printed digit,
medians and quartiles exactly.

Everything is decided in integers and fractions, and chance comes from a seeded `random.Random`, so that the same seed
gives the same rows on every machine.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Bounds = tuple[int, int]
"""The smallest and the largest value an element may take."""

MOST_STEPS = 200_000
"""After so many steps a wanted mean and standard deviation are taken to be out of reach."""


@dataclass(frozen=True, slots=True)
class PrintedMoments:
    """Which sums and sums of squares of n integers print as a given mean and standard deviation (divisor n - 1).

    The integers are codes: `units` of them make one of the printed unit. Bounds are strict on both sides, so that no
    rule of rounding halves matters.
    """

    n: int
    total: tuple[Fraction, Fraction]
    spread: tuple[Fraction, Fraction]

    @classmethod
    def of(cls, n: int, mean_text: str, sd_text: str, *, units: int = 1) -> "PrintedMoments":
        """The bounds for n codes; `mean_text` and `sd_text` are the numbers as printed, such as "43.9"."""
        low, high = printed_range(mean_text)
        total = (low * n * units, high * n * units)
        low, high = printed_range(sd_text)
        scale = n * (n - 1) * units**2
        return cls(n, total, (low * abs(low) * scale, high**2 * scale))

    def distance(self, total: int, squares: int) -> Fraction:
        """0 where mean and standard deviation print as wanted; else how far they are off, in widths of their ranges."""
        return _outside(total, self.total) + _outside(self.n * squares - total * total, self.spread)


def printed_range(text: str) -> tuple[Fraction, Fraction]:
    """The two ends, neither included, between which a number prints as this text."""
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return Fraction(text) - half, Fraction(text) + half


def _outside(value: int, bounds: tuple[Fraction, Fraction]) -> Fraction:
    low, high = bounds
    if low < value < high:
        return Fraction(0)
    return (low - value if value <= low else value - high) / (high - low) + Fraction(1, 10**6)


def integers_with_moments(
    n: int, mean_text: str, sd_text: str, low: int, high: int, rng: random.Random, *, units: int = 1
) -> list[int]:
    """n integers within low..high, in no order, whose mean and standard deviation print as given.

    Bell-shaped as far as the bounds allow. With `units` = 10 they are tenths of the printed unit.
    """
    mean, sd = Fraction(mean_text) * units, Fraction(sd_text) * units
    values = [min(max(round(mean + sd * _bell(rng)), low), high) for _ in range(n)]
    moments = PrintedMoments.of(n, mean_text, sd_text, units=units)
    return moved_to_moments(values, [(low, high)] * n, moments, rng)


def integers_with_quartiles(
    n: int, q1: str, median: str, q3: str, low: int, high: int, rng: random.Random
) -> list[int]:
    """n integers within low..high, in no order, whose median and quartiles by position (n + 1)p are exactly so."""
    values = drawn_within(quartile_bounds(n, q1, median, q3, low, high), rng)
    rng.shuffle(values)
    return values


def drawn_within(bounds: Sequence[Bounds], rng: random.Random) -> list[int]:
    """A number within each of the bounds, which are in increasing order; the outer quarters thin out to their ends."""
    quarter = len(bounds) // 4
    values = []
    for place, pair in enumerate(bounds):
        one, other = rng.randint(*pair), rng.randint(*pair)
        values.append(max(one, other) if place < quarter else min(one, other) if place >= 3 * quarter else one)
    return values


def quartile_bounds(n: int, q1: str, median: str, q3: str, low: int, high: int) -> list[Bounds]:
    """For each place in increasing order, the bounds that keep median and quartiles exactly as given.

    A quartile between two places, at k + f, is x[k] + f(x[k + 1] - x[k]): both places are pinned to the closest two
    integers that give it.
    """
    pinned: dict[int, int] = {}
    for share, text in ((1, q1), (2, median), (3, q3)):
        pinned |= _pinned(Fraction((n + 1) * share, 4), Fraction(text), n)
    bounds, floor = [], low
    for place in range(1, n + 1):
        floor = pinned.get(place, floor)
        ceiling = pinned.get(place, min((value for at, value in pinned.items() if at > place), default=high))
        bounds.append((floor, ceiling))
    if any(lowest > highest for lowest, highest in bounds):
        raise ValueError(f"no {n} integers within {low}..{high} have the quartiles {q1}, {median}, {q3}")
    return bounds


def _pinned(position: Fraction, wanted: Fraction, n: int) -> dict[int, int]:
    place = position.numerator // position.denominator
    share = position - place
    if not 1 <= place < n:
        raise ValueError(f"quartiles of {n} values lie outside the data")
    for gap in range(position.denominator + 1):
        first = wanted - share * gap
        if first.denominator == 1:
            return {place: int(first), place + 1: int(first) + gap} if share else {place: int(first)}
    raise ValueError(f"{wanted} is no quartile of {n} integers")


def integers_with_summary(
    bounds: Sequence[Bounds], mean_text: str, sd_text: str, rng: random.Random, *, units: int = 1
) -> list[int]:
    """Integers within their `quartile_bounds`, in increasing order of place, whose mean and SD print as given too."""
    moments = PrintedMoments.of(len(bounds), mean_text, sd_text, units=units)
    return moved_to_moments(drawn_within(bounds, rng), bounds, moments, rng)


def moved_to_moments(
    values: Sequence[int], bounds: Sequence[Bounds], moments: PrintedMoments, rng: random.Random
) -> list[int]:
    """Move values by single steps, each within its bounds, until mean and standard deviation print as wanted."""
    moved = list(values)
    total, squares = sum(moved), sum(v * v for v in moved)
    away = moments.distance(total, squares)
    for _ in range(MOST_STEPS):
        if not away:
            return moved
        step = _step(moved, bounds, rng)
        new_total = total + sum(by for _, by in step)
        new_squares = squares + sum((moved[i] + by) ** 2 - moved[i] ** 2 for i, by in step)
        new_away = moments.distance(new_total, new_squares)
        # Now and then a step in the wrong direction, else a few values can lock each other.
        if step and (new_away <= away or (new_away <= away + 2 and not rng.randrange(16))):
            for i, by in step:
                moved[i] += by
            total, squares, away = new_total, new_squares, new_away
    raise ValueError("this mean and standard deviation are out of reach within these bounds")


def _step(values: Sequence[int], bounds: Sequence[Bounds], rng: random.Random) -> list[tuple[int, int]]:
    """One value up or down by one, or one up and another down; nothing if that leaves the bounds."""
    first, second = rng.randrange(len(values)), rng.randrange(len(values))
    by = rng.choice((-1, 1))
    step = [(first, by)] if first == second or rng.randrange(2) else [(first, by), (second, -by)]
    return step if all(bounds[i][0] <= values[i] + d <= bounds[i][1] for i, d in step) else []


def _bell(rng: random.Random) -> Fraction:
    """About standard normal: the sum of twelve uniform numbers, as Irwin and Hall."""
    return Fraction(sum(rng.randrange(1001) for _ in range(12)), 1000) - 6


def shuffled(counts: Mapping[str, int], rng: random.Random) -> list[str]:
    """Each label as often as its count says, in no order."""
    labels = [label for label, count in counts.items() for _ in range(count)]
    rng.shuffle(labels)
    return labels


def following(values: Sequence[int], driver: Sequence[int], noise: int, rng: random.Random) -> list[int]:
    """The values, given out so that they rise with `driver`: in the order of driver plus up to ± `noise`."""
    keys = [(of + rng.randint(-noise, noise), i) for i, of in enumerate(driver)]
    given = dict(zip((i for _, i in sorted(keys)), sorted(values), strict=True))
    return [given[i] for i in range(len(values))]

"""Axes: round numbers, labels in the journal's digits, and text that does not run into other text."""

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import altair as alt

from foramen.report.figures.theme import widest
from foramen.report.style import Style

STEPS = (1, 2, 2.5, 5, 10)

TOUCHING = 0.5
"""Labels closer than this were moved apart."""

BETWEEN = 4
"""Least room between the words of two ticks."""


def coordinate(value: float) -> float:
    """A place on an axis: six digits are more than a page can show."""
    return float(f"{value:.6g}")


def ticks(low: float, high: float, *, most: int = 6) -> list[float]:
    """Round numbers, at most about `most` of them, from at or below `low` to at or above `high`."""
    reach = (high - low) or abs(high) or 1.0
    rough = reach / (most - 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(s * power for s in STEPS if s * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [coordinate(i * step) for i in range(first, max(last, first + 1) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 in every decade; powers of ten alone where that would be many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1, 2, 5) if len(decades) <= 4 else (1,)
    return [coordinate(f * 10.0**d) for d in decades for f in factors if low * 0.999 <= f * 10.0**d <= high * 1.001]


def places_of(values: Sequence[float]) -> int:
    """How many decimals print all of the values exactly, three at most."""
    return next((d for d in range(3) if all(abs(v - round(v, d)) < 1e-9 for v in values)), 3)


def number_axis(style: Style, values: Sequence[float], *, each_own: bool = False, **more: Any) -> alt.Axis:
    """An axis with labels at these values, in the journal's digits; as many decimals as all need, or `each_own`."""
    places = [places_of([value] if each_own else values) for value in values]
    return word_axis(values, [style.number(value, d) for value, d in zip(values, places, strict=True)], **more)


def word_axis(values: Sequence[float], words: Sequence[str | Sequence[str]], **more: Any) -> alt.Axis:
    """An axis with these words at these values; a word in several lines is a list of them."""
    chosen = f"{json.dumps(list(words), ensure_ascii=False)}[indexof({json.dumps(list(values))}, datum.value)]"
    return alt.Axis(**{"values": list(values), "labelExpr": chosen, "title": None, **more})


def staggered(words: Sequence[Sequence[str]], step: float) -> list[list[str]]:
    """Words at places `step` apart, of which some begin lower where neighbours would touch."""
    wide = max((widest(lines) for lines in words), default=0.0) + BETWEEN
    deep, levels = max(map(len, words), default=0), max(1, math.ceil(wide / step))
    return [[*[""] * (deep * (i % levels)), *lines] for i, lines in enumerate(words)]


def fixed(low: float, high: float, **more: Any) -> alt.Scale:
    """A scale of exactly this range."""
    return alt.Scale(domain=[low, high], nice=False, zero=False, **more)


def spread(places: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of labels of these heights, moved apart as little as needed, and kept between `low` and `high`."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = dict(enumerate(places))
    for _ in range(100):
        for one, other in pairwise(order):
            overlap = moved[one] + (heights[one] + heights[other]) / 2 - moved[other]
            if overlap > 0:
                moved[one] -= overlap / 2
                moved[other] += overlap / 2
        for i in order:
            moved[i] = min(max(moved[i], low + heights[i] / 2), high - heights[i] / 2)
    return [moved[i] for i in range(len(places))]


def stacked(places: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """As `spread`, but labels that were moved against each other keep the order in which they are given."""
    moved = spread(places, heights, low, high)
    order = sorted(range(len(moved)), key=lambda i: moved[i])
    runs: list[list[int]] = []
    for i in order:
        touching = runs and moved[i] - moved[runs[-1][-1]] < (heights[i] + heights[runs[-1][-1]]) / 2 + TOUCHING
        runs = [*runs[:-1], [*runs[-1], i]] if touching else [*runs, [i]]
    for run in runs:
        top = moved[run[0]] - heights[run[0]] / 2
        for i in sorted(run):
            moved[i] = top + heights[i] / 2
            top += heights[i]
    return moved


def value_ticks(low: float, high: float, declared: tuple[float, float] | None) -> list[float]:
    """Ticks of an axis of values. A score whose declared range is not much wider than the data shows all of it."""
    if declared is not None and low >= declared[0] and high > declared[0] + (declared[1] - declared[0]) / 2:
        return ticks(min(low, declared[0]), declared[1])
    return ticks(low, high)

"""Bands of a number must hold every value once: no overlap, no gap."""

from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from foramen.kernel.errors import DefinitionError, Fault, raise_all
from foramen.snapshot.codebook import Variable
from foramen.study.definition import Band, Outcome

Bound = tuple[Fraction, bool] | None
"""A value and whether it belongs to the band; None: open."""

Span = tuple[Bound, Bound, str]
"""Where a band begins, where it ends, its label."""


def check_bands(outcome: Outcome, variable: Variable, where: str) -> None:
    """Refuse bands in which some possible value stands twice or nowhere."""
    bands = outcome.bands or []
    faults = _label_faults(bands, where)
    step = None if outcome.bands_of == "relief_percent" else Fraction(1, 10**variable.decimals)
    spans = sorted((_span(band, step) for band in bands), key=_start)
    for (_, end, label), (start, _, other) in pairwise(spans):
        if end is None or start is None or end[0] > start[0] or (end[0] == start[0] and end[1] and start[1]):
            faults.append(
                Fault(
                    "two bands hold the same values", where, f"{label}, {other}", "let one end where the other begins"
                )
            )
        elif not _adjacent(end, start, step):
            faults.append(Fault("values between two bands stand in none", where, f"{label}, {other}", "close the gap"))
    faults += _end_faults(spans, outcome, variable, where)
    raise_all(DefinitionError, faults)


def _start(span: Span) -> tuple[bool, Fraction, bool]:
    """Open bands first; of two that begin at a value, the one that holds it."""
    value, inclusive = span[0] or (Fraction(0), True)
    return span[0] is not None, value, not inclusive


def _label_faults(bands: list[Band], where: str) -> list[Fault]:
    labels = [band.label for band in bands]
    twice = dict.fromkeys(label for label in labels if labels.count(label) > 1)
    return [Fault("two bands have one label", where, label, "rename one") for label in twice]


def _span(band: Band, step: Fraction | None) -> Span:
    """Where a band begins and ends; at a resolution, by its first and last value that can be recorded."""
    if band.is_ is not None:
        return (Fraction(band.is_), True), (Fraction(band.is_), True), band.label
    low = (Fraction(band.at_least), True) if band.at_least is not None else None
    low = (Fraction(band.above), False) if band.above is not None else low
    high = (Fraction(band.below), False) if band.below is not None else None
    if step is None:
        return low, high, band.label
    first = low and ((ceil(low[0] / step) if low[1] else floor(low[0] / step) + 1) * step, True)
    last = high and ((ceil(high[0] / step) - 1) * step, True)
    return first, last, band.label


def _adjacent(end: tuple[Fraction, bool], start: tuple[Fraction, bool], step: Fraction | None) -> bool:
    """Nothing that can be recorded lies between."""
    return start[0] - end[0] <= step if step else end[0] == start[0] and (end[1] or start[1])


def _end_faults(spans: list[Span], outcome: Outcome, variable: Variable, where: str) -> list[Fault]:
    """The first band is open below and the last above, unless the declared range ends there."""
    scale = 10**variable.decimals
    low = Fraction(variable.low, scale) if variable.low is not None and outcome.bands_of == "value" else None
    high = Fraction(variable.high, scale) if variable.high is not None and outcome.bands_of == "value" else None
    if outcome.bands_of == "relief_percent" and variable.better == "lower" and (variable.low or 0) >= 0:
        high = Fraction(100)
    faults = []
    first, last = spans[0][0], spans[-1][1]
    if first is not None and (low is None or first[0] > low or (first[0] == low and not first[1])):
        faults.append(
            Fault("values below the first band stand in none", where, spans[0][2], "leave out its lower bound")
        )
    if last is not None and (high is None or last[0] < high or (last[0] == high and not last[1])):
        faults.append(
            Fault("values above the last band stand in none", where, spans[-1][2], "leave out its upper bound")
        )
    return faults

"""Curves of a model: the steps between their points are counts of units."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from foramen.disclosure.ledger import Line, Number
from foramen.disclosure.reader import CONFUSION, Reader
from foramen.disclosure.reasons import Reasons
from foramen.disclosure.rules import Rule, rule_of
from foramen.statistics.result import Statistic

Point = tuple[int, int]
"""Those with and without the outcome from some predicted probability up."""


def judge_curves(reader: Reader, lines: Sequence[Line], threshold: int) -> list[Line]:
    """The lines with those of curves judged: all points of a model are shown, or none.

    The points of the ROC curve, the risk groups and the cut-off are thresholds of one order, so all their differences
    are counts. They are shown if none is small and the counts at the cut-off are shown.
    """
    judged = list(lines)
    models: dict[tuple[str, object], list[int]] = {}
    for place, row in enumerate(reader.rows):
        block = reader.block(row)
        if "model" in dict(row.about) and row.n is not None and row.denominator is not None:
            models.setdefault((block.analysis, block.subject), []).append(place)
    for places in models.values():
        rows = [reader.rows[place] for place in places]
        steps = [place for place in places if rule_of(reader.rows[place]) is Rule.STEP]
        if steps:
            line = Line(tuple(_at_the_cutoff(reader, rows)), ruled=_fault(rows, threshold))
            for place in steps:
                judged[place] = replace(line, weight=1 / len(steps))
    return judged


def _at_the_cutoff(reader: Reader, rows: Sequence[Statistic]) -> list[Number]:
    found = reader.block(rows[0]).counts.get(None, {})
    return [found[state] for states in CONFUSION.values() for state in states if state in found]


def _fault(rows: Sequence[Statistic], threshold: int) -> str | None:
    """Why no point may be shown."""
    points = sorted({(0, 0), *_roc(rows), *_risk_groups(rows), *_cutoff(rows)}, key=sum)
    for (true, false), (more_true, more_false) in pairwise(points):
        if not all(step == 0 or step >= threshold for step in (more_true - true, more_false - false)):
            return Reasons(threshold).gives_away
    return None


def _roc(rows: Sequence[Statistic]) -> list[Point]:
    found: dict[str, dict[str, Statistic]] = {}
    for row in rows:
        if row.name in ("roc_sensitivity", "roc_specificity"):
            found.setdefault(dict(row.about).get("point", ""), {})[row.name] = row
    return [_point(pair["roc_sensitivity"], pair["roc_specificity"]) for pair in found.values() if len(pair) == 2]


def _cutoff(rows: Sequence[Statistic]) -> list[Point]:
    found: Mapping[str, Statistic] = {row.name: row for row in rows}
    named = [found.get("sensitivity"), found.get("specificity")]
    pair = [row for row in named if row is not None]
    return [_point(pair[0], pair[1])] if len(pair) == 2 else []


def _point(sensitivity: Statistic, specificity: Statistic) -> Point:
    assert sensitivity.n is not None and specificity.n is not None and specificity.denominator is not None
    return sensitivity.n, specificity.denominator - specificity.n


def _risk_groups(rows: Sequence[Statistic]) -> list[Point]:
    """Cumulated from the highest risk down; rows come by increasing risk."""
    points: list[Point] = [(0, 0)]
    for row in reversed([row for row in rows if row.name == "calibration_observed"]):
        true, false = points[-1]
        successes, units = row.n or 0, row.denominator or 0
        points.append((true + successes, false + units - successes))
    return points

"""Box plots from counts: median, quartiles and extremes of each group at each time point, one line each."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import altair as alt

from foramen.report.body import Body, Drawing
from foramen.report.figures.axes import coordinate, fixed, number_axis, value_ticks
from foramen.report.figures.gather import Point, absent_notes, each, nothing, points, unlike_doses, where, why_not
from foramen.report.figures.listing import Line, Listing
from foramen.report.figures.panels import (
    Layer,
    drawn,
    finished,
    head,
    layered,
    numbers,
    panel_width,
    score_range,
    titled,
    unit_of,
)
from foramen.report.figures.theme import INK, INK_2, PAPER, SERIES, Series
from foramen.report.figures.words import QUANTILES, cell, count_cell, median, text
from foramen.report.material import Material
from foramen.report.table import Cell, Column, Note
from foramen.study.display_definition import FigureWanted
from foramen.study.population import ALL

BOX = 14
LABEL = 110
"""Most that words may take beside the boxes."""

UNIT = {"titleAnchor": "end", "titleColor": INK_2, "titleFontWeight": "normal"}
"""How the unit stands below the axis."""

Across = Callable[[str], alt.X]

NEEDED, EXTREMES = QUANTILES[:3], QUANTILES[3:]


def box_plot(material: Material, wanted: FigureWanted) -> Drawing:
    """One panel for each outcome; values run from left to right, so that every box has its words beside it."""
    found = points(material, wanted, QUANTILES)
    absent = [(why, where(material, p, outcome=True)) for p in found if (why := _why_not_all(p, NEEDED))]
    boxes = [p for p in found if not _why_not_all(p, NEEDED)]
    if not boxes:
        raise nothing(absent, "box")
    look = {group: SERIES[i % len(SERIES)] for i, group in enumerate(each(p.group for p in found))}
    outcomes = each(p.outcome for p in boxes)
    width = panel_width(len(outcomes))
    panels = [_panel(material, [p for p in boxes if p.outcome == o], look, width) for o in outcomes]
    short = [
        (why, f"whiskers of {where(material, p, outcome=True)}") for p in boxes if (why := _why_not_all(p, EXTREMES))
    ]
    notes = (Note(_words(boxes)), *unlike_doses(material, outcomes), *absent_notes([*absent, *short]))
    return Drawing(_alt(material, boxes), finished(panels), _numbers(material, found), notes)


def _why_not_all(point: Point, names: Sequence[str]) -> str | None:
    """Why one of these statistics cannot be drawn."""
    return next((why for name in names if (why := why_not(point.found.get(name)))), None)


def _words(boxes: Sequence[Point]) -> str:
    whiskers = any(not _why_not_all(p, EXTREMES) for p in boxes)
    more = ", whiskers reach from the smallest to the largest value" if whiskers else ""
    return f"Boxes reach from the lower to the upper quartile, the line in them is the median{more}."


def _panel(material: Material, boxes: Sequence[Point], look: Mapping[str, Series], total: int) -> Layer:
    """A panel of `total` width with its words."""
    listing = Listing(_lines(material, boxes), LABEL)
    values = [value for p in boxes for name in QUANTILES if (value := p.number(name)) is not None]
    marks = value_ticks(min(0.0, *values), max(values), score_range(material, boxes[0].outcome))
    unit: dict[str, Any] = {"title": unit_of(material, boxes[0].outcome) or None, **UNIT}
    x = partial(alt.X, scale=fixed(marks[0], marks[-1]), axis=number_axis(material.style, marks, **unit))
    marked = listing.marked()
    layers = [
        _boxes([_datum(material, p, y) for y, p in marked if p.group == group], look[group], x, listing)
        for group in each(p.group for p in boxes)
    ]
    width = total - listing.left - 12
    return titled([*layers, *listing.labels()], width, listing.height, head(material, boxes[0].outcome))


def _lines(material: Material, boxes: Sequence[Point]) -> list[Line[Point]]:
    """The groups below each time point; without groups, or without time points, a line says all."""
    lines: list[Line[Point]] = []
    under = any(p.group != ALL for p in boxes) and any(p.timepoint for p in boxes)
    for timepoint in each(p.timepoint for p in boxes):
        if under:
            lines.append(Line(material.timepoint_label(timepoint)))
        own = [p for p in boxes if p.timepoint == timepoint]
        lines += [Line(p.group if under else where(material, p), p) for p in own]
    return lines


def _datum(material: Material, point: Point, y: float) -> dict[str, Any]:
    """The five numbers, the upper and lower edge of the box, and what the tooltip says."""
    numbers = {name: coordinate(v) for name in QUANTILES if (v := point.number(name)) is not None}
    found: dict[str, Any] = {"y": y, "top": y - BOX / 2, "bottom": y + BOX / 2, **numbers}
    found |= {"above": y - BOX / 2 - 3, "below": y + BOX / 2 + 3}
    return {**found, "say": f"{where(material, point)}: {median(material, point)}"}


def _boxes(rows: Sequence[dict[str, Any]], look: Series, x: Across, listing: Listing[Point]) -> Layer:
    """The boxes of a group; whiskers where both ends are known."""
    base = alt.Chart().encode(y=listing.y())
    layers: list[Layer] = []
    if whole := [row for row in rows if all(name in row for name in EXTREMES)]:
        ends = base.mark_tick(color=look.colour, thickness=1.4, size=BOX / 2, orient="vertical")
        whiskers = [base.mark_rule(color=look.colour, strokeWidth=1.4).encode(x=x("minimum:Q"), x2="maximum:Q")]
        whiskers += [ends.encode(x=x(f"{name}:Q")) for name in EXTREMES]
        layers.append(layered([drawn(part) for part in whiskers], whole))
    across = {"y": listing.y("top:Q"), "y2": alt.Y2("bottom:Q")}
    middle = {"x": x("median:Q"), "y": listing.y("above:Q"), "y2": alt.Y2("below:Q")}
    box = base.mark_rect(fill=look.fill, stroke=look.colour, strokeWidth=1.4)
    layers.append(drawn(box.encode(x=x("lower_quartile:Q"), x2="upper_quartile:Q", tooltip="say:N", **across)))
    layers.append(drawn(base.mark_rule(color=PAPER, strokeWidth=5).encode(x=x("median:Q"), **across)))
    layers.append(drawn(base.mark_rule(color=INK, strokeWidth=2.2).encode(**middle)))
    return layered(layers, rows)


def _alt(material: Material, boxes: Sequence[Point]) -> str:
    sentences = []
    for outcome in each(p.outcome for p in boxes):
        own = [f"{where(material, p)} {median(material, p)}" for p in boxes if p.outcome == outcome]
        sentences.append(f"{head(material, outcome)}, median and quartiles: {'; '.join(own)}.")
    return " ".join(sentences)


def _numbers(material: Material, found: Sequence[Point]) -> Body:
    columns = [Column(name.replace("_", " ").capitalize()) for name in QUANTILES] + [Column("n")]

    def cells(point: Point) -> tuple[Cell, ...]:
        entries = [point.found.get(name) for name in QUANTILES]
        shown = [cell(material, entry, text(material, entry) if entry else "") for entry in entries]
        return (*shown, count_cell(material, next(entry for entry in entries if entry)))

    return numbers(material, found, columns, cells)

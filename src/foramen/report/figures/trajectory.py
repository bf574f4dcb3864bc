"""Outcomes over time by group: mean with interval, percentage with interval, or median with quartiles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt

from foramen.report.body import Body, Drawing
from foramen.report.figures.axes import coordinate, fixed, number_axis, stacked, staggered, value_ticks, word_axis
from foramen.report.figures.gather import (
    Point,
    absent_notes,
    each,
    groups_of,
    nothing,
    points,
    unlike_doses,
    where,
    why_not,
)
from foramen.report.figures.panels import (
    GAP,
    Layer,
    drawn,
    finished,
    head,
    layered,
    numbers,
    panel_width,
    score_range,
    titled,
    two_heads,
)
from foramen.report.figures.theme import DOUBLE, INK, LINE, SERIES, Series, widest, wrapped
from foramen.report.figures.words import cell, count_cell, estimate, interval, level_text, median, text
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note
from foramen.study.display_definition import FigureWanted
from foramen.study.population import ALL

HEIGHT, LOW = 210, 120
"""Of a panel without its labels; of one among many."""

OFFSET = 11
"""Between the points of two groups at one time point."""

AIR = 40
"""Of a panel's width, what no head may take."""

LABEL = 90
"""Most that the name of a group may take beside a panel; longer ones are broken into lines."""

NAMES = {"mean": ("mean", "responder_percent"), "median": ("median", "lower_quartile", "upper_quartile")}

Place = Callable[[str], alt.Y]
Look = Mapping[str, Series]


@dataclass(frozen=True)
class Spot:
    """One point of a line with its statistic, and the ends of its bar if it has one."""

    of: Point
    main: Entry
    middle: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Sheet:
    """How the panels stand: one for each outcome, or for each group too (`apart`); their width with labels and their
    height without; and how each group is drawn."""

    apart: bool
    columns: int
    width: int
    height: int
    look: Mapping[str, Series]


def trajectory(material: Material, wanted: FigureWanted) -> Drawing:
    """One panel for each outcome, so that unlike units never share an axis; groups that are too many for a panel stand
    in panels of their own, which share one axis."""
    found = points(material, wanted, NAMES[wanted.centre])
    absent = [(why, where(material, p, outcome=True)) for p in found if (why := why_not(_main(p)))]
    spots = [_spot(p) for p in found if not why_not(_main(p))]
    if not spots:
        raise nothing(absent, wanted.centre)
    sheet = _sheet(material, spots)
    outcomes = each(spot.of.outcome for spot in spots)
    panels = [panel for o in outcomes for panel in _panels(material, [s for s in spots if s.of.outcome == o], sheet)]
    absent += [("no bar", where(material, s.of, outcome=True)) for s in spots if s.low is None or s.high is None]
    notes = (Note(_bars(material, spots)), *unlike_doses(material, outcomes), *absent_notes(absent))
    return Drawing(_alt(material, spots), finished(panels, columns=sheet.columns), _numbers(material, found), notes)


def _sheet(material: Material, spots: Sequence[Spot]) -> Sheet:
    """Panels as narrow as the words at the time points allow."""
    groups, outcomes = groups_of(material, [s.of for s in spots]), each(s.of.outcome for s in spots)
    apart = len(groups) > len(SERIES)
    need = _needs(material, spots, beside=not apart)
    if apart:
        widths = {columns: (DOUBLE - GAP * (columns - 1)) // columns for columns in (3, 2, 1)}
        columns = next((columns for columns, width in widths.items() if need <= width), 1)
        return Sheet(True, columns, widths[columns], LOW, dict.fromkeys(groups, SERIES[0]))
    wide = need > panel_width(len(outcomes))
    width = DOUBLE if wide else panel_width(len(outcomes))
    return Sheet(False, 1 if wide else 2, width, HEIGHT, dict(zip(groups, SERIES, strict=False)))


def _panels(material: Material, spots: Sequence[Spot], sheet: Sheet) -> list[Layer]:
    """The panels of an outcome, on one scale."""
    outcome, values = spots[0].of.outcome, [v for s in spots for v in (s.middle, s.low, s.high) if v is not None]
    marks = value_ticks(min(0.0, *values), max(values), score_range(material, outcome))
    shown = head(material, outcome)
    if not sheet.apart:
        return [_panel(material, spots, sheet, marks, shown)]
    own = {group: [s for s in spots if s.of.group == group] for group in sheet.look}
    return [
        _panel(material, of, sheet, marks, two_heads(group, shown, sheet.width - AIR))
        for group, of in own.items()
        if of
    ]


def _needs(material: Material, spots: Sequence[Spot], *, beside: bool) -> float:
    """The width in which no word at a time point touches the next, with the names of the groups `beside` or not."""
    names = each(material.timepoint_label(s.of.timepoint) for s in spots)
    words = [word for name in names for word in name.split(" ")]
    groups = widest([line for s in spots for line in wrapped(s.of.group, LABEL, bold=True)], bold=True)
    return len(names) * (widest(words) + 8) + (groups if beside else 0) + 60


def _main(point: Point) -> Entry | None:
    return next((entry for name in ("mean", "responder_percent", "median") if (entry := point.found.get(name))), None)


def _spot(point: Point) -> Spot:
    main = _main(point)
    assert main is not None and main.row.estimate is not None
    low, high = main.row.lower, main.row.upper
    if main.row.name == "median":
        low, high = point.number("lower_quartile"), point.number("upper_quartile")
    return Spot(point, main, main.row.estimate, low, high)


def _panel(
    material: Material, spots: Sequence[Spot], sheet: Sheet, marks: Sequence[float], title: str | dict[str, Any]
) -> Layer:
    """A panel with its labels: hairlines, and for each group bars, a line and points."""
    times = each(s.of.timepoint for s in spots)
    groups = [group for group in sheet.look if any(s.of.group == group for s in spots)]
    beside = {g: wrapped(g, LABEL, bold=True) for g in groups if g != ALL and not sheet.apart}
    right = 18 + widest([line for lines in beside.values() for line in lines], bold=True) if beside else 8
    left = widest([material.style.count(mark) for mark in marks]) + 14
    width = int(sheet.width - left - right)
    step = width / max(len(times), 1)
    words = staggered([wrapped(material.timepoint_label(time), step - 4) for time in times], step)
    x = alt.X("x:Q", scale=fixed(-0.5, len(times) - 0.5), axis=word_axis(range(len(times)), words, grid=False))
    axis = number_axis(material.style, marks, domain=False, ticks=False)
    y = partial(alt.Y, scale=fixed(marks[0], marks[-1]), axis=axis)
    layers: list[Layer] = [_zero(y)] if marks[0] < 0 else []
    for place, group in enumerate(groups):
        offset = (place - (len(groups) - 1) / 2) * OFFSET / step
        own = [_datum(material, s, times, offset) for s in spots if s.of.group == group]
        layers.append(_series(own, sheet.look[group], x, y))
    layers += _names(spots, beside, sheet.look, width, (marks[0], marks[-1]), y)
    return titled(layers, width, sheet.height, title)


def _zero(y: Place) -> Layer:
    return drawn(alt.Chart().mark_rule(color=INK).encode(y=y("y:Q")), [{"y": 0}])


def _datum(material: Material, spot: Spot, times: Sequence[str], offset: float) -> dict[str, Any]:
    found = {"x": coordinate(times.index(spot.of.timepoint) + offset), "y": coordinate(spot.middle)}
    if spot.low is not None and spot.high is not None:
        found |= {"low": coordinate(spot.low), "high": coordinate(spot.high)}
    return {**found, "say": f"{where(material, spot.of)}: {_say(material, spot)}"}


def _series(own: Sequence[dict[str, Any]], look: Series, x: alt.X, y: Place) -> Layer:
    base = alt.Chart().encode(x=x, y=y("y:Q"))
    bars = base.transform_filter("isValid(datum.low)").mark_rule(color=look.colour, strokeWidth=1.4)
    line = base.mark_line(color=look.colour, strokeWidth=1.6)
    dots = base.mark_point(
        shape=look.shape, size=58, filled=False, fill=look.fill, stroke=look.colour, strokeWidth=1.6, opacity=1
    )
    bars = bars.encode(y=y("low:Q"), y2="high:Q")
    return layered([drawn(line), drawn(bars), drawn(dots.encode(tooltip="say:N"))], own)


def _names(
    spots: Sequence[Spot],
    names: Mapping[str, Sequence[str]],
    look: Look,
    width: int,
    ends: tuple[float, float],
    y: Place,
) -> list[Layer]:
    """The names of the groups beside their last points, each with its mark; those that would touch stand one below the
    other in the order of the groups."""
    last = {s.of.group: s.middle for s in spots}
    low, high = ends
    scale = HEIGHT / (high - low)
    heights = [LINE * len(lines) for lines in names.values()]
    places = [(high - last[group]) * scale for group in names]
    layers = []
    for group, middle in zip(names, stacked(places, heights, -LINE, HEIGHT + LINE), strict=True):
        rows = [{"y": coordinate(high - middle / scale), "text": list(names[group])}]
        at = alt.Chart().encode(y=y("y:Q"))
        mark = at.mark_point(
            shape=look[group].shape, size=40, filled=False, fill=look[group].fill, stroke=look[group].colour,
            strokeWidth=1.6, opacity=1,
        )  # fmt: skip
        shift = -LINE * (len(names[group]) - 1) / 2
        texts = at.mark_text(align="left", baseline="middle", fontWeight="bold", color=INK, lineHeight=LINE, dy=shift)
        layers.append(drawn(mark.encode(x=alt.value(width + 6)), rows))
        layers.append(drawn(texts.encode(x=alt.value(width + 16), text="text:N"), rows))
    return layers


def _say(material: Material, spot: Spot) -> str:
    """“3.2 (2.9; 3.5)”."""
    if spot.main.row.name != "median":
        return estimate(material, spot.main)
    whole = spot.low is not None and spot.high is not None
    return median(material, spot.of) if whole else text(material, spot.main)


def _bars(material: Material, spots: Sequence[Spot]) -> str:
    if any(s.main.row.name == "median" for s in spots):
        return "Points are medians, bars reach from the lower to the upper quartile; time points are evenly spaced."
    what = {"mean": "means", "responder_percent": "percentages"}
    drawn = " or ".join(each(what[s.main.row.name] for s in spots))
    return f"Points are {drawn}, bars their {level_text(material)}; time points are evenly spaced."


def _alt(material: Material, spots: Sequence[Spot]) -> str:
    sentences = []
    for outcome in each(s.of.outcome for s in spots):
        own = [s for s in spots if s.of.outcome == outcome]
        lines = []
        for group in each(s.of.group for s in own):
            course = ", ".join(
                f"{material.timepoint_label(s.of.timepoint)} {_say(material, s)}" for s in own if s.of.group == group
            )
            lines.append(f"{group if group != ALL else 'everybody'}: {course}")
        sentences.append(f"{head(material, outcome)} over time. {'; '.join(lines)}.")
    return " ".join(sentences)


def _numbers(material: Material, found: Sequence[Point]) -> Body:
    medians = any("median" in p.found for p in found)
    names = {"mean": "Mean", "responder_percent": "%", "median": "Median"}
    mains = [main for p in found if (main := _main(p))]
    columns = [Column(" or ".join(each(names[main.row.name] for main in mains)))]
    columns += [Column("Quartiles" if medians else level_text(material)), Column("n")]

    def cells(point: Point) -> tuple[Cell, ...]:
        main = _main(point)
        assert main is not None
        middle = cell(material, main, text(material, main))
        return middle, _reach(material, point, main), count_cell(material, main)

    return numbers(material, found, columns, cells)


def _reach(material: Material, point: Point, main: Entry) -> Cell:
    """Both quartiles, each a number of its own, or the interval."""
    if main.row.name != "median":
        return cell(material, main, interval(material, main))
    low, high = (point.found.get(name) for name in ("lower_quartile", "upper_quartile"))
    if low is None or high is None:
        return ()
    return (*cell(material, low, text(material, low)), " to ", *cell(material, high, text(material, high)))

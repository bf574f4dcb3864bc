"""Outcomes over time by group: mean with interval, percentage with interval, or median with quartiles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt

from foramen.report.body import Body, Drawing, NothingToShowError
from foramen.report.figures.axes import coordinate, fixed, number_axis, spread, value_ticks, word_axis
from foramen.report.figures.gather import Point, absent_notes, each, nothing, points, where, why_not
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
)
from foramen.report.figures.theme import DOUBLE, INK, LINE, SERIES, Series, widest, wrapped
from foramen.report.figures.words import cell, count_cell, estimate, interval, level_text, median, text
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note
from foramen.study.display_definition import FigureWanted
from foramen.study.population import ALL

HEIGHT = 210

OFFSET = 11
"""Between the points of two groups at one time point."""

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


def trajectory(material: Material, wanted: FigureWanted) -> Drawing:
    """One panel for each outcome, so that unlike units never share an axis."""
    found = points(material, wanted, NAMES[wanted.centre])
    absent = [(why, where(material, p, outcome=True)) for p in found if (why := why_not(_main(p)))]
    spots = [_spot(p) for p in found if not why_not(_main(p))]
    if not spots:
        raise nothing(absent, wanted.centre)
    groups = each(p.group for p in found)
    if len(groups) > len(SERIES):
        raise NothingToShowError(
            f"{len(groups)} groups on one panel cannot be told apart; a trajectory shows at most {len(SERIES)}."
        )
    look = dict(zip(groups, SERIES, strict=False))
    outcomes = each(spot.of.outcome for spot in spots)
    wide = _needs(material, spots) > panel_width(len(outcomes))
    width = DOUBLE if wide else panel_width(len(outcomes))
    panels = [_panel(material, [s for s in spots if s.of.outcome == o], look, width) for o in outcomes]
    absent += [("no bar", where(material, s.of, outcome=True)) for s in spots if s.low is None or s.high is None]
    notes = (Note(_bars(material, spots)), *absent_notes(absent))
    return Drawing(_alt(material, spots), finished(panels, columns=1 if wide else 2), _numbers(material, found), notes)


def _needs(material: Material, spots: Sequence[Spot]) -> float:
    """The width in which no word at a time point touches the next."""
    names = each(material.timepoint_label(s.of.timepoint) for s in spots)
    words = [word for name in names for word in name.split(" ")]
    beside = widest([line for s in spots for line in wrapped(s.of.group, LABEL, bold=True)], bold=True)
    return len(names) * (widest(words) + 8) + beside + 60


def _main(point: Point) -> Entry | None:
    return next((entry for name in ("mean", "responder_percent", "median") if (entry := point.found.get(name))), None)


def _spot(point: Point) -> Spot:
    main = _main(point)
    assert main is not None and main.row.estimate is not None
    low, high = main.row.lower, main.row.upper
    if main.row.name == "median":
        low, high = point.number("lower_quartile"), point.number("upper_quartile")
    return Spot(point, main, main.row.estimate, low, high)


def _panel(material: Material, spots: Sequence[Spot], look: Look, total: int) -> Layer:
    """A panel of `total` width with its labels: hairlines, and for each group bars, a line and points."""
    times = each(s.of.timepoint for s in spots)
    groups = each(s.of.group for s in spots)
    names = {g: wrapped(g, LABEL, bold=True) if g != ALL else [] for g in groups}
    values = [v for s in spots for v in (s.middle, s.low, s.high) if v is not None]
    marks = value_ticks(min(0.0, *values), max(values), score_range(material, spots[0].of.outcome))
    right = 18 + widest([line for lines in names.values() for line in lines], bold=True) if any(names.values()) else 8
    left = widest([material.style.count(mark) for mark in marks]) + 14
    width = int(total - left - right)
    step = width / max(len(times), 1)
    words = [wrapped(material.timepoint_label(time), step - 4) for time in times]
    x = alt.X("x:Q", scale=fixed(-0.5, len(times) - 0.5), axis=word_axis(range(len(times)), words, grid=False))
    axis = number_axis(material.style, marks, domain=False, ticks=False)
    y = partial(alt.Y, scale=fixed(marks[0], marks[-1]), axis=axis)
    layers: list[Layer] = [_zero(y)] if marks[0] < 0 else []
    for place, group in enumerate(groups):
        offset = (place - (len(groups) - 1) / 2) * OFFSET / step
        own = [_datum(material, s, times, offset) for s in spots if s.of.group == group]
        layers.append(_series(own, look[group], x, y))
    layers += _names(spots, names, look, width, (marks[0], marks[-1]), y)
    return titled(layers, width, HEIGHT, head(material, spots[0].of.outcome))


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
    """The names of the groups beside their last points, moved apart where they would touch, each with its mark."""
    last = {s.of.group: s for s in spots if names[s.of.group]}
    low, high = ends
    scale = HEIGHT / (high - low)
    heights = [LINE * len(names[group]) for group in last]
    middles = spread([(high - s.middle) * scale for s in last.values()], heights, -LINE, HEIGHT + LINE)
    layers = []
    for group, middle in zip(last, middles, strict=True):
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

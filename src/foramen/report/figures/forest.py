"""Forest plots: ratios on a logarithmic axis or percentages, with their intervals and numbers beside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import altair as alt

from foramen.report.body import Body, Drawing
from foramen.report.figures.axes import coordinate, fixed, log_ticks, number_axis, ticks
from foramen.report.figures.gather import absent_notes, asked, each, headed, nothing, why_not
from foramen.report.figures.listing import Line, Listing
from foramen.report.figures.panels import Layer, drawn, finished, layered, titled
from foramen.report.figures.theme import DOUBLE, INK, INK_2, LINE, text_width, widest, wrapped
from foramen.report.figures.words import cell, count_cell, estimate, interval, level_text, text
from foramen.report.layouts.names import capital, pair, word
from foramen.report.layouts.points import in_points
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note, Row
from foramen.study.display_definition import FigureWanted
from foramen.study.population import ALL

LABEL = 230
"""Most that words may take beside the marks."""

FARTHEST = 20
"""A ratio's interval is drawn up to this many times the farthest estimate; beyond, an arrow says that it goes on."""

AIR = 1.15

HEAD = -14
"""Where the heads of the columns stand, above the list."""

Across = Callable[[str], alt.X]


DIRECTIONS = LINE
"""What the words for both directions take, between the heads and the list."""


@dataclass(frozen=True)
class Kind:
    """What is drawn: the statistics, what they are called, their unit, and where no difference is, if anywhere."""

    names: tuple[str, ...]
    title: str
    unit: str
    none: float | None

    @property
    def logarithmic(self) -> bool:
        return self.none == 1


KINDS = (
    Kind(("odds_ratio",), "Odds ratio", "logarithmic scale", 1),
    Kind(("risk_ratio",), "Risk ratio", "logarithmic scale", 1),
    Kind(("risk_difference",), "Risk difference", "percentage points", 0),
    Kind(("responder_percent", "percent"), "Percentage", "%", None),
)


@dataclass(frozen=True)
class Mark:
    """One estimate with the ends of its interval; `bound` is how frequent something may be that nobody had."""

    entry: Entry
    label: str
    heading: str
    bound: Entry | None = None

    @property
    def low(self) -> float | None:
        return self.entry.row.lower

    @property
    def high(self) -> float | None:
        return self.bound.row.upper if self.bound else self.entry.row.upper


def forest(material: Material, wanted: FigureWanted) -> Drawing:
    """One line for each estimate of the first kind that the analyses have, under what it is of."""
    kind, entries = _found(material, wanted)
    marks = _marks(material, wanted, entries)
    absent = [(why, f"{m.heading}: {m.label}" if m.heading else m.label) for m in marks if (why := why_not(m.entry))]
    drawn = [mark for mark in marks if not why_not(mark.entry)]
    if not drawn:
        raise nothing(absent, "estimate with an interval")
    spec = finished([_plot(material, kind, marks)])
    notes = (Note(_words(material, kind, drawn)), *absent_notes(absent))
    return Drawing(_alt(material, kind, drawn), spec, _numbers(material, kind, marks), notes)


def _found(material: Material, wanted: FigureWanted) -> tuple[Kind, list[Entry]]:
    for kind in KINDS:
        found = [entry for name in kind.names for entry in material.entries(name, wanted.analyses)]
        found = [e for e in found if asked(wanted, e.about.get("outcome", ""), e.about.get("timepoint", ""))]
        if found:
            return kind, [replace(e, row=in_points(e.row)) if kind.none == 0 else e for e in found]
    raise nothing([], "ratio, difference or percentage")


def _marks(material: Material, wanted: FigureWanted, entries: Sequence[Entry]) -> list[Mark]:
    """The lines under their headings; what all lines have in common is in no heading."""
    grouped = {entry.about["outcome"] for entry in entries if entry.about.get("group", ALL) != ALL}
    kept = [
        e for e in entries if "model" in e.about or e.about.get("group") != ALL or e.about["outcome"] not in grouped
    ]
    outcomes = wanted.outcomes or each(e.about["outcome"] for e in kept)
    kept.sort(key=lambda e: outcomes.index(e.about["outcome"]))
    lines = headed([_parts(material, entry) for entry in kept])
    return [
        Mark(entry, capital(label), heading, _bound(material, entry))
        for entry, (heading, label) in zip(kept, lines, strict=True)
    ]


def _parts(material: Material, entry: Entry) -> dict[str, str]:
    """What an estimate is of, from the general to the particular."""
    about = entry.about
    parts = {"analysis": material.analysis_title(about["analysis"])}
    if "model" in about:
        return {**parts, "term": capital(word(material, "term", about["term"]))}
    parts |= {"outcome": material.outcome_label(about["outcome"]), "category": about.get("category", "")}
    parts["timepoint"] = material.timepoint_label(about["timepoint"]) if "timepoint" in about else ""
    return {**parts, "group": _compared(entry) or (about["group"] if about.get("group", ALL) != ALL else "")}


def _compared(entry: Entry) -> str:
    """Which group is set against which: “CT minus fluoroscopy”, “CT vs fluoroscopy”."""
    group, against = entry.about.get("group", ""), entry.about.get("against")
    if against is None:
        return ""
    return f"{group} minus {against}" if entry.row.name == "risk_difference" else pair(group, against)


def _bound(material: Material, entry: Entry) -> Entry | None:
    """How frequent something may be that nobody had."""
    if entry.row.n != 0:
        return None
    bound = material.entry("zero_event_upper_bound", None, **entry.about)
    return None if why_not(bound) else bound


def _plot(material: Material, kind: Kind, marks: Sequence[Mark]) -> Layer:
    """Words, marks and numbers side by side over the width of two columns."""
    lines: list[Line[Mark]] = []
    for heading in each(mark.heading for mark in marks):
        lines += [Line(heading)] if heading else []
        lines += [Line(mark.label, mark) for mark in marks if mark.heading == heading]
    listing = Listing(lines, LABEL)
    printed = [_printed(material, mark) for mark in marks]
    head = f"{kind.unit if kind.none is None else kind.title} ({level_text(material)})"
    right = 16 + max(widest(printed), widest([head], bold=True))
    width = int(DOUBLE - listing.left - right)
    low, high, values = _range(kind, [mark for mark in marks if not why_not(mark.entry)])
    scale = alt.Scale(domain=[low, high], type="log", nice=False) if kind.logarithmic else fixed(low, high)
    axis = number_axis(material.style, values, each_own=kind.logarithmic)

    def x(field: str) -> alt.X:
        return alt.X(field, scale=scale, axis=axis)

    rows = [_datum(material, m, y, low, high) for y, m in listing.marked() if not why_not(m.entry)]
    layers: list[Layer] = [*_intervals(kind, rows, x, listing), *listing.labels()]
    heads = wrapped(_title(kind, marks), width + right - widest([head], bold=True) - 12, bold=True)
    over = HEAD - DIRECTIONS * (kind.none is not None)
    lines_up = [(over - LINE * (len(heads) - 1 - i), text) for i, text in enumerate(heads)]
    layers.append(_texts(lines_up, 0, "left", listing, bold=True))
    layers.append(_texts([(over, head)], width + right, "right", listing, bold=True))
    if kind.none is not None:
        less, more = _directions(marks, width)
        layers += [_texts([(HEAD, less)], 0, "left", listing), _texts([(HEAD, more)], width, "right", listing)]
    numbers = [(y, _printed(material, mark)) for y, mark in listing.marked()]
    layers.append(_texts(numbers, width + right, "right", listing))
    return titled(layers, width, listing.height, "")


def _title(kind: Kind, marks: Sequence[Mark]) -> str:
    """“Risk difference, percentage points: CT minus fluoroscopy”, where all lines compare the same two groups."""
    title = kind.title if kind.none is None else f"{kind.title}, {kind.unit}"
    return ": ".join(filter(None, (title, _all_compared(marks))))


def _all_compared(marks: Sequence[Mark]) -> str:
    """Which group is set against which, where that is the same on all lines."""
    compared = each(_compared(mark.entry) for mark in marks)
    return compared[0] if len(compared) == 1 else ""


def _directions(marks: Sequence[Mark], width: float) -> tuple[str, str]:
    """What it means to stand left and right of the line of no difference; in fewer words where there is less room."""
    groups = each(mark.entry.about.get("group", "") for mark in marks if "against" in mark.entry.about)
    where = f" in {groups[0]}" if len(groups) == 1 else " in the first group" if groups else ""
    less, more = ("lower", "higher") if groups else ("less likely", "more likely")
    words = (f"← {less}{where}", f"{more}{where} →")
    return words if sum(map(text_width, words)) + 12 < width else (f"← {less}", f"{more} →")


def _printed(material: Material, mark: Mark) -> str:
    """The number beside a mark, or the words in its place."""
    row = mark.entry.row
    if why_not(mark.entry):
        return "not computed" if row.suppressed is None else "suppressed"
    if mark.bound is not None:
        return f"{text(material, mark.entry)} ({interval(material, mark.bound)})"
    return estimate(material, mark.entry)


def _range(kind: Kind, marks: Sequence[Mark]) -> tuple[float, float, list[float]]:
    """The ends of the axis and its labels; a ratio's axis holds 1 and every estimate but 0, and no endless interval."""
    middles = [mark.entry.row.estimate for mark in marks if mark.entry.row.estimate is not None]
    lows = [mark.low for mark in marks if mark.low is not None]
    highs = [mark.high for mark in marks if mark.high is not None]
    if not kind.logarithmic:
        values = ticks(min([0.0, *lows, *middles]), max([0.0, *highs, *middles]))
        return values[0], values[-1], values
    lows, middles = [v for v in lows if v > 0], [v for v in middles if v > 0]
    low = max(min([1.0, *lows, *middles]), min([1.0, *middles]) / FARTHEST) / AIR
    high = min(max([1.0, *highs, *middles]), max([1.0, *middles]) * FARTHEST) * AIR
    return coordinate(low), coordinate(high), log_ticks(low, high)


def _datum(material: Material, mark: Mark, y: float, low: float, high: float) -> dict[str, Any]:
    """An estimate and the part of its interval that the axis shows; `before` and `after` where it goes on."""
    middle = mark.entry.row.estimate
    assert middle is not None
    one, other = mark.low, mark.high
    found: dict[str, Any] = {"y": y, "say": f"{mark.label}: {_printed(material, mark)}"}
    if middle < low:  # a ratio of 0 has no place on its axis: an arrow at the end points to it
        return {**found, "low": coordinate(low), "high": coordinate(max(low, other or low)), "before": True}
    found["x"] = coordinate(middle)
    if one is not None or other is not None:
        start, end = (low if one is None else max(one, low)), (high if other is None else min(other, high))
        found |= {"low": coordinate(start), "high": coordinate(end)}
        found |= {"before": one is None or one < low, "after": other is None or other > high}
    return found | ({"none": True} if mark.bound else {})


def _intervals(kind: Kind, rows: Sequence[dict[str, Any]], x: Across, listing: Listing[Mark]) -> list[Layer]:
    """The line of no difference, then intervals, their ends where they go on or where nobody had it, and squares."""
    base = alt.Chart().encode(y=listing.y())
    lines = base.transform_filter("isValid(datum.low)")
    layers = [drawn(lines.mark_rule(color=INK, strokeWidth=1.6).encode(x=x("low:Q"), x2="high:Q"))]
    for end, place in (("before", "low"), ("after", "high")):
        shape = "triangle-left" if end == "before" else "triangle-right"
        arrows = lines.transform_filter(f"datum.{end}").mark_point(
            shape=shape, size=40, filled=True, color=INK, opacity=1
        )
        layers.append(drawn(arrows.encode(x=x(f"{place}:Q"))))
    bars = base.transform_filter("datum.none").mark_tick(color=INK, thickness=1.6, size=10, orient="vertical")
    layers.append(drawn(bars.encode(x=x("high:Q"))))
    squares = base.transform_filter("!datum.none && isValid(datum.x)").mark_point(
        shape="square", size=52, filled=True, color=INK, opacity=1
    )
    layers.append(drawn(squares.encode(x=x("x:Q"), tooltip="say:N")))
    reference = alt.Chart().mark_rule(color=INK_2, strokeDash=[3, 3]).encode(x=x("x:Q"))
    before = [drawn(reference, [{"x": kind.none}])] if kind.none is not None else []
    return [*before, layered(layers, rows)]


def _texts(
    lines: Sequence[tuple[float, str]],
    x: float,
    align: Literal["left", "right"],
    listing: Listing[Mark],
    *,
    bold: bool = False,
) -> Layer:
    """Texts at heights of the list, all at the same place across."""
    weight: Literal["bold", "normal"] = "bold" if bold else "normal"
    texts = alt.Chart().mark_text(align=align, baseline="middle", fontWeight=weight, color=INK)
    placed = texts.encode(x=alt.value(x), y=listing.y(), text="text:N")
    return drawn(placed, [{"y": y, "text": words} for y, words in lines])


def _words(material: Material, kind: Kind, drawn: Sequence[Mark]) -> str:
    words = f"Squares are {kind.title.lower()}s, lines their {level_text(material)}"
    if kind.none is not None:
        less, more = _directions(drawn, DOUBLE)
        words += f"; the dashed line is at {kind.none:g}, no difference, left of it {less[2:]}, right of it {more[:-2]}"
    if any(mark.bound for mark in drawn):
        words += "; a line without a square: nobody had it, and the end bar is how frequent it may still be"
    low, high, _ = _range(kind, drawn)
    if any(mark.low is None or mark.high is None or mark.low < low or mark.high > high for mark in drawn):
        words += "; an arrow: the interval goes on"
    if any((mark.entry.row.estimate or 0) < low for mark in drawn):
        words += ", or the ratio is 0"
    return words + "."


def _alt(material: Material, kind: Kind, drawn: Sequence[Mark]) -> str:
    parts = []
    for heading in each(mark.heading for mark in drawn):
        listed = "; ".join(f"{m.label} {_printed(material, m)}" for m in drawn if m.heading == heading)
        parts.append(f"{heading}: {listed}" if heading else listed)
    return f"{_title(kind, drawn)}, with {level_text(material)}. {'. '.join(parts)}."


def _numbers(material: Material, kind: Kind, marks: Sequence[Mark]) -> Body:
    estimate_head = Column("%") if kind.none is None else Column(kind.title, kind.unit if kind.none == 0 else "")
    columns = [estimate_head, Column(level_text(material)), Column("n")]
    rows: list[Row] = []
    headings = each(mark.heading for mark in marks)
    for heading in headings:
        rows += [Row((heading,), kind="group")] if heading else []
        rows += [_row(material, mark) for mark in marks if mark.heading == heading]
    return Body("Term" if "model" in marks[0].entry.about else _all_compared(marks), tuple(columns), tuple(rows))


def _row(material: Material, mark: Mark) -> Row:
    of = mark.bound or mark.entry
    cells: list[Cell] = [
        cell(material, mark.entry, text(material, mark.entry)),
        cell(material, of, interval(material, of)),
    ]
    return Row((mark.label,), (*cells, count_cell(material, mark.entry)), level=int(bool(mark.heading)))

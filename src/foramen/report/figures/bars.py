"""Bars: how many are in each category or respond, by group, with the numbers at their ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from foramen.report.body import Body, Drawing, NothingToShowError
from foramen.report.figures.gather import absent_notes, asked, each, headed, nothing, why_not
from foramen.report.figures.listing import ROW, Line, Listing
from foramen.report.figures.panels import Layer, drawn, finished, titled
from foramen.report.figures.theme import DOUBLE, INK, SERIES, Series, widest
from foramen.report.figures.words import cell, interval, level_text, share_text, text
from foramen.report.layouts.names import capital
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note, Row, Span
from foramen.study.display_definition import FigureWanted
from foramen.study.population import ALL

LABEL = 200
"""Most that words may take beside the bars."""

BAR, GAP, LOW = 12, 20, 18
MANY = 20
"""More lines than this stand closer together."""

ALONE = 480
"""Width of a figure with one column of bars."""

HEAD = -12
"""Where the names of the groups stand, above the list."""

SIDE_BY_SIDE = 3
"""Most groups that stand side by side; more stand one below the other."""


@dataclass(frozen=True)
class Bars:
    """One line: its words, and the percentage of each group."""

    heading: str
    label: str
    of: Mapping[str, Entry]


def bars(material: Material, wanted: FigureWanted) -> Drawing:
    """A line for each category or responder, and a column of bars for each group; lengths are percentages."""
    entries = [
        entry
        for name in ("percent", "responder_percent")
        for entry in material.entries(name, wanted.analyses)
        if asked(wanted, entry.about["outcome"], entry.about.get("timepoint", ""))
    ]
    if not entries:
        raise nothing([], "category or percentage of responders")
    lines = _lines(material, wanted, entries)
    every = [e for line in lines for e in line.of.values()]
    absent = [(why, _where(line, group)) for line in lines for group, e in line.of.items() if (why := why_not(e))]
    if len(absent) == len(every):
        raise nothing(absent, "bar")
    groups = each(group for line in lines for group in line.of)
    notes = (Note("Bars are percentages of those recorded."), *absent_notes(absent))
    spec = finished([_chart(material, lines, groups)])
    return Drawing(_alt(material, lines, groups), spec, _numbers(material, lines, groups), notes)


def _lines(material: Material, wanted: FigureWanted, entries: Sequence[Entry]) -> list[Bars]:
    """Groups side by side while they are few. Many groups stand one below the other, or, in categories, together."""
    groups = each(group for e in entries if (group := e.about.get("group", ALL)) != ALL)
    if not groups:
        return _side_by_side(material, wanted, entries)
    if len(groups) <= SIDE_BY_SIDE:
        return _side_by_side(material, wanted, [e for e in entries if e.about["group"] != ALL])
    if all("category" not in e.about for e in entries):
        kept = [e for e in entries if e.about["group"] != ALL]
        words = headed([{**_parts(material, e), "group": e.about["group"]} for e in _sorted(wanted, kept)])
        return [Bars(*line, {ALL: e}) for line, e in zip(words, _sorted(wanted, kept), strict=True)]
    together = [e for e in entries if e.about["group"] == ALL]
    if not together:
        raise NothingToShowError(f"{len(groups)} groups with all their categories are too many for one figure.")
    return _side_by_side(material, wanted, together)


def _side_by_side(material: Material, wanted: FigureWanted, entries: Sequence[Entry]) -> list[Bars]:
    found: dict[tuple[tuple[str, str], ...], dict[str, Entry]] = {}
    for entry in _sorted(wanted, entries):
        key = tuple(_parts(material, entry).items())
        found.setdefault(key, {}).setdefault(entry.about.get("group", ALL), entry)
    words = headed([dict(key) for key in found])
    return [Bars(*line, of) for line, of in zip(words, found.values(), strict=True)]


def _sorted(wanted: FigureWanted, entries: Sequence[Entry]) -> list[Entry]:
    outcomes = wanted.outcomes or each(entry.about["outcome"] for entry in entries)
    return sorted(entries, key=lambda entry: outcomes.index(entry.about["outcome"]))


def _parts(material: Material, entry: Entry) -> dict[str, str]:
    """What a bar is of, from the general to the particular."""
    about = entry.about
    time = material.timepoint_label(about["timepoint"]) if "timepoint" in about else ""
    analysis, outcome = material.analysis_title(about["analysis"]), capital(material.outcome_label(about["outcome"]))
    return {"analysis": analysis, "outcome": outcome, "timepoint": time, "category": about.get("category", "")}


def _where(line: Bars, group: str) -> str:
    return ", ".join(filter(None, (line.heading, line.label, group if group != ALL else "")))


def _printed(material: Material, entry: Entry) -> str:
    """“46 (46.0%)”, or the word in its place."""
    if why_not(entry):
        return "suppressed" if entry.row.suppressed is not None else "not computed"
    if entry.row.n is None or not entry.row.denominator:
        return text(material, entry)
    return share_text(material, entry.row.n, entry.row.denominator)


def _chart(material: Material, lines: Sequence[Bars], groups: Sequence[str]) -> Layer:
    """Words on the left, then a column of bars for each group; all bars have one scale."""
    listed: list[Line[Bars]] = []
    for heading in each(line.heading for line in lines):
        listed += [Line(heading)] if heading else []
        listed += [Line(line.label, line) for line in lines if line.heading == heading]
    listing = Listing(listed, LABEL, row=ROW if len(listed) <= MANY else LOW)
    numbers = [_printed(material, entry) for line in lines for entry in line.of.values()]
    total = DOUBLE if len(groups) > 1 else ALONE
    column = (total - listing.left - GAP * (len(groups) - 1)) / len(groups)
    longest = max(e.row.estimate or 0 for line in lines for e in line.of.values()) or 1
    scale = (column - widest(numbers) - 8) / longest
    width = int(total - listing.left)
    layers: list[Layer] = []
    for place, group in enumerate(groups):
        left = round(place * (column + GAP), 1)
        look = SERIES[place] if len(groups) > 1 else SERIES[0]
        layers += _column(material, listing, group, left, scale, look, width)
    layers += listing.labels()
    return titled(layers, width, listing.height, "")


def _column(
    material: Material, listing: Listing[Bars], group: str, left: float, scale: float, look: Series, width: float
) -> list[Layer]:
    """The bars of one group from their baseline, the numbers at their ends, the group's name above."""
    across = alt.Scale(domain=[0, width], nice=False, zero=False)

    def x(field: str) -> alt.X:
        return alt.X(field, scale=across, axis=None)

    rows, words = [], []
    for y, line in listing.marked():
        if (entry := line.of.get(group)) is None:
            continue
        end = left + (entry.row.estimate or 0.0) * scale
        words.append({"x": round(end + 6, 1), "y": y, "text": _printed(material, entry)})
        if not why_not(entry):
            bar = {"x": left, "x2": round(end, 2), "y": y - BAR / 2, "y2": y + BAR / 2}
            rows.append({**bar, "say": f"{_where(line, group)}: {_printed(material, entry)}"})
    rects = alt.Chart().mark_rect(fill=look.fill, stroke=look.colour, strokeWidth=1.2)
    lengths = rects.encode(x=x("x:Q"), x2="x2:Q", y=listing.y(), y2="y2:Q", tooltip="say:N")
    place = {"x": x("x:Q"), "y": listing.y()}
    numbers = alt.Chart().mark_text(align="left", baseline="middle", color=INK).encode(**place, text="text:N")
    base = alt.Chart().mark_rule(color=INK).encode(**place, y2="y2:Q")
    bold = alt.Chart().mark_text(align="left", baseline="middle", color=INK, fontWeight="bold")
    head = {"x": left, "y": HEAD, "text": "n (%)" if group == ALL else f"{group}, n (%)"}
    return [
        drawn(lengths, rows),
        drawn(numbers, words),
        drawn(base, [{"x": left, "y": 0, "y2": listing.height}]),
        drawn(bold.encode(**place, text="text:N"), [head]),
    ]


def _alt(material: Material, lines: Sequence[Bars], groups: Sequence[str]) -> str:
    sentences = []
    for group in groups:
        listed = "; ".join(
            f"{', '.join(filter(None, (line.heading, line.label)))} {_printed(material, line.of[group])}"
            for line in lines
            if group in line.of
        )
        sentences.append(f"{group}: {listed}" if group != ALL else listed)
    return f"Bars of percentages. {'. '.join(sentences)}."


def _numbers(material: Material, lines: Sequence[Bars], groups: Sequence[str]) -> Body:
    """For each group n (%) and the interval."""
    columns = tuple(column for _ in groups for column in (Column("n (%)"), Column(level_text(material))))
    spans = tuple(Span(group, 2) for group in groups) if groups != [ALL] else ()
    rows: list[Row] = []
    for heading in each(line.heading for line in lines):
        rows += [Row((heading,), kind="group")] if heading else []
        for line in (line for line in lines if line.heading == heading):
            cells: list[Cell] = []
            for entry in (line.of.get(group) for group in groups):
                cells.append(cell(material, entry, _printed(material, entry) if entry else ""))
                cells.append(cell(material, entry, interval(material, entry) if entry else ""))
            rows.append(Row((line.label,), tuple(cells), level=int(bool(heading))))
    return Body("", columns, tuple(rows), spans)

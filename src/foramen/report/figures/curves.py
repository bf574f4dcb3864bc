"""ROC curves and calibration of models: one square panel per model."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import altair as alt

from foramen.report.body import Body, Drawing
from foramen.report.figures.axes import coordinate, fixed, number_axis
from foramen.report.figures.gather import absent_notes, nothing, why_not
from foramen.report.figures.panels import Layer, drawn, finished, layered, two_heads
from foramen.report.figures.theme import INK, INK_2, INK_3, SERIES, wrapped
from foramen.report.figures.words import cell, count_cell, estimate, interval, level_text, text
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note, Row
from foramen.study.display_definition import FigureWanted

SIDE = 262
"""Length of an axis, which runs from 0 to 100 per cent."""

LISTED = 10
"""Most points of one curve in the table beside the figure; results.csv has all."""

CUT = re.compile(r"positive from probability ([\d.e+-]+)$")
"""Where the method of a point of a ROC curve says from which predicted chance on it predicts a success."""

TICKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)

CUT_PLACES = 3

Pair = tuple[Entry, Entry]


def roc(material: Material, wanted: FigureWanted) -> Drawing:
    """Sensitivity against 1 − specificity at every cut of each model, with the area under the curve."""
    models, absent = _pairs(material, wanted, ("roc_sensitivity", "roc_specificity"))
    if not models:
        raise nothing(absent, "ROC curve")
    areas = {name: material.entry("auc", [name]) for name in models}
    panels = [_roc_panel(material, name, pairs, areas[name]) for name, pairs in models.items()]
    said = ". ".join(f"{material.analysis_title(name)}: {_area(material, areas[name])}" for name in models)
    alt_text = f"ROC curves: sensitivity against 1 − specificity in per cent. {said}."
    notes = (Note("The dashed line is that of a model that tells nothing. AUC, area under the curve."),)
    columns = (Column("Sensitivity, %"), Column("n"), Column("Specificity, %"), Column("n"))
    rows = _listed(material, models, _cut_row, areas)
    some = Note(f"At most {LISTED} points of a curve, evenly along its course; results.csv has all.")
    body = Body("Success predicted from a chance of", columns, rows, notes=(some,))
    return Drawing(alt_text, finished(panels), body, (*notes, *absent_notes(absent)))


def calibration(material: Material, wanted: FigureWanted) -> Drawing:
    """Observed successes against the model's expectation, in groups of increasing risk."""
    models, absent = _pairs(material, wanted, ("calibration_observed", "calibration_expected"))
    if not models:
        raise nothing(absent, "risk group")
    panels = [_calibration_panel(material, name, pairs) for name, pairs in models.items()]
    words = "; ".join(f"{material.analysis_title(name)}, {_said(material, pairs)}" for name, pairs in models.items())
    alt_text = f"Calibration: successes observed against those expected by the model, in per cent. {words}."
    groups = f"Points are groups of similar predicted risk, lines their {level_text(material)}."
    notes = (Note(f"{groups} On the dashed line what was observed is what the model expects."),)
    level = level_text(material)
    columns = (Column("Observed, %"), Column(level), Column("n"), Column("Expected, %"), Column("n"))
    body = Body("Group by predicted risk", columns, _listed(material, models, _group_row))
    return Drawing(alt_text, finished(panels), body, (*notes, *absent_notes(absent)))


def _pairs(
    material: Material, wanted: FigureWanted, names: tuple[str, str]
) -> tuple[dict[str, list[Pair]], list[tuple[str, str]]]:
    """Both statistics of every point of each model, and why others are not there."""
    models: dict[str, list[Pair]] = {}
    absent: list[tuple[str, str]] = []
    for name in wanted.analyses:
        first, second = ({e.about.get("point"): e for e in material.entries(n, [name])} for n in names)
        for point, entry in first.items():
            other = second.get(point)
            why = why_not(entry) or why_not(other)
            if why or other is None:
                absent.append((why or "", material.analysis_title(name)))
            else:
                models.setdefault(name, []).append((entry, other))
        if not first:
            whole = material.entry(names[0].partition("_")[0], [name])
            absent.append((why_not(whole) or "", material.analysis_title(name)))
    return models, absent


def _roc_panel(material: Material, name: str, pairs: Sequence[Pair], area: Entry | None) -> Layer:
    rows = []
    for sensitive, specific in pairs:
        place = {"x": coordinate(100 - _value(specific)), "y": coordinate(_value(sensitive))}
        rows.append({**place, "say": _cut(material, sensitive, specific)})
    x, y = _axes(material, "1 − specificity, %")
    base = alt.Chart().encode(x=x("x:Q"), y=y("y:Q"))
    colour = SERIES[0].colour
    curve = base.mark_line(color=colour, strokeWidth=2, interpolate="linear")
    dots = base.mark_point(color=colour, filled=True, size=14, opacity=1).encode(tooltip="say:N")
    words = wrapped(_area(material, area), SIDE * 0.6)
    lines = [{"text": line, "x": 96.0, "y": 8.0 + 7 * (len(words) - 1 - i)} for i, line in enumerate(words)]
    texts = alt.Chart().mark_text(align="right", color=INK, fontWeight="bold", fontSize=12)
    label = drawn(texts.encode(x=x("x:Q"), y=y("y:Q"), text="text:N"), lines)
    layers = [_diagonal(x, y), drawn(curve, rows), drawn(dots, rows), label]
    return _square(layers, material, name, "Sensitivity, %")


def _value(entry: Entry) -> float:
    assert entry.row.estimate is not None
    return entry.row.estimate


def _area(material: Material, area: Entry | None) -> str:
    return "AUC not known" if why_not(area) or area is None else f"AUC {estimate(material, area)}"


def _cut(material: Material, sensitive: Entry, specific: Entry) -> str:
    cut = sensitive.row.method.rpartition("; ")[2]
    return f"sensitivity {text(material, sensitive)}, specificity {text(material, specific)}, {cut}"


def _calibration_panel(material: Material, name: str, pairs: Sequence[Pair]) -> Layer:
    rows = []
    for observed, expected in pairs:
        place = {"x": coordinate(_value(expected)), "y": coordinate(_value(observed))}
        ends = [observed.row.lower, observed.row.upper]
        if None not in ends:
            place |= {key: coordinate(end) for key, end in zip(("low", "high"), ends, strict=True) if end is not None}
        rows.append({**place, "say": _group(material, observed, expected)})
    x, y = _axes(material, "Expected, %")
    base = alt.Chart().encode(x=x("x:Q"))
    colour = SERIES[0].colour
    bars = base.transform_filter("isValid(datum.low)").mark_rule(color=colour, strokeWidth=1.4)
    dots = base.mark_point(color=colour, filled=True, size=58, opacity=1)
    layers = [drawn(bars.encode(y=y("low:Q"), y2="high:Q")), drawn(dots.encode(y=y("y:Q"), tooltip="say:N"))]
    return _square([_diagonal(x, y), layered(layers, rows)], material, name, "Observed, %")


def _group(material: Material, observed: Entry, expected: Entry) -> str:
    count = material.style.count(expected.row.n or 0)
    return f"n = {count}: observed {estimate(material, observed)}, expected {text(material, expected)}"


def _said(material: Material, pairs: Sequence[Pair]) -> str:
    """The lowest and the highest risk group."""
    (low, least), (high, most) = pairs[0], pairs[-1]
    lowest = f"lowest risk {text(material, low)} observed, {text(material, least)} expected"
    return f"{lowest}, highest risk {text(material, high)} observed, {text(material, most)} expected"


def _axes(material: Material, title: str) -> tuple[Callable[[str], alt.X], Callable[[str], alt.Y]]:
    """Both axes from 0 to 100 per cent."""
    scale = fixed(0, 100)
    below = number_axis(
        material.style, TICKS, title=title, titleColor=INK_2, titleFontWeight="normal", titleAnchor="end"
    )
    beside = number_axis(material.style, TICKS)
    return partial(alt.X, scale=scale, axis=below), partial(alt.Y, scale=scale, axis=beside)


def _diagonal(x: Callable[[str], alt.X], y: Callable[[str], alt.Y]) -> Layer:
    line = alt.Chart().mark_line(color=INK_3, strokeWidth=1, strokeDash=[4, 3])
    return drawn(line.encode(x=x("x:Q"), y=y("y:Q")), [{"x": 0, "y": 0}, {"x": 100, "y": 100}])


def _square(layers: Sequence[Layer], material: Material, name: str, head: str) -> Layer:
    """A square panel below the name of the model, with the head of its upright axis."""
    title = two_heads(material.analysis_title(name), head, SIDE)
    return {**layered(layers), "width": SIDE, "height": SIDE, "title": title}


def _listed(
    material: Material,
    models: Mapping[str, Sequence[Pair]],
    line: Callable[[Material, int, Pair], Row],
    areas: Mapping[str, Entry | None] | None = None,
) -> tuple[Row, ...]:
    """Points under the name of their model; of a long curve some, evenly along its course."""
    rows: list[Row] = []
    for name, pairs in models.items():
        rows.append(Row((material.analysis_title(name),), kind="group"))
        if (area := (areas or {}).get(name)) is not None:
            blank: tuple[Cell, ...] = ((),) * 3
            rows.append(Row(("Area under the curve",), (cell(material, area, estimate(material, area)), *blank), 1))
        last = len(pairs) - 1
        places = range(last + 1) if last < LISTED else [round(i * last / (LISTED - 1)) for i in range(LISTED)]
        rows += [line(material, i, pairs[i]) for i in places]
    return tuple(rows)


def _cut_row(material: Material, _: int, pair: Pair) -> Row:
    """From which predicted chance on a success is predicted, with sensitivity and specificity there."""
    found = CUT.search(pair[0].row.method)
    head = material.style.number(float(found[1]), CUT_PLACES) if found else "nobody predicted"
    return Row((head,), tuple(part for e in pair for part in _number_and_n(material, e)), level=1)


def _group_row(material: Material, place: int, pair: Pair) -> Row:
    observed, expected = pair
    number, n = _number_and_n(material, observed)
    cells = (number, cell(material, observed, interval(material, observed)), n, *_number_and_n(material, expected))
    return Row((f"{place + 1}",), cells, level=1)


def _number_and_n(material: Material, entry: Entry) -> tuple[Cell, Cell]:
    return cell(material, entry, text(material, entry)), count_cell(material, entry)

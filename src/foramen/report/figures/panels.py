"""What figures of several panels share: their arrangement, their heads, and the table of their numbers."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt

from foramen.report.body import Body
from foramen.report.figures.gather import Point, each, where
from foramen.report.figures.theme import DOUBLE, INK_2, SINGLE, TEXT, config, wrapped
from foramen.report.material import Material
from foramen.report.table import Cell, Column, Row
from foramen.study.population import ALL

GAP = 24

Layer = dict[str, Any]
"""A part of a specification: one mark with its rows, or several in layers."""


def panel_width(panels: int) -> int:
    """Width of one panel with all its labels: one alone has a column, more stand two by two over both."""
    return SINGLE if panels == 1 else (DOUBLE - GAP) // 2


def finished(panels: Sequence[Layer], *, columns: int = 2) -> dict[str, Any]:
    """The specification of panels side by side, with the look of all figures."""
    together = panels[0] if len(panels) == 1 else {"concat": list(panels), "columns": columns}
    return {"$schema": alt.SCHEMA_URL, "config": config(), **together}


def titled(layers: Sequence[Layer], width: float, height: float, title: str | dict[str, Any]) -> Layer:
    """Layers as one panel, under a head if it has one."""
    size = {"width": int(width), "height": int(height)}
    return {**layered(layers), **size, **({"title": title} if title else {})}


def two_heads(name: str, below: str, width: float) -> dict[str, Any]:
    """The name of a panel, bold, and below it what its upright axis shows."""
    lines = {"text": wrapped(name, width, bold=True), "subtitle": wrapped(below, width)}
    return {**lines, "subtitleColor": INK_2, "subtitleFontSize": TEXT, "subtitlePadding": 6}


def layered(layers: Sequence[Layer], rows: Sequence[dict[str, Any]] | None = None) -> Layer:
    """Layers one above the other; `rows` are those of all layers that have none of their own."""
    return {**_data(rows), "layer": list(layers)}


def drawn(chart: alt.Chart, rows: Sequence[dict[str, Any]] | None = None) -> Layer:
    """A mark with its rows. Charts are put together as parts of the specification, not as charts: altair would copy
    every row at each step."""
    whole = chart.to_dict(validate=False)
    return {**_data(rows), **{key: whole[key] for key in ("transform", "mark", "encoding") if key in whole}}


def _data(rows: Sequence[dict[str, Any]] | None) -> dict[str, Any]:
    return {} if rows is None else {"data": {"values": list(rows)}}


def head(material: Material, outcome: str) -> str:
    """What a panel shows, with its unit: the head of its axis."""
    label, unit = material.outcome_label(outcome), unit_of(material, outcome)
    return label if not unit or unit in label else f"{label}, {unit}"


def unit_of(material: Material, outcome: str) -> str:
    """What the values of an outcome are counted in; empty where that is nothing."""
    declared = next((o for o in material.study.outcomes if o.name == outcome), None)
    if declared is not None and declared.kind in ("responder", "recorded", "percent_change"):
        return "%"
    variable = material.variable(outcome)
    return variable.unit if variable is not None else ""


def numbers(
    material: Material, points: Sequence[Point], columns: Sequence[Column], cells: Callable[[Point], tuple[Cell, ...]]
) -> Body:
    """The numbers of a figure: one line for each point, under its outcome where there are several."""
    rows: list[Row] = []
    outcomes = each(point.outcome for point in points)
    for outcome in outcomes:
        if len(outcomes) > 1:
            rows.append(Row((material.outcome_label(outcome),), kind="group"))
        own = [point for point in points if point.outcome == outcome]
        rows += [Row((where(material, p),), cells(p), level=int(len(outcomes) > 1)) for p in own]
    grouped, timed = any(p.group != ALL for p in points), any(p.timepoint for p in points)
    stub = "Group and time" if grouped and timed else "Group" if grouped else "Time"
    return Body(stub, tuple(columns), tuple(rows))


def score_range(material: Material, outcome: str) -> tuple[float, float] | None:
    """The declared range of a score, or that of a percentage; None for a change or where none is declared."""
    declared = next((o for o in material.study.outcomes if o.name == outcome), None)
    if declared is None or declared.kind != "score":
        return None
    variable = material.variable(outcome)
    if variable is None or variable.low is None or variable.high is None:
        return None
    return variable.low / 10**variable.decimals, variable.high / 10**variable.decimals

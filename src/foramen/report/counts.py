"""The count tables behind the numbers, laid out to be read."""

from collections.abc import Mapping
from typing import Any

from foramen.report.material import Material
from foramen.report.table import Column, Note, Row, Table
from foramen.statistics.tables import CountTable
from foramen.study.analyses.task import Source
from foramen.study.engines.request import Counts, Moments, Persons, Ranks, Request
from foramen.study.engines.sql import counts_sql, moments_sql, persons_sql, ranks_sql
from foramen.study.measure import VALUE
from foramen.study.population import GROUP

LINES = 500
"""Lines of a count table that a page shows; the whole of it stands in counts/."""


def counts_table(material: Material, digest: str) -> Table:
    """A count table, or the sums that stand for one, as a table of its own, with the query that made it."""
    source = material.results.inputs[digest]
    table = source.table
    names = _axis_names(material, table) if isinstance(table, CountTable) else ["Sum"]
    rows = _cells(table) if isinstance(table, CountTable) else _sums(table.to_json())
    notes = [Note(_statement(request), "Query") for request in _requests(source)]
    if len(rows) > LINES:
        notes.insert(0, Note(f"The first {LINES} of {len(rows)} lines; all are in counts/{digest}.json"))
    return Table(
        key=f"counts-{digest[:12]}",
        number="",
        title=f"Counts {digest[:12]}",
        stub=names[0] if names else "",
        columns=(*(Column(name, align="left") for name in names[1:]), Column("Count", align="right")),
        rows=tuple(rows[:LINES]),
        notes=tuple(notes),
    )


def _axis_names(material: Material, table: CountTable) -> list[str]:
    return [_axis_name(material, axis.name) for axis in table.axes]


def _axis_name(material: Material, name: str) -> str:
    """A column of the row file by what it holds; an axis of the study's own by its name."""
    if name == GROUP:
        return "Group"
    if name == VALUE:
        return "Value"
    for columns in material.codebook.columns.values():
        if (column := columns.get(name)) is not None:
            when = [material.timepoint_label(column.timepoint)] if column.timepoint else []
            return ", ".join(
                [material.variable_label(column.variable), *when, *([column.reader] if column.reader else [])]
            )
    return name[:1].upper() + name[1:]


def _cells(table: CountTable) -> list[Row]:
    rows = []
    for cell, count in table.cells:
        words = [axis.label(code) for axis, code in zip(table.axes, cell, strict=True)]
        head, *rest = words or ["all"]
        rows.append(Row((head,), (*((word,) for word in rest), (str(count),))))
    return rows


def _sums(value: Any, name: str = "") -> list[Row]:
    """Every integer of the sums on a line of its own."""
    if isinstance(value, Mapping):
        return [row for key, part in value.items() for row in _sums(part, f"{name} {key}".strip())]
    if isinstance(value, list) and any(isinstance(part, list | dict) for part in value):
        return [row for i, part in enumerate(value) for row in _sums(part, f"{name} {i + 1}".strip())]
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return [Row((name,), ((text,),))]


def _requests(source: Source) -> list[Request]:
    return list(dict.fromkeys(request for request, _ in source.origins))


def _statement(request: Request) -> str:
    match request:
        case Counts():
            return counts_sql(request)
        case Persons():
            return persons_sql(request)
        case Ranks():
            return ranks_sql(request)
        case Moments():
            return moments_sql(request)
    return "sums of scores of a logistic model, at " + ", ".join(f"{beta:.6g}" for beta in request.beta)

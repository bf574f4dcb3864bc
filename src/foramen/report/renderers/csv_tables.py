"""Tables as text for spreadsheets: what is printed, one cell per column, with its notes and the report's marks."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from foramen.report.document import Report
from foramen.report.figure import Figure
from foramen.report.renderers.paper import one_line, part_text, with_reasons
from foramen.report.table import Cell, Column, Mark, Note, Table

BYTE_ORDER = "\ufeff"
"""Without it at the beginning, spreadsheet programs take “±” and “−” for other letters."""
FORMULA = ("=", "+", "-", "@")
"""A spreadsheet would run a cell that begins with one of these."""
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?")


def render_csv(report: Report) -> dict[str, str]:
    """Every table, and the numbers that every figure draws, by file name.

    A file has the title, the marks, the head in one line or two, the rows, and the notes; a letter that a note explains
    stands in brackets. What is withheld or could not be computed says so.
    """
    return {f"{item.key}.csv": _text(_table(item), report.marks) for item in report.items}


def _table(item: Table | Figure) -> Table:
    if isinstance(item, Table):
        return with_reasons(item)
    return replace(with_reasons(item.table), number=item.number, title=item.title, error=item.error)


def _text(table: Table, marks: Sequence[str]) -> str:
    stream = io.StringIO()
    stream.write(BYTE_ORDER)
    writer = csv.writer(stream, lineterminator="\n")
    for line in _lines(table, marks):
        writer.writerow([_safe(cell) for cell in line])
    return stream.getvalue()


def _lines(table: Table, marks: Sequence[str]) -> Iterator[list[str]]:
    yield from ([line] for line in (f"{table.number}. {table.title}", *marks))
    yield []
    if table.error is not None:
        yield [table.error]
        return
    if table.spans:
        yield ["", *(text for span in table.spans for text in [span.text] * span.columns)]
    yield [table.stub, *(_head(column) for column in table.columns)]
    for row in table.rows:
        yield [_cell(row.head), *(_cell(cell) for cell in row.cells)]
    if table.notes:
        yield []
    yield from ([_note(note)] for note in table.notes)


def _head(column: Column) -> str:
    return f"{column.head}, {column.sub}" if column.sub else column.head


def _cell(cell: Cell) -> str:
    return "".join(f" [{part.text}]" if isinstance(part, Mark) else part_text(part) for part in cell)


def _note(note: Note) -> str:
    return f"[{note.mark}] {note.text}" if note.mark else note.text


def _safe(text: str) -> str:
    """One line; a cell that a spreadsheet would run gets a quote in front. A number is no formula."""
    text = one_line(text)
    return f"'{text}" if text.lstrip().startswith(FORMULA) and not NUMBER.fullmatch(text) else text

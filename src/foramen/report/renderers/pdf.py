"""A report as an accessible PDF (PDF/UA-1), set by typst from the template in `print/` with the fonts beside it."""

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import typst

from foramen.kernel.errors import OutputError
from foramen.report.document import Report
from foramen.report.figure import Figure
from foramen.report.renderers import charts
from foramen.report.renderers.pages import Placed, Prose, pages
from foramen.report.renderers.paper import HeadCell, crowded, head_lines, label, looks, one_line, symbol_first, unbroken
from foramen.report.renderers.widths import INDENT, MARGIN, PADDING, PAGE, TALLEST, UPRIGHT, Fit
from foramen.report.style import Fonts, Style
from foramen.report.table import Cell, Note, Row, Table

Data = dict[str, Any]


def render_pdf(report: Report) -> bytes:
    """The report as the bytes of a PDF; the same report gives the same bytes.

    Letters that the fonts of the package lack are taken from the machine. Raises OutputError for a letter that no font
    has: a box in its place would be read as something else.
    """
    data = _report(report)
    with as_file(files("foramen.report").joinpath("print")) as folder:
        try:
            return _compiled(folder, data)
        except typst.TypstError as error:
            if "could not be displayed with font" not in error.message:
                raise
        try:
            return _compiled(folder, {**data, "fallback": True})
        except typst.TypstError as error:
            raise OutputError.single(
                "no font on this machine has a letter of the report",
                where="report.pdf",
                received=error.message.partition(": ")[2],
                remedy="install a font with this letter, or take the Word or the HTML file",
            ) from error


def _compiled(folder: Path, data: Data) -> bytes:
    return typst.compile(
        folder / "report.typ",
        font_paths=[folder / "fonts"],
        ignore_system_fonts=not data["fallback"],
        sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1"],
    )


def _report(report: Report) -> Data:
    fonts = report.style.fonts
    return {
        "id": one_line(report.id),
        "title": one_line(report.title),
        "question": one_line(report.question),
        "marks": [one_line(mark) for mark in report.marks],
        "date": report.day,
        "day": [int(part) for part in report.day.split("-")],
        "font": _font(fonts),
        "fallback": False,
        "size": fonts.size,
        "page": {"width": PAGE[0], "height": PAGE[1], "margin": MARGIN, "padding": PADDING, "indent": INDENT},
        "pages": [
            {"turned": turned, "items": [part for placed in items for part in _placed(placed, report.style)]}
            for turned, items in pages(report)
        ],
    }


def _font(fonts: Fonts) -> str:
    """The face of the package that has the widths of the journal's."""
    return "Liberation Serif" if fonts.body.startswith("Times") else "Liberation Sans"


def _placed(placed: Placed, style: Style) -> Iterator[Data]:
    if placed.heading:
        yield {"kind": "heading", "text": placed.heading}
    item = placed.item
    if isinstance(item, Prose):
        facts = [(one_line(fact.name), one_line(fact.text)) for fact in item.facts]
        yield {"kind": "prose", "paragraphs": [one_line(text) for text in item.paragraphs], "facts": facts}
        return
    named = {"number": item.number, "title": one_line(item.title), "error": item.error, "notes": _notes(item.notes)}
    if isinstance(item, Figure):
        yield {"kind": "figure", **named, **({} if item.error else _picture(item))}
    else:
        yield {"kind": "table", **named, **(_table(item, placed.fit, style) if placed.fit else {})}


def _notes(notes: Sequence[Note]) -> list[tuple[str, str]]:
    return [(note.mark, one_line(note.text)) for note in notes]


def _picture(figure: Figure) -> Data:
    """The drawing in its size in print, no larger than a page."""
    drawn = charts.svg(figure.spec)
    width, height = (
        float(re.findall(rf'<svg [^>]*{side}="([\d.]+)"', drawn)[0]) * charts.POINTS for side in ("width", "height")
    )
    return {"svg": drawn, "alt": one_line(figure.alt), "width": width * min(1.0, UPRIGHT / width, TALLEST / height)}


def _table(table: Table, room: Fit, style: Style) -> Data:
    return {
        "widths": room.widths,
        "size": room.size,
        "aligns": [column.align for column in table.columns],
        "head": [_head(cell, line, style) for line, cells in enumerate(head_lines(table)) for cell in cells],
        "rows": [_row(row, whole=room.whole) for row in table.rows],
    }


def _head(cell: HeadCell, line: int, style: Style) -> Data:
    symbol, text = symbol_first(one_line(cell.text), style.p)
    return {
        "symbol": symbol,
        "text": text,
        "sub": one_line(cell.sub),
        "line": line,
        **{name: getattr(cell, name) for name in ("column", "columns", "rows", "align")},
    }


def _row(row: Row, *, whole: bool) -> Data:
    return {
        "kind": row.kind,
        "level": row.level,
        "head": _parts(label(row.head)),
        "cells": [_parts(unbroken(cell) if whole else crowded(cell)) for cell in row.cells],
    }


def _parts(cell: Cell) -> list[tuple[str, str]]:
    return [(look, one_line(text)) for look, text in looks(cell)]

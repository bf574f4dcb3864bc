"""A table as a table of Word: its head repeated on every page, headings in common merged, no row broken."""

from collections.abc import Iterator, Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from foramen.report.renderers.paper import HeadCell, crowded, head_lines, label, looks, one_line, symbol_first, unbroken
from foramen.report.renderers.widths import Fit, table_size
from foramen.report.renderers.word_xml import paragraph, run, w
from foramen.report.style import Style
from foramen.report.table import Cell, Column, Note, Row, Table

TWIPS = 20
"""Per point."""
TOGETHER = 40
"""A table of at most so many rows is not broken across pages; if it does not fit one, Word breaks it all the same."""
LEVELS = 3
"""Rows of a deeper level are set in as this one."""


def table_element(table: Table, fit: Fit, style: Style) -> BaseOxmlElement:
    """The table without caption and notes."""
    made = _Made(table, fit, style)
    return w("tbl", made.properties(), made.grid(), *made.head(), *made.body())


class _Made:
    """The parts of one table."""

    def __init__(self, table: Table, fit: Fit, style: Style) -> None:
        self.table = table
        self.widths = [TWIPS * width for width in fit.widths]
        self.whole = fit.whole
        self.style = style
        self.small = fit.size if fit.size < table_size(style.fonts) else None
        self.together = len(table.rows) <= TOGETHER

    def properties(self) -> BaseOxmlElement:
        """Fixed widths, so that every program breaks the lines alike; the title for who cannot see the table."""
        return w(
            "tblPr",
            w("tblStyle", val="ThreeLines"),
            w("tblW", w=sum(self.widths), type="dxa"),
            w("tblLayout", type="fixed"),
            w("tblLook", val="0620", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
            w("tblCaption", val=one_line(f"{self.table.number}. {self.table.title}")),
        )

    def grid(self) -> BaseOxmlElement:
        return w("tblGrid", *(w("gridCol", w=width) for width in self.widths))

    def head(self) -> Iterator[BaseOxmlElement]:
        """The lines of the head. A cell over two lines goes on in the second as an empty one."""
        lines = head_lines(self.table)
        tall = [cell for cell in lines[0] if cell.rows > 1]
        for number, line in enumerate(lines):
            last = number == len(lines) - 1
            cells = line if number == 0 else sorted([*line, *tall], key=lambda cell: cell.column)
            yield w("tr", w("trPr", w("cantSplit"), w("tblHeader")), *(self._head_cell(c, number, last) for c in cells))

    def _head_cell(self, cell: HeadCell, line: int, last: bool) -> BaseOxmlElement:
        properties = [w("tcW", w=self._width(cell.column, cell.columns), type="dxa")]
        if cell.columns > 1:
            properties.append(w("gridSpan", val=cell.columns))
        if cell.rows > 1:
            properties.append(w("vMerge", val="continue" if line else "restart"))
        if self.table.spans:
            # The style draws a line below the first row; here it belongs below the second.
            rule = w("bottom", val="single", sz=4, space=0, color="auto") if last else w("bottom", val="nil")
            properties.append(w("tcBorders", rule))
        going_on = cell.rows > 1 and line > 0
        texts = [paragraph("TableHead", [])] if going_on else self._head_text(cell)
        return w("tc", w("tcPr", *properties, w("vAlign", val="bottom")), *texts)

    def _head_text(self, cell: HeadCell) -> list[BaseOxmlElement]:
        name = {"left": "TableHead", "right": "TableHeadNumber", "center": "TableSpan"}[cell.align]
        symbol, rest = symbol_first(cell.text, self.style.p)
        runs = [*([self._run(symbol, "Emphasis")] if symbol else []), *([self._run(rest)] if rest else [])]
        texts = [paragraph(name, runs)]
        if cell.sub:
            light = [w("b", val="0"), w("bCs", val="0")]
            texts.append(paragraph(name, [run(cell.sub, None, *light, *self._size())]))
        return texts

    def body(self) -> Iterator[BaseOxmlElement]:
        rows = self.table.rows
        for number, row in enumerate(rows):
            last = number == len(rows) - 1
            keep = not last if self.together else number == 0
            keep = keep or (last and bool(self.table.notes))
            yield w("tr", w("trPr", w("cantSplit")), *self._cells(row, keep))

    def _cells(self, row: Row, keep: bool) -> Iterator[BaseOxmlElement]:
        name = _stub_style(row)
        # A bold run in a bold paragraph style is not bold: Word takes the second for the contrary of the first.
        strong = row.kind != "row" and name != "TableGroup"
        text = paragraph(name, self._runs(label(row.head), strong), keep=keep)
        if not row.cells:
            yield self._cell(0, len(self.widths), text)
            return
        yield self._cell(0, 1, text)
        for place, (column, cell) in enumerate(zip(self.table.columns, row.cells, strict=True)):
            runs = self._runs(unbroken(cell) if self.whole else crowded(cell), strong)
            yield self._cell(place + 1, 1, paragraph(_cell_style(column), runs, keep=keep))

    def _cell(self, column: int, columns: int, text: BaseOxmlElement) -> BaseOxmlElement:
        over = [w("gridSpan", val=columns)] if columns > 1 else []
        return w("tc", w("tcPr", w("tcW", w=self._width(column, columns), type="dxa"), *over), text)

    def _width(self, column: int, columns: int) -> float:
        return sum(self.widths[column : column + columns])

    def _runs(self, cell: Cell, strong: bool) -> list[BaseOxmlElement]:
        named = {"plain": "Strong" if strong else None, "mark": "NoteMark", "withheld": "Withheld"}
        return [self._run(text, named[look]) for look, text in looks(cell)]

    def _run(self, text: str, style: str | None = None) -> BaseOxmlElement:
        return run(text, style, *self._size())

    def _size(self) -> list[BaseOxmlElement]:
        return [w("sz", val=2 * self.small), w("szCs", val=2 * self.small)] if self.small else []


def _stub_style(row: Row) -> str:
    if row.kind == "group" and row.level == 0:
        return "TableGroup"
    return f"TableIndent{min(row.level, LEVELS)}" if row.level else "TableText"


def _cell_style(column: Column) -> str:
    return "TableNumber" if column.align == "right" else "TableText"


def notes_below(notes: Sequence[Note]) -> list[BaseOxmlElement]:
    """Notes as paragraphs, on the page of each other."""
    last = len(notes) - 1
    return [paragraph("TableNote", _note(note), keep=place < last) for place, note in enumerate(notes)]


def _note(note: Note) -> list[BaseOxmlElement]:
    return [*([run(note.mark, "NoteMark"), run(" ")] if note.mark else []), run(note.text)]

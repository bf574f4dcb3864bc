"""A report as a Word file that can be handed on: real tables, captions with fields, pictures at 300 dpi."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import count

from docx.oxml.ns import qn
from docx.oxml.section import CT_SectPr
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Pt

from foramen.report.document import Fact, Report
from foramen.report.figure import Figure
from foramen.report.renderers import charts
from foramen.report.renderers.pages import Item, Placed, Prose, pages
from foramen.report.renderers.paper import one_line
from foramen.report.renderers.widths import TALLEST, UPRIGHT
from foramen.report.renderers.word_package import empty_document, packed, turn
from foramen.report.renderers.word_table import notes_below, table_element
from foramen.report.renderers.word_xml import bookmarked, field, paragraph, run, w


def render_docx(report: Report) -> bytes:
    """The report as the bytes of a .docx file; the same report gives the same bytes."""
    word = _Word(report)
    word.add(_opening(report))
    turned_now = False
    for turned, items in pages(report):
        if turned != turned_now:
            word.end_section()
            turned_now = turned
        turn(word.section, turned=turned)
        for placed in items:
            word.add(word.placed(placed))
    word.end_with_text()
    return packed(word.document)


def _opening(report: Report) -> Iterator[BaseOxmlElement]:
    """Title and question."""
    yield paragraph("Title", [run(report.title)])
    if report.question:
        yield paragraph("Subtitle", [run(report.question)])


def _fact(fact: Fact) -> list[BaseOxmlElement]:
    return [run(fact.name, "Strong"), w("r", w("tab")), run(fact.text)]


def _heading(text: str) -> BaseOxmlElement:
    return paragraph("Heading1", [run(text)])


class _Word:
    """A document being written from its first page to its last."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.document = empty_document(report)
        self.body: BaseOxmlElement = self.document.element.body
        self.section: CT_SectPr = self.document.element.body.sectPr
        self.bookmarks = count()

    def add(self, elements: Iterator[BaseOxmlElement]) -> None:
        for element in elements:
            self.section.addprevious(element)

    def end_section(self) -> None:
        """What follows stands on pages of another kind."""
        self.end_with_text()
        self.body[-2].get_or_add_pPr().append(self.section.clone())

    def end_with_text(self) -> None:
        """A table may not be the last thing of a section."""
        if self.body[-2].tag == qn("w:tbl"):
            self.section.addprevious(paragraph("TableNote", []))

    def placed(self, placed: Placed) -> Iterator[BaseOxmlElement]:
        """A table or figure with caption and notes, or text, below its heading if it has one."""
        item = placed.item
        if placed.heading:
            yield _heading(placed.heading)
        if isinstance(item, Prose):
            yield from (paragraph("Normal", [run(text)]) for text in item.paragraphs)
            yield from (paragraph("Facts", _fact(fact)) for fact in item.facts)
        elif item.error is not None:
            yield self._caption("Caption", placed, item)
            yield paragraph("Missing", [run(item.error)])
        elif isinstance(item, Figure):
            yield paragraph("Figure", [w("r", w("drawing", self._picture(item)))])
            yield self._caption("FigureCaption", placed, item)
            yield from notes_below(item.notes)
        elif placed.fit is not None:
            yield self._caption("Caption", placed, item)
            yield table_element(item, placed.fit, self.report.style)
            yield from notes_below(item.notes)

    def _picture(self, figure: Figure) -> BaseOxmlElement:
        """The picture, no larger than a page, with its description for who cannot see it."""
        inline = self.document.part.new_pic_inline(BytesIO(charts.png(figure.spec, ppi=300)))
        scale = min(1.0, Pt(UPRIGHT) / inline.extent.cx, Pt(TALLEST) / inline.extent.cy)
        width, height = (Emu(round(side * scale)) for side in (inline.extent.cx, inline.extent.cy))
        for shape in (inline.extent, inline.graphic.graphicData.pic.spPr):
            shape.cx, shape.cy = width, height
        inline.docPr.set("descr", one_line(figure.alt))
        inline.docPr.set("name", figure.number)
        return inline

    def _caption(self, style: str, placed: Placed, item: Item) -> BaseOxmlElement:
        """“Table 1. Title”, on the page of the table; below a figure, on the page of its notes."""
        number = self._number(item) if placed.figure is None else _number_of(placed.figure)
        keep = style == "Caption" or bool(item.notes)
        return paragraph(style, [*number, run(". ", "Strong"), run(item.title)], keep=keep)

    def _number(self, item: Item) -> list[BaseOxmlElement]:
        """A counting field in a bookmark, so that Word counts on and can refer to it."""
        label, digits = item.number.rstrip("0123456789"), re.findall(r"\d*$", item.number)[0]
        sequence = re.sub(r"\W+", "_", label.strip())
        counted = field(f"SEQ {sequence} \\* ARABIC", digits, "Strong")
        return bookmarked(_bookmark(item), next(self.bookmarks), [run(label, "Strong"), *counted])


def _number_of(figure: Figure) -> list[BaseOxmlElement]:
    return [run("Numbers of ", "Strong"), *field(f"REF {_bookmark(figure)} \\h", figure.number, "Strong")]


def _bookmark(item: Item) -> str:
    return re.sub(r"\W", "_", item.key)

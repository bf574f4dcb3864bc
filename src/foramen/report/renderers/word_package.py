"""The Word file around its text: own styles and settings, page marks, properties without a clock, a repeatable zip."""

import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENTATION
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.section import CT_SectPr
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt

from foramen.report.document import Report
from foramen.report.renderers.paper import one_line
from foramen.report.renderers.widths import MARGIN, PAGE
from foramen.report.renderers.word_xml import field, paragraph, run
from foramen.report.style import Fonts

DRAWN_FOR = 10
"""The letter size, in points, that word-styles.xml is drawn for."""
UNWANTED = re.compile(
    r"/(thumbnail|extended-properties|customXml|numbering|stylesWithEffects|webSettings|fontTable|theme)$"
)
"""Parts of the library's template that say things of other documents."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip can hold."""


def empty_document(report: Report) -> Document:
    """A document without text that has the report's styles, marks, page numbers and properties."""
    document = docx.Document()
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, relation in relations.items() if UNWANTED.search(relation.reltype)]:
            del relations[key]
    _refill(document.styles.element, _styles(report.style.fonts))
    _refill(document.settings.element, list(_part("word-settings.xml")))
    _properties(document, report)
    _page(document, report)
    return document


def _part(name: str) -> BaseOxmlElement:
    element: BaseOxmlElement = parse_xml(files("foramen.report").joinpath("print", name).read_bytes())
    return element


def _refill(element: BaseOxmlElement, children: Sequence[BaseOxmlElement]) -> None:
    for child in list(element):
        element.remove(child)
    element.extend(children)


def _styles(fonts: Fonts) -> list[BaseOxmlElement]:
    """The styles in the journal's typeface, every size shifted as the text's is."""
    root = _part("word-styles.xml")
    value = qn("w:val")
    for size in root.xpath("//w:sz | //w:szCs"):
        size.set(value, str(int(size.get(value)) + 2 * (fonts.size - DRAWN_FOR)))
    for family in root.xpath("//w:rFonts"):
        for script in list(family.attrib):
            family.set(script, fonts.body)
    return list(root)


def _properties(document: Document, report: Report) -> None:
    core = document.core_properties
    day = datetime.fromisoformat(report.day)
    core.title, core.subject, core.identifier = one_line(report.title), one_line(report.question), report.id
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.created = core.modified = day
    core.language, core.revision = "en-GB", 1


def _page(document: Document, report: Report) -> None:
    """The marks at the head of every page, what report it is and the page number at its foot."""
    section = document.sections[0]
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(MARGIN)
    section.header_distance = section.footer_distance = Pt(MARGIN / 2)
    header = [paragraph("Header", [run(mark)]) for mark in report.marks] or [paragraph("Header", [])]
    _refill(section.header._element, header)
    numbers = [run(f"{report.id}, {report.day}. Page "), *field("PAGE", "1"), run(" of "), *field("NUMPAGES", "1")]
    _refill(section.footer._element, [paragraph("Footer", numbers)])


def turn(section: CT_SectPr, *, turned: bool) -> None:
    """Make the pages of a section upright or turned A4."""
    width, height = (Pt(side) for side in (reversed(PAGE) if turned else PAGE))
    section.page_width, section.page_height = width, height
    section.orientation = WD_ORIENTATION.LANDSCAPE if turned else WD_ORIENTATION.PORTRAIT


def packed(document: Document) -> bytes:
    """The file; the same document gives the same bytes."""
    written, repeatable = BytesIO(), BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(repeatable, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return repeatable.getvalue()

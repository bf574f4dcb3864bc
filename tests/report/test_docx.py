"""The Word file: read back with python-docx, checked against the order the schema demands, and set by LibreOffice.

`python -m tests.report.test_docx` renews the stored outline.
"""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENTATION
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph
from lxml import etree

from foramen.report.renderers.word import render_docx
from foramen.report.style import load_style, style_names
from foramen.report.table import Column, Row, Table, cell_text
from tests.report.paper import Paper, set_by_libreoffice
from tests.report.sample import sample_report
from tests.report.wide import odd_report, wide_report

STORED = Path(__file__).parent / "golden" / "sample-docx.txt"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def reopened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


@pytest.fixture(scope="module")
def sample() -> Document:
    return reopened(render_docx(sample_report()))


@pytest.fixture(scope="module")
def wide() -> Document:
    return reopened(render_docx(wide_report()))


# An outline that a person can compare


def outline(document: Document) -> str:
    """Every paragraph with its style and every table by cells; what is set in a style is named, fields are shown."""
    lines = [f"{part}: {p.text}" for part, text in _edges(document) for p in text]
    for block in document.iter_inner_content():
        lines += [_line(block)] if isinstance(block, Paragraph) else list(_table_lines(block))
    return "\n".join(lines) + "\n"


def _edges(document: Document) -> list[tuple[str, list[Paragraph]]]:
    section = document.sections[0]
    return [("header", section.header.paragraphs), ("footer", section.footer.paragraphs)]


def _line(paragraph: Paragraph) -> str:
    return f"{paragraph.style.name}: {_said(paragraph)}"


def _said(paragraph: Paragraph) -> str:
    words = []
    for run in paragraph.runs:
        instruction = "".join(code.text for code in run._r.findall(f"{W}instrText"))
        text = f"{{{instruction.strip()}}}" if instruction else run.text
        picture = run._r.find(f".//{qn('wp:docPr')}")
        if picture is not None:
            text = f"[picture: {picture.get('descr')}]"
        named = run.style.name if run.style.name != "Default Paragraph Font" else ""
        words.append(f"<{named}|{text}>" if named and text else text)
    return "".join(words)


def _table_lines(table: WordTable) -> Iterator[str]:
    yield f"table: {table.style.name}"
    for row in table.rows:
        repeated = row._tr.trPr.find(f"{W}tblHeader") is not None
        cells = [" / ".join(_line(p) for p in cell.paragraphs) for cell in own_cells(row)]
        yield ("  head | " if repeated else "  row  | ") + " | ".join(cells)


def own_cells(row: WordRow) -> list[WordCell]:
    return [WordCell(tc, row) for tc in row._tr.tc_lst]


def test_outline_of_the_sample_is_the_stored_one(sample: Document) -> None:
    assert outline(sample) == STORED.read_text(encoding="utf-8")


# Captions and references


def instructions(document: Document) -> list[str]:
    return [code.text.strip() for code in document.element.iter(f"{W}instrText")]


def test_captions_count_by_fields_that_show_the_printed_number(wide: Document) -> None:
    captions = [p.text for p in wide.paragraphs if p.style.name in ("Caption", "Figure Caption")]
    numbers = ["Table 1.", "Table 2.", "Figure 1.", "Table 3.", "Figure 2.", "Table 4.", "Table 5.", "Table S1."]
    assert [" ".join(text.split(" ")[:2]) for text in captions[:-1]] == numbers
    assert captions[-1] == "Numbers of Figure 1. Pain before, at 15 minutes and at 1 month"
    counted = [re.sub(r"SEQ (\w+) .*", r"\1", code) for code in instructions(wide)]
    tables, figures = ["Table", "Table"], ["Figure"]
    assert counted == [*tables, *figures, "Table", "Figure", *tables, "Table_S", "REF figure_1 \\h"]


def test_every_caption_can_be_referred_to(wide: Document) -> None:
    starts = list(wide.element.iter(f"{W}bookmarkStart"))
    names = [start.get(qn("w:name")) for start in starts]
    assert names == ["table_1", "table_2", "figure_1", "table_3", "figure_2", "table_4", "table_5", "table_s1"]
    assert len({start.get(qn("w:id")) for start in starts}) == len(names)
    marked = [start.getparent() for start in starts]
    assert all(p.find(f"{W}bookmarkEnd") is not None for p in marked)


# Tables


def test_head_repeats_and_no_row_breaks(wide: Document) -> None:
    for table in wide.tables:
        lines = 2 if table.cell(0, 0)._tc.vMerge else 1
        heads = [row._tr.trPr.find(f"{W}tblHeader") is not None for row in table.rows]
        assert heads == [True] * lines + [False] * (len(heads) - lines)
        assert all(row._tr.trPr.find(f"{W}cantSplit") is not None for row in table.rows)


def test_headings_in_common_are_merged(sample: Document) -> None:
    table = sample.tables[1]
    words = [[cell.text for cell in row.cells] for row in table.rows[:2]]
    assert words[0] == ["Root", "With score", "15 minutes", "15 minutes", "1 month", "1 month", "p"]
    assert words[1] == ["Root", "With score", "n", "% (95% interval)", "n", "% (95% interval)", "p"]
    assert table.cell(0, 2)._tc is table.cell(0, 3)._tc
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc


def test_a_group_is_one_cell_over_the_whole_table(sample: Document) -> None:
    row = next(row for row in sample.tables[1].rows if row.cells[0].text == "By root")
    assert len(row._tr.tc_lst) == 1
    assert row._tr.tc_lst[0].grid_span == 7


def test_rows_are_set_in_by_style_not_by_blanks(sample: Document) -> None:
    cells = [cell for table in sample.tables for row in table.rows for cell in row.cells]
    assert not [cell.text for cell in cells if cell.text != cell.text.strip()]
    indents = {p.style.name: p.style.paragraph_format.left_indent for p in cells_paragraphs(sample)}
    assert (indents["Table Indent 1"], indents["Table Indent 2"]) == (Pt(10), Pt(20))


def cells_paragraphs(document: Document) -> list[Paragraph]:
    cells = (cell for table in document.tables for row in table.rows for cell in own_cells(row))
    return [p for cell in cells for p in cell.paragraphs]


def test_marks_of_notes_are_raised_by_style(sample: Document) -> None:
    raised = [run for p in cells_paragraphs(sample) for run in p.runs if run.style.name == "Note Mark"]
    assert [run.text for run in raised] == ["a", "b", "b"]
    assert sample.styles["Note Mark"].font.superscript
    notes = [p.text for p in sample.paragraphs if p.style.name == "Table Note"]
    assert notes[:2] == [
        "a What was drawn up, not what was ordered; κ ≥ 0.61 between the two sources.",
        "b Nobody got it.",
    ]


def test_withheld_and_failed_numbers_say_so(sample: Document) -> None:
    said = [run.text for p in cells_paragraphs(sample) for run in p.runs if run.style.name == "Withheld"]
    words = ["suppressed, 1 to 10", "suppressed", "not computed", *["suppressed, would give away L1 and L2"] * 2]
    assert said == words


def test_every_printed_cell_stands_in_the_file(wide: Document) -> None:
    report = wide_report()
    shown = [item for item in report.items if isinstance(item, Table) and item.error is None]
    shown.append(report.figures()[0].table)
    for table, word in zip(shown, wide.tables, strict=True):
        printed = [[cell_text(row.head), *map(cell_text, row.cells)] for row in table.rows]
        body = [row for row in word.rows if row._tr.trPr.find(f"{W}tblHeader") is None]
        assert [[_without_marks(cell) for cell in own_cells(row)] for row in body] == printed


def _without_marks(cell: WordCell) -> str:
    (paragraph,) = cell.paragraphs
    text = "".join(run.text for run in paragraph.runs if run.style.name != "Note Mark")
    return text.replace("\u00a0", " ")


def test_no_bold_run_stands_in_a_bold_paragraph_style(wide: Document) -> None:
    """Word takes the one for the contrary of the other, LibreOffice does not."""
    bold = {"Table Group", "Table Head", "Table Head Number", "Table Span", "Title", "Heading 1"}
    assert all(wide.styles[name].font.bold or wide.styles[name].base_style.font.bold for name in bold)
    everything = [*wide.paragraphs, *cells_paragraphs(wide)]
    assert [p.text for p in everything for r in p.runs if p.style.name in bold and r.style.name == "Strong"] == []


def test_a_table_that_cannot_be_filled_says_why_in_its_place(sample: Document) -> None:
    texts = [p.text for p in sample.paragraphs]
    place = texts.index("Table 3. Contrast patterns by reader")
    assert texts[place + 1] == "The snapshot has no column contrast_pattern, which the readers fill in."


def test_an_article_comes_first_and_what_it_was_made_from_last(wide: Document) -> None:
    report, texts = wide_report(), [p.text for p in wide.paragraphs]
    assert texts[:3] == [report.title, report.question, "Results"]
    heads = [p.text for p in wide.paragraphs if p.style.name == "Heading 1"]
    assert heads == [
        "Results", "Statistical methods", "Supplementary tables", "Numbers behind the figures", "Provenance",
    ]  # fmt: skip
    methods = texts.index("Statistical methods")
    assert texts[methods + 1 : methods + 3] == list(report.methods)
    facts = texts[texts.index("Provenance") + 1 :]
    assert facts == [f"{fact.name}\t{fact.text}" for fact in report.stamp]


def test_wide_tables_stand_on_turned_pages_and_the_others_do_not(wide: Document) -> None:
    turned = [section.orientation == WD_ORIENTATION.LANDSCAPE for section in wide.sections]
    assert turned == [False, True, False, True, False]
    grids = [sum(int(col.get(qn("w:w"))) / 20 for col in t._tbl.tblGrid.gridCol_lst) for t in wide.tables]
    assert [width > 454 for width in grids] == [False, False, True, True, True, False]
    assert max(grids) < 701


# Figures


def test_a_figure_has_300_dots_per_inch_and_words(sample: Document) -> None:
    (shape,) = sample.inline_shapes
    part = sample.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
    assert part.image.px_width / (shape.width / 914400) >= 299.5
    assert part.image.horz_dpi == 300
    assert shape.width <= Pt(454)
    drawn = sample_report().figures()[0]
    assert shape._inline.docPr.get("descr") == drawn.alt


def test_pictures_are_told_apart() -> None:
    figure = sample_report().figures()[0]
    both = (figure, replace(figure, key="figure-2", number="Figure 2"))
    shapes = reopened(render_docx(replace(sample_report(), items=both))).inline_shapes
    assert [shape._inline.docPr.get("name") for shape in shapes] == ["Figure 1", "Figure 2"]
    assert len({shape._inline.docPr.get("id") for shape in shapes}) == 2


# The page, the language, the typeface


def test_marks_and_page_numbers_stand_on_every_page(wide: Document) -> None:
    for section in wide.sections:
        assert [p.text for p in section.header.paragraphs] == list(wide_report().marks)
        footer = section.footer.paragraphs[0]
        assert footer.text == "lumbar-root-relief, 2026-11-01. Page 1 of 1"
        assert [code.text.strip() for code in footer._p.iter(f"{W}instrText")] == ["PAGE", "NUMPAGES"]
        assert not section.different_first_page_header_footer


@pytest.mark.parametrize("name", style_names())
def test_the_journal_sets_typeface_and_size(name: str) -> None:
    style = load_style(name)
    document = reopened(render_docx(replace(sample_report(), style=style)))
    defaults = document.styles.element.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    assert defaults.find(f"{W}rFonts").get(qn("w:ascii")) == style.fonts.body
    assert defaults.find(f"{W}lang").get(qn("w:val")) == "en-GB"
    assert int(defaults.find(f"{W}sz").get(qn("w:val"))) == 2 * style.fonts.size
    assert document.styles["Table Text"].font.size == Pt(style.fonts.size - 1)
    faces = {family.get(qn("w:ascii")) for family in document.styles.element.iter(f"{W}rFonts")}
    assert faces == {style.fonts.body}


def test_only_the_sign_of_the_p_value_is_slanted_in_a_heading(sample: Document) -> None:
    slanted = [run.text for p in cells_paragraphs(sample) for run in p.runs if run.style.name == "Emphasis"]
    assert set(slanted) == {"p"}


def test_properties_tell_the_report_and_no_clock(sample: Document) -> None:
    core, report = sample.core_properties, sample_report()
    assert (core.title, core.subject, core.identifier) == (report.title, report.question, report.id)
    assert core.created == core.modified == datetime(2026, 11, 1, tzinfo=UTC)
    assert (core.author, core.comments, core.language) == ("", "", "en-GB")


# The file


def test_same_bytes_in_another_process_with_another_seed() -> None:
    code = (
        "import hashlib; from foramen.report.renderers.word import render_docx; "
        "from foramen.report.renderers.pdf import render_pdf; from tests.report.wide import odd_report, wide_report; "
        "report = wide_report(); print(hashlib.sha256(render_docx(report) + render_pdf(report)).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, cwd=Path(__file__).parents[2],
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert re.fullmatch(r"[0-9a-f]{64}\n", runs[0])


def test_parts_are_ours_and_dated_alike() -> None:
    with zipfile.ZipFile(io.BytesIO(render_docx(sample_report()))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert sorted(package.namelist()) == [
            "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/_rels/document.xml.rels",
            "word/document.xml", "word/footer1.xml", "word/header1.xml", "word/media/image1.png",
            "word/settings.xml", "word/styles.xml",
        ]  # fmt: skip


ORDER = {
    "pPr": "pStyle keepNext keepLines pBdr tabs spacing ind contextualSpacing jc outlineLvl sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs vertAlign lang",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "tcPr": "tcW gridSpan vMerge tcBorders vAlign",
    "trPr": "cantSplit tblHeader",
    "sectPr": "headerReference footerReference type pgSz pgMar cols docGrid",
    "style": "name basedOn next uiPriority qFormat pPr rPr tblPr tblStylePr",
}
"""Children in the sequence of ECMA-376 part 1, as far as they are used. Word refuses a file that mixes them up."""


def test_children_stand_in_the_order_of_the_schema() -> None:
    with zipfile.ZipFile(io.BytesIO(render_docx(wide_report()))) as package:
        roots = [etree.fromstring(package.read(f"word/{name}.xml")) for name in ("document", "styles", "header1")]
    for name, children in ORDER.items():
        places = {f"{W}{child}": place for place, child in enumerate(children.split())}
        for element in (found for root in roots for found in root.iter(f"{W}{name}")):
            order = [places[child.tag] for child in element]
            assert order == sorted(order), (name, [child.tag for child in element])


def test_styles_used_are_styles_defined(wide: Document) -> None:
    defined = {style.style_id for style in wide.styles}
    named = set(wide.element.xpath("//w:tblStyle/@w:val | //w:pStyle/@w:val | //w:rStyle/@w:val"))
    assert len(named) > 10
    assert named <= defined


def test_odd_letters_do_not_break_the_file() -> None:
    odd = "L5 \x00<&>\x1b ]]> ’\nS1"
    table = Table("table-1", "Table 1", odd, odd, (Column(odd, odd),), (Row((odd,), ((odd,),)),))
    document = reopened(render_docx(replace(sample_report(), items=(table,), title=odd, marks=(odd,))))
    assert document.tables[0].cell(1, 1).text == "L5  <&>  ]]> ’ S1"


@pytest.mark.parametrize(
    "odd", ["\u202eright to left\u202c", "\u2066isolated\u2069", "a\u0085b\u2028c", "\x07bell\x1b"]
)
def test_marks_of_direction_and_control_do_not_break_the_file(odd: str) -> None:
    table = Table("table-1", "Table 1", odd, odd, (Column(odd, odd),), (Row((odd,), ((odd,),)),))
    report = replace(sample_report(), items=(table,), title=odd, question=odd, marks=(odd,), methods=(odd,))
    assert len(reopened(render_docx(report)).tables) == 1


def test_tables_of_any_shape_have_a_cell_for_every_column_of_the_grid() -> None:
    tables = reopened(render_docx(odd_report())).tables
    assert [len(table.rows) for table in tables] == [12, 2, 1, 2]
    for table in tables:
        assert {sum(tc.grid_span for tc in row._tr.tc_lst) for row in table.rows} == {len(table.columns)}


def test_a_report_without_anything_to_show_is_a_document() -> None:
    empty = replace(sample_report(), items=(), marks=(), stamp=(), methods=(), question="")
    assert [p.text for p in reopened(render_docx(empty)).paragraphs] == [empty.title]


# On paper


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    return set_by_libreoffice(render_docx(wide_report()), tmp_path_factory.mktemp("libreoffice"))


def test_libreoffice_shows_marks_captions_and_numbers(printed: Paper) -> None:
    pages = printed.pages()
    for number, page in enumerate(pages):
        assert all(mark in page for mark in wide_report().marks)
        assert f"Page {number + 1} of {len(pages)}" in page
    text = "\n".join(pages)
    for item in wide_report().items:
        assert f"{item.number}. {item.title}"[:60] in text
    assert "Numbers of Figure 1. Pain before" in text
    assert "Error" not in text


def test_libreoffice_repeats_the_head_of_a_long_table(printed: Paper) -> None:
    pages = [page for page in printed.pages() if "Moses interval" in page]
    assert len(pages) > 3
    assert all(re.search(r"Analysis +Quantity +Of +n +Estimate +Interval +p +Method", page) for page in pages)


def test_libreoffice_breaks_no_number(printed: Paper) -> None:
    text = "\n".join(printed.pages())
    assert text.count("51.29 ± 18.77") == 3
    assert text.count("−1.50 to 0.75") == 70
    assert text.count("46.5 (43.6; 49.5)") == 1


def test_nothing_sticks_out_of_the_page(printed: Paper) -> None:
    assert printed.ink_outside() == [0.0] * len(printed.pages())


if __name__ == "__main__":
    STORED.write_text(outline(reopened(render_docx(sample_report()))), encoding="utf-8")

"""The PDF: its text page by page, its tags and fonts, and its ink. Read back with poppler, never by typst itself.

`python -m tests.report.test_pdf` renews the stored text.
"""

import json
import re
import string
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.kernel.errors import OutputError
from foramen.report.document import Report
from foramen.report.renderers.pdf import render_pdf
from foramen.report.renderers.widths import UPRIGHT, _width, fit
from foramen.report.style import load_style, style_names
from foramen.report.table import Column, Row, Table, Value
from tests.report.paper import Paper
from tests.report.sample import sample_report
from tests.report.wide import odd_report, wide_report

STORED = Path(__file__).parent / "golden" / "sample-pdf.txt"


def paper(report: Report, folder: Path) -> Paper:
    path = folder / "report.pdf"
    path.write_bytes(render_pdf(report))
    return Paper(path)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    return paper(sample_report(), tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    return paper(wide_report(), tmp_path_factory.mktemp("wide"))


def words(sample: Paper) -> str:
    """The text of each page, runs of blanks as two."""
    pages = [re.sub(r"(?<=\S) {2,}", "  ", re.sub(r"\n{2,}", "\n", page)).strip("\n") for page in sample.pages()]
    return "".join(f"page {number + 1}\n{page}\n" for number, page in enumerate(pages))


def test_text_of_the_sample_is_the_stored_one(sample: Paper) -> None:
    assert words(sample) == STORED.read_text(encoding="utf-8")


# Who cannot see it


def test_declares_pdf_ua_language_and_title(sample: Paper) -> None:
    content = sample.path.read_bytes()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    info = dict(line.split(":", 1) for line in sample.info().splitlines())
    assert (info["Tagged"].strip(), info["Title"].strip()) == ("yes", sample_report().title)
    assert re.search(rb"/Lang ?\(en-GB\)", content)
    assert re.search(rb"/DisplayDocTitle true", content)


def test_tables_have_tagged_heads_and_figures_have_words(wide: Paper) -> None:
    """Heads of columns, headings in common and groups of rows are header cells."""
    report, tags = wide_report(), wide.info("-struct")
    shown = [table for table in report.tables() if table.error is None] + [report.figures()[0].table]
    assert len(re.findall(r"^ *Table \(block\)", tags, re.M)) == len(shown)
    assert len(re.findall(r"^ *TH <", tags, re.M)) == sum(map(heads, shown))
    assert f"/Alt({report.figures()[0].alt})".encode() in re.sub(rb"/Alt \(", b"/Alt(", wide.objects())


def heads(table: Table) -> int:
    groups = [row for row in table.rows if not row.cells]
    return 1 + len(table.columns) + len([span for span in table.spans if span.text]) + len(groups)


def test_marks_are_read_aloud_once_and_seen_on_every_page(sample: Paper, wide: Paper) -> None:
    read = sample.info("-struct-text")
    assert [read.count(mark) for mark in sample_report().marks] == [1, 1]
    pages = wide.pages()
    for number, page in enumerate(pages):
        assert all(mark in page for mark in wide_report().marks)
        assert f"Page {number + 1} of {len(pages)}" in page


# What is printed


def test_every_number_of_the_sample_is_printed_whole(sample: Paper) -> None:
    text = "\n".join(sample.pages())
    whys = sample_report().whys
    assert len(whys) > 40
    printed = [part.text for table in sample_report().tables() for part in table.parts() if hasattr(part, "row")]
    numbers = [number for number in printed if number[0].isdigit()]
    assert [number for number in numbers if number not in text] == []
    assert "46.5 (43.6; 49.5)" in text
    assert "suppressed, 1 to 10" in text
    assert "The snapshot has no column contrast_pattern, which the readers fill in." in text


def test_the_head_of_a_long_table_is_repeated(wide: Paper) -> None:
    pages = [page for page in wide.pages() if "Moses interval" in page]
    assert len(pages) > 3
    assert all(re.search(r"Analysis +Quantity +Of +n +Estimate +Interval +p +Method", page) for page in pages)


def test_no_number_is_broken(wide: Paper) -> None:
    text = "\n".join(wide.pages())
    assert text.count("51.29 ± 18.77") == 3
    assert text.count("−1.50 to 0.75") == 70


def test_wide_tables_stand_on_turned_pages(wide: Paper) -> None:
    sizes = re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", wide.info("-l", "99"))
    turned = [float(width) > float(height) for width, height in sizes]
    assert turned == ["Moses" in p or "sixteen" in p for p in wide.pages()]
    assert True in turned
    assert False in turned


@pytest.mark.parametrize("report", [sample_report, wide_report])
@pytest.mark.parametrize("style", style_names())
def test_nothing_sticks_out_of_the_page(report: Callable[[], Report], style: str, tmp_path: Path) -> None:
    printed = paper(replace(report(), style=load_style(style)), tmp_path)
    assert printed.ink_outside() == [0.0] * len(printed.pages())


@pytest.mark.parametrize(("style", "face"), [("ama", "LiberationSerif"), ("swiss", "LiberationSans")])
def test_fonts_of_the_package_are_embedded(style: str, face: str, tmp_path: Path) -> None:
    printed = paper(replace(sample_report(), style=load_style(style)), tmp_path)
    listed = printed.fonts()
    assert any(name.endswith(f"+{face}") for name, _ in listed)
    assert {name.split("+")[1].split("-")[0] for name, _ in listed} <= {face, "LiberationSans"}
    assert all(embedded == "yes" for _, embedded in listed)


def test_an_article_comes_first_and_what_it_was_made_from_last(wide: Paper) -> None:
    text = "\n".join(wide.pages())
    parts = ("Results", "Statistical methods", "Supplementary tables", "Numbers behind the figures", "Provenance")
    places = [text.index(f"\n{part}\n") for part in parts]
    assert places == sorted(places) and "Snapshot" not in text[: places[-1]]
    assert text.index(sample_report().question[:40]) < places[0]


# What must not happen


def test_text_is_never_taken_for_markup(tmp_path: Path) -> None:
    odd = '#panic("run") *bold* $x_1$ @ref <label> [c] \\u{41} "q" `raw` // no comment'
    table = Table("table-1", "Table 1", odd, odd, (Column(odd, odd, "left"),), (Row((odd,), ((odd,),)),))
    printed = paper(replace(sample_report(), items=(table,), title=odd, marks=(odd,), methods=(odd,)), tmp_path)
    text = " ".join(printed.pages()[0].split())
    assert text.count('#panic("run") *bold* $x_1$ @ref <label> [c] \\u{41} "q" `raw` // no comment') >= 3


@pytest.mark.parametrize("odd", ["\u202eright to left\u202c", "\u2066isolated\u2069", "a\u0085b\u2028c", "\x07bell"])
def test_marks_of_direction_and_control_do_not_stop_it(odd: str, tmp_path: Path) -> None:
    table = Table("table-1", "Table 1", odd, odd, (Column(odd, odd, "left"),), (Row((odd,), ((odd,),)),))
    report = replace(sample_report(), items=(table,), title=odd, question=odd, marks=(odd,), methods=(odd,))
    assert paper(report, tmp_path).pages()


def test_a_letter_that_the_package_lacks_is_taken_from_the_machine(tmp_path: Path) -> None:
    printed = paper(replace(sample_report(), question="Is the consent signed (✓)?"), tmp_path)
    assert "signed (✓)?" in printed.pages()[0]
    assert all(embedded == "yes" for _, embedded in printed.fonts())


def test_a_letter_that_no_font_has_is_refused_in_words() -> None:
    report = replace(sample_report(), question="Does \U0001fbff\U000e0fff help?")
    with pytest.raises(OutputError, match="no font on this machine has a letter of the report"):
        render_pdf(report)


def test_odd_letters_and_an_empty_report_are_set(tmp_path: Path) -> None:
    empty = replace(sample_report(), items=(), marks=(), stamp=(), methods=(), question="", title="Pain\x00or\nnot")
    assert "Pain or not" in paper(empty, tmp_path).pages()[0]


def test_tables_of_any_shape_are_set(tmp_path: Path) -> None:
    (page,) = paper(odd_report(), tmp_path).pages()
    lines = [" ".join(line.split()) for line in page[page.index("Table 1") :].splitlines() if line]
    assert lines[:14] == [
        "Table 1. Groups", "S n", "A", "B", "b 1", "C", "c 1", "D", "E", "e 1", "only words", "deep 1", "last",
        "Table 2. One group",
    ]  # fmt: skip


texts = st.text("aeinrst WM%_-±0123456789", min_size=1, max_size=18)
numbers = st.builds(lambda text: (Value(text, 0),), texts)


@given(
    columns=st.lists(st.builds(Column, texts, texts, st.sampled_from(["left", "right"])), min_size=1, max_size=14),
    data=st.data(),
)
@settings(max_examples=25, deadline=None)
def test_whatever_the_table_nothing_sticks_out(columns: list[Column], data: st.DataObject) -> None:
    cells = st.tuples(*[numbers] * len(columns))
    rows = data.draw(st.lists(st.builds(Row, st.builds(lambda text: (text,), texts), cells), min_size=1, max_size=3))
    table = Table("table-1", "Table 1", "T", data.draw(texts), tuple(columns), tuple(rows))
    with TemporaryDirectory() as folder:
        printed = paper(replace(sample_report(), items=(table,), title="T"), Path(folder))
        assert set(printed.ink_outside()) == {0.0}


def test_turned_table_first_leaves_the_title_upright(tmp_path: Path) -> None:
    report = wide_report()
    printed = paper(replace(report, items=report.items[5:6]), tmp_path)
    first, turned, last = printed.pages()
    assert report.question[:40] in first and "Scores by group and time" not in first
    assert "Scores by group and time" in turned and "Statistical methods" in last


# Column widths


def test_letter_widths_are_those_of_the_typeface() -> None:
    """Against the font itself: the text of any cell may be at most 6 % wider than reckoned."""
    whole = ["51.29 ± 18.77", "< 0.001", "0.61 (0.44 to 0.78)", "1,046 (96.9%)", "No score at 1 month",
             "suppressed, would give away L1 and L2", "Oswestry Disability Index, %"]  # fmt: skip
    measured_texts = [*string.ascii_letters, *string.digits, *whole]
    code = """#set text(font: "Liberation Sans", size: 10pt)
        #context [#metadata(json(bytes(sys.inputs.t)).map(t => measure(t).width.pt())) <w>]"""
    fonts = files("foramen.report").joinpath("print", "fonts")
    measured = json.loads(
        typst.query(code.encode(), "<w>", field="value", one=True, font_paths=[str(fonts)], ignore_system_fonts=True,
                    sys_inputs={"t": json.dumps(measured_texts)})
    )  # fmt: skip
    ratios = {text: width / (10 * _width(text)) for text, width in zip(measured_texts, measured, strict=True)}
    assert {text: ratio for text, ratio in ratios.items() if not 0.8 < ratio < 1.25} == {}
    assert {text: ratios[text] for text in whole if not 0.94 < ratios[text] < 1.05} == {}


@pytest.mark.parametrize("style", style_names())
def test_columns_share_the_page(style: str) -> None:
    fonts = load_style(style).fonts
    for table in (item for item in wide_report().items if isinstance(item, Table) and item.error is None):
        room = fit(table, fonts)
        assert sum(room.widths) <= (700.2 if room.turned else UPRIGHT) + 1e-6
        assert min(room.widths) > 15


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        STORED.write_text(words(paper(sample_report(), Path(folder))), encoding="utf-8")

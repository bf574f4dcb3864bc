"""Tables as CSV: the stored files, the guard against formulas, and nothing lost on the way.

`python -m tests.report.test_csv` renews the stored file.
"""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.report.renderers.csv_tables import render_csv
from foramen.report.table import Column, Mark, Row, Table, Value
from tests.report.sample import sample_report
from tests.report.wide import wide_report

STORED = Path(__file__).parent / "golden" / "sample-csv.txt"


def listed(files: dict[str, str]) -> str:
    """All files one after another, each below its name, without the byte-order mark."""
    return "".join(f"# {name}\n{text[1:]}\n" for name, text in files.items())


def lines(text: str) -> list[list[str]]:
    """As a spreadsheet reads it: the byte-order mark taken off."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def table_of(*cells: str) -> dict[str, str]:
    columns = tuple(Column(f"c{place}") for place, _ in enumerate(cells[1:]))
    table = Table("table-1", "Table 1", "T", "", columns, (Row((cells[0],), tuple((cell,) for cell in cells[1:])),))
    return render_csv(replace(sample_report(), items=(table,), marks=()))


def test_files_of_the_sample_are_the_stored_ones() -> None:
    assert listed(render_csv(sample_report())) == STORED.read_text(encoding="utf-8")


def test_every_table_and_every_figure_has_a_file() -> None:
    names = [f"{item.key}.csv" for item in wide_report().items]
    assert list(render_csv(wide_report())) == names
    assert {"figure-1.csv", "table-s1.csv"} <= set(names)


def test_starts_with_the_mark_that_makes_spreadsheets_read_utf_8() -> None:
    for text in render_csv(sample_report()).values():
        assert text.encode()[:3] == b"\xef\xbb\xbf"


def test_withheld_and_failed_numbers_say_so_and_why() -> None:
    found = lines(render_csv(sample_report())["table-1.csv"])
    rows = {line[0]: line[1:] for line in found if line}
    assert rows["Local anaesthetic alone"] == ["not computed [b]", "", ""]
    assert rows["[b] Nobody got it."] == []
    (drug,) = (cells for name, cells in rows.items() if name.startswith("Another steroid"))
    assert drug == ["33 (3.1%)", "suppressed, 1 to 10", "suppressed"]


def test_marks_of_the_report_stand_in_every_file() -> None:
    for text in render_csv(sample_report()).values():
        assert [line[0] for line in lines(text)[1:3]] == list(sample_report().marks)


def test_every_line_of_a_table_is_as_wide_as_its_head() -> None:
    found = lines(render_csv(wide_report())["table-4.csv"])
    widths = {len(line) for line in found if len(line) > 1}
    assert widths == {13}


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@sum", "  =1", '=HYPERLINK("x")', "−\n=x", "- no"])
def test_a_cell_is_never_run(text: str) -> None:
    line = lines(table_of(text, text)["table-1.csv"])[3]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in line)


@pytest.mark.parametrize("text", ["-0.5", "+1", "-1e3", "−0.5", "0.05", "< 0.001"])
def test_a_number_stays_a_number(text: str) -> None:
    assert lines(table_of("a", text)["table-1.csv"])[3] == ["a", text]


def test_a_letter_of_a_note_is_told_from_the_number() -> None:
    table = Table("table-1", "Table 1", "T", "", (Column("n"),), (Row(("a",), ((Value("12", 0), Mark("a")),)),))
    assert lines(render_csv(replace(sample_report(), items=(table,)))["table-1.csv"])[-1] == ["a", "12 [a]"]


printable = st.text(st.characters(exclude_categories=("Cc", "Cs")))


@given(st.lists(printable, min_size=2, max_size=5))
def test_every_cell_comes_back(cells: list[str]) -> None:
    """Quotes, commas, line separators of other alphabets: all but the guard's quote stands as it was."""
    line = lines(table_of(*cells)["table-1.csv"])[3]
    assert [cell if cell == before else cell.removeprefix("'") for cell, before in zip(line, cells, strict=True)] == [
        cell.replace("\ufffe", " ").replace("\uffff", " ") for cell in cells
    ]


if __name__ == "__main__":
    STORED.write_text(listed(render_csv(sample_report())), encoding="utf-8")

"""What spreadsheets and Parquet files hold beside text: what they show is what is read, or the cell is named."""

import warnings
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from foramen.kernel.errors import DataError
from tests.intake.small import LONG, WIDE, changed, imported, rows_of

HEADER = ["pid", "age", "arm", "n0", "n1"]
DECIMAL = changed(WIDE, ("low = 0\nhigh = 10\n", "decimals = 2\nlow = 0\nhigh = 10\n"))
IGNORING = changed(WIDE, ("[source]", '[source]\nother_columns = "ignore"'))


def sheet(
    folder: Path, *rows: Sequence[Any], merges: Sequence[str] = (), formats: dict[str, str] | None = None
) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merges:
        book.active.merge_cells(area)
    for cell, form in (formats or {}).items():
        book.active[cell].number_format = form
    book.save(folder / "data.xlsx")
    return folder / "data.xlsx"


def replaced(file: Path, old: bytes, new: bytes) -> Path:
    """The workbook with a piece of its sheet replaced."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(old, new)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def columnar(folder: Path, **columns: Any) -> Path:
    base = {"pid": [7, 2], "age": [50, 61], "arm": ["A", "B"], "n0": [8, 1], "n1": [3, 2]}
    pq.write_table(pa.table({**base, **columns}), folder / "data.parquet")
    return folder / "data.parquet"


def faults_of(folder: Path, file: Path, mapping: str = WIDE) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as caught:
        imported(folder, file, mapping=mapping)
    return [(fault.where.removeprefix(f"{file.name}, "), fault.what) for fault in caught.value.faults]


@pytest.mark.parametrize("form", ["0%", "0.00%", "[Red]0.0%;-0%"])
def test_a_percentage_of_a_sheet_is_not_taken_for_its_hundredth(tmp_path: Path, form: str) -> None:
    file = sheet(tmp_path, HEADER, [7, 50, "A", 0.5, 3], formats={"D2": form})
    assert faults_of(tmp_path, file, DECIMAL) == [("row 2, column “n0”", "a percentage where a number is needed")]


def test_a_percent_sign_that_a_format_only_prints_changes_nothing(tmp_path: Path) -> None:
    file = sheet(tmp_path, HEADER, [7, 50, "A", 5, 3], formats={"D2": '0" %"', "E2": "0\\%"})
    snapshot, _ = imported(tmp_path, file)
    assert rows_of(snapshot, "nrs__before", "nrs__after") == [(5, 3)]


def test_merged_cells_are_named_where_they_have_no_value_of_their_own(tmp_path: Path) -> None:
    rows = [HEADER, [7, 50, "A", 8, 3], [8, 51, "A", None, 3], [9, 52, "A", 8, None]]
    file = sheet(tmp_path, *rows, merges=["D2:D3", "D4:E4", "G1:H4"])
    what = "the cell is merged with another one"
    assert faults_of(tmp_path, file) == [("row 3, column “n0”", what), ("row 4, column “n1”", what)]


def test_a_patient_number_merged_over_its_rows_is_named_once(tmp_path: Path) -> None:
    rows = [["pid", "time", "age", "arm", "n"], [7, 1, 50, "A", 8], [None, 2, 50, "A", 3]]
    file = sheet(tmp_path, *rows, merges=["A2:A3"])
    assert faults_of(tmp_path, file, LONG) == [("row 3, column “pid”", "the cell is merged with another one")]


def test_rows_merged_as_a_whole_and_ignored_columns_are_no_fault(tmp_path: Path) -> None:
    rows = [[*HEADER, "note"], [7, 50, "A", 8, 3, "both"], [8, 51, "A", 7, 2, None]]
    rows += [[9, 52, "A", 6, 1, None], [None] * 6]
    file = sheet(tmp_path, *rows, merges=["F2:F3", *(f"{column}4:{column}5" for column in "ABCDE")])
    snapshot, _ = imported(tmp_path, file, mapping=IGNORING)
    assert rows_of(snapshot, "nrs__before") == [(8,), (7,), (6,)]


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    file = sheet(tmp_path, HEADER, [7, 50, "A", "=1+1", 3])
    stored = b'<c r="D2" t="str"><f>IF(1=1,"","")</f><v></v></c>'
    snapshot, _ = imported(tmp_path, replaced(file, b'<c r="D2"><f>1+1</f><v></v></c>', stored))
    assert rows_of(snapshot, "nrs__before", "nrs__after") == [(None, 3)]


def test_every_formula_without_a_result_is_named_but_not_in_ignored_columns(tmp_path: Path) -> None:
    file = sheet(tmp_path, [*HEADER, "note"], [7, "=1", "A", "=2", 3, "=3"], [8, 50, "A", 1, 1, "=4"])
    what = "the formula has no stored result"
    assert faults_of(tmp_path, file, IGNORING) == [("row 2, column “age”", what), ("row 2, column “n0”", what)]


def test_errors_of_formulas_are_no_patient_numbers(tmp_path: Path) -> None:
    file = sheet(tmp_path, HEADER, ["#N/A", 50, "A", 8, 3], ["#REF!", 50, "A", "#DIV/0!", 3])
    what = "the cell holds the error of a formula"
    assert faults_of(tmp_path, file) == [("rows 2, 3, column “pid”", what), ("row 3, column “n0”", what)]


def test_a_cell_that_openpyxl_warns_of_is_refused_without_the_warning(tmp_path: Path) -> None:
    file = sheet(tmp_path, HEADER, [7, 50, "A", -987654, 3], formats={"D2": "yyyy-mm-dd"})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert faults_of(tmp_path, file) == [("row 2, column “n0”", "the cell holds the error of a formula")]
    assert [str(warning.message) for warning in caught if "987654" in str(warning.message)] == []


def test_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    file = sheet(tmp_path, HEADER, [7, 50, "A", 8, 3])
    (fault,) = faults_of(tmp_path, replaced(file, b'<c r="A2" t="n"><v>7</v>', b'<c r="A2" t="s"><v>777</v>'))
    assert fault == ("data.xlsx", "the file cannot be read")


def test_a_workbook_with_a_password_is_told_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "data.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(DataError, match="received: a workbook with a password"):
        imported(tmp_path, tmp_path / "data.xlsx")


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64(), pa.decimal128(6, 3)], ids=str)
def test_a_number_of_parquet_is_the_shortest_that_says_it(tmp_path: Path, kind: pa.DataType) -> None:
    values = pa.array([Decimal("7.4"), None]) if pa.types.is_decimal(kind) else pa.array([7.4, None]).cast(pa.float32())
    snapshot, _ = imported(tmp_path, columnar(tmp_path, n0=values.cast(kind) if kind != pa.float64() else [7.4, None]),
                           mapping=DECIMAL)  # fmt: skip
    assert rows_of(snapshot, "nrs__before") == [(None,), (740,)]


def test_dictionaries_whole_numbers_and_truth_values_of_parquet_are_text(tmp_path: Path) -> None:
    mapping = changed(
        WIDE, ('codes = { A = "active", B = "control" }', 'codes = { true = "active", false = "control" }')
    )
    columns = {"arm": [True, False], "n0": pa.array([8, 1], pa.uint8()).dictionary_encode(), "n1": pa.array([3.0, 2.0])}
    snapshot, _ = imported(tmp_path, columnar(tmp_path, **columns), mapping=mapping)
    assert rows_of(snapshot, "arm", "nrs__before", "nrs__after") == [(1, 1, 2), (0, 8, 3)]


@pytest.mark.parametrize(
    "column",
    [pa.array([[1], [2]]), pa.array([b"1", b"2"]), pa.array([b"1", b"2"], pa.binary(1)),
     pa.array([b"1", b"2"]).dictionary_encode()],
    ids=lambda column: str(column.type)[:10],
)  # fmt: skip
def test_lists_and_bytes_of_parquet_are_refused_only_where_they_are_needed(tmp_path: Path, column: pa.Array) -> None:
    assert faults_of(tmp_path, columnar(tmp_path, n0=column)) == [
        ("column “n0”", "a column of this type cannot be a cell")
    ]
    snapshot, _ = imported(tmp_path, columnar(tmp_path, other=column), mapping=IGNORING)
    assert rows_of(snapshot, "nrs__before") == [(1,), (8,)]


def test_rows_without_anything_are_no_rows_in_any_format(tmp_path: Path) -> None:
    mapping = changed(
        WIDE, ('patient = "pid"', "each_row_a_patient = true"), ("age = {", "pid = { ignore = true }\nage = {")
    )
    nothing = {name: [None] for name in HEADER}
    one = {"pid": [7], "age": [50], "arm": ["A"], "n0": [8], "n1": [3]}
    rows = {name: [*nothing[name], *one[name], *nothing[name], *one[name]] for name in HEADER}
    file = columnar(tmp_path, **rows)
    book = sheet(tmp_path, HEADER, *zip(*rows.values(), strict=True))
    text = tmp_path / "data.csv"
    text.write_text("pid,age,arm,n0,n1\n,,,,\n7,50,A,8,3\n\n,\n7,50,A,8,3\n,,,,")
    for path in (file, book, text):
        snapshot, summary = imported(tmp_path, path, mapping=mapping)
        assert (summary.source_rows, summary.index_events, summary.patients) == (2, 2, 2)
        assert rows_of(snapshot, "age", "nrs__before") == [(50, 8), (50, 8)]

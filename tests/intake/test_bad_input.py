"""Every bad input gets one message per fault: what, where, what was received, what to do. Nothing is written."""

import gzip
from pathlib import Path

import openpyxl
import pytest

from foramen.kernel.errors import DataError, OutputError, UserError
from tests.intake.small import LONG, ROWS, WIDE, changed, imported, left_over, written

SEMICOLON = changed(WIDE, ("[source]", '[source]\ndelimiter = ";"\ndecimal = ","'))
KEYED = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nkey = "no"'))
DATED = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\ndate = "done"'))


def faults_of(tmp_path: Path, content: str | bytes, mapping: str = WIDE, name: str = "data.csv") -> list[str]:
    """What the import says; it must say where and leave nothing behind."""
    file = written(tmp_path, name, content)
    with pytest.raises(UserError) as caught:
        imported(tmp_path, file, mapping=mapping)
    assert caught.value.exit_code == 2
    assert left_over(tmp_path, name, "mapping.toml") == []
    assert all(name in fault.where for fault in caught.value.faults)
    assert all(fault.received and fault.remedy for fault in caught.value.faults)
    return [f"{fault.where}: {fault.what}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("50%", "a percentage where a number is needed"),
        ("five", "this is not a number"),
        ("NaN", "this is not a finite number"),
        ("-inf", "this is not a finite number"),
        ("1e1", "a number in exponent notation"),
        ("4,5", "another decimal mark than declared, or a separator of thousands"),
        ("1 000", "another decimal mark than declared, or a separator of thousands"),
        ("4.5", "more decimals than the 0 declared"),
        ("11", "the number is outside the declared range, 0 to 10"),
        ("-1", "the number is outside the declared range, 0 to 10"),
        ("٥", "a number with digits or a minus sign of another script"),
        ("−5", "a number with digits or a minus sign of another script"),
        ("3-4-2024", "this is not a number"),
        ("2024-04-03", "a date where a number is needed"),
        ("3/4/2024", "a date where a number is needed"),
        ("#DIV/0!", "the cell holds the error of a formula"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_by_file_row_column_and_reason(
    tmp_path: Path, cell: str, reason: str
) -> None:
    content = f'pid,age,arm,n0,n1\n7,50,A,8,3\n2,61,B,"{cell}",2\n'
    assert faults_of(tmp_path, content) == [f"data.csv, row 3, column “n0”: {reason}"]


def test_all_faults_of_a_file_are_reported_together(tmp_path: Path) -> None:
    content = "pid,age,arm,n0,n1\n7,500,A,8,3\n,61,C,8,2\n8,1,B,8,2,9\n9,1,B,8\n"
    assert faults_of(tmp_path, content) == [
        "data.csv, row 2, column “age”: the number is outside the declared range, 0 to 120",
        "data.csv, row 3, column “pid”: no patient number",
        "data.csv, row 3, column “arm”: a code that the mapping does not list",
        "data.csv, rows 4, 5: the row has another number of cells than the header",
    ]


def test_faults_of_one_kind_are_one_fault_with_the_first_rows(tmp_path: Path) -> None:
    lines = [f"{i},{500 if i % 2 else 50},{'AC'[i > 52]},8,3" for i in range(54)]
    file = written(tmp_path, "data.csv", "\n".join(["pid,age,arm,n0,n1", *lines]))
    with pytest.raises(DataError) as caught:
        imported(tmp_path, file)
    assert str(caught.value) == (
        "data.csv, rows 3, 5, 7, 9, 11 and 22 more, column “age”: the number is outside the declared range, 0 to 120\n"
        "  received: a smaller or larger number\n"
        "  try: correct the source, or list the cell under `missing`\n"
        "data.csv, row 55, column “arm”: a code that the mapping does not list\n"
        "  received: another code\n"
        "  try: add it to `codes`, correct the source, or list the cell under `missing`"
    )


def test_the_first_rows_of_a_kind_are_the_first_of_the_file(tmp_path: Path) -> None:
    lines = [f"{i % 90:02},50,A,8,3" for i in range(180)]
    (fault,) = faults_of(tmp_path, "\n".join(["pid,age,arm,n0,n1", *lines[::-1]]))
    assert fault.startswith("data.csv, rows 2, 3, 4, 5, 6 and 175 more, column “pid”")


def test_beyond_twenty_kinds_are_counted(tmp_path: Path) -> None:
    names = [f"n{i}" for i in range(25)]
    columns = "".join(f'{name} = {{ variable = "{name}", timepoint = "before" }}\n' for name in names[2:])
    variables = "".join(f'[variables.{name}]\ntable = "assessments"\nkind = "number"\n' for name in names[2:])
    mapping = changed(WIDE, ("[columns]\n", f"{variables}[columns]\n{columns}"))
    lines = [",".join(["pid", "age", "arm", *names]), *(f"{i},50,A{',x' * 25}" for i in range(3))]
    file = written(tmp_path, "data.csv", "\n".join(lines))
    with pytest.raises(DataError) as caught:
        imported(tmp_path, file, mapping=mapping)
    assert len(caught.value.faults) == 21
    assert [fault.where for fault in caught.value.faults[:2]] == [
        f"data.csv, rows 2, 3, 4, column “n{i}”" for i in (0, 1)
    ]
    last = caught.value.faults[-1]
    assert (last.what, last.received) == ("and 5 more kinds of fault", "15 faults")
    assert "--quarantine" in last.remedy


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"\n", "the file is empty"),
        (b"pid,age,arm,n0,n1\n", "the file has a header and no rows"),
        (b"\xff\xfep\x00", "the file is UTF-16"),
        (b"PK\x03\x04rest", "this is not a text table"),
        (b'pid,age,arm,n0,n1\n7,50,"A"x,8,3\n', "the quotation marks are not balanced"),
        (b'pid,age,arm,n0,n1\n7,50,"A,8,3\n2,1,A,1,1\n', "the quotation marks are not balanced"),
        (b"p\xefd,age,arm,n0,n1\n7,50,A,8,3\n", "the header is not in the declared encoding"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    (fault,) = faults_of(tmp_path, content)
    assert fault.endswith(f": {what}")


def test_a_file_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.csv: the file cannot be read\n  received: No such file"):
        imported(tmp_path, tmp_path / "absent.csv")


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    lines = "pid,age,arm,n0,n1\n" + "".join(f"{i},{i % 90},A,8,3\n" for i in range(20_000))
    assert faults_of(tmp_path, gzip.compress(lines.encode())[:-2_000], name="data.csv.gz") == [
        "data.csv.gz: the file cannot be read"
    ]


def test_another_delimiter_than_declared_is_recognised(tmp_path: Path) -> None:
    content = ROWS.replace(",", ";")
    assert faults_of(tmp_path, content) == ["data.csv, row 1: the delimiter is another one"]
    assert faults_of(tmp_path, ROWS, SEMICOLON) == ["data.csv, row 1: the delimiter is another one"]


def test_a_row_of_another_encoding_is_named(tmp_path: Path) -> None:
    content = ROWS.encode() + "9,1,A,8,é\n".encode() + "10,1,A,8,é\n".encode("latin-1")
    assert faults_of(tmp_path, content) == [
        "data.csv, row 4, column “n1”: this is not a number",
        "data.csv, row 5, column “n1”: the cell is not in the declared encoding",
    ]


def test_columns_without_a_meaning_and_meanings_without_a_column_are_listed(tmp_path: Path) -> None:
    content = "pid,age,arm,n0,n1_,weight,\n7,50,A,8,3,80,\n"
    file = written(tmp_path, "data.csv", content)
    with pytest.raises(DataError) as caught:
        imported(tmp_path, file)
    assert [(fault.received, fault.what) for fault in caught.value.faults] == [
        ("“n1” in the mapping", "the file has no such column"),
        ("“n1_”", "the mapping does not say what to do with this column"),
        ("“weight”", "the mapping does not say what to do with this column"),
        ("no header above column 7", "the mapping does not say what to do with this column"),
    ]
    assert caught.value.faults[0].remedy == "did you mean “n1_”?"


def test_two_columns_of_one_header_are_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, "pid,age,arm,n0,n1,n1\n7,50,A,8,3,4\n")
    assert fault == "data.csv, row 1: two columns have the same header"


def test_a_file_without_a_header_does_not_show_its_first_row(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", "SECRET123,50,A,8,3\n2,61,B,1,1\n")
    with pytest.raises(DataError, match="none of the mapped columns is in the first row") as caught:
        imported(tmp_path, file)
    assert "SECRET123" not in str(caught.value)


@pytest.mark.parametrize(
    ("mapping", "content", "faults"),
    [
        (
            WIDE,
            "pid,age,arm,n0,n1\n7,50,A,8,3\n2,1,A,1,1\n7,50,A,8,3\n",
            ["data.csv, rows 2, 4, column “pid”: the patient has more than one row"],
        ),
        (
            KEYED,
            "pid,no,age,arm,n0,n1\n7,1,50,A,8,3\n7,2,50,A,8,3\n7,1,50,B,8,3\n",
            ["data.csv, rows 2, 4, column “no”: the same index event of the same patient stands in more than one row"],
        ),
        (
            LONG,
            "pid,time,age,arm,n\n7,1,50,A,8\n7,2,50,A,3\n7,2,50,A,4\n",
            [
                "data.csv, rows 3, 4, column “time”: the same time point of the same index event stands in more than "
                "one row"
            ],
        ),
        (
            LONG,
            "pid,time,age,arm,n\n7,1,50,A,8\n7,2,51,A,3\n2,1,1,A,3\n2,2,,A,3\n",
            ["data.csv, rows 2, 3, column “age”: the rows of one patient or index event disagree"],
        ),
        (
            LONG,
            "pid,time,age,arm,n\n7,1,50,A,8\n7,3,50,A,3\n7,,50,A,3\n",
            [
                "data.csv, row 3, column “time”: a time point that the mapping does not list",
                "data.csv, row 4, column “time”: no time point",
            ],
        ),
        (
            changed(LONG, ('n = { variable = "nrs" }', 'n = { variable = "nrs", timepoints = ["after"] }')),
            "pid,time,age,arm,n\n7,1,50,A,8\n7,2,50,A,3\n",
            ["data.csv, row 2, column “n”: an answer at a time point where the mapping expects none"],
        ),
        (
            DATED,
            "pid,done,age,arm,n0,n1\n7,2020-02-30,50,A,8,3\n2,31.12.2020,1,A,8,3\n3,,1,A,8,3\n4,2020-12-31,1,A,8,3\n",
            [
                "data.csv, row 2, column “done”: there is no such day in the calendar",
                "data.csv, row 3, column “done”: a date of another shape than YYYY-MM-DD",
                "data.csv, row 4, column “done”: the index event has no date",
            ],
        ),
    ],
)
def test_rows_that_contradict_each_other_are_all_named(
    tmp_path: Path, mapping: str, content: str, faults: list[str]
) -> None:
    assert faults_of(tmp_path, content, mapping) == faults


def test_a_formula_without_a_stored_result_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["pid", "age", "arm", "n0", "n1"], [7, 50, "A", 8, 3], [2, "=25+25", "A", 8, 3]):
        book.active.append(row)
    book.save(tmp_path / "data.xlsx")
    content = (tmp_path / "data.xlsx").read_bytes()
    assert faults_of(tmp_path, content, name="data.xlsx") == [
        "data.xlsx, row 3, column “age”: the formula has no stored result"
    ]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("data.xlsx", "this is not an Excel workbook"),
        ("data.xls", "the old Excel format is not read"),
        ("data.parquet", "the file cannot be read"),
        ("data.doc", "the format cannot be told from the name"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, what: str) -> None:
    (fault,) = faults_of(tmp_path, "pid\n1\n", name=name)
    assert fault == f"{name}: {what}"


def test_one_of_several_sheets_must_be_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Second").append(["pid"])
    book.save(tmp_path / "data.xlsx")
    content = (tmp_path / "data.xlsx").read_bytes()
    assert faults_of(tmp_path, content, name="data.xlsx") == ["data.xlsx: the workbook has several sheets"]
    third = changed(WIDE, ("[source]", '[source]\nsheet = "Third"'))
    assert faults_of(tmp_path, content, third, "data.xlsx") == ["data.xlsx: the workbook has no sheet “Third”"]


def test_an_existing_folder_of_somebody_else_is_kept(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", ROWS)
    (tmp_path / "snapshot").mkdir()
    (tmp_path / "snapshot" / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="something other than a snapshot written by Foramen"):
        imported(tmp_path, file)
    assert (tmp_path / "snapshot" / "thesis.txt").read_text() == "years of work"


def test_one_number_for_too_many_rows_is_no_patient_number(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nrepeats = "each_row"'))
    file = written(tmp_path, "data.csv", "pid,age,arm,n0,n1\n" + "7,50,A,8,3\n" * 2**15)
    with pytest.raises(DataError, match="the patient has more than 32,767 rows"):
        imported(tmp_path, file, mapping=mapping)


def test_a_file_inside_the_target_is_not_replaced_with_it(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", ROWS)
    snapshot, _ = imported(tmp_path, file)
    inside = written(snapshot, "data.csv", ROWS)
    with pytest.raises(OutputError, match="inside the folder that is to be written"):
        imported(tmp_path, inside)
    with pytest.raises(OutputError, match="inside the folder that is to be written"):
        imported(tmp_path, file, quarantine=snapshot / "aside.csv")
    assert inside.read_text() == ROWS

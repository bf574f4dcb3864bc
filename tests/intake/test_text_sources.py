"""What text files do to people: marks of other programs, stray bytes, cells of several lines, odd spellings."""

import gzip
from pathlib import Path

import pytest

from foramen.intake.table import import_table
from foramen.kernel.errors import DataError, DefinitionError, OutputError
from tests.intake.small import LONG, ROWS, WIDE, changed, imported, left_over, rows_of, written

HEADER = "pid,age,arm,n0,n1\n"
LATIN = changed(WIDE, ("[source]", '[source]\nencoding = "windows-1252"'))
IGNORING = changed(WIDE, ("[source]", '[source]\nother_columns = "ignore"'))


def faults_of(folder: Path, content: str | bytes, mapping: str = WIDE) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as caught:
        imported(folder, written(folder, "data.csv", content), mapping=mapping)
    return [(fault.where.removeprefix("data.csv, "), fault.what) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("content", "mapping", "where", "what"),
    [
        (b"", WIDE, "data.csv", "the file is empty"),
        ((HEADER + "7,50,A,8,3\n").encode("utf-16-le"), WIDE, "data.csv", "this is not a text table"),
        ((HEADER + "7,50,A,8,3\n").encode("utf-16-be"), WIDE, "data.csv", "this is not a text table"),
        (ROWS.encode("utf-8-sig"), LATIN, "data.csv", "the file is UTF-8 and another encoding is declared"),
        (ROWS.replace("*", "ä"), LATIN, "data.csv", "the file is UTF-8 and another encoding is declared"),
        (
            gzip.compress(ROWS.replace("n1", "n1,größer").encode(), mtime=0),
            LATIN,
            "data.csv",
            "the file is UTF-8 and another encoding is declared",
        ),
        ("\n" + ROWS, WIDE, "row 1", "the first row is empty"),
        (",,\n" + ROWS, WIDE, "row 1", "the first row is empty"),
        ("sep=,\n" + ROWS, WIDE, "row 1", "the first row is no header"),
        ("sep=;\n" + ROWS, WIDE, "row 1", "the first row is no header"),
    ],
)
def test_a_file_that_begins_oddly_says_what_is_odd(
    tmp_path: Path, content: str | bytes, mapping: str, where: str, what: str
) -> None:
    assert faults_of(tmp_path, content, mapping) == [(where, what)]


def test_a_cell_with_a_nul_byte_is_named_and_its_row_compared(tmp_path: Path) -> None:
    content = HEADER.encode() + b"7,50,A,8\x00,3\n7,50,A,8,3\n2\x00,61,A,1,1\n2,61,A,1,1\n"
    assert faults_of(tmp_path, content) == [
        ("rows 2, 3, column “pid”", "the patient has more than one row"),
        ("row 2, column “n0”", "the cell holds a NUL byte"),
        ("row 4, column “pid”", "the cell holds a NUL byte"),
    ]


def test_every_undecodable_cell_is_named_once_but_not_in_ignored_columns(tmp_path: Path) -> None:
    content = b"pid,age,arm,n0,n1,note\n7,50,\xe4,\xe4,3,\xe4\n\xe4,50,A,8,3,\xe4\n9,50,A,8,3,\xe4\n"
    what = "the cell is not in the declared encoding"
    assert faults_of(tmp_path, content, IGNORING) == [
        ("row 2, column “arm”", what),
        ("row 2, column “n0”", what),
        ("row 3, column “pid”", what),
    ]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    content = HEADER + '7,50,A,"8\n",3\n\n8,50,A,x,3\r\n9,50,A,x,"3\n\n"'
    assert faults_of(tmp_path, content) == [("rows 4, 5, column “n0”", "this is not a number")]


def test_a_last_line_without_its_end_and_blanks_around_headers_are_fine(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", "pid , age,arm\t,n0\u00a0,n1\n7,50,A,8,3")
    snapshot, _ = imported(tmp_path, file)
    assert rows_of(snapshot, "age", "nrs__before", "nrs__after") == [(50, 8, 3)]


@pytest.mark.parametrize("cell", ["99.0", "099", "+99", "99."])
def test_a_missing_number_in_another_spelling_is_neither_missing_nor_a_value(tmp_path: Path, cell: str) -> None:
    mapping = changed(WIDE, ('age = { variable = "age" }', 'age = { variable = "age", missing = ["99"] }'))
    assert faults_of(tmp_path, f"{HEADER}7,{cell},A,8,3\n", mapping) == [
        ("row 2, column “age”", "a number that is declared missing or withheld, written in another way")
    ]
    also = changed(mapping, ('missing = ["99"]', f'missing = ["99", "{cell}"]'))
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", f"{HEADER}7,{cell},A,8,3\n"), mapping=also)
    assert rows_of(snapshot, "age") == [(None,)]


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("age = {", '"age " = {', "columns.“age ”", "headers are read without blanks at their ends"),
        ('patient = "pid"', 'patient = " pid"', "key column “ pid”", "headers are read without blanks at their ends"),
        ("age = {", '"" = {', "columns.“”", "a column without a header cannot be read"),
        ("A = ", '"A " = ', "variables.arm", "cells are read without blanks at their ends"),
        ("A = ", '" " = ', "variables.arm", "an empty cell is always missing, and no code"),
        ('["NA"]', '["NA", " n/a"]', "source.missing", "cells are read without blanks at their ends"),
        ('["*"]', '["* "]', "source.suppressed", "cells are read without blanks at their ends"),
        ('= "age" }', '= "age", missing = ["9 "] }', "columns.“age”", "cells are read without blanks at their ends"),
        ('A = "active"', 'A = ""', "variables.arm", "a label is empty or has blanks at its ends"),
        ('A = "active"', 'A = "control "', "variables.arm", "a label is empty or has blanks at its ends"),
        ('"North"', '""', "site.constant", "a label is empty or has blanks at its ends"),
        ("[source]", '[source]\ndelimiter = "\\""', "source.delimiter", "this cannot stand between cells"),
        ("[source]", '[source]\ndelimiter = "\\n"', "source.delimiter", "this cannot stand between cells"),
    ],
)  # fmt: skip
def test_texts_of_a_mapping_that_no_file_can_hold_are_refused(
    tmp_path: Path, old: str, new: str, place: str, what: str
) -> None:
    mapping = changed(WIDE, (old, new))
    with pytest.raises(DefinitionError) as caught:
        imported(tmp_path, written(tmp_path, "data.csv", ROWS), mapping=mapping)
    assert (place, what) in [(fault.where.split(": ")[1], fault.what) for fault in caught.value.faults]


def test_a_column_named_twice_in_a_mapping_is_refused(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('arm = { variable = "arm" }', 'arm = { variable = "arm" }\narm = { ignore = true }'))
    with pytest.raises(DefinitionError, match="not valid TOML\n  received: Cannot overwrite a value"):
        imported(tmp_path, written(tmp_path, "data.csv", ROWS), mapping=mapping)


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("NaN", "no patient number"),
        ("nan", "no patient number"),
        ("#N/A", "the cell holds the error of a formula"),
        ("5\u200b", "the cell holds characters that cannot be seen"),
        ('"5\n1"', "the cell holds characters that cannot be seen"),
        ("5\u00a01", "the cell holds characters that cannot be seen"),
    ],
)
def test_what_is_no_patient_number_is_not_taken_for_one(tmp_path: Path, cell: str, what: str) -> None:
    assert faults_of(tmp_path, f"{HEADER}{cell},50,A,8,3\n") == [("row 2, column “pid”", what)]


def test_headers_of_files_that_were_joined_are_named_and_compared_with_nothing(tmp_path: Path) -> None:
    content = f"{HEADER}7,50,A,8,3\n{HEADER}8,50,A,8,3\n{HEADER.replace('age', ' age ')}"
    assert faults_of(tmp_path, content) == [("rows 3, 5", "the row repeats the header")]
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    _, summary = imported(tmp_path, file, quarantine=aside)
    assert (summary.source_rows, summary.index_events, summary.quarantined["rows"]) == (4, 2, 2)


@pytest.mark.parametrize(
    ("cell", "fits"), [("10.4", False), ("-0.4", False), ("9.6", True), ("0.4", True), ("10.0", True)]
)
def test_rounding_does_not_bring_a_number_back_into_its_range(tmp_path: Path, cell: str, fits: bool) -> None:
    mapping = changed(WIDE, ('n0 = { variable = "nrs"', 'n0 = { round = true, variable = "nrs"'))
    content = f"{HEADER}7,50,A,{cell},3\n"
    if fits:
        snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
        assert rows_of(snapshot, "nrs__before") == [(round(float(cell)),)]
    else:
        what = "the number is outside the declared range, 0 to 10"
        assert faults_of(tmp_path, content, mapping) == [("row 2, column “n0”", what)]


def test_two_spellings_of_one_label_are_one_label(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('codes = { A = "active"', 'codes = { A = "active", a = "active"'))
    snapshot, _ = imported(
        tmp_path, written(tmp_path, "data.csv", f"{HEADER}1,1,A,1,1\n2,1,a,1,1\n3,1,B,1,1\n"), mapping=mapping
    )
    assert rows_of(snapshot, "arm") == [(0,), (0,), (1,)]


def test_a_time_point_that_cannot_be_read_is_the_only_fault_of_its_row(tmp_path: Path) -> None:
    mapping = changed(LONG, ('n = { variable = "nrs" }', 'n = { variable = "nrs", timepoints = ["after"] }'))
    content = "pid,time,age,arm,n\n7,3,50,A,8\n7,,50,A,8\n7,1,50,A,8\n"
    assert faults_of(tmp_path, content, mapping) == [
        ("row 2, column “time”", "a time point that the mapping does not list"),
        ("row 3, column “time”", "no time point"),
        ("row 4, column “n”", "an answer at a time point where the mapping expects none"),
    ]


def test_columns_of_one_header_keep_their_values_in_the_quarantine(tmp_path: Path) -> None:
    content = "pid,age,arm,n0,n1,x,x\n7,50,A,8,3,one,two\n8,50,A,88,3,one,two\n"
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    imported(tmp_path, file, mapping=IGNORING, quarantine=aside)
    assert aside.read_text().splitlines()[1].endswith(",8,50,A,88,3,one,two")


def test_the_quarantine_has_no_name_until_it_is_whole(tmp_path: Path) -> None:
    lines = "".join(f"{i},{i % 200},A,8,3\n" for i in range(30_000))
    file, document = written(tmp_path, "data.csv", HEADER + lines), written(tmp_path, "mapping.toml", WIDE)
    seen: list[list[str]] = []

    def look(rows: int, percent: int | None) -> None:
        seen.append([path.name for path in tmp_path.iterdir() if path.is_file()])

    import_table([file], document, tmp_path / "snapshot", quarantine=tmp_path / "aside.csv", progress=look)
    assert [sorted(names) for names in seen] == [["data.csv", "mapping.toml"]] * 2
    assert (tmp_path / "aside.csv").stat().st_nlink == 1


@pytest.mark.parametrize("cause", ["no nameless files", "no descriptors"])
def test_where_a_file_needs_a_name_the_quarantine_has_a_private_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    if cause == "no descriptors":
        monkeypatch.setattr("foramen.intake.quarantine._DESCRIPTORS", str(tmp_path / "absent"))
    else:
        monkeypatch.delattr("os.O_TMPFILE", raising=False)
    file, aside = written(tmp_path, "data.csv", f"{HEADER}7,50,A,8,3\n8,500,A,8,3\n"), tmp_path / "aside.csv"
    imported(tmp_path, file, quarantine=aside)
    assert aside.read_text().count("\n") == 2
    assert aside.stat().st_mode & 0o777 == 0o600
    assert left_over(tmp_path, "data.csv", "mapping.toml", "snapshot", "aside.csv") == []


def test_the_quarantine_does_not_stand_in_the_place_of_the_snapshot(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", f"{HEADER}7,50,A,8,3\n8,500,A,8,3\n")
    with pytest.raises(OutputError, match="or in its place"):
        imported(tmp_path, file, quarantine=tmp_path / "snapshot")
    assert left_over(tmp_path, "data.csv", "mapping.toml") == []


@pytest.mark.parametrize("content", [ROWS.replace("NA", "ä"), ROWS.replace("n1\n", "n1,ä\n")])
def test_a_file_in_another_encoding_is_told_which_can_be_declared(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError) as caught:
        imported(tmp_path, written(tmp_path, "data.csv", content.encode("windows-1252")))
    remedies = [fault.remedy for fault in caught.value.faults]
    assert any('"windows-1252"' in text and '"iso-8859-1"' in text and '"iso-8859-15"' in text for text in remedies)


def test_letters_of_one_byte_are_read_as_declared(tmp_path: Path) -> None:
    mapping = changed(LATIN, ('A = "active"', '"Ä" = "active"'), ('missing = ["NA"]', 'missing = ["k.A."]'))
    content = ROWS.replace(",A,", ",Ä,").replace("NA", "k.A.").encode("windows-1252")
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    assert [row[0] for row in rows_of(snapshot, "nrs__before")] == [None, 8]

"""Rows that do not fit go to a private file when asked to; nothing else ever holds a patient's value."""

import csv
import os
import stat
from pathlib import Path

import pytest

from foramen.intake.table import import_table
from foramen.kernel.errors import DataError, OutputError, UserError
from tests.intake.small import LONG, WIDE, all_bytes, changed, imported, left_over, manifest_of, rows_of, written

LAST = "SECRET123"
BAD = "pid,age,arm,n0,n1\n7,50,A,8,3\n2,SECRET123,B,9,1\n3,61,SECRET123,50%,2\n4,61,A,1\n5,61,A,1,1,SECRET123\n"


def lines_of(path: Path) -> list[list[str]]:
    with path.open(newline="") as stream:
        return list(csv.reader(stream))


def test_quarantined_rows_keep_their_values_and_the_rest_is_imported(tmp_path: Path) -> None:
    file, aside = written(tmp_path, "data.csv", BAD), tmp_path / "aside.csv"
    snapshot, summary = imported(tmp_path, file, quarantine=aside)
    assert rows_of(snapshot, "row_id", "age") == [(1, 50)]
    assert lines_of(aside) == [
        ["file", "row", "column", "reason", "pid", "age", "arm", "n0", "n1"],
        ["data.csv", "3", "age", "this is not a number", "2", "SECRET123", "B", "9", "1"],
        ["data.csv", "4", "arm", "a code that the mapping does not list", "3", "61", "SECRET123", "50%", "2"],
        ["data.csv", "4", "n0", "a percentage where a number is needed", "3", "61", "SECRET123", "50%", "2"],
        ["data.csv", "5", "", "the row has another number of cells than the header", "4", "61", "A", "1", ""],
        ["data.csv", "6", "", "the row has another number of cells than the header", "5", "61", "A", "1", "1", LAST],
    ]
    assert summary.quarantined == manifest_of(snapshot)["quarantined"]
    assert summary.quarantined["rows"] == 4
    assert [(fault["column"], fault["count"]) for fault in summary.quarantined["faults"]] == [
        ("", 2),
        ("age", 1),
        ("arm", 1),
        ("n0", 1),
    ]


def test_only_the_owner_may_read_the_quarantine_file(tmp_path: Path) -> None:
    file, aside = written(tmp_path, "data.csv", BAD), tmp_path / "aside.csv"
    before = os.umask(0)
    try:
        imported(tmp_path, file, quarantine=aside)
    finally:
        os.umask(before)
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


def test_no_value_reaches_a_message_or_the_snapshot(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", BAD)
    with pytest.raises(DataError) as caught:
        imported(tmp_path, file)
    assert len(caught.value.faults) == 4
    assert "SECRET123" not in str(caught.value)
    snapshot, _ = imported(tmp_path, file, quarantine=tmp_path / "aside.csv")
    assert [name for name, content in all_bytes(snapshot).items() if b"SECRET123" in content] == []


def test_patient_numbers_and_dates_do_not_reach_the_snapshot(tmp_path: Path) -> None:
    mapping = changed(
        WIDE, ('kind = "treatment"', 'kind = "treatment"\nkey = "session"\ndate = "done"'), ("n0 = {", "n0 = {")
    )
    content = "pid,session,done,age,arm,n0,n1\nSECRET123,SECRET456,1987-06-05,50,A,8,3\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    held = b"".join(all_bytes(snapshot).values())
    assert [text for text in (b"SECRET123", b"SECRET456", b"1987") if text in held] == []


def test_rows_that_contradict_each_other_are_all_set_aside(tmp_path: Path) -> None:
    content = "pid,time,age,arm,n\n7,1,50,A,8\n7,2,50,A,3\n2,1,60,A,4\n2,2,61,A,5\n3,1,70,A,1\n3,1,70,A,2\n3,2,70,A,3\n"
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    snapshot, summary = imported(tmp_path, file, mapping=LONG, quarantine=aside)
    assert [line[1:5] for line in lines_of(aside)[1:]] == [
        ["4", "age", "the rows of one patient or index event disagree", "2"],
        ["5", "age", "the rows of one patient or index event disagree", "2"],
        ["6", "time", "the same time point of the same index event stands in more than one row", "3"],
        ["7", "time", "the same time point of the same index event stands in more than one row", "3"],
    ]
    assert rows_of(snapshot, "patient_id", "age", "nrs__before", "nrs__after") == [(1, 70, None, 3), (2, 50, 8, 3)]
    assert summary.quarantined["rows"] == 4


@pytest.mark.parametrize("rows", ["7,500,A,8,3\n", "7,50,A,8,3\n7,50,A,8,3\n", "7,50\n"])
def test_an_import_of_which_nothing_is_left_fails_and_leaves_no_file(tmp_path: Path, rows: str) -> None:
    file = written(tmp_path, "data.csv", f"pid,age,arm,n0,n1\n{rows}")
    with pytest.raises(DataError, match="every row would be quarantined"):
        imported(tmp_path, file, quarantine=tmp_path / "aside.csv")
    assert left_over(tmp_path, "data.csv", "mapping.toml") == []


def test_without_a_bad_row_there_is_no_quarantine_file(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", "pid,age,arm,n0,n1\n7,50,A,8,3\n")
    imported(tmp_path, file, quarantine=tmp_path / "aside.csv")
    assert left_over(tmp_path, "data.csv", "mapping.toml", "snapshot") == []


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    file, aside = written(tmp_path, "data.csv", BAD), written(tmp_path, "aside.csv", "earlier rows")
    with pytest.raises(OutputError, match="exists already"):
        imported(tmp_path, file, quarantine=aside)
    assert aside.read_text() == "earlier rows"
    aside.unlink()
    aside.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(OutputError, match="exists already"):
        imported(tmp_path, file, quarantine=aside)


def test_a_quarantine_that_appears_meanwhile_is_kept_and_the_import_fails_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, aside = written(tmp_path, "data.csv", BAD), tmp_path / "aside.csv"
    document = written(tmp_path, "mapping.toml", WIDE)

    def meanwhile(rows: int, percent: int | None) -> None:
        aside.write_text("of another import")

    with pytest.raises(UserError, match="quarantine file cannot be written"):
        import_table([file], document, tmp_path / "snapshot", quarantine=aside, progress=meanwhile)
    assert aside.read_text() == "of another import"
    assert left_over(tmp_path, "data.csv", "mapping.toml", "aside.csv") == []


def test_undecodable_bytes_reach_the_quarantine_unchanged(tmp_path: Path) -> None:
    content = b"pid,age,arm,n0,n1\n7,50,A,8,3\n2,50,\xe9,8,3\n"
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    imported(tmp_path, file, quarantine=aside)
    assert aside.read_bytes().splitlines()[1] == (
        b"data.csv,3,arm,the cell is not in the declared encoding,2,50,\xe9,8,3"
    )

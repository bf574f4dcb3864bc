"""A row that does not fit is held against the others all the same: what it repeats must not pass for the only row."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foramen.kernel.errors import DataError
from tests.intake.small import LONG, WIDE, changed, imported, rows_of, written

REASONS = {
    "repeated": "the patient has more than one row",
    "key": "the same index event of the same patient stands in more than one row",
    "time": "the same time point of the same index event stands in more than one row",
    "differs": "the rows of one patient or index event disagree",
    "number": "this is not a number",
    "ragged": "the row has another number of cells than the header",
    "code": "a time point that the mapping does not list",
    "undated": "the index event has no date",
    "lost": "the date of the index event stands only in rows that do not fit",
    "year": "a date whose year has two digits",
    "error": "the cell holds the error of a formula",
    "nobody": "no patient number",
}

KEYED = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nkey = "no"'))
DATED_LONG = changed(LONG, ('kind = "treatment"', 'kind = "treatment"\ndate = "done"'))
BY_COLUMN = changed(WIDE, ('constant = "North"', 'column = "hospital"'))

SINGLE = "pid,age,arm,n0,n1"
SERIES = "pid,time,age,arm,n"
CASES = [
    (WIDE, SINGLE, ["5,50,A,about 6,1", "5,50,A,6,1"], "2 n0 number; 2 pid repeated; 3 pid repeated"),
    (WIDE, SINGLE, ["5,50,A,6,1", "5,50,A,about 6,1"], "2 pid repeated; 3 n0 number; 3 pid repeated"),
    (WIDE, SINGLE, ["5,50,A,x,1", "5,50,A,1,x"], "2 n0 number; 2 pid repeated; 3 n1 number; 3 pid repeated"),
    (WIDE, SINGLE, ["5,50,A,6", "5,50,A,6,1"], "2 - ragged; 2 pid repeated; 3 pid repeated"),
    (WIDE, SINGLE, ["5,50,A,6,1,2", "5,50,A,6,1"], "2 - ragged; 2 pid repeated; 3 pid repeated"),
    (
        KEYED,
        "pid,no,age,arm,n0,n1",
        ["5,1,50,A,x,1", "5,1,50,A,6,1", "5,2,50,A,6,1"],
        "2 n0 number; 2 no key; 3 no key",
    ),
    (KEYED, "pid,no,age,arm,n0,n1", ["5,1,50,A,x,1", "5,2,51,A,6,1"], "2 age differs; 2 n0 number; 3 age differs"),
    (LONG, SERIES, ["5,1,50,A,x", "5,1,50,A,6", "5,2,50,A,6"], "2 n number; 2 time time; 3 time time"),
    (LONG, SERIES, ["5,1,50,A,x", "5,2,50,B,6"], "2 arm differs; 2 n number; 3 arm differs"),
    (LONG, SERIES, ["5,3,50,A,1", "5,1,51,A,6"], "2 age differs; 2 time code; 3 age differs"),
    (
        BY_COLUMN,
        "hospital,pid,age,arm,n0,n1",
        ["N,5,50,A,x,1", "N,5,50,A,6,1", "S,5,50,A,6,1"],
        "2 n0 number; 2 pid repeated; 3 pid repeated",
    ),
]


def spelled(short: str) -> list[tuple[int, str, str]]:
    """Row, column and reason of each finding, sorted."""
    found = [finding.split() for finding in short.split("; ")]
    return sorted((int(row), column.strip("-"), REASONS[reason]) for row, column, reason in found)


def lines_of(aside: Path) -> list[tuple[int, str, str]]:
    with aside.open(newline="") as stream:
        return sorted((int(line["row"]), line["column"], line["reason"]) for line in csv.DictReader(stream))


@pytest.mark.parametrize(("mapping", "header", "rows", "expected"), CASES)
def test_a_faulty_row_and_what_it_repeats_are_both_set_aside(
    tmp_path: Path, mapping: str, header: str, rows: list[str], expected: str
) -> None:
    other = {"pid": "9", "hospital": "N", "arm": "A"}
    lines = [header, *rows, ",".join(other.get(name, "1") for name in header.split(","))]
    file, aside = written(tmp_path, "data.csv", "\n".join(lines)), tmp_path / "aside.csv"
    _, summary = imported(tmp_path, file, mapping=mapping, quarantine=aside)
    assert lines_of(aside) == spelled(expected)
    refused = {row for row, _, _ in spelled(expected)}
    assert summary.quarantined["rows"] == len(refused)
    assert summary.source_rows == len(rows) + 1
    assert summary.index_events == len(rows) + 1 - len(refused)


@pytest.mark.parametrize(("mapping", "header", "rows", "expected"), CASES)
def test_both_faults_are_reported_at_once(
    tmp_path: Path, mapping: str, header: str, rows: list[str], expected: str
) -> None:
    with pytest.raises(DataError) as caught:
        imported(tmp_path, written(tmp_path, "data.csv", "\n".join([header, *rows])), mapping=mapping)
    shown = []
    for fault in caught.value.faults:
        numbers, _, column = fault.where.removeprefix("data.csv, row").removeprefix("s").partition(", column ")
        shown += [(int(row), column.strip("“”"), fault.what) for row in numbers.split(", ")]
    assert sorted(shown) == spelled(expected)


def test_a_row_whose_keys_cannot_be_read_is_held_against_nothing(tmp_path: Path) -> None:
    content = "age,arm,n0,n1,pid\n50,A,6,1,5\n50,A,6,5\n50,A,6,1,\n50,A,6,1,#N/A\n"
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    snapshot, _ = imported(tmp_path, file, quarantine=aside)
    assert rows_of(snapshot, "age", "nrs__before") == [(50, 6)]
    assert lines_of(aside) == spelled("3 - ragged; 4 pid nobody; 5 pid error")


def test_a_value_that_could_not_be_read_contradicts_nothing(tmp_path: Path) -> None:
    content = "pid,time,age,arm,n\n5,1,500,A,1\n5,2,50,A,6\n"
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    snapshot, _ = imported(tmp_path, file, mapping=LONG, quarantine=aside)
    assert [row for row, _, _ in lines_of(aside)] == [2]
    assert rows_of(snapshot, "age", "nrs__after") == [(50, 6)]


def test_rows_of_a_contradiction_stay_together_when_some_are_also_repeated(tmp_path: Path) -> None:
    content = "pid,time,age,arm,n\n5,1,50,A,1\n5,1,50,A,1\n5,2,51,A,6\n9,1,9,A,9\n"
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    snapshot, _ = imported(tmp_path, file, mapping=LONG, quarantine=aside)
    assert {row for row, _, _ in lines_of(aside)} == {2, 3, 4}
    assert rows_of(snapshot, "age") == [(9,)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("5,1,2024-03-04,50,A,x\n5,2,,50,A,1\n", "2 n number; 3 done lost"),
        ("5,1,4.3.24,50,A,1\n5,2,,50,A,1\n", "2 done year; 3 done lost"),
        ("5,1,,50,A,x\n5,2,,50,A,1\n", "2 done undated; 2 n number; 3 done undated"),
        ("5,1,2024-03-04,50,A,x\n5,2,2024-03-04,50,A,1\n", "2 n number"),
        ("5,1,2024-03-04,50,A,x\n5,2,2024-03-05,50,A,1\n", "2 done differs; 2 n number; 3 done differs"),
    ],
)
def test_an_index_event_is_not_imported_without_the_date_of_a_faulty_row(
    tmp_path: Path, rows: str, expected: str
) -> None:
    content = f"pid,time,done,age,arm,n\n{rows}9,1,2024-01-01,9,A,9\n"
    file, aside = written(tmp_path, "data.csv", content), tmp_path / "aside.csv"
    imported(tmp_path, file, mapping=DATED_LONG, quarantine=aside)
    assert lines_of(aside) == spelled(expected)


def test_two_sites_taken_for_one_are_told_so(tmp_path: Path) -> None:
    files = [written(tmp_path, f"{name}.csv", f"pid,age,arm,n0,n1\n1,5{name},A,8,3\n") for name in "12"]
    with pytest.raises(DataError) as caught:
        imported(tmp_path, *files)
    repeated, differs = (f"{REASONS[name]}, in several files" for name in ("repeated", "differs"))
    assert sorted((fault.where, fault.what) for fault in caught.value.faults) == [
        ("1.csv, row 2, column “age”", differs),
        ("1.csv, row 2, column “pid”", repeated),
        ("2.csv, row 2, column “age”", differs),
        ("2.csv, row 2, column “pid”", repeated),
    ]
    assert all("`files` under [site]" in fault.remedy for fault in caught.value.faults)


def test_a_file_given_twice_under_two_names_is_refused(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nrepeats = "each_row"'))
    files = [written(tmp_path, name, "pid,age,arm,n0,n1\n1,50,A,8,3\n") for name in ("a.csv", "b.csv")]
    with pytest.raises(DataError, match=r"b\.csv: two files are the same, byte by byte\n  received: a copy of a\.csv"):
        imported(tmp_path, *files, mapping=mapping)


CELL = st.sampled_from(["1", "2", "x", "", "99"])
TABLE = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", ""]), st.sampled_from(["1", "2", "7"]), CELL, CELL),
    min_size=1,
    max_size=9,
)


@given(TABLE)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_left_is_what_a_file_without_the_set_aside_rows_gives(
    tmp_path: Path, drawn: list[tuple[str, str, str, str]]
) -> None:
    header, sound = "pid,time,age,n,arm", "9,1,9,9,A"
    lines = [",".join((*row, "A")) for row in drawn]
    aside = tmp_path / "aside.csv"
    aside.unlink(missing_ok=True)
    file = written(tmp_path, "data.csv", "\n".join([header, *lines, sound]))
    snapshot, summary = imported(tmp_path, file, mapping=LONG, quarantine=aside)
    refused = {row for row, _, _ in lines_of(aside)} if aside.exists() else set[int]()
    assert summary.quarantined["rows"] == len(refused)
    assert summary.source_rows == len(drawn) + 1
    kept = [line for number, line in enumerate(lines, 2) if number not in refused]
    again, _ = imported(
        tmp_path, written(tmp_path, "kept.csv", "\n".join([header, *kept, sound])), mapping=LONG, out="again"
    )
    names = ("patient_id", "age", "arm", "nrs__before", "nrs__after")
    assert rows_of(snapshot, *names) == rows_of(again, *names)

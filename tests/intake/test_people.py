"""Who is who: sites whose numbers repeat, several index events of a person, days between them."""

from pathlib import Path

import pytest

from foramen.kernel.errors import DataError
from foramen.snapshot.store import open_snapshot
from tests.intake.small import LONG, WIDE, changed, imported, rows_of, table_of, written

BY_COLUMN = changed(WIDE, ('constant = "North"', 'column = "hospital"'))
BY_FILE = changed(WIDE, ('constant = "North"', 'files = { "a.csv" = "North", "b.csv" = "South" }'))
EACH_ROW = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nrepeats = "each_row"'))
DATED = changed(
    WIDE,
    ('kind = "treatment"', 'kind = "treatment"\ndate = "done"\nrepeats = "each_row"'),
    ("[columns]", '[columns]\nseen = { role = "date", timepoint = "after" }'),
)


def test_equal_numbers_of_two_sites_are_two_people(tmp_path: Path) -> None:
    content = "hospital,pid,age,arm,n0,n1\nSouth,1,50,A,8,3\nNorth,1,60,A,7,2\nNorth,2,70,B,6,1\n"
    snapshot, summary = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=BY_COLUMN)
    assert summary.patients == 3
    assert open_snapshot(snapshot).codebook.variables["site"].labels == ("North", "South")
    assert rows_of(snapshot, "patient_id", "site", "age") == [(1, 0, 60), (2, 0, 70), (3, 1, 50)]


def test_a_file_may_be_a_site(tmp_path: Path) -> None:
    files = [
        written(tmp_path, name, f"pid,age,arm,n0,n1\n1,{age},A,8,3\n") for name, age in (("a.csv", 50), ("b.csv", 60))
    ]
    snapshot, summary = imported(tmp_path, *files, mapping=BY_FILE)
    assert summary.patients == 2
    assert rows_of(snapshot, "site", "age") == [(0, 50), (1, 60)]


def test_the_order_of_files_does_not_change_the_people(tmp_path: Path) -> None:
    files = [
        written(tmp_path, name, f"pid,age,arm,n0,n1\n1,{age},A,8,3\n") for name, age in (("a.csv", 50), ("b.csv", 60))
    ]
    one, _ = imported(tmp_path, *files, mapping=BY_FILE, out="one")
    other, _ = imported(tmp_path, *reversed(files), mapping=BY_FILE, out="other")
    assert rows_of(one, "patient_id", "site", "age") == rows_of(other, "patient_id", "site", "age")


def test_files_without_a_site_or_with_one_name_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "c.csv", "pid,age,arm,n0,n1\n1,1,A,8,3\n")
    with pytest.raises(DataError, match="names no site for this file"):
        imported(tmp_path, file, mapping=BY_FILE)
    with pytest.raises(DataError, match="two files have the same name"):
        imported(tmp_path, file, file)


def test_several_index_events_of_a_person_are_numbered(tmp_path: Path) -> None:
    content = "pid,age,arm,n0,n1\n5,50,A,8,3\n2,60,A,7,2\n5,50,B,6,1\n5,,A,5,0\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=EACH_ROW)
    assert rows_of(snapshot, "row_id", "patient_id", "sequence", "repeats", "age", "nrs__before") == [
        (1, 1, 1, 1, 60, 7),
        (2, 2, 1, 3, 50, 8),
        (3, 2, 2, 3, 50, 6),
        (4, 2, 3, 3, 50, 5),
    ]
    assert [row["patient_id"] for row in table_of(snapshot, "patients")] == [1, 2]


def test_index_events_follow_their_dates_and_days_count_from_each(tmp_path: Path) -> None:
    content = (
        "pid,done,seen,age,arm,n0,n1\n5,2021-03-01,2021-03-31,50,A,8,3\n5,2020-02-28,2020-03-01,50,B,6,1\n"
        "2,2020-01-01,,60,A,7,2\n"
    )
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=DATED)
    assert rows_of(snapshot, "patient_id", "sequence", "index_day", "arm", "nrs__after__day") == [
        (1, 1, 0, 0, None),
        (2, 1, 0, 1, 2),
        (2, 2, 367, 0, 30),
    ]
    assert [(row["timepoint"], row["day"]) for row in table_of(snapshot, "assessments")] == [
        ("before", None),
        ("after", None),
        ("before", None),
        ("after", 2),
        ("before", None),
        ("after", 30),
    ]


def test_a_day_a_century_away_is_a_fault(tmp_path: Path) -> None:
    content = "pid,done,seen,age,arm,n0,n1\n5,2021-03-01,2121-03-31,50,A,8,3\n"
    with pytest.raises(DataError, match="row 2, column “seen”: the day is more than 32,767 days"):
        imported(tmp_path, written(tmp_path, "data.csv", content), mapping=DATED)


def test_days_and_modes_of_a_long_table_follow_the_row(tmp_path: Path) -> None:
    mapping = changed(
        LONG,
        (
            "[columns]",
            '[variables.mode]\ntable = "assessments"\nkind = "category"\ncodes = { L = "link", T = "phone" }\n'
            '[columns]\nday = { role = "day" }\nhow = { role = "mode" }',
        ),
    )
    content = "pid,time,age,arm,n,day,how\n5,1,50,A,8,-2,L\n5,2,50,A,,33,T\n6,2,50,A,3,*,*\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    names = (
        "nrs__before",
        "nrs__before__day",
        "nrs__before__mode",
        "nrs__after",
        "nrs__after__day",
        "nrs__after__mode",
    )
    assert rows_of(snapshot, *names) == [(8, -2, 0, None, 33, 1), (None, None, None, 3, None, None)]
    assert open_snapshot(snapshot).codebook.variables["mode"].labels == ("link", "phone")


def test_an_attribute_given_once_holds_for_all_rows_of_the_person(tmp_path: Path) -> None:
    content = "pid,time,age,arm,n\n5,1,50,A,8\n5,2,,,3\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=LONG)
    assert rows_of(snapshot, "age", "arm", "nrs__before", "nrs__after") == [(50, 0, 8, 3)]


def test_a_registration_is_a_patient(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('kind = "treatment"', 'kind = "registration"'))
    content = "pid,age,arm,n0,n1\n5,50,,8,3\n2,60,B,7,2\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    assert rows_of(snapshot, "row_id", "patient_id", "sequence", "arm") == [(1, 1, 1, 1), (2, 2, 1, None)]
    assert [row["index_id"] for row in table_of(snapshot, "treatments")] == [1]

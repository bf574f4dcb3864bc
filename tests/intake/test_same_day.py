"""Rows that repeat each other where every row is an index event, and answers dated before what they follow."""

from pathlib import Path

import pytest

from foramen.kernel.errors import DataError
from tests.intake.small import LONG, WIDE, changed, imported, rows_of, written

TWICE = "the row stands twice: every mapped cell is the same"
SAME_DATE = "the patient has two index events on one date, and nothing tells them apart"
BEFORE = "the answer is of a time point after the index event, and its day before it"

EACH_ROW = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nrepeats = "each_row"'))
DATED = changed(EACH_ROW, ('kind = "treatment"', 'kind = "treatment"\ndate = "done"'))
KEYED = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\ndate = "done"\nkey = "no"'))


def faults_of(folder: Path, content: str, mapping: str) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as caught:
        imported(folder, written(folder, "data.csv", content), mapping=mapping)
    return [(fault.where.removeprefix("data.csv, "), fault.what) for fault in caught.value.faults]


def test_a_row_pasted_twice_is_no_second_event(tmp_path: Path) -> None:
    content = "pid,done,age,arm,n0,n1\n7,2024-03-04,50,A,8,3\n2,2024-03-04,50,A,8,3\n7,2024-03-04,50,A,8,3\n"
    assert faults_of(tmp_path, content, DATED) == [("rows 2, 4, column “pid”", TWICE)]


def test_a_row_pasted_twice_is_found_without_a_date(tmp_path: Path) -> None:
    content = "pid,age,arm,n0,n1\n7,50,A,8,\n7,50,A,8,\n7,50,A,8,3\n"
    assert faults_of(tmp_path, content, EACH_ROW) == [("rows 2, 3, column “pid”", TWICE)]


def test_rows_that_repeat_each_other_are_set_aside_and_the_others_kept(tmp_path: Path) -> None:
    content = "pid,age,arm,n0,n1\n7,50,A,8,3\n7,50,A,8,3\n7,50,A,6,3\n2,50,A,8,3\n"
    aside = tmp_path / "aside.csv"
    file = written(tmp_path, "data.csv", content)
    snapshot, summary = imported(tmp_path, file, mapping=EACH_ROW, quarantine=aside)
    assert summary.quarantined["rows"] == 2
    assert sorted(rows_of(snapshot, "sequence", "nrs__before")) == [(1, 6), (1, 8)]


@pytest.mark.parametrize("second", ["7,2024-03-04,50,A,8,2", "7,2024-03-04,50,,8,3"])
def test_two_events_on_one_date_need_something_that_tells_them_apart(tmp_path: Path, second: str) -> None:
    content = f"pid,done,age,arm,n0,n1\n7,2024-03-04,50,A,8,3\n{second}\n"
    assert faults_of(tmp_path, content, DATED) == [("rows 2, 3, column “done”", SAME_DATE)]


@pytest.mark.parametrize("second", ["7,2024-03-05,50,A,8,3", "7,2024-03-04,50,B,8,3", "2,2024-03-04,50,A,8,3"])
def test_another_date_category_or_patient_is_another_event(tmp_path: Path, second: str) -> None:
    content = f"pid,done,age,arm,n0,n1\n7,2024-03-04,50,A,8,3\n{second}\n"
    _, summary = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=DATED)
    assert summary.index_events == 2


def test_a_key_tells_equal_rows_of_one_date_apart(tmp_path: Path) -> None:
    content = "pid,no,done,age,arm,n0,n1\n7,1,2024-03-04,50,A,8,3\n7,2,2024-03-04,50,A,8,3\n"
    _, summary = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=KEYED)
    assert summary.index_events == 2


def answered(mapping: str, role: str, timepoint: str) -> str:
    column = f'[columns]\nseen = {{ role = "{role}", timepoint = "{timepoint}" }}'
    return changed(mapping, ('kind = "treatment"', 'kind = "treatment"\ndate = "done"'), ("[columns]", column))


@pytest.mark.parametrize(("role", "early"), [("date", "2024-03-03"), ("day", "-1")])
def test_an_answer_before_the_index_event_is_no_follow_up(tmp_path: Path, role: str, early: str) -> None:
    content = f"pid,done,age,arm,n0,n1,seen\n7,2024-03-04,50,A,8,3,{early}\n2,2024-03-04,50,A,8,3,\n"
    assert faults_of(tmp_path, content, answered(WIDE, role, "after")) == [("row 2, column “seen”", BEFORE)]


@pytest.mark.parametrize(
    ("role", "timepoint", "cell", "day"),
    [
        ("date", "before", "2024-03-03", -1),
        ("day", "before", "-1", -1),
        ("date", "after", "2024-03-04", 0),
        ("day", "after", "0", 0),
    ],
)
def test_a_baseline_answer_may_be_early_and_a_follow_up_of_the_day_itself(
    tmp_path: Path, role: str, timepoint: str, cell: str, day: int
) -> None:
    content = f"pid,done,age,arm,n0,n1,seen\n7,2024-03-04,50,A,8,3,{cell}\n"
    mapping = answered(WIDE, role, timepoint)
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    assert rows_of(snapshot, f"nrs__{timepoint}__day") == [(day,)]


def test_in_a_long_table_the_time_point_of_the_row_counts(tmp_path: Path) -> None:
    mapping = changed(LONG, ("[columns]", '[columns]\nseen = { role = "day" }'))
    content = "pid,time,age,arm,n,seen\n7,1,50,A,8,-3\n7,2,50,A,3,-3\n"
    assert faults_of(tmp_path, content, mapping) == [("row 3, column “seen”", BEFORE)]


def test_one_date_without_a_variable_is_the_day_of_every_answer_there(tmp_path: Path) -> None:
    second = '[variables.odi]\ntable = "assessments"\nkind = "number"\nlow = 0\nhigh = 100\n\n[columns]'
    mapping = changed(
        answered(WIDE, "date", "after"),
        ("[columns]", f'{second}\no1 = {{ variable = "odi", timepoint = "after" }}'),
    )
    content = "pid,done,age,arm,n0,n1,o1,seen\n7,2024-03-04,50,A,8,3,20,2024-04-03\n"
    snapshot, _ = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=mapping)
    assert rows_of(snapshot, "nrs__after__day", "odi__after__day") == [(30, 30)]

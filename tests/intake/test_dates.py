"""A date is read in the declared format or refused; which format a file uses is never guessed."""

import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.intake.converters import REFUSED, DateConverter
from foramen.intake.dates import DateFormat, date_text
from foramen.kernel.errors import DataError, DefinitionError
from tests.intake.small import WIDE, changed, imported, rows_of, written

FORMATS: tuple[DateFormat, ...] = ("YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "YYYYMMDD")
DATED = changed(
    WIDE,
    ('kind = "treatment"', 'kind = "treatment"\ndate = "done"'),
    ("[columns]", '[columns]\nseen = { role = "date", timepoint = "after" }'),
)


def declared(form: str) -> str:
    return changed(DATED, ("[source]", f'[source]\ndates = "{form}"'))


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)), st.sampled_from(FORMATS))
@settings(max_examples=50, deadline=None)
def test_a_written_date_is_read_back_in_its_format_and_in_no_other(day: datetime.date, form: DateFormat) -> None:
    text = date_text(day, form)
    assert DateConverter(form, ())[text] == day.toordinal()
    for other in FORMATS:
        if other != form and {form, other} != {"DD/MM/YYYY", "MM/DD/YYYY"}:
            assert DateConverter(other, ())[text] == REFUSED


@pytest.mark.parametrize(
    ("form", "done", "seen"),
    [
        ("YYYY-MM-DD", "2024-02-03", "2024-03-01"),
        ("DD.MM.YYYY", "03.02.2024", "1.3.2024"),
        ("DD/MM/YYYY", "03/02/2024", "1/3/2024"),
        ("MM/DD/YYYY", "02/03/2024", "3/1/2024"),
        ("YYYYMMDD", "20240203", "20240301"),
    ],
)
def test_days_are_counted_between_dates_of_the_declared_format(tmp_path: Path, form: str, done: str, seen: str) -> None:
    file = written(tmp_path, "data.csv", f"pid,done,seen,age,arm,n0,n1\n7,{done},{seen},50,A,8,3\n")
    snapshot, _ = imported(tmp_path, file, mapping=declared(form))
    assert rows_of(snapshot, "nrs__after__day") == [(27,)]


@pytest.mark.parametrize(
    ("form", "cell", "what", "remedy"),
    [
        ("YYYY-MM-DD", "04.03.2024", "a date of another shape than YYYY-MM-DD", 'dates = "DD.MM.YYYY" under [source]'),
        (
            "YYYY-MM-DD",
            "04/03/2024",
            "a date of another shape than YYYY-MM-DD",
            'dates = "DD/MM/YYYY" or dates = "MM/DD/YYYY" under [source], whichever the source means',
        ),
        ("DD.MM.YYYY", "2024-03-04", "a date of another shape than DD.MM.YYYY", 'dates = "YYYY-MM-DD" under [source]'),
        ("DD.MM.YYYY", "20240304", "a date of another shape than DD.MM.YYYY", 'dates = "YYYYMMDD" under [source]'),
        ("YYYYMMDD", "4.3.2024", "a date of another shape than YYYYMMDD", 'dates = "DD.MM.YYYY" under [source]'),
        ("DD/MM/YYYY", "12/31/2024", "there is no such day in the calendar", "or check `dates` under [source]"),
        ("DD.MM.YYYY", "29.02.2023", "there is no such day in the calendar", "correct the source"),
        ("DD.MM.YYYY", "04.03.24", "a date whose year has two digits", "write years with four digits in the source"),
        ("DD.MM.YYYY", "04.03.1024", "the year is not between 1900 and 2199", "correct the source"),
        ("DD.MM.YYYY", "04.03.2024 10:30", "a date with a time of day", "keep the date only in the source"),
        ("YYYY-MM-DD", "2024-03-04T00:00:00", "a date with a time of day", "keep the date only in the source"),
        ("YYYY-MM-DD", "45355", "a number where a date is needed", "give the cells a date format"),
        ("YYYY-MM-DD", "٢٠٢٤-٠٣-٠٤", "this is not a date as YYYY-MM-DD", "set `dates` under [source]"),
        ("YYYY-MM-DD", "2024-3-4", "this is not a date as YYYY-MM-DD", "set `dates` under [source]"),
        ("DD.MM.YYYY", "March", "this is not a date as DD.MM.YYYY", "set `dates` under [source]"),
    ],
)
def test_a_date_of_another_shape_says_what_to_declare(
    tmp_path: Path, form: str, cell: str, what: str, remedy: str
) -> None:
    file = written(tmp_path, "data.csv", f"pid,done,seen,age,arm,n0,n1\n7,{cell},,50,A,8,3\n")
    with pytest.raises(DataError) as caught:
        imported(tmp_path, file, mapping=declared(form))
    (fault,) = caught.value.faults
    assert fault.what == what
    assert remedy in fault.remedy
    assert cell not in str(fault)


def test_other_formats_cannot_be_declared(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", "pid,done,seen,age,arm,n0,n1\n7,,,50,A,8,3\n")
    with pytest.raises(DefinitionError, match=r"source\.dates"):
        imported(tmp_path, file, mapping=declared("DD.MM.YY"))


@pytest.mark.parametrize("form", FORMATS)
def test_true_dates_of_excel_need_no_format(tmp_path: Path, form: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(["pid", "done", "seen", "age", "arm", "n0", "n1"])
    book.active.append([7, datetime.date(2024, 2, 3), datetime.datetime(2024, 3, 1), 50, "A", 8, 3])
    book.save(tmp_path / "data.xlsx")
    snapshot, _ = imported(tmp_path, tmp_path / "data.xlsx", mapping=declared(form))
    assert rows_of(snapshot, "nrs__after__day") == [(27,)]


@pytest.mark.parametrize(
    "kind",
    [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us", tz="UTC"), pa.timestamp("ns")],
    ids=str,
)
def test_true_dates_of_parquet_need_no_format(tmp_path: Path, kind: pa.DataType) -> None:
    days = [
        pa.array([datetime.datetime(2024, 2, 3)], pa.timestamp("us")),
        pa.array([datetime.datetime(2024, 3, 1)], pa.timestamp("us")),
    ]
    done, seen = (day.cast(kind) for day in days)
    columns = {"pid": [7], "done": done, "seen": seen, "age": [50], "arm": ["A"], "n0": [8], "n1": [3]}
    pq.write_table(pa.table(columns), tmp_path / "data.parquet")
    snapshot, _ = imported(tmp_path, tmp_path / "data.parquet", mapping=declared("DD.MM.YYYY"))
    assert rows_of(snapshot, "nrs__after__day") == [(27,)]


@pytest.mark.parametrize(
    ("value", "kind", "what"),
    [
        (2**45, pa.timestamp("s"), "this is not a date as YYYY-MM-DD"),
        (2**30, pa.date32(), "this is not a date as YYYY-MM-DD"),
        (10 * 3600 + 1, pa.timestamp("s"), "a date with a time of day"),
    ],
)
def test_days_outside_all_calendars_and_times_are_refused(
    tmp_path: Path, value: int, kind: pa.DataType, what: str
) -> None:
    columns = {
        "pid": [7],
        "done": pa.array([value], kind),
        "seen": [""],
        "age": [50],
        "arm": ["A"],
        "n0": [8],
        "n1": [3],
    }
    pq.write_table(pa.table(columns), tmp_path / "data.parquet")
    with pytest.raises(DataError, match=f"row 2, column “done”: {what}"):
        imported(tmp_path, tmp_path / "data.parquet", mapping=DATED)

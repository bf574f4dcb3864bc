"""Snapshots written from tables: row files say what the tables say, bytes repeat, contradictions are refused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foramen.kernel.errors import SnapshotError
from foramen.snapshot import parquet
from foramen.snapshot.codebook import SUPPRESSED, Variable
from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import Timepoint
from foramen.snapshot.store import open_snapshot
from foramen.snapshot.write import write_snapshot
from tests.snapshot.spread import tables_from_rows

VARIABLES = (
    Variable("site", "patients", "category", labels=("North", "South")),
    Variable("age", "patients", "number", unit="year"),
    Variable("arm", "allocations", "category", labels=("active", "control")),
    Variable("nrs", "assessments", "number", low=0, high=10, better="lower"),
    Variable("bme", "reads", "category", labels=("absent", "present")),
    Variable("dose", "doses", "number", unit="mGy", decimals=1),
)
TIMEPOINTS = (Timepoint("before", "Before", 0), Timepoint("after", "After", 28))

code = st.one_of(st.none(), st.integers(0, 10), st.just(SUPPRESSED))
wide = st.one_of(st.none(), st.integers(-(2**40), 2**40).filter(lambda value: value != SUPPRESSED))
event = st.fixed_dictionaries(
    {
        "person": st.integers(0, 4),
        "arm": st.one_of(st.none(), st.integers(0, 1)),
        "nrs__before": code,
        "nrs__after": code,
        "bme__r1": st.one_of(st.none(), st.integers(0, 1)),
        "bme__r2": st.one_of(st.none(), st.integers(0, 1)),
        "dose": wide,
    }
)


def rows_from(drawn: list[dict[str, int | None]]) -> pa.Table:
    """Rows by patient; attributes of a patient follow from the number."""
    people = {person: i for i, person in enumerate(sorted({row["person"] or 0 for row in drawn}), 1)}
    made = []
    for row in sorted(drawn, key=lambda row: row["person"] or 0):
        patient = people[row["person"] or 0]
        kept = {name: value for name, value in row.items() if name != "person"}
        made.append({"patient_id": patient, "site": patient % 2, "age": 30 + patient, **kept})
    return pa.Table.from_pylist(made, schema=pa.schema([(name, pa.int64()) for name in made[0]]))


def write(folder: Path, tables: Mapping[str, pa.Table], **changes: Any) -> Path:
    options = {"origin": "made up", "day": "2026-01-31", "index_event": "allocation", "timepoints": TIMEPOINTS}
    write_snapshot(folder, tables, changes.pop("variables", VARIABLES), **options | changes)
    return folder


@given(st.lists(event, min_size=1, max_size=20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_row_file_gives_back_the_rows_its_tables_came_from(tmp_path: Path, drawn: list) -> None:
    rows = rows_from(drawn)
    folder = write(tmp_path / "snapshot", tables_from_rows(rows, VARIABLES, index_event="allocation"))
    found = pq.read_table(open_snapshot(folder).rows_file("treatment"))
    assert found["row_id"].to_pylist() == list(range(1, rows.num_rows + 1))
    for name in rows.column_names:
        expected = rows[name].to_pylist()
        if name in found.column_names:
            assert found[name].to_pylist() == expected
        else:
            assert set(expected) == {None}
    patients = rows["patient_id"].to_pylist()
    assert found["repeats"].to_pylist() == [patients.count(patient) for patient in patients]
    assert found["sequence"].to_pylist() == [patients[: i + 1].count(patient) for i, patient in enumerate(patients)]


@given(st.lists(event, min_size=1, max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_code_book_says_what_the_row_file_holds(tmp_path: Path, drawn: list) -> None:
    folder = write(tmp_path / "snapshot", tables_from_rows(rows_from(drawn), VARIABLES, index_event="allocation"))
    snapshot = open_snapshot(folder)
    rows = pq.read_table(snapshot.rows_file("treatment"))
    for name, column in snapshot.codebook.columns["treatment"].items():
        codes = rows[name].to_pylist()
        shown = [value for value in codes if value not in (None, SUPPRESSED)]
        assert column.low == min(shown, default=None)
        assert column.high == max(shown, default=None)
        assert (column.missing, column.suppressed) == (codes.count(None), codes.count(SUPPRESSED))


def test_columns_are_as_narrow_as_their_codes_allow(tmp_path: Path) -> None:
    rows = pa.table(
        {"site": [0, 1], "age": [127, 128], "arm": [0, None], "nrs__before": [1, 2], "nrs__after": [SUPPRESSED, 3],
         "bme__r1": [0, 1], "dose": [2**31, 0]}
    )  # fmt: skip
    folder = write(tmp_path / "snapshot", tables_from_rows(rows, VARIABLES, index_event="allocation"))
    schema = pq.read_schema(folder / "rows" / "treatment.parquet")
    expected = {
        "site": "int8",
        "age": "int16",
        "arm": "int8",
        "nrs__before": "int32",
        "nrs__after": "int32",
        "dose": "int64",
    }
    assert {name: str(schema.field(name).type) for name in expected} == expected


def test_reads_have_rows_of_their_own_with_everything_of_their_treatment(tmp_path: Path) -> None:
    rows = pa.table(
        {"patient_id": [1, 1, 2], "site": [1, 1, 0], "age": [40, 40, 50], "arm": [0, 1, 1], "nrs__before": [7, 8, 9],
         "bme__r1": [1, None, 0], "bme__r2": [0, None, None], "dose": [1, 2, 3]}
    )  # fmt: skip
    folder = write(tmp_path / "snapshot", tables_from_rows(rows, VARIABLES, index_event="allocation"))
    names = ["row_id", "index_id", "patient_id", "sequence", "repeats", "reader", "bme", "age", "nrs__before"]
    found = pq.read_table(open_snapshot(folder).rows_file("read"), columns=names).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        (1, 1, 1, 1, 2, 0, 1, 40, 7),
        (2, 1, 1, 1, 2, 1, 0, 40, 7),
        (3, 3, 2, 1, 1, 0, 0, 50, 9),
    ]


def test_row_groups_are_cut_by_row_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 10)
    rows = pa.table({"site": [0] * 25, "age": range(25)})
    folder = write(
        tmp_path / "snapshot", tables_from_rows(rows, VARIABLES[:2], index_event="allocation"), variables=VARIABLES[:2]
    )
    metadata = pq.read_metadata(folder / "rows" / "treatment.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [10, 10, 5]
    assert metadata.row_group(1).column(0).statistics.min == 11


def test_equal_tables_give_equal_bytes(tmp_path: Path) -> None:
    rows = pa.table(
        {"site": [0, 1], "age": [40, 50], "arm": [0, 1], "nrs__before": [1, None], "bme__r1": [0, 1], "dose": [1, 2]}
    )
    tables = tables_from_rows(rows, VARIABLES, index_event="allocation")
    one, other = write(tmp_path / "one", tables), write(tmp_path / "other", tables)
    for file in sorted(one.rglob("*")):
        assert file.is_dir() or file.read_bytes() == (other / file.relative_to(one)).read_bytes()


def test_the_order_of_answers_and_reads_does_not_matter(tmp_path: Path) -> None:
    rows = pa.table(
        {"site": [0, 1], "age": [40, 50], "nrs__before": [1, 2], "nrs__after": [3, None], "bme__r1": [0, 1],
         "bme__r2": [1, 0], "arm": [0, 1], "dose": [1, 2]}
    )  # fmt: skip
    tables = tables_from_rows(rows, VARIABLES, index_event="allocation")
    turned = {
        name: table.take(list(range(table.num_rows))[::-1]) if name in ("assessments", "reads") else table
        for name, table in tables.items()
    }
    one, other = write(tmp_path / "one", tables), write(tmp_path / "other", turned)
    assert (one / "manifest.json").read_bytes() == (other / "manifest.json").read_bytes()


def test_the_manifest_links_row_files_to_their_tables(tmp_path: Path) -> None:
    rows = pa.table({"site": [0], "age": [40]})
    folder = write(
        tmp_path / "snapshot", tables_from_rows(rows, VARIABLES[:2]), index_event="treatment", variables=VARIABLES[:2]
    )
    manifest = open_snapshot(folder).manifest
    entry = manifest["files"]["rows/treatment.parquet"]
    assert entry["rows"] == 1
    assert entry["built_from"] == {
        name: manifest["files"][f"{name}.parquet"]["sha256"] for name in ("patients", "treatments")
    }


def test_written_files_have_the_columns_of_the_data_dictionary(tmp_path: Path) -> None:
    rows = pa.table({"site": [0], "age": [40], "arm": [1], "nrs__before": [1], "nrs__before__day": [-1],
                     "nrs__before__mode": [0], "bme__r1": [0], "dose": [1]})  # fmt: skip
    folder = write(tmp_path / "snapshot", tables_from_rows(rows, VARIABLES, index_event="allocation"))
    for name, entry in dictionary().tables.items():
        file = folder / f"{name}.parquet"
        if file.exists():
            own = [variable.name for variable in VARIABLES if variable.table == name and entry.shape != "observation"]
            assert pq.read_schema(file).names == [*(column.name for column in entry.columns), *own]
    for unit, entry in dictionary().row_files.items():
        file = folder / "rows" / f"{unit}.parquet"
        if file.exists():
            assert pq.read_schema(file).names[: len(entry.columns)] == [column.name for column in entry.columns]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nonsense": pa.table({"x": [1]})}, "the data dictionary has no such table"),
        ({"patients": pa.table({"patient_id": [1], "site": [0]})}, "the column age is absent"),
        (
            {"patients": pa.table({"patient_id": [1], "site": [0], "age": [1], "x": [0]})},
            "no variable of the code book",
        ),
    ],
)
def test_tables_that_are_not_of_the_dictionary_are_refused(tmp_path: Path, change: dict, message: str) -> None:
    tables = tables_from_rows(pa.table({"site": [0], "age": [40]}), VARIABLES[:2], index_event="allocation")
    with pytest.raises(SnapshotError, match=message):
        write(tmp_path / "snapshot", tables | change, variables=VARIABLES[:2])
    assert list(tmp_path.iterdir()) == []


def test_two_answers_for_one_place_are_refused(tmp_path: Path) -> None:
    variables = (VARIABLES[0], VARIABLES[3])
    tables = tables_from_rows(pa.table({"site": [0], "nrs__before": [5]}), variables, index_event="allocation")
    tables["assessments"] = pa.concat_tables([tables["assessments"]] * 2)
    with pytest.raises(SnapshotError, match="two rows have the same index_id, variable, timepoint"):
        write(tmp_path / "snapshot", tables, variables=variables)


@pytest.mark.parametrize(
    ("name", "table", "message"),
    [
        ("patients", {"patient_id": [2], "site": [0], "age": [40]}, "patient_id does not count up from 1"),
        ("allocations", {"index_id": [0], "patient_id": [1], "sequence": [1]}, "index_id does not count up from 1"),
        ("allocations", {"index_id": [1], "patient_id": [2], "sequence": [1]}, "patient_id refers to nothing"),
        (
            "doses",
            {"index_id": [2], "variable": ["dose"], "timepoint": [None], "code": [1]},
            "index_id refers to nothing",
        ),
    ],
)
def test_identifiers_that_lead_nowhere_are_refused(tmp_path: Path, name: str, table: dict, message: str) -> None:
    tables = tables_from_rows(pa.table({"site": [0], "age": [40]}), VARIABLES[:2], index_event="allocation")
    with pytest.raises(SnapshotError, match=message):
        write(tmp_path / "snapshot", tables | {name: pa.table(table)}, variables=(*VARIABLES[:2], VARIABLES[5]))


@pytest.mark.parametrize("code", [-1, 2])
@pytest.mark.parametrize("column", ["site", "arm", "bme__r1"])
def test_a_code_without_a_label_is_refused(tmp_path: Path, column: str, code: int) -> None:
    rows = {"site": [0, 0], "age": [40, 41], "arm": [0, 0], "bme__r1": [0, None], column: [1, code]}
    variables = (*VARIABLES[:3], VARIABLES[4])
    tables = tables_from_rows(pa.table(rows), variables, index_event="allocation")
    with pytest.raises(SnapshotError, match=f"variable {column.split('_')[0]}: a code has no label"):
        write(tmp_path / "snapshot", tables, variables=variables)


def test_a_snapshot_of_nobody_is_refused(tmp_path: Path) -> None:
    tables = {"patients": pa.table({"patient_id": pa.array([], pa.int32())})}
    with pytest.raises(SnapshotError, match="at least one index event"):
        write(tmp_path / "snapshot", tables, variables=(), index_event="registration")

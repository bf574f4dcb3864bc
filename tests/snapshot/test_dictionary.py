"""The data dictionary is complete and plain."""

import pytest

from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import INDEX_TABLES
from foramen.study.frame import ROW_FILES

ENTRIES = {**dictionary().tables, **{f"rows/{name}": entry for name, entry in dictionary().row_files.items()}}


def test_it_has_the_tables_of_the_design_and_the_row_files_of_the_store() -> None:
    assert sorted(dictionary().tables) == [
        "allocations", "assessments", "contacts", "doses", "events", "items", "medications", "orders", "patients",
        "reads", "targets", "treatments", "visits",
    ]  # fmt: skip
    assert set(dictionary().row_files) == set(ROW_FILES.values())
    assert set(INDEX_TABLES.values()) <= set(dictionary().tables)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_table_and_column_is_described_and_keyed(name: str) -> None:
    entry = ENTRIES[name]
    assert entry.description.endswith(".")
    assert set(entry.key) <= {column.name for column in entry.columns}
    assert all(column.description and not column.description.endswith(".") for column in entry.columns)
    assert {column.type for column in entry.columns} <= {"int8", "int16", "int32", "text", "code"}


def test_names_of_columns_are_reserved_but_for_the_mode_that_a_mapping_declares() -> None:
    assert {"row_id", "patient_id", "sequence", "repeats", "reader", "target"} <= dictionary().reserved()
    assert "mode" not in dictionary().reserved()

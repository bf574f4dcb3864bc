"""Tables from row-per-treatment columns: the inverse of building a row file."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from foramen.snapshot.codebook import Variable
from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import INDEX_TABLES, IndexEvent


def tables_from_rows(
    rows: pa.Table, variables: Sequence[Variable], *, index_event: IndexEvent = "treatment"
) -> dict[str, pa.Table]:
    """The tables whose treatment row file has these columns, named by `column_name`.

    Rows are sorted by `patient_id`, which counts from 1 without a gap; without that column each row is a patient.
    `row_id`, `sequence` and `repeats` follow from it and are not needed. Patient columns come from the first row.
    """
    index = pa.array(np.arange(1, rows.num_rows + 1), pa.int32())
    patients = rows["patient_id"].to_numpy() if "patient_id" in rows.column_names else index.to_numpy()
    _, first, position = np.unique(patients, return_index=True, return_inverse=True)
    sequence = np.arange(rows.num_rows) - first[position] + 1
    events = {
        "index_id": index,
        "patient_id": pa.array(patients, pa.int32()),
        "sequence": pa.array(sequence, pa.int16()),
    }
    tables = {"patients": pa.table({"patient_id": pa.array(patients[first], pa.int32())})}
    tables.setdefault(INDEX_TABLES[index_event], pa.table(events))
    for name in dict.fromkeys(variable.table for variable in variables):
        own = [variable.name for variable in variables if variable.table == name]
        entry = dictionary().tables[name]
        if entry.shape == "patient":
            tables[name] = _with(tables[name], {v: rows[v].take(pa.array(first)) for v in own})
        elif entry.shape == "index":
            key = {c.name: events[c.name] for c in entry.columns if c.name in events}
            tables[name] = _with(tables.get(name, pa.table(key)), {v: rows[v] for v in own})
        else:
            parts = _reads(rows, own, index) if entry.unit == "read" else _answers(rows, own, index)
            tables[name] = pa.concat_tables(parts, promote_options="default")
    return tables


def _with(table: pa.Table, columns: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


def _reads(rows: pa.Table, own: Sequence[str], index: pa.Array) -> list[pa.Table]:
    """One row per reader and index event with a finding, of the columns `variable__reader`."""
    readers = dict.fromkeys(name.split("__")[1] for name in rows.column_names if name.split("__")[0] in own)
    parts = []
    for reader in readers:
        found = {variable: rows[f"{variable}__{reader}"] for variable in own}
        read = pa.table({"index_id": index, "reader": pa.repeat(reader, rows.num_rows), **found})
        recorded = np.any([column.is_valid().to_numpy() for column in found.values()], axis=0)
        parts.append(read.filter(pa.array(recorded)))
    return parts


def _answers(rows: pa.Table, own: Sequence[str], index: pa.Array) -> list[pa.Table]:
    """One row per answer, missing ones too, of the columns `variable__timepoint` and their days and modes."""
    parts = []
    for name in rows.column_names:
        variable, *rest = name.split("__")
        if variable not in own or rest[1:] or rest in (["day"], ["mode"]):
            continue
        part = {"index_id": index, "variable": pa.repeat(variable, rows.num_rows)}
        part["timepoint"] = pa.repeat(rest[0], rows.num_rows) if rest else pa.nulls(rows.num_rows, pa.string())
        part["code"] = rows[name].cast(pa.int64())
        part |= {role: rows[f"{name}__{role}"] for role in ("day", "mode") if f"{name}__{role}" in rows.column_names}
        parts.append(pa.table(part))
    return parts

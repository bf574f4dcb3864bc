"""Row files from tables: one row per index event, per target, per imaging read, with everything known about it.

The tables hold whole patients in order: patient_id and index_id count up without a gap, so an identifier is a position.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from foramen.kernel.errors import SnapshotError
from foramen.snapshot.codebook import Column, Variable
from foramen.snapshot.dictionary import DictionaryTable, dictionary
from foramen.snapshot.layout import Layout

Positions = npt.NDArray[np.int64]
Tables = Mapping[str, pa.Table]

_ANSWERED = {"value": "code", "day": "day", "mode": "mode"}


def treatment_rows(layout: Layout, tables: Tables) -> pa.Table:
    """The row of every index event in the tables."""
    index = index_events(layout, tables)
    columns = {
        "row_id": index["index_id"],
        "patient_id": index["patient_id"],
        "sequence": index["sequence"],
        "repeats": _repeats(index["patient_id"]),
    }
    if layout.dated:
        columns["index_day"] = index["index_day"]
    recorded = _attributes(layout, tables, index) | _answers(layout, tables, index)
    for column in layout.columns:
        missing = pa.nulls(index.num_rows, layout.column_type(column))
        columns[column.name] = recorded.get(column.name, missing)
    return pa.table(columns)


def finer_rows(layout: Layout, unit: str, tables: Tables, treatments: pa.Table, first: int) -> pa.Table:
    """The rows of a finer unit, numbered from `first`; each repeats the columns of its index event."""
    entry = finer_table(unit)
    own = tables[entry.name]
    own = own.set_column(
        own.schema.get_field_index(entry.unit_key), entry.unit_key, _unit_key(layout, own[entry.unit_key])
    )
    own = own.sort_by([("index_id", "ascending"), (entry.unit_key, "ascending")])
    shared = treatments.take(pa.array(_positions(own["index_id"], treatments["row_id"])))
    columns = {"row_id": pa.array(np.arange(first, first + own.num_rows), pa.int32()), "index_id": own["index_id"]}
    columns |= {name: shared[name] for name in ("patient_id", "sequence", "repeats")}
    columns[entry.unit_key] = own[entry.unit_key]
    for column in finer_columns(layout, unit):
        columns[column.name] = (own if column.name in own.column_names else shared)[column.name]
    return pa.table(columns)


def finer_columns(layout: Layout, unit: str) -> list[Column]:
    """The columns of recorded variables in the row file of a finer unit: its own, then the shared ones."""
    own = [variable.name for variable in layout.home(finer_table(unit).name)]
    shared = [column for column in layout.columns if column.variable not in own]
    return [*(Column(name, name) for name in own), *shared]


def finer_table(unit: str) -> DictionaryTable:
    """The table whose rows are a unit of analysis."""
    return next(table for table in dictionary().tables.values() if table.unit == unit)


def index_events(layout: Layout, tables: Tables) -> pa.Table:
    """Every index event with its patient and sequence. A patient is registered once, so a registration is a patient."""
    table = tables[layout.index_table]
    if layout.index_event != "registration":
        return table
    once = pa.array(np.ones(table.num_rows), pa.int16())
    return pa.table({"index_id": table["patient_id"], "patient_id": table["patient_id"], "sequence": once})


def _repeats(patients: pa.ChunkedArray) -> pa.Array:
    _, position, count = np.unique(patients.to_numpy(), return_inverse=True, return_counts=True)
    return pa.array(count[position], pa.int16())


def _attributes(layout: Layout, tables: Tables, index: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The columns whose table holds one row per patient, per index event, or per reader."""
    variables = {variable.name: variable for variable in layout.variables}
    found = {}
    for column in layout.columns:
        variable = variables[column.variable]
        table = tables.get(variable.table)
        if table is not None and dictionary().tables[variable.table].shape != "observation":
            found[column.name] = _attribute(variable, column, table, index)
    return found


def _attribute(variable: Variable, column: Column, table: pa.Table, index: pa.Table) -> pa.ChunkedArray:
    entry = dictionary().tables[variable.table]
    if entry.shape == "patient":
        return table[variable.name].take(pa.array(_positions(index["patient_id"], table["patient_id"])))
    if column.reader is not None:
        table = table.filter(pc.equal(table["reader"].cast(pa.string()), column.reader))
    place = _positions(table["index_id"], index["index_id"])
    return table[variable.name].take(_scatter(place, np.arange(table.num_rows), index.num_rows, entry))


def _answers(layout: Layout, tables: Tables, index: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The columns whose table holds one row per answer."""
    wanted: dict[tuple[str, str | None], list[Column]] = {}
    found: dict[str, pa.ChunkedArray] = {}
    for column in layout.columns:
        wanted.setdefault((column.variable, column.timepoint), []).append(column)
    for name in dictionary().names("observation"):
        if name not in tables:
            continue
        table = tables[name].combine_chunks()
        place = _positions(table["index_id"], index["index_id"])
        for variable, timepoint, chosen in _slots(table):
            rows = _scatter(place[chosen], chosen, index.num_rows, dictionary().tables[name])
            for column in wanted.get((variable, timepoint), ()):
                taken = table[_ANSWERED[column.role]].take(rows)
                found[column.name] = taken.cast(layout.column_type(column))
    return found


def _slots(table: pa.Table) -> Iterator[tuple[str, str | None, Positions]]:
    """The rows of each variable at each time point."""
    variables, timepoints = table["variable"].combine_chunks(), table["timepoint"].combine_chunks()
    names, times = variables.dictionary.to_pylist(), [*timepoints.dictionary.to_pylist(), None]
    time = pc.fill_null(timepoints.indices, len(times) - 1).to_numpy()
    wide = np.int64 if len(names) * len(times) > np.iinfo(np.int16).max else np.int16
    slots = variables.indices.to_numpy().astype(wide) * wide(len(times)) + time.astype(wide)
    order = np.argsort(slots, kind="stable")
    starts = np.flatnonzero(np.diff(slots[order], prepend=-1))
    for chosen in np.split(order, starts[1:]) if len(order) else []:
        variable, timepoint = divmod(int(slots[chosen[0]]), len(times))
        yield names[variable], times[timepoint], chosen


def _positions(ids: pa.ChunkedArray, all_ids: pa.ChunkedArray) -> Positions:
    positions: Positions = ids.to_numpy().astype(np.int64) - all_ids[0].as_py()
    return positions


def _scatter(place: Positions, values: Positions, rows: int, entry: DictionaryTable) -> pa.Array:
    """For each index event, which row of the table is its own; null where none is."""
    found = np.full(rows, -1, np.int64)
    found[place] = values
    if np.count_nonzero(found >= 0) != len(values):
        key = ", ".join(entry.key)
        raise SnapshotError.single(f"two rows have the same {key}", where=f"table {entry.name}")
    return pa.array(found, mask=found < 0)


def _unit_key(layout: Layout, key: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_integer(key.type):
        return key
    return pc.index_in(key.cast(pa.string()), pa.array(layout.readers)).cast(pa.int8())

"""The layout that tables in memory imply, and tables brought to the types of a layout."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from foramen.kernel.errors import Fault, SnapshotError, raise_all
from foramen.snapshot.codebook import Column, Variable
from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import (
    INDEX_TABLES,
    MODE,
    Extent,
    IndexEvent,
    Layout,
    Timepoint,
    answer_columns,
    extent_of,
    narrowest,
    value_columns,
)

Tables = Mapping[str, pa.Table]


def observed_layout(
    tables: Tables, variables: Sequence[Variable], index_event: IndexEvent, timepoints: Sequence[Timepoint]
) -> Layout:
    """One column for each variable, time point and reader that occurs; types as narrow as the codes allow."""
    raise_all(SnapshotError, _faults(tables, variables))
    raise_all(SnapshotError, _identifier_faults(tables, INDEX_TABLES[index_event]))
    raise_all(SnapshotError, _code_faults(tables, variables))
    readers = tuple(sorted(set(tables["reads"]["reader"].to_pylist()))) if "reads" in tables else ()
    columns = [column for v in variables for column in _columns(v, tables, timepoints, readers)]
    types = {v.name: narrowest(_extent(v, tables)) for v in variables}
    dated = any("index_day" in table.column_names for table in tables.values())
    return Layout(index_event, tuple(variables), tuple(columns), types, tuple(timepoints), readers, dated)


def conform(layout: Layout, name: str, table: pa.Table) -> pa.Table:
    """The table with the columns, order and types of the layout; a column that may be null may be absent."""
    columns = []
    for field in layout.schema(name):
        present = field.name in table.column_names
        column = table[field.name] if present else pa.chunked_array([pa.nulls(table.num_rows, field.type)])
        encode = pa.types.is_dictionary(field.type) and not pa.types.is_dictionary(column.type)
        columns.append(pc.dictionary_encode(column).cast(field.type) if encode else column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=layout.schema(name))


def _columns(
    variable: Variable, tables: Tables, timepoints: Sequence[Timepoint], readers: Sequence[str]
) -> Iterator[Column]:
    entry = dictionary().tables[variable.table]
    if entry.unit == "target" or variable.name == MODE:
        return
    if entry.shape != "observation":
        yield from value_columns(variable, readers=readers)
        return
    own = _answers(variable, tables)
    present = own["timepoint"].unique().to_pylist()
    declared = [timepoint.name for timepoint in timepoints]
    ordered = [t for t in declared if t in present] + [t for t in present if t not in declared]
    for value in value_columns(variable, timepoints=ordered):
        yield value
        here = own.filter(pc.equal(own["timepoint"].cast(pa.string()), value.timepoint))
        yield from answer_columns(value, _roles(here, tables[variable.table]))


def _answers(variable: Variable, tables: Tables) -> pa.Table:
    table = tables.get(variable.table, pa.table({"variable": pa.array([], pa.string()), "timepoint": [], "code": []}))
    return table.filter(pc.equal(table["variable"].cast(pa.string()), variable.name))


def _roles(answers: pa.Table, table: pa.Table) -> list[Literal["day", "mode"]]:
    """Day and mode where the answers have some; everywhere, if the table has the column and nothing in it."""
    roles: tuple[Literal["day", "mode"], ...] = ("day", "mode")
    held = [role for role in roles if role in table.column_names]
    return [r for r in held if table[r].null_count == table.num_rows or answers[r].null_count < answers.num_rows]


def _extent(variable: Variable, tables: Tables) -> Extent:
    if dictionary().tables[variable.table].shape == "observation":
        return extent_of(_answers(variable, tables)["code"].cast(pa.int64()))
    if variable.table not in tables:
        return Extent()
    return extent_of(tables[variable.table][variable.name].cast(pa.int64()))


def _faults(tables: Tables, variables: Sequence[Variable]) -> Iterator[Fault]:
    known = dictionary().tables
    for name, table in tables.items():
        if name not in known:
            yield Fault("the data dictionary has no such table", name, remedy=f"one of {', '.join(known)}")
            continue
        attributes = [v.name for v in variables if v.table == name and known[name].shape != "observation"]
        needed = [c.name for c in known[name].columns if not c.null] + attributes
        allowed = {*needed, *(c.name for c in known[name].columns)}
        for column in needed:
            if column not in table.column_names:
                yield Fault(f"the column {column} is absent", f"table {name}")
        for column in table.column_names:
            if column not in allowed:
                yield Fault("no variable of the code book is in this column", f"table {name}, column {column}")


def _code_faults(tables: Tables, variables: Sequence[Variable]) -> Iterator[Fault]:
    """Codes of categories for which there is no label."""
    for variable in variables:
        extent = _extent(variable, tables)
        if variable.kind == "category" and (extent.low < 0 or extent.high >= max(1, len(variable.labels))):
            yield Fault(
                "a code has no label", f"table {variable.table}, variable {variable.name}", f"code {extent.high}"
            )


def _identifier_faults(tables: Tables, index_table: str) -> Iterator[Fault]:
    """Patients and index events count up from 1 in their tables; other tables refer to them."""
    identifier = "patient_id" if index_table == "patients" else "index_id"
    if index_table not in tables or not tables[index_table].num_rows:
        yield Fault("a snapshot needs at least one index event", f"table {index_table}", "no rows")
        return
    counts = {"patient_id": tables["patients"].num_rows if "patients" in tables else 0}
    counts["index_id"] = tables[index_table].num_rows
    for name, key in (("patients", "patient_id"), (index_table, identifier)):
        if name not in tables or tables[name][key].to_pylist() != list(range(1, counts[key] + 1)):
            yield Fault(f"{key} does not count up from 1 without a gap", f"table {name}")
    for name, table in tables.items():
        for key in sorted(counts.keys() & set(table.column_names)):
            within = pc.and_(pc.greater_equal(table[key], 1), pc.less_equal(table[key], counts[key]))
            if not pc.all(within, min_count=0).as_py():
                yield Fault(f"{key} refers to nothing", f"table {name}")

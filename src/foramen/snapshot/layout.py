"""The layout of one snapshot: which variables it has, in which columns they stand, how wide each one is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from foramen.snapshot.codebook import SUPPRESSED, Column, Variable, column_name
from foramen.snapshot.dictionary import DictionaryColumn, dictionary

IndexEvent = Literal["treatment", "allocation", "registration"]

INDEX_TABLES: Mapping[str, str] = {"treatment": "treatments", "allocation": "allocations", "registration": "patients"}
"""The table that lists every index event, by its kind; a patient is registered once."""

MODE = "mode"
"""The variable whose labels say how an assessment was answered: link, tablet, phone, clinic."""


@dataclass(frozen=True, slots=True)
class Timepoint:
    """A planned time of an answer; `day` is the planned day after the index event."""

    name: str
    label: str = ""
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """The smallest and largest code, and whether some are suppressed."""

    low: int = 0
    high: int = 0
    suppressed: bool = False

    def __or__(self, other: "Extent") -> "Extent":
        return Extent(min(self.low, other.low), max(self.high, other.high), self.suppressed or other.suppressed)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a writer must know before the first row.

    `columns` are those of the treatment row file (no statistics yet), in their order. `readers` are in code order.
    `types` gives one width per variable, so that a score has the same type at all its time points.
    """

    index_event: IndexEvent
    variables: tuple[Variable, ...]
    columns: tuple[Column, ...]
    types: Mapping[str, pa.DataType]
    timepoints: tuple[Timepoint, ...] = ()
    readers: tuple[str, ...] = ()
    dated: bool = False

    @property
    def index_table(self) -> str:
        return INDEX_TABLES[self.index_event]

    def home(self, table: str) -> tuple[Variable, ...]:
        """The variables whose home is a table."""
        return tuple(variable for variable in self.variables if variable.table == table)

    def schema(self, table: str) -> pa.Schema:
        """The Arrow schema of a table: the dictionary's columns, then its variables unless it lists them by name."""
        entry = dictionary().tables[table]
        fields = [pa.field(c.name, self._arrow(c, table), nullable=c.null) for c in entry.columns]
        if entry.shape != "observation":
            fields += [pa.field(v.name, self.types[v.name]) for v in self.home(table)]
        return pa.schema(fields)

    def units(self) -> tuple[str, ...]:
        """The row files beside `treatment` for which there are variables."""
        finer = (dictionary().tables[name] for name in dictionary().names("finer"))
        return tuple(table.unit for table in finer if self.home(table.name))

    def column_type(self, column: Column) -> pa.DataType:
        """The type of a column of the row files."""
        return {"value": self.types[column.variable], "day": pa.int16(), "mode": pa.int8()}[column.role]

    def _arrow(self, column: DictionaryColumn, table: str) -> pa.DataType:
        if column.type == "text":
            return pa.dictionary(pa.int32(), pa.string())
        if column.type == "code":
            wide = any(self.types[v.name] == pa.int64() for v in self.home(table))
            return pa.int64() if wide else pa.int32()
        return pa.type_for_alias(column.type)


def narrowest(extent: Extent) -> pa.DataType:
    """The narrowest integer type that holds the codes; what may be suppressed needs the 32 bits of its code."""
    low = min(extent.low, SUPPRESSED) if extent.suppressed else extent.low
    for bits, kind in ((8, pa.int8()), (16, pa.int16()), (32, pa.int32())):
        if low >= -(2 ** (bits - 1)) and extent.high < 2 ** (bits - 1):
            return kind
    return pa.int64()


def extent_of(codes: pa.ChunkedArray | pa.Array) -> Extent:
    """The extent of a column of codes; zero is always inside, so an empty column spans 0 to 0."""
    bounds = pc.min_max(codes).as_py()
    suppressed = bounds["min"] == SUPPRESSED
    if suppressed:
        bounds = pc.min_max(pc.filter(codes, pc.not_equal(codes, SUPPRESSED))).as_py()
    return Extent(min(bounds["min"] or 0, 0), max(bounds["max"] or 0, 0), suppressed)


def value_columns(
    variable: Variable, *, timepoints: Sequence[str | None] = (None,), readers: Sequence[str] = ()
) -> list[Column]:
    """The columns of the treatment row file that hold a variable."""
    if dictionary().tables[variable.table].unit == "read":
        return [Column(column_name(variable.name, reader=r), variable.name, reader=r) for r in readers]
    return [Column(column_name(variable.name, timepoint=t), variable.name, timepoint=t) for t in timepoints]


def answer_columns(value: Column, roles: Iterable[Literal["day", "mode"]]) -> list[Column]:
    """The columns that hold the day or mode of an answer, beside the one that holds its value."""
    return [
        Column(column_name(value.variable, timepoint=value.timepoint, role=role), value.variable, role, value.timepoint)
        for role in roles
    ]


def structural_variables(layout: Layout) -> list[Variable]:
    """What every row file has beside the recorded variables, as the code book names it."""
    table = layout.index_table
    found = [
        Variable("sequence", table, "number", "Number of the index event within the patient", low=1),
        Variable("repeats", table, "number", "Index events of the patient", low=1),
    ]
    if layout.dated:
        found.append(Variable("index_day", table, "number", "Days since the patient's first index event", "day", low=0))
    if "target" in layout.units():
        found.append(Variable("target", "targets", "number", "Number of the target within the session", low=1))
    if "read" in layout.units():
        found.append(Variable("reader", "reads", "category", "Reader", labels=layout.readers))
    return found

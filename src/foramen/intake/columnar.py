"""Parquet files, read group by group."""

from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from foramen.intake.cells import Notation, cell_text
from foramen.intake.source import BATCH, Batch, Source
from foramen.kernel.errors import DataError, Fault, raise_all


@dataclass(frozen=True)
class ColumnarSource(Source):
    """A Parquet file; its column names are the header, so its first row is row 2 as in a table with a header."""

    notation: Notation

    def batches(self) -> Generator[Batch, None, None]:
        """Batches of rows; a row of nulls is no row."""
        with pq.ParquetFile(self.path) as file:
            total, first = max(file.metadata.num_rows, 1), 2
            for part in file.iter_batches(BATCH):
                held = np.any([column.is_valid().to_numpy(zero_copy_only=False) for column in part.columns], axis=0)
                columns = [self._texts(column) for column in part.filter(pa.array(held)).columns]
                numbers = (first + np.flatnonzero(held)).tolist()
                first += part.num_rows
                yield Batch(numbers, columns, (), 100 * (first - 2) // total)

    def _texts(self, column: pa.Array) -> list[str]:
        return [cell_text(value, self.notation) for value in _values(column)]


def open_columnar(path: Path, notation: Notation, wanted: Collection[str]) -> ColumnarSource:
    """Read the column names; lists, records and bytes are refused in the columns that are wanted."""
    schema = pq.read_schema(path)
    what = "a column of this type cannot be a cell"
    faults = (
        Fault(what, f"{path.name}, column “{f.name}”", str(f.type), "turn it into text or numbers")
        for f in schema
        if f.name.strip() in wanted and not _is_cell(f.type)
    )
    raise_all(DataError, faults)
    return ColumnarSource(path, tuple(name.strip() for name in schema.names), notation)


def _is_cell(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_cell(kind.value_type)
    bytes_of = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return not (pa.types.is_nested(kind) or any(check(kind) for check in bytes_of))


def _values(column: pa.Array) -> Iterator[Any]:
    """Values whose text is the shortest that says them: 7.4 in 32 bits is 7.4."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_integer(kind):
        return iter(column.cast(pa.string()).to_pylist())
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        shortest = (str(value) for value in column.fill_null(0).to_numpy(zero_copy_only=False))
        known = column.is_valid().to_pylist()
        return (float(text) if valid else None for text, valid in zip(shortest, known, strict=True))
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = pc.cast(column, pa.timestamp("us", kind.tz), safe=False)
    try:
        return iter(column.to_pylist())
    except (OverflowError, ValueError):
        return map(_in_calendar, column)


def _in_calendar(value: pa.Scalar) -> Any:
    try:
        return value.as_py()
    except (OverflowError, ValueError):
        return "a day outside all calendars"

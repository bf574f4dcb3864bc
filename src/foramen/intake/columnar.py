"""Parquet files, read group by group."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from foramen.intake.cells import cell_text
from foramen.intake.source import BATCH, Batch, Source
from foramen.kernel.errors import DataError, Fault, raise_all


@dataclass(frozen=True)
class ColumnarSource(Source):
    """A Parquet file; its column names are the header, so its first row is row 2 as in a table with a header."""

    mark: str

    def batches(self) -> Generator[Batch, None, None]:
        with pq.ParquetFile(self.path) as file:
            total, first = max(file.metadata.num_rows, 1), 2
            for part in file.iter_batches(BATCH):
                columns = [self._texts(column) for column in part.columns]
                read = first + part.num_rows
                yield Batch(range(first, read), columns, (), 100 * (read - 2) // total)
                first = read

    def _texts(self, column: pa.Array) -> list[str]:
        if pa.types.is_integer(column.type):
            column = column.cast(pa.string())
        return [cell_text(value, self.mark) for value in column.to_pylist()]


def open_columnar(path: Path, mark: str) -> ColumnarSource:
    """Read the column names; lists, records and bytes are refused."""
    schema = pq.read_schema(path)
    odd = [
        f
        for f in schema
        if pa.types.is_nested(f.type) or pa.types.is_binary(f.type) or pa.types.is_large_binary(f.type)
    ]
    what = "a column of this type cannot be a cell"
    raise_all(DataError, (Fault(what, f"{path.name}, column “{f.name}”", str(f.type)) for f in odd))
    return ColumnarSource(path, tuple(name.strip() for name in schema.names), mark)

"""Parquet files whose bytes depend on nothing but their rows."""

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from foramen.kernel.digests import file_digest
from foramen.snapshot.codebook import SUPPRESSED, Column

ROW_GROUP = 122_880
"""Rows per group, as DuckDB reads them: one group is one unit of its parallel scan."""


class ParquetFile:
    """A file written piece by piece. Row groups are cut by row number, whatever the pieces are."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        path.parent.mkdir(exist_ok=True)
        self.path = path
        self.rows = 0
        self._schema = schema
        self._pending = schema.empty_table()
        self._writer = pq.ParquetWriter(path, schema, compression="snappy", write_statistics=True)

    def __enter__(self) -> "ParquetFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def append(self, table: pa.Table) -> None:
        """Add rows that have the schema of the file."""
        self.rows += table.num_rows
        self._pending = pa.concat_tables([self._pending, table])
        while self._pending.num_rows >= ROW_GROUP:
            self._write(self._pending.slice(0, ROW_GROUP))
            self._pending = self._pending.slice(ROW_GROUP)

    def finish(self) -> dict[str, Any]:
        """Write what is left; the file's entry in the manifest."""
        self._write(self._pending)
        self._writer.close()
        return {"sha256": file_digest(self.path), "rows": self.rows}

    def _write(self, table: pa.Table) -> None:
        if table.num_rows:
            whole = table.unify_dictionaries().combine_chunks()
            columns = [_plain_dictionary(c) if pa.types.is_dictionary(c.type) else c for c in whole.columns]
            canonical = pa.Table.from_arrays(columns, schema=self._schema)
            self._writer.write_table(canonical, row_group_size=ROW_GROUP)


def _plain_dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The same texts over a dictionary of those that occur, sorted: it must not tell in which order rows came."""
    encoded = column.combine_chunks()
    names = encoded.dictionary.to_pylist()
    codes = pc.fill_null(encoded.indices, len(names)).to_numpy()
    used = np.bincount(codes, minlength=len(names) + 1) > 0
    kept = sorted(name for name, occurs in zip(names, used[:-1], strict=True) if occurs)
    places = np.array(
        [*(kept.index(n) if occurs else 0 for n, occurs in zip(names, used[:-1], strict=True)), 0], np.int32
    )
    indices = pa.array(places[codes], mask=codes == len(names))
    return pa.DictionaryArray.from_arrays(indices, pa.array(kept, pa.string()))


def tallied(column: Column, codes: pa.ChunkedArray) -> Column:
    """The code book's column with these codes counted in."""
    suppressed = _suppressed(codes)
    shown = pc.filter(codes, pc.not_equal(codes, SUPPRESSED)) if suppressed else codes
    bounds = pc.min_max(shown).as_py()
    lows = [low for low in (column.low, bounds["min"]) if low is not None]
    highs = [high for high in (column.high, bounds["max"]) if high is not None]
    return replace(
        column,
        low=min(lows, default=None),
        high=max(highs, default=None),
        missing=column.missing + codes.null_count,
        suppressed=column.suppressed + suppressed,
    )


def _suppressed(codes: pa.ChunkedArray) -> int:
    if codes.type.bit_width < 32:
        return 0
    return int(pc.sum(pc.equal(codes, SUPPRESSED)).as_py() or 0)

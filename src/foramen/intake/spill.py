"""Sort more rows than fit in memory: sorted runs go to one nameless file and come back in parts of whole patients."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

RUN = 122_880
CELLS = 3_000_000
"""Rows sorted at a time and written as a part, fewer where they have many cells."""

_PIECES = 128

ORDER = [("site", "ascending"), ("patient", "ascending"), ("file", "ascending"), ("row", "ascending")]
"""Rows of a patient stand together, as they stood in the source."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Consecutive rows of a run in the file, with the first and last patient."""

    first: Key
    last: Key
    offset: int
    size: int
    rows: int


class Spill:
    """Rows in, parts out in the order of site and patient; a patient is never divided.

    Up to one run of rows stays in memory. The file has no name, so even a kill leaves no patient number on the disk.
    """

    def __init__(self, folder: Path, schema: pa.Schema, *, run: int = RUN) -> None:
        self._folder = folder
        self._schema = schema
        self._pending: list[pa.Table] = []
        self._count = 0
        self._limit = max(1, min(run, CELLS // len(schema)))
        self._runs: list[list[_Piece]] = []
        self._file: IO[bytes] | None = None
        self._open = ExitStack()

    def __enter__(self) -> "Spill":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def append(self, table: pa.Table) -> None:
        """Add rows in any order."""
        self._pending.append(table)
        self._count += table.num_rows
        if self._count >= self._limit:
            self._write_run()

    def parts(self) -> Iterator[pa.Table]:
        """Sorted parts of whole patients."""
        if not self._runs:
            if self._count:
                yield self._sorted()
            return
        if self._count:
            self._write_run()
        bounds = self._bounds()
        for low, high in zip([None, *bounds], [*bounds, None], strict=True):
            pieces = [piece for run in self._runs for piece in run if _overlaps(piece, low, high)]
            tables = [_between(self._load(piece), low, high) for piece in pieces]
            part = pa.concat_tables([self._schema.empty_table(), *tables])
            if part.num_rows:
                yield part.sort_by(ORDER)

    def _sorted(self) -> pa.Table:
        table = pa.concat_tables(self._pending).sort_by(ORDER).combine_chunks()
        self._pending, self._count = [], 0
        return table

    def _write_run(self) -> None:
        table = self._sorted()
        if self._file is None:
            nameless = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed with the others
            self._file = self._open.enter_context(nameless)
        run = []
        for batch in table.to_batches(max_chunksize=max(1, self._limit // _PIECES)):
            buffer = batch.serialize()
            offset = self._file.tell()
            self._file.write(buffer)
            run.append(_Piece(_key(batch, 0), _key(batch, batch.num_rows - 1), offset, buffer.size, batch.num_rows))
        self._runs.append(run)

    def _load(self, piece: _Piece) -> pa.Table:
        if self._file is None:
            raise LookupError("nothing was spilled")
        self._file.seek(piece.offset)
        buffer = pa.py_buffer(self._file.read(piece.size))
        return pa.Table.from_batches([pa.ipc.read_record_batch(buffer, self._schema)])

    def _bounds(self) -> list[Key]:
        """First patients of the parts: every so many rows along the pieces' first patients."""
        pieces = sorted((piece for run in self._runs for piece in run), key=lambda piece: piece.first)
        bounds: list[Key] = []
        rows = 0
        for piece in pieces:
            if rows >= self._limit and (not bounds or piece.first > bounds[-1]):
                bounds.append(piece.first)
                rows = 0
            rows += piece.rows
        return bounds


def _key(batch: pa.RecordBatch, position: int) -> Key:
    return batch["site"][position].as_py(), batch["patient"][position].as_py()


def _overlaps(piece: _Piece, low: Key | None, high: Key | None) -> bool:
    return (low is None or piece.last >= low) and (high is None or piece.first < high)


def _between(table: pa.Table, low: Key | None, high: Key | None) -> pa.Table:
    """The rows of patients from `low` up to but not `high`."""
    if low is not None:
        table = table.filter(_at_least(table, low))
    return table if high is None else table.filter(pc.invert(_at_least(table, high)))


def _at_least(table: pa.Table, key: Key) -> pa.ChunkedArray:
    site, patient = key
    later = pc.greater(table["site"], site)
    return pc.or_(later, pc.and_(pc.equal(table["site"], site), pc.greater_equal(table["patient"], patient)))

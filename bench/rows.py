"""Seeded rows of the two shapes, each size twice: a plain Parquet file and a Foramen snapshot of the same rows.

usage: rows.py FOLDER SIZE [SIZE ...]

The plain file has text for categories, as a user of pandas would have it. The snapshot has the row file and its
manifest only, written directly; the long tables an import also writes are not read by a study.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from shapes import SHAPES, Codes, Field, Shape

from foramen.kernel.staging import staged_folder
from foramen.snapshot.codebook import Column
from foramen.snapshot.layout import Extent, Layout, narrowest
from foramen.snapshot.parquet import ROW_GROUP
from foramen.snapshot.write import Provenance, SnapshotWriter

CHUNK = 1_000_000


def main(folder: Path, sizes: list[int]) -> None:
    """Make what is not there yet."""
    for size in sizes:
        for shape in SHAPES.values():
            make(folder, shape, size)


def make(folder: Path, shape: Shape, size: int) -> None:
    """Write both files of a shape and size unless a complete pair is there."""
    plain, snapshot = plain_file(folder, shape.name, size), snapshot_folder(folder, shape.name, size)
    if plain.exists() and (snapshot / "manifest.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    partial = plain.with_suffix(".partial")
    schema = pa.schema([("treatment_id", pa.int64()), *((field.plain, _plain_type(field)) for field in shape.fields)])
    with (
        pq.ParquetWriter(partial, schema, compression="snappy") as table,
        staged_folder(snapshot, kind="snapshot") as staging,
        RowFileWriter(staging, _layout(shape)) as rows,
    ):
        for first, codes in _chunks(shape, size):
            table.write_table(_plain_rows(shape, first, codes, schema), row_group_size=ROW_GROUP)
            rows.append_rows(_stored_rows(shape, first, codes))
        rows.finish(Provenance(f"made by bench/rows.py: {shape.name}, {size} rows", "2026-11-20"))
    partial.rename(plain)


def plain_file(folder: Path, shape: str, size: int) -> Path:
    return folder / f"{shape}_{size}.parquet"


def snapshot_folder(folder: Path, shape: str, size: int) -> Path:
    return folder / f"{shape}_{size}"


class RowFileWriter(SnapshotWriter):
    """Writes the rows of index events as they are, without tables to build them from."""

    def append_rows(self, rows: pa.Table) -> None:
        self._write_rows("treatment", rows)


def _chunks(shape: Shape, size: int) -> Iterator[tuple[int, dict[str, Codes]]]:
    """Chunks drawn independently of each other, so that a size always has the same rows."""
    for number, first in enumerate(range(0, size, CHUNK)):
        random = np.random.default_rng([shape.seed, number])
        yield first, shape.draw(random, min(CHUNK, size - first))


def _layout(shape: Shape) -> Layout:
    variables = {field.variable.name: field.variable for field in shape.fields}
    extents = {
        name: Extent(0, len(v.labels) - 1 if v.labels else v.high or 0, suppressed=False)
        for name, v in variables.items()
    }
    columns = [Column(f.stored, f.variable.name, timepoint=f.timepoint, reader=f.reader) for f in shape.fields]
    types = {name: narrowest(extent) for name, extent in extents.items()}
    return Layout("treatment", tuple(variables.values()), tuple(columns), types)


def _stored_rows(shape: Shape, first: int, codes: dict[str, Codes]) -> pa.Table:
    """Every patient has one treatment."""
    types, n = _layout(shape).types, len(codes[shape.fields[0].stored])
    number, once = pa.array(np.arange(first + 1, first + n + 1), pa.int32()), pa.array(np.ones(n), pa.int16())
    recorded = {f.stored: pa.array(codes[f.stored], types[f.variable.name]) for f in shape.fields}
    return pa.table({"row_id": number, "patient_id": number, "sequence": once, "repeats": once, **recorded})


def _plain_type(field: Field) -> pa.DataType:
    if field.variable.labels:
        return pa.string()
    return pa.float64() if field.variable.decimals else narrowest(Extent(0, field.variable.high or 0))


def _plain_rows(shape: Shape, first: int, codes: dict[str, Codes], schema: pa.Schema) -> pa.Table:
    n = len(codes[shape.fields[0].stored])
    columns = [np.arange(first, first + n), *(_plain(field, codes[field.stored]) for field in shape.fields)]
    arrays = [pa.array(column).cast(field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _plain(field: Field, codes: Codes) -> Codes | pa.Array:
    if field.variable.labels:
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(field.variable.labels))
    return codes / 10**field.variable.decimals if field.variable.decimals else codes


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(float(size)) for size in sys.argv[2:]])

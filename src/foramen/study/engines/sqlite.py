"""SQLite on a copy of the rows: the same SQL text, no other software. For proofs and small snapshots."""

import math
import sqlite3
from collections.abc import Callable

from pyarrow.parquet import ParquetFile

from foramen.study.engines.database import DatabaseEngine
from foramen.study.engines.engine import Rows
from foramen.study.engines.sql import FRAME, quoted, selection_sql


def open_sqlite(rows: Rows) -> DatabaseEngine:
    """An in-memory database that holds the row file."""
    connection = sqlite3.connect(":memory:")
    for name, function in (("EXP", math.exp), ("LN", math.log), ("FLOOR", math.floor)):
        connection.create_function(name, 1, _of_null(function), deterministic=True)
    with ParquetFile(rows.file) as file:
        names = file.schema_arrow.names
        connection.execute(f"CREATE TABLE snapshot_rows ({', '.join(f'{quoted(name)} INTEGER' for name in names)})")
        insert = f"INSERT INTO snapshot_rows VALUES ({', '.join('?' * len(names))})"
        for batch in file.iter_batches():
            connection.executemany(insert, zip(*(column.to_pylist() for column in batch.columns), strict=True))
    connection.execute(f"CREATE TEMP VIEW {FRAME} AS {selection_sql('snapshot_rows', rows.selection)}")
    return DatabaseEngine("sqlite", lambda statement: connection.execute(statement).fetchall(), connection.close)


def _of_null(function: Callable[[float], float]) -> Callable[[float | None], float | None]:
    """SQLite is built without these functions in places; like all of SQL's they give NULL for NULL."""
    return lambda number: None if number is None else function(number)

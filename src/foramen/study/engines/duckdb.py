"""DuckDB on the snapshot's Parquet file: the default engine."""

import duckdb

from foramen.study.engines.database import DatabaseEngine
from foramen.study.engines.engine import Rows
from foramen.study.engines.sql import FRAME, selection_sql

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    # Bounds what is held while reading; groupings spill to disk beyond it.
    "memory_limit": "1GB",
    "preserve_insertion_order": False,
    # Groupings whose keys together have at most this many bits count in a plain array instead of a hash table; those of
    # the planner's joint tables do, at half the time.
    "perfect_ht_threshold": 20,
}


def open_duckdb(rows: Rows) -> DatabaseEngine:
    """An in-process database whose view reads the Parquet file; nothing is copied."""
    connection = duckdb.connect(":memory:", config=SETTINGS)
    path = str(rows.file).replace("'", "''")
    query = selection_sql(f"read_parquet('{path}')", rows.selection)
    connection.execute(f"CREATE VIEW {FRAME} AS {query}")
    return DatabaseEngine("duckdb", lambda statement: connection.execute(statement).fetchall(), connection.close)

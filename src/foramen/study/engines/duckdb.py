"""DuckDB on the snapshot's Parquet file: the default engine."""

import duckdb

from foramen.study.engines.database import DatabaseEngine
from foramen.study.engines.engine import Rows
from foramen.study.engines.sql import FRAME, selection_sql

# Bounds what is held while reading; groupings spill to disk beyond it.
MEMORY = "1GB"


def open_duckdb(rows: Rows) -> DatabaseEngine:
    """An in-process database whose view reads the Parquet file; nothing is copied."""
    connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "preserve_insertion_order": False})
    path = str(rows.file).replace("'", "''")
    query = selection_sql(f"read_parquet('{path}')", rows.selection)
    connection.execute(f"CREATE VIEW {FRAME} AS {query}")
    return DatabaseEngine("duckdb", lambda statement: connection.execute(statement).fetchall(), connection.close)

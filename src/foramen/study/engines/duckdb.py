"""DuckDB on the snapshot's Parquet file: the default engine."""

import shutil
import weakref
from tempfile import mkdtemp

import duckdb

from foramen.study.engines.database import DatabaseEngine
from foramen.study.engines.engine import Rows
from foramen.study.engines.sql import FRAME, selection_sql

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "preserve_insertion_order": False,
    # Groupings whose keys together have at most this many bits count in a plain array instead of a hash table; those of
    # the planner's joint tables do, at half the time.
    "perfect_ht_threshold": 18,
}

MOST_THREADS = 8
MEGABYTES = 128
MEGABYTES_PER_THREAD = 64
"""What DuckDB may hold: it depends on processors, not on rows. Larger groupings go to disk; with less it fails."""


def open_duckdb(rows: Rows) -> DatabaseEngine:
    """An in-process database whose view reads the Parquet file; nothing is copied.

    What goes to disk is as sensitive as rows: into a folder that only its owner can read, and gone when closed.
    """
    spill = mkdtemp(prefix="foramen-")
    connection = duckdb.connect(":memory:", config={**SETTINGS, "temp_directory": spill})
    ((available,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    threads = min(available, MOST_THREADS)
    connection.execute(f"SET threads = {threads}")
    connection.execute(f"SET memory_limit = '{MEGABYTES + MEGABYTES_PER_THREAD * threads}MB'")
    path = str(rows.file).replace("'", "''")
    query = selection_sql(f"read_parquet('{path}')", rows.selection)
    connection.execute(f"CREATE VIEW {FRAME} AS {query}")

    def close() -> None:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)

    engine = DatabaseEngine("duckdb", lambda statement: connection.execute(statement).fetchall(), close)
    weakref.finalize(engine, shutil.rmtree, spill, ignore_errors=True)  # an engine that nobody closed
    return engine

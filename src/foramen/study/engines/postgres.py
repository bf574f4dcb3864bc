"""PostgreSQL on a copy of the rows in a temporary table: the same SQL text. Needs the extra `postgres`."""

from typing import Any

import psycopg
from pyarrow.parquet import ParquetFile

from foramen.study.engines.database import DatabaseEngine
from foramen.study.engines.engine import Rows
from foramen.study.engines.sql import FRAME, quoted, selection_sql


def open_postgres(rows: Rows, database: str) -> DatabaseEngine:
    """A session of the database given as a connection string; what it holds goes when it is closed."""
    connection = psycopg.connect(database, autocommit=True)
    with ParquetFile(rows.file) as file:
        columns = ", ".join(f"{quoted(name)} BIGINT" for name in file.schema_arrow.names)
        _run(connection, f"CREATE TEMP TABLE snapshot_rows ({columns})")
        with connection.cursor() as cursor, cursor.copy("COPY snapshot_rows FROM STDIN") as copy:
            for batch in file.iter_batches():
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
    _run(connection, f"CREATE TEMP VIEW {FRAME} AS {selection_sql('snapshot_rows', rows.selection)}")
    return DatabaseEngine("postgres", lambda statement: _rows(connection, statement), connection.close)


def _rows(connection: "psycopg.Connection[tuple[Any, ...]]", statement: str) -> list[tuple[Any, ...]]:
    cursor = _run(connection, statement)
    return cursor.fetchall() if cursor.description else []


def _run(connection: "psycopg.Connection[tuple[Any, ...]]", statement: str) -> "psycopg.Cursor[tuple[Any, ...]]":
    return connection.execute(statement.encode())

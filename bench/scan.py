"""The floor: one DuckDB query that sums every column a report uses, lengths for text.

usage: scan.py FILE
"""

import json
import sys
import time

import duckdb

UNUSED = {"row_id", "patient_id", "sequence", "repeats", "treatment_id", "site", "procedure"}


def main(file: str) -> None:
    """Print one line of JSON: the best of three runs in this process, after imports."""
    connection = duckdb.connect()
    columns = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
    used = [(name, kind) for name, kind, *_ in columns if name not in UNUSED]
    sums = ", ".join(f"SUM(LENGTH({name}))" if kind == "VARCHAR" else f"SUM({name})" for name, kind in used)
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        connection.execute(f"SELECT COUNT(*), {sums} FROM read_parquet(?)", [file]).fetchall()
        seconds.append(time.perf_counter() - begin)
    print(json.dumps({"seconds": min(seconds), "columns": len(used)}))


if __name__ == "__main__":
    main(*sys.argv[1:])

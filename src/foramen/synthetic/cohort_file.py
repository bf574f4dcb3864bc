"""The command line of a script that rebuilds a cohort, and the file it writes."""

import argparse
import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path


def write_rows(rows: Iterable[Mapping[str, object]], path: Path) -> None:
    """One line per row under the keys of the first; None is an empty cell."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)


def run(rebuild: Callable[[], Iterable[Mapping[str, object]]], description: str) -> None:
    """Write the cohort to the path given on the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("out", type=Path, help="the CSV file to write")
    write_rows(rebuild(), parser.parse_args().out)

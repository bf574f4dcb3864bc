"""Time Foramen's reports against what a user would pick instead and against a bare scan; see bench/README.md.

usage: run.py [--quick | --full] [--write] [--rounds N] [--stack-up-to ROWS] [--data FOLDER]
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from checks import checks
from measure import Contender, interleave
from tables import Comparison, comparison_tables
from values import from_statistics, largest_difference

HERE = Path(__file__).parent
ROOT = HERE.parent
STACK = ROOT / ".venv-bench" / "bin" / "python"

QUICK = (200, 10_000, 1_000_000)
FULL = (*QUICK, 10_000_000)
STUDIES = ("trial", "pars", "pars_models")
TABLEONE_UP_TO = 1_000_000
"""tableone walks rows in Python: a minute at a million rows."""

ONCE_FROM = 1_000_000
"""From here on a run that takes a minute is made once."""


def main(arguments: Sequence[str]) -> int:
    options = parsed(arguments)
    sizes = FULL if options.full else QUICK
    folder = options.data or Path(tempfile.gettempdir()) / "foramen-bench"
    make = [sys.executable, str(HERE / "rows.py"), str(folder), *map(str, sizes)]
    subprocess.run(make, check=True)
    comparisons = [compared(study, size, folder, options) for study in STUDIES for size in sizes]
    text = "\n\n".join([heading(), *comparison_tables(comparisons), checks(folder, options.rounds)])
    print(text)
    if options.write:
        (HERE / "RESULTS.md").write_text(text + "\n", encoding="utf-8")
    wrong = [line for comparison in comparisons for line in comparison.wrong]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_true", help="200, 1e4 and 1e6 rows (this is the default)")
    sizes.add_argument("--full", action="store_true", help="1e7 rows too")
    parser.add_argument("--write", action="store_true", help="also write bench/RESULTS.md")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stack-up-to", type=float, default=1e6, help="largest size for the pandas stack")
    parser.add_argument("--data", type=Path, help="folder for the rows; kept between runs")
    return parser.parse_args(arguments)


def compared(study: str, size: int, folder: Path, options: argparse.Namespace) -> Comparison:
    """Everybody on one report at one size, in turns, and whether the values agree."""
    print(f"{study}, {size:,} rows", file=sys.stderr)
    shape = study.removesuffix("_models")
    plain, snapshot = folder / f"{shape}_{size}.parquet", folder / f"{shape}_{size}"
    ours, theirs = folder / f"{study}_{size}_ours.json", folder / f"{study}_{size}_stack.json"
    report = [sys.executable, str(HERE / "foramen_report.py"), str(HERE / "studies" / f"{study}.toml"), str(snapshot)]
    scan = [sys.executable, str(HERE / "scan.py")]
    contenders = [
        Contender("Foramen", [*report, str(ours)], options.rounds),
        Contender("scan of the row file", [*scan, str(snapshot / "rows" / "treatment.parquet")], options.rounds),
        Contender("scan of the plain file", [*scan, str(plain)], options.rounds),
    ]
    if size <= options.stack_up_to:
        contenders += stack_contenders(study, size, plain, theirs, options.rounds)
    interleave(contenders, folder)
    if size > options.stack_up_to:
        return Comparison(study, size, contenders)
    found = from_statistics(json.loads(ours.read_text())), json.loads(theirs.read_text())
    worst, where, wrong = largest_difference(*found)
    return Comparison(study, size, contenders, len(found[1]), worst, where, wrong)


def stack_contenders(study: str, size: int, plain: Path, values: Path, rounds: int) -> list[Contender]:
    """The pandas stack, for the trial with and without tableone."""
    command = [str(STACK), str(HERE / "stack.py"), study, str(plain)]
    if study != "trial":
        return [Contender("pandas stack", [*command, str(values)], rounds)]
    found = [Contender("pandas stack without tableone", [*command, "without-tableone", str(values)], rounds)]
    if size <= TABLEONE_UP_TO:
        found.append(Contender("pandas stack", command, 1 if size >= ONCE_FROM else rounds))
    return found


def heading() -> str:
    """What ran where; both sides must have the same numeric libraries."""
    names = ("numpy", "scipy", "pyarrow", "duckdb")
    here = {name: version(name) for name in names}
    ask = f"import importlib.metadata as m; print(*(m.version(n) for n in {names!r}))"
    there = subprocess.run([STACK, "-c", ask], check=True, capture_output=True, text=True).stdout.split()
    if list(here.values()) != there:
        raise SystemExit(f"the two environments differ: {here} against {there}; make both anew")
    libraries = ", ".join(f"{name} {number}" for name, number in here.items())
    return f"# Bench\n\nPython {platform.python_version()}, {libraries}, on both sides."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

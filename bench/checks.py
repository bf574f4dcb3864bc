"""What is measured once: the whole command at 200 rows, what an import of the statistics loads, a real import."""

import os
import subprocess
import sys
from pathlib import Path

from catalogue import catalogue_lines
from measure import Contender, interleave

HERE = Path(__file__).parent
ROOT = HERE.parent
COMMAND = Path(sys.executable).parent / "foramen"
FORBIDDEN = ("scipy.stats", "pandas", "pyarrow", "statsmodels", "duckdb")

LOADED = f"""
import json, pkgutil, sys, time
from importlib import import_module
begin = time.perf_counter()
import foramen.statistics
for module in pkgutil.walk_packages(foramen.statistics.__path__, "foramen.statistics."):
    import_module(module.name)
seconds = time.perf_counter() - begin
print(json.dumps({{"seconds": seconds, "loaded": [name for name in {FORBIDDEN!r} if name in sys.modules]}}))
"""


TEMPLATE = "ct-or-fluoroscopy"
"""A whole report of 200 people: ten tables, five figures."""

FORMATS = {
    "counting only, as CSV": ["csv"],
    "HTML, DOCX and CSV": ["html", "docx", "csv"],
    "all formats": ["html", "docx", "csv", "pdf", "figures"],
}


def checks(folder: Path, rounds: int) -> str:
    """The section of the bench's text."""
    lines = [
        *_command_lines(folder, rounds), *_report_lines(folder, rounds), _import_line(), *_registry(folder),
        *catalogue_lines(folder, rounds),
    ]  # fmt: skip
    return "\n".join(["## Beside the reports", "", *lines])


def _report_lines(folder: Path, rounds: int) -> list[str]:
    """The report of a study template, in its formats, from start to end."""
    library, snapshot = ROOT / "src/foramen/library", folder / TEMPLATE
    cohort, study = library / "cohorts" / TEMPLATE, library / "studies" / TEMPLATE / "study.toml"
    made = ["--mapping", str(cohort / "mapping.toml"), "--out", str(snapshot), "--quiet"]
    subprocess.run(
        [str(COMMAND), "import", "table", str(cohort / "cohort.csv"), *made], check=True, capture_output=True
    )
    run = [str(COMMAND), "study", "run", str(study), "--snapshot", str(snapshot), "--quiet"]
    contenders = [
        Contender(
            name,
            [*run, "--out", str(folder / f"out_{len(formats)}"), *(w for form in formats for w in ("--format", form))],
            rounds,
        )
        for name, formats in FORMATS.items()
    ]
    interleave(contenders, folder)
    return [
        f"- report of 200 people, {contender.name}: whole process {contender.median('process'):.2f} s, "
        f"{contender.median('peak_mb'):.0f} MB"
        for contender in contenders
    ]


def _command_lines(folder: Path, rounds: int) -> list[str]:
    """`foramen study run` from start to end, its report written."""
    contenders = [
        Contender(study, [str(COMMAND), "study", "run", str(HERE / "studies" / f"{study}.toml"), "--snapshot",
                          str(folder / f"{study}_200"), "--out", str(folder / f"out_{study}")], max(rounds, 5))
        for study in ("trial", "pars")
    ]  # fmt: skip
    interleave(contenders, folder)
    return [
        f"- `foramen study run`, {contender.name}, 200 rows: whole process {contender.median('process'):.2f} s, "
        f"{contender.median('cpu'):.2f} s of processor, {contender.median('peak_mb'):.0f} MB"
        for contender in contenders
    ]


def _import_line() -> str:
    found = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True).stdout.strip()
    return f"- import of all of `foramen.statistics`; of {', '.join(FORBIDDEN)} it loads: {found}"


def _registry(folder: Path) -> list[str]:
    """The hip registry, 39,323 rows of CSV to a snapshot."""
    data = ROOT / os.environ.get("FORAMEN_REFERENCE_DATA", "../shared/data") / "nhs_proms_hip_1718"
    mapping = ROOT / "tests" / "data" / "nhs_proms_hip.toml"
    files = sorted(map(str, data.glob("*.csv*")))
    if not files or not mapping.is_file():
        return ["- import of the hip registry: not run, its file or its mapping is not here"]
    command = [str(COMMAND), "import", "table", *files, "--mapping", str(mapping), "--out", str(folder / "registry")]
    contender = Contender("registry", command, 3)
    interleave([contender], folder)
    seconds, peak = contender.median("process"), contender.median("peak_mb")
    return [f"- `foramen import table`, hip registry, 39,323 rows: {seconds:.2f} s, {peak:.0f} MB"]

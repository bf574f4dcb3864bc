"""The demonstration: what a department does, with invented patients."""

from importlib.resources import as_file, files
from pathlib import Path

import typer

from foramen.cli.progress import import_bar, progress_bar
from foramen.intake.table import import_table
from foramen.kernel.errors import OutputError
from foramen.report.plain import plain_report
from foramen.snapshot.store import open_snapshot
from foramen.study.outputs import write_results
from foramen.study.run import load_study, plan_study, run_study
from foramen.synthetic.two_arms import write_two_arms

SEED = 20_261_120


def run_demo(out: Path, *, patients: int, quiet: bool) -> Path:
    """Leave `cohort.csv`, `snapshot` and `results` below `out`; returns the path of the report."""
    table, snapshot, results = out / "cohort.csv", out / "snapshot", out / "results"
    _make_folder(out)
    typer.echo(f"1  inventing {patients} patients: {table}")
    write_two_arms(table, patients=patients, seed=SEED)
    with as_file(files("foramen.library").joinpath("demo")) as documents:
        mapping, study = documents / "mapping.toml", documents / "study.toml"
        typer.echo(f"2  foramen import table {table} --mapping {mapping} --out {snapshot}")
        with import_bar(quiet=quiet) as advance:
            import_table([table], mapping, snapshot, quarantine=None, progress=advance)
        typer.echo(f"3  foramen study run {study} --snapshot {snapshot} --out {results}")
        plan = plan_study(load_study(study), open_snapshot(snapshot))
        with progress_bar("Counting", quiet=quiet) as advance:
            found = run_study(plan, engine="duckdb", progress=advance)
    write_results(found, results, pages={"report.html": plain_report(plan.study, plan.snapshot.codebook, found)})
    return results / "report.html"


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError.single(
            f"cannot be made a folder: {error.strerror}", where=str(out), remedy="give --out a new folder"
        ) from None

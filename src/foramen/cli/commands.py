"""The commands. Each imports what it runs when it runs, so that `--help` and errors are quick."""

from pathlib import Path
from typing import Annotated

import typer

from foramen import __version__
from foramen.kernel.errors import OutputError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
import_app = typer.Typer(no_args_is_help=True, help="Make a snapshot.")
study_app = typer.Typer(no_args_is_help=True, help="Check and run studies.")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"foramen {__version__}")
        raise typer.Exit


@app.callback()
def foramen(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Evidence from image-guided spine injections: rows in, exact statistics out."""


app.add_typer(import_app, name="import")
app.add_typer(study_app, name="study")

Out = Annotated[Path, typer.Option("--out", help="Folder to write; appears whole or not at all.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar.")]


@import_app.command("table")
def import_table(
    files: Annotated[list[Path], typer.Argument(help="CSV, TSV, Excel or Parquet; several of the same shape.")],
    mapping: Annotated[Path, typer.Option("--mapping", help="TOML document that says what the columns mean.")],
    out: Out,
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", help="Put rows that do not fit into this file, readable by you only, and go on."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make a snapshot from tables of rows."""
    from foramen.cli.progress import import_bar  # noqa: PLC0415 - start-up time
    from foramen.intake.table import import_table  # noqa: PLC0415 - start-up time

    with import_bar(quiet=quiet) as advance:
        summary = import_table(files, mapping, out, quarantine=quarantine, progress=advance)
    read, events, people = summary.source_rows, summary.index_events, summary.patients
    typer.echo(f"{out}: {read:,} rows read: {events:,} index events of {people:,} patients")
    if summary.quarantined["rows"]:
        typer.echo(f"  {summary.quarantined['rows']} rows set aside in {quarantine}, readable by you only:")
    for fault in summary.quarantined["faults"]:
        typer.echo("    " + ", ".join(f"{key}: {value}" for key, value in fault.items()))
    typer.echo(f"  snapshot {summary.digest}")


@study_app.command("check")
def study_check(
    study: Annotated[Path, typer.Argument(help="The study document (TOML).")],
    snapshot: Annotated[
        Path | None, typer.Option("--snapshot", help="Also check that this snapshot holds what the study names.")
    ] = None,
) -> None:
    """Say everything that is wrong with a study document."""
    from foramen.snapshot.store import open_snapshot  # noqa: PLC0415 - start-up time
    from foramen.study.run import load_study, plan_study  # noqa: PLC0415 - start-up time

    document = load_study(study)
    if snapshot is not None:
        plan_study(document, open_snapshot(snapshot))
    typer.echo(f"{study}: in order, definition {document.digest}")


@study_app.command("run")
def study_run(
    study: Annotated[Path, typer.Argument(help="The study document (TOML).")],
    snapshot: Annotated[Path, typer.Option("--snapshot", help="Snapshot folder.")],
    out: Out,
    engine: Annotated[
        str, typer.Option("--engine", help="duckdb, reference or sqlite; all give the same numbers.")
    ] = "duckdb",
    cache: Annotated[
        Path | None, typer.Option("--cache", help="Keep count tables here between runs; as sensitive as rows.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run a study on a snapshot: results.json, results.csv, report.html, manifest.json, counts/."""
    from foramen.cli.progress import progress_bar  # noqa: PLC0415 - start-up time
    from foramen.kernel.staging import check_replaceable  # noqa: PLC0415 - start-up time
    from foramen.report.plain import plain_report  # noqa: PLC0415 - start-up time
    from foramen.snapshot.store import open_snapshot  # noqa: PLC0415 - start-up time
    from foramen.study.outputs import write_results  # noqa: PLC0415 - start-up time
    from foramen.study.run import load_study, plan_study, run_study  # noqa: PLC0415 - start-up time

    check_replaceable(out, kind="results")
    _check_apart(out, snapshot)
    plan = plan_study(load_study(study), open_snapshot(snapshot))
    with progress_bar("Counting", quiet=quiet) as advance:
        results = run_study(plan, engine=engine, cache=cache, progress=advance)
    write_results(results, out, pages={"report.html": plain_report(plan.study, plan.snapshot.codebook, results)})
    failed = sum(row.error is not None for row in results.statistics)
    typer.echo(f"{out / 'report.html'}: {len(results.statistics)} statistics, {failed} that could not be computed")


def _check_apart(out: Path, snapshot: Path) -> None:
    """A snapshot is never written to."""
    if out.resolve() != snapshot.resolve() and out.resolve().is_relative_to(snapshot.resolve()):
        raise OutputError.single("results cannot be written into a snapshot", where=str(out), remedy="another --out")


@app.command()
def demo(
    out: Out,
    patients: Annotated[int, typer.Option(min=20, max=1_000_000, help="How many patients to invent.")] = 200,
    quiet: Quiet = False,
) -> None:
    """Invent a cohort, import it, run a study on it."""
    from foramen.cli.demo import run_demo  # noqa: PLC0415 - start-up time

    report = run_demo(out, patients=patients, quiet=quiet)
    typer.echo(f"\nThe report of {patients} invented patients: {report.resolve().as_uri()}")

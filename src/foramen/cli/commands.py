"""The commands. Each imports what it runs when it runs, so that `--help` and errors are quick."""

from pathlib import Path
from typing import Annotated

import typer

from foramen import __version__
from foramen.cli.clinic_commands import PORT, Port, add_clinic_commands
from foramen.cli.evidence_commands import evidence_app
from foramen.cli.instrument_commands import instrument_app
from foramen.cli.policy_commands import policy_app
from foramen.cli.report_commands import app as report_app
from foramen.cli.schedule_commands import schedule_app
from foramen.cli.snapshot_commands import app as snapshot_app
from foramen.kernel.errors import OutputError
from foramen.report.formats import USUAL, Format

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
app.add_typer(snapshot_app, name="snapshot")
app.add_typer(study_app, name="study")
app.add_typer(report_app, name="report")
app.add_typer(evidence_app, name="evidence")
app.add_typer(policy_app, name="policy")
app.add_typer(instrument_app, name="instrument")
app.add_typer(schedule_app, name="schedule")
add_clinic_commands(app)

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
    if summary.people != "recorded":
        typer.echo(f"  {summary.people} people, as the mapping says: reports of this snapshot skip disclosure control")
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
    internal: Annotated[
        bool, typer.Option("--internal", help="Skip disclosure control; every page is marked. Not to be passed on.")
    ] = False,
    threshold: Annotated[int, typer.Option(min=3, help="Disclosure control withholds counts below this.")] = 11,
    formats: Annotated[
        list[Format] | None,
        typer.Option(
            "--format", help="html, docx, csv, pdf, figures; repeat for several. The first three if left out."
        ),
    ] = None,
    style: Annotated[str | None, typer.Option("--style", help="Journal style, instead of the document's.")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave out what the snapshot does not hold; the report says so.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Run a study on a snapshot: the report, its tables, results.json, results.csv, manifest.json, counts/."""
    from foramen.cli.running import run_to_folder  # noqa: PLC0415 - start-up time
    from foramen.kernel.staging import check_replaceable  # noqa: PLC0415 - start-up time
    from foramen.report.folder import Wish  # noqa: PLC0415 - start-up time

    check_replaceable(out, kind="results")
    _check_apart(out, snapshot)
    shown = tuple(dict.fromkeys(formats or USUAL))
    wish = Wish(internal=internal, threshold=threshold, style=style, formats=shown, partial=partial)
    typer.echo(run_to_folder(study, snapshot, out, wish, engine=engine, cache=cache, quiet=quiet))


def _check_apart(out: Path, snapshot: Path) -> None:
    """A snapshot is never written to."""
    if out.resolve() != snapshot.resolve() and out.resolve().is_relative_to(snapshot.resolve()):
        raise OutputError.single("results cannot be written into a snapshot", where=str(out), remedy="another --out")


@app.command()
def demo(
    out: Out,
    quiet: Quiet = False,
    port: Port = PORT,
    at: Annotated[
        str, typer.Option("--at", help="Local time at which the clinic's clock starts.")
    ] = "2026-11-26T09:12",
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Build everything, and end.")] = False,
) -> None:
    """Run the five study templates on reconstructed cohorts, build a clinic of invented people, and serve it."""
    from foramen.cli.demo import run_demo  # noqa: PLC0415 - start-up time
    from foramen.cli.demo_clinic import (  # noqa: PLC0415 - start-up time
        build_clinic,
        check_first,
        clock_offset,
        serve_clinic,
        whom_to_be,
    )

    clock_offset(at)
    check_first(out, None if no_serve else port)
    index = run_demo(out, quiet=quiet).resolve().as_uri()
    typer.echo(f"6  a clinic with 300 invented patients, in {out}/clinic")
    folder = build_clinic(out)
    typer.echo("\n".join(["", f"Five reports, in the browser and for Word: {index}", *whom_to_be()]))
    if not no_serve:
        serve_clinic(folder, port, at)

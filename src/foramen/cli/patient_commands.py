"""`foramen patient`: what is done for one patient from the command line."""

from pathlib import Path
from typing import Annotated

import typer

patient_app = typer.Typer(no_args_is_help=True, help="What is done for one patient.")


def add_patient_commands(app: typer.Typer) -> None:
    """Put the commands where all the others are."""
    app.add_typer(patient_app, name="patient")


@patient_app.callback()
def patient() -> None:
    """What is done for one patient."""


@patient_app.command("export")
def patient_export(
    site: Annotated[str, typer.Option("--site", help="Code of the site.")],
    number: Annotated[str, typer.Option("--number", help="Number of the patient at that site.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write; appears whole or not at all.")],
    why: Annotated[
        str, typer.Option("--why", help="What the copy is for; it stays in the history of the record.")
    ] = "",
) -> None:
    """Write a complete copy of a patient's record: PDF, CSV, JSON, the audit, and a manifest."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic()
    serving.check_ready()
    from foramen.clinic.records.patient_export import export_patient, find_patient  # noqa: PLC0415 - start-up time

    context = {"shown_as": "command line", "verb": "patient export", "why": why}
    rows = export_patient(find_patient(site, number), out, context)
    typer.echo(f"{out}: {sum(rows.values())} rows, {rows['audit']} of them events of the audit")

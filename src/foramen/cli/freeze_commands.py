"""`foramen freeze`: a de-identified snapshot of a site, from the command line."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from foramen.clinic.freeze.told import Told


def add_freeze_commands(app: typer.Typer) -> None:
    """Put the command where all the others are."""
    app.command("freeze")(freeze)


def freeze(
    site: Annotated[str, typer.Option("--site", help="Code of the site.")],
    person: Annotated[
        str, typer.Option("--person", help="Your account; its password is asked for, or read from standard input.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the snapshot, new or of an earlier one.")],
    detail: Annotated[
        Literal["safe-harbor", "limited"],
        typer.Option("--detail", help="limited keeps calendar months: a limited data set, not Safe Harbor."),
    ] = "safe-harbor",
    day: Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], help="Day that the snapshot bears; today if left out."),
    ] = None,
) -> None:
    """Freeze the treatments of everybody who agreed to research: a snapshot without names, dates or free text."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic(serving=False)
    serving.check_ready()
    from foramen.clinic.freeze.by_hand import Wanted, freeze_by_hand  # noqa: PLC0415 - start-up time
    from foramen.clinic.freeze.detail import Detail  # noqa: PLC0415 - start-up time

    kept: Detail = "limited" if detail == "limited" else "safe_harbor"
    wanted = Wanted(site, out, kept, _day(day))
    made, told = freeze_by_hand(wanted, person, _password(person))
    typer.echo("\n".join([f"{out}: snapshot {made.number} of {site}", *_lines(told), f"  digest {told.sha256}"]))


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _password(account: str) -> str:
    """Asked for without showing it; from standard input where nobody sits in front."""
    if sys.stdin.isatty():
        asked: str = typer.prompt(f"Password of {account}", hide_input=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")


def _lines(told: "Told") -> list[str]:
    """Who is in, and who and what is not, by reason."""
    out = [f"  not in this snapshot: {count} treatments, {reason}" for reason, count in told.not_in.items()]
    answers = [f"  not in this snapshot: {count} answers, {reason}" for reason, count in told.answers_not_in.items()]
    return [f"  {told.treatments} treatments of {told.patients} patients, {told.answers} answers", *out, *answers]

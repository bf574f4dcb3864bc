"""`foramen audit`: the chain over what the database wrote down, and the rights that somebody had."""

from datetime import datetime
from typing import Annotated

import typer

audit_app = typer.Typer(no_args_is_help=True, help="The audit: seal it, print its head, see whether it is whole.")


def add_audit_commands(app: typer.Typer) -> None:
    """Put the commands where all the others are."""
    app.add_typer(audit_app, name="audit")
    app.command("rights")(rights)


@audit_app.callback()
def audit() -> None:
    """The audit: seal it, print its head, see whether it is whole."""


@audit_app.command("verify")
def audit_verify(
    kept: Annotated[
        list[str] | None,
        typer.Option("--head", help="A head that was printed before, or a file of them; repeat for several."),
    ] = None,
) -> None:
    """Compare every event with its seal, and the seals with the heads in FORAMEN_SEALS_DIR; changes nothing."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic(serving=False)
    _check_readable()
    from foramen.clinic.records.chain_check import verify  # noqa: PLC0415 - start-up time
    from foramen.clinic.records.heads import kept_heads, read_heads  # noqa: PLC0415 - start-up time

    heads = [*kept_heads(), *(head for text in kept or () for head in read_heads(text))]
    found = verify(heads)
    found.require()
    counted = f"{_many(found.events, 'event')}, {_many(found.seals, 'seal')}"
    typer.echo(f"The audit is whole: {counted}; {_many(len(heads), 'head')} held against it.")
    for said in filter(None, (head.restored for head in heads)):
        typer.echo(f"  {said}: look whether a backup was restored then")
    if found.waiting:
        typer.echo(f"  not sealed yet, and not looked at: {found.waiting} events")


@audit_app.command("head")
def audit_head() -> None:
    """Print the last seal: what to keep elsewhere, and to verify against later."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic(serving=False)
    _check_readable()
    from foramen.clinic.records.heads import head  # noqa: PLC0415 - start-up time

    typer.echo(str(head() or "Nothing is sealed yet: foramen audit seal, or start the worker."))


@audit_app.command("seal")
def audit_seal() -> None:
    """Seal the events since the last seal, as the worker does every minute."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic()
    serving.check_ready()
    from foramen.clinic.records.chain import last_seal_age, seal_all  # noqa: PLC0415 - start-up time

    made = seal_all()
    typer.echo(f"{sum(one.events for one in made)} events, {_many(len(made), 'new seal')}")
    if last_seal_age() is not None:
        typer.echo("  not all: somebody is writing, so seal again later")


@audit_app.command("grants")
def audit_grants(
    role: Annotated[str, typer.Option("--role", help="Role of PostgreSQL with which the service signs in.")],
) -> None:
    """Print what a role may be granted that serves and does not own the tables; for psql, after every migration."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic(serving=False)
    serving.check_ready()
    from foramen.clinic.records.grants import grants  # noqa: PLC0415 - start-up time

    typer.echo("\n".join(grants(role)))


def rights(
    person: Annotated[str, typer.Option("--person", help="Account.")],
    at: Annotated[datetime, typer.Option("--at", help="Local time of each site.", formats=["%Y-%m-%dT%H:%M"])],
) -> None:
    """Print the rights that somebody had at a time of the past, replayed from the audit."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic(serving=False)
    serving.check_ready()
    from foramen.clinic.records.rights_text import rights_text  # noqa: PLC0415 - start-up time

    typer.echo(rights_text(person, at))


def _many(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _check_readable() -> None:
    """An audit is also read where somebody has taken its triggers away."""
    from foramen.clinic.checks import database  # noqa: PLC0415 - start-up time

    database.check_database()
    database.check_tables()

"""`foramen serve`, `migrate`, `routes`, `site` and `token`: running the clinic."""

from pathlib import Path
from typing import Annotated

import typer

from foramen.cli.audit_commands import add_audit_commands
from foramen.cli.backup_commands import add_backup_commands, back_up
from foramen.cli.freeze_commands import add_freeze_commands
from foramen.cli.keys_commands import keys_app
from foramen.cli.operations_commands import add_operations_commands
from foramen.cli.patient_commands import add_patient_commands

site_app = typer.Typer(no_args_is_help=True, help="The sites of the clinic.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens, with which other programs use the API.")

LOCAL = "127.0.0.1"
PORT = 8000
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Where to listen.")]


def add_clinic_commands(app: typer.Typer) -> None:
    """Put the commands where all the others are."""
    app.command("serve")(serve)
    app.command("migrate")(migrate)
    app.command("routes")(routes)
    app.add_typer(site_app, name="site")
    app.add_typer(token_app, name="token")
    add_operations_commands(app)
    add_audit_commands(app)
    add_patient_commands(app)
    add_freeze_commands(app)
    add_backup_commands(app)
    app.add_typer(keys_app, name="keys")


def serve(
    port: Port = PORT,
    address: Annotated[
        str, typer.Option("--address", help="Of this machine; behind a proxy that speaks https.")
    ] = LOCAL,
) -> None:
    """Serve the clinic, if its settings, its database and its audit are as they have to be; Ctrl-C ends it."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.check_port(address, port)
    serving.start_clinic()
    serving.check_address(address)
    serving.check_serving()
    serving.collect_static()
    typer.echo(f"Listening on {address}:{port}; Ctrl-C ends it.")
    serving.serve(address, port)


def migrate(
    backup: Annotated[
        Path | None, typer.Option("--backup", help="Back up into this file or folder first; see foramen backup.")
    ] = None,
) -> None:
    """Make the tables of the database, or bring them to this version; a second time changes nothing."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic()
    if backup is not None:
        serving.check_database()
        typer.echo(back_up(backup))
    serving.migrate()
    typer.echo("The database is of this version of Foramen.")


def routes() -> None:
    """Print who may use which address: the matrix of rights that every request is checked against."""
    from foramen.cli.serving import start_clinic  # noqa: PLC0415 - start-up time

    start_clinic(serving=False)
    from foramen.clinic.rights.table import matrix_text  # noqa: PLC0415 - start-up time

    typer.echo(matrix_text())


@site_app.callback()
def site() -> None:
    """The sites of the clinic."""


@site_app.command("add")
def site_add(
    code: Annotated[str, typer.Argument(help="Short name, such as north; lower-case letters, digits, hyphens.")],
    name: Annotated[str, typer.Option("--name", help="As pages and letters print it.")],
    zone: Annotated[str, typer.Option("--zone", help="IANA time zone, such as Europe/Zurich.")],
    administrator: Annotated[str, typer.Option("--administrator", help="Account of who gives roles there.")],
    shown_as: Annotated[str, typer.Option("--shown-as", help="How pages name the administrator.")] = "",
    service: Annotated[str, typer.Option("--service", help="The department.")] = "Spine service",
) -> None:
    """Add a site and its first administrator, whose first password is printed once."""
    from foramen.cli.serving import check_ready, start_clinic  # noqa: PLC0415 - start-up time

    start_clinic()
    check_ready()
    from foramen.clinic.records.beginning import NewSite, add_site  # noqa: PLC0415 - start-up time

    password = add_site(NewSite(code, name, service, zone), administrator, shown_as)
    typer.echo(f"{code}: {name}, {zone}; administrator {administrator}")
    if password:
        typer.echo(f"  first password of {administrator}, shown this once: {password}")


@site_app.command("set-up")
def site_set_up(
    code: Annotated[str, typer.Argument(help="Short name of the site.")],
    document: Annotated[Path, typer.Argument(help="TOML: contact, rooms, working days.", metavar="FILE")],
) -> None:
    """Set what letters of a site print, its rooms and its working days, as a document says; again for every change."""
    from foramen.cli.serving import check_ready, start_clinic  # noqa: PLC0415 - start-up time

    start_clinic()
    check_ready()
    from foramen.clinic.records.site_document import set_up_site  # noqa: PLC0415 - start-up time

    left = set_up_site(code, document)
    typer.echo(f"{code} is as {document} says")
    if left:
        typer.echo(f"  not named there, and kept: {', '.join(left)}")


@token_app.callback()
def token() -> None:
    """Tokens, with which other programs use the API."""


@token_app.command("add")
def token_add(
    name: Annotated[str, typer.Argument(help="What it is for, in words.")],
    person: Annotated[str, typer.Option("--person", help="Account in whose name it acts, with the roles of the day.")],
    at_site: Annotated[str, typer.Option("--site", help="Code of the one site it holds for.")],
    scope: Annotated[list[str], typer.Option("--scope", help="read, or the name of a verb; repeat for several.")],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How long it holds.")] = 30,
) -> None:
    """Make a token. It is shown this once; the database keeps only a hash of it."""
    from foramen.cli.serving import check_ready, start_clinic  # noqa: PLC0415 - start-up time

    start_clinic()
    check_ready()
    from foramen.clinic.api.handing_out import add_token  # noqa: PLC0415 - start-up time

    typer.echo(add_token(name, person, at_site, scope, days))


@token_app.command("end")
def token_end(
    name: Annotated[str, typer.Argument(help="What it was for, as it was made.")],
    person: Annotated[str, typer.Option("--person", help="Account in whose name it acts.")],
) -> None:
    """End every token of this name that a person has: from now on nobody is let in with it."""
    from foramen.cli.serving import check_ready, start_clinic  # noqa: PLC0415 - start-up time

    start_clinic()
    check_ready()
    from foramen.clinic.api.handing_out import end_tokens  # noqa: PLC0415 - start-up time

    typer.echo(f"{end_tokens(name, person)} ended")

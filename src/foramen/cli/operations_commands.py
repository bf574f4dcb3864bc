"""`foramen worker`, `check` and `user`: running an installation."""

from typing import TYPE_CHECKING, Annotated

import typer

from foramen.kernel.errors import OutputError

if TYPE_CHECKING:
    from foramen.clinic.checks.check import Found

user_app = typer.Typer(no_args_is_help=True, help="The accounts of people.")

WRONG = 1
"""Exit code of `foramen check` when something is wrong."""


def add_operations_commands(app: typer.Typer) -> None:
    """Put the commands where all the others are."""
    app.command("worker")(worker)
    app.command("check")(check)
    app.add_typer(user_app, name="user")


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Have what was given up tried again, and end: the cause is mended.")
    ] = False,
) -> None:
    """Do what comes after a request and what comes again and again: letters, seals, freezes; SIGTERM ends it."""
    from foramen.cli import serving, working  # noqa: PLC0415 - start-up time

    serving.start_clinic()
    serving.check_ready()
    if again:
        typer.echo(f"{working.try_again()} are tried again")
    elif once:
        tally = working.drain()
        typer.echo(f"jobs {tally.jobs}, sent {tally.sent}, failed {tally.failed}")
    else:
        working.work("Working; Ctrl-C ends it.")


def check() -> None:
    """Say how the installation stands: a line for each thing; where something is wrong, what to do (exit code 1)."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    faults = serving.faults_of_secret()
    serving.start_clinic(serving=False)
    from foramen.clinic.checks.check import NOT_ASKED, Found  # noqa: PLC0415 - start-up time
    from foramen.clinic.checks.everything import look_at_everything  # noqa: PLC0415 - start-up time

    wrong = 0
    for found in (Found("length of secret", "enough", faults), *look_at_everything()):
        asked = all(fault.what != NOT_ASKED for fault in found.faults)
        typer.echo(_line(found) if asked else f"?      {found.name}: {NOT_ASKED}")
        wrong += bool(found.faults) and asked
    if wrong:
        typer.echo(f"{wrong} wrong")
        raise typer.Exit(WRONG)


def _line(found: "Found") -> str:
    """One line where all is well; else what is wrong, with what to do."""
    if not found.faults:
        return f"OK     {found.name}: {found.says}"
    return "\n".join(f"WRONG  {found.name}: {str(fault).replace('  ', '         ')}" for fault in found.faults)


@user_app.callback()
def user() -> None:
    """The accounts of people."""


@user_app.command("add")
def user_add(
    account: Annotated[str, typer.Argument(help="Name of the account, such as m.dahl.")],
    site: Annotated[str, typer.Option("--site", help="Code of the site at which the roles are given.")],
    role: Annotated[list[str], typer.Option("--role", help="nurse, lead, admin, …; repeat for several.")],
    shown_as: Annotated[str, typer.Option("--shown-as", help="How pages name the person, such as Dr L. Vance.")],
) -> None:
    """Add an account with its roles from today on. Its first password is printed once; who has it changes it."""
    from foramen.cli.serving import check_ready, start_clinic  # noqa: PLC0415 - start-up time

    start_clinic(serving=False)
    check_ready()
    from foramen.clinic.records.beginning import NewUser, add_user  # noqa: PLC0415 - start-up time
    from foramen.clinic.rights.roles import Role  # noqa: PLC0415 - start-up time

    if unknown := sorted(set(role) - set(Role.values)):
        raise OutputError.single(
            "there is no such role", where="--role", received=", ".join(unknown), remedy=", ".join(Role.values)
        )
    password = add_user(NewUser(account, shown_as, site, [Role(one) for one in role]))
    typer.echo(f"{account}: {shown_as}; {', '.join(role)} at {site}")
    typer.echo(f"  first password of {account}, shown this once: {password}")

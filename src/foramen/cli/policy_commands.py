"""`foramen policy`: what the policies say, whether a file is in order, and what holds for one patient."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foramen.kernel.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from foramen.catalogue.decision import Judgement
    from foramen.catalogue.instants import Moment

policy_app = typer.Typer(no_args_is_help=True, help="Rules as data: show them, check a file, explain one case.")

Identifier = Annotated[str, typer.Argument(metavar="ID", help="The id of a policy; foramen policy list shows them.")]


@policy_app.command("list")
def policy_list() -> None:
    """The policies of the library, each in its newest version."""
    from foramen.catalogue.policies import POLICIES  # noqa: PLC0415 - start-up time
    from foramen.cli.policy_text import overview  # noqa: PLC0415 - start-up time

    sys.stdout.write(overview((policy, policy.load()) for policy in POLICIES.values()))


@policy_app.command("show")
def policy_show(
    policy: Identifier,
    version: Annotated[str | None, typer.Option("--version", help="A version; the newest if left out.")] = None,
) -> None:
    """Every rule of a policy: the printed text beside the value that is used, the reason and the source."""
    from foramen.catalogue.policies import find_policy  # noqa: PLC0415 - start-up time
    from foramen.cli.policy_text import shown  # noqa: PLC0415 - start-up time

    found = find_policy(policy)
    sys.stdout.write(shown(found, found.load(version)))


@policy_app.command("check")
def policy_check(
    file: Annotated[Path, typer.Argument(help="A policy file, or a site's record of one (TOML).")],
) -> None:
    """Say everything that is wrong with a policy file or a site's record. Worked examples are run."""
    from foramen.catalogue.checking import check_policy_file  # noqa: PLC0415 - start-up time

    typer.echo(check_policy_file(file))


@policy_app.command("explain")
def policy_explain(
    policy: Identifier,
    inputs: Annotated[Path, typer.Option("--input", help="What is known about the patient and the procedure (TOML).")],
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="INSTANT", help="When it is asked, such as 2026-03-09T10:00; else as the file says."
        ),
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="Time zone of --at, such as Europe/Zurich; else that of the file.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", help="The site's signed record; the example record if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """What holds for one patient, in the words of a phone call: what may be taken when, and what to do next."""
    from foramen.catalogue.document import load_document  # noqa: PLC0415 - start-up time
    from foramen.catalogue.policies import find_policy  # noqa: PLC0415 - start-up time
    from foramen.catalogue.site_record import load_example, load_record  # noqa: PLC0415 - start-up time
    from foramen.cli.policy_text import explained  # noqa: PLC0415 - start-up time

    found = find_policy(policy)
    in_force = found.in_force(load_example(found.id) if record is None else load_record(record))
    told = load_document(inputs, found.inputs).content
    now = _asked(at, zone, told)
    found.check_answerable(in_force, told, now, told.occasion)
    answer = (
        found.plan(in_force, told, now) if told.occasion == "plan" else found.gate(in_force, told, now, told.occasion)
    )
    sys.stdout.write(_as_json(answer) if as_json else explained(found, in_force, told, answer))


def _asked(at: str | None, zone: str | None, told: Any) -> "Moment":
    """The instant at which it is asked: the option, or what the file says. The clock of the computer is not read."""
    from foramen.catalogue.inputs import moment_entered  # noqa: PLC0415 - start-up time
    from foramen.catalogue.instants import Moment  # noqa: PLC0415 - start-up time

    if zone is not None and at is None:
        raise DataError.single(
            "there is no --at that this could be the zone of", where="--zone", received=zone,
            remedy="add --at 2026-03-09T10:00, or leave it out: the file has its own zone",
        )  # fmt: skip
    if at is not None:
        return Moment(moment_entered(_instant(at), zone or told.zone, "procedure", "--at").utc, told.zone)
    if told.asked is None:
        raise DataError.single(
            "it is not said when this is asked", where="--at", received="nothing",
            remedy="add --at 2026-03-09T10:00, or asked = 2026-03-09T10:00:00 to the file",
        )  # fmt: skip
    return moment_entered(told.asked, told.zone, "procedure", "asked")


def _instant(text: str) -> datetime:
    from foramen.catalogue.inputs import FIRST_YEAR, LAST_YEAR  # noqa: PLC0415 - start-up time

    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or len(text) <= len("2026-03-09") or not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise DefinitionError.single(
            "this is no instant", where="--at", received=text,
            remedy="year-month-dayThour:minute, such as 2026-03-09T10:00, or with an offset, 2026-03-09T10:00-05:00",
        )  # fmt: skip
    return instant


def _as_json(answer: "Judgement") -> str:
    return json.dumps(answer.to_json(), indent=1, ensure_ascii=False) + "\n"

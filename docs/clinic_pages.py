"""The reference pages of the clinic: settings, rights and the API, each from the part of the program it describes."""

from collections.abc import Callable, Mapping

from docs.markdown import code, page, sentence, table
from foramen.cli.serving import start_clinic
from foramen.clinic.environment import SETTINGS


def settings() -> str:
    """Every setting of an installation."""
    opening = (
        "An installation is set by the environment of the process. A secret may instead stand in a file of its own, "
        "which `NAME_FILE` names; a file that cannot be read ends the start. "
        "[Run the clinic](../how-to/run-the-clinic.md) says which ones a hospital sets."
    )
    rows = [
        [code(one.name), code(one.default) if one.default else "empty", "yes" if one.secret else "", one.help]
        for one in SETTINGS
    ]
    return page(
        "Settings of the clinic", "the table that the program reads", opening, table(["", "else", "secret", ""], rows)
    )


def rights() -> str:
    """The matrix of rights, as `foramen routes` prints it."""
    start_clinic(serving=False)
    from foramen.clinic.rights.roles import Role  # noqa: PLC0415 - needs the clinic to be loaded
    from foramen.clinic.rights.table import NOTE, matrix_rows  # noqa: PLC0415 - needs the clinic to be loaded

    opening = (
        "Who may look (GET) and send (POST) at which address. Every request is checked against this table, and an "
        "address that is not in it does not exist. `foramen routes` prints the same."
    )
    head = ["address", "name", *(role.value for role in Role), "without a role", "once more"]
    rows = [[code(row[0]), *row[1:]] for row in matrix_rows()]
    return page("Rights", "the table that every request is checked against", opening, NOTE, table(head, rows))


def api() -> str:
    """The verbs that a token can be made for."""
    start_clinic(serving=False)
    from foramen.clinic.api.reading import READS  # noqa: PLC0415 - needs the clinic to be loaded
    from foramen.clinic.api.tokens import verbs_by_token  # noqa: PLC0415 - needs the clinic to be loaded

    opening = (
        "What other programs may ask. The same verbs as on the pages, with the same rules and the same order of steps. "
        "The whole document, with every body and answer, is served at `/api/openapi.json`. "
        "[Run the clinic](../how-to/run-the-clinic.md#let-another-program-in) says how a token is made."
    )
    reads = [[code(f"GET /api{address}"), sentence(summary)] for address, _, summary, _, _ in READS]
    writes = [
        [code(f"POST /api/{verb.on._meta.verbose_name}/{{id}}/{verb.name}"), sentence(verb.says),
         ", ".join(sorted(verb.roles))]
        for verb in verbs_by_token()
    ]  # fmt: skip
    return page(
        "API", "the verbs that the program declares", opening,
        "## Look\n\nScope `read`, for those who see patients.\n\n" + table(["", ""], reads),
        "## Do\n\nThe scope is the name of the verb; the role is that of the person on the day.\n\n"
        + table(["", "", "for"], writes),
    )  # fmt: skip


CLINIC_PAGES: Mapping[str, Callable[[], str]] = {"settings.md": settings, "rights.md": rights, "api.md": api}

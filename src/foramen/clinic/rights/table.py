"""The matrix of rights as text: what `foramen routes` prints."""

from collections.abc import Sequence

from foramen.clinic.rights.matrix import ANYBODY, SIGNED_IN, Allowed, Route
from foramen.clinic.rights.roles import Role
from foramen.clinic.urls import ROUTES

SAYS = {
    ANYBODY: "anybody",
    SIGNED_IN: "signed in",
}
NOTE = (
    "Own site only: what belongs to another site answers 404, in the same words as what does not exist.\n"
    "A role that is not named answers 403, a method that is not named 405, without a sign-in the sign-in page.\n"
    "Once more: whoever asks has signed in or shown password or code again in the last ten minutes.\n"
    "Addresses of the API are open to a token alone; its scopes name what it may do."
)


def matrix_rows() -> Sequence[tuple[str, ...]]:
    """Each address with its name and, by role, the methods that it may use there; last, whether it asks once more."""
    return [(f"/{one.address}", one.name, *(_methods(one, role) for role in Role), *_more(one)) for one in ROUTES]


def matrix_text() -> str:
    """The whole matrix, with a column for each role."""
    head = ("address", "name", *(role.value for role in Role), "without a role", "once more")
    rows = [head, *matrix_rows()]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:], "", NOTE, ""])


def _methods(route: Route, role: Role) -> str:
    """Such as GET POST; a dash for none."""
    roles = frozenset({role})
    return " ".join(one for one in ("GET", "POST") if route.may(roles, one, signed_in=True)) or "-"


def _more(route: Route) -> Sequence[str]:
    return _open(route), "yes" if route.step_up else "-"


def _open(route: Route) -> str:
    """Whether it needs no role, for looking or for sending."""
    return " ".join(f"{method} {said}" for method, said in _told(("GET", route.allowed), ("POST", route.writes))) or "-"


def _told(*asked: tuple[str, Allowed]) -> Sequence[tuple[str, str]]:
    return [(method, SAYS[allowed]) for method, allowed in asked if isinstance(allowed, str)]

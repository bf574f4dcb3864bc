"""Default deny: every address with the roles that may use it. The address table is built from this, so that there is no
page without a line here, and `foramen routes` prints it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import URLPattern, path

from foramen.clinic.rights.roles import CARE, DOCTORS, SCHEDULERS, Role

Open = Literal["anybody", "signed in"]
"""Beside roles: the sign-in page is for anybody; one's own account for whoever is signed in."""

Allowed = frozenset[Role] | Open

ANYBODY: Open = "anybody"
SIGNED_IN: Open = "signed in"
ALL = frozenset(Role)
LEADS = frozenset({Role.LEAD})
ADMINS = frozenset({Role.ADMIN})
__all__ = [
    "ADMINS",
    "ALL",
    "ANYBODY",
    "CARE",
    "DOCTORS",
    "LEADS",
    "ROUTE_OF",
    "SCHEDULERS",
    "SIGNED_IN",
    "Route",
    "patterns",
]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `allowed` may look (GET), `writes` may send (POST); a role that is in neither gets 403. Every row
    that an address names is looked up at the site of whoever asks: another site's is the same 404 as an unknown one.

    `by_token`: who asks is said by the token of the request and by no session, so that the address itself checks its
    line. `step_up`: whoever asks has to have shown a password or a code again a short while ago (`rights.step_up`).
    """

    name: str
    address: str
    view: Callable[..., Any]
    allowed: Allowed
    writes: Allowed = frozenset()
    by_token: bool = False
    step_up: bool = False

    @property
    def methods(self) -> list[str]:
        """What somebody may ask at this address at all."""
        return [*(["GET", "HEAD"] if self.allowed else []), *(["POST"] if self.writes else [])]

    def may(self, roles: frozenset[Role], method: str, *, signed_in: bool) -> bool:
        """Whether somebody with these roles may ask this way."""
        if method not in self.methods:
            return False
        allowed = self.writes if method == "POST" else self.allowed
        if allowed == ANYBODY:
            return True
        return signed_in and (allowed == SIGNED_IN or bool(roles & frozenset(allowed)))


ROUTE_OF: dict[str, Route] = {}
"""The line of each name, from the moment on at which the address table is made."""


def patterns(routes: Sequence[Route]) -> list[URLPattern]:
    """The address table of Django. The name of an address leads back to its line of the matrix."""
    ROUTE_OF.update((one.name, one) for one in routes)
    return [path(one.address, one.view, name=one.name) for one in routes]

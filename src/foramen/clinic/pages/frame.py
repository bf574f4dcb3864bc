"""What stands around every page."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from foramen.clinic import clock
from foramen.clinic.rights.roles import Role

NAVIGATION = (
    ("board", "Day board"), ("bookings", "Bookings"), ("referrals", "Referrals"), ("screenings", "Screening"),
    ("patients", "Patients"), ("policies", "Policies"), ("people", "People"),
)  # fmt: skip
"""Names of routes, and what the masthead calls them. Who may not open one does not see it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the masthead."""

    label: str
    address: str
    here: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """For every template: the site and its time, the roles, the masthead, whether it is a demonstration."""
    site = getattr(request, "at_site", None)
    roles: frozenset[Role] = getattr(request, "roles", frozenset())
    return {
        "site": site, "roles": roles, "role_words": ", ".join(role.label for role in Role if role in roles),
        "sites": getattr(request, "sites", ()), "entries": entries(request, roles), "now": clock.now(),
        "demo": settings.FORAMEN_DEMO,
    }  # fmt: skip


def entries(request: HttpRequest, roles: frozenset[Role]) -> list[Entry]:
    """The masthead of somebody with these roles."""
    from foramen.clinic.urls import ROUTE_OF  # noqa: PLC0415 - the address table is made from the views

    found = []
    for name, label in NAVIGATION:
        route = ROUTE_OF.get(name)
        if route is not None and route.may(roles, "GET", signed_in=bool(roles)):
            address = reverse(name)
            found.append(Entry(label, address, _is_here(request.path, address)))
    return found


def _is_here(path: str, address: str) -> bool:
    """Whether a page belongs to an entry; the first page has only its own address."""
    return path == address if address == "/" else path.startswith(address)

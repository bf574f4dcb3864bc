"""What stands around every page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

from foramen.clinic import clock
from foramen.clinic.models import Order, Referral, Site
from foramen.clinic.pages.policies.summary import policy_set
from foramen.clinic.records.installation import restore_to_confirm
from foramen.clinic.rights.matrix import ROUTE_OF
from foramen.clinic.rights.roles import Role
from foramen.clinic.rights.sessions import left

NAVIGATION = (
    ("board", "Day board"), ("bookings", "Bookings"), ("referrals", "Referrals"), ("patients", "Patients"),
    ("answers", "Answers"), ("registry", "Registry"), ("policies", "Policies"), ("people", "People"),
)  # fmt: skip
"""Names of routes, and what the masthead calls them. Who may not open one does not see it."""

BELONG: dict[str, tuple[str, ...]] = {
    "board": ("/board/",),
    "bookings": ("/orders/",),
    "patients": ("/visits/", "/letters/", "/facts/"),
}
"""Beginnings of addresses that belong to an entry, beside those that begin like its own."""

COUNTED: dict[str, tuple[str, Callable[[Site], int]]] = {
    "bookings": ("waiting", lambda site: Order.objects.filter(site=site, waiting_since__isnull=False).count()),
    "referrals": ("to triage", lambda site: Referral.objects.filter(site=site, state=Referral.State.NEW).count()),
}
"""Lists that say how much waits in them: the word for it, and how it is counted, by an index."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the masthead. `count` is asked for only where the masthead is drawn."""

    name: str
    label: str
    address: str
    here: bool
    site: Site | None

    def count(self) -> int:
        return COUNTED[self.name][1](self.site) if self.site is not None and self.name in COUNTED else 0

    @property
    def counted(self) -> str:
        """What is counted, for the ear."""
        return COUNTED[self.name][0]


def frame(request: HttpRequest) -> dict[str, Any]:
    """For every template: the site and its time, the roles, the masthead, whether it is a demonstration."""
    site = getattr(request, "at_site", None)
    roles: frozenset[Role] = getattr(request, "roles", frozenset())
    return {
        "site": site, "roles": roles, "role_words": ", ".join(role.label for role in Role if role in roles),
        "sites": getattr(request, "sites", ()), "entries": entries(request, roles), "now": clock.now(),
        "demo": settings.FORAMEN_DEMO,
        "policy_set": SimpleLazyObject(partial(policy_set, site)) if site is not None else None,
        "session": SimpleLazyObject(partial(_session, request)),
        "restore": SimpleLazyObject(restore_to_confirm) if site is not None else None,
    }  # fmt: skip


def _session(request: HttpRequest) -> dict[str, Any] | None:
    """For the scripts of a page of somebody who has passed: how long the session lasts, and a key under which the
    browser keeps what is typed. It is the person's own, is never stored, and is another one after another password."""
    if not hasattr(request, "person") or not request.user.is_authenticated:
        return None
    soon, longest = left(request)
    key = salted_hmac("foramen.kept", request.user.get_session_auth_hash(), algorithm="sha256").hexdigest()
    return {"left": soon, "longest": longest, "key": key}


def entries(request: HttpRequest, roles: frozenset[Role]) -> list[Entry]:
    """The masthead of somebody with these roles."""
    found, site = [], getattr(request, "at_site", None)
    for name, label in NAVIGATION:
        route = ROUTE_OF.get(name)
        if route is not None and route.may(roles, "GET", signed_in=bool(roles)):
            address = reverse(name)
            found.append(Entry(name, label, address, _is_here(request.path, name, address), site))
    return found


def _is_here(path: str, name: str, address: str) -> bool:
    """Whether a page belongs to an entry. Every address begins like that of the first page."""
    own = path == address if address == "/" else path.startswith(address)
    return own or path.startswith(BELONG.get(name, ()))

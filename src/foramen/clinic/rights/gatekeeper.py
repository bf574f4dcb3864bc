"""What stands in front of every page: nobody passes whom the matrix does not name."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from foramen.catalogue.instants import day_of
from foramen.clinic import clock
from foramen.clinic.models import Delegation, Person, Site
from foramen.clinic.rights.matrix import Route
from foramen.clinic.rights.roles import Role

SITE = "site"
"""Under which name a session keeps the site that somebody works at."""


class ClinicRequest(HttpRequest):
    """A request that has passed: somebody who is signed in, at a site, with the roles of today."""

    person: Person
    at_site: Site
    roles: frozenset[Role]
    route: Route


class Gatekeeper:
    """Middleware. An address without a line in the matrix is refused, and so is a method that is not in its line."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        from foramen.clinic.urls import ROUTE_OF  # noqa: PLC0415 - the address table is made from the views

        found = cast(ClinicRequest, request)
        match = request.resolver_match
        route = ROUTE_OF.get(match.view_name) if match else None
        if route is None:
            raise PermissionDenied("this address has no line in the matrix of rights")
        found.route, found.roles = route, frozenset()
        if request.user.is_authenticated:
            place_at_site(found)
        if route.may(found.roles, request.method or "", signed_in=request.user.is_authenticated):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied


def place_at_site(request: ClinicRequest) -> None:
    """The site of the session, or the first one at which the person has a role today; and the roles there."""
    request.person = cast(Person, request.user)
    delegations = list(request.person.delegations.select_related("site").order_by("site__name"))
    chosen = request.session.get(SITE)
    in_force = [one for one in delegations if _holds(one)]
    here = [one for one in in_force if str(one.site_id) == chosen] or in_force
    if here and request.person.is_active:
        request.at_site = here[0].site
        request.roles = frozenset(Role(one.role) for one in in_force if one.site_id == request.at_site.pk)


def _holds(one: Delegation) -> bool:
    today = day_of(clock.now_at(one.site.zone))
    return one.first_day <= today and (one.last_day is None or today <= one.last_day)

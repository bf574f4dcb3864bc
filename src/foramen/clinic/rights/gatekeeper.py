"""What stands in front of every page: nobody passes whom the matrix does not name."""

from collections.abc import Callable, Sequence
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from foramen.catalogue.instants import day_of, zone
from foramen.clinic import clock
from foramen.clinic.models import Delegation, Person, Site
from foramen.clinic.rights import sessions, step_up
from foramen.clinic.rights.matrix import ANYBODY, ROUTE_OF, Route
from foramen.clinic.rights.roles import Role
from foramen.kernel.errors import UserError

SITE = "site"
"""Under which name a session keeps the site that somebody works at."""


class ClinicRequest(HttpRequest):
    """A request that has passed: somebody who is signed in, at a site, with the roles of today.

    `sites` are those at which the person has a role today. `refused` keeps why a verb was not done.
    """

    person: Person
    at_site: Site
    sites: Sequence[Site]
    roles: frozenset[Role]
    route: Route
    refused: UserError | None
    htmx: HtmxDetails


class Gatekeeper:
    """Middleware. An address without a line in the matrix is refused, and so is a method that is not in its line."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(None):
            answer = self.answer(request)
        route: Route | None = getattr(request, "route", None)
        if hasattr(request, "person") and not (route and route.by_token):
            answer.headers[sessions.LEFT] = "{} {}".format(*sessions.left(request))
        return answer

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        found = cast(ClinicRequest, request)
        found.route, found.roles, found.refused = _line_of(request), frozenset(), None
        if found.route.by_token or found.route.allowed == ANYBODY:
            return _refuse_method(found)
        if not request.user.is_authenticated:
            return _to(request, redirect_to_login(_way_back(_without_stale_cookie(request))).url)
        if (ended := sessions.ended(request)) is not None:
            return _to(request, f"{redirect_to_login(_way_back(request)).url}&ended={ended}")
        if not sessions.has_second_factor(request) and found.route.name not in sessions.WITHOUT_SECOND_FACTOR:
            return _to(request, reverse(sessions.ENROL))
        place_at_site(found)
        return _refuse(found) or _ask_once_more(found)


def _line_of(request: HttpRequest) -> Route:
    match = request.resolver_match
    route = ROUTE_OF.get(match.view_name) if match else None
    if route is None:
        raise PermissionDenied("this address has no line in the matrix of rights")
    return route


def _refuse(request: ClinicRequest) -> HttpResponse | None:
    """403 for a role that is not in the line."""
    if (other := _refuse_method(request)) is not None:
        return other
    if not request.route.may(request.roles, request.method or "", signed_in=True):
        raise PermissionDenied
    return None


def _refuse_method(request: ClinicRequest) -> HttpResponse | None:
    """405 for a method that nobody may use at this address."""
    methods = request.route.methods
    return None if request.method in methods else HttpResponseNotAllowed(methods)


def _ask_once_more(request: ClinicRequest) -> HttpResponse | None:
    """To the page that asks for password or code, where the line needs it and it was not shown a short while ago. Of
    what was sent, a page of its own says that nothing is stored: raises NotConfirmedError."""
    if not request.route.step_up or step_up.stepped_up_at(request) is not None:
        return None
    if request.method == "POST" and not getattr(request, "htmx", False):
        raise step_up.NotConfirmedError
    return _to(request, f"{reverse(step_up.PAGE)}?{urlencode({'next': _way_back(request)})}")


def _without_stale_cookie(request: HttpRequest) -> HttpRequest:
    """What a page asked by itself may have been on its way while the session got another number: its answer must not
    take the new cookie away."""
    if sessions.POLL in request.headers:
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
    return request


def _to(request: HttpRequest, address: str) -> HttpResponse:
    """Another page; to a part of a page too, which cannot hold it."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: the page that was asked for, or the one with the form that was sent. What was sent
    is not sent again.

    Nobody has asked for the bare address as a page: who may not see the board starts elsewhere.
    """
    asked = request.get_full_path() if request.method in ("GET", "HEAD") else page_of_form(request)
    if getattr(request, "htmx", False):
        asked = str(request.htmx.current_url_abs_path or "/")  # type: ignore[attr-defined]
    return reverse("start") if asked == "/" or not _is_page(asked) else asked


def page_of_form(request: HttpRequest) -> str:
    """The page of ours from which something was sent; the bare address where the browser does not say."""
    came = urlsplit(request.headers.get("Referer", ""))
    ours = came.netloc == request.get_host() and came.path.startswith("/")
    return came.path + (f"?{came.query}" if came.query else "") if ours else "/"


def _is_page(address: str) -> bool:
    """Whether an address can be asked for; some only take what is sent."""
    try:
        route = ROUTE_OF.get(resolve(urlsplit(address).path).view_name)
    except Resolver404:
        return True
    return route is None or "GET" in route.methods


def place_at_site(request: ClinicRequest) -> None:
    """The site of the session, or the first one at which the person has a role today; and the roles there."""
    request.person, request.roles, request.sites = cast(Person, request.user), frozenset(), ()
    delegations = request.person.delegations.select_related("site").order_by("site__name", "site_id")
    in_force = [one for one in delegations if _holds(one)] if request.person.is_active else []
    if not in_force:
        return
    request.sites = list({one.site_id: one.site for one in in_force}.values())
    chosen = request.session.get(SITE)
    request.at_site = next((one for one in request.sites if str(one.pk) == chosen), request.sites[0])
    request.roles = frozenset(Role(one.role) for one in in_force if one.site_id == request.at_site.pk)
    timezone.activate(zone(request.at_site.zone))


def _holds(one: Delegation) -> bool:
    today = day_of(clock.now_at(one.site.zone))
    return one.first_day <= today and (one.last_day is None or today <= one.last_day)

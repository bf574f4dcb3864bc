"""Pages for what went wrong: what was stored and what was not, and the way out. Never a traceback, never a value."""

import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from foramen.clinic.access_log import route_of
from foramen.clinic.domain.errors import NotAllowedError, StaleError, UnknownError, WrongPatientError
from foramen.clinic.logs import log_error
from foramen.clinic.pages.conflict import conflict_of_form, instead_of_page
from foramen.clinic.pages.gate.confirm import confirm_first
from foramen.clinic.records.database import is_out_of_reach
from foramen.clinic.rights.gatekeeper import ClinicRequest, place_at_site
from foramen.clinic.rights.matrix import ANYBODY, SIGNED_IN
from foramen.clinic.rights.roles import Role
from foramen.clinic.rights.step_up import NotConfirmedError
from foramen.kernel.errors import Fault, UserError

RETRY_SECONDS = 5
"""After how long it is worth asking again where the database is not there."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an error page says."""

    status: HTTPStatus
    word: str
    title: str
    text: str
    faults: tuple[Fault, ...] = field(default=())


NOTHING_STORED = "Nothing of this page was stored"
UNKNOWN = Said(
    HTTPStatus.NOT_FOUND, "Not here", "There is no such page or record here",
    "The address may be mistyped, or it may belong to another site. Look for the patient by name or number instead.",
)  # fmt: skip
NO_CSRF = Said(
    HTTPStatus.FORBIDDEN, "Not sent", NOTHING_STORED,
    "This form was open for too long, or it was opened before you signed in. Open the page again, and enter it anew.",
)  # fmt: skip
BAD = Said(
    HTTPStatus.BAD_REQUEST, "Not readable", NOTHING_STORED,
    "The server could not read what was sent. Open the page again, and enter it anew.",
)  # fmt: skip
NO_METHOD = Said(
    HTTPStatus.METHOD_NOT_ALLOWED, "Not this way", NOTHING_STORED,
    "This address cannot be asked for in this way. Go back, and use the buttons of the page.",
)  # fmt: skip
TOO_MANY = Said(
    HTTPStatus.TOO_MANY_REQUESTS, "Wait", "Too many tries",
    "There were too many tries from here. Wait a few minutes, then try again; nothing else is needed.",
)  # fmt: skip

OF_ERROR: tuple[tuple[type[UserError], HTTPStatus, str, str], ...] = (
    (NotAllowedError, HTTPStatus.FORBIDDEN, "Not yours", "Your roles do not include this"),
    (WrongPatientError, HTTPStatus.CONFLICT, "Not saved", "This form belongs to another patient"),
    (UserError, HTTPStatus.UNPROCESSABLE_ENTITY, "Not saved", NOTHING_STORED),
)
"""Errors of the domain that a view has not answered itself: status, word, title. The first that fits."""


class ErrorPages:
    """Middleware. Errors of the domain get their pages, and so does an answer that only has a status."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content and not _is_api(request)
        return _no_method(request, response.headers["Allow"]) if bare else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if _is_api(request):
            return None
        if isinstance(error, StaleError):
            return conflict_of_form(cast(ClinicRequest, request), error)
        if isinstance(error, UnknownError):
            return error_page(request, UNKNOWN)
        for kind, status, word, title in OF_ERROR:
            if isinstance(error, kind):
                return error_page(request, Said(status, word, title, "", error.faults))
        return None


def _is_api(request: HttpRequest) -> bool:
    """The API answers in its own form."""
    return request.path.startswith("/api/")


def error_page(request: HttpRequest, said: Said) -> HttpResponse:
    """A page for an error, in the frame that the person knows."""
    _find_person(request)
    return instead_of_page(request, render(request, "clinic/errors/error.html", {"said": said}, status=said.status))


def _find_person(request: HttpRequest) -> None:
    """Who it is that gets the page, where nothing has asked for that yet."""
    found = cast(ClinicRequest, request)
    if getattr(request, "user", None) is not None and request.user.is_authenticated and not hasattr(found, "person"):
        place_at_site(found)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    return error_page(request, BAD)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Who may open it, and whom to ask; or the page that asks who it is."""
    if isinstance(exception, NotConfirmedError):
        return confirm_first(request)
    may = _who_may(cast(ClinicRequest, request))
    asked = f"It is for: {may}." if may else "Nobody can open it."
    text = f"{asked} If it should be yours, ask a lead radiologist or an administrator of your site for the role."
    return error_page(request, Said(HTTPStatus.FORBIDDEN, "Not yours", "Your roles do not include this page", text))


def _who_may(request: ClinicRequest) -> str:
    route = getattr(request, "route", None)
    allowed = (route.writes if request.method == "POST" else route.allowed) if route else frozenset()
    if allowed in (ANYBODY, SIGNED_IN):
        return "anybody who has signed in"
    return ", ".join(role.label for role in Role if role in allowed)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """Another site's record is as unknown as one that does not exist."""
    return error_page(request, UNKNOWN)


def too_many(request: HttpRequest) -> HttpResponse:
    return error_page(request, TOO_MANY)


def no_csrf(request: HttpRequest, **_reason: str) -> HttpResponse:
    return error_page(request, NO_CSRF)


def _no_method(request: HttpRequest, allow: str) -> HttpResponse:
    """The page for a method that an address does not take; the header names those that it takes."""
    page = error_page(request, NO_METHOD)
    page.headers["Allow"] = allow
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Ours; or the database is not there, which is said as such. The page needs neither database nor session, since
    these may be what failed."""
    number, error = report_number(), sys.exc_info()[1]
    gone = error is not None and is_out_of_reach(error)
    if error is not None:
        log_error("database out of reach" if gone else "server error", error, report=number, route=route_of(request))
    status = HTTPStatus.SERVICE_UNAVAILABLE if gone else HTTPStatus.INTERNAL_SERVER_ERROR
    if _is_api(request):
        return _retry_later(JsonResponse({"faults": [_fault_of(number, gone=gone)]}, status=status), gone=gone)
    told = {"number": number, "wrote": request.method == "POST"}
    template = "clinic/errors/unavailable.html" if gone else "clinic/errors/server.html"
    page = HttpResponse(render_to_string(template, told), status=status)
    return _retry_later(instead_of_page(request, page), gone=gone)


def _retry_later(answer: HttpResponse, *, gone: bool) -> HttpResponse:
    if gone:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _fault_of(number: str, *, gone: bool) -> dict[str, str]:
    """As the API tells a fault."""
    what = "not saved: the database cannot be reached" if gone else "an error on our side"
    remedy = "send it again with the same key" if gone else "tell the duty engineer the number"
    return {"what": what, "where": "", "received": number, "remedy": remedy}


def report_number() -> str:
    """A number by which somebody finds the line in the log, such as E-7F21-0C94."""
    digits = secrets.token_hex(4).upper()
    return f"E-{digits[:4]}-{digits[4:]}"

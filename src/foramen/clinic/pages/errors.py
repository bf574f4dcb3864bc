"""Pages for what went wrong: what was stored and what was not, and the way out. Never a traceback, never a value."""

import logging
import secrets
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from foramen.clinic.domain.errors import NotAllowedError, StaleError, UnknownError, WrongPatientError
from foramen.clinic.pages.conflict import conflict_of_form, instead_of_page
from foramen.clinic.rights.gatekeeper import ClinicRequest, place_at_site
from foramen.clinic.rights.matrix import ANYBODY, SIGNED_IN
from foramen.clinic.rights.roles import Role
from foramen.kernel.errors import Fault, UserError

LOG = logging.getLogger("foramen.clinic")


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


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """Who may open it, and whom to ask."""
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
    """Ours. The page needs neither database nor session, since these may be what failed."""
    number = report_number()
    LOG.error("report %s: %s", number, _what_failed(request))
    wrote = request.method == "POST"
    text = render_to_string("clinic/errors/server.html", {"number": number, "wrote": wrote})
    return instead_of_page(request, HttpResponse(text, status=HTTPStatus.INTERNAL_SERVER_ERROR))


def report_number() -> str:
    """A number by which somebody finds the line in the log, such as E-7F21-0C94."""
    digits = secrets.token_hex(4).upper()
    return f"E-{digits[:4]}-{digits[4:]}"


def _what_failed(request: HttpRequest) -> str:
    """Class of the error and where it was raised. Its message is left out: it may hold a patient's value."""
    kind, _, trace = sys.exc_info()
    frames = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)][-4:]
    match = request.resolver_match
    where: Any = match.view_name if match else "no page"
    return f"{kind.__name__ if kind else 'unknown'} in {where}; {' < '.join(reversed(frames))}"

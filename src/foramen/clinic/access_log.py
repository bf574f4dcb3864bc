"""Every request has a number, and leaves one line in the log: what was asked, how it ended, how long it took.

The address itself is never told: it holds keys of records, and what follows it may hold what somebody typed. The name
of the route says which page it was.
"""

import logging
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from foramen.clinic.logs import log, within_request
from foramen.clinic.records.patience import patience

HEADER = "X-Request-Id"
QUIET = frozenset({"health", "ready"})
"""Routes that monitors ask for all the time: only a refusal is told."""


class AccessLog:
    """Middleware, the outermost one."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number, begun = secrets.token_hex(8), time.perf_counter()
        with within_request(number), patience():
            response = self.answer(request)
            response.headers[HEADER] = number
            if not _is_quiet(request, response):
                _write(request, response, round((time.perf_counter() - begun) * 1000, 1))
        return response


def _is_quiet(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        return False
    return route_of(request) in QUIET or request.path.startswith(str(settings.STATIC_URL))


def _write(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    status = response.status_code
    level = logging.ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    method = request.method if request.method in METHODS else "other"
    log("request", level, method=method, route=route_of(request), status=status, ms=milliseconds, **_person(request))


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(request: HttpRequest) -> str:
    """The name of the page that was asked for; `none` where no page has that address."""
    match = request.resolver_match
    return str(match.view_name) if match and match.view_name else "none"


def _person(request: HttpRequest) -> dict[str, str]:
    """The key of the account, where somebody has asked for it already: the log asks the database nothing."""
    found = cast(Any, request)
    person = getattr(found, "person", None) or getattr(found, "_cached_user", None)
    key = getattr(person, "pk", None)
    return {"person": str(key)} if key else {}

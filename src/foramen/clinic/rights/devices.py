"""Machines that an account has signed in from, by a cookie: tries of strangers do not count there.

The cookie holds a number of the machine and a mark for each account that has signed in there with both factors. A mark
hangs on the password and on the last sign-out everywhere: after either it is worth nothing. It lets nobody in.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from foramen.clinic.models import Person

SALT: Final = "foramen.device"
LASTS_SECONDS: Final = 365 * 24 * 3600
MOST: Final = 20
"""So many accounts are kept for one machine; who signed in longest ago goes first."""

MARK = 20
NUMBER_BYTES = 16


def cookie_name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def is_known(request: HttpRequest, person: Person) -> bool:
    """Whether this account has signed in from this machine."""
    return _mark(person) in _read(request)[1:]


def is_any(request: HttpRequest) -> bool:
    """Whether anybody has signed in from this machine."""
    return bool(_read(request))


def key_of(request: HttpRequest, person: Person) -> str:
    """Under which tries of this account on this machine are counted."""
    return f"{_read(request)[0]}:{_mark(person)}"


def remember(request: HttpRequest, answer: HttpResponseBase, person: Person) -> None:
    """Somebody has signed in with both factors."""
    number, *marks = _read(request) or [secrets.token_urlsafe(NUMBER_BYTES)]
    mark = _mark(person)
    kept = [*(one for one in marks if one != mark), mark][-MOST:]
    answer.set_cookie(
        cookie_name(), signing.dumps([number, *kept], salt=SALT), max_age=LASTS_SECONDS, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def _read(request: HttpRequest) -> Sequence[str]:
    """Number and marks; nothing where there is no cookie of ours."""
    try:
        found: list[str] = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        return []
    return found


def _mark(person: Person) -> str:
    return salted_hmac(SALT, person.get_session_auth_hash()).hexdigest()[:MARK]

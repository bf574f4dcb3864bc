"""Showing once more who one is, before what matters most: password or code, good for ten minutes.

A line of the matrix asks for it by `step_up=True`, and the gatekeeper sees to it. A sign-in with both factors counts
like it. Whoever goes on in spite of a rule gives the password in that form: it is looked at here as well.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from foramen.clinic import clock
from foramen.clinic.models import Person
from foramen.clinic.records.events import FAILED, note_event
from foramen.clinic.rights import codes, limits

LASTS: Final = timedelta(minutes=10)
"""For so long it is good. A proposal; OWASP names two to five minutes for high value, others thirty."""

SHOWN_AT: Final = "shown_at"
"""Under which name a session keeps when it was, in seconds."""

PAGE: Final = "confirm"


class NotConfirmedError(PermissionDenied):
    """What was sent asks for it, and it is not there. Nothing was stored."""


def stepped_up_at(request: HttpRequest) -> datetime | None:
    """When this session last showed who it is; None if that is too long ago, or was never."""
    seconds = request.session.get(SHOWN_AT)
    if seconds is None:
        return None
    at = datetime.fromtimestamp(seconds, UTC)
    return at if timedelta() <= clock.now() - at <= LASTS else None


def step_up(request: HttpRequest) -> None:
    """Somebody has just shown it. The session gets another number: one that was looked at before is worth nothing."""
    request.session.cycle_key()
    request.session[SHOWN_AT] = clock.now().timestamp()


def is_shown(request: HttpRequest, typed: str) -> bool | None:
    """Whether somebody who is signed in has typed the own password or a code of the own device, which is then good for
    ten minutes; None: too many wrong ones, and none is looked at."""
    person = cast(Person, request.user)
    tried = limits.take(request, limits.AGAIN, person.pk.hex)
    if tried is None:
        return None
    right = person.check_password(typed) or codes.is_right(person, typed)
    if right:
        tried.rollback()
        step_up(request)
    else:
        what = {"what": "password once more", "page": request.path}
        note_event(FAILED, person, {"person": person.pk.hex, "shown_as": str(person)} | what)
    return right

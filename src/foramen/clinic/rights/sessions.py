"""How long a session lasts, and whether it has both factors.

It ends after 15 minutes without a touch, and 8 hours after the sign-in at the latest. What a page asks for by itself is
no touch. An account that has ended has no session from its next request on, and neither has one whose password was
changed or which signed out everywhere: a session hangs on both.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from foramen.clinic import clock
from foramen.clinic.models import Person

IDLE_SECONDS = 15 * 60
LONGEST_SECONDS = 8 * 3600
WRITTEN_EVERY_SECONDS = 60
"""A touch is written down at most so often."""

TOUCHED, BEGUN, BROWSER = "touched", "begun", "browser"
POLL = "Foramen-Poll"
"""Header of a request that a page makes by itself."""

LEFT = "Foramen-Session-Left"
"""Header of an answer: in how many seconds the session ends, and in how many whatever is done."""

LOOKED_AT = 2000
"""So many of the newest sessions are looked through for one's own: they are not sorted by person."""

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
"""What browsers call themselves; the first that fits, since most name others too."""

ENROL = "mfa_activate_totp"
WITHOUT_SECOND_FACTOR = frozenset({ENROL, "account_logout"})
"""What somebody may do who has no second factor yet."""


@dataclass(frozen=True, slots=True)
class Own:
    """One session of a person. `here`: the one that asks."""

    browser: str
    begun: datetime
    touched: datetime
    here: bool


def ended(request: HttpRequest) -> str | None:
    """Why the session is over, as the sign-in page says it; None while it lasts. Signs out where it is over."""
    now, session = time.time(), request.session
    begun, touched = session.setdefault(BEGUN, now), session.get(TOUCHED, now)
    session.setdefault(BROWSER, _browser(request))
    why = _over(now, begun, touched)
    if why is not None:
        logout(request)
    elif POLL not in request.headers and not 0 <= now - session.get(TOUCHED, 0) <= WRITTEN_EVERY_SECONDS:
        session[TOUCHED] = now
    return why


def _over(now: float, begun: float, touched: float) -> str | None:
    return "idle" if now - touched > IDLE_SECONDS else "long" if now - begun > LONGEST_SECONDS else None


def touch(request: HttpRequest) -> None:
    """Somebody says that they are there."""
    request.session[TOUCHED] = time.time()


def left(request: HttpRequest) -> tuple[int, int]:
    """In how many seconds the session ends if nothing is touched, and in how many whatever is done."""
    now, session = time.time(), request.session
    longest = LONGEST_SECONDS - (now - session.get(BEGUN, now))
    idle = IDLE_SECONDS - (now - session.get(TOUCHED, now))
    return max(0, int(min(idle, longest))), max(0, int(longest))


def _browser(request: HttpRequest) -> str:
    """The family of the browser, in one word; nothing else of it is kept."""
    said = request.headers.get("User-Agent", "")
    return next((name for sign, name in BROWSERS if sign in said), "another browser")


def sessions_of(request: HttpRequest) -> Sequence[Own]:
    """Every session of whoever asks that lasts, the last used first."""
    person, found = cast(Person, request.user), []
    for key, data in _lasting():
        mine = (data.get(SESSION_KEY), data.get(HASH_SESSION_KEY)) == (str(person.pk), person.get_session_auth_hash())
        if mine and BEGUN in data:
            begun, touched = (datetime.fromtimestamp(data[name], UTC) for name in (BEGUN, TOUCHED))
            here = key == request.session.session_key
            found.append(Own(_browser(request) if here else data.get(BROWSER, ""), begun, touched, here))
    return sorted(found, key=lambda one: one.touched, reverse=True)


def _lasting() -> Iterator[tuple[str, dict[str, Any]]]:
    now = time.time()
    rows = Session.objects.filter(expire_date__gt=datetime.fromtimestamp(now, UTC)).order_by("-expire_date")
    for one in rows[:LOOKED_AT]:
        data = one.get_decoded()
        if _over(now, data.get(BEGUN, now), data.get(TOUCHED, 0)) is None:
            yield one.session_key, data


def end_elsewhere(request: HttpRequest) -> None:
    """End every other session of whoever asks, and forget every machine that it has signed in from."""
    person = cast(Person, request.user)
    person.signed_out_at = clock.now()
    person.save(update_fields=["signed_out_at"])
    update_session_auth_hash(request, person)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was begun with the second factor, or it was set up in it."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return any(one.get("method") == "mfa" for one in records)


def add_second_factor(request: HttpRequest) -> None:
    """Somebody has just shown the code of a new device: that counts as the second factor of this session."""
    record_authentication(request, cast(Person, request.user), method="mfa", type=Authenticator.Type.TOTP)

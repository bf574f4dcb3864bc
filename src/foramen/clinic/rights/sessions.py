"""How long a session lasts, and whether it has both factors.

It ends after 15 minutes without a touch, and 8 hours after the sign-in at the latest. What a page asks for by itself is
no touch. An account that has ended has no session from its next request on.
"""

import time
from typing import cast

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest

from foramen.clinic.models import Person

IDLE_SECONDS = 15 * 60
LONGEST_SECONDS = 8 * 3600
WRITTEN_EVERY_SECONDS = 60
"""A touch is written down at most so often."""

TOUCHED, BEGUN = "touched", "begun"
POLL = "Foramen-Poll"
"""Header of a request that a page makes by itself."""

ENROL = "mfa_activate_totp"
WITHOUT_SECOND_FACTOR = frozenset({ENROL, "account_logout"})
"""What somebody may do who has no second factor yet."""


def ended(request: HttpRequest) -> str | None:
    """Why the session is over, as the sign-in page says it; None while it lasts. Signs out where it is over."""
    now, session = time.time(), request.session
    begun, touched = session.setdefault(BEGUN, now), session.get(TOUCHED, now)
    why = "idle" if now - touched > IDLE_SECONDS else "long" if now - begun > LONGEST_SECONDS else None
    if why is not None:
        logout(request)
    elif POLL not in request.headers and not 0 <= now - session.get(TOUCHED, 0) <= WRITTEN_EVERY_SECONDS:
        session[TOUCHED] = now
    return why


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was begun with the second factor, or it was set up in it."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return any(one.get("method") == "mfa" for one in records)


def add_second_factor(request: HttpRequest) -> None:
    """Somebody has just shown the code of a new device: that counts as the second factor of this session."""
    record_authentication(request, cast(Person, request.user), method="mfa", type=Authenticator.Type.TOTP)

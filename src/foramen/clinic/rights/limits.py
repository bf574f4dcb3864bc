"""How often something may be tried. Tries are counted in the database, so that every process counts together.

A window slides: a try that is refused is not counted, so that nobody makes a wait longer by trying on. What is counted
for an account is of machines that it has not signed in from (`devices`); such a machine has a count of its own, and a
stranger who uses up the one of the account does not stop its owner there. Where the account's own is used up, the
password is still looked at together with a right code of the second factor: no number of tries elsewhere locks an
owner out, and the only count on that way is the one of the address, of 15 minutes.
"""

from typing import Final

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

APP = "foramen"

FLOOD, ADDRESS, ACCOUNT, DEVICE = "flood", "address", "account", "device"
CODE, AGAIN, TOKEN = "code", "again", "token"

LIMITS: Final[dict[str, str]] = {
    FLOOD: "30/m/ip",
    ADDRESS: "20/15m/ip",
    ACCOUNT: "5/15m/key,20/d/key",
    DEVICE: "10/15m/key",
    CODE: "5/5m/key,96/d/key",
    AGAIN: "5/5m/key,20/d/key",
    TOKEN: "30/m/ip",
}
"""How many in which time, by address or by what they are about.

FLOOD: sign-ins that are sent from machines that nobody has signed in from. ADDRESS and ACCOUNT: wrong passwords from
such a machine. DEVICE: wrong passwords for an account on a machine that it has signed in from. CODE: wrong codes after
a right password. AGAIN: wrong ones where somebody shows once more who it is. TOKEN: wrong tokens.
"""


def take(request: HttpRequest, what: str, key: str = "") -> RateLimitUsage | None:
    """Count one try; None if there were too many. What turns out right is handed back by `rollback()`."""
    usage: RateLimitUsage | None = ratelimit.consume(
        request, app=APP, action=what, config=LIMITS, key=key or None, limit_get=True
    )
    return usage

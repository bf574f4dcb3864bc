"""What a reverse proxy says of a request is believed only from a proxy that the settings name.

From there on the address of a request is that of whoever asks, for limits and everything else.
"""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
FORGED = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_REAL_IP", "HTTP_FORWARDED")
"""Headers of the same purpose that nothing here reads; nothing may come to read them by accident."""


class Proxies:
    """Middleware, before every other one. A proxy on this machine may say that it was asked by https without being
    named: nobody else can reach the service there."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked_by = str(request.META.get("REMOTE_ADDR", ""))
        chain = str(request.META.pop(FORWARDED_FOR, ""))
        for name in FORGED:
            request.META.pop(name, None)
        if asked_by in settings.FORAMEN_PROXIES:
            request.META["REMOTE_ADDR"] = _first_stranger([*chain.split(","), asked_by])
        elif not _is_here(asked_by):
            request.META.pop(FORWARDED_PROTO, None)
        return self.answer(request)


def _first_stranger(chain: list[str]) -> str:
    """From the end, where each proxy adds whom it was asked by: the first that is none of ours. Whatever stands before
    it was written by whoever asked."""
    said = [one.strip() for one in reversed(chain)]
    stranger = next((one for one in said if one not in settings.FORAMEN_PROXIES), said[0])
    return stranger if _is_address(stranger) else said[0]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_here(text: str) -> bool:
    """An address of this machine, or a socket without one."""
    return not text or (_is_address(text) and ip_address(text).is_loopback)

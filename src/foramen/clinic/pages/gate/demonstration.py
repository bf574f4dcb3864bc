"""In a demonstration: whom to be, with password and code of the moment."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings

from foramen.clinic.demo.accounts import PASSWORD, whom_to_be


@dataclass(frozen=True, slots=True)
class Shown:
    """One account of the demonstration."""

    username: str
    who: str
    worth: str
    password: str
    code: str


def demo_codes() -> Sequence[Shown]:
    """Accounts worth being, in a demonstration that has them; nothing in a real service."""
    if not settings.FORAMEN_DEMO:
        return ()
    people = {username: (who, worth) for username, who, worth in whom_to_be()}
    secrets = {one.user.username: one for one in _second_factors(*people)}
    return [
        Shown(username, who, worth, PASSWORD, code_of(secrets[username]))
        for username, (who, worth) in people.items()
        if username in secrets
    ]


def demo_code_of(username: str) -> str:
    """The code of an account of the demonstration; empty for any other."""
    return next((one.code for one in demo_codes() if one.username == username), "")


def code_of(second_factor: Authenticator) -> str:
    """What the device of a second factor shows now."""
    step = int(time.time()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(decrypt(second_factor.data["secret"]), step)))


def _second_factors(*usernames: str) -> Sequence[Authenticator]:
    totp = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__username__in=usernames)
    return list(totp.select_related("user"))

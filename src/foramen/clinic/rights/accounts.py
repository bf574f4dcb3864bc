"""How accounts behave: nobody signs up alone, and a sign-in that fails never says which part was wrong."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import RateLimitUsage
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from foramen.clinic.models import Person
from foramen.clinic.rights import codes, devices, limits

SAYS = {
    "account/messages/password_changed.txt": "Your password is changed. Other sessions of yours have ended.",
    "mfa/messages/totp_activated.txt": "Your second factor is set up. From now on every sign-in asks for its code.",
}
"""Of what the library reports, what is worth saying."""

HELD, WAIT = "held", "wait"
"""Why no password was looked at: too many wrong ones for this account, where a right code opens the way; too many from
this address or this machine, where only waiting helps."""

HELD_SAYS = (
    "There were too many wrong passwords for this account. Enter the code of your device beside your password, or wait "
    "15 minutes."
)
WAIT_SAYS = "There were too many wrong tries from here. Wait 15 minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator of a site."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try. What the library does with a right password is to hand it back."""
        self._login_failed_rl_usage = RateLimitUsage(usage=_counted(request, str(credentials.get("username", ""))))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """An account that has ended is refused in the same words as a wrong password."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def get_password_change_redirect_url(self, _request: HttpRequest) -> str:
        return reverse("mfa_index")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *_more: Any, **_named: Any
    ) -> None:
        if message_template in SAYS:
            super().add_message(request, level, message=SAYS[message_template])


def _counted(request: HttpRequest, username: str) -> list[Any]:
    """What a try of a password uses up. Raises ValidationError where none is left, and then none is looked at."""
    person = Person.objects.filter(username__iexact=username).first()
    if person is not None and devices.is_known(request, person):
        return _taken(request, limits.DEVICE, devices.key_of(request, person))
    by_address = _taken(request, limits.ADDRESS)
    account = limits.take(request, limits.ACCOUNT, _key_of_account(person, username))
    if account is not None:
        return [*by_address, *account.usage]
    if person is None or not codes.is_shown_now(person, request.POST.get("code", "")):
        raise ValidationError(HELD_SAYS, code=HELD)
    return by_address


def _taken(request: HttpRequest, what: str, key: str = "") -> list[Any]:
    taken = limits.take(request, what, key)
    if taken is None:
        raise ValidationError(WAIT_SAYS, code=WAIT)
    return list(taken.usage)


def _key_of_account(person: Person | None, username: str) -> str:
    """A new password begins a new count: whoever was given one is not held up by tries against the one before."""
    return f"{username.lower()}:{person.get_session_auth_hash() if person else ''}"

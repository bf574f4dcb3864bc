"""How accounts behave: nobody signs up alone, and a sign-in that fails never says which part was wrong."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from foramen.clinic.models import Person

SAYS = {
    "account/messages/password_changed.txt": "Your password is changed. Other sessions of yours have ended.",
    "mfa/messages/totp_activated.txt": "Your second factor is set up. From now on every sign-in asks for its code.",
}
"""Of what the library reports, what is worth saying."""


REAUTHENTICATE = "reauthenticate"
"""The limit for a password that is typed once more, as settings name it; counted like that of the sign-in."""


def is_password_again(request: HttpRequest, person: Person, password: str) -> bool | None:
    """Whether somebody who is signed in has typed the own password; None: too many wrong ones, and none is tried."""
    if not ratelimit.consume(request, action=REAUTHENTICATE, user=person):
        return None
    right = person.check_password(password)
    if right:
        ratelimit.clear(request, action=REAUTHENTICATE, user=person)
    return right


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator of a site."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

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

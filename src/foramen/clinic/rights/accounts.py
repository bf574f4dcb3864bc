"""How accounts behave: nobody signs up alone, and a sign-in that fails never says which part was wrong."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

SAYS = {
    "account/messages/password_changed.txt": "Your password is changed. Other sessions of yours have ended.",
    "mfa/messages/totp_activated.txt": "Your second factor is set up. From now on every sign-in asks for its code.",
}
"""Of what the library reports, what is worth saying."""


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

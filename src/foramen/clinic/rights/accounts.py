"""How accounts behave: nobody signs up alone."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator of a site."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

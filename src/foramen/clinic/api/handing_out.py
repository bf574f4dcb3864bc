"""Making and ending tokens from the command line, by names."""

from collections.abc import Collection

from foramen.clinic.api.tokens import end_token, make_token
from foramen.clinic.domain.errors import UnknownError
from foramen.clinic.models import Person, Site, Token
from foramen.clinic.records.context import saying

COMMAND = {"shown_as": "command line", "verb": "token"}


def add_token(name: str, username: str, site_code: str, scopes: Collection[str], days: int) -> str:
    """A token for a person at a site, both by name. Raises UnknownError when there is no such person or site."""
    site = Site.objects.filter(code=site_code).first()
    if site is None:
        known = ", ".join(Site.objects.order_by("code").values_list("code", flat=True))
        raise UnknownError.single("there is no such site", where="--site", received=site_code, remedy=known)
    with saying(COMMAND):
        return make_token(_person(username), site, name, scopes, days)


def end_tokens(name: str, username: str) -> int:
    """End the tokens of a name that still hold; how many."""
    with saying(COMMAND):
        holding = Token.objects.filter(person=_person(username), name=name, ended_at__isnull=True)
        return len([end_token(one) for one in holding])


def _person(username: str) -> Person:
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise UnknownError.single("there is no such account", where="--person", received=username)
    return found

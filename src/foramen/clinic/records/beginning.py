"""How an empty database gets its first site and somebody who may give roles there."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foramen.catalogue.instants import day_of, zone
from foramen.clinic import clock
from foramen.clinic.domain.errors import UnknownError, WrongInputError
from foramen.clinic.models import Delegation, Person, Site
from foramen.clinic.records.context import saying
from foramen.clinic.rights.roles import Role

CODE = re.compile("[a-z][a-z0-9-]{0,49}")
ACCOUNT = re.compile("[a-z][a-z0-9._-]{2,39}")
PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site to be added."""

    code: str
    name: str
    service: str
    zone: str


def add_site(new: NewSite, administrator: str, shown_as: str) -> str:
    """Add a site and its first administrator. Returns the first password; empty for an account that is there already.

    Raises WrongInputError for a code that cannot be or is taken, and DataError for a zone that does not exist.
    """
    zone(new.zone)
    if not CODE.fullmatch(new.code):
        raise WrongInputError.single(
            "this cannot be the code of a site", where="CODE", received=new.code, remedy="north"
        )
    if Site.objects.filter(code=new.code).exists():
        raise WrongInputError.single("there is a site of that code", where="CODE", received=new.code)
    with saying({"shown_as": "command line", "verb": "site add"}), transaction.atomic():
        site = Site.objects.create(code=new.code, name=new.name, service=new.service, zone=new.zone)
        person, password = _administrator(administrator, shown_as)
        Delegation.objects.create(person=person, site=site, role=Role.ADMIN, first_day=day_of(clock.now_at(new.zone)))
    return password


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account with its roles at one site."""

    username: str
    shown_as: str
    site: str
    roles: Sequence[Role]


def add_user(new: NewUser) -> str:
    """Add an account, and return its first password. Raises WrongInputError for a name that cannot be or is taken, and
    UnknownError for a site that does not exist."""
    site = Site.objects.filter(code=new.site).first()
    if site is None:
        known = ", ".join(Site.objects.order_by("code").values_list("code", flat=True))
        raise UnknownError.single("there is no such site", where="--site", received=new.site, remedy=known)
    if not ACCOUNT.fullmatch(new.username):
        raise WrongInputError.single(
            "this cannot be the name of an account", where="ACCOUNT", received=new.username, remedy="such as m.dahl"
        )
    if Person.objects.filter(username__iexact=new.username).exists():
        raise WrongInputError.single(
            "this account is there already, or was once", where="ACCOUNT", received=new.username,
            remedy="an administrator gives it a role on the page People",
        )  # fmt: skip
    with saying({"shown_as": "command line", "verb": "user add"}), transaction.atomic():
        person, password = _administrator(new.username, new.shown_as)
        today = day_of(clock.now_at(site.zone))
        for role in dict.fromkeys(new.roles):
            Delegation.objects.create(person=person, site=site, role=role, first_day=today)
    return password


def _administrator(username: str, shown_as: str) -> tuple[Person, str]:
    found = Person.objects.filter(username=username).first()
    if found is not None:
        return found, ""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    person = Person(username=username, shown_as=shown_as or username)
    person.set_password(password)
    person.save()
    return person, password

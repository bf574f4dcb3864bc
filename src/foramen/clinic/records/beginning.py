"""How an empty database gets its first site and somebody who may give roles there."""

import re
import secrets
from dataclasses import dataclass

from django.db import transaction

from foramen.catalogue.instants import day_of, zone
from foramen.clinic import clock
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.models import Delegation, Person, Site
from foramen.clinic.records.context import saying
from foramen.clinic.rights.roles import Role

CODE = re.compile("[a-z][a-z0-9-]{0,49}")
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


def _administrator(username: str, shown_as: str) -> tuple[Person, str]:
    found = Person.objects.filter(username=username).first()
    if found is not None:
        return found, ""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    person = Person(username=username, shown_as=shown_as or username)
    person.set_password(password)
    person.save()
    return person, password

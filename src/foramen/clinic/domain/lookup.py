"""Rows that a verb names beside the one it is done to: those of the site, and no others."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import models

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import UnknownError, WrongInputError
from foramen.clinic.models import Person
from foramen.clinic.rights.roles import Role

Found = TypeVar("Found", bound=models.Model)


def row_here(act: Act, model: type[Found], key: UUID, where: str) -> Found:
    """A row of the site; another site's is as unknown as none."""
    found = model._default_manager.filter(site=act.site, pk=key).first()
    if found is None:
        raise UnknownError.single(f"there is no such {model._meta.verbose_name} here", where=where)
    return found


def person_here(act: Act, key: UUID, allowed: frozenset[Role], on: date, where: str) -> Person:
    """Somebody who has one of these roles here on a day."""
    found = Person.objects.filter(pk=key, delegations__site=act.site).distinct().first()
    if found is None:
        raise UnknownError.single("there is no such person here", where=where)
    if not found.roles_at(act.site, on) & allowed:
        raise WrongInputError.single(
            f"{found} is not a {' or a '.join(sorted(allowed))} here on that day", where=where, remedy="choose another"
        )
    return found

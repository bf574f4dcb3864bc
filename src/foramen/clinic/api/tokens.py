"""Tokens of the API: made once, shown once, and kept as a hash."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from foramen.catalogue.instants import day_of
from foramen.clinic import clock
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.verbs import VERBS, Verb
from foramen.clinic.models import Fact, Order, Patient, Person, Referral, Room, Site, Token, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import Role

BYTES = 32
"""256 bits of chance: nobody guesses one, so that a plain hash keeps it as well as a slow one would."""

READ = "read"
"""The scope that allows looking. Every other scope is the name of a verb."""

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asks with a token: the person, where, with the roles of today, and what the token was made for."""

    person: Person
    site: Site
    roles: frozenset[Role]
    scopes: frozenset[str]


def verbs_by_token() -> Sequence[Verb]:
    """The verbs of the pathway. What takes the person, who shows once more who it is, no token can do."""
    pathway = (Patient, Referral, Order, Visit, Room, Fact)
    found = [one for one in VERBS.values() if one.on in pathway or one.name == "register_patient"]
    return tuple(sorted((one for one in found if not one.in_person), key=lambda one: one.name))


def scopes() -> tuple[str, ...]:
    """Every scope that a token can have."""
    return (READ, *(verb.name for verb in verbs_by_token()))


def make_token(person: Person, site: Site, name: str, wanted: Collection[str], days: int) -> str:
    """Store a token's hash, and return the token: it can be read this once.

    Raises WrongInputError for an unknown scope or a term that is none.
    """
    unknown = sorted(set(wanted) - set(scopes()))
    if unknown or not wanted:
        raise WrongInputError.single(
            "a token is for verbs that exist, or for reading", where="scope", received=", ".join(unknown) or "nothing",
            remedy=f"one or more of {', '.join(scopes())}",
        )  # fmt: skip
    if not 1 <= days <= LONGEST_DAYS:
        raise WrongInputError.single(
            "a token ends", where="days", received=str(days), remedy=f"1 to {LONGEST_DAYS} days"
        )
    text, now = secrets.token_urlsafe(BYTES), clock.now()
    Token.objects.create(
        person=person, site=site, name=name, sha256=_hash(text), scopes=sorted(set(wanted)), made_at=now,
        ends_at=now + timedelta(days=days),
    )  # fmt: skip
    return text


def end_token(token: Token) -> Token:
    """From now on nobody is let in with it."""
    return save_changes(token, ended_at=clock.now())


def holder_of(text: str) -> Holder | None:
    """Whose token this is; None for one that is unknown, over, or of somebody whose account has ended."""
    now = clock.now()
    found = (
        Token.objects.select_related("person", "site")
        .filter(sha256=_hash(text), ended_at__isnull=True, ends_at__gt=now, person__is_active=True)
        .first()
    )
    if found is None:
        return None
    roles = found.person.roles_at(found.site, day_of(clock.now_at(found.site.zone)))
    return Holder(found.person, found.site, roles, frozenset(found.scopes))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

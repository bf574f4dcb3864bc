"""Who works here: accounts, roles from a day to a day, and their end. Nobody changes rights of their own."""

from datetime import date, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from pydantic import SecretStr

from foramen.catalogue.instants import Moment, day_of
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import AccountEnded, PersonDetails, RoleEnded, RoleGiven, SignInReset
from foramen.clinic.domain.errors import UnknownError, WrongInputError
from foramen.clinic.domain.verbs import verb
from foramen.clinic.models import Delegation, Person, Site, Token
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import Role

KEEPERS = frozenset({Role.ADMIN, Role.LEAD})
"""Who gives and ends roles."""


@verb("add_person", says="Add a person", on=Site, content=PersonDetails, roles=KEEPERS, in_person=True)
def add_person(act: Act, site: Site, asked: PersonDetails) -> Person:
    """An account with its first role. The second factor is set up at the first sign-in."""
    person = Person(username=asked.username, shown_as=asked.shown_as)
    _set_password(person, asked.password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise WrongInputError.single(
            "this user name is taken, or was once", where="username", received=asked.username,
            remedy="choose another one: an account belongs to one person for ever",
        ) from None  # fmt: skip
    _delegate(act, site, person, asked)
    return person


@verb("give_role", says="Give a role", on=Site, content=RoleGiven, roles=KEEPERS, in_person=True)
def give_role(act: Act, site: Site, asked: RoleGiven) -> Delegation:
    """A role at this site, also for somebody who works at another one."""
    person = Person.objects.filter(pk=asked.person, is_active=True).first()
    if person is None:
        raise UnknownError.single("there is no such person here")
    _check_not_oneself(act, person)
    return _delegate(act, site, person, asked)


@verb("end_role", says="End a role", on=Delegation, content=RoleEnded, roles=KEEPERS, in_person=True)
def end_role(act: Act, role: Delegation, asked: RoleEnded) -> Delegation:
    """The last day of a role, from yesterday on. What has ended stays as it is."""
    _check_not_oneself(act, role.person)
    yesterday = _today(act) - timedelta(days=1)
    if role.last_day is not None and role.last_day <= yesterday:
        raise WrongInputError.single("this role has ended already", where="last_day", remedy="give the role anew")
    if asked.last_day < max(yesterday, role.first_day - timedelta(days=1)):
        raise WrongInputError.single(
            "rights of the past do not change", where="last_day", received=f"{asked.last_day}",
            remedy="yesterday ends the role at once; a later day ends it after that day",
        )  # fmt: skip
    return save_changes(role, asked.version, last_day=asked.last_day)


@verb("end_account", says="End an account", on=Site, content=AccountEnded, roles=KEEPERS, in_person=True)
def end_account(act: Act, site: Site, asked: AccountEnded) -> Person:
    """Nobody signs in with it any more; its sessions end with their next request, its tokens and roles now."""
    person = _of_site(site, asked.person)
    _check_not_oneself(act, person)
    today = _today(act)
    open_roles = person.delegations.filter(Q(last_day__isnull=True) | Q(last_day__gte=today))
    if open_roles.exclude(site=site).exists():
        raise WrongInputError.single(
            "this person works at another site too", where="person", remedy="end the roles at this site instead"
        )
    for one in open_roles:
        save_changes(one, last_day=max(today, one.first_day) - timedelta(days=1))
    for token in Token.objects.filter(person=person, ended_at__isnull=True):
        save_changes(token, ended_at=act.at)
    person.is_active = False
    person.save(update_fields=["is_active"])
    return person


@verb("reset_sign_in", says="Give a new first password", on=Site, content=SignInReset, roles=KEEPERS, in_person=True)
def reset_sign_in(act: Act, site: Site, asked: SignInReset) -> Person:
    """A new first password; sessions end, and a second factor is set up anew at the next sign-in."""
    person = _of_site(site, asked.person)
    _check_not_oneself(act, person)
    _check_keeper_everywhere(act, site, person)
    _set_password(person, asked.password)
    person.save(update_fields=["password"])
    Authenticator.objects.filter(user=person).delete()
    return person


def people_of(site: Site) -> Q:
    """Everybody who has, or had, a role at a site."""
    return Q(delegations__site=site)


def _of_site(site: Site, key: UUID) -> Person:
    person = Person.objects.filter(people_of(site), pk=key, is_active=True).distinct().first()
    if person is None:
        raise UnknownError.single("there is no such person here")
    return person


def _delegate(act: Act, site: Site, person: Person, asked: RoleGiven | PersonDetails) -> Delegation:
    _check_days(act, site, person, asked)
    return Delegation.objects.create(
        person=person, site=site, role=asked.role, first_day=asked.first_day, last_day=asked.last_day,
        given_by=act.person,
    )  # fmt: skip


def _check_days(act: Act, site: Site, person: Person, asked: RoleGiven | PersonDetails) -> None:
    if asked.first_day < _today(act):
        raise WrongInputError.single(
            "rights of the past do not change", where="first_day", received=f"{asked.first_day}",
            remedy="a role begins today or later",
        )  # fmt: skip
    if asked.last_day is not None and asked.last_day < asked.first_day:
        raise WrongInputError.single(
            "the last day is before the first", where="last_day", received=f"{asked.last_day}",
            remedy="enter a later day, or leave it empty",
        )  # fmt: skip
    held = person.delegations.filter(site=site, role=asked.role).exclude(last_day__lt=asked.first_day)
    if held.filter(first_day__lte=asked.last_day or date.max).exists():
        raise WrongInputError.single(
            "the person has this role already in these days", where="role", received=asked.role.label,
            remedy="choose other days, or end the role first",
        )  # fmt: skip


def _check_not_oneself(act: Act, person: Person) -> None:
    if person.pk == act.person.pk:
        raise WrongInputError.single("nobody changes rights of their own", where="person", remedy="ask a colleague")


def _check_keeper_everywhere(act: Act, site: Site, person: Person) -> None:
    """Whoever can sign in as somebody can act at every site of that person, and so has to keep the roles of each."""
    open_roles = person.delegations.filter(Q(last_day__isnull=True) | Q(last_day__gte=_today(act))).exclude(site=site)
    for one in open_roles.select_related("site"):
        if not act.person.roles_at(one.site, _today(act)) & KEEPERS:
            raise WrongInputError.single(
                "this person works at another site too", where="person",
                remedy="ask somebody who gives roles at every site of this person, or have the roles there ended first",
            )  # fmt: skip


def _set_password(person: Person, password: SecretStr) -> None:
    try:
        validate_password(password.get_secret_value(), person)
    except ValidationError as error:
        raise WrongInputError.single(
            " ".join(error.messages), where="password", remedy="at least 12 characters that nobody would guess"
        ) from None
    person.set_password(password.get_secret_value())


def _today(act: Act) -> date:
    return day_of(Moment(act.at, act.site.zone))

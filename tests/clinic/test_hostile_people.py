"""Attempts of those who give roles: to sign in as somebody of another site."""

from datetime import date

import pytest

from foramen.clinic.domain.asked import RoleGiven, SignInReset
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Delegation, Person
from tests.clinic.hospital import TODAY, Hospital

RESET = "a password that I know"


def reset(hospital: Hospital, person: Person) -> None:
    wanted = SignInReset.model_validate({"person": person.pk, "password": RESET, "reason": "lost the telephone"})
    perform(hospital.act("hale"), "reset_sign_in", hospital.site.pk, wanted)


def changed(person: Person) -> bool:
    return Person.objects.get(pk=person.pk).check_password(RESET)


def test_a_role_here_does_not_open_the_account_of_somebody_of_another_site(hospital: Hospital) -> None:
    """A role for a colleague elsewhere, a new first password, and the records of the other site are open."""
    person = hospital.people["elsewhere"]
    given = RoleGiven.model_validate({"person": person.pk, "role": "reader", "first_day": TODAY}, strict=False)
    perform(hospital.act("hale"), "give_role", hospital.site.pk, given)
    with pytest.raises(WrongInputError, match="another site too"):
        reset(hospital, person)
    assert not changed(person)


def test_whoever_gives_roles_at_both_sites_may(hospital: Hospital) -> None:
    person = hospital.people["elsewhere"]
    for who, site in ((person, hospital.site), (hospital.people["hale"], hospital.other)):
        Delegation.objects.create(person=who, site=site, role="admin", first_day=date(2026, 1, 1))
    reset(hospital, person)
    assert changed(person)


def test_a_role_elsewhere_that_has_ended_keeps_nobody_out(hospital: Hospital) -> None:
    person = hospital.people["dahl"]
    Delegation.objects.create(
        person=person, site=hospital.other, role="nurse", first_day=date(2026, 1, 1), last_day=date(2026, 11, 25)
    )
    reset(hospital, person)
    assert changed(person)

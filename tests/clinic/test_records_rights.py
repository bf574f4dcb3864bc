"""The rights that somebody had at an instant are those that the audit replays (AUD-10)."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from foramen.clinic.domain.asked import AccountEnded, RoleEnded, RoleGiven
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Delegation, Person
from foramen.clinic.records.rights_replay import rights_at
from foramen.clinic.records.rights_text import rights_text
from foramen.clinic.records.triggers import without_triggers
from foramen.clinic.rights.roles import Role
from foramen.kernel.errors import UserError
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.people import signed_in

pytestmark = pytest.mark.requirement("AUD-10")
Captured = list[tuple[datetime, frozenset[Role]]]


def capture(hospital: Hospital, person: Person, seen: Captured) -> None:
    """What the person may do now, as the gatekeeper would say; then an hour goes by."""
    person.refresh_from_db()
    now = hospital.time.at
    seen.append((now, person.roles_at(hospital.site, now.date())))
    hospital.time.at += timedelta(hours=1)


def give(hospital: Hospital, person: Person, role: Role, first: date = TODAY) -> Delegation:
    asked = RoleGiven(person=person.pk, role=role, first_day=first)
    done = perform(hospital.act("hale"), "give_role", hospital.site.pk, asked)
    return Delegation.objects.get(pk=done.key)


def life(hospital: Hospital) -> tuple[Person, Captured]:
    """A nurse who becomes a coordinator too, is one no longer, and leaves."""
    moss, seen = hospital.people["moss"], list[tuple[datetime, frozenset[Role]]]()
    capture(hospital, moss, seen)
    given = give(hospital, moss, Role.COORDINATOR)
    capture(hospital, moss, seen)
    give(hospital, moss, Role.READER, TODAY + timedelta(days=1))
    capture(hospital, moss, seen)
    ended = RoleEnded(last_day=TODAY - timedelta(days=1), version=given.version)
    perform(hospital.act("hale"), "end_role", given.pk, ended)
    capture(hospital, moss, seen)
    hospital.time.at += timedelta(days=1)
    capture(hospital, moss, seen)
    gone = AccountEnded(person=moss.pk, reason="has left the hospital")
    perform(hospital.act("hale"), "end_account", hospital.site.pk, gone)
    capture(hospital, moss, seen)
    return moss, seen


def test_rights_of_the_past_are_those_that_were_seen_then(hospital: Hospital) -> None:
    moss, seen = life(hospital)
    assert [sorted(roles) for _, roles in seen] == [
        ["nurse"], ["coordinator", "nurse"], ["coordinator", "nurse"], ["nurse"], ["nurse", "reader"], [],
    ]  # fmt: skip
    for at, roles in seen:
        assert rights_at(moss, hospital.site, at).held == roles, at
        assert rights_at(moss, hospital.other, at).held == frozenset()
    before = rights_at(moss, hospital.site, seen[0][0] - timedelta(days=3650))
    assert (before.account, before.held) == (False, frozenset())


def test_it_says_who_gave_a_role_and_the_table_of_today_is_not_asked(hospital: Hospital) -> None:
    moss, seen = life(hospital)
    with without_triggers():
        Delegation.objects.filter(person=moss).update(role="lead", first_day="2020-01-01", last_day=None)
        Person.objects.filter(pk=moss.pk).update(is_active=True)
    then = rights_at(moss, hospital.site, seen[1][0])
    assert {one.role: one.by for one in then.roles if one.in_force} == {Role.NURSE: "", Role.COORDINATOR: "J. Hale"}
    assert not rights_at(moss, hospital.site, seen[-1][0]).active


def test_rows_from_before_the_audit_are_told_by_what_the_first_change_found(hospital: Hospital) -> None:
    with without_triggers():
        person = Person.objects.create(username="old", shown_as="O. Old")
        row = Delegation.objects.create(person=person, site=hospital.site, role="nurse", first_day="2020-01-01")
    start = hospital.time.at
    assert rights_at(person, hospital.site, start).held == {Role.NURSE}
    hospital.time.at += timedelta(hours=1)
    ended = RoleEnded(last_day=TODAY - timedelta(days=1), version=row.version)
    perform(hospital.act("hale"), "end_role", row.pk, ended)
    assert rights_at(person, hospital.site, start).held == {Role.NURSE}
    assert rights_at(person, hospital.site, hospital.time.at).held == frozenset()


@pytest.mark.requirement("AUD-4")
def test_a_clock_that_was_set_back_does_not_change_the_order(hospital: Hospital) -> None:
    moss = hospital.people["moss"]
    given = give(hospital, moss, Role.COORDINATOR)
    hospital.time.at -= timedelta(minutes=30)
    perform(
        hospital.act("hale"), "end_role", given.pk,
        RoleEnded(last_day=TODAY - timedelta(days=1), version=given.version),
    )  # fmt: skip
    assert rights_at(moss, hospital.site, hospital.time.at).held == {Role.NURSE}


def test_the_page_and_the_command_tell_it(hospital: Hospital, client: Client) -> None:
    moss, _ = life(hospital)
    hale = signed_in(client, hospital.people["hale"])
    address = f"/people/{moss.pk}/rights/"
    assert address in hale.get(f"/people/{moss.pk}/").content.decode()
    page = hale.get(address, {"at": "2026-11-26T10:30"}).content.decode()
    assert "could act" in page and "coordinator" in page
    assert "The account had ended" in hale.get(address, {"at": "2026-11-28T10:30"}).content.decode()
    assert "Write date and time" in hale.get(address, {"at": "then"}).content.decode()
    assert signed_in(Client(), hospital.people["dahl"]).get(address).status_code == 403
    told = rights_text("moss", datetime(2026, 11, 26, 10, 30)).splitlines()
    assert [line.split(": ")[1].split(",")[0] for line in told] == ["nurse", "coordinator", "no role"]
    with pytest.raises(UserError, match="no such account"):
        rights_text("nobody", datetime(2026, 11, 26, 10, 30))

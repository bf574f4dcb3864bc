"""People, roles and accounts: who may give what to whom, and what it does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foramen.clinic.domain.asked import PersonDetails, RoleGiven
from foramen.clinic.domain.errors import NotAllowedError, WrongInputError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Delegation, Person, Request, Token
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.people import signed_in

PASSWORD = "a long enough password"
NEW = {
    "username": "vale", "shown_as": "B. Vale", "password": PASSWORD, "role": "nurse", "first_day": "2026-11-26",
}  # fmt: skip
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def hale(client: Client, hospital: Hospital) -> Client:
    """The administrator, signed in."""
    return signed_in(client, hospital.people["hale"])


def send(client: Client, address: str, **data: object):
    return client.post(address, {"key": str(uuid4()), **data})


def test_a_person_is_added_with_a_role_and_signs_in(hale: Client, hospital: Hospital) -> None:
    answer = send(hale, "/people/new/", **NEW)
    made = Person.objects.get(username="vale")
    assert answer.headers["Location"] == f"/people/{made.pk}/"
    assert made.roles_at(hospital.site, TODAY) == {Role.NURSE}
    assert made.roles_at(hospital.site, YESTERDAY) == frozenset()
    assert made.delegations.get().given_by == hospital.people["hale"]
    other = Client()
    assert other.post("/sign-in/", {"login": "vale", "password": PASSWORD}).headers["Location"] == "/start/"
    assert other.get("/start/").headers["Location"] == "/account/code/", "the second factor comes first"


def test_a_form_sent_twice_makes_one_person(hale: Client, hospital: Hospital) -> None:
    both = [hale.post("/people/new/", {"key": str(UNIQUE), **NEW}).headers["Location"] for _ in range(2)]
    assert both[0] == both[1] and Person.objects.filter(username="vale").count() == 1


UNIQUE = uuid4()


@pytest.mark.requirement("ASVS V14.2.4")
def test_nothing_that_is_kept_of_a_request_holds_its_password(hale: Client, hospital: Hospital) -> None:
    details = {"role": Role.NURSE, "first_day": TODAY, "shown_as": "X", "username": "xav"}
    digests = set()
    for password in (PASSWORD, "another long password"):
        digests.add(PersonDetails(password=password, **details).model_dump_json())
    assert len(digests) == 1 and PASSWORD not in digests.pop()


@pytest.mark.parametrize(("wrong", "at"), [
    ({"username": "Dr Vale"}, "role-username"), ({"username": "dahl"}, "role-username"),
    ({"password": "short"}, "role-password"), ({"password": "password1234"}, "role-password"),
    ({"role": ""}, "role-role"), ({"role": "king"}, "role-role"), ({"shown_as": ""}, "role-shown_as"),
    ({"first_day": "2026-11-25"}, "role-first_day"), ({"first_day": "soon"}, "role-first_day"),
    ({"last_day": "2026-11-25"}, "role-last_day"),
])  # fmt: skip
def test_a_wrong_entry_comes_back_with_what_was_typed(
    hale: Client, hospital: Hospital, wrong: dict[str, str], at: str
) -> None:
    before = Person.objects.count()
    answer = send(hale, "/people/new/", **NEW | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and Person.objects.count() == before
    assert f'<a href="#{at}">' in page and f'id="{at}_error"' in page, "the summary leads to the field"
    assert "<title>Error: Add a person" in page
    assert wrong.get("username", "vale") in page, "what was typed stays"
    assert PASSWORD not in page, "but no password"
    assert Request.objects.count() == 0


def test_a_role_is_given_and_ended(hale: Client, hospital: Hospital) -> None:
    dahl = hospital.people["dahl"]
    send(hale, f"/people/{dahl.pk}/roles/", role="coordinator", first_day="2026-11-27", last_day="2026-12-31")
    given = Delegation.objects.get(person=dahl, role="coordinator")
    assert dahl.roles_at(hospital.site, TODAY) == {Role.NURSE}
    assert dahl.roles_at(hospital.site, TODAY + timedelta(days=1)) == {Role.NURSE, Role.COORDINATOR}
    answer = send(hale, f"/people/roles/{given.pk}/end/", last_day="2026-11-28", version=1)
    assert answer.status_code == 302
    given.refresh_from_db()
    assert (given.last_day.isoformat(), given.version) == ("2026-11-28", 2)


def test_a_role_that_ends_yesterday_opens_nothing_today(hale: Client, hospital: Hospital) -> None:
    ferro = hospital.people["vance"]
    theirs = signed_in(Client(), ferro)
    assert theirs.get("/people/").status_code == 200
    send(hale, f"/people/roles/{ferro.delegations.get().pk}/end/", last_day=YESTERDAY.isoformat(), version=1)
    assert theirs.get("/people/").status_code == 403


@pytest.mark.parametrize("last_day", ["2026-11-24", "2024-01-01"])
def test_rights_of_the_past_do_not_change(hale: Client, hospital: Hospital, last_day: str) -> None:
    role = hospital.people["dahl"].delegations.get()
    answer = send(hale, f"/people/roles/{role.pk}/end/", last_day=last_day, version=1)
    role.refresh_from_db()
    assert (answer.status_code, role.last_day) == (422, None)
    assert "Rights of the past do not change" in answer.content.decode()


def test_what_has_ended_stays_as_it_is(hale: Client, hospital: Hospital) -> None:
    role = hospital.people["dahl"].delegations.get()
    Delegation.objects.filter(pk=role.pk).update(last_day=YESTERDAY)
    answer = send(hale, f"/people/roles/{role.pk}/end/", last_day="2027-01-01", version=1)
    assert answer.status_code == 422 and "has ended already" in answer.content.decode()


def test_two_who_end_the_same_role_get_both_versions(hale: Client, hospital: Hospital) -> None:
    role = hospital.people["dahl"].delegations.get()
    send(hale, f"/people/roles/{role.pk}/end/", last_day="2026-11-30", version=1)
    answer = send(hale, f"/people/roles/{role.pk}/end/", last_day="2026-12-15", version=1)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "2026-11-30" in page and "2026-12-15" in page and 'name="version" value="2"' in page
    assert send(hale, f"/people/roles/{role.pk}/end/", last_day="2026-12-15", version=2).status_code == 302


@pytest.mark.requirement("USR-1")
def test_nobody_changes_rights_of_their_own(hale: Client, hospital: Hospital) -> None:
    me = hospital.people["hale"]
    answers = [
        send(hale, f"/people/{me.pk}/roles/", role="nurse", first_day="2026-11-26"),
        send(hale, f"/people/roles/{me.delegations.get().pk}/end/", last_day="2026-11-30", version=1),
        send(hale, f"/people/{me.pk}/end/", reason="I have had enough"),
        send(hale, f"/people/{me.pk}/reset/", password=PASSWORD, reason="I have forgotten it"),
    ]
    assert [one.status_code for one in answers] == [422] * 4
    assert all("Nobody changes rights of their own:" in one.content.decode() for one in answers)
    me.refresh_from_db()
    assert me.is_active and me.roles_at(hospital.site, TODAY) == {Role.ADMIN}


def test_the_same_role_twice_in_the_same_days_is_refused(hospital: Hospital) -> None:
    dahl = hospital.people["dahl"]
    with pytest.raises(WrongInputError, match="has this role already"):
        asked = RoleGiven(person=dahl.pk, role=Role.NURSE, first_day=TODAY)
        perform(hospital.act("hale"), "give_role", hospital.site.pk, asked)


@pytest.mark.parametrize("who", ["dahl", "ferro", "okafor", "lind", "roe", "stone", "byrd"])
def test_other_roles_give_none(hospital: Hospital, who: str) -> None:
    asked = RoleGiven(person=hospital.people["moss"].pk, role=Role.NURSE, first_day=TODAY)
    with pytest.raises(NotAllowedError):
        perform(hospital.act(who), "give_role", hospital.site.pk, asked)


def test_somebody_of_another_site_gets_a_role_here(hale: Client, hospital: Hospital) -> None:
    elsewhere = hospital.people["elsewhere"]
    assert hale.get(f"/people/{elsewhere.pk}/").status_code == 404
    wrong = send(hale, "/people/known/", known="nobody", role="nurse", first_day="2026-11-26")
    assert wrong.status_code == 422 and "There is no such account" in wrong.content.decode()
    answer = send(hale, "/people/known/", known="elsewhere", role="nurse", first_day="2026-11-26")
    assert answer.headers["Location"] == f"/people/{elsewhere.pk}/"
    assert elsewhere.roles_at(hospital.site, TODAY) == {Role.NURSE}
    answer = send(hale, f"/people/{elsewhere.pk}/end/", reason="has left the hospital")
    assert answer.status_code == 422 and "works at another site too" in answer.content.decode()


@pytest.mark.requirement("USR-1", "ASVS V7.4.2")
def test_an_account_that_ends_loses_sessions_tokens_and_roles(hale: Client, hospital: Hospital) -> None:
    dahl = hospital.people["dahl"]
    theirs = signed_in(Client(), dahl)
    token = Token.objects.create(
        person=dahl, site=hospital.site, name="t", sha256="0" * 64, made_at=hospital.time.at, ends_at=hospital.time.at
    )
    assert send(hale, f"/people/{dahl.pk}/end/", reason="has left the hospital").status_code == 302
    assert theirs.get("/account/").headers["Location"].startswith("/sign-in/")
    dahl.refresh_from_db()
    token.refresh_from_db()
    assert not dahl.is_active and token.ended_at == hospital.time.at
    assert dahl.delegations.get().last_day == YESTERDAY
    assert "Add a person" not in hale.get(f"/people/{dahl.pk}/").content.decode()
    assert send(hale, "/people/new/", **NEW | {"username": "dahl"}).status_code == 422, "a name is never used again"


@pytest.mark.requirement("ASVS V6.5.6")
def test_a_new_first_password_takes_a_lost_device_away(hale: Client, hospital: Hospital) -> None:
    dahl = hospital.people["dahl"]
    TOTP.activate(dahl, generate_totp_secret())
    theirs = signed_in(Client(), dahl)
    send(hale, f"/people/{dahl.pk}/reset/", password=PASSWORD, reason="phone fell into the river")
    assert theirs.get("/account/").status_code == 302, "sessions end"
    assert Authenticator.objects.filter(user=dahl).count() == 0
    dahl.refresh_from_db()
    assert dahl.check_password(PASSWORD)


def test_the_list_is_searched_and_filtered(hale: Client, hospital: Hospital) -> None:
    def names(query: str) -> set[str]:
        page = hale.get(f"/people/{query}")
        return {one.username for one in page.context["page"].rows}

    assert len(names("")) == 11 and "elsewhere" not in names("")
    assert names("?text=dr") == {"okafor", "ito", "vance", "roe"}
    assert names("?role=nurse") == {"dahl", "moss"}
    assert names("?role=nurse&text=moss") == {"moss"}
    Person.objects.filter(username="moss").update(is_active=False)
    assert names("?state=ended") == {"moss"}
    assert "Nobody fits" in hale.get("/people/?text=zzz").content.decode()


def test_the_list_costs_the_same_for_one_and_for_four(hale: Client, hospital: Hospital) -> None:
    counts = []
    for text, rows in (("moss", 1), ("dr", 4)):
        with CaptureQueriesContext(connection) as asked:
            assert len(hale.get(f"/people/?text={text}").context["page"].rows) == rows
        counts.append(len(asked))
    assert counts[0] == counts[1]

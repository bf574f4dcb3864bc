"""Showing once more who one is: before what, how, for how long, and what becomes of what was sent."""

from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from foramen.clinic.domain.errors import NotAllowedError
from foramen.clinic.domain.verbs import VERBS, perform
from foramen.clinic.models import AuditEvent, Delegation, Person
from foramen.clinic.pages.gate.demonstration import code_of
from foramen.clinic.rights.roles import Role
from foramen.clinic.rights.step_up import LASTS, stepped_up_at
from foramen.clinic.urls import ROUTES
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.people import signed_in

PASSWORD = "a long enough password"
KEY = "11111111-2222-4333-8444-555555555555"


class Fields(HTMLParser):
    """What the form of a page would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = dict(attrs)
        if tag == "input" and one.get("name"):
            self.found[str(one["name"])] = one.get("value") or ""


@pytest.fixture
def hale(hospital: Hospital) -> Person:
    """An administrator with a password and a second factor."""
    person = hospital.people["hale"]
    person.set_password(PASSWORD)
    person.save()
    TOTP.activate(person, generate_totp_secret())
    return person


@pytest.fixture
def late(client: Client, hospital: Hospital, hale: Person) -> Client:
    """The administrator, who showed it longer ago than it holds."""
    signed_in(client, hale)
    hospital.time.at += LASTS + timedelta(seconds=1)
    return client


def role_for(hospital: Hospital, who: str = "dahl") -> tuple[str, dict[str, Any]]:
    """An address that gives a role, and what is sent there."""
    return f"/people/{hospital.people[who].pk}/roles/", {"role": "reader", "first_day": TODAY, "key": KEY}


def given(hospital: Hospital) -> int:
    return Delegation.objects.filter(person=hospital.people["dahl"], role="reader").count()


def code(person: Person) -> str:
    return code_of(Authenticator.objects.get(user=person, type="totp"))


@pytest.mark.requirement("ASVS V7.5.3")
def test_what_matters_most_asks_once_more() -> None:
    """Rights, accounts and policies; a page that only shows something does not."""
    asking = {one.name for one in ROUTES if one.step_up}
    assert asking >= {
        "person-new", "person-known", "role-give", "role-end", "account-end", "sign-in-reset", "policy-propose",
        "policy-sign",
    }  # fmt: skip
    assert not asking & {"people", "person", "policies", "policy", "board", "treatment-step", "confirm"}


@pytest.mark.parametrize(
    ("later", "asked"), [(timedelta(), False), (LASTS, False), (LASTS + timedelta(seconds=1), True)]
)
def test_it_holds_for_ten_minutes(
    client: Client, hospital: Hospital, hale: Person, later: timedelta, asked: bool
) -> None:
    signed_in(client, hale)
    hospital.time.at += later
    assert (client.get("/people/new/").status_code == 302) is asked
    assert client.get("/people/").status_code == 200, "looking asks for nothing"


def test_a_clock_that_went_back_is_not_fresh(client: Client, hospital: Hospital, hale: Person) -> None:
    signed_in(client, hale)
    hospital.time.at -= timedelta(hours=1)
    assert client.get("/people/new/").status_code == 302


@pytest.mark.requirement("ASVS V7.2.4")
def test_password_or_code_opens_the_page_and_the_session_has_another_number(late: Client, hale: Person) -> None:
    asked = late.get("/people/new/")
    assert asked.headers["Location"] == "/confirm/?next=%2Fpeople%2Fnew%2F"
    fields = Fields(late.get(asked.headers["Location"]).content.decode()).found
    old = late.session.session_key
    wrong = late.post("/confirm/", fields | {"confirm-typed": "not the password"})
    assert wrong.status_code == 422 and late.get("/people/new/").status_code == 302
    assert late.session.session_key == old
    answer = late.post("/confirm/", fields | {"confirm-typed": code(hale)})
    assert answer.headers["Location"] == "/people/new/" and late.get("/people/new/").status_code == 200
    assert late.session.session_key not in (None, old)
    stolen = Client()
    stolen.cookies[next(iter(late.cookies))] = old
    assert stolen.get("/people/").headers["Location"].startswith("/sign-in/")


def test_what_was_sent_is_not_stored_and_goes_on_once_it_is_clear_who_it_is(late: Client, hospital: Hospital) -> None:
    address, sent = role_for(hospital)
    asked = late.post(address, sent)
    page = asked.content.decode()
    assert asked.status_code == 403 and "Nothing is stored yet." in page and given(hospital) == 0
    fields = Fields(page.split("<main")[1]).found
    assert fields["role"] == "reader" and fields["key"] == KEY, "what was typed is kept"
    again = late.post("/confirm/", fields | {"confirm-typed": "wrong"})
    assert again.status_code == 422 and Fields(again.content.decode().split("<main")[1]).found["role"] == "reader"
    answer = late.post("/confirm/", fields | {"confirm-typed": PASSWORD}, follow=True)
    assert answer.redirect_chain[0] == (address, 307) and given(hospital) == 1
    assert "The role is given." in answer.content.decode()


def test_a_password_that_was_sent_is_on_no_page(late: Client, hospital: Hospital) -> None:
    page = late.post("/people/new/", {"username": "newcomer", "password": "a secret of somebody", "key": KEY})
    assert page.status_code == 403 and "newcomer" in page.content.decode()
    assert "a secret of somebody" not in page.content.decode()


@pytest.mark.requirement("ASVS V1.2.2", "ASVS V3.7.2")
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:a", ""]
)
def test_it_leads_to_no_other_place(late: Client, elsewhere: str) -> None:
    sent = {"confirm-typed": PASSWORD, "confirm-next": elsewhere}
    assert late.post("/confirm/", sent).headers["Location"] == "/start/"


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example/people/new/", "/sign-out/", "/site/", "/x/"])
def test_nothing_is_sent_on_to_what_does_not_ask(late: Client, then: str) -> None:
    answer = late.post("/confirm/", {"confirm-typed": PASSWORD, "confirm-then": then})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/start/")


@pytest.mark.requirement("ASVS V6.3.1")
def test_after_five_wrong_ones_none_is_looked_at(late: Client, hale: Person) -> None:
    for _ in range(5):
        assert "neither your password" in late.post("/confirm/", {"confirm-typed": "wrong"}).content.decode()
    for typed in (PASSWORD, code(hale)):
        assert "Too many wrong ones" in late.post("/confirm/", {"confirm-typed": typed}).content.decode()
    assert late.get("/people/new/").status_code == 302


def test_a_code_is_good_once(late: Client, hospital: Hospital, hale: Person) -> None:
    once = code(hale)
    assert late.post("/confirm/", {"confirm-typed": once}).status_code == 302
    hospital.time.at += LASTS + timedelta(seconds=1)
    assert late.post("/confirm/", {"confirm-typed": once}).status_code == 422


def test_a_part_of_a_page_leads_to_the_whole_page(late: Client, hospital: Hospital) -> None:
    address, sent = role_for(hospital)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/people/{hospital.people['dahl'].pk}/"}
    answer = late.post(address, sent, headers=headers)
    assert answer.headers["HX-Redirect"].startswith("/confirm/?next=%2Fpeople%2F") and given(hospital) == 0


def test_a_role_that_may_not_is_not_asked(client: Client, hospital: Hospital) -> None:
    signed_in(client, hospital.people["dahl"])
    hospital.time.at += timedelta(hours=1)
    page = client.post(*role_for(hospital))
    assert page.status_code == 403 and "Your roles do not include this" in page.content.decode()


def test_when_it_was_is_told(client: Client, hospital: Hospital, hale: Person) -> None:
    request = SimpleNamespace(session=signed_in(client, hale).session)
    assert stepped_up_at(request) == hospital.time.at
    hospital.time.at += LASTS + timedelta(seconds=1)
    assert stepped_up_at(request) is None


@pytest.mark.parametrize("channel", ["api", "import"])
def test_no_program_does_what_takes_the_person(hospital: Hospital, channel: str) -> None:
    from dataclasses import replace

    from foramen.clinic.domain.asked import RoleGiven

    assert {name for name, verb in VERBS.items() if verb.in_person} >= {"override", "give_role", "sign_record"}
    asked = RoleGiven(person=hospital.people["dahl"].pk, role=Role.READER, first_day=TODAY)
    with pytest.raises(NotAllowedError, match="only a person does this"):
        perform(replace(hospital.act("hale"), channel=channel), "give_role", hospital.site.pk, asked)
    assert given(hospital) == 0 and not AuditEvent.objects.filter(table="clinic_delegation", context__channel=channel)

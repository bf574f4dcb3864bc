"""Signing in with a password and a code, and what is refused there."""

import re
import time as wall

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from foramen.clinic import settings as service
from foramen.clinic.models import AuditEvent, Person
from foramen.clinic.pages.gate.demonstration import code_of, demo_codes
from foramen.clinic.rights import sessions
from tests.clinic.hospital import Hospital
from tests.clinic.people import PASSWORD, signed_in

WRONG = "The username and/or password you specified are not correct."


def code(person: Person) -> str:
    return code_of(Authenticator.objects.get(user=person, type="totp"))


def enter(client: Client, username: str, password: str):
    return client.post("/sign-in/", {"login": username, "password": password})


@pytest.mark.requirement("ASVS V11.4.2")
def test_in_service_passwords_are_hashed_at_full_cost(dahl: Person) -> None:
    """The tests hash them the same way, at the least cost."""
    assert service.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert dahl.password.startswith("argon2$argon2id$")


def test_the_bare_address_leads_everybody_to_their_own_first_page(client: Client) -> None:
    """Who may not see the board is not sent back to it after signing in."""
    assert client.get("/").headers["Location"] == "/sign-in/?next=/start/"
    assert client.get("/patients/").headers["Location"] == "/sign-in/?next=/patients/"


@pytest.mark.requirement("ASVS V6.3.3")
def test_both_factors_open_the_first_page(client: Client, dahl: Person) -> None:
    assert client.get("/start/").headers["Location"] == "/sign-in/?next=/start/"
    assert enter(client, "dahl", PASSWORD).headers["Location"] == "/sign-in/code/"
    assert client.get("/start/").status_code == 302, "the password alone opens nothing"
    answer = client.post("/sign-in/code/", {"code": code(dahl)})
    assert answer.headers["Location"] == "/start/"
    assert client.get("/account/").status_code == 200


@pytest.mark.requirement("ASVS V6.3.8")
@pytest.mark.parametrize(("username", "password"), [("dahl", "not the password"), ("nobody", PASSWORD), ("moss", "")])
def test_a_failure_never_says_which_part_was_wrong(client: Client, dahl: Person, username: str, password: str) -> None:
    page = enter(client, username, password).content.decode()
    if password:
        assert WRONG in page
    assert username in page, "what was typed stays"
    assert 'role="alert"' in page and "<title>Error: Sign in" in page


def test_an_account_that_has_ended_fails_in_the_same_words(client: Client, dahl: Person) -> None:
    dahl.is_active = False
    dahl.save()
    assert WRONG in enter(client, "dahl", PASSWORD).content.decode()


def test_a_wrong_code_opens_nothing_and_is_an_event(client: Client, dahl: Person) -> None:
    enter(client, "dahl", PASSWORD)
    wrong = f"{(int(code(dahl)) + 1) % 1_000_000:06}"
    page = client.post("/sign-in/code/", {"code": wrong})
    assert page.status_code == 200 and "Incorrect code." in page.content.decode()
    assert client.get("/account/").status_code == 302
    assert AuditEvent.objects.filter(operation="failed", context__what="second factor").count() == 1


@pytest.mark.requirement("ASVS V6.5.1")
def test_a_code_is_good_once(client: Client, dahl: Person) -> None:
    once = code(dahl)
    for place in ("/start/", None):
        other = Client()
        enter(other, "dahl", PASSWORD)
        answer = other.post("/sign-in/code/", {"code": once})
        assert answer.headers.get("Location") == place


def test_after_five_failures_an_account_waits(client: Client, dahl: Person) -> None:
    for _ in range(5):
        assert WRONG in enter(client, "dahl", "not the password").content.decode()
    page = enter(client, "dahl", PASSWORD).content.decode()
    assert "There were too many wrong passwords for this account." in page
    assert enter(client, "moss", "not the password").status_code == 200, "another account is not held up"


def test_after_five_wrong_codes_a_code_waits(client: Client, dahl: Person) -> None:
    enter(client, "dahl", PASSWORD)
    right = code(dahl)
    for n in range(5):
        assert "Incorrect code." in client.post("/sign-in/code/", {"code": f"x{n}"}).content.decode()
    page = client.post("/sign-in/code/", {"code": right})
    assert page.status_code == 200 and "Too many" in page.content.decode()
    assert client.get("/account/").status_code == 302


def test_too_many_tries_from_one_place_get_a_page(client: Client, hospital: Hospital) -> None:
    answers = [enter(client, f"nobody{n}", "not the password") for n in range(31)]
    assert [one.status_code for one in answers[:30]] == [200] * 30
    assert sum(WRONG in one.content.decode() for one in answers) == 20, "after 20 no password is looked at"
    assert answers[30].status_code == 429 and "Too many tries" in answers[30].content.decode()


@pytest.mark.requirement("ASVS V6.3.3")
def test_who_has_no_second_factor_sets_one_up_before_anything_else(client: Client, hospital: Hospital) -> None:
    person = hospital.people["dahl"]
    person.set_password(PASSWORD)
    person.save()
    assert enter(client, "dahl", PASSWORD).headers["Location"] == "/start/"
    for address in ("/start/", "/account/", "/account/password/"):
        assert client.get(address).headers["Location"] == "/account/code/"
    page = client.get("/account/code/").content.decode()
    secret = re.search(r"enrol__key\">([A-Z2-7]+)<", page)[1]
    shown = code_of(Authenticator(user=person, type="totp", data={"secret": secret}))
    assert client.post("/account/code/", {"code": shown}).headers["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert client.get("/account/code/").headers["Location"] == "/account/"


def test_a_session_without_the_second_factor_begins_anew(client: Client, dahl: Person) -> None:
    client.force_login(dahl)
    assert client.get("/account/").headers["Location"] == "/account/code/"
    assert client.get("/account/code/").headers["Location"] == "/sign-in/"
    assert client.get("/account/").headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(("later", "said"), [(15 * 60 + 1, "idle"), (8 * 3600 + 1, "long")])
def test_a_session_ends(client: Client, dahl: Person, monkeypatch: pytest.MonkeyPatch, later: int, said: str) -> None:
    signed_in(client, dahl)
    begun = wall.time()
    if said == "long":
        session = client.session
        session[sessions.TOUCHED] = begun + later - 60
        session.save()
    monkeypatch.setattr(sessions.time, "time", lambda: begun + later)
    answer = client.get("/account/")
    assert answer.headers["Location"] == f"/sign-in/?next=/account/&ended={said}"
    assert "You were signed out" in client.get(answer.headers["Location"]).content.decode()


def test_a_page_that_asks_by_itself_does_not_keep_a_session(
    client: Client, dahl: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(client, dahl)
    begun = wall.time()
    monkeypatch.setattr(sessions.time, "time", lambda: begun + 14 * 60)
    assert client.get("/account/", headers={"Foramen-Poll": "yes"}).status_code == 200
    monkeypatch.setattr(sessions.time, "time", lambda: begun + 16 * 60)
    assert client.get("/account/").status_code == 302


def test_an_account_that_ends_has_no_session_any_more(client: Client, dahl: Person) -> None:
    signed_in(client, dahl)
    assert client.get("/account/").status_code == 200
    Person.objects.filter(pk=dahl.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302


@pytest.mark.requirement("ASVS V3.5.3", "ASVS V7.4.1")
def test_signing_out_needs_a_form(client: Client, dahl: Person) -> None:
    signed_in(client, dahl)
    assert client.get("/sign-out/").status_code == 200
    assert client.get("/account/").status_code == 200
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302


def test_the_way_back_stays_on_this_site(client: Client, dahl: Person) -> None:
    client.post("/sign-in/?next=//elsewhere.example/", {"login": "dahl", "password": PASSWORD})
    assert client.post("/sign-in/code/", {"code": code(dahl)}).headers["Location"] == "/start/"


@pytest.mark.requirement("ASVS V6.3.4")
@pytest.mark.parametrize(
    "address",
    ["accounts/signup/", "sign-in/signup/", "accounts/password/reset/", "accounts/login/", "account/email/",
     "account/code/deactivate/", "account/recovery-codes/", "accounts/2fa/", "admin/"],
)  # fmt: skip
def test_nothing_else_of_the_library_is_there(client: Client, db: None, address: str) -> None:
    assert client.get(f"/{address}").status_code == 404


@pytest.mark.requirement("ASVS V6.2.2", "ASVS V6.2.3")
def test_a_password_is_changed_by_who_knows_the_old_one(client: Client, dahl: Person) -> None:
    signed_in(client, dahl)
    new = "another long password"
    asked = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert "Not saved" in client.post("/account/password/", asked).content.decode()
    assert client.post("/account/password/", asked | {"oldpassword": PASSWORD}).headers["Location"] == "/account/"
    dahl.refresh_from_db()
    assert dahl.check_password(new)
    assert client.get("/account/").status_code == 200, "the session that changed it goes on"


@pytest.mark.requirement("ASVS V6.3.2")
def test_accounts_are_shown_in_a_demonstration_only(client: Client, dahl: Person, settings: Settings) -> None:
    assert [one.username for one in demo_codes()] == ["dahl"]
    page = client.get("/sign-in/").content.decode()
    assert "Whom to be" in page and "demonstration" in page and code(dahl) in page
    settings.FORAMEN_DEMO = False
    page = client.get("/sign-in/").content.decode()
    assert "Whom to be" not in page and "Demonstration" not in page and code(dahl) not in page
    assert demo_codes() == ()


def test_the_accounts_of_the_demonstration_cost_the_same_for_one_and_for_three(
    client: Client, dahl: Person, hospital: Hospital, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert len(demo_codes()) == 1
    for name in ("ferro", "okafor"):
        TOTP.activate(hospital.people[name], generate_totp_secret())
    with django_assert_num_queries(1):
        assert len(demo_codes()) == 3

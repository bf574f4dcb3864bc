"""Sessions: how long they last, what ends them, where one is signed in; and what a browser does shortly before."""

import time as wall
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from foramen.clinic.models import AuditEvent, Person, Site
from foramen.clinic.rights.step_up import LASTS
from tests.clinic.browser import BrowserPage, check_page, picture
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in

PASSWORD = "a long enough password"
MINUTE = 60


@pytest.fixture
def hale(hospital: Hospital) -> Person:
    """An administrator with a password and a second factor."""
    person = hospital.people["hale"]
    person.set_password(PASSWORD)
    person.save()
    TOTP.activate(person, generate_totp_secret())
    return person


def aged(client: Client, **seconds: float) -> Client:
    """The session of a client as it was begun or touched so many seconds ago."""
    session = client.session
    for name, ago in seconds.items():
        session[name] = wall.time() - ago
    session.save()
    return client


@pytest.mark.requirement("ASVS V7.3.1", "ASVS V7.3.2", "ASVS V7.4.1")
@pytest.mark.parametrize(("seconds", "said"), [
    ({"touched": 15 * MINUTE - 5}, None), ({"touched": 15 * MINUTE + 1}, "idle"),
    ({"begun": 8 * 3600 - 5}, None), ({"begun": 8 * 3600 + 1}, "long"),
])  # fmt: skip
def test_a_session_ends_on_the_server(hospital: Hospital, seconds: dict[str, float], said: str | None) -> None:
    client = aged(signed_in(Client(), hospital.people["hale"]), **seconds)
    key, answer = client.session.session_key, client.get("/people/")
    assert answer.status_code == (302 if said else 200)
    if said:
        assert answer.headers["Location"] == f"/sign-in/?next=/people/&ended={said}"
        assert not Session.objects.filter(session_key=key).exists(), "it is gone, and not only the cookie"


@pytest.mark.parametrize(("seconds", "left"), [
    ({"touched": 0}, (900, 28800)), ({"touched": 600}, (300, 28800)), ({"begun": 8 * 3600 - 100}, (100, 100)),
])  # fmt: skip
def test_how_long_it_lasts_is_said(hospital: Hospital, seconds: dict[str, float], left: tuple[int, int]) -> None:
    answer = aged(signed_in(Client(), hospital.people["hale"]), **seconds).get(
        "/people/", headers={"Foramen-Poll": "1"}
    )
    said = [int(one) for one in answer.headers["Foramen-Session-Left"].split()]
    assert all(0 <= told - got <= 5 for told, got in zip(left, said, strict=True))
    assert f'data-left="{said[0]}"' in answer.content.decode()


def test_whoever_stays_is_there_from_now_on(hospital: Hospital) -> None:
    client = aged(signed_in(Client(), hospital.people["hale"]), touched=30)
    assert client.post("/stay/").status_code == 204
    assert client.session["touched"] > wall.time() - 5


def test_somebody_who_is_not_signed_in_is_told_nothing(client: Client, db: None) -> None:
    answer = client.get("/sign-in/")
    assert "Foramen-Session-Left" not in answer.headers and "data-key" not in answer.content.decode()


# What ends them


@pytest.mark.requirement("USR-1", "ASVS V7.4.2", "ASVS V7.4.5")
def test_an_account_that_is_ended_is_out_at_once_everywhere(hospital: Hospital) -> None:
    """Pages, parts that a page asks for by itself, and tokens."""
    from foramen.clinic.api.tokens import make_token
    from foramen.clinic.domain.asked import AccountEnded
    from foramen.clinic.domain.verbs import perform

    dahl = hospital.people["dahl"]
    token = make_token(dahl, hospital.site, "own", ["read"], 1)
    one, other = (signed_in(Client(), dahl) for _ in range(2))
    api = Client(headers={"Authorization": f"Bearer {token}"})
    assert [one.get("/").status_code, other.get("/").status_code] == [200, 200]
    assert api.get("/api/board/2026-11-26").status_code == 200
    asked = AccountEnded(person=dahl.pk, reason="left the house for good")
    perform(hospital.act("hale"), "end_account", hospital.site.pk, asked)
    assert one.get("/").headers["Location"] == "/sign-in/?next=/start/"
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/", "Foramen-Poll": "yes"}
    assert other.get("/", headers=headers).headers["HX-Redirect"] == "/sign-in/?next=/start/"
    assert api.get("/api/board/2026-11-26").status_code == 401


@pytest.mark.requirement("USR-1", "ASVS V7.4.3", "ASVS V6.2.3")
def test_another_password_ends_the_other_sessions(hale: Person) -> None:
    here, there = (signed_in(Client(), hale) for _ in range(2))
    new = "another long password"
    here.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


@pytest.mark.requirement("ASVS V7.5.2")
def test_one_sees_where_one_is_signed_in_and_signs_out_elsewhere(hospital: Hospital, hale: Person) -> None:
    here = signed_in(Client(headers={"User-Agent": "Mozilla/5.0 (X11) Gecko/20100101 Firefox/145.0"}), hale)
    there = signed_in(Client(headers={"User-Agent": "Mozilla/5.0 AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}), hale)
    other = signed_in(Client(), hospital.people["dahl"])
    for one in (here, there, other):
        one.get("/account/")
    page = here.get("/account/").content.decode()
    assert page.count("<td>here</td>") == page.count("<td>elsewhere</td>") == 1
    assert "Firefox</th>" in page and "Chrome</th>" in page and "Mozilla" not in page
    assert here.post("/account/sessions/").headers["Location"] == "/account/"
    assert there.get("/account/").status_code == 302 and other.get("/account/").status_code == 200
    page = here.get("/account/").content.decode()
    assert "You are signed out everywhere else." in page and page.count("<td>elsewhere</td>") == 0
    assert (
        AuditEvent.objects.filter(table="clinic_person", row__in=[hale.pk.hex, str(hale.pk)])
        .last()
        .new["signed_out_at"]
    )


def test_signing_out_elsewhere_asks_once_more(hospital: Hospital, hale: Person) -> None:
    here, there = (signed_in(Client(), hale) for _ in range(2))
    hospital.time.at += LASTS + timedelta(seconds=1)
    assert here.post("/account/sessions/").status_code == 403
    assert there.get("/account/").status_code == 200


def test_the_way_back_of_what_was_sent_is_the_page_with_the_form(hospital: Hospital) -> None:
    sent = {"Referer": "http://testserver/people/?text=x"}
    client = Client()
    assert client.post("/stay/", headers=sent).headers["Location"] == "/sign-in/?next=/people/%3Ftext%3Dx"
    elsewhere = client.post("/stay/", headers={"Referer": "https://evil.example/people/"})
    assert elsewhere.headers["Location"] == "/sign-in/?next=/start/"
    assert client.get("/people/known/").headers["Location"] == "/sign-in/?next=/start/", "nobody can ask for it"


def test_a_poll_on_its_way_takes_no_new_cookie_away(hospital: Hospital) -> None:
    """The session got another number while the poll was under way: its answer says nothing of cookies."""
    client = signed_in(Client(), hospital.people["hale"])
    client.session.flush()
    answer = client.get("/account/", headers={"Foramen-Poll": "yes", "HX-Request": "true"})
    assert "HX-Redirect" in answer.headers and not answer.cookies
    assert client.get("/account/").cookies["session"].value == "", "a page of its own does"


# In a browser


def again(page: Page, person: Person, site: Site | None = None) -> None:
    """The same browser, in which somebody has signed in."""
    cookie = signed_in(Client(), person, site).cookies["session"]
    address = "/".join(page.url.split("/")[:3])
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])


def until(page: Page, said: str) -> None:
    """Wait for what a script of the page does by and by."""
    for _ in range(100):
        if page.evaluate(said):
            return
        page.wait_for_timeout(50)
    raise AssertionError(said)


def until_kept(page: Page) -> None:
    until(page, f"{HELD} === 1")
    page.wait_for_timeout(100)


def ends_in(page: Page, seconds: int) -> None:
    """As if a page had heard that the session ends in so many seconds."""
    page.evaluate(
        """(left) => {
          const now = Date.now() / 1000;
          localStorage.setItem("foramen.session", JSON.stringify({ends: now + left, last: now + 20000}));
        }""",
        seconds,
    )


def end_all() -> None:
    Session.objects.all().delete()


def test_a_browser_says_when_a_session_is_about_to_end(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/people/")
    notice = page.get_by_role("alert")
    expect(notice).to_be_hidden()
    ends_in(page, 119)
    expect(notice).to_contain_text("You will be signed out in 2 minutes.")
    check_page(page, "idle", (390, 1440))
    ends_in(page, 20)
    expect(notice).to_contain_text("less than a minute")
    other = page.context.new_page()
    other.goto("/people/")
    expect(notice).to_be_hidden()
    ends_in(page, 100)
    page.get_by_role("button", name="Stay signed in").click()
    expect(notice).to_be_hidden()
    end_all()
    ends_in(page, -6)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_tab_that_thinks_too_early_that_it_is_over_asks_first(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/people/new/")
    page.get_by_label("User name").first.fill("newcomer")
    ends_in(page, -6)
    until(page, "JSON.parse(localStorage.getItem('foramen.session')).ends > Date.now() / 1000 + 800")
    assert page.get_by_label("User name").first.input_value() == "newcomer"


HELD = "Object.keys(sessionStorage).filter((one) => one.startsWith('kept:')).length"
KEPT = "What you typed before you were signed out is here again."


@pytest.fixture
def typed(browser_page: BrowserPage, hospital: Hospital) -> Page:
    """A page on which somebody has typed while the session ended."""
    page = browser_page(hospital.people["hale"])
    page.goto("/people/new/")
    form = page.locator("form[action='/people/new/']")
    form.get_by_label("User name").fill("newcomer")
    form.get_by_label("Name as pages show it").fill("N. Newcomer")
    form.get_by_label("First password").fill("a secret of somebody")
    form.get_by_label("Role").select_option("nurse")
    until_kept(page)
    end_all()
    return page


def values(page: Page) -> list[str]:
    form = page.locator("form[action='/people/new/']")
    labels = ("User name", "Name as pages show it", "First password", "Role")
    return [form.get_by_label(one).input_value() for one in labels]


def stored(page: Page) -> Any:
    return page.evaluate("Object.values(sessionStorage).join(' ') + Object.values(localStorage).join(' ')")


@pytest.mark.requirement("ASVS V14.3.1", "ASVS V14.3.3")
def test_what_was_typed_is_back_after_the_same_person_signs_in(typed: Page, hospital: Hospital) -> None:
    """It was sent into a session that had ended: nothing was stored, and nothing is lost."""
    typed.get_by_role("button", name="Add").first.click()
    expect(typed.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not Person.objects.filter(username="newcomer").exists()
    assert "ewcomer" not in stored(typed) and "secret of" not in stored(typed), "nobody else reads it there"
    again(typed, hospital.people["hale"])
    typed.goto("/sign-in/?next=/people/new/")
    expect(typed.get_by_text(KEPT)).to_be_visible()
    assert values(typed) == ["newcomer", "N. Newcomer", "", "nurse"], "all but the password"
    picture(typed, "kept")
    typed.locator("form[action='/people/new/']").get_by_label("First password").fill("a secret of somebody")
    typed.get_by_role("button", name="Add").first.click()
    expect(typed.get_by_text("The account is made.")).to_be_visible()
    typed.goto("/people/new/")
    assert values(typed) == ["", "", "", ""] and typed.evaluate(HELD) == 0


@pytest.mark.requirement("ASVS V14.3.1")
def test_nobody_else_gets_what_was_typed(typed: Page, hospital: Hospital) -> None:
    typed.goto("/sign-in/")
    again(typed, hospital.people["vance"])
    typed.goto("/people/new/")
    assert values(typed) == ["", "", "", ""]
    assert typed.evaluate(HELD) == 0


def test_signing_out_forgets_what_was_typed(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/people/new/")
    page.get_by_label("User name").first.fill("newcomer")
    until_kept(page)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate(HELD) == 0


def test_what_was_typed_on_an_older_version_is_sent_as_such(browser_page: BrowserPage, hospital: Hospital) -> None:
    """Somebody else saved in between: it comes back with the version that it was typed on, so that both are shown."""
    from foramen.clinic.models import Delegation

    page, dahl = browser_page(hospital.people["hale"]), hospital.people["dahl"]
    role = Delegation.objects.get(person=dahl, site=hospital.site)
    page.goto(f"/people/{dahl.pk}/")
    page.get_by_label("Last day").fill("2027-01-31")
    until_kept(page)
    end_all()
    page.goto("/sign-in/")
    Delegation.objects.filter(pk=role.pk).update(version=role.version + 1, last_day="2027-03-31")
    again(page, hospital.people["hale"])
    page.goto(f"/people/{dahl.pk}/")
    expect(page.get_by_text(KEPT)).to_be_visible()
    assert page.get_by_label("Last day").input_value() == "2027-01-31"
    page.get_by_role("button", name="End the role").click()
    expect(page.get_by_text("31 Mar 2027").or_(page.get_by_text("2027-03-31")).first).to_be_visible()
    assert str(Delegation.objects.get(pk=role.pk).last_day) == "2027-03-31"


def test_the_pages_of_the_way_in_fit(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/account/")
    check_page(page, "account", (390, 1440))
    hospital.time.at += LASTS + timedelta(seconds=1)
    page.goto("/people/new/")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    check_page(page, "confirm", (390, 1440))

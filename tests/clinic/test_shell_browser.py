"""The pages of the shell in Chromium, at the widths of the design: sign-in, account, people, policies, errors."""

import re
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import expect

from foramen.clinic.models import Delegation, PolicyRecord
from foramen.clinic.pages.gate.demonstration import code_of
from tests.clinic.browser import BrowserPage, check_page, serious
from tests.clinic.hospital import TODAY, Hospital

PASSWORD = "a long enough password"


@pytest.mark.parametrize("script", [True, False])
def test_somebody_signs_in(browser_page: BrowserPage, hospital: Hospital, script: bool) -> None:
    """From the first page to the account, by keyboard, with and without script."""
    dahl = hospital.people["dahl"]
    dahl.set_password(PASSWORD)
    dahl.save()
    TOTP.activate(dahl, generate_totp_secret())
    page = browser_page(script=script)
    page.goto("/account/")
    expect(page).to_have_title("Sign in – Foramen")
    if script:
        check_page(page, "sign-in")
    page.get_by_label("User name").fill("dahl")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Error: Sign in – Foramen")
    expect(page.get_by_role("alert")).to_be_focused()
    if script:
        check_page(page, "sign-in-error", (1440,))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    if script:
        check_page(page, "sign-in-code", (1440,))
    page.get_by_label("Code").fill(code_of(Authenticator.objects.get(user=dahl)))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="R. Dahl")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_title("Sign in – Foramen")


def test_a_second_factor_is_set_up(browser_page: BrowserPage, hospital: Hospital) -> None:
    hale = hospital.people["hale"]
    hale.set_password(PASSWORD)
    hale.save()
    page = browser_page()
    page.goto("/people/")
    page.get_by_label("User name").fill("hale")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    check_page(page, "second-factor")
    secret = page.locator(".enrol__key").inner_text()
    page.get_by_label("Code").fill(code_of(Authenticator(user=hale, type="totp", data={"secret": secret})))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_text("Your second factor is set up.")).to_be_visible()
    check_page(page, "account", (390, 1440))


def test_the_skip_link_comes_first_and_leads_to_the_content(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/people/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_role_is_given_and_a_wrong_one_comes_back(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/people/")
    check_page(page, "people")
    page.get_by_label("Name or account").fill("moss")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="P. Moss").click()
    check_page(page, "person")
    page.get_by_label("From").fill("2026-11-20")
    page.get_by_role("combobox", name="Role").select_option("coordinator")
    page.get_by_role("button", name="Give the role").click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_page(page, "person-error", (390, 1440))
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("From")).to_be_focused()
    page.get_by_label("From").fill("2026-11-27")
    page.get_by_role("button", name="Give the role").click()
    expect(page.get_by_role("row", name=re.compile("coordinator.*to come"))).to_be_visible()
    page.goto("/people/new/")
    check_page(page, "person-new")


def test_two_versions_of_a_role_are_merged(browser_page: BrowserPage, hospital: Hospital) -> None:
    role = hospital.people["moss"].delegations.get()
    page = browser_page(hospital.people["vance"])
    page.goto(f"/people/{role.person_id}/")
    Delegation.objects.filter(pk=role.pk).update(last_day=TODAY.replace(month=12), version=2)
    page.get_by_label("Last day").fill("2026-11-30")
    page.get_by_role("button", name="End the role nurse").click()
    expect(page.get_by_role("heading", name="Somebody else saved this while you were at it")).to_be_visible()
    check_page(page, "conflict")
    page.get_by_label("2026-11-30").check()
    page.get_by_role("button", name="Save what is chosen").click()
    expect(page.get_by_role("row", name=re.compile("nurse.*Mon 30 Nov 2026"))).to_be_visible()


def test_policies_in_a_browser(browser_page: BrowserPage, hospital: Hospital) -> None:
    PolicyRecord.objects.create(site=hospital.site, policy="steroids", text="id = 'a draft'\n" * 40)
    page = browser_page(hospital.people["vance"])
    page.goto("/policies/")
    check_page(page, "policies")
    page.get_by_role("link", name="Steroid: type, amounts, total of a year").click()
    check_page(page, "policy")


def test_who_works_at_two_sites_changes_in_a_browser(browser_page: BrowserPage, hospital: Hospital) -> None:
    person = hospital.people["hale"]
    Delegation.objects.create(person=person, site=hospital.other, role="admin", first_day=TODAY)
    page = browser_page(person)
    page.goto("/people/")
    check_page(page, "two-sites", (390, 1440))
    page.get_by_label("Site", exact=True).select_option("Lake Practice")
    page.get_by_role("button", name="Change site").click()
    page.goto("/people/")
    expect(page.get_by_role("link", name="E. Where")).to_be_visible()


def test_what_went_wrong_in_a_browser(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/nothing/")
    check_page(page, "error-404")
    dahl = browser_page(hospital.people["dahl"])
    dahl.goto("/people/")
    check_page(dahl, "error-403", (390, 1440))
    nobody = browser_page()
    nobody.goto("/sign-in/help/")
    check_page(nobody, "cannot-sign-in", (390, 1440))


def test_three_people_at_once(browser_page: BrowserPage, hospital: Hospital) -> None:
    """Each is who they are, with the masthead of their own role."""
    pages = {name: browser_page(hospital.people[name]) for name in ("dahl", "vance", "hale")}
    for page in pages.values():
        page.goto("/policies/")
    for name, page in pages.items():
        page.reload()
        expect(page.get_by_role("link", name=hospital.people[name].shown_as)).to_be_visible()
        expect(page.get_by_role("link", name="People", exact=True)).to_have_count(0 if name == "dahl" else 1)


def test_a_part_that_fails_shows_the_error_in_place_of_the_page(browser_page: BrowserPage, hospital: Hospital) -> None:
    """An answer that is an error replaces the content, never the part alone; the masthead stays."""
    page = browser_page(hospital.people["hale"])
    page.goto("/people/")
    page.evaluate("htmx.ajax('GET', '/nothing/', {target: 'table', swap: 'outerHTML'})")
    expect(page.get_by_role("heading", name="There is no such page or record here")).to_be_visible()
    expect(page.locator("main")).to_have_count(1)
    expect(page.locator("main .mast")).to_have_count(0)
    expect(page.get_by_role("link", name="People", exact=True)).to_be_visible()
    assert serious(page) == []


def test_a_part_that_was_refused_comes_back_with_the_focus_on_what_is_wrong(
    browser_page: BrowserPage, hospital: Hospital
) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/people/new/")
    asked = {"target": "#main", "swap": "innerHTML", "select": "#main > *", "values": {"key": str(uuid4())}}
    page.evaluate("asked => htmx.ajax('POST', '/people/new/', asked)", asked)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert").get_by_role("link").first).to_be_visible()


def test_somebody_signed_out_is_led_to_the_sign_in_from_a_part(browser_page: BrowserPage, hospital: Hospital) -> None:
    page = browser_page(hospital.people["hale"])
    page.goto("/people/?text=moss")
    page.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', '/people/', {target: 'table', swap: 'outerHTML'})")
    expect(page).to_have_title("Sign in – Foramen")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=/people/%3Ftext%3Dmoss$"))


def test_the_accounts_of_a_demonstration_are_shown(browser_page: BrowserPage, hospital: Hospital) -> None:
    for name in ("dahl", "ferro", "okafor", "vance", "lind", "hale", "roe"):
        TOTP.activate(hospital.people[name], generate_totp_secret())
    page = browser_page()
    page.goto("/sign-in/")
    check_page(page, "sign-in-demonstration")
    page.get_by_role("link", name="okafor").click()
    expect(page.get_by_label("User name")).to_have_value("okafor")

"""The board, the lists and a patient's page in Chromium: what they look like, with and without a script."""

import re

import pytest
from playwright.sync_api import expect

from foramen.clinic.models import Visit
from tests.clinic.board_day import treatment_day
from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import Hospital

PAGES = (
    ("board", "/"), ("day-sheet", "/board/2026-11-26/sheet/"), ("bookings", "/bookings/"),
    ("waiting", "/bookings/waiting/"), ("referrals", "/referrals/"), ("patients", "/patients/"),
    ("referral-new", "/referrals/new/?q=heron"),
)  # fmt: skip


def test_lists_at_every_width(hospital: Hospital, browser_page: BrowserPage) -> None:
    treatment_day(hospital)
    page = browser_page(hospital.people["vance"])
    for name, path in PAGES:
        page.goto(path)
        check_page(page, name)


def test_pages_of_one_patient_at_every_width(hospital: Hospital, browser_page: BrowserPage) -> None:
    heron = treatment_day(hospital)["Heron"]
    page = browser_page(hospital.people["vance"])
    for name, path in (
        ("patient", f"/patients/{heron.patient_id}/"), ("patient-change", f"/patients/{heron.patient_id}/change/"),
        ("referral", f"/referrals/{heron.order.referral_id}/"),
        ("referral-form", f"/referrals/new/{heron.patient_id}/"),
        ("move", f"/bookings/{heron.pk}/move/"), ("cancel", f"/bookings/{heron.pk}/cancel/"),
        ("book", f"/orders/{heron.order_id}/book/"), ("crew", "/board/2026-11-26/fl2/crew/"),
        ("add-on", "/board/2026-11-26/fl2/add-on/?at=2026-11-26T10:00"),
    ):  # fmt: skip
        page.goto(path)
        check_page(page, name)


def test_a_hold_is_moved_in_its_room_and_focus_stays_with_the_visit(
    hospital: Hospital, browser_page: BrowserPage
) -> None:
    heron = treatment_day(hospital)["Heron"]
    page = browser_page(hospital.people["dahl"])
    page.goto("/")
    page.get_by_role("button", name="Move to 10:00, this room").click()
    moved = page.locator(f"#v-{heron.pk}")
    expect(moved.locator(".visit__time")).to_have_text("10:00")
    expect(moved).to_contain_text("Letter 2 must be acknowledged.")
    expect(page.locator("#board-said")).to_contain_text("Heron, Josef is moved to 10:00, Fluoroscopy 2.")
    expect(page.locator(f"#p-{heron.pk}")).to_be_focused()
    assert page.locator("html").count() == 1 and page.locator(".room").count() == 3


def test_a_room_asks_again_by_itself_and_keeps_the_focus(hospital: Hospital, browser_page: BrowserPage) -> None:
    day = treatment_day(hospital)
    page = browser_page(hospital.people["dahl"])
    page.clock.install()
    page.goto("/")
    link = page.locator(f"#p-{day['Juniper'].pk}")
    link.focus()
    Visit.objects.filter(pk=day["Juniper"].pk).update(state=Visit.State.ROOM)
    page.clock.run_for(31_000)
    expect(page.locator(f"#v-{day['Juniper'].pk} .state")).to_contain_text("in room")
    expect(link).to_be_focused()


def test_a_board_that_cannot_ask_again_says_when_it_last_could(hospital: Hospital, browser_page: BrowserPage) -> None:
    treatment_day(hospital)
    page = browser_page(hospital.people["dahl"])
    page.clock.install()
    page.goto("/")
    expect(page.locator("#board-stale")).to_be_hidden()
    page.route("**/board/**", lambda route: route.fulfill(status=429, body="busy"))
    page.clock.run_for(31_000)
    expect(page.locator("#board-stale")).to_have_text("Not fresh. Last good answer 09:12:00, trying again.")
    expect(page.locator(".nowline span").first).to_be_hidden()
    assert page.locator(".room").count() == 3, "what was shown stays"
    page.unroute("**/board/**")
    page.clock.run_for(31_000)
    expect(page.locator("#board-stale")).to_be_hidden()
    expect(page.locator(".nowline span").first).to_be_visible()


def test_a_stale_proposal_shows_the_conflict_in_the_page(hospital: Hospital, browser_page: BrowserPage) -> None:
    heron = treatment_day(hospital)["Heron"]
    page = browser_page(hospital.people["dahl"])
    page.goto("/")
    Visit.objects.filter(pk=heron.pk).update(version=heron.version + 1)
    page.get_by_role("button", name="Move to 10:00, this room").click()
    expect(page.locator("#main h1")).to_contain_text("while you were")
    heron.refresh_from_db()
    assert heron.start == hospital.local("09:30")


@pytest.mark.parametrize("script", [True, False])
def test_an_add_on_is_placed_with_and_without_a_script(
    hospital: Hospital, browser_page: BrowserPage, script: bool
) -> None:
    treatment_day(hospital)
    page = browser_page(hospital.people["dahl"], script=script)
    page.goto("/")
    page.get_by_role("link", name="Place add-on at 10:30 in Fluoroscopy 1").click()
    button = page.get_by_role("button", name="Book Teasel, Ines at 10:30")
    if script:
        expect(page.get_by_role("button", name="Book Grebe, Ines at 10:30")).to_be_visible()
        assert page.locator(".room").count() == 3, "the list opens in the board"
        check_page(page, "board-place", (1440,))
    button.click()
    expect(page.locator("main")).to_contain_text("Teasel, Ines is booked in Fluoroscopy 1 at 10:30.")
    visit = next(one for one in Visit.objects.filter(state=Visit.State.BOOKED) if one.patient.family_name == "Teasel")
    expect(page.locator(f"#v-{visit.pk} .visit__time")).to_have_text("10:30")
    if script:
        expect(page.locator(f"#p-{visit.pk}")).to_be_focused()


def test_an_open_list_stays_open_when_the_room_asks_again(hospital: Hospital, browser_page: BrowserPage) -> None:
    day = treatment_day(hospital)
    page = browser_page(hospital.people["dahl"])
    page.clock.install()
    page.goto("/")
    page.get_by_role("link", name="Place add-on at 10:30 in Fluoroscopy 1").click()
    other = page.get_by_role("button", name="Book Teasel, Ines at 10:30")
    other.focus()
    Visit.objects.filter(pk=day["Juniper"].pk).update(state=Visit.State.ROOM)
    page.clock.run_for(31_000)
    expect(page.locator(f"#v-{day['Juniper'].pk} .state")).to_contain_text("in room")
    expect(other).to_be_focused()
    page.get_by_role("link", name="Close").click()
    expect(page.locator(".slot--open")).to_have_count(0)


def test_a_referral_goes_to_an_order_in_the_browser(hospital: Hospital, browser_page: BrowserPage) -> None:
    page = browser_page(hospital.people["vance"])
    page.goto("/referrals/")
    page.get_by_role("link", name="New referral").click()
    for label, text in (("Number", "9004 3317"), ("Family name", "Alder"), ("Given name", "Signe")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Date of birth").fill("1995-04-02")
    page.get_by_label("female", exact=True).check()
    page.get_by_role("button", name="Register, then refer").click()
    page.get_by_role("button", name="Enter the referral").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    check_page(page, "referral-error", (1440,))
    page.get_by_label("Referrer", exact=True).fill("Dr J. Whitlow")
    page.get_by_label("Indication").fill("sciatica, left leg")
    page.get_by_label("Target 1: Root or level").select_option("root:L5")
    page.get_by_label("Target 1: Side").select_option("left")
    page.get_by_label("Target 1: Approach").select_option("transforaminal")
    page.get_by_role("button", name="Enter the referral").click()
    check_page(page, "triage")
    page.get_by_label("accepted as asked").check()
    page.get_by_role("button", name="Decide").click()
    page.get_by_role("button", name="Place the order").click()
    page.get_by_role("link", name="Book a slot").click()
    page.get_by_label("09:30, Fluoroscopy 1").check()
    page.get_by_role("button", name="Book this slot").click()
    expect(page.locator(".visit", has_text="Alder, Signe")).to_contain_text("L5 root")


def test_the_day_sheet_prints_one_lying_page_for_each_room(hospital: Hospital, browser_page: BrowserPage) -> None:
    treatment_day(hospital)
    page = browser_page(hospital.people["dahl"])
    page.goto("/board/2026-11-26/sheet/")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 3
    sizes = {tuple(map(float, found.split())) for found in re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", paper)}
    assert {(round(wide), round(high)) for _, _, wide, high in sizes} == {(842, 595)}

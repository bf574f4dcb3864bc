"""The letter and the other sheets in a real browser, beside the design."""

import pytest

from foramen.clinic.domain.letters import procedure_letter, restart_sheet
from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import Hospital
from tests.clinic.journey import Journey
from tests.clinic.test_letters import ADVIL, AGREED, APIXABAN, THURSDAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_letter_looks_like_the_design(hospital: Hospital, browser_page: BrowserPage) -> None:
    journey = Journey(hospital)
    journey.at("2026-11-12T15:10")
    visit = journey.visit(THURSDAY)
    journey.screen(visit, tendency="yes", medicines=[
        APIXABAN | {"agreement": AGREED}, ADVIL, {"name": "Celebrex"}, {"name": "Ticlid", "indication": "secondary"},
    ])  # fmt: skip
    letter = journey.letter(visit)
    page = browser_page(hospital.people["dahl"])
    page.goto(f"/letters/{letter.pk}/")
    check_page(page, "letter")
    assert page.locator(".days tbody tr").count() == 4
    assert page.get_by_role("button", name="Print").is_visible()
    page.emulate_media(media="print")
    height = page.evaluate("document.querySelector('.a4').getBoundingClientRect().height")
    assert height <= 297 / 25.4 * 96 + 1, "the letter is one page of A4"
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.get_by_role("link", name="Back to screening").click()
    assert page.url.endswith("/screening/")


def test_the_other_sheets_are_one_page_too(hospital: Hospital, browser_page: BrowserPage) -> None:
    clopidogrel = {
        "name": "Plavix", "dose": "75 mg", "indication": "secondary", "last_dose_on": "2026-11-18", "stopped": True,
        "loading_dose": "no", "agreement": AGREED | {"start": "2026-11-26T09:10:00+01:00"},
    }  # fmt: skip
    visit = hospital.visit("09:10")
    hospital.walk(visit, "discharge", screening={"no_medicines": False, "medicines": [clopidogrel]})
    hospital.time.at = hospital.local("10:05")
    page = browser_page(hospital.people["dahl"])
    for name, letter in (
        ("restart-sheet", restart_sheet(hospital.act("dahl"), visit, "en")),
        ("procedure-letter", procedure_letter(hospital.act("dahl"), visit)),
    ):
        page.goto(f"/letters/{letter.pk}/")
        page.emulate_media(media="print")
        assert page.locator(".a4").bounding_box()["height"] <= 297 / 25.4 * 96 + 1, name
        page.emulate_media(media="screen")
        check_page(page, name)

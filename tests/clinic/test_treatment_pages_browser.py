"""The record of a treatment in Chromium: three people at once, the spine map by keyboard, and what it looks like."""

from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import STEPS, Day

PICTURED = {
    "sign_consent": "treatment-before", "sign_time_out/technologist": "treatment-time-out",
    "record_given": "treatment-needle",
}  # fmt: skip


def test_the_record_before_the_needle_and_in_the_room(hospital: Hospital, browser_page: BrowserPage) -> None:
    day = Day(hospital).arrive()
    page = browser_page(hospital.people["okafor"])
    for name, _who, at, _content in STEPS:
        if name in PICTURED:
            page.goto(f"/visits/{day.visit.pk}/treatment/")
            check_page(page, PICTURED[name])
        if name == "needle_out":
            break
        day.do(name, at=at)

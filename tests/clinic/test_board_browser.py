"""The board, the lists and a patient's page in Chromium: what they look like, by keyboard, with and without a script."""

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
        ("referral", f"/referrals/{heron.order.referral_id}/"), ("referral-form", f"/referrals/new/{heron.patient_id}/"),
        ("move", f"/bookings/{heron.pk}/move/"), ("cancel", f"/bookings/{heron.pk}/cancel/"),
        ("book", f"/orders/{heron.order_id}/book/"), ("crew", "/board/2026-11-26/fl2/crew/"),
        ("add-on", "/board/2026-11-26/fl2/add-on/?at=2026-11-26T10:00"),
    ):  # fmt: skip
        page.goto(path)
        check_page(page, name)

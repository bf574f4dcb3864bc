"""The registry in a real browser: from the list to a report whose numbers say why, on a phone and at a desk."""

import pytest
from playwright.sync_api import Page, expect

from foramen.clinic.models import StudyRun
from foramen.clinic.work import studies
from tests.clinic.browser import BrowserPage, check_page, picture
from tests.clinic.hospital import Hospital
from tests.clinic.registry_rows import PAGE_ALONE, frozen

TWO = (390, 1440)


@pytest.mark.django_db(transaction=True)
def test_a_report_opens_from_the_registry_and_explains_its_numbers(
    hospital: Hospital, browser_page: BrowserPage, monkeypatch
) -> None:
    monkeypatch.setattr(studies, "WISH", PAGE_ALONE)
    freeze = frozen(hospital)
    frozen(hospital, 2, state="failed", failed="the disk is full; nothing was written", sha256="", told={})
    page = browser_page(hospital.people["byrd"])
    page.goto("/start/")
    expect(page.get_by_role("heading", name="Registry", exact=True)).to_be_visible()
    check_page(page, "registry", TWO)
    page.get_by_role("link", name="Snapshot 1", exact=True).click()
    check_page(page, "snapshot", TWO)
    page.get_by_role("button", name="Run Review of a spine injection service").click()
    run = StudyRun.objects.get(freeze=freeze)
    expect(page.get_by_text("being run").or_(page.get_by_text("waiting", exact=True))).to_be_visible()
    studies.run_study_of({"run": str(run.pk)})
    page.get_by_role("link", name="Open the report").click(timeout=10_000)
    explains(page)


def explains(page: Page) -> None:
    """The report's own scripts run, and nothing of ours can be reached from it."""
    expect(page.locator(".plot--live").first).to_be_visible(timeout=10_000)
    page.locator("a.val:visible").first.click()
    expect(page.locator("#why-title")).to_contain_text("Why ")
    expect(page.locator("#why details[open]").first).to_be_visible()
    picture(page, "report")
    assert page.evaluate("self.origin") == "null"
    assert page.evaluate("() => { try { return document.cookie } catch { return 'refused' } }") == "refused"

"""The record of a treatment in Chromium: three people at once, the spine map by keyboard, and what it looks like."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from foramen.clinic.models import Task, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import SCREENING, Hospital
from tests.clinic.treatment import STEPS, Day

PICTURED = {
    "sign_consent": "treatment-before", "sign_time_out/technologist": "treatment-time-out",
    "record_given": "treatment-needle", "end_observation": "treatment-recovery",
}  # fmt: skip


def test_the_record_looks_like_the_design_at_every_width(hospital: Hospital, browser_page: BrowserPage) -> None:
    day = Day(hospital).arrive()
    page = browser_page(hospital.people["okafor"])
    for name, _who, at, _content in STEPS:
        if name in PICTURED:
            page.goto(f"/visits/{day.visit.pk}/treatment/")
            check_page(page, PICTURED[name])
        day.do(name, at=at)


def test_the_map_by_keyboard(hospital: Hospital, browser_page: BrowserPage) -> None:
    visit = Day(hospital).arrive().visit
    page = browser_page(hospital.people["okafor"])
    page.goto(f"/visits/{visit.pk}/treatment/")
    page.click("#form-as-ordered button")
    chosen = page.locator("#target-L5-left-transforaminal")
    expect(chosen).to_have_attribute("aria-checked", "true")
    expect(chosen).to_have_attribute("aria-label", "L5 root left, transforaminal, foramen L5/S1, ordered")
    chosen.focus()
    for key, wanted in (
        ("ArrowDown", "S1-left"), ("ArrowUp", "L5-left"), ("ArrowRight", "L5-right"), ("ArrowLeft", "L5-left"),
        ("Home", "C3-left"), ("End", "S1-left"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"target-{wanted}-transforaminal", key
    page.fill("#map-target-why", "Two roots, as the images show")
    page.locator("#target-S1-left-transforaminal").focus()
    page.keyboard.press("Space")
    expect(page.locator("#target-S1-left-transforaminal")).to_have_attribute("aria-checked", "true")
    assert page.evaluate("document.activeElement.id") == "target-S1-left-transforaminal", "the focus stays"
    plan: Any = facts_of_visit(visit).last("plan")
    assert (plan.content.number, [one.root for one in plan.content.targets]) == (2, ["L5", "S1"])
    stops = page.locator(".targets--transforaminal .target[tabindex='0']")
    assert stops.count() == 1, "the map is one stop of the tab key"


class Room:
    """Three people at the record of one visit, each in a browser of their own."""

    def __init__(self, hospital: Hospital, browser_page: BrowserPage, visit: Visit, *, script: bool = True) -> None:
        self.hospital, self.visit = hospital, visit
        self.pages = {who: browser_page(hospital.people[who], script=script) for who in ("dahl", "ferro", "okafor")}

    def step(self, at: str, who: str, form: str, fill: Callable[[Page], Any] = lambda _page: None) -> Page:
        """One person records one step at a time of the day."""
        self.hospital.time.at = self.hospital.local(at)
        page = self.pages[who]
        page.goto(f"/visits/{self.visit.pk}/treatment/")
        fill(page)
        with page.expect_response(lambda answer: f"/treatment/{form}/" in answer.url) as answered:
            page.click(f"#form-{form} button[type=submit]")
        assert answered.value.status == 303, f"{form}: {page.inner_text('body')}"
        page.wait_for_load_state("load")
        return page

    @property
    def facts(self) -> Any:
        return facts_of_visit(self.visit)


def choose(*wanted: str) -> Callable[[Page], None]:
    """Tick or choose by `field=value`, click radios and boxes, type the rest."""

    def fill(page: Page) -> None:
        for one in wanted:
            name, _, value = one.partition("=")
            field = page.locator(f"#{name}").or_(page.locator(f"#{name}_0")).first
            field.evaluate("one => { const around = one.closest('details'); if (around) { around.open = true; } }")
            kind = field.evaluate("one => one.tagName + '/' + one.type")
            if kind.endswith(("/radio", "/checkbox")):
                page.locator(f"[id^='{name}_'][value='{value}']").check()
            elif kind.startswith("SELECT"):
                field.select_option(value)
            else:
                field.fill(value)

    return fill


SAID = ("procedure", "level", "side", "allergies", "consent", "images")


def time_out(role: str) -> Callable[[Page], None]:
    form = f"time-out-{role}"
    said = [f"{form}-{name}=agrees" for name in SAID]
    return choose(f"{form}-identifiers=name", f"{form}-identifiers=date of birth", *said)


DAY: tuple[tuple[str, str, str, Callable[[Page], None]], ...] = (
    ("08:37", "dahl", "arrive", choose("arrive-identifiers=name", "arrive-identifiers=date of birth")),
    ("08:40", "dahl", "list-again", choose("list-again-changed=no")),
    ("08:41", "okafor", "as-ordered", choose()),
    ("08:42", "okafor", "plan-drugs", choose(
        "plan-drugs-steroid_product=dexamethasone", "plan-drugs-steroid_strength=10 mg/mL",
        "plan-drugs-steroid_volume=1", "plan-drugs-steroid_mass=10", "plan-drugs-anaesthetic_product=bupivacaine",
        "plan-drugs-anaesthetic_strength=0.25 %", "plan-drugs-anaesthetic_volume=1", "plan-drugs-anaesthetic_mass=2.5",
        "plan-drugs-contrast_product=iopamidol", "plan-drugs-contrast_strength=300 mg I/mL",
        "plan-drugs-contrast_volume=0.5", "plan-drugs-contrast_mass=150",
    )),
    ("08:45", "dahl", "consent", choose(
        "consent-targets_1_where=transforaminal|L5", "consent-targets_1_side=left", "consent-form=6",
        "consent-language=en", "consent-off_label_asked=no",
    )),
    ("08:46", "dahl", "consent-again", choose("consent-again-withdrawn=no")),
    ("08:47", "dahl", "pregnancy", choose("pregnancy-answer=not pregnant")),
    ("08:48", "okafor", "mri", choose("mri-accession=MR-1")),
    ("08:50", "dahl", "review-nurse", choose()),
    ("08:52", "okafor", "review-radiologist", choose()),
    ("08:55", "okafor", "level", choose(
        "level-imaging_1_where=transforaminal|L5", "level-imaging_1_side=left", "level-patient_says_1_side=left",
        "level-variant=no",
    )),
    ("08:58", "dahl", "pain-before", choose("pain-before-score=7")),
    ("09:07", "ferro", "time-out-technologist", time_out("technologist")),
    ("09:08", "okafor", "time-out-radiologist", time_out("radiologist")),
    ("09:09", "ferro", "localise", choose("localise-by=fluoroscopy")),
    ("09:11", "okafor", "needle-in", choose()),
    ("09:15", "okafor", "given", choose("given-contrast_spread=along the root")),
    ("09:18", "ferro", "dose", choose("dose-value_0=486", "dose-unit_0=mGy·cm²")),
    ("09:20", "okafor", "needle-out", choose()),
    ("09:30", "dahl", "pain-after", choose("pain-after-score=3")),
    ("09:55", "dahl", "observed", choose()),
    ("09:56", "dahl", "walks", choose("walks-walks=yes", "walks-motor_weakness=no")),
    ("09:57", "dahl", "way-home", choose("way-home-how=named person", "way-home-person=Elsa Heron")),
    ("09:58", "dahl", "instructions", choose(
        "instructions-document=9", "instructions-language=en", "instructions-handed_to=patient",
        *(f"instructions-parts={one}" for one in (
            "what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number",
        )),
    )),
    ("10:00", "dahl", "discharge", choose("discharge-left_with=Elsa Heron")),
)  # fmt: skip
"""Time, person, form, what is filled in: a day on which nothing is wrong."""


def screened(hospital: Hospital) -> Visit:
    """A visit that is booked, screened and told of by a letter that was read."""
    from foramen.clinic.domain.asked import NewLetter
    from foramen.clinic.domain.verbs import perform
    from foramen.clinic.facts.screening import LetterAcknowledged

    visit = hospital.visit()
    hospital.time.at = hospital.local("08:36")
    hospital.sign(visit, "screening", "08:35", Role.NURSE, SCREENING)
    perform(hospital.act("dahl"), "make_letter", visit.pk, NewLetter())
    perform(hospital.act("dahl"), "acknowledge_letter", visit.pk, LetterAcknowledged(number=1, how="phone"))
    return visit


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_whole_day_of_three_people(hospital: Hospital, browser_page: BrowserPage, script: bool) -> None:
    visit = screened(hospital)
    room = Room(hospital, browser_page, visit, script=script)
    for at, who, form, fill in DAY:
        room.step(at, who, form, fill)
    visit.refresh_from_db()
    assert visit.state == Visit.State.HOME
    assert (visit.pain_before, visit.pain_after, visit.order.used) == (7, 3, 1)
    for kind, who in (("time_out_technologist", "ferro"), ("time_out_radiologist", "okafor")):
        assert room.facts.last(kind).fact.by.username == who
    assert Task.objects.filter(visit=visit).exclude(kind="driver").count() == 2


def test_somebody_else_s_record_is_told_and_what_is_typed_stays(hospital: Hospital, browser_page: BrowserPage) -> None:
    day = Day(hospital).walk("sign_time_out")
    page = browser_page(hospital.people["okafor"])
    page.goto(f"/visits/{day.visit.pk}/treatment/")
    page.locator("#time-out-radiologist-side_0").check()
    day.do("sign_time_out/technologist")
    page.evaluate("htmx.ajax('GET', document.getElementById('news').getAttribute('hx-get'), '#news')")
    expect(page.locator("#news")).to_contain_text("T. Ferro has recorded something")
    expect(page.locator("#time-out-radiologist-side_0")).to_be_checked()


def test_a_mass_that_cannot_be_is_told_while_it_is_typed_and_when_it_is_sent(
    hospital: Hospital, browser_page: BrowserPage
) -> None:
    day = Day(hospital).walk("record_given")
    page = browser_page(hospital.people["okafor"])
    page.goto(f"/visits/{day.visit.pk}/treatment/")
    page.fill("#given-steroid_volume", "0.5")
    page.fill("#given-steroid_mass", "50")
    page.keyboard.press("Tab")
    expect(page.locator("#said-steroid")).to_contain_text("50 mg is not 10 mg/mL × 0.5 mL = 5 mg.")
    expect(page.locator("#check-steroid")).to_contain_text("STOP")
    expect(page.locator("#check-contrast")).to_contain_text("OK")
    page.click("#form-given button[type=submit]")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: Treatment of 26 Nov 2026"))
    assert page.input_value("#given-steroid_mass") == "50", "what was typed stays"
    page.click(".nhsuk-error-summary a")
    assert page.evaluate("document.activeElement.id") == "given-steroid_mass"
    page.fill("#given-steroid_mass", "5")
    page.click("#form-given button[type=submit]")
    expect(page.locator("#form-given")).to_have_count(0)
    assert day.facts.has("given")


def test_a_refused_mass_looks_like_the_design(hospital: Hospital, browser_page: BrowserPage) -> None:
    day = Day(hospital).walk("record_given")
    page = browser_page(hospital.people["okafor"])
    page.goto(f"/visits/{day.visit.pk}/treatment/")
    page.fill("#given-steroid_mass", "50")
    page.click("#form-given button[type=submit]")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    check_page(page, "treatment-error")


def test_the_page_of_a_correction(hospital: Hospital, browser_page: BrowserPage) -> None:
    day = Day(hospital).walk("needle_out")
    page = browser_page(hospital.people["okafor"])
    page.goto(f"/facts/{day.facts.last('given').fact.pk}/correct/")
    check_page(page, "correction")

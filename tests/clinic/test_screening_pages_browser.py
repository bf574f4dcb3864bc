"""Screening and hold plan in Chromium: the design's story of six medicines, filled in, searched, judged and signed."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from foramen.clinic.pages.screening.ruler import Ruler, draw
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import SCREENING, Hospital

START = "2026-11-26T09:30:00+01:00"


def agreed(name: str, at: str, words: str) -> dict[str, str]:
    return {
        "name": name, "role": "prescriber", "channel": "phone", "at": at, "start": START, "answer": "may stop",
        "words": words,
    }  # fmt: skip


MEDICINES = [
    {
        "name": "Eliquis", "dose": "5 mg", "frequency": "twice a day", "last_dose_at": "2026-11-23T07:00:00+01:00",
        "stopped": True, "agreement": agreed("Dr A. Sable", "2026-11-11T14:20:00+01:00", "no bridging"),
    },
    {
        "name": "Ticlid", "dose": "250", "last_dose_at": "2026-11-19T08:00:00+01:00", "stopped": True,
        "agreement": agreed("Dr N. Osman", "2026-11-18T14:20:00+01:00", "stop from 19 Nov"),
    },
    {"name": "Advil", "last_dose_at": "2026-11-25T07:30:00+01:00", "stopped": True},
    {"name": "Celebrex", "dose": "200", "last_dose_at": "2026-11-25T08:00:00+01:00", "stopped": False},
    {"name": "omega 3", "last_dose_on": "2026-11-24"},
    {"name": "Vesdrin 20"},
]  # fmt: skip


def test_the_hold_plan_looks_like_the_design_at_every_width(hospital: Hospital, browser_page: BrowserPage) -> None:
    hospital.time.at = hospital.local("15:10").replace(day=25)
    visit = hospital.visit(family_name="Heron", given_name="Josef", sex="male")
    told = SCREENING | {
        "no_medicines": False, "medicines": MEDICINES, "allergies": ["Latex"], "no_allergies": False,
        "asked_of": "patient, by phone", "confirmed_at": "2026-11-25T15:06:00+01:00",
    }  # fmt: skip
    hospital.sign(visit, "screening", "15:06", Role.NURSE, told, days=-1)
    page = browser_page(hospital.people["dahl"])
    page.goto(f"/visits/{visit.pk}/screening/")
    expect(page.locator("#d1-row .ruler title")).to_have_text("Apixaban: 74 h 30 min at needle-in; 75 h asked")
    check_page(page, "screening")
    page.goto(f"/visits/{visit.pk}/screening/edit/")
    check_page(page, "screening-edit")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_screening_is_entered_and_signed(hospital: Hospital, browser_page: BrowserPage, script: bool) -> None:
    hospital.time.at = hospital.local("15:10").replace(day=25)
    visit = hospital.visit(family_name="Heron", given_name="Josef", sex="male")
    page = browser_page(hospital.people["dahl"], script=script)
    page.goto(f"/visits/{visit.pk}/screening/")
    page.click("text=Begin the screening")
    if script:
        page.fill("#find", "eliq")
        expect(page.locator("#found")).to_contain_text("apixaban")
        page.fill("#find", "vesd")
        expect(page.locator("#found")).to_contain_text("Nothing is guessed")
    for name in ("no_allergies", "no_surgery"):
        page.locator(f"#screening-{name}").check()
    for name, value in (
        ("asked_of", "patient"), ("confirmed_at", "2026-11-25T15:06"), ("driver", "wife"), ("m1_name", "Eliquis"),
        ("m1_last_dose_at", "2026-11-23T07:00"), ("mri_accession", "MR-1"),
    ):  # fmt: skip
        page.fill(f"#screening-{name}", value)
    for name in ("tendency", "liver_cirrhosis", "advanced_liver_disease", "advanced_renal_disease"):
        page.locator(f"[id^='screening-{name}_'][value='no']").check()
    page.locator("[id^='screening-m1_stopped_'][value='yes']").check()
    if script:
        expect(page.locator("#live")).to_contain_text("HOLD until Thu 26 Nov 10:00")
    page.click("text=Save draft >> nth=-1")
    expect(page.locator("#d1-row")).to_contain_text("HOLD until Thu 26 Nov 10:00")
    for name, value in (("initials", "JH"), ("birth_year", "1979")):
        page.fill(f"#sign-{name}", value)
    page.select_option("#sign-sex", "male")
    page.click("text=Sign screening")
    expect(page.locator("#h-sign")).to_be_visible()
    assert facts_of_visit(visit).has("screening")
    page.click("text=Make letter")
    expect(page.locator("[aria-labelledby=h-let]")).to_contain_text("Letter 1, in force")


OVERLAPS = """(drawing) => {
  document.querySelector("main").innerHTML = drawing;
  const svg = document.querySelector("main .ruler");
  const room = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()]);
  const found = [];
  texts.forEach(([name, a], n) => {
    if (a.left < room.left - 1 || a.right > room.right + 1 || a.bottom > room.bottom + 1) { found.push(name); }
    texts.slice(n + 1).forEach(([other, b]) => {
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (a.left < b.right && b.left < a.right && high > 4) { found.push(`${name} over ${other}`); }
    });
  });
  return found;
}"""
"""Texts of a ruler that leave it or stand over another. Lines of text may touch by the height of their descenders."""

ASKED = {24: "policy: 24 h", 75: "policy: 75 h, Thu 26 Nov 10:00", 120: "policy: 5 d", 168: "policy: 7 d, Fri 27 Nov"}
OTHERS = (None, (24, 24), (72, 120), (120, 120), (120, 168), (168, 168), (240, 336), (12, 24), (48, 72))


def test_no_text_of_a_ruler_stands_over_another(hospital: Hospital, browser_page: BrowserPage) -> None:
    visit = hospital.visit()
    page = browser_page(hospital.people["dahl"], width=1920)
    page.goto(f"/visits/{visit.pk}/screening/")
    page.evaluate("document.fonts.ready")
    for asked, words in ASKED.items():
        for others in OTHERS:
            for elapsed in (2, 20, 26, 66, 74.5, 76, 100, 119, 121, 130, 165, 170, 200, 340):
                drawn = Ruler("r", "warfarin", timedelta(hours=elapsed), asked, words, "slot 09:30", others)
                assert page.evaluate(OVERLAPS, str(draw(drawn))) == [], f"{elapsed} h of {asked}, others {others}"

"""Gates on the page of a treatment: what stops, what is shown then, and who goes on in spite of it."""

from typing import Any

import pytest

from foramen.clinic.models import Delegation
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import TIME_OUT, Day
from tests.clinic.treatment_forms import GIVEN, address, client_of, gate_form, said, send, subject_of

pytestmark = pytest.mark.one_database
"""Of the pages; the verbs behind them are tested on both databases."""


def test_what_the_patient_says_stops_the_time_out(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out", determine_level={"patient_says": [{"side": "right"}]})
    before = day.stored()
    answer = send(hospital, day.visit, "ferro", "time-out-technologist", **TIME_OUT)
    assert answer.status_code == 422
    assert day.stored() == before
    page = said(answer)
    assert "The rules let nobody pass at the time-out" in page
    assert "G-LEVEL" in page
    for heading in ("Resolved", "Source", "Policy", "Who may go on"):
        assert f"<dt>{heading}</dt>" in page


@pytest.mark.requirement("H15")
def test_one_person_cannot_sign_both_sides_of_a_time_out(hospital: Hospital) -> None:

    Delegation.objects.create(
        person=hospital.people["okafor"], site=hospital.site, role="technologist", first_day="2025-01-01"
    )
    day = Day(hospital).walk("sign_time_out")
    for step in ("time-out-radiologist", "time-out-technologist"):
        send(hospital, day.visit, "okafor", step, **TIME_OUT)
    assert day.facts.has("time_out_radiologist")
    assert not day.facts.has("time_out_technologist")


def test_nothing_is_ticked_beforehand(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out")
    page = said(client_of(hospital, "ferro").get(address(day.visit)))
    form = page[page.index('id="h-to"') : page.index("Signed, own log-in")]
    assert "checked" not in form


def test_going_on_needs_a_reason_and_the_password_once_more(hospital: Hospital) -> None:
    person = hospital.people["okafor"]
    person.set_password("a long enough password")
    person.save()
    day = Day(hospital).walk("sign_time_out", review_mri=None)
    page = said(client_of(hospital, "okafor").get(f"{address(day.visit)}?gate=time_out"))
    assert "G-MRI" in page
    assert "Go on in spite of it" in page
    assert "Go on in spite of it" not in said(client_of(hospital, "dahl").get(f"{address(day.visit)}?gate=time_out"))
    asked = gate_form(hospital, day.visit, "okafor", "G-MRI") | {"code": "no alternative"}
    assert asked["about"] == subject_of(day, "G-MRI")
    del asked["key"]
    reason = {"words": "The images are at another house", "password": "a long enough password"}
    for wrong in ({"words": "because"}, {"words": "..........."}, {"password": "another"}, {"code": ""}):
        assert send(hospital, day.visit, "okafor", "override", **asked | reason | wrong).status_code == 422
        assert not day.facts.has("override")
    answer = send(hospital, day.visit, "okafor", "override", **asked | reason)
    assert answer.status_code == 303
    signed: Any = day.facts.last("override")
    assert (signed.content.rule, signed.content.words) == ("G-MRI", reason["words"])
    assert "G-MRI" not in said(client_of(hospital, "okafor").get(f"{address(day.visit)}?gate=time_out"))


@pytest.mark.requirement("H06")
def test_nobody_arrives_whose_letter_was_not_read(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "letter_read")
    answer = send(hospital, visit, "dahl", "arrive", identifiers=["name", "date of birth"])
    assert answer.status_code == 422
    assert "first Letter" in said(answer)


def test_a_particulate_steroid_for_a_cervical_root_is_not_planned(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent")
    move = {"approach": "transforaminal", "where": "C6", "side": "left", "next_number": "2", "why": "The neck hurts"}
    assert send(hospital, day.visit, "okafor", "add-target", **move).status_code == 303
    drugs = GIVEN | {
        "number": "2", "next_number": "3", "steroid_product": "triamcinolone acetonide", "why": "The neck hurts more",
    }  # fmt: skip
    answer = send(hospital, day.visit, "okafor", "plan-drugs", **drugs)
    assert answer.status_code == 422
    assert day.facts.last("plan").content.number == 2


APIXABAN = {
    "name": "Eliquis", "dose": "5 mg", "last_dose_at": "2026-11-23T07:00:00+01:00", "stopped": True,
    "agreement": {
        "name": "Dr A. Sable", "role": "prescriber", "channel": "phone", "at": "2026-11-11T14:20:00+01:00",
        "start": "2026-11-26T09:30:00+01:00", "answer": "may stop",
    },
}  # fmt: skip


def thinned(hospital: Hospital, until: str, **medicine: Any) -> Day:
    """A day of somebody who has taken apixaban."""
    told = {"no_medicines": False, "medicines": [APIXABAN | medicine]}
    return Day(hospital).arrive(**told).walk(until)


def test_a_blood_thinner_held_too_short_stops_the_time_out(hospital: Hospital) -> None:
    day = thinned(hospital, "sign_time_out")
    before = day.stored()
    answer = send(hospital, day.visit, "ferro", "time-out-technologist", **TIME_OUT)
    assert answer.status_code == 422
    assert day.stored() == before
    page = said(answer)
    assert "HOLD, apixaban" in page
    assert "75 h" in page
    assert "“3 days or 75 h”" in page
    assert "Go on in spite of it" not in page, "a technologist goes on in spite of nothing"


def test_two_people_go_on_in_spite_of_a_hold_and_not_one(hospital: Hospital) -> None:
    for who in ("okafor", "ito"):
        hospital.people[who].set_password("a long enough password")
        hospital.people[who].save()
    day = thinned(hospital, "sign_time_out")
    asked = gate_form(hospital, day.visit, "okafor", "AC-13") | {
        "code": "benefit outweighs risk",
        "words": "Half an hour short, cauda equina", "password": "a long enough password",
    }  # fmt: skip
    del asked["key"]
    assert send(hospital, day.visit, "dahl", "override", **asked).status_code in (403, 422)
    assert send(hospital, day.visit, "okafor", "override", **asked).status_code == 303
    answer = send(hospital, day.visit, "ferro", "time-out-technologist", **TIME_OUT)
    assert answer.status_code == 422, "one signature is not two"
    assert "signed so far: Dr H. Okafor" in said(answer)
    assert send(hospital, day.visit, "ito", "override", **asked).status_code == 303
    assert send(hospital, day.visit, "ferro", "time-out-technologist", **TIME_OUT).status_code == 303


def test_the_restart_is_counted_from_needle_out(hospital: Hospital) -> None:
    day = thinned(hospital, "score_pain/after", last_dose_at="2026-11-22T07:00:00+01:00")
    page = said(client_of(hospital, "dahl").get(address(day.visit)))
    assert "<dt>Not before</dt><dd>Fri 27 Nov 09:20</dd>" in page, "24 h after 09:20"

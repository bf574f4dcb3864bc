"""Attempts with forms that were shown before something changed, that are sent twice, or that guess: what is signed is
what was read, by whoever says so."""

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from foramen.clinic.domain.asked import Correction
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.places import place_faults, target_faults
from foramen.clinic.domain.verbs import perform
from foramen.clinic.facts.content import Spot
from foramen.clinic.models import Fact
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import BUPIVACAINE, CONTRAST, DEXAMETHASONE, L5_LEFT, Hospital
from tests.clinic.test_hostile_people import reset
from tests.clinic.test_treatment_pages_gates import thinned
from tests.clinic.treatment import TIME_OUT, Day
from tests.clinic.treatment_forms import CONSENT, address, client_of, gate_form, hidden_in, said, send

PASSWORD = "a long enough password"
WORDS = {"code": "benefit outweighs risk", "words": "Half an hour short, cauda equina", "password": PASSWORD}
WITHOUT_MRI = {"review_mri": None}
TRIES = 5
"""So many wrong passwords in five minutes, as at the sign-in."""


def with_password(hospital: Hospital, *people: str) -> None:
    for who in people:
        hospital.people[who].set_password(PASSWORD)
        hospital.people[who].save()


def sign(hospital: Hospital, day: Day, form: dict[str, str], who: str = "okafor", **more: Any) -> HttpResponse:
    return send(hospital, day.visit, who, "override", **form | WORDS | more)


# --- going on in spite of a rule ---


def test_an_override_of_what_nobody_read_is_refused_and_the_new_text_is_shown(hospital: Hospital) -> None:
    """The pause of apixaban was shown; before the form is sent, its last dose turns out to be a day later."""
    with_password(hospital, "okafor")
    day = thinned(hospital, "sign_time_out")
    stale = gate_form(hospital, day.visit, "okafor", "AC-13")
    told = day.facts.last("screening").content.model_dump(mode="json")
    told["medicines"][0]["last_dose_at"] = "2026-11-24T07:00:00+01:00"
    hospital.time.at = hospital.local("09:07")
    hospital.sign(day.visit, "screening", "09:06", Role.NURSE, told)
    answer = sign(hospital, day, stale)
    assert answer.status_code == 422
    assert "What the rule says has changed since it was shown: read it again" in said(answer)
    assert not day.facts.has("override")
    shown = hidden_in(said(answer), "Go on in spite of AC-13")
    assert shown["shown"] != stale["shown"]
    assert sign(hospital, day, shown, key=str(uuid4())).status_code == 303
    (signed,) = day.facts.each("override")
    assert "The hold ends Fri 27 November 2026, 10:00" in " ".join(signed.content.reasons)
    assert all(reason in unescape(said(answer)) for reason in signed.content.reasons)


def test_a_minute_that_passes_changes_nothing_of_what_was_read(hospital: Hospital) -> None:
    with_password(hospital, "okafor")
    day = thinned(hospital, "sign_time_out")
    form = gate_form(hospital, day.visit, "okafor", "AC-13")
    hospital.time.at += timedelta(minutes=1)
    assert sign(hospital, day, form).status_code == 303


@pytest.mark.parametrize("shown", ["", "made up", "eyJydWxlIjoiQUMtMTMifQ:1vN0:abc"])
def test_what_the_rule_said_is_not_made_up(hospital: Hospital, shown: str) -> None:
    with_password(hospital, "okafor")
    day = thinned(hospital, "sign_time_out")
    form = gate_form(hospital, day.visit, "okafor", "AC-13")
    answer = sign(hospital, day, form, shown=shown)
    assert answer.status_code == 422
    assert "This form does not say what the rule said" in said(answer)
    assert not day.facts.has("override")


@pytest.mark.requirement("ASVS V6.3.1")
def test_the_password_of_an_override_is_not_guessed(hospital: Hospital) -> None:
    """At a session that somebody left open: after five wrong ones not even the right one is tried, for this person."""
    with_password(hospital, "okafor", "ito")
    day = thinned(hospital, "sign_time_out")
    form = gate_form(hospital, day.visit, "okafor", "AC-13")
    for n in range(TRIES):
        answer = sign(hospital, day, form, password=f"a wrong password {n}")
        assert "This is not your password" in said(answer)
    answer = sign(hospital, day, form)
    assert answer.status_code == 422
    assert "Too many wrong passwords" in said(answer)
    assert not day.facts.has("override")
    assert sign(hospital, day, form, "ito", key=str(uuid4())).status_code == 303, "another person is not kept out"


def test_right_passwords_are_not_counted(hospital: Hospital) -> None:
    with_password(hospital, "okafor")
    day = thinned(hospital, "sign_time_out")
    form = gate_form(hospital, day.visit, "okafor", "AC-13")
    for _ in range(TRIES + 1):
        assert "not your password" not in said(sign(hospital, day, form, words="short"))
    assert sign(hospital, day, form).status_code == 303


@pytest.mark.parametrize("rule", ["AC-13", "G-MRI"])
def test_an_override_that_is_sent_twice_is_answered_twice_and_signed_once(hospital: Hospital, rule: str) -> None:
    """Of class O2 the rule still stands in the way after the first; of class O1 it does not."""
    with_password(hospital, "okafor")
    mri = rule == "G-MRI"
    day = Day(hospital).walk("sign_time_out", **WITHOUT_MRI) if mri else thinned(hospital, "sign_time_out")
    form = gate_form(hospital, day.visit, "okafor", rule)
    for _ in range(2):
        assert sign(hospital, day, form).status_code == 303
        hospital.time.at += timedelta(seconds=2)
    assert len(day.facts.each("override")) == 1


# --- consent and time-out of another plan ---


def test_a_consent_form_of_an_older_plan_is_not_signed_for_the_newest(hospital: Hospital) -> None:
    """Plan 2 has the same target with less steroid: the paper was signed for plan 1."""
    day = Day(hospital).walk("sign_consent")
    stale = hidden_in(said(client_of(hospital, "dahl").get(address(day.visit))), "Consent")
    assert stale["plan"] == "1"
    drugs = [DEXAMETHASONE | {"volume": "0.5 mL", "mass": "5 mg"}, BUPIVACAINE, CONTRAST]
    day.do("plan_session", number=2, targets=[L5_LEFT | {"drugs": drugs}])
    answer = send(hospital, day.visit, "dahl", "consent", **CONSENT | stale)
    assert answer.status_code == 422
    assert "The consent is for another plan than the one in force" in said(answer)
    assert not day.facts.has("consent")
    fresh = hidden_in(said(client_of(hospital, "dahl").get(address(day.visit))), "Consent")
    assert send(hospital, day.visit, "dahl", "consent", **CONSENT | fresh).status_code == 303
    assert day.facts.last("consent").content.plan == 2


def test_a_time_out_form_of_an_older_plan_is_not_signed(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out")
    page = said(client_of(hospital, "ferro").get(address(day.visit)))
    assert 'name="plan" value="1"' in page
    day.do("plan_session", number=2, who="okafor")
    day.do("sign_consent", plan=2)
    answer = send(hospital, day.visit, "ferro", "time-out-technologist", **TIME_OUT)
    assert answer.status_code == 422
    assert "The plan has changed since it was shown" in said(answer)


def test_a_time_out_that_was_overtaken_is_not_shown_as_agreeing(hospital: Hospital) -> None:
    """Both have signed; then the level is determined anew, and nothing of it was said aloud."""
    day = Day(hospital).walk("localise")
    agreed = "OK, all agree"
    assert agreed in said(client_of(hospital, "okafor").get(address(day.visit)))
    day.do("determine_level")
    assert agreed not in said(client_of(hospital, "okafor").get(address(day.visit)))


# --- a correction in the place of a test ---


def test_a_walk_that_failed_is_not_corrected_to_one_that_was_passed(hospital: Hospital) -> None:
    day = Day(hospital).walk("test_walk")
    day.do("test_walk", at="09:56", walks="no", motor_weakness="yes")
    failed = day.facts.last("walks").fact
    wanted = {"walks": "yes", "motor_weakness": "no"}
    with pytest.raises(OutOfOrderError, match="record a new test"):
        perform(hospital.act("dahl"), "correct", failed.pk, Correction(content=wanted, reason="misread on the paper"))
    assert Fact.objects.filter(visit=day.visit, kind="walks").count() == 1


def test_a_walk_that_was_passed_is_corrected_to_one_that_failed(hospital: Hospital) -> None:
    day = Day(hospital).walk("tell_way_home")
    passed = day.facts.last("walks").fact
    wanted = {"walks": "no", "motor_weakness": "yes"}
    perform(hospital.act("dahl"), "correct", passed.pk, Correction(content=wanted, reason="misread on the paper"))
    assert day.facts.last("walks").content.walks == "no"


# --- sides that there are not ---

PLACES = {
    "caudal": {}, "coccyx": {}, "sacroiliac": {}, "transforaminal": {"root": "L5"}, "facet": {"level": "L4/L5"},
    "medial branch": {"level": "L4/L5"}, "pars": {"level": "L5"}, "interlaminar": {"level": "L4/L5"},
}  # fmt: skip
SIDES: dict[str, set[str]] = {route: {"left", "right"} for route in PLACES} | {
    "caudal": {"midline"}, "coccyx": {"midline"}, "interlaminar": {"left", "right", "midline"},
}  # fmt: skip


@pytest.mark.parametrize("route", PLACES)
@pytest.mark.parametrize("side", ["left", "right", "midline"])
def test_a_target_has_a_side_that_there_is(route: str, side: str) -> None:
    spot = Spot.model_validate(PLACES[route] | {"route": route, "side": side})
    found = [(one.where, one.remedy) for one in target_faults([spot])]
    right = "midline" if route in ("caudal", "coccyx") else "left or right"
    assert found == ([] if side in SIDES[route] else [("targets.0.side", right)])
    assert list(place_faults([spot], "asked")) == [], "a referrer's words are kept"


def test_a_coccyx_on_the_left_is_not_planned(hospital: Hospital) -> None:
    day = Day(hospital).walk("plan_session")
    answer = send(
        hospital, day.visit, "okafor", "add-target", approach="coccyx", where="Co", side="left", next_number="1",
        why="The pain is at the coccyx",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "There is no left or right for coccyx: midline" in said(answer)
    assert not day.facts.has("plan")


# --- a sign-in that somebody else has made possible ---


def test_a_reset_of_a_sign_in_is_seen_by_everybody_who_keeps_the_roles(hospital: Hospital) -> None:
    """Whoever resets a sign-in could sign as that person: it stands on the list, also for the lead."""
    line = "sign-in reset by J. Hale, Thu 26 Nov 2026"
    dahl = hospital.people["dahl"]
    lead = client_of(hospital, "vance")
    pages = ("/people/", f"/people/{dahl.pk}/")
    assert not any(line in said(lead.get(page)) for page in pages)
    reset(hospital, dahl)
    assert [said(lead.get(page)).count(line) for page in pages] == [1, 1]
    assert line not in said(lead.get(f"/people/{hospital.people['ito'].pk}/"))


def test_a_consent_waits_until_the_plan_says_what_is_drawn_up(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent", plan_session={"targets": [L5_LEFT]})
    with pytest.raises(WrongInputError, match="does not say yet what is drawn up"):
        day.do("sign_consent", at="08:45")
    assert not day.facts.has("consent")


def test_no_needle_without_a_mark_on_the_skin(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in", localise=None)
    with pytest.raises(OutOfOrderError, match="first Skin marked"):
        day.do("needle_in", at="09:11")

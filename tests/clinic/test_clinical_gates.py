"""CLINICAL.md 3.3 and 4 through a visit: AN-1 at its ages, allergies (H13), the MRI (H16), the way home at booking and
at discharge (H14), and a time-out that two people do (H15)."""

from datetime import date, datetime
from typing import Any

import pytest

from foramen.catalogue.decision import Decision, Moment, Occasion
from foramen.clinic.api.tokens import make_token, scopes
from foramen.clinic.domain.errors import GateError, OutOfOrderError
from foramen.clinic.models import Task, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.gates import judge, standing_in_the_way
from tests.clinic.hospital import CONTRAST, DEXAMETHASONE, L5_LEFT, SCREENING, TODAY, Hospital
from tests.clinic.journey import Journey
from tests.clinic.test_api import Api
from tests.clinic.treatment import TIME_OUT, Day

MARCAINE = {
    "kind": "anaesthetic", "product": "Marcaine", "strength": "0.25 %", "volume": "1 mL", "mass": "2.5 mg",
}  # fmt: skip


def found_at(hospital: Hospital, visit: Visit, occasion: Occasion, at: str) -> dict[str, Decision]:
    judged = judge(visit, facts_of_visit(visit), occasion, Moment(hospital.local(at), "Europe/Zurich"))
    return {one.rule: one for one in judged.decisions}


def open_at(hospital: Hospital, visit: Visit, occasion: Occasion, at: str) -> dict[str, tuple[str, str | None]]:
    """What stands in the way, with its class."""
    facts = facts_of_visit(visit)
    judged = judge(visit, facts, occasion, Moment(hospital.local(at), "Europe/Zurich"))
    left = standing_in_the_way(judged, visit, facts)
    return {one.rule: (one.outcome.value, one.override.name if one.override else None) for one in left}


# --- AN-1 ---------------------------------------------------------------------------------------------------

AGES = (
    ("65 since yesterday", date(1961, 11, 25), "OK"),
    ("65, and 66 tomorrow", date(1960, 11, 27), "OK"),
    ("66 today", date(1960, 11, 26), "DECIDE"),
    ("67", date(1959, 6, 14), "DECIDE"),
)


@pytest.mark.parametrize(("born", "outcome"), [one[1:] for one in AGES], ids=[one[0] for one in AGES])
def test_an_1_asks_from_66_completed_years_on(hospital: Hospital, born: date, outcome: str) -> None:
    visit = hospital.visit(born=born)
    hospital.walk(visit, "time_out_technologist")
    assert found_at(hospital, visit, "time_out", "09:07")["AN-1"].outcome.value == outcome


@pytest.mark.parametrize("product", ["bupivacaine", "lidocaine"])
def test_an_1_lets_either_pass_with_its_reason(hospital: Hospital, product: str) -> None:
    visit = hospital.visit(born=date(1950, 1, 1))
    drug = MARCAINE | {"product": product}
    reason = {"choice_reason": "walks without a stick, and has had it before"}
    hospital.walk(
        visit, "time_out_technologist",
        plan={"targets": [L5_LEFT | {"drugs": [DEXAMETHASONE, drug, CONTRAST]} | reason]},
    )  # fmt: skip
    said = found_at(hospital, visit, "time_out", "09:07")["AN-1"]
    assert said.outcome.value == "OK"
    assert reason["choice_reason"] in str(said.inputs)


@pytest.mark.parametrize(("day", "outcome"), [("2026-02-28", "OK"), ("2026-03-01", "DECIDE")])
def test_an_1_born_on_29_february_has_a_birthday_on_1_march(hospital: Hospital, day: str, outcome: str) -> None:
    """Born 29 Feb 1960, 66 on 1 March of the common year 2026."""
    visit = hospital.visit(born=date(1960, 2, 29))
    now = datetime.fromisoformat(f"{day}T09:07:00+01:00")
    visit.start, days = now, (date.fromisoformat(day) - TODAY).days
    told = SCREENING | {"confirmed_at": f"{day}T08:00:00+01:00"}
    hospital.sign(visit, "screening", "08:35", Role.NURSE, told, days=days)
    plan = {"number": 1, "targets": [L5_LEFT | {"drugs": [MARCAINE]}]}
    hospital.sign(visit, "plan", "08:41", Role.RADIOLOGIST, plan, days=days)
    judged = judge(visit, facts_of_visit(visit), "time_out", Moment(now, "Europe/Zurich"))
    (said,) = (one for one in judged.decisions if one.rule == "AN-1")
    assert said.outcome.value == outcome


# --- H13: an allergy is never lost --------------------------------------------------------------------------

ALLERGIES: tuple[tuple[str, dict[str, Any], dict[str, tuple[str, str | None]]], ...] = (
    ("an amide by its brand", {"allergies": ["Marcaine"]}, {"AN-3": ("STOP", "O2")}),
    ("an amide by its class", {"allergies": ["lidocaine"]}, {"AN-3": ("STOP", "O2")}),
    ("the steroid", {"allergies": ["dexamethasone"]}, {"AN-3": ("STOP", "O2")}),
    ("latex does not meet what is drawn up", {"allergies": ["latex"]}, {}),
    ("latex and an amide", {"allergies": ["latex", "bupivacaine"]}, {"AN-3": ("STOP", "O2")}),
    ("NKDA typed", {"allergies": ["NKDA"]}, {"G-ABCD": ("STOP", "O0"), "AN-3": ("STOP", "O0"), "AN-4": ("STOP", "O0")}),
    ("blank", {}, {"G-ABCD": ("STOP", "O0"), "AN-3": ("STOP", "O0"), "AN-4": ("STOP", "O0")}),
)


@pytest.mark.requirement("H13")
@pytest.mark.parametrize(("told", "expected"), [one[1:] for one in ALLERGIES], ids=[one[0] for one in ALLERGIES])
def test_h13_allergies_against_what_is_planned(
    hospital: Hospital, told: dict[str, Any], expected: dict[str, tuple[str, str | None]]
) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "time_out_technologist", screening={"no_allergies": False} | told)
    assert open_at(hospital, visit, "time_out", "09:07") == expected


@pytest.mark.requirement("H13")
def test_h13_a_contrast_allergy_is_for_a_person_and_without_contrast_it_is_marked(hospital: Hospital) -> None:
    """AN-4, and AN-3 as long as contrast is drawn up."""
    told = {"no_allergies": False, "allergies": ["iodinated contrast"]}
    with_contrast, without = hospital.visit(), hospital.visit(room="fl2")
    hospital.walk(with_contrast, "time_out_technologist", screening=told)
    assert open_at(hospital, with_contrast, "time_out", "09:07").keys() & {"AN-3", "AN-4"}
    plan = {"targets": [L5_LEFT | {"drugs": [DEXAMETHASONE, MARCAINE], "no_contrast": "allergic to contrast"}]}
    hospital.walk(without, "time_out_technologist", screening=told, plan=plan)
    said = found_at(hospital, without, "time_out", "09:07")["AN-4"]
    assert said.outcome.value == "DECIDE"
    assert any("No contrast" in alert for alert in said.alerts)


@pytest.mark.requirement("H13")
def test_h13_an_allergy_that_is_found_after_the_review_voids_review_and_time_out(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    signed = day.facts.last("screening")
    assert signed is not None
    told = signed.fact.content | {"no_allergies": False, "allergies": ["latex"]}
    identity = {"initials": "NS", "birth_year": 1979, "sex": "female"}
    day.do("sign_screening", who="dahl", at="09:10", screening=told, **identity)
    with pytest.raises(GateError) as refused:
        day.do("needle_in", at="09:11")
    assert "G-ABCD" in {one["rule"] for one in refused.value.decisions}


# --- H16 and G-MRI ------------------------------------------------------------------------------------------


@pytest.mark.requirement("H16")
@pytest.mark.parametrize(
    "instead",
    [
        {"screening": {"mri": {"accession": "MR-1", "on": "2026-10-14", "regions": ["cervical"]}}},
        {"screening": {"mri": {"accession": "MR-1", "on": "2026-10-14", "regions": []}}},
        {"mri_review": {"accession": "MR-2"}},
        {"mri_review": None},
    ],
    ids=["another region", "no region", "another MRI was looked at", "nobody has looked"],
)
def test_h16_an_mri_that_does_not_fit_is_for_the_radiologist(hospital: Hospital, instead: dict[str, Any]) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "time_out_technologist", **instead)
    assert open_at(hospital, visit, "time_out", "09:07") == {"G-MRI": ("DECIDE", "O1")}


@pytest.mark.requirement("H16")
def test_h16_an_mri_that_another_radiologist_looked_at_is_not_reviewed(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out", review_mri={"accession": "MR-1"})
    day.do("review_mri", who="ito", at="08:59")
    assert open_at(hospital, day.now, "time_out", "09:07") == {"G-MRI": ("DECIDE", "O1")}


def test_g_mri_without_an_mri_goes_on_with_the_radiologists_reason_at_every_gate(hospital: Hospital) -> None:
    """A pacemaker: nobody overrides it for the performing radiologist, and it is signed for each gate."""
    visit_day = Day(hospital).arrive(mri={})
    hospital.sign(visit_day.visit, "referral", "07:01", Role.COORDINATOR, {
        "asked": [L5_LEFT], "indication": "sciatica", "referrer": "Dr J. Whitlow",
    }, order=None, visit=None)  # fmt: skip
    day = visit_day.walk("sign_time_out", review_mri=None)
    with pytest.raises(GateError) as refused:
        day.do("sign_time_out/technologist", at="09:07")
    (decision,) = refused.value.decisions
    assert (decision["rule"], decision["outcome"], decision["override"]["class"]) == ("G-MRI", "DECIDE", "O1")
    day.override(decision)
    day.do("sign_time_out/technologist")
    day.do("sign_time_out/radiologist", at="09:08")
    day.do("localise", at="09:09")
    with pytest.raises(GateError) as refused:
        day.do("needle_in", at="09:10")
    day.override(refused.value.decisions[0])
    day.do("needle_in", at="09:11")
    assert day.facts.has("needle_in")


# --- G-DRIVER, H14 ------------------------------------------------------------------------------------------


def test_g_driver_a_booking_without_an_answer_is_a_task_until_it_is_asked(hospital: Hospital) -> None:
    journey = Journey(hospital)
    visit = journey.visit("10:00")
    task = Task.objects.get(visit=visit, kind="driver")
    assert (task.state, str(task.due_on)) == ("open", "2026-11-26")
    journey.screen(visit)
    task.refresh_from_db()
    assert task.state == "done"


def test_g_driver_the_task_moves_with_the_visit_and_ends_with_it(hospital: Hospital) -> None:
    journey = Journey(hospital)
    visit = journey.visit("2026-12-03T10:00:00")
    journey.do("lind", "move", visit, journey.slot("2026-12-04T10:00:00", version=visit.version))
    task = Task.objects.get(visit=visit, kind="driver")
    assert (task.state, str(task.due_on)) == ("open", "2026-12-04")
    visit.refresh_from_db()
    journey.do("lind", "cancel", visit, {"reason": "the patient is ill", "version": visit.version})
    task.refresh_from_db()
    assert task.state == "void"


LEFT_OUT: dict[str, str] = {
    "test_walk": "Walks", "tell_way_home": "G-DRIVER", "give_instructions": "G-DC", "end_observation": "Observed",
    "score_pain_after": "Pain after", "record_given": "Given",
}  # fmt: skip


@pytest.mark.requirement("H14")
@pytest.mark.parametrize(("step", "says"), LEFT_OUT.items())
def test_h14_no_discharge_without_each_by_the_interface(hospital: Hospital, step: str, says: str) -> None:
    left_out = [step, "test_walk"] if step in ("end_observation", "score_pain_after") else [step]
    skipped = dict.fromkeys((*left_out, *(["end_observation"] if step == "score_pain_after" else [])))
    day = Day(hospital).walk("discharge", **skipped)
    hospital.time.at = hospital.local("10:00")
    api = Api(make_token(hospital.people["dahl"], hospital.site, "ward", scopes(), 30))
    answer = api.post(f"visit/{day.visit.pk}/discharge", {"left_with": "Elsa Heron"})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not day.facts.has("discharge")


# --- H15 ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("H15")
def test_h15_the_interface_signs_no_time_out_for_two(hospital: Hospital) -> None:
    """The same person twice, a nurse, and an instant of the past."""
    day = Day(hospital).walk("sign_time_out")
    hospital.time.at = hospital.local("09:07")
    where = f"visit/{day.visit.pk}/sign_time_out"
    technologist = Api(make_token(hospital.people["ferro"], hospital.site, "room", scopes(), 30))
    assert technologist.post(where, TIME_OUT).status_code == 200
    assert technologist.post(where, TIME_OUT).status_code == 200
    assert not day.facts.has("time_out_radiologist")
    nurse = Api(make_token(hospital.people["dahl"], hospital.site, "ward", scopes(), 30))
    assert nurse.post(where, TIME_OUT).status_code == 403
    assert technologist.post(where, TIME_OUT | {"at": "2026-11-26T08:00:00+01:00"}).status_code == 422
    radiologist = Api(make_token(hospital.people["okafor"], hospital.site, "room", scopes(), 30))
    assert radiologist.post(where, TIME_OUT).status_code == 200
    signed = day.facts.last("time_out_radiologist")
    assert signed is not None
    assert (signed.fact.happened_at, signed.fact.recorded_at) == (hospital.time.at, hospital.time.at)


def test_a_deviation_tells_a_needle_before_its_time_out_and_dates_nothing_back(hospital: Hospital) -> None:
    """G-TIMEOUT: the needle is refused; that it was in all the same is a deviation with the time of the server."""
    day = Day(hospital).walk("sign_time_out")
    with pytest.raises(OutOfOrderError):
        day.do("needle_in", at="09:06")
    day.do("note_deviation", who="okafor", at="09:10", what="needle in before the time-out", reason="patient in pain")
    (told,) = day.facts.each("deviation")
    assert (told.fact.happened_at, told.fact.late) == (hospital.local("09:10"), False)

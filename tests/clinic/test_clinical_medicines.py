"""CLINICAL.md 2.7: what is missing never passes, each row through a visit, while planning and at the gate; H08, H09, T8
and the alerts that staff have to see."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from foramen.catalogue.decision import Decision, Moment, Occasion
from foramen.clinic.models import Letter, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.gates import judge
from foramen.clinic.rules.hold_plan import hold_plan
from tests.clinic.hospital import DEXAMETHASONE, L5_LEFT, SCREENING, Hospital
from tests.clinic.journey import APIXABAN, IDENTITY, SCREENED, Journey, told
from tests.clinic.people import signed_in
from tests.clinic.test_rules_antithrombotics import START, agreed, at, booked, inr, planned, screening_with

HELD = {"last_dose_at": "2026-11-14T08:00:00+01:00", "stopped": True}
AGREED = {"agreement": agreed(START)}
PRADAXA = {"name": "Pradaxa", **HELD, **AGREED}
WARFARIN = {"name": "warfarin", **HELD, **AGREED}


def renal(value: str, on: str, measure: str = "creatinine clearance") -> dict[str, Any]:
    return {"measure": measure, "value": value, "on": on}


def decided(hospital: Hospital, screening: dict[str, Any], room: str = "fl1") -> dict[str, Decision]:
    """What is said about blood thinners at the time-out, by the rule."""
    visit = hospital.visit(room=room)
    hospital.walk(visit, "time_out_technologist", screening=screening)
    return said_of(visit, "time_out", hospital.local("09:07"))


def said_of(visit: Visit, occasion: Occasion, now: datetime) -> dict[str, Decision]:
    judged = judge(visit, facts_of_visit(visit), occasion, Moment(now, "Europe/Zurich"))
    return {one.rule: one for one in judged.by_policy["antithrombotics"].decisions}


def while_planning(hospital: Hospital, screening: dict[str, Any]) -> dict[str, Decision]:
    """The same on the day before."""
    visit = hospital.visit()
    hospital.sign(visit, "screening", "09:00", Role.NURSE, SCREENING | screening, days=-1)
    return said_of(visit, "plan", hospital.local("09:07") - timedelta(days=1))


ROWS: tuple[tuple[str, dict[str, Any], str, str, str], ...] = (
    ("list not confirmed", {"confirmed_at": None}, "AC-LIST", "STOP", "STOP"),
    ("drug text not recognised", screening_with({"name": "a blood thinner"}), "AC-00-unrecognised", "STOP", "STOP"),
    ("no indication of aspirin", screening_with({"name": "aspirin", **HELD, **AGREED}), "AC-01c", "DECIDE", "DECIDE"),
    ("no indication of Aggrenox", screening_with({"name": "Aggrenox", **HELD, **AGREED}), "AC-16b", "DECIDE", "DECIDE"),
    ("renal function unknown", screening_with(PRADAXA), "AC-12c", "DECIDE", "DECIDE"),
    ("renal function too old", screening_with(PRADAXA, renal=renal("90", "2025-10-01")), "AC-12c", "DECIDE", "DECIDE"),
    ("INR missing", screening_with(WARFARIN), "AC-11", "HOLD", "STOP"),
    ("INR of yesterday", screening_with(WARFARIN, inr=inr("1.1", "2026-11-25T08:00:00+01:00")), "AC-11", "HOLD",
     "STOP"),
    ("risk of a clot unknown", screening_with({"name": "Plavix", **HELD, **AGREED}), "AC-15a-unknown", "DECIDE",
     "DECIDE"),
    ("stratum factor unknown", screening_with({"name": "Advil", **HELD}, tendency="unknown"), "AC-02", "DECIDE",
     "DECIDE"),
    ("no coordination", screening_with({"name": "Brilinta", **HELD}), "AC-22", "DECIDE", "STOP"),
    ("INR below 0.5", screening_with(WARFARIN, inr=inr("0.4")), "antithrombotics", "STOP", "STOP"),
    ("INR above 20", screening_with(WARFARIN, inr=inr("21.0")), "antithrombotics", "STOP", "STOP"),
)  # fmt: skip


@pytest.mark.parametrize(("screening", "rule", "plans", "gates"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_2_7_what_is_missing_never_passes(
    hospital: Hospital, screening: dict[str, Any], rule: str, plans: str, gates: str
) -> None:
    if screening.get("confirmed_at", "") is not None:
        screening = {"confirmed_at": "2026-11-24T08:00:00+01:00"} | screening
    assert while_planning(hospital, screening)[rule].outcome.value == plans
    assert decided(hospital, screening, "fl2")[rule].outcome.value == gates


def test_2_7_a_last_dose_that_nobody_knows_counts_as_taken_when_it_is_asked(hospital: Hospital) -> None:
    unknown = {"name": "Eliquis", "last_dose_unknown": True, "stopped": True, **AGREED}
    found = decided(hospital, screening_with(unknown))["AC-13"]
    assert (found.outcome.value, found.override and found.override.name) == ("HOLD", "O2")
    assert found.until is not None
    assert found.until.utc == hospital.local("09:07") + timedelta(hours=75)


def test_2_7_a_route_that_nobody_names_stops(hospital: Hospital) -> None:
    visit = hospital.visit()
    nowhere = {"targets": [{"side": "left", "drugs": [DEXAMETHASONE]}]}
    medicine = {"name": "Eliquis", **HELD, **AGREED}
    hospital.walk(visit, "time_out_technologist", screening=screening_with(medicine), plan=nowhere)
    judged = judge(visit, facts_of_visit(visit), "time_out", Moment(hospital.local("09:07"), "Europe/Zurich"))
    (procedure,) = (one for one in judged.decisions if one.rule == "AC-PROCEDURE")
    assert procedure.outcome.value == "STOP"


# --- H08: an INR that is mis-read ------------------------------------------------------------------------------------


@pytest.mark.requirement("H08")
@pytest.mark.parametrize("value", ["1,1", "11", "1.1%", "1.1.1", "0.4", "20.1", "-1.1", "1.1e0", "NaN", "٫1", " "])
def test_h08_an_inr_that_is_none_is_not_signed(hospital: Hospital, value: str) -> None:
    journey = Journey(hospital)
    visit = journey.visit()
    reading = {"value": value, "at": "2026-11-26T08:00:00+01:00", "report": "LAB-7"}
    try:
        screening = SCREENED | {"inr": [reading]}
        error = journey.refused("dahl", "sign_screening", visit, IDENTITY | {"screening": screening})
    except ValueError:  # blank is no text at all
        assert not value.strip()
    else:
        assert [where for where, _ in told(error)] == ["inr.0.value"]
    assert not facts_of_visit(visit).has("screening")


@pytest.mark.requirement("H08")
@pytest.mark.parametrize(
    ("when", "outcome"),
    [("2026-11-25T23:59:59+01:00", "STOP"), ("2026-11-26T00:00:00+01:00", "OK"), ("2026-11-25T23:30:00+00:00", "OK")],
)
def test_h08_the_day_of_an_inr_begins_at_local_midnight(hospital: Hospital, when: str, outcome: str) -> None:
    found = decided(hospital, screening_with(WARFARIN, inr=inr("1.2", when)))["AC-11"]
    assert found.outcome.value == outcome


# --- H09: renal function --------------------------------------------------------------------------------------------


@pytest.mark.requirement("H09")
@pytest.mark.parametrize(
    ("entered", "rule"),
    [
        (None, "AC-12c"),
        (renal("90", "2026-11-20"), "AC-12a"),
        (renal("20", "2026-11-20"), "AC-12b"),
        (renal("90", "2025-10-01"), "AC-12c"),
    ],
)
def test_h09_unknown_or_old_is_never_normal(hospital: Hospital, entered: dict[str, Any] | None, rule: str) -> None:
    found = decided(hospital, screening_with(PRADAXA, renal=entered))
    assert rule in found
    assert [name for name in found if name.startswith("AC-12")] == [rule]


@pytest.mark.requirement("H09")
@pytest.mark.parametrize("value", ["1.1 mg/dL", "97 umol/L", "0,9", "-20", "0", "", "good"])
def test_h09_a_creatinine_is_no_renal_function(hospital: Hospital, value: str) -> None:
    journey = Journey(hospital)
    visit = journey.visit()
    measured = renal(value, "2026-11-20")
    try:
        screening = SCREENED | {"renal": measured}
        error = journey.refused("dahl", "sign_screening", visit, IDENTITY | {"screening": screening})
    except ValueError:  # blank is no text at all
        assert not value
    else:
        assert [where for where, _ in told(error)] == ["renal.value"]
    assert not facts_of_visit(visit).has("screening")


# --- T-rules that reach the patient ---------------------------------------------------------------------------------


@pytest.mark.requirement("T8")
def test_t8_a_patient_in_another_zone_is_told_both(hospital: Hospital) -> None:
    """London is an hour behind Zurich. Apixaban by the hour: 75 h before 09:30 on Thursday."""
    start = at("2026-11-26T09:30:00+01:00")
    medicine = {"name": "Eliquis", "agreement": agreed(start)}
    visit = booked(hospital, "Europe/Zurich", start, medicine, patient_zone="Europe/London")
    (row,) = planned(visit, "2026-11-20T10:00:00+01:00", "plan").rows
    told_so = " ".join(row.decision.advice)
    assert "Europe/Zurich" in told_so
    assert "Europe/London" in told_so
    assert "for you" in told_so


@pytest.mark.requirement("T8")
def test_t8_every_letter_names_the_zone_of_the_site(hospital: Hospital) -> None:
    journey = Journey(hospital)
    journey.at("2026-11-12T15:10")
    visit = journey.visit("2026-11-26T09:30:00")
    journey.screen(visit, medicines=[APIXABAN | AGREED])
    letter: Letter = journey.letter(visit)
    assert letter.content["site"]["zone"] == "Europe/Zurich"
    assert "Europe/Zurich" in letter.content["medicines"][0]["latest_last_dose"]["text"]


@pytest.mark.requirement("T9")
@pytest.mark.parametrize(("minutes", "outcome"), [(1, "HOLD"), (0, "OK")])
def test_t9_a_minute_too_few_is_no_hold_kept(hospital: Hospital, minutes: int, outcome: str) -> None:
    """74 h 59 min is not 75 h, counted to the gate and not to the booked start."""
    dose = hospital.local("09:07") - timedelta(hours=75) + timedelta(minutes=minutes)
    medicine = {"name": "Eliquis", "last_dose_at": dose.isoformat(), "stopped": True, **AGREED}
    assert decided(hospital, screening_with(medicine))["AC-13"].outcome.value == outcome


# --- what staff have to see whatever the outcome is -------------------------------------------------------------------


def over_held(hospital: Hospital, hours: int) -> Visit:
    visit = hospital.visit()
    dose = hospital.local("09:30") - timedelta(hours=hours)
    medicine = {"name": "Eliquis", "last_dose_at": dose.isoformat(), "stopped": True, **AGREED}
    hospital.walk(visit, "arrival", screening=screening_with(medicine))
    return visit


@pytest.mark.requirement("H05")
@pytest.mark.parametrize(("hours", "alerts"), [(147, 0), (148, 1)])
def test_h05_over_held_is_in_the_hold_plan(hospital: Hospital, hours: int, alerts: int) -> None:
    """Three days more than the 75 h of the row."""
    visit = over_held(hospital, hours)
    plan = hold_plan(visit, facts_of_visit(visit), Moment(hospital.local("08:40"), "Europe/Zurich"))
    assert [len(row.alerts) for row in plan.rows] == [alerts]


@pytest.mark.requirement("H05")
def test_h05_over_held_is_on_the_page_of_the_hold_plan(hospital: Hospital, client: Client) -> None:
    visit = over_held(hospital, 148)
    page = signed_in(client, hospital.people["dahl"], hospital.site).get(f"/visits/{visit.pk}/screening/")
    assert "Over-held: off apixaban for 148 h, more than 147 h." in page.content.decode()


@pytest.mark.requirement("H07")
def test_h07_a_policy_past_its_review_says_so_beside_the_hold_plan(hospital: Hospital, client: Client) -> None:
    visit = over_held(hospital, 100)
    hospital.time.at = datetime.fromisoformat("2028-07-15T09:00:00+02:00")
    page = signed_in(client, hospital.people["dahl"], hospital.site).get(f"/visits/{visit.pk}/screening/")
    assert "was to be reviewed by" in page.content.decode()


def test_nobody_is_high_by_age_alone(hospital: Hospital) -> None:
    """2.1: the stratum is asked only where a drug's row uses it."""
    visit = hospital.visit(born=datetime(1930, 1, 1).date())
    hospital.walk(visit, "time_out_technologist", plan={"targets": [L5_LEFT | {"drugs": [DEXAMETHASONE]}]})
    judged = judge(visit, facts_of_visit(visit), "time_out", Moment(hospital.local("09:07"), "Europe/Zurich"))
    assert judged.by_policy["antithrombotics"].outcome.value == "NA"


@pytest.mark.requirement("H07")
@pytest.mark.parametrize(("day", "said"), [("2027-11-30", False), ("2027-12-01", True)])
def test_h07_every_page_says_that_a_policy_is_past_its_review(
    hospital: Hospital, client: Client, day: str, said: bool
) -> None:
    hospital.time.at = datetime.fromisoformat(f"{day}T09:00:00+01:00")
    page = signed_in(client, hospital.people["dahl"], hospital.site).get("/patients/").content.decode()
    assert ("Policies out of date." in page) is said

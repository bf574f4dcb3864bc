"""Blood thinners of a visit: the vectors of CLINICAL.md 2.4 through booked visits, what is missing at which gate, the
hold plan of the screens, and the restarts at discharge."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from foramen.catalogue.decision import Decision, Occasion
from foramen.catalogue.instants import Moment, local_of
from foramen.clinic.models import Letter, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.gates import judge, standing_in_the_way
from foramen.clinic.rules.hold_plan import HoldPlan, hold_plan
from tests.clinic.hospital import SCREENING, Hospital

CHICAGO = "America/Chicago"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def screening_with(*medicines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"no_medicines": False, "medicines": list(medicines)} | more


def agreed(start: datetime, **more: Any) -> dict[str, Any]:
    return {
        "name": "Dr A. Sable", "role": "prescriber", "channel": "phone", "at": "2026-01-11T14:20:00+01:00",
        "start": start.isoformat(), "answer": "may stop", "words": "no bridging",
    } | more  # fmt: skip


def booked(hospital: Hospital, zone: str, start: datetime, *medicines: dict[str, Any], **more: Any) -> Visit:
    """A visit in a zone, with a screening that was signed seven days before it."""
    hospital.site.zone = zone
    hospital.site.save()
    visit = hospital.visit()
    visit.start = start
    visit.save()
    days = (start.date() - hospital.local("09:30").date()).days - 7
    told = screening_with(*medicines, confirmed_at=(start - timedelta(days=7)).isoformat(), **more)
    hospital.sign(visit, "screening", "08:35", Role.NURSE, SCREENING | told, days=days)
    return visit


def planned(visit: Visit, now: str, occasion: Occasion | None = None) -> HoldPlan:
    return hold_plan(visit, facts_of_visit(visit), Moment(at(now), visit.site.zone), occasion)


def clock(moment: Moment | None) -> str:
    assert moment is not None
    return f"{local_of(moment):%Y-%m-%d %H:%M}"


# --- vectors of the clock -------------------------------------------------------------------------------------------


@pytest.mark.requirement("V1", "H04")
def test_v1_the_clocks_went_forward_between_last_dose_and_needle(hospital: Hospital) -> None:
    start = at("2026-03-10T09:00:00-05:00")
    dose = {"name": "Xarelto", "last_dose_at": "2026-03-07T09:00:00-06:00", "stopped": True, "agreement": agreed(start)}
    (row,) = planned(booked(hospital, CHICAGO, start, dose), "2026-03-10T08:30:00-05:00").rows
    assert (row.decision.outcome.value, row.elapsed) == ("HOLD", timedelta(hours=71))
    assert clock(row.decision.until) == "2026-03-10 10:00"
    assert clock(row.latest_permitted) == "2026-03-07 08:00"


@pytest.mark.requirement("V3", "H04")
def test_v3_the_clocks_went_back_and_the_earlier_reading_is_shown(hospital: Hospital) -> None:
    start = at("2026-11-03T09:00:00-06:00")
    dose = {"name": "rivaroxaban", "last_dose_at": "2026-10-31T09:00:00-05:00", "stopped": True,
            "agreement": agreed(start)}  # fmt: skip
    (row,) = planned(booked(hospital, CHICAGO, start, dose), "2026-11-02T08:30:00-06:00").rows
    assert (row.decision.outcome.value, row.elapsed) == ("OK", timedelta(hours=73))
    assert clock(row.latest_permitted) == "2026-10-31 09:00"


@pytest.mark.requirement("V9")
def test_v9_a_last_dose_of_which_the_day_alone_is_known(hospital: Hospital) -> None:
    start = at("2026-05-08T02:30:00+02:00")
    dose = {"name": "apixaban", "last_dose_on": "2026-05-04", "stopped": True, "agreement": agreed(start)}
    (row,) = planned(booked(hospital, "Europe/Zurich", start, dose), "2026-05-07T22:00:00+02:00").rows
    assert (row.decision.outcome.value, row.by_day) == ("HOLD", True)
    assert row.elapsed == timedelta(hours=74, minutes=30, seconds=1)
    assert clock(row.decision.until) == "2026-05-08 03:00"
    assert row.last_dose == "Mon 4 May, hour not known: taken as 23:59"


@pytest.mark.requirement("V10", "H06")
def test_v10_a_move_counts_every_hold_anew_and_voids_the_letter(hospital: Hospital) -> None:
    start = at("2026-03-10T09:00:00-05:00")
    dose = {"name": "Xarelto", "last_dose_at": "2026-03-06T09:00:00-06:00", "stopped": True, "agreement": agreed(start)}
    visit = booked(hospital, CHICAGO, start, dose)
    hospital.sign(visit, "letter_read", "08:36", Role.NURSE, {"number": 1, "how": "link"}, days=-263)
    now = Moment(at("2026-03-08T20:00:00-05:00"), CHICAGO)

    def said(rule: str) -> Decision:
        judged = judge(visit, facts_of_visit(visit), "plan", now)
        return next(one for one in judged.decisions if one.rule == rule)

    assert (said("AC-14").outcome.value, said("G-LETTER").outcome.value) == ("OK", "OK")
    visit.start -= timedelta(days=1)
    visit.letter = 2
    moved = said("AC-14")
    assert clock(moved.moments["latest_last_dose"]) == "2026-03-06 08:00"
    assert clock(moved.until) == "2026-03-09 10:00"
    assert (said("G-LETTER").outcome.value, said("G-LETTER").override and said("G-LETTER").override.name) == (
        "STOP", "O0",
    )  # fmt: skip
    assert any("for this booked start" in one for one in moved.reasons)
    hospital.sign(visit, "letter_read", "08:37", Role.NURSE, {"number": 2, "how": "phone"}, days=-263)
    assert said("G-LETTER").outcome.value == "OK"


LATEST: tuple[tuple[str, str, str, str, str], ...] = (
    ("V2", CHICAGO, "apixaban", "2026-03-10T09:00:00-05:00", "2026-03-07 05:00"),
    ("V4", "Europe/Zurich", "rivaroxaban", "2027-03-30T08:00:00+02:00", "2027-03-27 07:00"),
    ("V5", "Europe/Zurich", "dabigatran", "2027-11-02T08:00:00+01:00", "2027-10-29 08:00"),
)


@pytest.mark.requirement("V2", "V4", "V5")
@pytest.mark.parametrize(("zone", "drug", "start", "latest"), [one[1:] for one in LATEST], ids=[v[0] for v in LATEST])
def test_latest_last_doses_over_a_change_of_the_clocks(
    hospital: Hospital, zone: str, drug: str, start: str, latest: str
) -> None:
    renal = {"measure": "creatinine clearance", "value": "90", "on": (at(start) - timedelta(days=9)).date().isoformat()}
    medicine = {"name": drug, "agreement": agreed(at(start))}
    visit = booked(hospital, zone, at(start), medicine, renal=renal)
    (row,) = planned(visit, (at(start) - timedelta(days=6)).isoformat()).rows
    assert clock(row.latest_permitted) == latest


# --- what is missing at a gate --------------------------------------------------------------------------------------

START = at("2026-11-26T09:30:00+01:00")
HELD = {"last_dose_at": "2026-11-19T08:00:00+01:00", "stopped": True}
WARFARIN = {"name": "warfarin", **HELD, "agreement": agreed(START)}


def inr(value: str, when: str = "2026-11-26T08:00:00+01:00", report: str = "LAB-7") -> list[dict[str, str]]:
    return [{"value": value, "at": when, "report": report}]


MEDICINES: tuple[tuple[str, dict[str, Any], Occasion, str, str, str], ...] = (
    ("no INR of the day", screening_with(WARFARIN), "time_out", "AC-11", "STOP", "O2"),
    ("an INR of yesterday", screening_with(WARFARIN, inr=inr("1.1", "2026-11-25T08:00:00+01:00")), "time_out", "AC-11",
     "STOP", "O2"),
    ("an INR without its report", screening_with(WARFARIN, inr=inr("1.1", report="")), "time_out", "AC-11",
     "STOP", "O2"),
    ("an INR above the limit", screening_with(WARFARIN, inr=inr("1.3")), "needle_in", "AC-11", "STOP", "O2"),
    ("an INR without a point", screening_with(WARFARIN, inr=inr("11")), "time_out", "antithrombotics", "STOP", "O0"),
    ("an INR with a comma", screening_with(WARFARIN, inr=inr("1,1")), "time_out", "antithrombotics", "STOP", "O0"),
    ("an INR in percent", screening_with(WARFARIN, inr=inr("1.1%")), "time_out", "antithrombotics", "STOP", "O0"),
    ("nobody asked the prescriber", screening_with({"name": "Plavix", **HELD}), "time_out", "AC-15a-unknown",
     "STOP", "O2"),
    ("somebody else agreed", screening_with({"name": "Plavix", **HELD,
     "agreement": agreed(START, role="primary physician")}), "time_out", "AC-15a-unknown", "STOP", "O2"),
    ("it was agreed for another start", screening_with({"name": "Plavix", **HELD,
     "agreement": agreed(START - timedelta(days=1))}), "time_out", "AC-15a-unknown", "STOP", "O2"),
    ("the prescriber refused", screening_with({"name": "Brilinta", **HELD,
     "agreement": agreed(START, answer="may not stop")}), "needle_in", "AC-22", "STOP", "O2"),
    ("held too short", screening_with({"name": "Eliquis", "last_dose_at": "2026-11-23T07:00:00+01:00", "stopped": True,
     "agreement": agreed(START)}), "time_out", "AC-13", "HOLD", "O2"),
    ("nobody knows the last dose", screening_with({"name": "Eliquis", "last_dose_unknown": True, "stopped": True,
     "agreement": agreed(START)}), "time_out", "AC-13", "HOLD", "O2"),
    ("the last dose was not asked", screening_with({"name": "Eliquis", "stopped": True, "agreement": agreed(START)}),
     "time_out", "AC-13", "HOLD", "O2"),
    ("it is not known what aspirin is for", screening_with({"name": "aspirin", **HELD}), "time_out", "AC-01c",
     "STOP", "O2"),
    ("a bleeding tendency that nobody asked about", screening_with({"name": "Advil", **HELD}, tendency="unknown"),
     "time_out", "AC-02", "DECIDE", "O1"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("screening", "occasion", "rule", "outcome", "override"),
    [one[1:] for one in MEDICINES],
    ids=[one[0] for one in MEDICINES],
)
def test_medicines_that_are_not_known_well_enough_never_pass(
    hospital: Hospital, screening: dict[str, Any], occasion: Occasion, rule: str, outcome: str, override: str
) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "time_out_technologist" if occasion == "time_out" else "needle_in", screening=screening)
    facts = facts_of_visit(visit)
    judged = judge(visit, facts, occasion, Moment(hospital.local("09:11"), "Europe/Zurich"))
    found = {one.rule: one for one in standing_in_the_way(judged, visit, facts)}[rule]
    assert (found.outcome.value, found.override and found.override.name) == (outcome, override)


def test_a_hold_that_ends_later_lets_the_patient_arrive(hospital: Hospital) -> None:
    visit = hospital.visit()
    dose = {"name": "Eliquis", "last_dose_at": "2026-11-23T07:00:00+01:00", "stopped": True, "agreement": agreed(START)}
    hospital.walk(visit, "arrival", screening=screening_with(dose))
    judged = judge(visit, facts_of_visit(visit), "arrival", Moment(hospital.local("08:37"), "Europe/Zurich"))
    assert {one.rule for one in judged.decisions if one.outcome.value == "HOLD"} == {"AC-13"}
    assert judged.in_the_way() == ()


def test_the_decision_of_another_radiologist_is_none(hospital: Hospital) -> None:
    choice = {"at": "2026-11-25T16:00:00+01:00", "start": START.isoformat(), "words": "stop it for five days"}
    words = []
    for name in ("ito", "okafor"):
        visit = hospital.visit(room="fl2" if name == "ito" else "ct")
        dose = {"name": "Ticlid", **HELD, "agreement": agreed(START), "decided": {"name": name, **choice}}
        hospital.walk(visit, "arrival", screening=screening_with(dose))
        (row,) = planned(visit, "2026-11-26T08:36:30+01:00", "plan").rows
        words.append({one.word for one in row.days})
    assert words == [{"wait"}, {"none"}]


# --- the hold plan of the screens -----------------------------------------------------------------------------------

HERON = screening_with(
    {"name": "Eliquis", "dose": "5 mg", "frequency": "twice a day", "last_dose_at": "2026-11-23T07:00:00+01:00",
     "stopped": True, "agreement": agreed(START)},
    {"name": "Ticlid", "dose": "250", "last_dose_at": "2026-11-19T08:00:00+01:00", "stopped": True,
     "agreement": agreed(START)},
    {"name": "Advil", "frequency": "when needed", "last_dose_at": "2026-11-25T07:30:00+01:00", "stopped": True},
    {"name": "fish oil"},
    {"name": "Vesdrin 20"},
)  # fmt: skip


@pytest.fixture
def heron(hospital: Hospital) -> HoldPlan:
    visit = hospital.visit(born=datetime(1957, 3, 2).date())
    hospital.walk(visit, "arrival", screening=HERON)
    return planned(visit, "2026-11-26T08:36:30+01:00", "plan")


def test_a_plan_tells_each_medicine_with_its_numbers(heron: HoldPlan) -> None:
    apixaban, ticlopidine, ibuprofen, fish_oil, unknown = heron.rows
    assert (apixaban.told, apixaban.generic, apixaban.rule) == ("Eliquis 5 mg twice a day", "apixaban", "AC-13")
    assert (apixaban.last_dose, apixaban.asked, apixaban.elapsed) == (
        "Mon 23 Nov 07:00", 75, timedelta(hours=74, minutes=30),
    )  # fmt: skip
    assert clock(apixaban.latest_permitted) == "2026-11-23 06:30"
    assert clock(apixaban.over_held_from) == "2026-11-29 10:00"
    assert (ticlopidine.decision.outcome.value, ticlopidine.others) == ("DECIDE", ((240, 336),))
    assert clock(ticlopidine.latest_permitted) == "2026-11-21 09:30"
    assert (ibuprofen.asked, ibuprofen.coordination.state) == (24, "not asked")
    assert (fish_oil.asked, fish_oil.decision.outcome.value) == (None, "DECIDE")
    assert (unknown.group, unknown.decision.outcome.value) == ("not recognised", "STOP")


def test_a_plan_counts_its_outcomes(heron: HoldPlan) -> None:
    assert heron.tally == {"STOP": 1, "HOLD": 1, "DECIDE": 2, "OK": 1}


def test_a_plan_shows_all_eight_factors_of_the_stratum(heron: HoldPlan) -> None:
    assert [(one.id, one.answer) for one in heron.factors] == [
        ("R1", "no"), ("R2", "no"), ("R3", "yes"), ("R4", "no"), ("R5", "no"), ("R6", "no"), ("R7", "no"), ("R8", "no"),
    ]  # fmt: skip
    assert heron.factors[2].says == "another blood thinner: apixaban and ticlopidine"
    assert heron.stratum is not None
    assert heron.stratum.value == "HIGH"


def test_a_letter_says_day_by_day_what_to_take(heron: HoldPlan) -> None:
    apixaban, ticlopidine, _, fish_oil, unknown = heron.rows
    assert [one.word for one in apixaban.days] == ["take", "last", "none", "none", "none", "none"]
    assert [one.day.day for one in apixaban.days] == [21, 22, 23, 24, 25, 26]
    assert {one.word for row in (ticlopidine, fish_oil, unknown) for one in row.days} == {"wait"}


def test_without_an_agreement_no_instruction_to_stop_leaves_the_service(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "arrival", screening=screening_with({"name": "Eliquis"}))
    (row,) = planned(visit, "2026-11-26T08:36:30+01:00", "plan").rows
    assert {one.word for one in row.days} == {"wait"}
    assert row.coordination.state == "missing"


def test_without_a_screening_a_plan_says_why_there_is_none(hospital: Hospital) -> None:
    plan = planned(hospital.visit(), "2026-11-25T10:00:00+01:00")
    assert (plan.rows, plan.stratum, [one.outcome.value for one in plan.whole]) == ((), None, ["STOP"])


# --- restarts at discharge ------------------------------------------------------------------------------------------

PARTS = ["what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number"]


def discharged(hospital: Hospital, later: timedelta) -> dict[str, Decision]:
    """What stands in the way at discharge, with a sheet whose restart is that of the policy and so much later."""
    visit = hospital.visit()
    dose = {"name": "Brilinta", **HELD, "agreement": agreed(START)}
    hospital.walk(visit, "discharge", screening=screening_with(dose))
    now = Moment(hospital.local("10:00"), "Europe/Zurich")
    restart = judge(visit, facts_of_visit(visit), "discharge", now).by_policy["antithrombotics"].decisions[1]
    content = {
        "restarts": [{"drug": "ticagrelor", "words": "", "printed_as": "Ticagrelor",
                      **{name: (restart.moments[f"{name}_restart"].utc + later).isoformat()
                         for name in ("earliest", "usual")}}],
        "policy": {"sha256": restart.stamp.digest, "record_sha256": restart.stamp.record_digest},
    }  # fmt: skip
    Letter.objects.create(
        site=visit.site, patient=visit.patient, visit=visit, kind=Letter.Kind.RESTART, number=1, start=visit.start,
        language="en", content=content, made_at=now.utc, by=hospital.people["dahl"],
    )  # fmt: skip
    handed = {"document": "3", "language": "en", "handed_to": "the patient", "parts": PARTS, "letter": 1}
    hospital.sign(visit, "instructions", "09:59", Role.NURSE, handed)
    facts = facts_of_visit(visit)
    return {one.rule: one for one in standing_in_the_way(judge(visit, facts, "discharge", now), visit, facts)}


def test_a_sheet_with_the_restarts_of_the_policy_lets_the_patient_go(hospital: Hospital) -> None:
    assert discharged(hospital, timedelta()) == {}


def test_a_sheet_with_another_restart_does_not(hospital: Hospital) -> None:
    found = discharged(hospital, timedelta(minutes=1))
    assert {rule: one.outcome.value for rule, one in found.items()} == {"G-DC": "STOP"}

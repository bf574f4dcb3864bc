"""A question and its times belong to the booked visit, in the zone of the site, whatever zone the server has."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from foramen.catalogue.decision import Moment
from foramen.catalogue.policies import find_policy
from tests.catalogue.gate_questions import (
    AFTER_NEEDLE,
    ANAESTHETICS,
    BEFORE_NEEDLE,
    REPEAT_ORDERS,
    STEROIDS,
    TRIAL,
    ZONE,
    Data,
    assess,
    at,
    changed,
    decision,
    in_force,
    said,
    signature,
)

SITE = {"timeout_valid_min": 15, "consent_max_age_days": 30}
STOP_0, STOP_1, DECIDE, OK = ("STOP", "O0"), ("STOP", "O1"), ("DECIDE", "O1"), ("OK", None)
QUESTIONS = {
    "before-needle": BEFORE_NEEDLE, "after-needle": AFTER_NEEDLE, "steroids": STEROIDS, "anaesthetics": ANAESTHETICS,
    "repeat-orders": REPEAT_ORDERS, "ct-or-fluoroscopy-trial": TRIAL,
}  # fmt: skip


def refused(policy: str, told: Data, now: datetime, occasion: Any = "needle_in") -> str:
    """The reasons of the one STOP that nobody overrides, or nothing where it was judged."""
    found = assess(policy, told, occasion, now)
    whole = len(found.decisions) == 1 and found.decisions[0].rule == policy and said(found.decisions[0]) == STOP_0
    return " ".join(found.decisions[0].reasons) if whole else ""


@pytest.mark.parametrize("policy", sorted(QUESTIONS))
@pytest.mark.parametrize("day", ["2026-11-27", "2026-12-26", "2027-11-26"])
def test_a_gate_on_another_day_than_the_booked_one_is_stopped(policy: str, day: str) -> None:
    assert "on another day than the booked one" in refused(policy, QUESTIONS[policy], at("09:10:00", day))


def test_a_booking_in_the_future_is_planned_and_not_passed_at_a_gate() -> None:
    later = changed(BEFORE_NEEDLE, "procedure.start", at("09:15:00", "2027-03-09"))
    assert "another day" in refused("before-needle", later, at("09:10:00"))
    assert not refused("before-needle", later, at("09:10:00"), "plan")


@pytest.mark.parametrize(("now", "is_refused"), [("05:59:59", False), ("06:00:00", True)])
def test_discharge_may_be_in_the_night_after(now: str, is_refused: bool) -> None:
    assert bool(refused("after-needle", AFTER_NEEDLE, at(now, "2026-11-27"), "discharge")) is is_refused


@pytest.mark.parametrize(
    ("needle_in", "needle_out", "words"),
    [
        (at("08:44:00", "2026-11-12"), at("09:00:00", "2026-11-12"), "neither on the booked day"),
        (at("08:44:00"), at("09:00:00", "2026-11-25"), "neither on the booked day"),
        (at("23:59:59", "2026-11-25"), at("09:00:00"), "neither on the booked day"),
        (at("09:00:01"), at("09:00:00"), "cannot be out before it was in"),
    ],
)
def test_a_needle_of_another_visit_is_refused(needle_in: datetime, needle_out: datetime, words: str) -> None:
    here = AFTER_NEEDLE["procedure"] | {"needle_in": needle_in, "needle_out": needle_out}
    told = AFTER_NEEDLE | {"procedure": here}
    assert words in refused("after-needle", told, at("09:32:00"), "discharge")
    assert words in refused("ct-or-fluoroscopy-trial", TRIAL | {"procedure": here}, at("10:00:00"), "discharge")


def test_observation_of_the_trial_begins_after_the_needle() -> None:
    told = changed(TRIAL, "recovery.start", at("08:59:59"))
    found = decision("TR-OBS", assess("ct-or-fluoroscopy-trial", told, "discharge", at("10:00:00")))
    assert said(found) == STOP_1


@pytest.mark.parametrize("server", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_the_zone_of_the_server_changes_no_answer(server: str) -> None:
    """At 23:30 in Zurich it is another day in Kolkata; the signatures and answers are of the day at the site."""
    told: Any = changed(BEFORE_NEEDLE, "procedure.start", at("23:35:00"))
    told = changed(changed(told, "time_out.technologist.at", at("23:20:00")), "time_out.radiologist.at", at("23:25:00"))
    now = Moment(datetime(2026, 11, 26, 22, 30, tzinfo=UTC), server)
    policy = find_policy("before-needle")
    found = policy.gate(in_force("before-needle", SITE), {"zone": ZONE} | told, now, "needle_in")
    assert [said(one) for one in found.decisions] == [OK] * 7


@pytest.mark.parametrize("year", [1899, 2201, 1, 9999])
def test_a_year_that_cannot_be_is_refused(year: int) -> None:
    told = changed(ANAESTHETICS, "patient.born", date(year, 1, 1))
    assert "no such year can be meant" in refused("anaesthetics", told, at("09:00:00"))
    told = changed(BEFORE_NEEDLE, "consent.signed", datetime(year, 5, 1, 9))
    assert "no year before 1900 or after 2200" in refused("before-needle", told, at("09:10:00"))


def test_without_a_limit_of_the_site_a_consent_of_another_day_is_for_the_radiologist() -> None:
    for signed, expected in (
        (at("00:00:00"), OK),
        (at("23:59:59", "2026-11-25"), DECIDE),
        (at("12:00:00", "2025-11-26"), DECIDE),
        (at("12:00:00", "2025-11-25"), STOP_0),
    ):
        told = changed(BEFORE_NEEDLE, "consent.signed", signed)
        found = assess("before-needle", told, "needle_in", at("09:10:00"), {"timeout_valid_min": 15})
        assert said(decision("G-CONSENT", found)) == expected


@pytest.mark.parametrize("answer", [
    "", " ", "?", "warfarin?", "-", "unknown", "Unknown.", "not asked", "TODO", "n/a", "N.A.", "yes", "no", "x",
    "to be asked", "allergies unknown", [], ["?"], ["none", "latex"], ["latex", ""],
])  # fmt: skip
@pytest.mark.parametrize("item", ["allergies", "blood", "cut", "driver"])
def test_what_fills_a_field_without_answering_is_not_answered(item: str, answer: Any) -> None:
    told = changed(BEFORE_NEEDLE, f"abcd.{item}", answer)
    found = decision("G-ABCD", assess("before-needle", told, "needle_in", at("09:10:00"), SITE))
    assert said(found) == STOP_0
    assert f"Not answered: {item}." in found.reasons[0]


@pytest.mark.parametrize("answer", ["none", "None", ["none"], "latex", ["latex", "iodine"], "L4/L5 fusion 2014"])
def test_none_and_what_there_is_are_answers(answer: Any) -> None:
    told = changed(changed(BEFORE_NEEDLE, "abcd.cut", answer), "abcd.allergies", answer)
    assert said(decision("G-ABCD", assess("before-needle", told, "needle_in", at("09:10:00"), SITE))) == OK


@pytest.mark.parametrize(
    ("answer", "listed", "expected"),
    [
        ("none", {"none": True}, OK),
        ("none", {"medicines": ["warfarin"]}, STOP_0),
        ("Coumadin", {"none": True}, STOP_0),
        ("Coumadin", {"medicines": ["warfarin"]}, OK),
        ("Plavix 75 mg, ibuprofen", {"medicines": ["ibuprofen", "clopidogrel"]}, OK),
        (["Plavix"], {"medicines": ["ibuprofen", "clopidogrel"]}, STOP_0),
        ("Plavix and warfarin", {"medicines": ["clopidogrel"]}, STOP_0),
        ("a blood thinner", {"medicines": ["clopidogrel"]}, STOP_0),
        ("none", {"none": True, "medicines": ["warfarin"]}, STOP_0),
        ("none", {}, STOP_0),
    ],
)
def test_answer_b_is_what_the_list_of_blood_thinners_says(answer: Any, listed: Data, expected: Any) -> None:
    told = changed(BEFORE_NEEDLE, "abcd.blood", answer) | {"blood_thinners": listed}
    assert said(decision("G-ABCD", assess("before-needle", told, "needle_in", at("09:10:00"), SITE))) == expected


@pytest.mark.parametrize("level", ["L5/C3", "S5/C1", "L1/L1", "L5/L4", "L4/S1", "C8", "C7/C8"])
def test_a_level_that_does_not_exist_is_refused(level: str) -> None:
    told = changed(STEROIDS, "targets.0.level", level)
    assert "targets[1].level" in refused("steroids", told, at("09:00:00"))


@pytest.mark.parametrize("level", ["C7/T1", "T12/L1", "L5/S1", "L5/L6", "L6/S1", "L5", "S1"])
def test_neighbours_and_single_vertebrae_are_levels(level: str) -> None:
    assert not refused("steroids", changed(STEROIDS, "targets.0.level", level), at("09:00:00"))


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ("before-needle", "abcd.nurse.person"), ("before-needle", "time_out.room"), ("before-needle", "procedure.plan"),
        ("before-needle", "procedure.radiologist"), ("after-needle", "way_home.person"),
        ("after-needle", "instructions.version"), ("after-needle", "instructions.restarts.0.drug"),
        ("steroids", "targets.0.drugs.0.product"), ("steroids", "targets.0.no_steroid"),
        ("repeat-orders", "order.id"), ("repeat-orders", "records.abcd"),
        ("ct-or-fluoroscopy-trial", "enrolment.participant"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u200b", "-", "?"])
def test_a_blank_is_no_name(policy: str, path: str, blank: str) -> None:
    told = changed(QUESTIONS[policy], path, blank)
    assert "a blank or a mark is no answer" in refused(policy, told, at("09:32:00"))


def test_beside_open_tasks_a_disagreement_keeps_its_own_override() -> None:
    told = {"procedure": {"start": at("09:15:00")}, "targets": BEFORE_NEEDLE["targets"]}
    told["ordered"] = [told["targets"][0] | {"side": "right"}]
    found = decision("G-LEVEL", assess("before-needle", told, "plan", at("09:00:00", "2026-11-10"), SITE))
    assert said(found) == STOP_1
    assert {one.outcome.value for one in found.findings} == {"STOP", "HOLD", "OK"}


def test_a_review_signed_by_somebody_else_is_none() -> None:
    told = changed(BEFORE_NEEDLE, "abcd.radiologist", signature("someone.else", "radiologist", "08:52:00"))
    assert said(decision("G-ABCD", assess("before-needle", told, "needle_in", at("09:10:00"), SITE))) == STOP_0

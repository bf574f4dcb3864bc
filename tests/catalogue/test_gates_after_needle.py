"""Gates after the needle and of the way home: each cell of the table, at its limit and just beyond."""

import json
from datetime import date
from itertools import product
from typing import Any

import pytest

from foramen.catalogue.instants import moment_of
from foramen.catalogue.policies import find_policy
from tests.catalogue.gate_questions import (
    AFTER_NEEDLE,
    CLOPIDOGREL,
    NOTHING_HELD,
    RESTART,
    ZONE,
    Data,
    anaesthetic,
    answer_at_discharge,
    assess,
    at,
    changed,
    decision,
    in_force,
    said,
    signature,
    target,
)

OK, NA = ("OK", None), ("NA", None)
STOP_0, STOP_1, DECIDE = ("STOP", "O0"), ("STOP", "O1"), ("DECIDE", "O1")
HOLD_0, HOLD_1 = ("HOLD", "O0"), ("HOLD", "O1")
SITE = {"observation_min": 30}
NOW = at("09:32:00")


def asked(
    rule: str, told: Data, now: Any = NOW, occasion: Any = "discharge", parameters: Data = SITE
) -> tuple[str, str | None]:
    return said(decision(rule, assess("after-needle", told, occasion, now, parameters)))


def with_(path: str, value: Any) -> Data:
    return changed(AFTER_NEEDLE, path, value)


def test_everything_in_order_passes() -> None:
    found = assess("after-needle", AFTER_NEEDLE, "discharge", NOW, SITE)
    assert found.outcome.value == "OK"
    assert [one.rule for one in found.decisions] == ["G-DRIVER", "G-PAIN1", "G-OBS", "G-AMB", "G-DC", "G-DEVIATION"]


GOLDEN: list[tuple[str, str, Any, tuple[str, str | None]]] = [
    ("G-DRIVER", "way_home", None, STOP_0),
    ("G-DRIVER", "way_home.how", "none", STOP_0),
    ("G-DRIVER", "way_home.person", None, STOP_0),
    ("G-DRIVER", "way_home.how", "public transport", OK),
    ("G-DRIVER", "way_home.how", "taxi", OK),
    ("G-PAIN1", "pain_after", None, STOP_1),
    ("G-PAIN1", "pain_after.score", None, STOP_1),
    ("G-PAIN1", "pain_after.score", 0, OK),
    ("G-PAIN1", "pain_after.at", at("09:00:00"), OK),
    ("G-PAIN1", "pain_after.at", at("08:59:59"), STOP_1),
    ("G-PAIN1", "pain_after.at", None, STOP_1),
    ("G-PAIN1", "procedure.needle_out", None, STOP_1),
    ("G-OBS", "recovery", None, STOP_1),
    ("G-OBS", "recovery.start", None, STOP_1),
    ("G-OBS", "recovery.going_on", None, STOP_1),
    ("G-OBS", "procedure.needle_out", None, STOP_1),
    ("G-OBS", "recovery.start", at("09:03:00"), HOLD_1),
    ("G-OBS", "recovery.start", at("09:00:00"), OK),
    ("G-OBS", "recovery.start", at("08:59:59"), STOP_1),
    ("G-OBS", "recovery.start", at("08:59:59", "2026-11-12"), STOP_1),
    ("G-OBS", "recovery", {"start": at("09:00:00"), "going_on": "no", "end": at("09:30:00")}, OK),
    ("G-OBS", "recovery", {"start": at("09:00:00"), "going_on": "no", "end": at("09:29:59")}, STOP_1),
    ("G-OBS", "recovery", {"start": at("09:00:00"), "going_on": "no"}, STOP_1),
    ("G-OBS", "recovery", {"start": at("09:20:00"), "going_on": "no", "end": at("09:10:00")}, STOP_1),
    ("G-AMB", "ambulation", None, STOP_0),
    ("G-AMB", "ambulation.walks", None, STOP_0),
    ("G-AMB", "ambulation.walks", "no", STOP_0),
    ("G-AMB", "ambulation.nurse", None, STOP_0),
    ("G-AMB", "ambulation.nurse", signature("okafor", "radiologist", "09:31:00"), STOP_0),
    ("G-AMB", "ambulation.nurse", signature("dahl", "nurse", "08:59:59"), STOP_0),
    ("G-AMB", "procedure.needle_out", None, STOP_0),
    ("G-DC", "instructions", None, STOP_1),
    ("G-DC", "instructions.version", None, STOP_1),
    ("G-DC", "instructions.language", None, STOP_1),
    ("G-DC", "instructions.handed_to", None, STOP_1),
    ("G-DC", "instructions.restarts", None, STOP_1),
    ("G-DC", "instructions.restarts.0.drug", "apixaban", STOP_1),
    ("G-DC", "instructions.restarts.0.earliest", at("20:59:00"), STOP_1),
    ("G-DC", "instructions.restarts.0.usual", at("09:01:00", "2026-11-27"), STOP_1),
    ("G-DC", "instructions.restarts.0.words", "after breakfast", STOP_1),
    ("G-DC", "instructions.restarts", [RESTART, RESTART | {"drug": "warfarin"}], STOP_1),
    ("G-DC", "restarts", None, STOP_1),
    ("G-DC", "restarts", {"none": True}, STOP_1),
    ("G-DC", "restarts", {"none": True, "judgement": CLOPIDOGREL}, STOP_1),
    ("G-DC", "restarts", {"none": True, "judgement": NOTHING_HELD}, STOP_1),
    ("G-DC", "restarts", {"judgement": NOTHING_HELD}, STOP_1),
    ("G-DC", "restarts.judgement", {}, STOP_1),
    ("G-DC", "instructions.policy_sha256", "c" * 64, STOP_1),
    ("G-DC", "instructions.record_sha256", None, STOP_1),
    ("G-DC", "restarts.judgement.decisions.0", None, STOP_1),
    ("G-DC", "restarts.judgement.decisions.0.outcome", "STOP", STOP_1),
    ("G-DC", "restarts.judgement.decisions.1.occasion", "needle_in", STOP_1),
    ("G-DC", "restarts.judgement.decisions.1.stamp.policy", "steroids", STOP_1),
    ("G-DC", "restarts.judgement.decisions.1.stamp.sha256", "c" * 64, STOP_1),
    ("G-DC", "restarts.judgement.decisions.1.moments.usual_restart", None, STOP_1),
    ("G-DC", "restarts.judgement.decisions.1.moments", {}, STOP_1),
    ("G-DC", "restarts.judgement.decisions.1.inputs.0.value", "2026-11-19T08:40:00", STOP_1),
    ("G-DC", "restarts.judgement.decisions.1.inputs.1.value", "2026-11-26T08:59:00", STOP_1),
    ("G-DC", "procedure.needle_out", None, STOP_0),
    ("G-DEVIATION", "time_out.radiologist.at", at("08:44:00"), OK),
    ("G-DEVIATION", "time_out.radiologist.at", at("08:44:01"), DECIDE),
    ("G-DEVIATION", "time_out", None, DECIDE),
    ("G-DEVIATION", "time_out.technologist.person", " OKAFOR", DECIDE),
    ("G-DEVIATION", "time_out.technologist.role", "nurse", DECIDE),
    ("G-DEVIATION", "procedure.radiologist", "vance", DECIDE),
    ("G-DEVIATION", "procedure.radiologist", None, DECIDE),
    ("G-DEVIATION", "procedure.radiologist", "Okafor ", OK),
    (
        "G-DEVIATION",
        "time_out",
        {
            "technologist": signature("ferro", "technologist", "08:37:00", "2026-11-25"),
            "radiologist": signature("okafor", "radiologist", "08:38:00", "2026-11-25"),
        },
        DECIDE,
    ),
    ("G-DEVIATION", "procedure.needle_in", None, DECIDE),
]


@pytest.mark.parametrize(
    ("rule", "path", "value", "expected"),
    GOLDEN,
    ids=[f"{rule} {path} {n}" for n, (rule, path, _, _) in enumerate(GOLDEN)],
)
def test_at_discharge(rule: str, path: str, value: Any, expected: tuple[str, str | None]) -> None:
    assert asked(rule, with_(path, value)) == expected


@pytest.mark.parametrize(
    "part", ["what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number"]
)
def test_every_part_of_the_instructions_is_needed(part: str) -> None:
    left = [one for one in AFTER_NEEDLE["instructions"]["parts"] if one != part]
    found = decision("G-DC", assess("after-needle", with_("instructions.parts", left), "discharge", NOW, SITE))
    assert said(found) == STOP_1
    assert f"Missing: {part}." in found.reasons[0]


def test_where_nothing_was_held_no_restart_is_written() -> None:
    parts = [one for one in AFTER_NEEDLE["instructions"]["parts"] if one != "restart"]
    told = AFTER_NEEDLE | {"restarts": {"none": True, "judgement": NOTHING_HELD}}
    told["instructions"] = told["instructions"] | {"parts": parts, "restarts": []}
    assert asked("G-DC", told) == OK
    assert asked("G-DC", told | {"restarts": {"none": True}}) == STOP_1


def test_a_drug_without_times_is_told_in_words() -> None:
    words = "Do not start ginkgo again until we tell you when."
    decided = answer_at_discharge("AC-00-supplement", "ginkgo", "DECIDE") | {"advice": [words]}
    told = with_("instructions.restarts", [{"drug": "Ginkgo", "words": words}])
    told = changed(told, "restarts.judgement.decisions.1", decided)
    assert asked("G-DC", told) == OK
    assert asked("G-DC", changed(told, "instructions.restarts.0.words", "tomorrow")) == STOP_1


def test_a_restart_without_times_and_without_words_is_refused() -> None:
    found = assess("after-needle", with_("instructions.restarts.0.usual", None), "discharge", NOW, SITE)
    assert [said(one) for one in found.decisions] == [STOP_0]
    assert "both times" in found.decisions[0].reasons[0]


# --- observation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "expected"), [("09:31:59", HOLD_1), ("09:32:00", OK)])
def test_observation_counts_to_the_second(now: str, expected: tuple[str, str | None]) -> None:
    told = with_("ambulation.nurse.at", at("09:10:00"))
    found = decision("G-OBS", assess("after-needle", told, "discharge", at(now), SITE))
    assert said(found) == expected
    assert found.moments["observed_until"].to_json()["local"] == "2026-11-26T09:32:00+01:00"


def test_without_a_time_of_the_site_discharge_is_stopped() -> None:
    assert asked("G-OBS", AFTER_NEEDLE, parameters={}) == STOP_1


# --- way home ------------------------------------------------------------------------------------------------------

LONG = anaesthetic("Marcaine")
SHORT = anaesthetic("lidocaine", "1 %", "1 mL", "10 mg")


@pytest.mark.parametrize(
    ("how", "older", "drug", "weakness"),
    list(product(("public transport", "taxi"), (False, True, None), (SHORT, LONG, None), ("no", "yes", "unknown"))),
)
def test_going_home_alone_is_for_the_radiologist_unless_nothing_speaks_against_it(
    how: str, older: bool | None, drug: Data | None, weakness: str
) -> None:
    born = {None: {}, False: {"born": date(1960, 11, 27)}, True: {"born": date(1960, 11, 26)}}[older]
    told = AFTER_NEEDLE | {
        "way_home": {"how": how},
        "patient": born | {"motor_weakness": weakness},
        "targets": [target(drug)] if drug else [target()],
    }
    harmless = older is False and drug is SHORT and weakness == "no"
    for occasion in ("arrival", "discharge"):
        assert asked("G-DRIVER", told, occasion=occasion) == (OK if harmless else DECIDE)


def test_a_long_acting_anaesthetic_counts_at_the_lower_spine_only_and_an_unknown_one_counts_as_such() -> None:
    alone = with_("way_home.how", "public transport")
    for root, expected in (("C6", OK), ("T4", OK), ("L1", DECIDE), ("S1", DECIDE)):
        assert asked("G-DRIVER", alone | {"targets": [target(LONG, root=root)]}) == expected
    assert asked("G-DRIVER", alone | {"targets": [target(anaesthetic("novocaine"))]}) == DECIDE
    assert asked("G-DRIVER", alone | {"targets": [target() | {"no_anaesthetic": "none wanted"}]}) == OK


def test_at_booking_the_way_home_is_a_task_and_at_arrival_it_is_needed() -> None:
    for way in ({}, {"how": "none"}):
        told = {"procedure": {"start": at("08:40:00")}, "way_home": way}
        assert asked("G-DRIVER", told, at("09:00:00", "2026-11-10"), "plan") == HOLD_0
        assert asked("G-DRIVER", told, at("08:00:00"), "arrival") == STOP_0


def test_at_booking_everything_after_the_needle_is_a_task_for_the_day() -> None:
    told = {"procedure": {"start": at("08:40:00")}}
    found = assess("after-needle", told, "plan", at("09:00:00", "2026-11-10"), SITE)
    assert {one.outcome.value for one in found.decisions} == {"HOLD"}
    assert {todo.by for one in found.decisions for todo in one.todos} == {date(2026, 11, 26)}


# --- restarts and the antithrombotic policy itself -----------------------------------------------------------------


def held_at_discharge(needle_out: Any, now: Any, medicines: list[Data]) -> Data:
    """What the antithrombotic policy really gives at discharge, through JSON as another program would pass it on."""
    told = {
        "zone": ZONE,
        "procedure": {
            "start": at("08:40:00"), "level": "L4/L5", "route": "transforaminal", "steroid": "yes",
            "needle_out": needle_out,
        },
        "patient": {"born": date(1980, 1, 1), "thromboembolic_risk": "not high"},
        "medications": {
            "none": not medicines, "confirmed": at("08:00:00"), "asked_by": "dahl", "asked_of": "patient",
            "changed": "no",
        },
        "medicines": medicines,
        "bleeding": dict.fromkeys(
            ("tendency", "liver_cirrhosis", "advanced_liver_disease", "advanced_renal_disease"), "no"
        ),
    }  # fmt: skip
    moment = moment_of(now, ZONE, where="now")
    found = find_policy("antithrombotics").gate(in_force("antithrombotics"), told, moment, "discharge")
    answer: Data = json.loads(json.dumps(found.to_json()))
    return answer


def test_the_restarts_of_the_antithrombotic_policy_itself_are_the_ones_compared() -> None:
    coordination = {
        "name": "Dr Prescriber", "role": "prescriber", "channel": "phone", "at": at("09:00:00", "2026-11-02"),
        "answer": "may stop",
    }  # fmt: skip
    plavix = {
        "name": "Plavix", "dose": "75 mg", "last_dose": at("08:00:00", "2026-11-18"), "stopped": True,
        "loading_dose": "no", "coordination": coordination,
    }  # fmt: skip
    engine = held_at_discharge(at("09:00:00"), at("09:20:00"), [plavix])
    stamp = engine["decisions"][0]["stamp"]
    told = AFTER_NEEDLE | {"restarts": {"judgement": engine}}
    told["instructions"] = told["instructions"] | {
        "policy_sha256": stamp["sha256"], "record_sha256": stamp["record_sha256"],
    }  # fmt: skip
    assert asked("G-DC", told) == OK
    assert asked("G-DC", changed(told, "instructions.restarts.0.earliest", at("20:59:00"))) == STOP_1
    before = held_at_discharge(at("08:50:00"), at("08:55:00"), [plavix])
    assert asked("G-DC", told | {"restarts": {"judgement": before}}) == STOP_1


def test_none_held_passes_with_the_na_of_the_antithrombotic_policy_alone() -> None:
    told = changed(AFTER_NEEDLE, "instructions.restarts", [])
    nothing = held_at_discharge(at("09:00:00"), at("09:20:00"), [])
    assert asked("G-DC", told | {"restarts": {"none": True, "judgement": nothing}}) == OK
    of_another_visit = held_at_discharge(at("08:55:00"), at("09:20:00"), [])
    assert asked("G-DC", told | {"restarts": {"none": True, "judgement": of_another_visit}}) == STOP_1
    assert asked("G-DC", told | {"restarts": {"none": True}}) == STOP_1

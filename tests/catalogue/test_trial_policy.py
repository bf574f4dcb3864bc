"""The doses of the trial: for enrolled participants only, 80 mg in the whole trial, an hour of observation."""

from datetime import date
from typing import Any

import pytest

from tests.catalogue.gate_questions import (
    TRIAL,
    Data,
    anaesthetic,
    assess,
    at,
    changed,
    decision,
    said,
    steroid,
    target,
)

OK, NA = ("OK", None), ("NA", None)
STOP_0, STOP_1, STOP_2, DECIDE = ("STOP", "O0"), ("STOP", "O1"), ("STOP", "O2"), ("DECIDE", "O1")
HOLD_1 = ("HOLD", "O1")

EIGHT = steroid(strength="4 mg/mL", volume="2 mL", mass="8 mg")
LIDOCAINE = anaesthetic("lidocaine", "1 %", "1 mL", "10 mg")
BUPIVACAINE = anaesthetic("bupivacaine", "0.25 %", "2 mL", "5 mg")
ALL = [
    *(target(EIGHT, LIDOCAINE, root=root, side=side) for root in ("L3", "L4", "L5") for side in ("left", "right")),
    *({"route": "sacroiliac", "side": side, "drugs": [EIGHT, BUPIVACAINE]} for side in ("left", "right")),
]


def asked(rule: str, told: Data, occasion: Any = "needle_in", now: Any = None) -> tuple[str, str | None]:
    return said(decision(rule, assess("ct-or-fluoroscopy-trial", told, occasion, now)))


def with_(path: str, value: Any) -> Data:
    return changed(TRIAL, path, value)


def session(*targets: Data) -> Data:
    return TRIAL | {"targets": list(targets)}


def test_everything_in_order_passes() -> None:
    assert assess("ct-or-fluoroscopy-trial", TRIAL).outcome.value == "OK"
    assert assess("ct-or-fluoroscopy-trial", TRIAL, "discharge", at("10:00:00")).outcome.value == "OK"


# --- enrolment -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("enrolment", None, STOP_0),
        ("enrolment.trial", "another-trial", STOP_0),
        ("enrolment.trial", None, STOP_0),
        ("enrolment.participant", None, STOP_0),
        ("enrolment.arm", "", STOP_0),
        ("enrolment.consent_version", None, STOP_0),
        ("enrolment.consented", None, STOP_0),
        ("enrolment.allocated", None, STOP_0),
        ("enrolment.withdrawn", "yes", STOP_0),
        ("enrolment.withdrawn", None, STOP_0),
        ("enrolment.consented", at("09:00:01", "2026-11-02"), STOP_0),
        ("enrolment.consented", at("09:00:00", "2026-11-02"), OK),
    ],
)
def test_only_an_enrolled_participant_has_the_trials_doses(
    path: str, value: Any, expected: tuple[str, str | None]
) -> None:
    for occasion in ("plan", "time_out", "needle_in", "discharge"):
        assert asked("TR-1", with_(path, value), occasion) == expected


def test_the_service_does_not_know_the_trial() -> None:
    """Without the trial's policy, 8 mg at two targets is more than the session of the service."""
    found = assess("steroid-dose", {"targets": ALL[:2]})
    assert said(decision("ST-5", found)) == STOP_2


def test_what_is_particulate_stays_so_in_the_trial() -> None:
    drugs = [EIGHT, steroid("methylprednisolone", "40 mg/mL", "1 mL", "40 mg"), LIDOCAINE]
    found = assess("steroids", {"targets": [target(*drugs)], "ledger": {"none": True}})
    assert said(decision("ST-TYPE", found)) == STOP_2


# --- targets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"root": "L3"}, OK),
        ({"root": "L5"}, OK),
        ({"level": "L5/S1"}, OK),
        ({"level": "L3/L4"}, OK),
        ({"root": "L2"}, STOP_2),
        ({"root": "S1"}, STOP_2),
        ({"level": "L2/L3"}, STOP_2),
        ({"root": "C6"}, STOP_2),
        ({"root": "L4", "route": "interlaminar"}, STOP_2),
        ({"route": "sacroiliac"}, OK),
        ({"route": "facet", "level": "L4/L5"}, STOP_2),
    ],
)
def test_the_trial_treats_three_levels_and_two_joints(place: Data, expected: tuple[str, str | None]) -> None:
    told = {"route": "transforaminal", "side": "left", "drugs": [EIGHT, LIDOCAINE]} | place
    assert asked("TR-2", session(told)) == expected


@pytest.mark.parametrize("told", [[], [{"root": "L5", "side": "left"}], [{"root": "L5", "route": "transforaminal"}]])
def test_a_target_that_is_not_told_is_stopped(told: list[Data]) -> None:
    assert asked("TR-2", session(*told)) == STOP_0


def test_the_same_target_twice_is_stopped() -> None:
    assert asked("TR-2", session(ALL[0], ALL[0])) == STOP_0


# --- ST-6 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mass", "expected"),
    [
        ("0 mg", STOP_0),
        ("0.8 mg", STOP_0),
        ("0.801 mg", DECIDE),
        ("7.999 mg", DECIDE),
        ("8 mg", OK),
        ("8.001 mg", STOP_2),
        ("79.999 mg", STOP_2),
        ("80 mg", STOP_0),
        ("800 mg", STOP_0),
    ],
)
def test_each_target_has_8_mg(mass: str, expected: tuple[str, str | None]) -> None:
    assert asked("ST-6", session(target(steroid(mass=mass), LIDOCAINE))) == expected


@pytest.mark.parametrize(
    ("route", "drug", "expected"),
    [
        ("transforaminal", anaesthetic("lidocaine", "1 %", "0.99 mL", "9.9 mg"), DECIDE),
        ("transforaminal", anaesthetic("lidocaine", "1 %", "1 mL", "10 mg"), OK),
        ("transforaminal", anaesthetic("Xylocaine", "10 mg/mL", "2 mL", "20 mg"), OK),
        ("transforaminal", anaesthetic("lidocaine", "1 %", "2.01 mL", "20.1 mg"), DECIDE),
        ("transforaminal", anaesthetic("lidocaine", "2 %", "1 mL", "20 mg"), DECIDE),
        ("transforaminal", BUPIVACAINE, DECIDE),
        ("sacroiliac", BUPIVACAINE, OK),
        ("sacroiliac", anaesthetic("bupivacaine", "0.25 %", "1 mL", "2.5 mg"), DECIDE),
        ("sacroiliac", LIDOCAINE, DECIDE),
    ],
)
def test_the_anaesthetic_is_the_one_of_the_approach(route: str, drug: Data, expected: tuple[str, str | None]) -> None:
    assert asked("ST-6", session(target(EIGHT, drug, route=route))) == expected


@pytest.mark.parametrize(
    ("drugs", "expected"),
    [
        ([], STOP_0), ([LIDOCAINE], STOP_0), ([EIGHT], STOP_1), ([steroid("triamcinolone"), LIDOCAINE], STOP_0),
        ([changed(EIGHT, "mass", None), LIDOCAINE], STOP_0), ([EIGHT, changed(LIDOCAINE, "volume", None)], STOP_1),
    ],
)  # fmt: skip
def test_what_is_not_entered_is_stopped(drugs: list[Data], expected: tuple[str, str]) -> None:
    assert asked("ST-6", session(target(*drugs))) == expected


@pytest.mark.parametrize(
    ("targets", "total", "exceeds"), [(ALL[:1], "8 mg", False), (ALL[:2], "16 mg", True), (ALL, "64 mg", True)]
)
def test_more_than_the_service_gives_is_said(targets: list[Data], total: str, exceeds: bool) -> None:
    found = decision("ST-6-TOTAL", assess("ct-or-fluoroscopy-trial", session(*targets)))
    assert said(found) == OK
    assert f"Total {total}." in found.reasons[0]
    assert ("Exceeds service policy of 10 mg per session." in found.alerts) == exceeds


@pytest.mark.parametrize(
    ("mass", "expected"), [("64 mg", OK), ("64.001 mg", STOP_2), ("99.999 mg", STOP_2), ("100 mg", STOP_0)]
)
def test_the_session_stays_within_what_the_trial_can_reach(mass: str, expected: tuple[str, str | None]) -> None:
    assert asked("ST-6-TOTAL", session(target(steroid(mass=mass)))) == expected


# --- ST-7 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "today", "expected"),
    [
        ([], None, NA),
        (["40 mg"], None, OK),
        (["40 mg"], "40 mg", OK),
        (["40 mg"], "41 mg", STOP_2),
        (["40 mg"], "40.001 mg", STOP_2),
        (["20 mg", "20 mg", "20 mg"], "20 mg", OK),
        (["81 mg"], None, STOP_2),
        ([], "80 mg", OK),
        ([], "81 mg", STOP_2),
        ([None], "10 mg", STOP_0),
    ],
)
def test_80_mg_of_methylprednisolone_in_the_whole_trial(
    earlier: list[str | None], today: str | None, expected: tuple[str, str | None]
) -> None:
    given = [{"on": date(2026, 11, 3)} | ({"mass": mass} if mass else {}) for mass in earlier]
    added = [steroid("Depo-Medrol", "40 mg/mL", "1 mL", today)] if today else []
    told = session(target(EIGHT, *added, LIDOCAINE))
    told["methylprednisolone"] = {"given": given} if given else {"none": True}
    assert asked("ST-7", told) == expected


@pytest.mark.parametrize(
    "told", [{}, {"given": []}, {"none": True, "given": [{"on": date(2026, 11, 3), "mass": "1 mg"}]}]
)
def test_a_list_that_nobody_answered_is_stopped(told: Data) -> None:
    assert asked("ST-7", with_("methylprednisolone", told)) == STOP_0


# --- observation ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "now", "expected"),
    [
        ("recovery.going_on", "yes", "09:59:59", HOLD_1),
        ("recovery.going_on", "yes", "10:00:00", OK),
        ("recovery", {"start": at("09:00:00"), "going_on": "no", "end": at("09:59:59")}, "12:00:00", STOP_1),
        ("recovery", {"start": at("09:00:00"), "going_on": "no", "end": at("10:00:00")}, "12:00:00", OK),
        ("recovery", None, "12:00:00", STOP_1),
        ("procedure.needle_out", None, "12:00:00", STOP_1),
    ],
)
def test_a_participant_is_observed_for_an_hour(
    path: str, value: Any, now: str, expected: tuple[str, str | None]
) -> None:
    assert asked("TR-OBS", with_(path, value), "discharge", at(now)) == expected

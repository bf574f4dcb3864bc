"""The service's dose of a session: product, total, and how it is shared."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.catalogue.gates.steroid_dose import share_of
from tests.catalogue.gate_questions import Data, assess, at, decision, in_force, said, steroid, target

OK, NA = ("OK", None), ("NA", None)
STOP_0, STOP_2, DECIDE = ("STOP", "O0"), ("STOP", "O2"), ("DECIDE", "O1")
FOUR = (
    {"root": "L4", "side": "left"},
    {"root": "L4", "side": "right"},
    {"root": "L5", "side": "left"},
    {"root": "L5", "side": "right"},
)


def dexamethasone(milligrams: str) -> Data:
    """Any mass with the volume that makes it."""
    return steroid(volume=f"{format(Decimal(milligrams) / 10, 'f')} mL", mass=f"{milligrams} mg")


def session(*drugs: Data) -> Data:
    """One drug at each target."""
    return {"targets": [target(drug, **place) for drug, place in zip(drugs, FOUR, strict=False)]}


def asked(rule: str, told: Data, **more: Any) -> tuple[str, str | None]:
    return said(decision(rule, assess("steroid-dose", told, **more)))


@pytest.mark.parametrize(
    ("milligrams", "expected"),
    [
        ("0", STOP_0),
        ("0.1", STOP_0),
        ("0.999", STOP_0),
        ("1", STOP_0),
        ("1.001", DECIDE),
        ("9.999", DECIDE),
        ("10", OK),
        ("10.001", STOP_2),
        ("20", STOP_2),
        ("99.999", STOP_2),
        ("100", STOP_0),
        ("1000", STOP_0),
    ],
)
def test_total_of_the_session(milligrams: str, expected: tuple[str, str | None]) -> None:
    assert asked("ST-5", session(dexamethasone(milligrams))) == expected


@pytest.mark.parametrize(
    ("masses", "total", "shared"),
    [
        (("10",), OK, OK),
        (("5", "5"), OK, OK),
        (("6", "4"), OK, DECIDE),
        (("10", "10"), STOP_2, DECIDE),
        (("5", "5", "5"), STOP_2, DECIDE),
        (("5", "5", "5", "5"), STOP_2, DECIDE),
        (("2.5", "2.5", "2.5", "2.5"), OK, DECIDE),
        (("8",), DECIDE, DECIDE),
    ],
)
def test_how_the_dose_is_shared(masses: tuple[str, ...], total: tuple[str, str], shared: tuple[str, str]) -> None:
    told = session(*map(dexamethasone, masses))
    assert (asked("ST-5", told), asked("ST-2", told)) == (total, shared)


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        (1, "As printed: 10 mg = 1 mL at 10 mg/mL for each of 1."),
        (2, "As printed: 5 mg = 0.5 mL at 10 mg/mL for each of 2."),
        (3, "Arithmetic, not policy: 10 mg ÷ 3 = 3.33 mg for each target."),
        (4, "Arithmetic, not policy: 10 mg ÷ 4 = 2.5 mg for each target."),
    ],
)
def test_what_is_printed_is_told_as_printed_and_arithmetic_as_arithmetic(targets: int, told: str) -> None:
    found = decision("ST-2", assess("steroid-dose", session(*[dexamethasone("2.5")] * targets)))
    assert told in found.information


@given(st.integers(3, 100))
def test_no_dose_is_offered_for_three_targets_or_more(targets: int) -> None:
    assert share_of(in_force("steroid-dose").content.standard, targets) is None


@pytest.mark.parametrize(
    ("drug", "expected"),
    [
        (steroid(), OK),
        (steroid("Dexamethasone  Sodium Phosphate"), OK),
        (steroid(strength="1 %"), OK),
        (steroid(strength="4 mg/mL", volume="2.5 mL"), DECIDE),
        (steroid("methylprednisolone", "40 mg/mL", "0.25 mL"), DECIDE),
        (steroid("dexa"), DECIDE),
    ],
)
def test_product_and_strength_are_those_of_the_service(drug: Data, expected: tuple[str, str | None]) -> None:
    assert asked("ST-1", session(drug)) == expected


@pytest.mark.parametrize(
    ("milligrams", "expected"), [("1", STOP_0), ("4", DECIDE), ("10", DECIDE), ("40", STOP_2), ("100", STOP_0)]
)
def test_another_steroid_never_passes_by_its_mass(milligrams: str, expected: tuple[str, str]) -> None:
    told = session(steroid("methylprednisolone", "40 mg/mL", "1 mL", f"{milligrams} mg"))
    assert asked("ST-5", told) == expected
    assert asked("ST-2", told) == DECIDE


def test_two_steroids_at_one_target_are_added_up_and_are_not_dexamethasone_alone() -> None:
    told = {"targets": [target(dexamethasone("5"), steroid("methylprednisolone", "40 mg/mL", "0.125 mL", "5 mg"))]}
    assert asked("ST-5", told) == DECIDE


def test_the_same_target_twice_cannot_be_counted() -> None:
    told = {"targets": [target(dexamethasone("5")), target(dexamethasone("5"))]}
    assert asked("ST-2", told) == STOP_0


def test_a_target_without_steroid_is_counted_too() -> None:
    told = session(dexamethasone("10"))
    told["targets"].append(target(root="S1") | {"no_steroid": "diagnostic"})
    assert (asked("ST-5", told), asked("ST-2", told)) == (OK, DECIDE)


def test_a_session_without_steroid_has_no_dose() -> None:
    told = {"targets": [target() | {"no_steroid": "diagnostic"}]}
    assert {asked(rule, told) for rule in ("ST-1", "ST-2", "ST-5")} == {NA}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"targets": []},
        {"targets": [target()]},
        {"targets": [target({"kind": "steroid", "product": "dexamethasone"})]},
    ],
)
def test_what_is_not_entered_is_stopped_at_the_gate_and_a_task_at_booking(told: Data) -> None:
    for rule in ("ST-1", "ST-2", "ST-5"):
        assert asked(rule, told) == STOP_0
        assert asked(rule, told, occasion="plan", now=at("09:00:00", "2026-11-10")) == ("HOLD", "O0")


def test_at_arrival_no_dose_is_asked_for() -> None:
    found = assess("steroid-dose", session(dexamethasone("10")), "arrival")
    assert [(one.rule, one.outcome.value) for one in found.decisions] == [("steroid-dose", "NA")]

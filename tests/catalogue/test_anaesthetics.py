"""Anaesthetic and age, its amounts, allergies, contrast."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.catalogue.gates.age import completed_years
from tests.catalogue.gate_questions import (
    ANAESTHETICS,
    Data,
    anaesthetic,
    assess,
    at,
    contrast,
    decision,
    said,
    steroid,
    target,
)

OK, NA = ("OK", None), ("NA", None)
STOP_0, STOP_1, STOP_2, DECIDE = ("STOP", "O0"), ("STOP", "O1"), ("STOP", "O2"), ("DECIDE", "O1")
LIDOCAINE = anaesthetic("lidocaine", "1 %", "1 mL", "10 mg")


def asked(rule: str, told: Data, **more: Any) -> tuple[str, str | None]:
    return said(decision(rule, assess("anaesthetics", ANAESTHETICS | told, **more)))


# --- AN-1 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("1961-11-26", "2026-11-26", 65), ("1961-11-27", "2026-11-26", 64), ("1960-11-26", "2026-11-26", 66),
        ("1960-11-27", "2026-11-26", 65), ("1960-02-29", "2026-02-28", 65), ("1960-02-29", "2026-03-01", 66),
        ("1960-02-29", "2028-02-28", 67), ("1960-02-29", "2028-02-29", 68), ("2026-11-26", "2026-11-26", 0),
        ("2026-11-27", "2026-11-26", -1),
    ],
)  # fmt: skip
def test_age_in_completed_years(born: str, on: str, age: int) -> None:
    assert completed_years(date.fromisoformat(born), date.fromisoformat(on)) == age


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.dates(date(1900, 1, 1), date(2030, 12, 31)))
def test_age_counts_birthdays(born: date, on: date) -> None:
    """As many years as birthdays have been reached; that of 29 February is 1 March in common years."""
    if on < born:
        born, on = on, born
    reached = 0
    while reached < 200:
        year = born.year + reached + 1
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        birthday = (
            date(year, 3, 1) if (born.month, born.day) == (2, 29) and not leap else date(year, born.month, born.day)
        )
        if birthday > on:
            break
        reached += 1
    assert completed_years(born, on) == reached


@pytest.mark.parametrize(
    ("born", "without_reason", "with_reason"),
    [
        ("1961-11-27", OK, OK),
        ("1961-11-26", OK, OK),
        ("1960-11-27", OK, OK),
        ("1960-11-26", DECIDE, OK),
        ("1930-01-01", DECIDE, OK),
        ("1906-11-27", DECIDE, OK),
        ("1905-11-26", STOP_1, STOP_1),
    ],
)
def test_from_66_on_lidocaine_is_considered_and_the_choice_recorded(
    born: str, without_reason: tuple[str, str], with_reason: tuple[str, str]
) -> None:
    for drug in (anaesthetic(), LIDOCAINE):
        told = {"patient": {"born": date.fromisoformat(born)}, "targets": [target(contrast(), drug)]}
        assert asked("AN-1", told) == without_reason
        assert asked("AN-1", told | {"choice": {"reason": "lives on the third floor"}}) == with_reason


def test_at_exactly_65_both_readings_are_told() -> None:
    found = decision("AN-1", assess("anaesthetics", ANAESTHETICS | {"patient": {"born": date(1961, 11, 26)}}))
    assert said(found) == OK
    assert found.information == (
        "The words could also mean everybody past the 65th birthday. The lead of the site decides which reading holds.",
    )


def test_the_age_is_that_of_the_local_date_of_the_procedure() -> None:
    """23:30 UTC of the day before the birthday is the birthday in Zurich, and not in Chicago."""
    told = ANAESTHETICS | {"patient": {"born": date(1960, 11, 27)}}
    late = {"procedure": {"start": at("00:30:00", "2026-11-27")}}
    assert said(decision("AN-1", assess("anaesthetics", told | late, now=at("00:30:00", "2026-11-27")))) == DECIDE
    assert said(decision("AN-1", assess("anaesthetics", told, now=at("23:59:00")))) == OK


def test_planning_counts_the_age_on_the_booked_day() -> None:
    told = ANAESTHETICS | {"patient": {"born": date(1960, 11, 26)}}
    assert said(decision("AN-1", assess("anaesthetics", told, "plan", at("09:00:00", "2026-11-01")))) == DECIDE


@pytest.mark.parametrize(
    ("drugs", "expected"),
    [
        ([anaesthetic("ropivacaine", "0.2 %", "1 mL", "2 mg")], DECIDE),
        ([anaesthetic(), LIDOCAINE], DECIDE),
        ([anaesthetic("novocaine")], STOP_1),
        ([], STOP_1),
    ],
)
def test_another_anaesthetic_is_for_the_radiologist_and_none_at_all_is_stopped(
    drugs: list[Data], expected: tuple[str, str]
) -> None:
    assert asked("AN-1", {"targets": [target(contrast(), *drugs)]}) == expected


def test_without_a_date_of_birth_nothing_passes() -> None:
    assert asked("AN-1", {"patient": {}}) == STOP_1
    assert asked("AN-1", {"patient": {}}, occasion="plan") == STOP_1


def test_no_anaesthetic_with_its_reason_has_no_age_rule() -> None:
    told = {"targets": [target(contrast()) | {"no_anaesthetic": "patient's wish"}]}
    assert asked("AN-1", told) == NA
    assert asked("AN-2", told) == NA


# --- AN-2, ST-9 ----------------------------------------------------------------------------------------------------

SET = {"bupivacaine_percent": 1, "bupivacaine_ml": 2}


@pytest.mark.parametrize(
    ("drug", "expected"),
    [
        (anaesthetic("Marcaine", "1 %", "2 mL", "20 mg"), OK),
        (anaesthetic("bupivacaine", "10 mg/mL", "2 mL", "20 mg"), OK),
        (anaesthetic("bupivacaine", "1 %", "2.1 mL", "21 mg"), DECIDE),
        (anaesthetic("bupivacaine", "0.1 %", "2 mL", "2 mg"), DECIDE),
        (LIDOCAINE, DECIDE),
        (anaesthetic("ropivacaine", "1 %", "2 mL", "20 mg"), DECIDE),
        (anaesthetic("novocaine", "1 %", "2 mL", "20 mg"), STOP_1),
        ({"kind": "anaesthetic", "product": "bupivacaine", "strength": "1 %"}, STOP_1),
    ],
)
def test_strength_and_volume_are_those_the_site_has_set(drug: Data, expected: tuple[str, str]) -> None:
    assert asked("AN-2", {"targets": [target(contrast(), drug)]}, parameters=SET) == expected


def test_without_a_value_of_the_site_the_radiologist_decides() -> None:
    for parameters in ({}, {"bupivacaine_percent": 1}, {"bupivacaine_ml": 2}):
        assert asked("AN-2", {}, parameters=parameters) == DECIDE


@pytest.mark.parametrize(
    ("drugs", "expected", "shown"),
    [
        ([contrast(), anaesthetic("ropivacaine", "0.2 %", "1 mL", "2 mg")], OK, "0.2 % × 1 mL = 2 mg."),
        ([contrast(), anaesthetic("bupivacaine", "0.25 %", "2 mL", "5 mg")], OK, "300 mg I/mL × 0.5 mL = 150 mg I."),
        ([contrast(mass="15 mg I"), anaesthetic()], STOP_0, "That makes 150 mg I."),
        ([contrast(mass="150 mg"), anaesthetic()], STOP_0, "150 mg; 300 mg I/mL × 0.5 mL."),
        ([contrast(), anaesthetic("bupivacaine", "0.25 %", "1 mL", "0.25 mg")], STOP_0, "That makes 2.5 mg."),
        ([anaesthetic()], STOP_0, "Nobody has said what is given"),
    ],
)
def test_amounts_of_anaesthetic_and_contrast_agree(drugs: list[Data], expected: tuple[str, str], shown: str) -> None:
    found = decision("ST-9", assess("anaesthetics", ANAESTHETICS | {"targets": [target(*drugs)]}))
    assert said(found) == expected
    assert any(shown in reason for reason in found.reasons)


# --- AN-3, AN-4 ----------------------------------------------------------------------------------------------------

PLAIN = {"targets": [target(contrast(), anaesthetic(), steroid())]}


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("latex", OK),
        ("penicillin", OK),
        ("lidocaine", STOP_2),
        ("LIDOCAINE", STOP_2),
        ("  amide  anaesthetic", STOP_2),
        ("iodine contrast", STOP_2),
        ("Omnipaque", STOP_2),
        ("polyethylene glycol", STOP_2),
        ("benzyl alcohol", STOP_2),
        ("NKDA", STOP_0),
        ("no known drug allergies", STOP_0),
        ("something red", STOP_0),
        ("lidocain", STOP_0),
    ],
)
def test_an_allergy_is_compared_with_what_is_planned(to: str, expected: tuple[str, str]) -> None:
    assert asked("AN-3", PLAIN | {"allergies": {"told": [{"to": to}]}}) == expected


@pytest.mark.parametrize(
    ("concerns", "expected"),
    [("none of these", OK), ("anaesthetic", STOP_2), ("contrast", STOP_2), ("steroid", STOP_2)],
)
def test_an_allergy_in_other_words_passes_only_when_the_nurse_says_what_it_concerns(
    concerns: str, expected: tuple[str, str]
) -> None:
    assert asked("AN-3", PLAIN | {"allergies": {"told": [{"to": "something red", "concerns": concerns}]}}) == expected


def test_the_nurse_cannot_take_away_what_the_list_knows() -> None:
    told = {"allergies": {"told": [{"to": "lidocaine", "concerns": "none of these"}]}}
    assert asked("AN-3", PLAIN | told) == STOP_2


@pytest.mark.parametrize("allergies", [{}, {"told": []}, {"none": False}, {"none": True, "told": [{"to": "latex"}]}])
def test_allergies_that_were_not_answered_stop(allergies: Data) -> None:
    for occasion in ("arrival", "time_out", "needle_in"):
        assert asked("AN-3", PLAIN | {"allergies": allergies}, occasion=occasion) == STOP_0
    assert asked("AN-4", PLAIN | {"allergies": allergies}) == STOP_0


def test_an_allergy_waits_for_the_plan() -> None:
    told = {"allergies": {"told": [{"to": "lidocaine"}]}, "targets": [target()], "contrast": {}}
    assert asked("AN-3", told, occasion="plan") == ("HOLD", "O0")
    assert asked("AN-3", told) == STOP_0
    without = {"targets": [target() | {"no_anaesthetic": "allergy"}]}
    assert asked("AN-3", told | without) == OK


@pytest.mark.parametrize(
    ("to", "use", "expected"),
    [
        ("latex", "contrast", OK),
        ("latex", "no contrast", DECIDE),
        ("contrast", "no contrast", DECIDE),
        ("contrast", "contrast", STOP_2),
        ("contrast", None, STOP_0),
        ("latex", None, STOP_0),
        ("something red", "no contrast", STOP_0),
    ],
)
def test_contrast(to: str, use: str | None, expected: tuple[str, str]) -> None:
    told = {
        "allergies": {"told": [{"to": to}]},
        "contrast": {"use": use} if use else {},
        "targets": [target(anaesthetic())],
    }
    found = decision("AN-4", assess("anaesthetics", ANAESTHETICS | told))
    assert said(found) == expected
    flag = "No contrast: this injection is kept apart in analyses of contrast."
    assert (flag in found.alerts) == (expected == DECIDE)


def test_no_contrast_with_contrast_drawn_up_is_stopped() -> None:
    assert asked("AN-4", {"contrast": {"use": "no contrast"}}) == STOP_0


def test_everything_in_order_passes_at_every_gate() -> None:
    for occasion in ("plan", "arrival", "time_out", "needle_in", "discharge"):
        assert assess("anaesthetics", ANAESTHETICS, occasion).outcome.value == "OK"

"""The time-out (G-TIMEOUT, H02, H15): two people, two roles, one plan, and every source says the same side."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from foramen.clinic.domain.errors import GateError, NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.models import Delegation, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import L5_LEFT, Hospital
from tests.clinic.treatment import DRUGS, TIME_OUT, Day

RIGHT = L5_LEFT | {"side": "right"}
WHY = {"why": "the pain has changed over to the right"}


def ready(hospital: Hospital, **instead: Any) -> Day:
    return Day(hospital).walk("sign_time_out/technologist", **instead)


# --- the wrong side, by whichever source says it ---


def order_says_right(hospital: Hospital) -> Day:
    day = Day(hospital)
    hospital.sign(
        day.visit, "order", "07:30", Role.RADIOLOGIST, {"targets": [RIGHT], "modality": "fluoroscopy"}, visit=None
    )
    day.arrive().do("plan_session", at="08:41", act={"why": "the order says right, everything else left"})
    return day.walk("sign_time_out/technologist", plan_session=None)


def order_says_another_root(hospital: Hospital) -> Day:
    day = Day(hospital)
    hospital.sign(
        day.visit, "order", "07:30", Role.RADIOLOGIST,
        {"targets": [L5_LEFT | {"root": "S1"}], "modality": "fluoroscopy"}, visit=None,
    )  # fmt: skip
    day.arrive().do("plan_session", at="08:41", act={"why": "the order says S1, everything else L5"})
    return day.walk("sign_time_out/technologist", plan_session=None)


def consent_is_of_the_plan_before(hospital: Hospital) -> Day:
    day = ready(hospital)
    day.do("plan_session", number=2, targets=[RIGHT | {"drugs": DRUGS}], act=WHY)
    return day


def imaging_says_right(hospital: Hospital) -> Day:
    return ready(hospital, determine_level={"imaging": [{"root": "L5", "side": "right"}]})


def imaging_says_another_root(hospital: Hospital) -> Day:
    return ready(hospital, determine_level={"imaging": [{"root": "L4", "side": "left"}]})


def patient_says_right(hospital: Hospital) -> Day:
    return ready(hospital, determine_level={"patient_says": [{"side": "right"}]})


def patient_says_both(hospital: Hospital) -> Day:
    return ready(hospital, determine_level={"patient_says": [{"side": "left"}, {"side": "right"}]})


@pytest.mark.requirement("H02")
@pytest.mark.parametrize(
    "source",
    [
        order_says_right, order_says_another_root, consent_is_of_the_plan_before, imaging_says_right,
        imaging_says_another_root, patient_says_right, patient_says_both,
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", ["technologist", "radiologist"])
def test_no_time_out_while_one_source_says_something_else(
    hospital: Hospital, source: Callable[[Hospital], Day], who: str
) -> None:
    day = source(hospital)
    with pytest.raises(GateError) as refused:
        day.do(f"sign_time_out/{who}", at="09:07", plan=day.now.plan)
    assert "G-LEVEL" in {one["rule"] for one in refused.value.decisions}
    assert not day.facts.has(f"time_out_{who}")


@pytest.mark.parametrize("item", ["procedure", "level", "side", "allergies", "consent", "images"])
def test_one_item_that_differs_stops_the_time_out(hospital: Hospital, item: str) -> None:
    day = ready(hospital)
    with pytest.raises(WrongInputError) as refused:
        day.do("sign_time_out/technologist", **{item: "differs"})
    assert [one.where for one in refused.value.faults] == [item]
    assert "do the time-out again" in refused.value.faults[0].remedy
    assert not day.facts.has("time_out_technologist")


@pytest.mark.requirement("H02")
def test_a_plan_that_changes_after_the_time_out_takes_it_away(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    day.do("plan_session", number=2, targets=[RIGHT | {"drugs": DRUGS}], act=WHY)
    day.do("sign_consent", plan=2, targets=[RIGHT])
    day.do("ask_consent_again")
    side = {"imaging": [{"root": "L5", "side": "right"}], "patient_says": [{"side": "right"}]}
    day.do("determine_level", **side)
    with pytest.raises(GateError) as refused:
        day.do("needle_in")
    assert "G-TIMEOUT" in {one["rule"] for one in refused.value.decisions}
    assert day.now.needle_in_at is None


def test_a_time_out_is_of_the_plan_in_force(hospital: Hospital) -> None:
    day = ready(hospital)
    with pytest.raises(WrongInputError) as refused:
        day.do("sign_time_out/technologist", plan=2)
    assert refused.value.faults[0].where == "plan"


# --- two people, two roles ---


@pytest.mark.requirement("H15")
@pytest.mark.parametrize("who", ["dahl", "lind", "hale", "roe"])
def test_neither_nurse_nor_anybody_else_signs(hospital: Hospital, who: str) -> None:
    day = ready(hospital)
    with pytest.raises(NotAllowedError):
        day.do("sign_time_out/technologist", who=who)


@pytest.mark.parametrize("who", ["ito", "vance"])
def test_another_radiologist_than_the_performing_one_does_not_sign(hospital: Hospital, who: str) -> None:
    day = ready(hospital)
    with pytest.raises(NotAllowedError, match="Okafor"):
        day.do("sign_time_out/radiologist", who=who)


@pytest.mark.requirement("H15")
def test_one_person_with_both_roles_and_two_sessions_is_one_person(hospital: Hospital) -> None:
    """Whatever the person says to be, an account signs once: as the one who performs."""
    Delegation.objects.create(
        person=hospital.people["okafor"], site=hospital.site, role=Role.TECHNOLOGIST, first_day="2025-01-01"
    )
    day = ready(hospital)
    day.do("sign_time_out/technologist", who="okafor")
    day.do("sign_time_out/radiologist", who="okafor", act={"channel": "api"})
    assert (day.facts.has("time_out_technologist"), day.facts.has("time_out_radiologist")) == (False, True)
    with pytest.raises(OutOfOrderError, match="technologist"):
        day.do("needle_in")


def test_who_has_signed_in_one_role_does_not_sign_in_the_other(hospital: Hospital) -> None:
    """The technologist becomes the performing radiologist between the two signatures."""
    Delegation.objects.create(
        person=hospital.people["ferro"], site=hospital.site, role=Role.RADIOLOGIST, first_day="2025-01-01"
    )
    day = ready(hospital)
    day.do("sign_time_out/technologist")
    save_changes(day.now, radiologist=hospital.people["ferro"])
    with pytest.raises(NotAllowedError, match="two people"):
        day.do("sign_time_out/radiologist", who="ferro")
    assert not day.facts.has("time_out_radiologist")


def test_the_same_technologist_twice_is_no_time_out(hospital: Hospital) -> None:
    day = ready(hospital)
    day.do("sign_time_out/technologist")
    day.do("sign_time_out/technologist")
    with pytest.raises(OutOfOrderError, match="radiologist"):
        day.do("needle_in")


# --- patient, room, time ---


@pytest.mark.requirement("H01")
@pytest.mark.parametrize(
    "identifiers", [[], ["name"], ["name", "name"], ["date of birth", "address"], ["photograph", "address"]]
)
def test_two_identifiers_one_of_them_name_or_number(hospital: Hospital, identifiers: list[str]) -> None:
    day = ready(hospital)
    with pytest.raises(WrongInputError) as refused:
        day.do("sign_time_out/technologist", identifiers=identifiers)
    assert refused.value.faults[0].where == "identifiers"


@pytest.mark.requirement("H15")
@pytest.mark.parametrize("name", ["at", "happened_at", "signed"])
@pytest.mark.parametrize("verb", ["sign_time_out", "needle_in", "needle_out"])
def test_no_time_can_be_typed(verb: str, name: str) -> None:
    content = VERBS[verb].content
    said = TIME_OUT if verb == "sign_time_out" else {}
    content.model_validate(said, strict=False)
    with pytest.raises(ValidationError):
        content.model_validate(said | {name: "2026-11-26T09:00:00+01:00"}, strict=False)


def test_the_room_is_the_one_that_the_server_knows(hospital: Hospital) -> None:
    """Signed in one room and moved to another: the time-out does not go with the patient."""
    day = Day(hospital).walk("needle_in")
    save_changes(day.now, room=hospital.rooms["fl2"])
    with pytest.raises(GateError) as refused:
        day.do("needle_in")
    assert {one["rule"] for one in refused.value.decisions} == {"G-TIMEOUT"}


@pytest.mark.parametrize(("at", "passes"), [("09:23", True), ("09:24", False)])
def test_a_time_out_holds_for_fifteen_minutes_from_its_second_signature(
    hospital: Hospital, at: str, passes: bool
) -> None:
    day = Day(hospital).walk("needle_in")
    if passes:
        day.do("needle_in", at=at)
        assert day.now.state == Visit.State.ROOM
        return
    with pytest.raises(GateError) as refused:
        day.do("needle_in", at=at)
    assert {one["rule"] for one in refused.value.decisions} == {"G-TIMEOUT"}


def test_a_time_out_is_stored_with_the_instant_of_the_server(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    signed = [day.facts.last(f"time_out_{who}") for who in ("technologist", "radiologist")]
    assert [(one.fact.happened_at, one.fact.late) for one in signed if one] == [
        (hospital.local("09:07"), False), (hospital.local("09:08"), False),
    ]  # fmt: skip

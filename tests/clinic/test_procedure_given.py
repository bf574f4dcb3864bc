"""What was given (CLINICAL.md 3, H10, H11) beside the plan, refused where it cannot be; and the radiation (H26)."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from foramen.clinic.domain.errors import GateError, OutOfOrderError, WrongInputError
from foramen.clinic.facts.procedure import DOSE_UNITS, Deviation, DoseValue, TargetGiven, dose_in_base
from foramen.clinic.models import Judgement, Room, Visit
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import BUPIVACAINE, CONTRAST, DEXAMETHASONE, L5_LEFT, Hospital
from tests.clinic.treatment import Day

S1_LEFT = L5_LEFT | {"root": "S1"}
HALF = DEXAMETHASONE | {"volume": "0.5 mL", "mass": "5 mg"}
TRIAMCINOLONE = {
    "kind": "steroid", "product": "triamcinolone", "strength": "40 mg/mL", "volume": "1 mL", "mass": "40 mg",
}  # fmt: skip
RECOVERY = (
    ("needle_out", "09:20"), ("score_pain/after", "09:30"), ("end_observation", "09:55"), ("test_walk", "09:56"),
    ("tell_way_home", "09:57"), ("give_instructions", "09:58"),
)  # fmt: skip
WHY = {"why": "drawn up by mistake, noticed afterwards"}


def steroid(**changes: str) -> list[dict[str, str]]:
    return [DEXAMETHASONE | changes, BUPIVACAINE, CONTRAST]


def in_the_room(hospital: Hospital) -> Day:
    return Day(hospital).walk("record_given")


# --- mass = strength × volume ---


@pytest.mark.requirement("H11")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"volume": "0.5 mL", "mass": "50 mg"}, "50 mg is not 10 mg/mL × 0.5 mL = 5 mg"),
        ({"mass": "1 mg"}, "1 mg is not 10 mg/mL × 1 mL = 10 mg"),
        ({"mass": "100 mg"}, "100 mg is not 10 mg/mL × 1 mL = 10 mg"),
        ({"mass": "1 g"}, "1 g is not 10 mg/mL × 1 mL = 10 mg"),
        ({"mass": "10.2 mg"}, "10.2 mg is not 10 mg/mL × 1 mL = 10 mg"),
        ({"volume": "0 mL"}, "cannot be compared"),
        ({"strength": "300 mg I/mL"}, "cannot be compared"),
    ],
)
@pytest.mark.parametrize("verb", ["record_given", "plan_session"])
def test_a_mass_that_cannot_be_is_refused_at_its_field(
    hospital: Hospital, changes: dict[str, str], told: str, verb: str
) -> None:
    """The error of the page in the room; nobody can override it (ST-4), planned or given, with a reason or without."""
    day = Day(hospital).walk(verb) if verb == "record_given" else Day(hospital).arrive()
    drugs = steroid(**changes)
    said: dict[str, Any] = {"drugs": drugs}
    if verb == "plan_session":
        said = {"targets": [L5_LEFT | {"drugs": drugs}]}
    for act in ({}, WHY):
        with pytest.raises(WrongInputError) as refused:
            day.do(verb, act=act, **said)
        fault = refused.value.faults[0]
        assert fault.where == ("drugs.0.mass" if verb == "record_given" else "targets.0.drugs.0.mass")
        assert told in fault.what
        assert "nobody can override" in fault.remedy
    assert not day.facts.has("given")


@pytest.mark.requirement("H11")
@pytest.mark.parametrize("mass", ["5", "5,0 mg", "5e0 mg", "-5 mg", "NaN mg", "5 cc", "5 units", "٥ mg"])
def test_an_amount_without_a_plain_number_and_a_unit_is_no_amount(hospital: Hospital, mass: str) -> None:
    day = in_the_room(hospital)
    with pytest.raises(ValidationError):
        day.do("record_given", drugs=steroid(mass=mass))


def test_a_mass_within_one_percent_is_taken(hospital: Hospital) -> None:
    day = in_the_room(hospital)
    drugs = steroid(volume="0.99 mL", mass="9.9 mg")
    day.do("record_given", drugs=[drugs[0], BUPIVACAINE | {"mass": "2.52 mg"}, CONTRAST])
    assert day.facts.has("given")


# --- planned and given ---


def test_what_was_given_is_stored_beside_the_plan(hospital: Hospital) -> None:
    day = in_the_room(hospital)
    day.do("record_given", drugs=steroid(volume="0.8 mL", mass="8 mg"))
    given, plan = day.facts.content("given", TargetGiven), day.facts.last("plan")
    assert given is not None
    assert plan is not None
    assert given.drugs[0].mass == "8 mg"
    assert plan.fact.content["targets"][0]["drugs"][0]["mass"] == "10 mg"


def test_a_target_is_recorded_once(hospital: Hospital) -> None:
    day = in_the_room(hospital)
    day.do("record_given")
    with pytest.raises(WrongInputError, match="recorded already"):
        day.do("record_given")


def test_each_kind_of_drug_is_there_or_it_is_said_why_not(hospital: Hospital) -> None:
    day = in_the_room(hospital)
    with pytest.raises(WrongInputError) as refused:
        day.do("record_given", drugs=[BUPIVACAINE])
    assert [one.where for one in refused.value.faults] == ["no_steroid", "no_contrast"]
    day.do("record_given", drugs=[BUPIVACAINE], no_steroid="diagnostic block", no_contrast="seen well without")
    assert day.facts.has("given")


def test_two_targets_share_the_dose_and_the_first_can_be_saved_alone(hospital: Hospital) -> None:
    """L5 and S1 left, 5 mg each. In the page's error the second one has 50 mg typed for 5 mg."""
    day = Day(hospital)
    order = {"targets": [L5_LEFT, S1_LEFT], "modality": "fluoroscopy"}
    hospital.sign(day.visit, "order", "07:30", Role.RADIOLOGIST, order, visit=None)
    day.arrive()
    both = [spot | {"drugs": [HALF, BUPIVACAINE, CONTRAST]} for spot in (L5_LEFT, S1_LEFT)]
    day.do("plan_session", at="08:41", targets=both)
    consent = {"targets": [L5_LEFT, S1_LEFT]}
    level = {"imaging": [{"root": "L5", "side": "left"}, {"root": "S1", "side": "left"}]}
    day.walk("record_given", plan_session=None, sign_consent=consent, determine_level=level)
    day.do("record_given", number=1, drugs=[HALF, BUPIVACAINE, CONTRAST])
    with pytest.raises(WrongInputError, match="50 mg is not"):
        day.do("record_given", number=2, spot=S1_LEFT, drugs=[HALF | {"mass": "50 mg"}, BUPIVACAINE, CONTRAST])
    for name, at in RECOVERY:
        day.do(name, at=at)
    assert day.now.state == Visit.State.RECOVERY
    with pytest.raises(OutOfOrderError, match="S1 root left"):
        day.do("discharge", at="10:00")
    day.do("record_given", number=2, spot=S1_LEFT, drugs=[HALF, BUPIVACAINE, CONTRAST])
    day.do("discharge", at="10:01")
    assert day.now.state == Visit.State.HOME


# --- another place than the planned one ---


@pytest.mark.parametrize("spot", [L5_LEFT | {"side": "right"}, S1_LEFT, L5_LEFT | {"route": "interlaminar"}])
def test_another_place_is_recorded_only_with_a_reason_and_as_a_deviation(
    hospital: Hospital, spot: dict[str, str]
) -> None:
    day = in_the_room(hospital)
    with pytest.raises(WrongInputError) as refused:
        day.do("record_given", spot=spot)
    assert refused.value.faults[0].where == "spot"
    assert not day.facts.has("given")
    day.do("record_given", spot=spot, act=WHY)
    deviation = day.facts.content("deviation", Deviation)
    assert deviation is not None
    assert (deviation.adverse, deviation.reason) == (True, WHY["why"])


# --- what nobody may plan ---

CERVICAL = {"root": "C6", "side": "left", "route": "transforaminal"}


@pytest.mark.requirement("H10")
@pytest.mark.parametrize("product", ["triamcinolone", "methylprednisolone acetate", "Kenalog", "betamethasone"])
@pytest.mark.parametrize("spot", [CERVICAL, CERVICAL | {"root": "T4"}])
def test_a_particulate_steroid_for_a_cervical_or_thoracic_foramen_is_never_planned(
    hospital: Hospital, product: str, spot: dict[str, str]
) -> None:
    """H10, on the server: whoever plans, and with whatever reason."""
    day = Day(hospital).arrive()
    drugs = [TRIAMCINOLONE | {"product": product}, BUPIVACAINE, CONTRAST]
    with pytest.raises(WrongInputError) as refused:
        day.do("plan_session", targets=[spot | {"drugs": drugs}], act=WHY)
    assert "ST-TYPE" in [one.received for one in refused.value.faults]
    assert not day.facts.has("plan")


@pytest.mark.requirement("H11")
def test_ten_times_the_dose_is_never_planned(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    with pytest.raises(WrongInputError) as refused:
        day.do("plan_session", targets=[L5_LEFT | {"drugs": steroid(volume="10 mL", mass="100 mg")}])
    assert "ST-5" in [one.received for one in refused.value.faults]


def test_given_all_the_same_it_is_told_with_a_reason_and_kept_as_a_deviation(hospital: Hospital) -> None:
    """Ten times the dose has gone in. To refuse the record would hide it; it is asked twice, and then stored."""
    day = in_the_room(hospital)
    overdose = steroid(volume="10 mL", mass="100 mg")
    with pytest.raises(GateError) as refused:
        day.do("record_given", drugs=overdose)
    assert "ST-5" in {one["rule"] for one in refused.value.decisions}
    assert not day.facts.has("given")
    assert Judgement.objects.filter(visit=day.visit, verb="record_given", policy="steroid-dose").count() == 1
    day.do("record_given", drugs=overdose, act=WHY)
    deviation = day.facts.content("deviation", Deviation)
    assert deviation is not None
    assert (deviation.adverse, "ST-5" in deviation.rules) == (True, True)
    assert Judgement.objects.filter(visit=day.visit, verb="record_given", outcome="STOP").count() >= 2


def test_what_is_told_as_a_deviation_keeps_nobody_in_recovery_for_ever(hospital: Hospital) -> None:
    day = in_the_room(hospital)
    day.do("record_given", drugs=steroid(volume="10 mL", mass="100 mg"), act=WHY)
    for name, at in RECOVERY:
        day.do(name, at=at)
    with pytest.raises(GateError) as refused:
        day.do("discharge", at="10:00")
    left = refused.value.decisions
    assert {one["override"]["class"] for one in left} == {"O1"}
    for one in left:
        day.override(one)
    day.do("discharge", at="10:00")
    assert day.now.state == Visit.State.HOME


def test_a_deviation_that_somebody_writes_opens_no_gate(hospital: Hospital) -> None:
    """Which rules a deviation settles is said by the server, never by whoever sends the form."""
    day = in_the_room(hospital)
    day.do("note_deviation", who="ferro", what="dose", reason="as ordered", rules=["ST-5", "ST-4"], given=1)
    deviation = day.facts.content("deviation", Deviation)
    assert deviation is not None
    assert (deviation.rules, deviation.given) == ([], 0)


# --- radiation ---

DAP, TIME, KERMA = "dose-area product", "fluoroscopy time", "air kerma at the reference point"


def typed(*values: tuple[str, str, str]) -> dict[str, Any]:
    return {"values": [{"quantity": quantity, "value": value, "unit": unit} for quantity, value, unit in values]}


@pytest.mark.requirement("H26")
@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("486", "mGy·cm²"), ("48.6", "cGy·cm²"), ("4.86", "dGy·cm²"), ("0.486", "Gy·cm²"), ("48.6", "µGy·m²"),
        ("0.0486", "Gy·m²"),
    ],
)  # fmt: skip
def test_one_exposure_in_six_units_is_one_number(value: str, unit: str) -> None:
    """H26. The last one is a thousandth of the others in its unit: 1 Gy·m² = 10 000 000 mGy·cm²."""
    found = dose_in_base(DoseValue(quantity=DAP, value=value, unit=unit))
    assert found == ((Decimal(486_000), "mGy·cm²") if unit == "Gy·m²" else (Decimal(486), "mGy·cm²"))


def test_a_dose_is_stored_as_it_was_typed(hospital: Hospital) -> None:
    day = in_the_room(hospital)
    day.do("type_dose", who="ferro", **typed((DAP, "48.6", "µGy·m²"), (TIME, "41", "s"), (KERMA, "0.0039", "Gy")))
    dose = day.facts.last("dose")
    assert dose is not None
    assert [(one["value"], one["unit"]) for one in dose.fact.content["values"]] == [
        ("48.6", "µGy·m²"), ("41", "s"), ("0.0039", "Gy"),
    ]  # fmt: skip


def test_a_dose_may_come_after_the_patient_has_gone_but_is_typed_once(hospital: Hospital) -> None:
    day = Day(hospital).walk("discharge")
    day.do("discharge", at="10:00")
    day.do("type_dose", who="ferro", at="10:05", **typed((TIME, "41", "s")))
    with pytest.raises(OutOfOrderError, match="correct the record"):
        day.do("type_dose", who="ferro", **typed((TIME, "42", "s")))


@pytest.mark.parametrize("modality", ["CT", "ultrasound"])
def test_each_room_tells_its_own_quantities(hospital: Hospital, modality: str) -> None:
    """Dose-area product is of fluoroscopy alone, CTDIvol of CT alone; ultrasound has no radiation."""
    day = in_the_room(hospital)
    Room.objects.filter(pk=day.visit.room_id).update(modality=modality)
    with pytest.raises(WrongInputError):
        day.do("type_dose", who="ferro", **typed((DAP, "486", "mGy·cm²")))
    ct = typed(("CTDIvol", "9.5", "mGy"), ("dose-length product", "120", "mGy·cm"))
    if modality == "CT":
        day.do("type_dose", who="ferro", **ct)
    else:
        with pytest.raises(WrongInputError):
            day.do("type_dose", who="ferro", **ct)
    assert day.facts.has("dose") == (modality == "CT")


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ([(DAP, "486", "mGy")], "values.0.unit"),
        ([(DAP, "486", "mGy·cm")], "values.0.unit"),
        ([(TIME, "41", "s"), (TIME, "42", "s")], "values.1.quantity"),
        ([("CTDIvol", "10", "mGy")], "values.0.quantity"),
        ([("dose-length product", "100", "mGy·cm")], "values.0.quantity"),
    ],
)
def test_a_unit_of_something_else_and_a_quantity_of_another_room_are_refused(
    hospital: Hospital, values: list[tuple[str, str, str]], where: str
) -> None:
    day = in_the_room(hospital)
    with pytest.raises(WrongInputError) as refused:
        day.do("type_dose", who="ferro", **typed(*values), act=WHY)
    assert where in [one.where for one in refused.value.faults]
    assert not day.facts.has("dose")


@pytest.mark.parametrize(("value", "unit"), [("48.6", "Gy·cm²"), ("0.0486", "Gy·m²"), ("0.4", "mGy·cm²")])
def test_a_value_that_is_hardly_possible_is_asked_again(hospital: Hospital, value: str, unit: str) -> None:
    day = in_the_room(hospital)
    likely = unit == "Gy·cm²"
    if likely:
        day.do("type_dose", who="ferro", **typed((DAP, value, unit)))
        assert day.facts.has("dose")
        return
    with pytest.raises(WrongInputError) as refused:
        day.do("type_dose", who="ferro", **typed((DAP, value, unit)))
    assert refused.value.faults[0].where == "values.0.value"
    with pytest.raises(WrongInputError):
        day.do("type_dose", who="ferro", **typed((DAP, value, unit)), act={"why": "yes"})
    day.do("type_dose", who="ferro", **typed((DAP, value, unit)), act={"why": "read off twice, by two people"})
    assert day.facts.has("dose")


@pytest.mark.parametrize("value", ["1,5", "-1", "1e3", "NaN", "", "12345678", "1.23456"])
def test_a_dose_is_a_plain_number(hospital: Hospital, value: str) -> None:
    day = in_the_room(hospital)
    with pytest.raises(ValidationError):
        day.do("type_dose", who="ferro", **typed((DAP, value, "mGy·cm²")))


@pytest.mark.requirement("H26")
def test_unlike_quantities_share_no_unit_of_comparison() -> None:
    bases = {
        quantity: dose_in_base(DoseValue(quantity=quantity, value="1", unit=units[0]))[1]  # type: ignore[arg-type]
        for quantity, units in DOSE_UNITS.items()
    }
    assert bases == {
        DAP: "mGy·cm²", KERMA: "mGy", TIME: "s", "CTDIvol": "mGy", "dose-length product": "mGy·cm",
    }  # fmt: skip

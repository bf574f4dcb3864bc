"""Screening and arrival: two nurses at one draft, the right patient, nothing left blank, nobody past the letter."""

from typing import Any

import pytest

from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, StaleError, WrongInputError
from foramen.clinic.models import Draft, Fact, Judgement, Task, Visit
from tests.clinic.hospital import Hospital
from tests.clinic.journey import APIXABAN, IDENTITY, SCREENED, Journey, told

HERE = {"identifiers": ["name", "date of birth"]}


@pytest.fixture
def journey(hospital: Hospital) -> Journey:
    return Journey(hospital)


@pytest.fixture
def visit(journey: Journey) -> Visit:
    return journey.visit("10:00")


# --- the draft ------------------------------------------------------------------------------------------------------


def test_a_draft_holds_whatever_is_entered_so_far(journey: Journey, visit: Visit) -> None:
    journey.do("dahl", "save_screening", visit, {"version": 0, "content": {"driver": "wife", "inr": "not yet"}})
    draft = Draft.objects.get(visit=visit)
    assert (draft.content, draft.version, str(draft.saved_by)) == ({"driver": "wife", "inr": "not yet"}, 1, "R. Dahl")
    journey.do("moss", "save_screening", visit, {"version": 1, "content": {"driver": "taxi"}})
    draft.refresh_from_db()
    assert (draft.content, draft.version, str(draft.saved_by)) == ({"driver": "taxi"}, 2, "P. Moss")


def test_of_two_nurses_the_second_sees_what_the_first_saved_and_loses_nothing(journey: Journey, visit: Visit) -> None:
    first = {"allergies": ["latex, contact rash 2011", "iodinated contrast, hives 2019"]}
    journey.do("dahl", "save_screening", visit, {"version": 0, "content": {"allergies": []}})
    journey.do("dahl", "save_screening", visit, {"version": 1, "content": first})
    error = journey.refused("moss", "save_screening", visit, {"version": 1, "content": {"driver": "wife"}})
    assert isinstance(error, StaleError)
    assert error.theirs == {
        "content": first, "version": 2, "saved_by": "R. Dahl", "saved_at": journey.hospital.time.at,
    }  # fmt: skip
    assert error.faults[0].what == "R. Dahl saved this screening at 09:12 while you were typing"
    assert Draft.objects.get(visit=visit).content == first


def test_two_first_drafts_are_a_conflict_too(journey: Journey, visit: Visit) -> None:
    journey.do("dahl", "save_screening", visit, {"version": 0, "content": {"driver": "wife"}})
    error = journey.refused("moss", "save_screening", visit, {"version": 0, "content": {"driver": "taxi"}})
    assert isinstance(error, StaleError)
    assert error.theirs["content"] == {"driver": "wife"}


def test_signing_leaves_the_draft(journey: Journey, visit: Visit) -> None:
    journey.do("dahl", "save_screening", visit, {"version": 0, "content": {"driver": "wife"}})
    journey.screen(visit)
    assert Draft.objects.get(visit=visit).version == 1


# --- signing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "identity",
    [
        IDENTITY, IDENTITY | {"initials": "hj"}, IDENTITY | {"initials": "J. H."},
    ],
)  # fmt: skip
def test_the_patient_is_typed_in_either_order(journey: Journey, visit: Visit, identity: dict[str, Any]) -> None:
    journey.do("dahl", "sign_screening", visit, identity | {"screening": SCREENED})
    assert Fact.objects.filter(visit=visit, kind="screening").count() == 1


@pytest.mark.requirement("H01")
@pytest.mark.parametrize(
    "wrong", [{"initials": "JK"}, {"initials": "J"}, {"initials": "42"}, {"birth_year": 1975}, {"sex": "female"}]
)
def test_the_screening_of_somebody_else_is_not_stored(journey: Journey, visit: Visit, wrong: dict[str, Any]) -> None:
    error = journey.refused("dahl", "sign_screening", visit, IDENTITY | wrong | {"screening": SCREENED})
    assert isinstance(error, WrongInputError)
    assert told(error) == [
        ("initials", "initials, year of birth and sex are not those of this patient; nothing is stored")
    ]
    assert Fact.objects.filter(visit=visit, kind="screening").count() == 0
    assert Judgement.objects.filter(verb="sign_screening").count() == 0


def test_two_given_names_and_accents(journey: Journey) -> None:
    patient = journey.patient(given_name="Élise-Marie", family_name="de Ávila", sex="female", born="1979-06-14")
    visit = journey.visit("11:00", journey.order(patient))
    for initials in ("EA", "ED", "de", "EMDA"):
        identity = {"initials": initials, "birth_year": 1979, "sex": "female", "screening": SCREENED}
        if initials == "EA":
            journey.refused("dahl", "sign_screening", visit, identity)
        else:
            journey.do("dahl", "sign_screening", visit, identity)
    assert Fact.objects.filter(visit=visit, kind="screening").count() == 3


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"no_allergies": False}, ("allergies", "Allergies: not answered")),
        ({"allergies": ["latex"]}, ("allergies", "Allergies: a list and “none” cannot both be right")),
        ({"no_surgery": False}, ("surgery", "Earlier surgery of the spine: not answered")),
        ({"medicines": []}, ("medicines", "Blood thinners: not answered")),
        ({"no_medicines": True}, ("medicines", "Blood thinners: a list and “none” cannot both be right")),
        ({"asked_of": ""}, ("asked_of", "who answered about blood thinners is missing")),
        ({"confirmed_at": None}, ("confirmed_at", "when the list of medicines was gone through is missing")),
        ({"confirmed_at": "2026-11-26T09:13:00+01:00"}, ("confirmed_at", "this is in the future")),
        (
            {"medicines": [APIXABAN | {"last_dose_on": "2026-11-27"}]},
            ("medicines.0.last_dose_on", "this is in the future"),
        ),
        (
            {"medicines": [APIXABAN | {"last_dose_on": "2026-11-20", "last_dose_unknown": True}]},
            ("medicines.0.last_dose_at", "the last dose of Eliquis is said in two ways"),
        ),
        (
            {"inr": [{"value": "11", "at": "2026-11-26T08:00:00+01:00"}]},
            ("inr.0.value", "an INR has a decimal point: write 11.0, or 1.1 if that is what the report says"),
        ),
        (
            {"renal": {"measure": "eGFR", "value": "good", "on": "2026-11-01"}},
            ("renal.value", "this is no renal function"),
        ),
    ],
)
def test_what_is_blank_or_cannot_be_is_not_signed(
    journey: Journey, visit: Visit, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    error = journey.refused("dahl", "sign_screening", visit, IDENTITY | {"screening": SCREENED | changes})
    assert told(error) == [expected]
    assert Fact.objects.filter(visit=visit, kind="screening").count() == 0


@pytest.mark.requirement("H03")
def test_a_drug_that_nobody_recognises_may_be_signed_and_is_stopped_by_the_rules(
    journey: Journey, visit: Visit
) -> None:  # fmt: skip
    journey.screen(visit, medicines=[{"name": "Vesdrin 20"}])
    stored = Judgement.objects.get(visit=visit, verb="sign_screening", policy="antithrombotics")
    assert stored.outcome == "STOP"
    assert [one["outcome"] for one in stored.content["decisions"] if one["subject"] == "Vesdrin 20"] == ["STOP"]


def test_without_a_driver_there_is_a_task_until_one_is_named(journey: Journey, visit: Visit) -> None:
    journey.screen(visit, driver="")
    task = Task.objects.get(visit=visit)
    assert (task.label, task.state, str(task.due_on)) == ("Ask who takes the patient home", "open", "2026-11-26")
    journey.screen(visit)
    task.refresh_from_db()
    assert task.state == "done"


def test_a_nurse_cannot_sign_what_the_radiologist_decides(journey: Journey, visit: Visit) -> None:
    decided = {
        "name": "okafor", "at": "2026-11-26T09:00:00+01:00", "start": "2026-11-26T10:00:00+01:00", "words": "4 days",
    }  # fmt: skip
    aspirin = {"name": "aspirin", "indication": "secondary", "decided": decided}
    by_nurse = IDENTITY | {"screening": SCREENED | {"medicines": [aspirin]}}
    error = journey.refused("dahl", "sign_screening", visit, by_nurse)
    assert told(error) == [
        (
            "medicines.0.decided",
            "a decision on aspirin is recorded by the performing radiologist, under the own account",
        )
    ]
    assert [where for where, _ in told(journey.refused("ito", "sign_screening", visit, by_nurse))] == [
        "medicines.0.decided"
    ]
    journey.do("okafor", "sign_screening", visit, by_nurse)
    journey.do("dahl", "sign_screening", visit, by_nurse)
    assert Fact.objects.filter(visit=visit, kind="screening").count() == 2


def test_a_technologist_does_not_screen(journey: Journey, visit: Visit) -> None:
    error = journey.refused("ferro", "sign_screening", visit, IDENTITY | {"screening": SCREENED})
    assert isinstance(error, NotAllowedError)


# --- arrival --------------------------------------------------------------------------------------------------------


def test_no_step_before_arrival_is_skipped(journey: Journey, visit: Visit) -> None:
    error = journey.refused("dahl", "arrive", visit, HERE)
    assert isinstance(error, OutOfOrderError)
    assert told(error) == [("", "Arrived: first Screening, Letter")]
    journey.screen(visit)
    assert told(journey.refused("dahl", "arrive", visit, HERE)) == [("", "Arrived: first Letter")]
    assert told(journey.refused("dahl", "ask_list_again", visit, {"changed": "no"})) == [
        ("", "Medicines asked again: first Arrived")
    ]
    assert Visit.objects.get(pk=visit.pk).state == "booked"


@pytest.mark.requirement("H01")
def test_an_arrival_is_of_two_things_and_of_the_day(journey: Journey, visit: Visit) -> None:
    journey.screen(visit)
    journey.read(visit, journey.letter(visit).number)
    for identifiers in (["name"], ["address", "photograph"], ["name", "name"]):
        error = journey.refused("dahl", "arrive", visit, {"identifiers": identifiers})
        assert told(error)[0][0] == "identifiers"
    journey.at("2026-11-25T10:00")
    assert told(journey.refused("dahl", "arrive", visit, HERE)) == [
        ("", "this visit is booked for Thu 26 November 2026")
    ]
    journey.at("2026-11-26T09:20")
    journey.do("dahl", "arrive", visit, HERE)
    visit.refresh_from_db()
    assert (visit.state, visit.state_at) == ("arrived", journey.hospital.time.at)
    assert Judgement.objects.filter(visit=visit, verb="arrive", occasion="arrival").exists()
    assert told(journey.refused("dahl", "arrive", visit, HERE)) == [("", "Arrived is recorded already")]


def test_the_list_is_asked_again_on_the_day(journey: Journey, visit: Visit) -> None:
    journey.screen(visit)
    journey.read(visit, journey.letter(visit).number)
    journey.do("ferro", "arrive", visit, HERE)
    error = journey.refused("ferro", "ask_list_again", visit, {"changed": "no"})
    assert isinstance(error, NotAllowedError)
    journey.do("dahl", "ask_list_again", visit, {"changed": "yes"})
    assert Fact.objects.get(visit=visit, kind="list_again").content == {"changed": "yes"}


def test_screening_after_the_needle_is_a_correction(journey: Journey, visit: Visit) -> None:
    journey.hospital.walk(visit, "given")
    for name, content in (
        ("sign_screening", IDENTITY | {"screening": SCREENED}), ("save_screening", {"version": 0, "content": {}}),
    ):  # fmt: skip
        error = journey.refused("dahl", name, visit, content)
        assert told(error) == [("", "Screening: too late after Needle-in")]

"""H05 and H06: the letter that a patient has read tells what the plan says, or it no longer holds."""

from typing import Any

import pytest

from foramen.clinic.domain.asked import RecordProposed, RecordSigned
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Judgement, Letter, PolicyRecord, Visit
from tests.clinic.hospital import L5_LEFT, Hospital
from tests.clinic.journey import APIXABAN, DETAILS, Journey, told
from tests.clinic.test_rules_policies import text_of

THURSDAY = "2026-11-26T09:30:00"
AGREED = {
    "name": "Dr A. Sable", "role": "prescriber", "channel": "phone", "at": "2026-11-11T14:20:00+01:00",
    "start": "2026-11-26T09:30:00+01:00", "answer": "may stop",
}  # fmt: skip
HERE = {"identifiers": ["name", "date of birth"]}
ADVIL = {"name": "Advil"}
HALF = {"strength": "10 mg/mL", "volume": "1 mL", "mass": "10 mg", "kind": "steroid", "product": "dexamethasone"}
NECK = {"root": "C6", "side": "left", "route": "transforaminal"}


@pytest.fixture
def journey(hospital: Hospital) -> Journey:
    """Two weeks before the injection."""
    found = Journey(hospital)
    found.at("2026-11-12T15:10")
    return found


def told_and_read(journey: Journey, **screening: Any) -> Visit:
    """A visit of which the patient has read letter 1."""
    visit = journey.visit(THURSDAY)
    journey.screen(visit, **screening)
    journey.read(visit, journey.letter(visit).number)
    return again(visit)


def again(visit: Visit) -> Visit:
    return Visit.objects.get(pk=visit.pk)


def arrival(journey: Journey, visit: Visit) -> list[tuple[str, str]]:
    """What the desk says on the day; empty: the patient is let in."""
    journey.at("2026-11-26T08:45")
    if again(visit).letter == 1:
        journey.do("dahl", "arrive", visit, HERE)
        return []
    return told(journey.refused("dahl", "arrive", visit, HERE))


NOT_READ = [("", "the letter for 26 Nov 2026, 09:30 has not been acknowledged")]


def test_an_agreement_that_comes_later_needs_a_letter_that_says_stop(journey: Journey) -> None:
    """The first letter says not to stop it. Whoever goes by that letter is not held on the day."""
    visit = told_and_read(journey, medicines=[APIXABAN])
    journey.at("2026-11-16T10:00")
    journey.screen(visit, medicines=[APIXABAN | {"agreement": AGREED}])
    assert again(visit).letter == 2
    error = journey.refused("dahl", "acknowledge_letter", visit, {"number": 1, "how": "phone"})
    assert told(error) == [("number", "there is no letter for 26 Nov 2026, 09:30")]
    second = journey.letter(visit)
    (row,) = second.content["medicines"]
    assert (second.number, row["wait"], row["last_dose_by"]["clock"]) == (2, "", "23:59")
    assert arrival(journey, visit) == NOT_READ
    journey.at("2026-11-17T10:00")
    journey.read(visit, 2)
    journey.at("2026-11-26T08:45")
    journey.do("dahl", "arrive", visit, HERE)


CHANGED: dict[str, dict[str, Any]] = {
    "another medicine": {"medicines": [APIXABAN | {"agreement": AGREED}, {"name": "Celebrex"}]},
    "the medicine is gone": {"medicines": [], "no_medicines": True},
    "another one in its place": {"medicines": [{"name": "Xarelto", "agreement": AGREED}]},
    "the prescriber refuses now": {"medicines": [APIXABAN | {"agreement": AGREED | {"answer": "may not stop"}}]},
    "a name that nobody recognises": {"medicines": [APIXABAN | {"agreement": AGREED}, {"name": "Vesdrin"}]},
}


@pytest.mark.parametrize("screening", CHANGED.values(), ids=CHANGED)
def test_a_screening_that_changes_the_plan_takes_the_letter_with_it(
    journey: Journey, screening: dict[str, Any]
) -> None:
    visit = told_and_read(journey, medicines=[APIXABAN | {"agreement": AGREED}])
    journey.at("2026-11-16T10:00")
    journey.screen(visit, **screening)
    assert again(visit).letter == 2
    assert "letter not confirmed" in str(again(visit).readiness["why"])
    assert arrival(journey, visit) == NOT_READ


def test_a_screening_that_changes_nothing_of_the_plan_leaves_the_letter(journey: Journey) -> None:
    visit = told_and_read(journey, medicines=[APIXABAN | {"agreement": AGREED}])
    journey.at("2026-11-16T10:00")
    journey.screen(visit, medicines=[APIXABAN | {"agreement": AGREED}], driver="daughter, by car")
    journey.at("2026-11-25T10:00")
    taken = {"last_dose_at": "2026-11-22T20:00:00+01:00", "stopped": True}
    journey.screen(visit, medicines=[APIXABAN | taken | {"agreement": AGREED}])
    assert again(visit).letter == 1
    assert arrival(journey, visit) == []


def test_on_the_day_what_was_really_taken_is_for_the_gates(journey: Journey) -> None:
    visit = told_and_read(journey, medicines=[APIXABAN | {"agreement": AGREED}])
    journey.at("2026-11-26T08:30")
    journey.screen(visit, medicines=[APIXABAN | {"agreement": AGREED}, {"name": "Celebrex"}])
    assert again(visit).letter == 1


def test_another_level_that_makes_the_stratum_high_takes_the_letter_with_it(journey: Journey) -> None:
    """R7: an NSAID that may go on for a lumbar root is held for a cervical one."""
    visit = told_and_read(journey, medicines=[ADVIL])
    assert [one["word"] for one in Letter.objects.get().content["medicines"][0]["cells"]][-1] == "take"
    plan = {"number": 1, "targets": [NECK | {"drugs": [HALF]}]}
    journey.do("okafor", "plan_session", visit, plan, why="the MRI shows the neck to be the cause")
    assert again(visit).letter == 2
    assert arrival(journey, visit) == NOT_READ


def test_a_plan_for_what_was_ordered_leaves_the_letter(journey: Journey) -> None:
    visit = told_and_read(journey, medicines=[ADVIL])
    journey.do("okafor", "plan_session", visit, {"number": 1, "targets": [L5_LEFT | {"drugs": [HALF]}]})
    assert again(visit).letter == 1


def test_another_date_of_birth_takes_the_letter_with_it(journey: Journey) -> None:
    """R1: 70 years and older is high on this site, born 1957 is not."""
    visit = told_and_read(journey, medicines=[ADVIL])
    patient = visit.patient
    journey.do("lind", "change_patient", patient, DETAILS | {"born": "1947-03-02", "version": patient.version})
    assert again(visit).letter == 2


@pytest.mark.requirement("H06")
def test_a_new_version_of_the_policy_takes_the_letter_with_it_where_it_says_otherwise(journey: Journey) -> None:
    """H06, the second half: the patient was told to go on; by the new record the drug is held."""
    visit, other = told_and_read(journey, medicines=[ADVIL]), journey.patient(number="4158 2094")
    still = journey.visit("2026-11-26T11:00:00", journey.order(other))
    journey.screen(still, medicines=[APIXABAN | {"agreement": AGREED | {"start": "2026-11-26T11:00:00+01:00"}}])
    journey.read(still, journey.letter(still).number)
    text = text_of("antithrombotics").replace("old_age_years = 70", "old_age_years = 60")
    proposed = RecordProposed(policy="antithrombotics", text=text)
    act = journey.hospital.act
    key = perform(act("vance"), "propose_record", journey.hospital.site.pk, proposed).key
    for who in ("vance", "okafor"):
        version = PolicyRecord.objects.get(pk=key).version
        perform(act(who), "sign_record", key, RecordSigned(version=version))
    assert (again(visit).letter, again(still).letter) == (2, 1)
    assert visit.tasks.filter(kind="policy antithrombotics", state="open").count() == 1
    assert arrival(journey, visit) == NOT_READ


@pytest.mark.requirement("H05")
def test_h05_three_moves_over_held_is_seen_while_planning(journey: Journey) -> None:
    """75 hours are asked; more than 147 are over-held. The last dose was on Sunday evening, and the visit moves on."""
    visit = journey.visit(THURSDAY)
    journey.at("2026-11-24T09:00")
    taken = APIXABAN | {"last_dose_at": "2026-11-22T20:00:00+01:00", "stopped": True, "agreement": AGREED}
    journey.screen(visit, medicines=[taken])
    seen = []
    for minute, start in enumerate(("2026-11-27T09:30:00", "2026-11-30T09:30:00", "2026-11-27T10:00:00")):
        journey.at(f"2026-11-24T09:0{minute + 1}")
        journey.do("lind", "move", visit, journey.slot(start, version=again(visit).version, reason="room is closed"))
        blood = next(one for one in again(visit).readiness["cells"] if one["name"] == "Blood")
        seen.append("Over-held: off apixaban for" in blood["says"])
    assert seen == [False, True, False]
    stored = Judgement.objects.filter(visit=visit, verb="move", policy="antithrombotics").order_by("asked_at")
    assert [any("Over-held" in text for text in _alerts(one)) for one in stored] == [False, True, False]


def _alerts(stored: Judgement) -> list[str]:
    return [text for one in stored.content["decisions"] for text in one["alerts"]]

"""From needle-out to the way home: observation, walking, restarts, and what keeps a patient here (H14)."""

from typing import Any

import pytest

from foramen.catalogue.instants import Moment
from foramen.clinic.domain.errors import GateError, OutOfOrderError, WrongInputError
from foramen.clinic.facts.recovery import InstructionsGiven
from foramen.clinic.models import Letter, Outgoing, Visit
from foramen.clinic.records.facts import Known
from foramen.clinic.rules import gates
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import PARTS, Day

CLOPIDOGREL = {
    "name": "clopidogrel", "dose": "75 mg", "indication": "secondary", "last_dose_at": "2026-11-18T08:00:00+01:00",
    "stopped": True, "loading_dose": "no",
    "agreement": {
        "name": "Dr E. Marsh", "role": "prescriber", "channel": "phone", "at": "2026-11-12T10:00:00+01:00",
        "start": "2026-11-26T09:30:00+01:00", "answer": "may stop", "thromboembolic_risk": "not high",
    },
}  # fmt: skip
HELD = {"no_medicines": False, "medicines": [CLOPIDOGREL], "thromboembolic_risk": "not high"}


def rules(refused: GateError) -> set[str]:
    return {str(one["rule"]) for one in refused.decisions}


def held(hospital: Hospital, until: str) -> Day:
    """A patient whose clopidogrel was stopped in time."""
    return Day(hospital).arrive(**HELD).walk(until)


# --- observation and walking ---


@pytest.mark.parametrize(("at", "ends"), [("09:49", False), ("09:50", True)])
def test_observation_lasts_as_long_as_the_site_has_set(hospital: Hospital, at: str, ends: bool) -> None:
    """30 minutes from needle-out at 09:20."""
    day = Day(hospital).walk("end_observation")
    if ends:
        day.do("end_observation", at=at)
        assert day.facts.has("observed")
        return
    with pytest.raises(GateError) as refused:
        day.do("end_observation", at=at)
    assert rules(refused.value) == {"G-OBS"}
    assert refused.value.decisions[0]["until"]["utc"] == "2026-11-26T08:50:00+00:00"
    assert not day.facts.has("observed")


def test_the_radiologist_may_end_it_sooner_with_a_reason(hospital: Hospital) -> None:
    day = Day(hospital).walk("end_observation")
    with pytest.raises(GateError) as refused:
        day.do("end_observation", at="09:40")
    day.override(refused.value.decisions[0])
    day.do("end_observation")
    assert day.facts.has("observed")


def test_who_does_not_walk_is_observed_further_before_the_next_test(hospital: Hospital) -> None:
    day = Day(hospital).walk("test_walk")
    day.do("test_walk", at="09:56", walks="no", motor_weakness="yes")
    with pytest.raises(OutOfOrderError, match="observe further"):
        day.do("test_walk", at="09:58")
    day.do("end_observation", at="10:20")
    day.do("test_walk", at="10:21")
    assert day.now.state == Visit.State.RECOVERY
    assert len([1 for one in day.facts.each("walks")]) == 2


@pytest.mark.requirement("H14")
def test_nobody_goes_home_who_did_not_walk(hospital: Hospital) -> None:
    day = Day(hospital).walk("discharge", test_walk={"walks": "no"})
    with pytest.raises(GateError) as refused:
        day.do("discharge", at="10:00")
    assert "G-AMB" in rules(refused.value)
    assert {one["override"]["class"] for one in refused.value.decisions if one["rule"] == "G-AMB"} == {"O0"}


def test_events_in_recovery_are_noted_until_the_patient_goes(hospital: Hospital) -> None:
    day = Day(hospital).walk("score_pain/after")
    day.do("note_event", who="dahl", what="pale and faint, legs up, better after 5 min")
    day.do("note_event", who="dahl", what="drank a glass of water")
    assert len(day.facts.each("observation_event")) == 2


# --- the way home ---


@pytest.mark.parametrize(("leaves_out", "rule"), [("tell_way_home", "G-DRIVER"), ("give_instructions", "G-DC")])
def test_discharge_waits_for_everything(hospital: Hospital, leaves_out: str, rule: str) -> None:
    day = Day(hospital).walk("discharge", **{leaves_out: None})
    with pytest.raises(GateError) as refused:
        day.do("discharge", at="10:00")
    assert rules(refused.value) == {rule}
    assert (day.now.state, day.facts.has("discharge")) == (Visit.State.RECOVERY, False)
    assert not Letter.objects.filter(visit=day.visit, kind="procedure").exists()
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("leaves_out", ["score_pain_after", "end_observation", "test_walk", "record_given"])
def test_discharge_skips_no_step(hospital: Hospital, leaves_out: str) -> None:
    day = Day(hospital).walk(leaves_out.replace("score_pain_after", "score_pain/after"))
    with pytest.raises(OutOfOrderError):
        day.do("discharge", at="10:00")


def test_nobody_takes_the_patient_home(hospital: Hospital) -> None:
    day = Day(hospital).walk("discharge", tell_way_home={"how": "none", "person": ""})
    with pytest.raises(GateError) as refused:
        day.do("discharge", at="10:00")
    assert rules(refused.value) == {"G-DRIVER"}
    with pytest.raises(WrongInputError) as nameless:
        day.do("tell_way_home", person="")
    assert nameless.value.faults[0].where == "person"
    day.do("tell_way_home")
    day.do("discharge")
    assert day.now.state == Visit.State.HOME


@pytest.mark.parametrize("part", PARTS[:4] + PARTS[5:])
def test_instructions_hold_every_part(hospital: Hospital, part: str) -> None:
    day = Day(hospital).walk("discharge", give_instructions={"parts": [one for one in PARTS if one != part]})
    with pytest.raises(GateError) as refused:
        day.do("discharge", at="10:00")
    assert rules(refused.value) == {"G-DC"}
    assert part in " ".join(refused.value.decisions[0]["reasons"])


def test_a_patient_at_home_has_gone(hospital: Hospital) -> None:
    day = Day(hospital).walk("discharge")
    day.do("discharge", at="10:00")
    with pytest.raises(OutOfOrderError):
        day.do("discharge")
    with pytest.raises(OutOfOrderError, match="too late"):
        day.do("note_event", who="dahl", what="called from home")


def test_the_letter_to_the_referrer_goes_out_with_the_discharge(hospital: Hospital) -> None:
    day = Day(hospital).walk("discharge")
    assert not Outgoing.objects.exists()
    day.do("discharge", at="10:00")
    letter = Letter.objects.get(visit=day.visit, kind=Letter.Kind.PROCEDURE)
    assert letter.content["to"] == "Dr J. Whitlow"
    assert [one.content for one in Outgoing.objects.all()] == [{"letter": str(letter.pk)}]


# --- restarts ---


def restarts(day: Day) -> list[tuple[str, str, str]]:
    instructions: Known | None = day.facts.last("instructions")
    assert instructions is not None
    assert isinstance(instructions.content, InstructionsGiven)
    sheet = Letter.objects.get(visit=day.visit, kind="restart", number=instructions.content.letter)
    return [(one["drug"], one["earliest"], one["usual"]) for one in sheet.content["restarts"]]


def test_the_sheet_has_the_restarts_of_the_policy_counted_from_needle_out(hospital: Hospital) -> None:
    """Clopidogrel 75 mg, no loading dose: 12 h and 24 h from 09:20 (AC-15a)."""
    day = held(hospital, "discharge")
    assert restarts(day) == [("clopidogrel", "2026-11-26T20:20:00+00:00", "2026-11-27T08:20:00+00:00")]
    day.do("discharge", at="10:00")
    assert day.now.state == Visit.State.HOME


def test_instructions_from_before_a_change_do_not_hold(hospital: Hospital) -> None:
    """A restart that was printed, and then the policy is told something else: the written one is not what holds now."""
    day = held(hospital, "discharge")
    known = day.facts.last("instructions")
    assert known is not None
    sheet = Letter.objects.get(visit=day.visit, kind="restart")
    other: dict[str, Any] = sheet.content | {
        "restarts": [sheet.content["restarts"][0] | {"earliest": sheet.content["restarts"][0]["usual"]}]
    }
    Letter.objects.create(
        site=hospital.site, patient=day.visit.patient, visit=day.visit, kind="restart", number=2, start=sheet.start,
        language="en", content=other | {"number": 2}, made_at=sheet.made_at, by=sheet.by,
    )  # fmt: skip
    facts = day.facts
    said = known.content.model_copy(update={"letter": 2})
    facts.by_kind["instructions"] = [Known(known.fact, said)]  # type: ignore[index]
    judged = gates.judge(day.now, facts, "discharge", Moment(hospital.local("10:00"), "Europe/Zurich"))
    assert {one.rule for one in gates.standing_in_the_way(judged, day.now, facts)} == {"G-DC"}
    day.do("give_instructions", at="10:02")
    assert Letter.objects.filter(visit=day.visit, kind="restart").count() == 3
    day.do("discharge", at="10:03")
    assert day.now.state == Visit.State.HOME


def test_nothing_held_needs_no_restart_part(hospital: Hospital) -> None:
    parts = [one for one in PARTS if one != "restart"]
    day = Day(hospital).walk("discharge", give_instructions={"parts": parts})
    assert restarts(day) == []
    day.do("discharge", at="10:00")
    assert day.now.state == Visit.State.HOME


def test_pain_after_that_cannot_be_had_is_for_the_radiologist(hospital: Hospital) -> None:
    day = Day(hospital).walk("discharge", score_pain_after={"score": None, "not_obtainable": "asleep"})
    with pytest.raises(GateError) as refused:
        day.do("discharge", at="10:00")
    assert rules(refused.value) == {"G-PAIN1"}
    day.override(refused.value.decisions[0])
    day.do("discharge")
    assert (day.now.state, day.now.pain_after) == (Visit.State.HOME, None)

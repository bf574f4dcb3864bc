"""Attempts to get past a gate on the day: by what is typed as late, by answers that are taken back, by a time-out that
has been overtaken, by a slot that is left and taken again."""

from datetime import timedelta
from typing import Any

import pytest

from foramen.catalogue.instants import Moment
from foramen.clinic.domain.asked import Correction, Move, Voiding
from foramen.clinic.domain.errors import GateError, NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Fact, Visit
from foramen.clinic.rules import gates
from foramen.clinic.rules.overrides import is_overridden
from tests.clinic.hospital import SCREENING, Hospital
from tests.clinic.treatment import Day

WHY = "the service was down this morning"
NOBODY_AT_HOME = {"how": "none", "person": ""}
IDENTITY: dict[str, Any] = {"initials": "NS", "birth_year": 1979, "sex": "female"}


def late(hospital: Hospital, minutes: int, **more: Any) -> dict[str, Any]:
    """An entry of what is said to have been so many minutes ago."""
    return {"happened_at": hospital.time.at - timedelta(minutes=minutes), "why": WHY} | more


def screen(day: Day, **changes: Any) -> None:
    day.do("sign_screening", who="dahl", **IDENTITY, screening=SCREENING | changes)


# --- late entries ---


@pytest.mark.parametrize(
    ("who", "minutes", "more", "told"),
    [
        ("dahl", 20, {}, "only a radiologist"),
        ("okafor", 20, {"channel": "api"}, "only a person"),
        ("okafor", 14, {}, "waits for its gate"),
        ("okafor", 0, {}, "waits for its gate"),
    ],
)
def test_nobody_goes_home_alone_by_saying_that_it_was_earlier(
    hospital: Hospital, who: str, minutes: int, more: dict[str, Any], told: str
) -> None:
    """Nobody takes the patient home: STOP, that nobody may override."""
    day = Day(hospital).walk("discharge", tell_way_home=NOBODY_AT_HOME)
    hospital.time.at = hospital.local("10:30")
    with pytest.raises((NotAllowedError, WrongInputError), match=told):
        day.do("discharge", who=who, act=late(hospital, minutes, **more))
    assert (day.now.state, day.facts.has("discharge"), day.facts.has("deviation")) == (
        Visit.State.RECOVERY, False, False,
    )  # fmt: skip


def test_what_has_happened_on_paper_is_still_told_by_a_radiologist(hospital: Hospital) -> None:
    day = Day(hospital).walk("discharge", tell_way_home=NOBODY_AT_HOME)
    hospital.time.at = hospital.local("10:30")
    day.do("discharge", who="okafor", act=late(hospital, 15))
    assert (day.now.state, len(day.facts.each("deviation"))) == (Visit.State.HOME, 1)


def test_a_nurse_does_not_end_observation_early_by_entering_it_late(hospital: Hospital) -> None:
    day = Day(hospital).walk("end_observation")
    hospital.time.at = hospital.local("09:50")
    with pytest.raises(GateError):
        day.do("end_observation", at="09:31")
    hospital.time.at = hospital.local("09:50")
    with pytest.raises(NotAllowedError, match="only a radiologist"):
        day.do("end_observation", act=late(hospital, 19))
    assert not day.facts.has("observed")


def test_a_needle_does_not_go_in_now_under_a_time_out_that_is_typed(hospital: Hospital) -> None:
    """Two people and two typed times, a minute old: the server has seen neither, and is told that the needle is in."""
    day = Day(hospital).walk("sign_time_out/technologist")
    hospital.time.at = hospital.local("09:10")
    for name in ("sign_time_out/technologist", "sign_time_out/radiologist"):
        day.do(name, act=late(hospital, 1))
    day.do("localise")
    with pytest.raises(WrongInputError, match="has not seen the time-out"):
        day.do("needle_in", act=late(hospital, 0))
    assert day.now.needle_in_at is None


# --- a time-out that has been overtaken ---


def new_screening(day: Day) -> None:
    screen(day, no_surgery=False, surgery=["disc L4/L5, 2019"])
    day.do("ask_list_again", who="dahl", changed="no")
    day.do("review_screening/nurse")
    day.do("review_screening/radiologist")


def new_consent(day: Day) -> None:
    day.do("sign_consent")
    day.do("ask_consent_again")


def back_and_forth(day: Day) -> None:
    day.do("determine_level", patient_says=[{"side": "right"}])
    day.do("determine_level")


def taken_back(day: Day) -> None:
    day.do("ask_consent_again", withdrawn="yes")
    day.do("ask_consent_again")


def said_to_have_been_before(day: Day) -> None:
    for name in ("sign_consent", "ask_consent_again"):
        day.do(name, act=late(day.hospital, 20))


@pytest.mark.requirement("H02")
@pytest.mark.parametrize("change", [new_screening, new_consent, back_and_forth, taken_back, said_to_have_been_before])
def test_whatever_is_answered_anew_after_a_time_out_takes_it_away(hospital: Hospital, change: Any) -> None:
    """H02: what was said aloud is what it was before."""
    day = Day(hospital).walk("needle_in")
    change(day)
    with pytest.raises(GateError) as refused:
        day.do("needle_in")
    assert [one["rule"] for one in refused.value.decisions] == ["G-TIMEOUT"]
    assert refused.value.decisions[0]["outcome"] == "STOP"
    day.do("sign_time_out/technologist")
    day.do("sign_time_out/radiologist")
    day.do("needle_in")
    assert day.now.needle_in_at is not None


# --- answers that are taken back ---


def test_a_void_answer_does_not_bring_an_older_one_back(hospital: Hospital) -> None:
    """Asked again, she may be pregnant. Void, the “not pregnant” of before would count."""
    day = Day(hospital).walk("sign_time_out/technologist")
    new = day.do("ask_pregnancy", answer="possible")
    with pytest.raises(OutOfOrderError, match="an earlier answer would count again"):
        perform(hospital.act("dahl"), "void", new.key, Voiding(reason="she was not asked like that"))


def test_a_void_screening_does_not_bring_one_without_the_allergy_back(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out/technologist")
    screen(day, no_allergies=False, allergies=["contrast medium"])
    known = day.facts.last("screening")
    assert known is not None
    with pytest.raises(OutOfOrderError, match="an earlier answer would count again"):
        perform(hospital.act("dahl"), "void", str(known.fact.pk), Voiding(reason="that was another patient"))


def test_an_older_answer_is_not_corrected_into_the_place_of_the_last(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out/technologist")
    day.do("ask_pregnancy", answer="possible")
    first, last = Fact.objects.filter(visit=day.visit, kind="pregnancy").order_by("pk")
    wanted = Correction(content={"answer": "cannot be pregnant", "reason": "hysterectomy"}, reason="asked once more")
    with pytest.raises(OutOfOrderError, match="a later answer counts"):
        perform(hospital.act("dahl"), "correct", str(first.pk), wanted)
    known = day.facts.last("pregnancy")
    assert known is not None and known.fact == last


def test_a_session_that_ended_before_the_needle_is_not_corrected_into_another(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out/technologist")
    fact = Fact.objects.get(pk=day.do("break_off", who="okafor", stage="before the needle", reason="felt faint").key)
    wanted = Correction(content=fact.content | {"stage": "with the needle in"}, reason="it was otherwise, they say")
    with pytest.raises(WrongInputError, match="where the needle was"):
        perform(hospital.act("okafor"), "correct", str(fact.pk), wanted)


# --- overrides ---


def test_an_override_does_not_outlive_a_move_that_is_taken_back(hospital: Hospital) -> None:
    """1.2: this procedure at this time only. Another room, and back to the same one at the same time, is a new slot."""
    day = Day(hospital)
    hospital.time.at = hospital.local("08:00")
    judged = gates.judge(day.now, day.facts, "time_out", Moment(hospital.time.at, "Europe/Zurich"))
    decision = next(one for one in judged.in_the_way() if one.rule == "G-MRI")
    day.override(decision.to_json())
    assert is_overridden(decision, day.now, day.facts)
    for room in ("fl2", "fl1"):
        slot = {"room": str(hospital.rooms[room].pk), "start": "2026-11-26T09:30:00", "reason": "the room is late"}
        wanted = Move.model_validate(slot | {"version": day.now.version}, strict=False)
        perform(hospital.act("lind"), "move", day.visit.pk, wanted)
    assert (day.now.room, day.now.start) == (day.visit.room, day.visit.start)
    assert not is_overridden(decision, day.now, day.facts)


# --- decisions that are not for a program ---


def test_no_program_decides_on_a_drug(hospital: Hospital) -> None:
    """DECIDE is class O1: the performing radiologist in person, not a token of theirs."""
    decided = {
        "name": "okafor", "at": "2026-11-26T08:00:00+01:00", "start": "2026-11-26T09:30:00+01:00",
        "words": "stop for one day",
    }  # fmt: skip
    medicine = {"name": "Eliquis", "dose": "5 mg", "frequency": "twice a day", "indication": "secondary"}
    day = Day(hospital)
    told = SCREENING | {"no_medicines": False, "medicines": [medicine | {"decided": decided}]}
    with pytest.raises(WrongInputError, match="under the own account"):
        day.do("sign_screening", who="okafor", act={"channel": "api"}, **IDENTITY, screening=told)
    day.do("sign_screening", who="okafor", **IDENTITY, screening=told)
    assert day.facts.has("screening")

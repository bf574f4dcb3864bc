"""Late entries (USR-4, H15, H24): what was done on paper is recorded with both times, in its order, and never as if the
server had timed it."""

from datetime import timedelta
from typing import Any

import pytest

from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.facts.procedure import Deviation
from foramen.clinic.models import Judgement, Order, Task, Visit
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import STEPS, Day

WHY = "the service was down from 9 to 10"
PAPER = (
    "sign_time_out/technologist", "sign_time_out/radiologist", "localise", "needle_in", "record_given", "needle_out",
)  # fmt: skip


def late(hospital: Hospital, at: str, why: str = WHY) -> dict[str, Any]:
    return {"happened_at": hospital.local(at), "why": why}


def from_paper(hospital: Hospital, day: Day, *names: str) -> Day:
    """Entered at half past ten, with the times of the sheet."""
    hospital.time.at = hospital.local("10:30")
    for name in names:
        at = next(one[2] for one in STEPS if one[0] == name)
        day.do(name, act=late(hospital, at))
    return day


@pytest.mark.requirement("H24", "USR-4")
def test_a_procedure_on_paper_is_entered_with_both_times(hospital: Hospital) -> None:
    day = from_paper(hospital, Day(hospital).walk("sign_time_out/technologist"), *PAPER)
    needle = day.facts.last("needle_in")
    assert needle is not None
    assert (needle.fact.late, needle.fact.happened_at, needle.fact.recorded_at) == (
        True, hospital.local("09:11"), hospital.local("10:30"),
    )  # fmt: skip
    assert needle.fact.reason == WHY
    assert (day.now.needle_in_at, day.now.needle_out_at) == (hospital.local("09:11"), hospital.local("09:20"))
    assert (day.now.state, Order.objects.get().used, Task.objects.filter(visit=day.visit).count()) == (
        Visit.State.RECOVERY, 1, 2,
    )  # fmt: skip


def test_a_time_out_from_paper_is_told_as_a_deviation(hospital: Hospital) -> None:
    day = from_paper(hospital, Day(hospital).walk("sign_time_out/technologist"), *PAPER[:4])
    told = [one.content for one in day.facts.each("deviation")]
    assert [one.reason for one in told if isinstance(one, Deviation)] == [WHY]
    assert "no time of the time-out" in told[0].what if isinstance(told[0], Deviation) else False


def test_a_late_time_out_is_none_for_a_needle_that_goes_in_now(hospital: Hospital) -> None:
    """Two minutes old by what was typed: the server did not see it."""
    day = Day(hospital).walk("sign_time_out/technologist")
    hospital.time.at = hospital.local("09:10")
    for name, at in (("sign_time_out/technologist", "09:07"), ("sign_time_out/radiologist", "09:08")):
        day.do(name, act=late(hospital, at))
    day.do("localise")
    with pytest.raises(OutOfOrderError, match="entered late"):
        day.do("needle_in")
    assert day.now.needle_in_at is None
    day.do("sign_time_out/technologist")
    day.do("sign_time_out/radiologist")
    day.do("needle_in")
    assert day.now.needle_in_at == hospital.local("09:10")


def test_a_gate_that_would_have_said_no_is_stored_with_a_deviation_and_stops_nobody(hospital: Hospital) -> None:
    """No consent on record: at the time-out that is STOP O0. It happened on paper all the same."""
    day = Day(hospital).walk("sign_time_out/technologist", sign_consent=None, ask_consent_again=None)
    from_paper(hospital, day, "sign_time_out/technologist")
    told = day.facts.content("deviation", Deviation)
    assert told is not None
    assert "G-CONSENT STOP" in told.what
    kept = Judgement.objects.get(visit=day.visit, verb="sign_time_out", policy="before-needle")
    assert (kept.outcome, kept.asked_at) == ("STOP", hospital.local("09:07"))
    assert day.facts.has("time_out_technologist")


@pytest.mark.parametrize(("at", "told"), [("10:31", "future"), ("09:08", "before Skin marked")])
def test_a_late_entry_lies_neither_ahead_nor_before_the_step_that_it_follows(
    hospital: Hospital, at: str, told: str
) -> None:
    day = from_paper(hospital, Day(hospital).walk("sign_time_out/technologist"), *PAPER[:3])
    with pytest.raises(WrongInputError, match=told) as refused:
        day.do("needle_in", act=late(hospital, at))
    assert refused.value.faults[0].where == "happened_at"
    assert not day.facts.has("needle_in")


@pytest.mark.parametrize("why", ["", "paper", "..........", "           "])
def test_a_late_entry_has_its_reason(hospital: Hospital, why: str) -> None:
    day = Day(hospital).walk("sign_time_out/technologist")
    with pytest.raises(WrongInputError) as refused:
        day.do("sign_time_out/radiologist", act=late(hospital, "09:00", why))
    assert refused.value.faults[0].where == "why"


def test_the_order_holds_for_late_entries_too(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out/technologist")
    hospital.time.at = hospital.local("10:30")
    with pytest.raises(OutOfOrderError):
        day.do("needle_in", act=late(hospital, "09:11"))


def test_a_technologist_enters_late_the_own_signature_and_nothing_else(hospital: Hospital) -> None:
    day = from_paper(hospital, Day(hospital).walk("sign_time_out/technologist"), *PAPER[:3])
    with pytest.raises(NotAllowedError, match="late"):
        day.do("needle_in", who="ferro", act=late(hospital, "09:11"))


@pytest.mark.parametrize(("name", "who"), [("report_adverse_event", "dahl"), ("override", "okafor")])
def test_what_has_its_own_time_or_needs_a_person_now_is_never_entered_late(
    hospital: Hospital, name: str, who: str
) -> None:
    day = Day(hospital).walk("sign_time_out/technologist")
    before = hospital.time.at - timedelta(minutes=5)
    said = {
        "report_adverse_event": {
            "what": "headache", "grade": 1, "onset": before, "outcome": "recovered", "relation": "possible",
        },
        "override": {
            "rule": "G-MRI", "outcome": "DECIDE", "override": "O1", "occasion": "time_out", "reasons": ["no MRI"],
            "start": before, "plan": 1, "code": "other", "words": "the MRI is of another house",
        },
    }[name]  # fmt: skip
    with pytest.raises((WrongInputError, NotAllowedError), match="late"):
        day.do(name, who=who, act={"happened_at": before, "why": WHY}, **said)

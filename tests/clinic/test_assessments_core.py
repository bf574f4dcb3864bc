"""Answers that staff enters: what may be answered when, once, whole or not at all; and the contact that ends."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from foramen.clinic.domain.asked import Answered, Correction, Voiding
from foramen.clinic.domain.assessments import answered_at, instruments_of, scores_of, timepoints
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.verbs import Done, perform
from foramen.clinic.facts.assessment import Assessed
from foramen.clinic.facts.kinds import read_content
from foramen.clinic.models import Fact, Task, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.records.versions import save_changes
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import Day

pytestmark = pytest.mark.django_db

VERSION = "2026-11-20"
OUTCOME = {"change": "much_better", "side_effects": ["none"], "satisfaction": "satisfied", "again": "yes"}


def given(instrument: str, version: str = VERSION, /, **answers: Any) -> dict[str, Any]:
    return {"instrument": instrument, "version": version, "answers": answers}


PAIN_3 = given("nrs-pain", pain=3)
WHOLE = given("infiltration-outcome", **OUTCOME)


def answer(hospital: Hospital, visit: Visit, *told: dict[str, Any], who: str = "dahl", **more: Any) -> Done:
    act = more.pop("act", {})
    content = {"timepoint": "two_days", "mode": "phone", "given": list(told)} | more
    return perform(hospital.act(who, **act), "record_answers", visit.pk, Answered.model_validate(content, strict=False))


def stored(visit: Visit) -> list[Fact]:
    return list(Fact.objects.filter(visit=visit, kind="assessment").order_by("pk"))


@pytest.fixture
def treated(hospital: Hospital) -> Visit:
    """Needle-out on Thursday at 09:20, home, and it is Saturday: the contact at two days is due."""
    day = Day(hospital).walk("discharge")
    day.do("discharge", at="10:00")
    hospital.time.at = hospital.local("10:00") + timedelta(days=2)
    return day.visit


def test_answers_are_kept_with_how_and_when_they_came_and_end_the_contact(hospital: Hospital, treated: Visit) -> None:
    answer(hospital, treated, PAIN_3, WHOLE, proxy=True)
    pain, whole = stored(treated)
    assert pain.content == {
        "instrument": "nrs-pain", "version": VERSION, "timepoint": "two_days", "answers": {"pain": 3}, "mode": "phone",
        "language": "en", "proxy": True, "recalled": False, "due_on": "2026-11-28", "delay_days": 0,
    }  # fmt: skip
    assert whole.content["answers"] == OUTCOME
    assert (pain.by.username, pain.happened_at, pain.late) == ("dahl", hospital.time.at, False)
    task = Task.objects.get(visit=treated, kind="two_days")
    assert (task.state, task.done_at) == (Task.State.DONE, hospital.time.at)
    assert Task.objects.get(visit=treated, kind="week").state == Task.State.OPEN


def test_a_contact_stays_open_until_all_is_answered_or_the_patient_answers_no_more(
    hospital: Hospital, treated: Visit
) -> None:
    task = Task.objects.get(visit=treated, kind="two_days")
    answer(hospital, treated, PAIN_3)
    task.refresh_from_db()
    assert task.state == Task.State.OPEN
    answer(hospital, treated, no_more=True)
    task.refresh_from_db()
    assert (task.state, [one.content["instrument"] for one in stored(treated)]) == (Task.State.DONE, ["nrs-pain"])


def test_no_more_without_any_answer_is_not_an_answer(hospital: Hospital, treated: Visit) -> None:
    with pytest.raises(OutOfOrderError):
        answer(hospital, treated, no_more=True)
    with pytest.raises(WrongInputError):
        answer(hospital, treated)
    assert Task.objects.get(visit=treated, kind="two_days").state == Task.State.OPEN


def test_an_answer_ends_a_contact_that_was_given_up(hospital: Hospital, treated: Visit) -> None:
    save_changes(Task.objects.get(visit=treated, kind="two_days"), state=Task.State.NOT_REACHED)
    hospital.time.at += timedelta(days=1)
    answer(hospital, treated, PAIN_3, WHOLE)
    assert Task.objects.get(visit=treated, kind="two_days").state == Task.State.DONE
    assert {one.content["delay_days"] for one in stored(treated)} == {1}


REFUSED = [
    given("nrs-pain", pain=11), given("nrs-pain", pain=-1), given("nrs-pain", pain="5 "), given("nrs-pain", pain="5.5"),
    given("nrs-pain", pain="NaN"), given("nrs-pain", pain="٥"), given("nrs-pain", pain=""), given("nrs-pain"),
    given("nrs-pain", pain=["5"]), given("nrs-pain", pein=5), given("nrs-pain", "2025-01-01", pain=5),
    given("rmdq", q1="yes"), given("nothing", pain=5), given("infiltration-outcome", side_effects=[]),
    given("infiltration-outcome", change=2), given("infiltration-outcome", change="cured"),
    given("infiltration-outcome", side_effects=["none", "flush"]),
]  # fmt: skip


@pytest.mark.requirement("H20", "H32")
def test_one_answer_that_cannot_be_refuses_the_whole_page(hospital: Hospital, treated: Visit) -> None:
    for wrong in REFUSED:
        other = WHOLE if wrong["instrument"] == "nrs-pain" else PAIN_3
        with pytest.raises(WrongInputError):
            answer(hospital, treated, other, wrong)
    assert stored(treated) == []
    assert Task.objects.get(visit=treated, kind="two_days").state == Task.State.OPEN


@pytest.mark.parametrize("value", [5.5, 5.0, True, None, {"pain": 5}, float("nan")])
def test_what_is_no_value_at_all_does_not_even_reach_the_verb(value: Any) -> None:
    with pytest.raises(ValidationError):
        Answered.model_validate(
            {"timepoint": "two_days", "mode": "phone", "given": [given("nrs-pain", pain=value)]}, strict=False
        )


def test_the_same_instrument_is_answered_once_and_then_corrected(hospital: Hospital, treated: Visit) -> None:
    answer(hospital, treated, PAIN_3)
    with pytest.raises(OutOfOrderError):
        answer(hospital, treated, given("nrs-pain", pain=4))
    with pytest.raises(WrongInputError):
        answer(hospital, treated, given("infiltration-outcome", again="yes"), given("infiltration-outcome", again="no"))
    old = stored(treated)[0]
    right = old.content | {"answers": {"pain": "4"}, "due_on": "2020-01-01", "delay_days": 9, "timepoint": "week"}
    perform(hospital.act("dahl"), "correct", str(old.pk), Correction(content=right, reason="typed for another call"))
    new = stored(treated)[-1]
    assert new.content == old.content | {"answers": {"pain": 4}}, "what the server said is the server's"
    for wrong in ({"answers": {"pain": 11}}, {"answers": {}}, {"mode": "link"}):
        with pytest.raises(WrongInputError):
            told = Correction(content=new.content | wrong, reason="typed for another call")
            perform(hospital.act("dahl"), "correct", str(new.pk), told)


def test_an_answer_that_is_made_void_asks_again(hospital: Hospital, treated: Visit) -> None:
    answer(hospital, treated, PAIN_3, WHOLE)
    for n, state in enumerate((Task.State.DONE, Task.State.OPEN)):
        perform(hospital.act("dahl"), "void", str(stored(treated)[n].pk), Voiding(reason="told by another patient"))
        assert Task.objects.get(visit=treated, kind="two_days").state == state


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"timepoint": "week"}, "asked from 2026-12-01 on"), ({"timepoint": "two_weeks"}, "not asked for"),
        ({"timepoint": "before"}, "answered already"),
    ],
)  # fmt: skip
def test_a_time_point_is_answered_when_it_is_asked(
    hospital: Hospital, treated: Visit, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(OutOfOrderError, match=says):
        answer(hospital, treated, PAIN_3, **changes)


def test_staff_does_not_enter_what_a_link_or_the_tablet_answers(hospital: Hospital, treated: Visit) -> None:
    for mode in ("link", "tablet"):
        with pytest.raises(WrongInputError):
            answer(hospital, treated, PAIN_3, mode=mode)
    with pytest.raises(WrongInputError):
        answer(hospital, treated, PAIN_3, timepoint="month")


def test_a_contact_that_was_called_off_and_a_visit_that_was_not_are_not_answered(
    hospital: Hospital, treated: Visit
) -> None:
    save_changes(Task.objects.get(visit=treated, kind="two_days"), state=Task.State.VOID)
    with pytest.raises(OutOfOrderError, match="called off"):
        answer(hospital, treated, PAIN_3)
    booked = hospital.visit("11:00")
    with pytest.raises(OutOfOrderError, match="needle-out"):
        answer(hospital, booked, PAIN_3)
    save_changes(booked, state=Visit.State.CANCELLED)
    with pytest.raises(OutOfOrderError, match="cancelled"):
        answer(hospital, booked, given("expectation", expected_pain=2), timepoint="before")


@pytest.mark.requirement("H32")
def test_what_is_asked_before_the_needle_and_told_after_it_is_recalled(hospital: Hospital) -> None:
    booked, expects = hospital.visit("11:00"), given("expectation", expected_pain=2)
    with pytest.raises(OutOfOrderError, match="scored in the record of the treatment"):
        answer(hospital, booked, given("nrs-pain", pain=7), timepoint="before", mode="clinic")
    answer(hospital, booked, expects, timepoint="before", mode="clinic")
    assert [one.content["recalled"] for one in stored(booked)] == [False]
    late = hospital.visit("11:30")
    hospital.walk(late, "pain_after", pain_before=None)
    save_changes(late, needle_in_at=hospital.local("09:11"), needle_out_at=hospital.local("09:20"))
    hospital.time.at = hospital.local("12:00")
    answer(hospital, late, given("nrs-pain", pain=7), expects, timepoint="before", mode="clinic")
    assert [(one.content["recalled"], one.content["delay_days"]) for one in stored(late)] == [(True, 0)] * 2


def test_pain_after_of_another_day_is_told_from_memory_and_discomfort_on_the_day_is_not(
    hospital: Hospital, treated: Visit
) -> None:
    with pytest.raises(OutOfOrderError):
        answer(hospital, treated, PAIN_3, timepoint="after")
    answer(hospital, treated, given("discomfort", discomfort=4), timepoint="after")
    assert stored(treated)[0].content["recalled"] is True
    again = Day(hospital, "fl2").walk("end_observation")
    answer(hospital, again.visit, given("discomfort", discomfort=4), timepoint="after", mode="clinic")
    assert stored(again.visit)[0].content["recalled"] is False


def test_a_call_that_was_noted_on_paper_is_entered_late_with_both_times(hospital: Hospital, treated: Visit) -> None:
    called = hospital.time.at
    hospital.time.at += timedelta(days=3)
    late = {"happened_at": called, "why": "the service was down on Saturday"}
    answer(hospital, treated, PAIN_3, act=late)
    fact = stored(treated)[0]
    assert (fact.happened_at, fact.recorded_at, fact.late) == (called, hospital.time.at, True)
    assert fact.content["delay_days"] == 0
    for wrong in ({"why": ""}, {"happened_at": hospital.time.at + timedelta(hours=1)}):
        with pytest.raises(WrongInputError):
            answer(hospital, treated, WHOLE, act=late | wrong)
    with pytest.raises(OutOfOrderError):
        answer(hospital, treated, WHOLE, act=late | {"happened_at": called - timedelta(days=2, hours=5)})


def test_who_sees_patients_enters_and_nobody_else(hospital: Hospital, treated: Visit) -> None:
    for who in ("roe", "stone", "byrd", "hale"):
        with pytest.raises(NotAllowedError):
            answer(hospital, treated, PAIN_3, who=who)
    answer(hospital, treated, PAIN_3, who="lind")
    assert stored(treated)[0].role == "coordinator"


def test_the_same_request_twice_is_done_once(hospital: Hospital, treated: Visit) -> None:
    act = hospital.act("dahl")
    told = Answered.model_validate({"timepoint": "two_days", "mode": "phone", "given": [PAIN_3]}, strict=False)
    first, second = (perform(act, "record_answers", treated.pk, told) for _ in range(2))
    assert (first.key, second.again, len(stored(treated))) == (second.key, True, 1)


def test_one_instrument_alone_keeps_nothing_that_the_server_says(hospital: Hospital, treated: Visit) -> None:
    told = Assessed(
        instrument="nrs-pain", version=VERSION, timepoint="two_days", answers={"pain": 3}, mode="clinic", recalled=True,
        delay_days=99,
    )  # fmt: skip
    perform(hospital.act("dahl"), "record_assessment", treated.pk, told)
    content = stored(treated)[0].content
    assert (content["recalled"], content["delay_days"], content["due_on"]) == (False, 0, "2026-11-28")


def test_scores_come_from_the_instrument_of_the_answer(hospital: Hospital, treated: Visit) -> None:
    answer(hospital, treated, PAIN_3, given("infiltration-outcome", change="gone"))
    pain, partly = (read_content(one.kind, one.content) for one in stored(treated))
    assert isinstance(pain, Assessed) and isinstance(partly, Assessed)
    assert [one.text for one in scores_of(pain)] == ["3"]
    assert [(one.score, one.text) for one in scores_of(partly)] == [("change", "1")]
    asked = {point.id: [one.id for one in instruments_of(point)] for point in timepoints()}
    assert asked["two_days"] == ["nrs-pain", "infiltration-outcome"]
    assert answered_at(facts_of_visit(treated), "before") == {"nrs-pain"}

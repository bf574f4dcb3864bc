"""Planning: what cannot exist yet is HOLD with a task; what patients are told; nobody is told to stop early."""

from datetime import date, datetime
from typing import Any

import pytest

from foramen.catalogue.decision import Outcome, Override
from foramen.catalogue.instants import Moment, local_of
from tests.catalogue.questions import answer, ask, local, medicine, only, question

BOOKED = {"asked": "2026-05-04T10:00:00", "occasion": "plan", "start": "2026-05-20T09:00:00"}


def plan(*medicines: dict[str, Any], **changes: Any) -> Any:
    return ask(question(*medicines, **(BOOKED | changes)))


def due(todo: Any) -> str:
    if isinstance(todo.by, Moment):
        return local_of(todo.by).strftime("%Y-%m-%dT%H:%M")
    return "" if todo.by is None else str(todo.by.isoformat())


def test_a_warfarin_patient_is_planned_and_not_stopped_at_screening() -> None:
    found = only(plan(medicine("warfarin", agreed=True)))
    assert (found.outcome, found.override) == (Outcome.HOLD, Override.O2)
    assert local(found.until) == "2026-05-20T00:00"
    assert {(due(todo), todo.what.split()[0]) for todo in found.todos} >= {
        ("2026-05-20", "Measure"),
        ("2026-05-20", "Ask"),
    }
    assert found.advice == (
        "Take the last warfarin on Thu 14 May 2026, at any hour.",
        "Take none from Fri 15 May 2026 to Tue 19 May 2026, and none on Wed 20 May 2026 until we tell you.",
        "If you take any after Fri 15 May 2026, 09:00 (Europe/Zurich), call us: it is then less than 120 h before the "
        "injection.",
        "Do not start it again until we have told you the day and the hour after the injection.",
    )


@pytest.mark.requirement("T7")
@pytest.mark.parametrize(
    ("name", "more", "last", "latest"),
    [
        ("ibuprofen", {"bleeding": {"tendency": "yes"}}, "Mon 18 May 2026", "2026-05-19T09:00"),
        ("Eliquis", {}, "Sat 16 May 2026", "2026-05-17T06:00"),
        ("Plavix", {}, "Tue 12 May 2026", "2026-05-13T09:00"),
        ("Effient", {}, "Sat 9 May 2026", "2026-05-10T09:00"),
        ("Pletal", {}, "Sun 17 May 2026", "2026-05-18T09:00"),
    ],
)
def test_the_day_of_the_last_dose_lies_before_the_drug_free_days(
    name: str, more: dict[str, Any], last: str, latest: str
) -> None:
    found = only(plan(medicine(name, agreed=True), **more))
    assert found.advice[0].endswith(f"on {last}, at any hour.")
    assert local(found.moments["latest_last_dose"]) == latest


def test_for_a_needle_in_the_night_the_hour_is_told_because_the_day_alone_is_too_late() -> None:
    found = only(plan(medicine("Eliquis", agreed=True), start="2026-05-20T02:30:00"))
    assert (
        found.advice[0]
        == "Take the last apixaban (your box says Eliquis) by Sat 16 May 2026, 23:30 (Europe/Zurich), not later."
    )
    assert (
        local(found.moments["instructed_last_dose"]) == local(found.moments["latest_last_dose"]) == "2026-05-16T23:30"
    )


def test_heparins_are_told_by_the_hour_and_not_by_the_day() -> None:
    found = only(plan(medicine("Clexane", agreed=True)))
    assert found.advice[:2] == (
        "Take the last enoxaparin (your box says Clexane) by Tue 19 May 2026, 09:00 (Europe/Zurich), not later.",
        "Take none after it until we tell you on Wed 20 May 2026.",
    )
    assert (found.outcome, "without a dose" in found.resolved) == (Outcome.HOLD, False)


def test_nothing_tells_a_patient_to_stop_before_the_prescriber_has_agreed() -> None:
    found = only(plan(medicine("Plavix")))
    assert found.advice[0] == (
        "Do not stop clopidogrel (your box says Plavix) on your own. The doctor who prescribed it has to agree first, "
        "and we call you by Tue 12 May 2026."
    )
    assert all(sentence.startswith(("Do not", "If it is agreed: ")) for sentence in found.advice)
    assert ("2026-05-12", "Ask") in {(due(todo), todo.what.split()[0]) for todo in found.todos}
    assert {one.outcome for one in found.findings} == {Outcome.HOLD, Outcome.DECIDE}


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("aspirin", {"indication": "secondary"}), ("aspirin", {"indication": "unknown"}),
        ("aspirin", {"indication": "other"}),
        ("Aggrenox", {"indication": "secondary"}), ("Ticlid", {}), ("Pradaxa", {}), ("edoxaban", {}), ("garlic", {}),
    ],
)  # fmt: skip
def test_no_instruction_to_stop_leaves_before_the_decision_is_recorded(name: str, more: dict[str, str]) -> None:
    found = only(plan(medicine(name, agreed=True, **more)))
    assert found.advice[0].startswith("Do not stop")
    assert not any("last" in sentence or "Take none" in sentence for sentence in found.advice)
    assert any(todo.what.startswith("The radiologist decides") for todo in found.todos)


def test_after_the_recorded_decision_the_instruction_is_told_and_it_stays_a_decision() -> None:
    decided = {"name": "Dr Vance", "role": "radiologist", "at": datetime(2026, 5, 4, 9), "words": "4 days"}
    found = only(plan(medicine("aspirin", agreed=True, indication="secondary", decided=decided)))
    assert found.advice[0] == "Take the last aspirin on Fri 15 May 2026, at any hour."
    assert Outcome.DECIDE in {one.outcome for one in found.findings}


def test_the_last_dose_is_still_to_come_until_the_hold_has_to_begin() -> None:
    taken_today = medicine("Eliquis", "2026-05-04T07:00:00", agreed=True)
    early = only(plan(taken_today))
    assert (early.outcome, local(early.until)) == (Outcome.HOLD, "2026-05-20T00:00")
    assert not any("Over-held" in alert for alert in early.alerts)
    begun = only(plan(medicine("Eliquis", "2026-05-17T06:00:00", agreed=True), asked="2026-05-18T10:00:00"))
    assert begun.outcome is Outcome.OK
    late = only(plan(medicine("Eliquis", "2026-05-17T06:30:00", agreed=True), asked="2026-05-18T10:00:00"))
    assert (late.outcome, local(late.until)) == (Outcome.HOLD, "2026-05-20T09:30")
    assert late.todos[0].what.startswith("Move the injection to Wed 20 May 2026, 09:30 (Europe/Zurich) or later")
    unknown = only(plan(medicine("Eliquis", "unknown", agreed=True), asked="2026-05-18T10:00:00"))
    assert (unknown.outcome, local(unknown.until)) == (Outcome.HOLD, "2026-05-21T13:00")


def test_somebody_who_has_stopped_too_early_is_seen_while_planning() -> None:
    found = only(plan(medicine("Eliquis", "2026-05-03T07:00:00", stopped=True)))
    assert any(alert.startswith("Over-held: off apixaban for 410 h") for alert in found.alerts)
    assert found.advice[0] == (
        "You have stopped apixaban (your box says Eliquis). The doctor who prescribed it has to agree first, and we "
        "call you at once. Change nothing until then."
    )


def test_planning_on_the_day_itself_waits_for_the_start() -> None:
    found = only(plan(medicine("warfarin", "2026-05-14", agreed=True), asked="2026-05-20T07:00:00"))
    assert (found.outcome, local(found.until)) == (Outcome.HOLD, "2026-05-20T09:00")


def test_no_restart_is_told_before_needle_out_only_the_rule() -> None:
    found = only(plan(medicine("Plavix", agreed=True, dose="75 mg", loading_dose="no")))
    assert "earliest_restart" not in found.moments
    assert found.resolved.endswith("restart 12 h after needle-out at the earliest, usually 24 h")


def test_the_list_is_asked_again_before_it_is_too_old_for_the_day() -> None:
    found = plan(medicine("Celebrex"), start="2026-06-20T09:00:00")
    todos = answer(found, "AC-LIST").todos
    assert [due(todo) for todo in todos] == ["2026-06-20", "2026-06-20"]
    assert "Thu 21 May 2026 or later" in todos[1].what


def test_a_continued_drug_is_said_to_be_continued() -> None:
    found = only(plan(medicine("Celebrex")))
    assert found.outcome is Outcome.OK
    assert found.advice == ("You may go on taking celecoxib (your box says Celebrex) as usual.",)


def test_a_patient_elsewhere_is_told_both_times() -> None:
    found = only(plan(medicine("Clexane", agreed=True), patient={"zone": "America/New_York"}))
    assert "which is Tue 19 May 2026, 03:00 (America/New_York) for you" in found.advice[0]


def test_the_change_of_clocks_is_named() -> None:
    changes = {"zone": "America/Chicago", "asked": "2026-02-20T09:00:00", "start": "2026-03-10T09:00:00"}
    found = only(plan(medicine("Eliquis", agreed=False), **changes))
    assert any("On Sun 8 March 2026 the clocks go forward by 1 h" in line for line in found.information)


def test_everything_that_was_told_is_recorded_with_its_source() -> None:
    found = only(plan(medicine("Eliquis", "2026-05-04T07:00:00", dose="5 mg", source="daughter")))
    inputs = {one.name: one for one in found.inputs}
    assert inputs["medicines[1].dose"].value == "5 mg"
    assert inputs["medicines[1].last_dose"].source == "daughter"
    assert inputs["procedure.start"].value == datetime(2026, 5, 20, 9)
    assert inputs["patient.born"].value == date(1970, 5, 2)
    assert inputs["renal"].value is None
    assert inputs["parameters.old_age_years"].value == 70
    assert {"bleeding.tendency", "medications.confirmed", "procedure.needle_out", "zone"} <= inputs.keys()
    assert found.to_json()["inputs"]

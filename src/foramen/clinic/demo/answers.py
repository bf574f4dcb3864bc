"""What patients of the past said: consent to research, answers after the treatment, and now and then an adverse event.

Chance is a source of its own here, so that the past is the same with it and without.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from foramen.clinic.demo.ledger import About, Ledger
from foramen.clinic.demo.places import ZONE
from foramen.clinic.demo.session import Signer
from foramen.clinic.domain.follow_up import service_schedule
from foramen.clinic.models import Patient, Task, Visit

FORM = "Research, version 3"
YES = {"contact": "yes", "new_data": "yes", "use": "yes"}
CONSENTS = (
    (0.78, YES), (0.84, YES | {"contact": "no"}), (0.86, YES | {"new_data": "no"}), (0.92, dict.fromkeys(YES, "no")),
)  # fmt: skip
"""Cumulated shares of what is signed; the others were never asked."""

WITHDRAWN = 0.05
YESTERDAY = date(2026, 11, 25)
"""The last day of the past."""

NOT_REACHED, PARTLY, IN_CLINIC, LATER = 0.1, 0.06, 0.12, 0.2
EVENT = 0.03
EVENTS = (
    ("vasovagal reaction", 1, "recovered", "probable"), ("headache for two days", 1, "recovered", "possible"),
    ("numb leg for four hours", 2, "recovered", "definite"), ("rash after contrast", 2, "recovered", "probable"),
)  # fmt: skip
SIDE_EFFECTS = ("more_pain", "more_pain", "flush", "flush", "poor_sleep", "faint", "something_else")
CHANGES = ((80, "gone"), (50, "much_better"), (15, "a_little_better"), (-10, "the_same"), (-40, "a_little_worse"))
"""Least relief in percent, and how somebody says it who has so much."""

SATISFACTION = ("very_satisfied", "satisfied", "neither", "dissatisfied", "very_dissatisfied")
IMPRESSION = {
    "gone": "very_much_improved", "much_better": "much_improved", "a_little_better": "minimally_improved",
    "the_same": "no_change", "a_little_worse": "minimally_worse", "much_worse": "much_worse",
}  # fmt: skip


def add_consent(rows: Ledger, chance: Random, patient: Patient, first: datetime, nurse: Signer) -> None:
    """What the patient signed on the day of the first treatment; a few take it back later."""
    drawn = chance.random()
    signed = next((said for share, said in CONSENTS if drawn < share), None)
    if signed is None:
        return
    about, at = About(patient), first - timedelta(minutes=38)
    rows.sign("research_consent", at, nurse, {"form": FORM, "language": "en"} | signed, about)
    if signed["use"] == "yes" and chance.random() < WITHDRAWN:
        scopes = chance.choice([["new_data"], ["contact", "new_data", "use"]])
        told = {"scopes": scopes, "told_by": chance.choice(["by phone", "by letter"])}
        rows.sign("research_withdrawn", at + timedelta(days=7, hours=1), nurse, told, about)


def add_answers(rows: Ledger, chance: Random, visit: Visit, tasks: Iterable[Task], nurse: Signer) -> None:
    """Answers to the contacts that are done. Some were not reached, some answered in part: what is missing stays so."""
    done = [one for one in tasks if one.state == Task.State.DONE]
    goes_on = any(one.kind == "two_weeks" for one in tasks)
    for task in done:
        # Who is not reached after a week is called after two (FU-3): there has to be such a call.
        if chance.random() < NOT_REACHED and (task.kind != "week" or goes_on):
            task.state = Task.State.NOT_REACHED
            continue
        _answer(rows, chance, visit, task, nurse, worse=goes_on and task.kind != "two_days")


def add_event(rows: Ledger, chance: Random, visit: Visit, nurse: Signer) -> None:
    """An adverse event after a few treatments."""
    if chance.random() < EVENT:
        what, grade, outcome, relation = chance.choice(EVENTS)
        onset = visit.start + timedelta(minutes=25)
        told = {"what": what, "grade": grade, "onset": onset.isoformat(), "outcome": outcome, "relation": relation}
        rows.sign("adverse_event", onset + timedelta(minutes=15), nurse, told, _about(visit))


def _answer(rows: Ledger, chance: Random, visit: Visit, task: Task, nurse: Signer, *, worse: bool) -> None:
    day = task.due_on
    later = day + timedelta(days=chance.randint(1, 2))
    if chance.random() < LATER and later <= min(task.closes_on, YESTERDAY) and later.weekday() < 5:
        day = later
    minutes = timedelta(minutes=chance.randrange(150))
    at = datetime.combine(day, time(14, 0), ZoneInfo(ZONE)) + minutes
    task.done_at = at
    pain = _pain(chance, visit, worse=worse)
    told = {"nrs-pain": {"pain": pain}, **_told(chance, visit, task.kind, pain)}
    partly, mode = chance.random() < PARTLY, "clinic" if chance.random() < IN_CLINIC else "phone"
    for instrument, answers in list(told.items())[: 1 if partly else None]:
        content: dict[str, Any] = {
            "instrument": instrument, "version": _versions()[instrument], "timepoint": task.kind, "answers": answers,
            "mode": mode, "proxy": False,
            "due_on": task.due_on.isoformat(), "delay_days": (at.date() - task.due_on).days,
        }  # fmt: skip
        rows.sign("assessment", at, nurse, content, _about(visit))


def _pain(chance: Random, visit: Visit, *, worse: bool) -> int:
    """Near what it was after the injection; of those who are asked again after two weeks, near what it was before."""
    before, after = visit.pain_before or 0, visit.pain_after or 0
    near = before - 1 if worse else after
    return max(0, min(10, near + chance.choice([-1, -1, 0, 0, 0, 1, 2])))


def _told(chance: Random, visit: Visit, timepoint: str, pain: int) -> dict[str, dict[str, Any]]:
    """What goes with so much pain."""
    relief = 100 * ((visit.pain_before or 0) - pain) // max(visit.pain_before or 0, 1)
    change = next((word for least, word in CHANGES if relief >= least), "much_worse")
    if timepoint == "two_weeks":
        return {"pgic": {"change": IMPRESSION[change]}}
    harmed = chance.random() < (0.25 if timepoint == "two_days" else 0.08)
    place = max(0, min(4, (60 - relief) // 30 + chance.choice([0, 0, 0, 1])))
    return {
        "infiltration-outcome": {
            "change": change, "side_effects": [chance.choice(SIDE_EFFECTS)] if harmed else ["none"],
            "satisfaction": SATISFACTION[place], "again": ("yes", "yes", "not_sure", "no", "no")[place],
        }
    }  # fmt: skip


@cache
def _versions() -> dict[str, str]:
    return service_schedule().instruments


def _about(visit: Visit) -> About:
    return About(visit.patient, visit.order.referral, visit.order, visit)

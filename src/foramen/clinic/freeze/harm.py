"""Complications and what came between: repeat injections, steroids elsewhere, withdrawal, death.

An event between is dated and is not a missing answer (EST-2). Nobody having told a complication is not “none”: it is
none only where a contact of the follow-up took place, or an answer came in on a later day.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from foramen.clinic.freeze.answers import FOLLOWED
from foramen.clinic.freeze.days import Calendar
from foramen.clinic.freeze.reading import Course, Said, Session
from foramen.clinic.freeze.variables import GRADES, OUTCOMES, RELATIONS, YES_NO
from foramen.clinic.models import Task

DEADLY = 5
Coded = tuple[str, int]
"""A variable of the events and its code."""


def complications(session: Session, calendar: Calendar) -> Iterator[Coded]:
    """The worst adverse event that is not judged unrelated; that there was none, as far as anybody knows."""
    found = [one for one in session.each("adverse_event") if one.content["relation"] != "unrelated"]
    asked = _asked_after(session, calendar)
    yield "asked_after", YES_NO.index("yes" if asked else "no")
    if found or asked:
        yield "complication", _worst_grade(found)
    home = session.last("discharge")
    if home is not None:
        yield "complication_until_discharge", _worst_grade([one for one in found if _onset(one) <= home.at])
    if found:
        yield from _of_worst(_worst(found), session, calendar)


def _of_worst(worst: Said, session: Session, calendar: Calendar) -> Iterator[Coded]:
    yield "complication_day", calendar.days(session.needle_in, _onset(worst))
    yield "complication_relation", RELATIONS.index(worst.content["relation"])
    yield "complication_outcome", OUTCOMES.index(worst.content["outcome"])


def _worst(found: Sequence[Said]) -> Said:
    """The highest grade; of two, the earlier onset."""
    return min(found, key=lambda one: (-int(one.content["grade"]), _onset(one)))


def _worst_grade(found: Sequence[Said]) -> int:
    grades = [int(one.content["grade"]) for one in found]
    return min(max(grades, default=0), len(GRADES) - 1)


def _onset(event: Said) -> datetime:
    return datetime.fromisoformat(event.content["onset"])


def _asked_after(session: Session, calendar: Calendar) -> bool:
    """Whether a contact of the follow-up took place or an answer came in on a later day.

    Who takes the patient home is a task too, as is what a rule asks for: neither asks how the patient fares.
    """
    contacts = (session.tasks.get(timepoint) for timepoint in FOLLOWED)
    if any(task is not None and task.state == Task.State.DONE for task in contacts):
        return True
    return any(calendar.days(session.needle_in, one.at) > 0 for one in session.each("assessment"))


def between(course: Course, calendar: Calendar) -> list[dict[str, Any]]:
    """For each treatment of a patient, in how many days each event came after it; None: none on record."""
    told = [_elsewhere(one) for one in course.sessions]
    deaths = [_onset(one) for session in course.sessions for one in session.each("adverse_event") if _is_death(one)]
    rows = []
    for i, session in enumerate(course.sessions):
        later = course.sessions[i + 1 :]
        here = calendar.day(session.needle_in)
        rows.append({
            "repeat_injection": calendar.days(session.needle_in, later[0].needle_in) if later else None,
            "other_steroid": _first_after(here, [on for found in told[i + 1 :] for on in found]),
            "withdrawal": _first_days(session, _ends(course), calendar),
            "death": _first_days(session, deaths, calendar),
        })  # fmt: skip
    return rows


def _elsewhere(session: Session) -> list[date]:
    """Days of steroids elsewhere that the screening of a session tells."""
    screening = session.last("screening")
    found: Sequence[Mapping[str, Any]] = screening.content.get("steroids_elsewhere", ()) if screening else ()
    return [date.fromisoformat(one["on"]) for one in found]


def _ends(course: Course) -> list[datetime]:
    """When new data were no longer to be used."""
    return [word.at for word in course.words if word.said.get("new_data") is False]


def _is_death(event: Said) -> bool:
    return int(event.content["grade"]) == DEADLY or event.content["outcome"] == "died"


def _first_after(day: date, found: Sequence[date]) -> int | None:
    """Days to the first of some days after a day."""
    return min(((one - day).days for one in found if one > day), default=None)


def _first_days(session: Session, found: Sequence[datetime], calendar: Calendar) -> int | None:
    """Days to the first of some instants from the needle on."""
    return min((calendar.days(session.needle_in, at) for at in found if at >= session.needle_in), default=None)

"""Whether the patient's letter still tells what the plan says (H06).

A letter is made from the hold plan as it stood. Whatever changes the plan before the day of the injection (the
screening, another level, another order, a new version of the policy) asks for it here: a letter that would now tell
another course or another last dose no longer holds, and the next number is in force until a new one is made and read.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.domain.hold_plan_letter import letter_content
from foramen.clinic.domain.letters import letter_in_force
from foramen.clinic.domain.times import now_of
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rules.hold_plan import hold_plan, occasion_at

Told = frozenset[tuple[str, ...]]


def changes_of_letter(act: Act, visit: Visit) -> Mapping[str, int]:
    """What becomes of the visit's row: the next number, where the letter in force tells something else; else nothing.
    From the day of the injection on a letter has done its work, and the gates ask what was really taken."""
    coming = visit.state == Visit.State.BOOKED and occasion_at(visit, now_of(act)) == "plan"
    letter = letter_in_force(visit) if coming else None
    if letter is None or _told(letter.content["medicines"]) == _as_it_would_be(act, visit):
        return {}
    return {"letter": visit.letter + 1}


def _as_it_would_be(act: Act, visit: Visit) -> Told | None:
    """What a letter made now would tell; None where none can be made."""
    facts = facts_of_visit(visit)
    screening = facts.content("screening", ScreeningSigned)
    if screening is None:
        return None
    plan = hold_plan(visit, facts, now_of(act), "plan")
    try:
        return _told(letter_content(visit, screening, plan, act.at)["medicines"])
    except OutOfOrderError:
        return None


def _told(medicines: Iterable[Mapping[str, Any]]) -> Told:
    """Each medicine with its course and its two instants; not the days of the table, which depend on today."""
    return frozenset((one["name"], *_course(one)) for one in medicines)


def _course(one: Mapping[str, Any]) -> tuple[str, ...]:
    if one["wait"]:
        return ("waits",)
    if "last_dose_by" not in one:
        return ("goes on",)
    return ("stops", one["last_dose_by"]["utc"], one["latest_last_dose"]["utc"])

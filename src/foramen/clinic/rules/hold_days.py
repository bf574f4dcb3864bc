"""A medicine day by day, for the letter: take it, take the last one, take none; or wait until somebody calls."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from foramen.catalogue.antithrombotics.together import Together
from foramen.catalogue.decision import Decision, Moment
from foramen.catalogue.instants import day_of

Word = Literal["take", "last", "none", "wait"]
BEFORE = 5
"""Days before the day of the procedure that are shown."""


@dataclass(frozen=True, slots=True)
class DayWord:
    """What the patient does on one local day."""

    day: date
    word: Word


def days_of(together: Together | None, decision: Decision, start: Moment) -> tuple[DayWord, ...]:
    """From five days before the procedure to its day. While somebody still has to agree or to decide, every day says
    wait: no instruction to stop leaves the service before that (2.3, 1.2)."""
    procedure = day_of(start)
    days = [procedure - timedelta(days=left) for left in range(BEFORE, -1, -1)]
    return tuple(DayWord(day, _word(together, decision, day)) for day in days)


def _word(together: Together | None, decision: Decision, day: date) -> Word:
    if together is not None and together.is_continued:
        return "take"
    last = decision.moments.get("instructed_last_dose")
    if together is None or last is None or together.is_left_to_people or not together.may_instruct:
        return "wait"
    of_last = day_of(last)
    return "take" if day < of_last else "last" if day == of_last else "none"

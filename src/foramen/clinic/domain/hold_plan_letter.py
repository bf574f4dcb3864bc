"""The patient's letter before the injection: for each medicine what to take on which day, in the words of the policy.

Nothing here works out a time: days and instants are those of the hold plan. A medicine that somebody still has to
decide about, or whose prescriber has not agreed, has no instruction to stop; the letter says who is asking.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from foramen.catalogue.decision import Decision, Outcome
from foramen.catalogue.instants import WEEKDAYS, Moment, day_of, end_of_day, local_of
from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.domain.sheets import EMERGENCY, head_of, instant_told, policy_told
from foramen.clinic.domain.times import day_at
from foramen.clinic.facts.screening import MedicineTold, ScreeningSigned
from foramen.clinic.models import Visit
from foramen.clinic.rules.hold_plan import DrugRow, HoldPlan
from foramen.kernel.errors import Fault

WAIT = "Do not stop it on your own. We are asking your doctors, and we call you."
WAITING = ("Do not stop", "You have stopped", "Change nothing")
"""How the policy's sentences begin that may be told while somebody is still asked."""

MOST_DAYS = 14
"""Columns for which a page has room."""

NOTHING = (
    "You told us that you take no blood thinner, no painkiller of the aspirin or ibuprofen kind and no supplement. "
    "Call us before you take any, also one that needs no prescription."
)
AS_USUAL = "Go on taking your medicines as usual."
AGAIN = (
    "Before you go home you get a sheet with the day and the hour for each medicine.",
    "Do not start again before you have that sheet.",
    "We call you two days later and ask whether you have started.",
)
"""The sentence in the middle is the one that is printed heavily."""

OTHER_POINTS = (
    "Tell us before the day about any new medicine or illness.", "Bring this letter and the boxes of your medicines.",
)  # fmt: skip
"""Words of the letter that no policy prints. They stand in each letter as they were when it was made."""

Course = Literal["goes on", "stops", "waits"]


@dataclass(frozen=True, slots=True)
class Line:
    """A medicine of the letter: its row of the hold plan, and what was told about it."""

    row: DrugRow
    told: tuple[MedicineTold, ...]
    start: datetime

    @property
    def decision(self) -> Decision:
        return self.row.decision

    @property
    def name(self) -> str:
        name = self.row.generic or self.decision.subject
        return name[:1].upper() + name[1:]

    @property
    def box(self) -> str:
        """The names on the patient's boxes, where they are others."""
        others = dict.fromkeys(one.name for one in self.told if one.name.casefold() != self.name.casefold())
        return " or ".join(others)

    @property
    def when_needed(self) -> bool:
        return any("need" in one.frequency.casefold() for one in self.told)

    @property
    def course(self) -> Course:
        """Whether the patient may be told to stop it, or to go on. What is DECIDE or STOP waits until the performing
        radiologist has decided about it for this start."""
        words = {one.word for one in self.row.days}
        open_ = self.decision.outcome in (Outcome.DECIDE, Outcome.STOP)
        decided = bool(self.told) and all(one.decided and one.decided.start == self.start for one in self.told)
        if "wait" in words or (open_ and not decided):
            return "waits"
        return "goes on" if words == {"take"} else "stops"


def letter_content(visit: Visit, screening: ScreeningSigned, plan: HoldPlan, made_at: datetime) -> dict[str, Any]:
    """Everything that the letter prints. Raises OutOfOrderError where the list or the visit cannot be judged at all."""
    _check_judged(plan)
    shown = [row for row in plan.rows if row.decision.outcome is not Outcome.NA]
    lines = [Line(row, tuple(one for one in screening.medicines if _is_of(one, row)), visit.start) for row in shown]
    days = _days(visit, lines, made_at)
    return head_of(visit, made_at) | {
        "days": [_column(day, visit) for day in days],
        "medicines": [_row(line, days) for line in lines],
        "nothing": AS_USUAL if screening.medicines else NOTHING,
        "again": AGAIN,
        "points": [_way_home(screening), *OTHER_POINTS],
        "check": _check(lines),
        "emergency": EMERGENCY,
        "policy": policy_told(plan.judgement.decisions[0].stamp),
    }


def _way_home(screening: ScreeningSigned) -> str:
    if screening.driver:
        return f"Someone takes you home: you told us {screening.driver}. Tell us if that changes."
    return "Someone takes you home: a driver you know, or tell us now if that is difficult."


def _check_judged(plan: HoldPlan) -> None:
    """A letter that leaves a medicine out because nothing could be asked would say that it may be taken."""
    faults = [
        Fault("no letter can be made", received=reason, remedy="correct the screening or the policy, then make it")
        for one in plan.whole
        if one.outcome is Outcome.STOP
        for reason in one.reasons
    ]
    if faults:
        raise OutOfOrderError(*faults)


def _is_of(medicine: MedicineTold, row: DrugRow) -> bool:
    drug, _, others = row.decision.subject.partition(" (told as ")
    names = {drug.casefold(), *(one.casefold() for one in others.removesuffix(")").split(" and as "))}
    return medicine.name.strip().casefold() in names


def _days(visit: Visit, lines: Iterable[Line], made_at: datetime) -> list[date]:
    """From the day before the first last dose to the day of the procedure; no day that is over."""
    last = day_at(visit.site, visit.start)
    stopping = [day_of(line.row.instructed) for line in lines if line.row.instructed and line.course == "stops"]
    first = min((day - timedelta(days=1) for day in stopping), default=last - timedelta(days=1))
    first = max(first, day_at(visit.site, made_at), last - timedelta(days=MOST_DAYS - 1))
    return [first + timedelta(days=i) for i in range(max((last - first).days, 0) + 1)]


def _column(day: date, visit: Visit) -> dict[str, Any]:
    return {
        "weekday": WEEKDAYS[day.weekday()], "day": day.day, "date": day.isoformat(),
        "procedure": day == day_at(visit.site, visit.start),
    }  # fmt: skip


def _row(line: Line, days: Sequence[date]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": line.name, "box": line.box, "rule": line.decision.rule, "outcome": line.decision.outcome.value,
        "cells": [], "wait": "", "words": list(_words(line)),
    }  # fmt: skip
    by, latest = line.row.instructed, line.row.latest_permitted
    if line.course == "goes on":
        return row | {"cells": [{"word": _take(line)} for _ in days]}
    if line.course == "waits" or by is None or latest is None:
        return row | {"wait": " ".join(row["words"])}
    return row | {
        "cells": [_cell(line, by, day) for day in days],
        "last_dose_by": instant_told(by),
        "latest_last_dose": instant_told(latest),
    }


def _take(line: Line) -> str:
    return "may" if line.when_needed else "take"


def _cell(line: Line, by: Moment, day: date) -> dict[str, str]:
    """Take, last or none. On the last day the hour stands there too, where not the whole day is meant."""
    last = day_of(by)
    if day < last:
        return {"word": _take(line)}
    if day > last:
        return {"word": "none"}
    whole = by == end_of_day(last, by.zone)
    return {"word": "last"} if whole else {"word": "last", "until": f"{local_of(by):%H:%M}"}


def _words(line: Line) -> Iterator[str]:
    """What the policy tells the patient. While somebody is still asked nothing is said about stopping, not even
    beforehand."""
    if line.course != "waits":
        yield from line.decision.advice
        return
    named = f" (your box says {line.box})"
    waiting = [one.replace(named, "") for one in line.decision.advice if one.startswith(WAITING)]
    yield from waiting or [WAIT]


def _check(lines: Iterable[Line]) -> str:
    """For the patient's own check: the hours that the policy asks for, and the instants they mean."""
    told = [text for line in lines if line.course == "stops" for text in _hours(line)]
    if not told:
        return ""
    return (
        f"For your own check, the policy of this service asks for: {'; '.join(told)}. If you took any after that, call "
        "us; we can often move you to a later hour."
    )


def _hours(line: Line) -> Iterator[str]:
    latest, hours = line.row.latest_permitted, line.row.asked
    if latest is not None and latest != line.row.instructed and hours:
        told = instant_told(latest)
        yield f"{line.name.lower()} {hours} hours, which is {told['day']} at {told['clock']}"

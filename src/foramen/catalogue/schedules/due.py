"""From a schedule and an event to the tasks that are due, to whether a time point exists, and to hours of contact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from foramen.catalogue.schedules.definition import (
    NOT_PRINTED,
    Action,
    Anchor,
    Mode,
    PlannedTimepoint,
    QuietHours,
    Schedule,
    Series,
)
from foramen.catalogue.schedules.working_days import Placed, WorkingDays, place
from foramen.kernel.errors import DataError, Fault, raise_all


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do for one person. All days are local days of the site.

    `target` is where the schedule puts it, `due` where it came to stand, `opens` to `closes` the window. `steps` are
    what is done on which day until there is an answer. `only_if` names facts: see `applies`. For people to read:
    `moved` says from where it was moved and why, `flag` why it could not be placed surely, `proposal` which of its
    values the source does not print.
    """

    task: str
    label: str
    target: date
    due: date
    opens: date
    closes: date
    minutes: int | None
    instruments: tuple[tuple[str, str], ...]
    modes: tuple[Mode, ...]
    steps: tuple[tuple[date, Action], ...]
    only_if: tuple[str, ...]
    moved: str
    flag: str
    proposal: str

    def to_json(self) -> dict[str, Any]:
        days = {name: getattr(self, name).isoformat() for name in ("target", "due", "opens", "closes")}
        return {
            "task": self.task, "label": self.label, **days, "minutes": self.minutes,
            "instruments": [{"id": name, "version": version} for name, version in self.instruments],
            "modes": list(self.modes), "steps": [{"day": day.isoformat(), "do": do} for day, do in self.steps],
            "only_if": list(self.only_if), "moved": self.moved, "flag": self.flag, "proposal": self.proposal,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Applies:
    """Whether a time point exists for a person, and why."""

    created: bool
    says: str


def due(
    schedule: Schedule,
    anchor: Anchor,
    day: date,
    calendar: WorkingDays | None = None,
    *,
    cycle: int | None = None,
    also: Sequence[str] = (),
) -> list[Task]:
    """The tasks that an event on a local day gives, by due day. `also` names optional time points the site asks for."""
    raise_all(DataError, _wrong_questions(schedule, anchor, day, cycle, also))
    wanted = [one for one in schedule.places() if one.anchor == anchor and one.cycle in (None, cycle)]
    try:
        tasks = [task for one in wanted for task in _tasks(schedule, one, day, calendar, also)]
    except OverflowError:
        raise DataError.single("this day is too far away", where="day", received=f"{day}") from None
    return sorted(tasks, key=lambda task: task.due)


def _tasks(
    schedule: Schedule, one: PlannedTimepoint | Series, day: date, calendar: WorkingDays | None, also: Sequence[str]
) -> Iterator[Task]:
    if isinstance(one, Series):
        for k in range(one.number):
            yield _session(one, k, day, calendar)
    elif not one.optional or one.id in also:
        yield _occasion(schedule, one, day, calendar)


def _occasion(schedule: Schedule, one: PlannedTimepoint, day: date, calendar: WorkingDays | None) -> Task:
    target, opens, closes = (_plus(day, days) for days in (one.days, one.window.first, one.window.last))
    placed = place(target, opens, closes, calendar) if one.working_day else Placed(target)
    points = {"opens": opens, "due": placed.day, "closes": closes}
    proposal = f"days {one.window.first} to {one.window.last} are a proposal, {NOT_PRINTED}"
    return Task(
        task=one.id, label=one.label, target=target, due=placed.day, opens=opens, closes=closes, minutes=one.minutes,
        instruments=tuple((name, schedule.instruments[name]) for name in one.instruments), modes=tuple(one.modes),
        steps=tuple((points[step.on], step.do) for step in one.steps), only_if=tuple(one.only_if), moved=placed.moved,
        flag=placed.flag, proposal=proposal if one.window.printed == NOT_PRINTED else "",
    )  # fmt: skip


def _session(one: Series, k: int, day: date, calendar: WorkingDays | None) -> Task:
    """A session may take place until the day before the next one is planned."""
    target = _plus(day, one.first_day + k * one.every_days)
    closes = _plus(target, one.every_days - 1)
    placed = place(target, target, closes, calendar) if one.working_day else Placed(target)
    proposal = f"sessions every {one.every_days} days are a proposal, {NOT_PRINTED}"
    return Task(
        task=f"{one.id}_{k + 1}", label=f"{one.label} {k + 1} of {one.number}", target=target, due=placed.day,
        opens=target, closes=closes, minutes=None, instruments=(), modes=("clinic",), steps=(), only_if=(),
        moved=placed.moved, flag=placed.flag, proposal=proposal if one.spacing_printed == NOT_PRINTED else "",
    )  # fmt: skip


def _plus(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _wrong_questions(
    schedule: Schedule, anchor: str, day: Any, cycle: int | None, also: Sequence[str]
) -> Iterator[Fault]:
    anchors = list(dict.fromkeys(one.anchor for one in schedule.places()))
    if anchor not in anchors:
        yield Fault(f"{schedule.title} counts nothing from this event", "anchor", anchor, ", ".join(anchors))
    if not isinstance(day, date) or isinstance(day, datetime):
        yield Fault("a local day is needed, without a time", "day", str(day), "such as 2026-11-24")
    if schedule.cycles is not None and (type(cycle) is not int or not 1 <= cycle <= schedule.cycles):
        yield Fault("which cycle was it?", "cycle", str(cycle), f"a number from 1 to {schedule.cycles}")
    if schedule.cycles is None and cycle is not None:
        yield Fault("this schedule has no cycles", "cycle", str(cycle), "leave it out")
    optional = [one.id for one in schedule.timepoints if one.optional]
    for name in also:
        if name not in optional:
            yield Fault("there is no such optional time point", "also", name, ", ".join(optional) or "leave it out")


def applies(timepoint: PlannedTimepoint, facts: Mapping[str, bool | None]) -> Applies:
    """Whether a time point exists, given what is known: True, False, or None for not known.

    Nothing is left out for want of an answer: a fact that is absent is not known, and then the time point exists.
    """
    known = {name: facts.get(name) for name in timepoint.only_if}
    raise_all(DataError, (_no_fact(n, v) for n, v in known.items() if v is not None and type(v) is not bool))
    if not known:
        return Applies(True, "always")
    if so := [name for name, value in known.items() if value]:
        return Applies(True, f"because {so[0]}")
    if unknown := [name for name, value in known.items() if value is None]:
        return Applies(True, f"because it is not known whether {unknown[0]}")
    return Applies(False, f"neither of {', '.join(known)}" if len(known) > 1 else f"not {next(iter(known))}")


def _no_fact(name: str, value: object) -> Fault:
    return Fault("a fact is true, false or not known", name, str(value), "True, False or None")


def may_contact_from(local: datetime, quiet: QuietHours) -> datetime:
    """The first moment from a local time on at which a person may be written to or called, on the site's clock."""
    if not _is_quiet(local.hour, quiet):
        return local
    end = local.replace(hour=quiet.ends, minute=0, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)


def _is_quiet(hour: int, quiet: QuietHours) -> bool:
    if quiet.begins < quiet.ends:
        return quiet.begins <= hour < quiet.ends
    return hour >= quiet.begins or hour < quiet.ends

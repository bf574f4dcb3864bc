"""Answers: what a patient answered to the instruments of one time point, checked, kept once, and the contact ended.

`keep_answers` is the core, whoever has entered the answers; the two verbs are for staff. What is asked at a time point
is what the schedule of the service says, in the versions that it names now. All of it is stored, or nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import models

from foramen.catalogue.instruments.answers import Answers, read_answers
from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.library import load_instrument
from foramen.catalogue.instruments.scoring import Scored, score
from foramen.catalogue.instruments.value_sets import Answer
from foramen.catalogue.schedules import due
from foramen.catalogue.schedules.definition import PlannedTimepoint
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import Answered
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.follow_up import calendar_of, service_schedule
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.times import day_at
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.assessment import Assessed, Given
from foramen.clinic.facts.day import PainScored
from foramen.clinic.models import Fact, Task, Visit
from foramen.clinic.records.facts import Facts
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import CARE, Role
from foramen.kernel.errors import DataError, Fault, raise_all

KIND = "assessment"
BY_STAFF = ("phone", "clinic")
"""How an answer comes that staff enters; a link and a tablet are answered by the patient."""

SCORED_ON_THE_DAY = {("before", "nrs-pain"): "pain_before", ("after", "nrs-pain"): "pain_after"}
"""What has a fact of its own, because the gates ask for it: time point and instrument, and its kind."""


@verb("record_answers", says="Record answers", on=Visit, content=Answered, roles=CARE, late=True)
def record_answers(act: Act, visit: Visit, told: Answered) -> models.Model:
    """What a patient told staff at one time point: the last fact; the contact, where it is only said to be over."""
    if told.mode not in BY_STAFF:
        raise WrongInputError.single(
            "staff enters what was told", where="mode", received=told.mode, remedy=" or ".join(BY_STAFF)
        )
    facts, task = keep_answers(act, visit, told, act.role_for(CARE))
    return facts[-1] if facts else task or visit


@verb("record_assessment", says="Record one instrument", on=Visit, content=Assessed, roles=CARE, late=True)
def record_assessment(act: Act, visit: Visit, told: Assessed) -> models.Model:
    """The same for one instrument alone. What the server says of it is the server's, whatever was sent."""
    given = Given(instrument=told.instrument, version=told.version, answers=told.answers)
    whole = Answered(
        timepoint=told.timepoint, mode=told.mode, language=told.language, proxy=told.proxy, given=[given]
    )  # fmt: skip
    return record_answers(act, visit, whole)


def keep_answers(act: Act, visit: Visit, told: Answered, role: Role) -> tuple[Sequence[Fact], Task | None]:
    """Store the answers and end the contact once nothing of it is open. Whoever calls it has checked the mode.

    Raises WrongInputError with every fault of the answers, and OutOfOrderError where the time point cannot be answered
    now or was answered before; then nothing is stored.
    """
    facts = begin(act, visit, KIND)
    point, task = _timepoint(told.timepoint), Task.objects.filter(visit=visit, kind=told.timepoint).first()
    planned = _planned(act, visit, point, task)
    _check_when(act, visit, point, task, planned)
    raise_all(WrongInputError, _faults(told, point))
    _check_new(visit, told, facts)
    beside: dict[str, Any] = {
        "timepoint": point.id, "mode": told.mode, "language": told.language, "proxy": told.proxy,
        "recalled": _is_recalled(act, visit, point), "due_on": planned.due,
        "delay_days": (day_at(act.site, act.when) - planned.due).days,
    }  # fmt: skip
    kept = [sign(act, visit, KIND, as_kept(Assessed(**dict(one), **beside)), role) for one in told.given]
    _end(act, task, told, answered_at(facts, point.id) | {one.instrument for one in told.given}, point)
    finish(act, visit)
    return kept, task


@dataclass(frozen=True, slots=True)
class _Planned:
    """When a time point is due, and from which day on it can be answered."""

    due: date
    opens: date


def timepoints() -> Sequence[PlannedTimepoint]:
    """The time points of the service, in order."""
    return service_schedule().timepoints


def instruments_of(point: PlannedTimepoint) -> Sequence[Instrument]:
    """What is asked at a time point, in the versions that are asked now."""
    versions = service_schedule().instruments
    return [instrument_of(name, versions[name]) for name in point.instruments]


@cache
def instrument_of(name: str, version: str) -> Instrument:
    """An instrument of the library; its worked examples are run once."""
    return load_instrument(name, version).content


def answered_at(facts: Facts, timepoint: str) -> set[str]:
    """The instruments that stand answered at a time point of a visit; what was scored on the day counts."""
    found = {one.instrument for one in assessed(facts) if one.timepoint == timepoint}
    for (point, instrument), kind in SCORED_ON_THE_DAY.items():
        scored = facts.content(kind, PainScored)
        if point == timepoint and scored is not None and scored.score is not None:
            found.add(instrument)
    return found


def assessed(facts: Facts) -> Iterator[Assessed]:
    """The answers of a visit that stand."""
    return (known.content for known in facts.each(KIND) if isinstance(known.content, Assessed))


def scores_of(content: Assessed) -> Sequence[Scored]:
    """The scores of an answer, by the instrument of its own version; one that there is none of is left out."""
    results = score(instrument_of(content.instrument, content.version), content.answers)
    return [one for one in results if isinstance(one, Scored)]


def _timepoint(name: str) -> PlannedTimepoint:
    found = next((one for one in timepoints() if one.id == name), None)
    if found is None:
        raise WrongInputError.single(
            "the schedule of the service has no such time point", where="timepoint", received=name,
            remedy=", ".join(one.id for one in timepoints()),
        )  # fmt: skip
    return found


def _planned(act: Act, visit: Visit, point: PlannedTimepoint, task: Task | None) -> _Planned:
    """As its task says; what has none, because it is of the day itself or is asked only at some sites, as needle-out
    would have it. A contact that exists only if something is so, and of which there is no task, is not asked."""
    if task is not None:
        return _Planned(task.due_on, task.opens_on)
    if point.only_if:
        raise OutOfOrderError.single(
            f"the contact {point.label} is not asked for after this treatment", remedy="answer another time point"
        )
    day = day_at(act.site, visit.needle_out_at or visit.start)
    also = (point.id,) if point.optional else ()
    tasks = due.due(service_schedule(), "needle_out", day, calendar_of(visit.site), also=also)
    found = next(one for one in tasks if one.task == point.id)
    return _Planned(found.due, found.opens)


def _check_when(act: Act, visit: Visit, point: PlannedTimepoint, task: Task | None, planned: _Planned) -> None:
    """Raise OutOfOrderError where the time point cannot be answered now, or at the time that a late entry tells."""
    if task is not None and task.state == Task.State.VOID:
        raise OutOfOrderError.single(f"the contact {point.label} was called off", remedy="answer another time point")
    if point.side == "before":
        return
    if visit.needle_out_at is None or act.when < visit.needle_out_at:
        raise OutOfOrderError.single(
            f"{point.label} is asked after needle-out", remedy="enter it when the needle is out, as of then"
        )
    if day_at(act.site, act.when) < planned.opens:
        raise OutOfOrderError.single(
            f"{point.label} is asked from {planned.opens} on", remedy="wait for that day, or answer another time point"
        )


def _is_recalled(act: Act, visit: Visit, point: PlannedTimepoint) -> bool:
    """Whether it was answered from memory: what is asked before the needle, once that is in; what is asked on the day
    itself, on another."""
    if point.side == "before":
        return visit.needle_in_at is not None and act.when >= visit.needle_in_at
    same_day = visit.needle_out_at is not None and day_at(act.site, act.when) == day_at(act.site, visit.needle_out_at)
    return point.days == 0 and not same_day


def _faults(told: Answered, point: PlannedTimepoint) -> Iterable[Fault]:
    """Everything that is wrong with what was given."""
    versions = service_schedule().instruments
    if not told.given and not told.no_more:
        yield Fault("nothing was answered", "given", "", "enter an answer, or say that the patient answers no more")
    for i, one in enumerate(told.given):
        where = one.instrument
        if one.instrument not in point.instruments:
            yield Fault(f"this is not asked at {point.label}", where, one.instrument, ", ".join(point.instruments))
        elif one.version != versions[one.instrument]:
            yield Fault(
                "this is not the version that is asked now", where, one.version,
                f"load the page again and ask version {versions[one.instrument]}",
            )  # fmt: skip
        elif one.instrument in (other.instrument for other in told.given[:i]):
            yield Fault("this instrument stands twice", where, one.instrument, "send it once")
        else:
            yield from answer_faults(one, where)


def answer_faults(one: Given, where: str) -> Iterable[Fault]:
    """What is wrong with the answers to one instrument of that version."""
    if not one.answers:
        return [Fault("nothing of it was answered", where, one.instrument, "leave the instrument out")]
    try:
        read_answers(instrument_of(one.instrument, one.version), one.answers, where)
    except DataError as refused:
        return refused.faults
    return []


def _check_new(visit: Visit, told: Answered, facts: Facts) -> None:
    """Raise OutOfOrderError for what stands already, and for what is scored in the record of the treatment."""
    there = answered_at(facts, told.timepoint)
    for one in told.given:
        if one.instrument in there:
            raise OutOfOrderError.single(
                f"{instrument_of(one.instrument, one.version).abbreviation} is answered already for this time point",
                remedy="correct that answer, with a reason",
            )
        if is_scored_elsewhere(visit, facts, told.timepoint, one.instrument):
            raise OutOfOrderError.single(
                f"pain {told.timepoint} the injection is scored in the record of the treatment", remedy="score it there"
            )


def is_scored_elsewhere(visit: Visit, facts: Facts, timepoint: str, instrument: str) -> bool:
    """Whether it can still be scored in the record of the treatment, where the gates ask for it."""
    kind = SCORED_ON_THE_DAY.get((timepoint, instrument))
    if kind == "pain_before":
        return visit.needle_in_at is None
    return kind == "pain_after" and not facts.has("discharge")


def as_kept(content: Assessed) -> Assessed:
    """An answer as its fact keeps it: numbers as numbers, whatever a form has sent. Raises WrongInputError with every
    fault of the answers."""
    raise_all(WrongInputError, answer_faults(content, content.instrument))
    read: Answers = read_answers(instrument_of(content.instrument, content.version), content.answers)
    return content.model_copy(update={"answers": {item: _stored(value) for item, value in read.values.items()}})


def _stored(value: Answer) -> int | str | list[str]:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, int) else str(value)


def _end(act: Act, task: Task | None, told: Answered, answered: set[str], point: PlannedTimepoint) -> None:
    """The contact is over when every instrument stands answered, or the patient answers nothing else."""
    if told.no_more and not answered:
        raise OutOfOrderError.single(
            "nothing is answered yet, so the contact stays open", remedy="record that the patient was not reached"
        )
    if told.no_more and task is None:
        raise OutOfOrderError.single(f"{point.label} has no open contact", remedy="leave it as it is")
    over = told.no_more or answered >= set(point.instruments)
    if task is not None and over and task.state != Task.State.DONE:
        save_changes(task, state=Task.State.DONE, done_at=act.at)


def reopen(visit: Visit, timepoint: str, facts: Facts) -> None:
    """After an answer was made void: where none is left, somebody has to ask again."""
    task = Task.objects.filter(visit=visit, kind=timepoint, state=Task.State.DONE).first()
    if task is not None and not answered_at(facts, timepoint):
        save_changes(task, state=Task.State.OPEN, done_at=None)

"""What patients answered: pain at each time point, the questionnaire on the outcome, and why a score is missing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from foramen.catalogue.instruments.change import Response, respond
from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.library import load_instrument
from foramen.catalogue.instruments.scoring import Result, Scored, score
from foramen.clinic.freeze.days import Calendar
from foramen.clinic.freeze.reading import Said, Session
from foramen.clinic.freeze.told import Tally
from foramen.clinic.freeze.variables import MISSING, MODES
from foramen.clinic.models import Task
from foramen.kernel.errors import UserError
from foramen.snapshot.layout import Timepoint

PAIN, OUTCOME = "nrs-pain", "infiltration-outcome"
RIGHT_BEFORE_AND_AFTER = ("before", "after")
TIMEPOINTS = (
    Timepoint("before", "Before", 0), Timepoint("after", "Right after", 0),
    Timepoint("quarter_hour", "15 minutes", 0), Timepoint("two_days", "2 days", 2), Timepoint("week", "1 week", 7),
    Timepoint("two_weeks", "2 weeks", 14), Timepoint("one_month", "1 month", 30),
    Timepoint("questionnaire", "First questionnaire on the outcome", 2),
)  # fmt: skip
ASKED = tuple(one.name for one in TIMEPOINTS if one.name != "questionnaire")
FOLLOWED = ("two_days", "week", "two_weeks", "one_month")
QUESTIONS = {"improved": ("change", "improved"), "satisfied": ("satisfaction", "satisfied"),
             "again": ("again", "would_repeat")}  # fmt: skip
"""Variables of the questionnaire: which score of it has to reach which of its thresholds."""

CACHED = 50_000


class Answer(NamedTuple):
    """A row of the assessments: a code, with the day and the mode of the answer where they are told."""

    variable: str
    timepoint: str
    code: int
    day: int | None = None
    mode: int | None = None


def answers(session: Session, calendar: Calendar, day: date, tally: Tally) -> Iterator[Answer]:
    """Everything that was answered about a treatment, and a reason for each pain score that there is not."""
    told = sorted(session.each("assessment"), key=lambda one: one.at)
    found = list(_pain(session, told, calendar, tally))
    yield from found
    yield from _reasons(session, {(one.variable, one.timepoint) for one in found}, day)
    yield from _outcome(session, told, calendar, tally)


def _pain(session: Session, told: Sequence[Said], calendar: Calendar, tally: Tally) -> Iterator[Answer]:
    """The first score of each time point; of pain right before and after the one that counts."""
    seen: set[tuple[str, str]] = set()
    for variable, timepoint, value, fact in _scores(session, told, tally):
        if timepoint not in ASKED:
            tally.apart["answers at another time point"] += 1
        elif (variable, timepoint) in seen:
            tally.apart["answers after the first at a time point"] += 1
        else:
            seen.add((variable, timepoint))
            tally.answers += 1
            mode = MODES.index(fact.content["mode"])
            yield Answer(variable, timepoint, value, calendar.days(session.needle_in, fact.at), mode)


def _scores(session: Session, told: Sequence[Said], tally: Tally) -> Iterator[tuple[str, str, int, Said]]:
    for timepoint in RIGHT_BEFORE_AND_AFTER:
        fact = session.last(f"pain_{timepoint}")
        if fact is not None and fact.content["score"] is not None:
            yield "nrs", timepoint, int(fact.content["score"]), fact
    for fact in told:
        if fact.content["instrument"] == PAIN and (value := _value(fact, "pain", tally)) is not None:
            yield _apart(fact, tally), fact.content["timepoint"], value, fact


def _apart(fact: Said, tally: Tally) -> str:
    """The variable of a pain score: what somebody else answered, and what was answered from memory, is apart."""
    if fact.content.get("proxy"):
        tally.apart["pain answered by somebody else"] += 1
        return "nrs_proxy"
    if fact.content.get("recalled"):
        tally.apart["pain answered from memory"] += 1
        return "nrs_recalled"
    return "nrs"


def _reasons(session: Session, found: set[tuple[str, str]], day: date) -> Iterator[Answer]:
    for timepoint in (*RIGHT_BEFORE_AND_AFTER, *FOLLOWED):
        if ("nrs", timepoint) not in found:
            reason = _reason(session, timepoint, found, day)
            yield Answer("nrs_missing", timepoint, MISSING.index(reason))


def _reason(session: Session, timepoint: str, found: set[tuple[str, str]], day: date) -> str:
    for variable, said in (("nrs_recalled", "only from memory"), ("nrs_proxy", "only by somebody else")):
        if (variable, timepoint) in found:
            return said
    if timepoint in session.answers_out:
        return "consent ended"
    if timepoint in RIGHT_BEFORE_AND_AFTER:
        return "not obtainable" if session.last(f"pain_{timepoint}") is not None else "not asked"
    task = session.tasks.get(timepoint)
    if task is None or task.state == Task.State.VOID:
        return "not planned"
    if task.state == Task.State.NOT_REACHED:
        return "not reached"
    if task.state == Task.State.DONE:
        return "contact without a score"
    return "not due yet" if task.closes >= day else "not asked"


def _outcome(session: Session, told: Sequence[Said], calendar: Calendar, tally: Tally) -> Iterator[Answer]:
    """The first questionnaire on the outcome that the patient answered in time: one for each treatment."""
    asked = [one for one in told if one.content["instrument"] == OUTCOME]
    usual = [one for one in asked if not one.content.get("proxy") and not one.content.get("recalled")]
    tally.apart.update({
        "questionnaires from memory or by somebody else": len(asked) - len(usual),
        "questionnaires after the first": max(0, len(usual) - 1),
    })  # fmt: skip
    if not usual:
        return
    tally.answers += 1
    first = usual[0]
    days, mode = calendar.days(session.needle_in, first.at), MODES.index(first.content["mode"])
    for variable, code in _coded(first, tally):
        yield Answer(variable, "questionnaire", code, days, mode)
    yield Answer("interval", "questionnaire", days, days, mode)


def _coded(fact: Said, tally: Tally) -> Iterator[tuple[str, int]]:
    instrument = _instrument(OUTCOME, fact.content["version"])
    results = _results(fact, tally)
    if instrument is None:
        return
    for variable, (name, threshold) in QUESTIONS.items():
        if (reached := _reached(instrument, results, name, threshold)) is not None:
            yield variable, int(reached)
    if (free := _reached(instrument, results, "side_effects", "free_of_side_effects")) is not None:
        yield "side_effect", int(not free)


def _reached(instrument: Instrument, results: Mapping[str, Result], name: str, threshold: str) -> bool | None:
    """Whether a threshold of the instrument's own definition is reached; None without a score."""
    wanted = next((one for one in instrument.scores if one.id == name), None)
    limit = next((one for one in wanted.thresholds if one.id == threshold), None) if wanted else None
    if wanted is None or limit is None:
        return None
    response = respond(limit, wanted, None, results.get(name))
    return None if response is Response.MISSING else response is Response.REACHED


def _value(fact: Said, name: str, tally: Tally) -> int | None:
    result = _results(fact, tally).get(name)
    return int(result.value) if isinstance(result, Scored) else None


def _results(fact: Said, tally: Tally) -> Mapping[str, Result]:
    """Scores of a stored answer by name; none where the instrument of that version does not know the answers."""
    content: Mapping[str, Any] = fact.content
    answered = json.dumps(content["answers"], sort_keys=True)
    found = _scored(content["instrument"], content["version"], answered)
    if found is None:
        tally.answers_not_in["the instrument does not know the answer"] += 1
    return found or {}


@lru_cache(maxsize=CACHED)
def _scored(identifier: str, version: str, answered: str) -> Mapping[str, Result] | None:
    instrument = _instrument(identifier, version)
    if instrument is None:
        return None
    try:
        return {one.score: one for one in score(instrument, json.loads(answered))}
    except UserError:
        return None


@lru_cache(maxsize=64)
def _instrument(identifier: str, version: str) -> Instrument | None:
    try:
        return load_instrument(identifier, version).content
    except UserError:
        return None

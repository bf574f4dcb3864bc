"""How ready a visit is: what the rules said last, for lists, and from when on they have to be asked again.

A list shows what is stored. Every verb on a visit ends with `refresh`. From `readiness_until` on time alone has changed
something: a hold has ended, a time-out has run out, the day of the procedure has come. Then a list asks anew first
(`keep_fresh`).
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.db.models import prefetch_related_objects

from foramen.catalogue.decision import Judgement
from foramen.catalogue.instants import Moment, day_of, start_of_day
from foramen.clinic import clock
from foramen.clinic.logs import log_error
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts, facts_of_visit, facts_of_visits
from foramen.clinic.rules.cell import OPEN, Cell, why_of
from foramen.clinic.rules.cells_after import After
from foramen.clinic.rules.cells_before import Before
from foramen.clinic.rules.inputs.beside import beside_visits
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.policies import Records, records_of
from foramen.clinic.sealed.fields import sealed_changes

__all__ = ["Cell", "cells", "keep_fresh", "refresh"]

READ = ("site", "patient", "room", "radiologist", "order")
"""Rows that a question reads beside the visit."""

CLOSED = (Visit.State.HOME, Visit.State.CANCELLED, Visit.State.ABORTED)
SETTLED = timedelta(minutes=1)
"""Longer than a verb takes: one that began before an instant has kept what it says by then, and may name that instant
too. What is asked anew sooner than this after it is shown and not kept."""

Shown = dict[str, Any]
"""`{"cells": [{name, outcome, says, until, word}], "why": [{outcome, word, says, cell}]}`."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The cells with what stands beside them, and what they rest on."""

    cells: tuple[Cell, ...] = ()
    beside: tuple[Cell, ...] = ()
    judgements: Sequence[Judgement] = ()

    def to_json(self, question: Question) -> Shown:
        told = [one for one in (*self.cells, *self.beside) if one.outcome in OPEN]
        told.sort(key=lambda one: OPEN.index(one.outcome))
        return {
            "cells": [one.to_json() for one in self.cells],
            "why": [why_of(one, question.zone, question.now) for one in told],
        }


def cells(visit: Visit, facts: Facts, now: Moment) -> tuple[Cell, ...]:
    """Nine cells before the needle, five in recovery, none of a visit that is over. Between needle-in and needle-out
    they say what held when the needle went in."""
    question = Question(visit, facts, now, "plan", beside_visits([visit])[visit.pk])
    return _found(records_of(visit.site), question).cells


def refresh(visit: Visit) -> None:
    """Ask the rules anew and keep what they say with the visit; while the needle is in, what they said before it
    stands. The row does not count up: nothing was entered."""
    facts, now = facts_of_visit(visit), Moment(clock.now(), visit.site.zone)
    if _needle_is_in(facts) and visit.readiness:
        visit.readiness_until = None
    else:
        question = Question(visit, facts, now, "plan", beside_visits([visit])[visit.pk])
        found = _found(records_of(visit.site), question)
        visit.readiness, visit.readiness_until = found.to_json(question), _until(found, question)
    told = {"readiness": visit.readiness, "readiness_until": visit.readiness_until}
    Visit.objects.filter(pk=visit.pk).update(**sealed_changes(visit, told))


def keep_fresh(visits: Iterable[Visit], now: datetime) -> None:
    """Ask the rules anew about those of a list whom time has changed, and keep what they say, so that the next look at
    the list is quick. Each is kept by a statement of its own, and only where no verb has come in between: then the row
    has counted up or has another `readiness_until`, and what the verb has kept stands."""
    for visit, told, until in _asked_anew(visits, now):
        if visit.readiness_until is not None and visit.readiness_until <= now - SETTLED:
            _keep(visit, told, until)
        visit.readiness, visit.readiness_until = told, until


def _keep(visit: Visit, told: Shown, until: datetime | None) -> None:
    """Where nothing can be written just now, the list is shown all the same, and the next one asks again."""
    unchanged = Visit.objects.filter(pk=visit.pk, version=visit.version, readiness_until=visit.readiness_until)
    try:
        unchanged.update(**sealed_changes(visit, {"readiness": told, "readiness_until": until}))
    except OperationalError as error:
        log_error("readiness not kept", error, logging.WARNING)


def _asked_anew(visits: Iterable[Visit], now: datetime) -> Iterator[tuple[Visit, Shown, datetime | None]]:
    """What the rules say now of those whom time has changed, and until when. The number of queries is the same at any
    length."""
    stale = [one for one in visits if one.readiness_until is not None and one.readiness_until <= now]
    if not stale:
        return
    prefetch_related_objects(stale, *READ)
    facts, beside = facts_of_visits(stale), beside_visits(stale)
    records = {site: records_of(site) for site in {one.site for one in stale}}
    for visit in stale:
        question = Question(visit, facts[visit.pk], Moment(now, visit.site.zone), "plan", beside[visit.pk])
        found = _found(records[visit.site], question)
        yield visit, found.to_json(question), _until(found, question)


def _needle_is_in(facts: Facts) -> bool:
    return facts.has("needle_in") and not facts.has("needle_out")


def _found(records: Records, question: Question) -> _Found:
    visit, facts = question.visit, question.facts
    if visit.state in CLOSED:
        return _Found()
    if facts.has("needle_out"):
        after = After(records, question)
        return _Found(after.cells(), tuple(after.beside()), after.judgements)
    before = Before(records, _as_of_needle(question), of_day=_is_of_day(question))
    return _Found(before.cells(), tuple(before.beside()), before.judgements)


def _as_of_needle(question: Question) -> Question:
    """Once the needle is in, the gates before it are asked for that instant: a time-out that ends later has held."""
    known = question.facts.last("needle_in")
    if known is None:
        return question
    now = Moment(min(question.now.utc, known.fact.happened_at), question.zone)
    return Question(question.visit, question.facts, now, question.occasion, question.beside)


def _is_of_day(question: Question) -> bool:
    """Whether the gates of the day are asked, and no longer what has to be planned."""
    return day_of(Moment(question.now.utc, question.zone)) >= day_of(Moment(question.visit.start, question.zone))


def _until(found: _Found, question: Question) -> datetime | None:
    """The first instant at which time alone changes something; None: never."""
    if not found.cells:
        return None
    return min((one for one in _instants(found, question) if one > question.now.utc), default=None)


def _instants(found: _Found, question: Question) -> Iterator[datetime]:
    """The next local midnight, the booked start, and every instant that a decision names. Validity includes its last
    minute, so what has run out is asked just after."""
    today = day_of(Moment(question.now.utc, question.zone))
    yield start_of_day(today + timedelta(days=1), question.zone).utc
    yield question.visit.start
    for decision in (one for judgement in found.judgements for one in judgement.decisions):
        if decision.until is not None:
            yield decision.until.utc
        for name, moment in decision.moments.items():
            yield moment.utc + (JUST_AFTER if name == "time_out_valid_until" else timedelta())


JUST_AFTER = timedelta(seconds=1)

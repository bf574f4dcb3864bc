"""Many treatments for the clinic's bench: copies of a made-up past, each ten days further back, stored in bulk."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from random import Random
from uuid import uuid4

from django.db import transaction

from foramen.clinic.demo.ledger import Ledger
from foramen.clinic.demo.past import build_past
from foramen.clinic.demo.places import Hospital
from foramen.clinic.models import Fact, Order, Patient, Referral, Task, Visit
from foramen.clinic.records.triggers import without_triggers

APART = timedelta(days=10, seconds=1)
"""The second keeps two copies out of one slot."""

PATIENTS = 240
"""Of the past that is copied: about 310 treatments."""

KINDS = frozenset(
    {"referral", "triage", "order", "screening", "plan", "consent", "pain_before", "needle_in", "given", "needle_out",
     "dose", "pain_after", "discharge"}
)  # fmt: skip
"""Kinds of facts that are kept, about half of them: those that pages read."""

BATCH = 2000


def fill(hospital: Hospital, treatments: int) -> int:
    """Store at least so many treatments at Example Hospital; how many. The audit is off: it would double the time, and
    no page that is measured reads it but the history of one patient."""
    past = build_past(hospital, Random(7), PATIENTS).rows
    stored, number = 0, 0
    with without_triggers():
        while stored < treatments:
            number += 1
            with transaction.atomic():
                stored += _store(_shifted(past, number))
    return stored


def _store(rows: Ledger) -> int:
    kept: tuple[tuple[type, Iterator[object]], ...] = (
        (Patient, iter(rows.patients)), (Referral, iter(rows.referrals)), (Order, iter(rows.orders)),
        (Visit, iter(rows.visits)), (Task, iter(rows.tasks)), (Fact, iter(rows.facts)),
    )  # fmt: skip
    for model, found in kept:
        while batch := list(islice(found, BATCH)):
            model.objects.bulk_create(batch)  # type: ignore[attr-defined]
    return len(rows.visits)


def _shifted(past: Ledger, number: int) -> Ledger:
    """The same past, further back, of other people."""
    back, new = APART * number, {None: None}
    made = Ledger()
    groups = ("patients", "referrals", "orders", "visits", "tasks")
    for name in groups:
        for row in getattr(past, name):
            fresh = copy.copy(row)
            fresh._state = copy.copy(row._state)
            fresh.pk, new[id(row)] = uuid4(), None
            new[id(row)] = fresh
            _moved(fresh, back, number, new)
            getattr(made, name).append(fresh)
    for fact in past.facts:
        if fact.kind in KINDS:
            fresh = copy.copy(fact)
            fresh._state = copy.copy(fact._state)
            _moved(fresh, back, number, new)
            made.facts.append(fresh)
    return made


DAYS = ("received_at", "ordered_on", "start", "state_at", "needle_in_at", "needle_out_at", "due_on", "opens_on",
        "closes_on", "done_at", "happened_at", "recorded_at")  # fmt: skip
LINKS = ("patient", "referral", "order", "visit")


def _moved(row: object, back: timedelta, number: int, new: dict[object, object]) -> None:
    fields = {field.name for field in row._meta.concrete_fields}  # type: ignore[attr-defined]
    for name in LINKS:
        if name in fields and (linked := getattr(row, name)) is not None:
            row._state.fields_cache = dict(row._state.fields_cache)  # type: ignore[attr-defined]
            setattr(row, name, new[id(linked)])
    for name in DAYS:
        if name in fields and (day := getattr(row, name)) is not None:
            setattr(row, name, day - back)
    if "number" in fields:
        row.number = f"{row.number}/{number}"  # type: ignore[attr-defined]

"""Every row that belongs to one patient, as plain data: what a copy of a record is made of."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models

from foramen.clinic.models import (
    AuditEvent,
    Draft,
    Fact,
    Judgement,
    Letter,
    Order,
    Patient,
    Person,
    Referral,
    Room,
    Task,
    Visit,
)
from foramen.clinic.records.sealing import opened
from foramen.clinic.sealed.fields import key_of

OF_PATIENT: Mapping[str, type[models.Model]] = {
    "referrals": Referral, "orders": Order, "visits": Visit, "facts": Fact, "judgements": Judgement, "letters": Letter,
    "tasks": Task, "drafts": Draft,
}  # fmt: skip
"""Every table with rows of a patient, by the name of its file."""

LEFT_OUT = frozenset({"readiness", "readiness_until", "mark", "words", "data_key", "number_mark"})
"""Columns that are worked out from others, or in which others are kept: what they hold stands in the others."""

NAMED = (Person, Room)
"""Rows of these are told by their names beside their keys."""


def rows_of(patient: Patient) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """The tables in their order, each with its rows, oldest first; the events of the audit are the last."""
    yield "patient", iter([_row(patient)])
    for name, model in OF_PATIENT.items():
        yield name, _rows(model, patient)
    yield "audit", _events(patient)


def _events(patient: Patient) -> Iterator[dict[str, Any]]:
    """The events with what the rows held, opened with the key of the patient."""
    key = key_of(patient)
    for event in AuditEvent.objects.filter(patient=patient.pk).order_by("pk").iterator(chunk_size=500):
        event.old, event.new = (opened(event.table, one, key) if one else one for one in (event.old, event.new))
        yield _row(event)


def _rows(model: type[models.Model], patient: Patient) -> Iterator[dict[str, Any]]:
    found = model._default_manager.filter(patient=patient).order_by("pk")
    named = _named(model)
    yield from map(_row, found.select_related(*named) if named else found)


def _named(model: type[models.Model]) -> list[str]:
    links = [one for one in model._meta.local_concrete_fields if isinstance(one, models.ForeignKey)]
    return [one.name for one in links if one.related_model in NAMED]


def _row(row: models.Model) -> dict[str, Any]:
    """The columns of a row as they are read; people and rooms with their names too."""
    told = {one.attname: getattr(row, one.attname) for one in row._meta.local_concrete_fields}
    names = {f"{name}_name": str(getattr(row, name) or "") for name in _named(type(row))}
    return {name: value for name, value in (told | names).items() if name not in LEFT_OUT}

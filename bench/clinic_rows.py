"""Many treatments for the clinic's bench: a made-up past, then copies of it, each ten days further back.

The first is stored row by row; the database itself copies it, one statement for each table.
"""

import copy
from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import DateField, DateTimeField, Field, Model

from foramen.clinic.demo.ledger import Ledger
from foramen.clinic.demo.past import build_past
from foramen.clinic.demo.places import Hospital
from foramen.clinic.models import Fact, Order, Patient, Referral, Task, Visit
from foramen.clinic.records.triggers import without_triggers
from foramen.clinic.sealed.data_key import unwrap, wrap

DAYS_APART = 10
APART = timedelta(days=DAYS_APART, seconds=1)
"""The second keeps two copies out of one slot."""

PATIENTS = 240
"""Of the past that is copied: about 310 treatments."""

KINDS = frozenset(
    {"referral", "triage", "order", "screening", "plan", "consent", "pain_before", "needle_in", "given", "needle_out",
     "dose", "pain_after", "discharge", "adverse_event", "assessment", "research_consent", "research_withdrawn"}
)  # fmt: skip
"""Kinds of facts that are kept, about half of them: those that pages and a freeze read."""

TABLES = (Patient, Referral, Order, Visit, Task, Fact)
GROUPS = ("patients", "referrals", "orders", "visits", "tasks")
LINKS = ("patient", "referral", "order", "visit")
FIRST = "00000001"
"""How the keys of the first copy begin; those of copy n begin with n."""


def fill(hospital: Hospital, treatments: int) -> int:
    """Store at least so many treatments at Example Hospital; how many. The audit is off: it would double the time, and
    no page that is measured reads it but the history of one patient."""
    if not treatments:
        return 0
    rows = _shifted(build_past(hospital, Random(7), PATIENTS).rows)
    copies = -(-treatments // len(rows.visits))
    with without_triggers(), transaction.atomic(), connection.cursor() as cursor:
        for model, found in zip(TABLES, (*(getattr(rows, name) for name in GROUPS), rows.facts), strict=True):
            model.objects.bulk_create(found, batch_size=500)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        Patient.objects.bulk_create(_others(rows.patients, copies), batch_size=500)
        for model in TABLES[1:]:
            cursor.execute(_copying(model, copies))
    return copies * len(rows.visits)


def _others(patients: Iterable[Patient], copies: int) -> Iterator[Patient]:
    """Every copy but the first of everybody. Each has the key of the first, wrapped anew, so that what is sealed about
    the first opens for all; names and numbers are sealed for each."""
    for one in patients:
        key = unwrap(one.data_key, one.pk)
        for n in range(2, copies + 1):
            pk = UUID(f"{n:08x}{one.pk.hex[8:]}")
            yield Patient(
                pk=pk, site=one.site, data_key=wrap(key, pk), number=one.number.replace("/1", f"/{n}"),
                family_name=one.family_name, given_name=one.given_name, born=one.born, sex=one.sex, phone=one.phone,
                registered_at=one.registered_at - (n - 1) * APART,
            )  # fmt: skip


def _shifted(past: Ledger) -> Ledger:
    """The past itself as the first copy: with keys by which its rows are found, of other people."""
    new, made = {None: None}, Ledger()
    for name in GROUPS:
        for row in getattr(past, name):
            new[id(row)] = fresh = _moved(row, new)
            fresh.pk = UUID(FIRST + uuid4().hex[len(FIRST) :])
            getattr(made, name).append(fresh)
    made.facts = [_moved(fact, new) for fact in past.facts if fact.kind in KINDS]
    return made


def _moved(row: Model, new: dict[object, object]) -> Model:
    fresh = copy.copy(row)
    fresh._state = copy.copy(row._state)
    fresh._state.fields_cache = dict(row._state.fields_cache)
    for field in row._meta.concrete_fields:
        value = getattr(row, field.name)
        if field.name in LINKS and value is not None:
            setattr(fresh, field.name, new[id(value)])
        elif isinstance(field, DateField) and field.name != "born" and value is not None:
            setattr(fresh, field.name, value - APART)
        elif field.name == "number":
            setattr(fresh, field.name, f"{value}/1")
    return fresh


def _copying(model: type[Model], copies: int) -> str:
    """Every copy but the first of one table. A fact gets the next number."""
    quoted = connection.ops.quote_name
    fields = [one for one in model._meta.concrete_fields if not (one.primary_key and model is Fact)]
    columns = ", ".join(quoted(one.column) for one in fields)
    values = ", ".join(_copied(one, quoted(one.column)) for one in fields)
    key = quoted("id" if model is Patient else "patient_id")
    first = f"CAST({key} AS varchar(36)) LIKE '{FIRST}%'"
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies})"
    table = quoted(model._meta.db_table)
    return (
        f"INSERT INTO {table} ({columns}) "
        f"{numbers} SELECT {values} FROM numbers CROSS JOIN {table} WHERE {first} AND n <= {copies}"
    )


def _copied(field: "Field[object, object]", column: str) -> str:
    """The value of a column in copy n, in the words of the database."""
    sqlite = connection.vendor == "sqlite"
    if field.primary_key or field.name in (*LINKS, "pseudonym"):
        if sqlite:
            return f"printf('%08x', n) || substr({column}, 9)"
        return f"CAST(lpad(to_hex(n), 8, '0') || substr(CAST({column} AS varchar(36)), 9) AS uuid)"
    if field.name == "number":
        return f"replace({column}, '/1', '/' || n)"
    if field.name == "born" or not isinstance(field, DateField):
        return column
    back = f"(n - 1) * {DAYS_APART}"
    if not isinstance(field, DateTimeField):
        return f"date({column}, -({back}) || ' days')" if sqlite else f"{column} - {back}"
    if sqlite:
        return f"datetime({column}, -({back}) || ' days', (1 - n) || ' seconds')"
    return f"{column} - (n - 1) * interval '{DAYS_APART} days 1 second'"

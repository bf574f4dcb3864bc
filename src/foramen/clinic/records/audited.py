"""Which tables the database audits and guards, and how: told by the models."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import apps
from django.db import models

APPEND_ONLY = frozenset({"fact", "judgement", "letter", "auditevent", "seal"})
"""Models of which a row is never changed."""

ANSWERED_ONCE = frozenset({"request"})
"""Models of which a row is changed once: what came of it is filled in."""

FREE = frozenset({"searchmark"})
"""Models that nothing guards: they are made anew from what is audited."""

SECRET = frozenset({"password", "sha256", "data_key", "number_mark"})
"""Columns that never enter the audit; that they changed does."""

UNLOGGED = frozenset({"auditevent", "seal", "job", "searchmark"})
"""Models whose changes are no events: the audit itself, the pulse of the worker, and what is found by a search."""

DERIVED = frozenset({"readiness", "readiness_until", "last_login", "worker_at", "taken_at"})
"""Columns that are worked out from what is audited, or are the pulse of a worker, and do not enter it."""

COUNTED = frozenset({"version"})
"""Columns that change with every other one; alone, they tell nothing."""

Guard = Literal["free", "keep", "append", "answer"]
"""What the database refuses: nothing; to delete; to change and to delete; to delete and to change what is answered."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One table: its columns with what they hold, whose record a row is, and what is refused."""

    table: str
    key: str
    columns: tuple[tuple[str, str], ...]
    patient: str
    guard: Guard
    logged: bool

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """The columns that enter the audit."""
        return tuple(one for one in self.columns if one[0] not in SECRET | DERIVED)

    @property
    def watched(self) -> tuple[str, ...]:
        """The columns of which a change is an event."""
        return tuple(name for name, _ in self.columns if name not in DERIVED | COUNTED)


def audited_tables() -> Iterator[Audited]:
    """Every table of the clinic, in the order of its models."""
    for model in apps.get_app_config("clinic").get_models(include_auto_created=True):
        yield _audited(model)


def _audited(model: type[models.Model]) -> Audited:
    meta = model._meta
    fields = meta.local_concrete_fields
    key = str(meta.pk.column)
    patient = key if meta.model_name == "patient" else "patient_id"
    return Audited(
        table=meta.db_table,
        key=key,
        columns=tuple((str(field.column), _holds(field)) for field in fields),
        patient=patient if patient in {field.column for field in fields} else "",
        guard=_guard(meta.model_name or ""),
        logged=meta.model_name not in UNLOGGED,
    )


def _guard(name: str) -> Guard:
    if name in APPEND_ONLY | FREE:
        return "append" if name in APPEND_ONLY else "free"
    return "answer" if name in ANSWERED_ONCE else "keep"


def _holds(field: "models.Field[Any, Any]") -> str:
    if isinstance(field, models.JSONField):
        return "json"
    return "boolean" if isinstance(field, models.BooleanField) else "text"

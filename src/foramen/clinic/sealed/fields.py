"""Columns that the database holds sealed. Reading an attribute and making a row are as of any other column.

A row is opened with the key of its patient: its own `data_key`, or `wrapped_key`, which the manager of the model brings
along (`SealedRows`), or that of `row.patient`. A sealed column cannot be compared, sorted by or set by `update()` with
what it means: each of these raises an error, because it would find nothing.
"""

import json
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.expressions import Col

from foramen.clinic.sealed.data_key import new_data_key, unwrap
from foramen.clinic.sealed.marks import WRITTEN, mark_of
from foramen.clinic.sealed.values import open_text, place_of, seal_text
from foramen.kernel.errors import UserError

KEY, CARRIED = "data_key", "wrapped_key"


class ErasedError(UserError):
    """Somebody wants to write about a patient whose identifiers are erased."""


class Sealed:
    """A sealed value that comes from the database, and what it means as soon as somebody has asked."""

    __slots__ = ("is_open", "plain", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_open, self.plain = False, None

    def __repr__(self) -> str:
        return "(sealed)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


Model = TypeVar("Model", bound=models.Model)


class SealedRows(models.Manager[Model]):
    """Rows that come with the key of their patient: a list reads none of them one by one.

    The key is looked up for each row that is found. A join would be one more table for the database to begin with, and
    SQLite began with it: a board of a full clinic took minutes.
    """

    use_in_migrations = False

    def get_queryset(self) -> "models.QuerySet[Model]":
        patients: Any = self.model._meta.get_field("patient").related_model
        wrapped = Subquery(patients._base_manager.filter(pk=OuterRef("patient_id")).values(KEY))
        found: models.QuerySet[Model] = super().get_queryset().annotate(**{CARRIED: wrapped})
        return found


def key_of(row: Any) -> bytes | None:
    """The key of the patient of a row; None where it was destroyed."""
    if hasattr(type(row), "patient_id"):
        carried = row.__dict__.get(CARRIED)
        wrapped, patient = row.patient.data_key if carried is None else carried, row.patient_id
    else:
        wrapped, patient = row.data_key, row.pk
    return unwrap(wrapped, patient) if wrapped else None


class DataKey(models.TextField):  # type: ignore[type-arg]
    """The wrapped key of a patient. A row that is made gets one."""

    def deconstruct(self) -> Any:
        return _as_text(super().deconstruct())

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        give_key(model_instance, new=add)
        return str(getattr(model_instance, self.attname))


def give_key(row: Any, *, new: bool) -> None:
    """A new patient has a key before anything about it is sealed."""
    if new and not row.__dict__.get(KEY) and not row.erased_at:
        row.data_key = new_data_key(row.pk)


class _SealedCol(Col):
    """A column that may be selected and nothing else."""

    def resolve_expression(self, *_: Any, **__: Any) -> Any:
        raise _unsearchable(self.target)


class _Attribute:
    """Opens what is sealed when somebody asks for it."""

    def __init__(self, field: "SealedText") -> None:
        self.field, self.name = field, field.attname

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        if self.name not in row.__dict__:
            row.refresh_from_db(fields=[self.name])
        held = row.__dict__[self.name]
        if not isinstance(held, Sealed):
            return held
        if not held.is_open:
            held.plain, held.is_open = self.field.opened(held.text, row), True
        return held.plain

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.name] = value


class SealedText(models.TextField):  # type: ignore[type-arg]
    """A text. `bound_to` names the column with the UUID of the row."""

    descriptor_class: Any = _Attribute
    erased: Any = "(erased)"

    def __init__(self, *args: Any, bound_to: str = "id", **more: Any) -> None:
        self.bound_to = bound_to
        super().__init__(*args, **more)

    def deconstruct(self) -> Any:
        """A migration knows it as plain text, which it is in the database."""
        return _as_text(super().deconstruct())

    def to_text(self, plain: Any) -> str:
        """What is sealed of a value."""
        return str(plain)

    def from_text(self, text: str) -> Any:
        """The value that was sealed."""
        return text

    def place(self, row: Any) -> str:
        """Where alone the value of this row opens."""
        bound: UUID = getattr(row, self.bound_to)
        return place_of(self.model._meta.db_table, str(self.column), bound)

    def opened(self, text: str, row: Any) -> Any:
        """What a sealed text of a row means; of an erased patient nothing is told."""
        if not text:
            return self.from_text("")
        key = key_of(row)
        return self.erased if key is None else self.from_text(open_text(key, text, self.place(row)))

    def sealed(self, plain: Any, row: Any) -> Sealed:
        """A value sealed for a row. Raises ErasedError where its patient has no key any more."""
        return self.sealed_text(self.to_text(plain), row)

    def sealed_text(self, text: str, row: Any) -> Sealed:
        key = key_of(row)
        if key is None:
            raise erased_error()
        return Sealed(seal_text(key, text, self.place(row)))

    def changed(self, plain: Any, row: Any) -> dict[str, Any]:
        """The columns that change with it, as `update()` takes them."""
        return {self.name: self.sealed(plain, row)}

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        """What was read and not changed is written as it was: the audit sees no change where there is none."""
        if add and not hasattr(type(model_instance), "patient_id"):
            give_key(model_instance, new=True)
        held = model_instance.__dict__[self.attname]
        if isinstance(held, Sealed):
            if not held.is_open:
                return held
            if not add and self.to_text(held.plain) == self.to_text(self.opened(held.text, model_instance)):
                return held
            return self.sealed(held.plain, model_instance)
        return self.sealed(held, model_instance)

    def get_prep_value(self, value: Any) -> Any:
        """Only what is sealed reaches the database."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise _unsearchable(self)
        return value.text

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else Sealed(value)

    def get_lookup(self, lookup_name: str) -> Any:  # noqa: ARG002 - of Django
        raise _unsearchable(self)

    def get_transform(self, lookup_name: str) -> Any:  # noqa: ARG002 - of Django
        raise _unsearchable(self)

    def get_col(self, alias: str, output_field: Any = None) -> Any:
        return _SealedCol(alias, self, output_field)


class SealedDate(SealedText):
    """A day."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    erased = None

    def to_text(self, plain: Any) -> str:
        return plain.isoformat() if isinstance(plain, date) else date.fromisoformat(plain).isoformat()

    def from_text(self, text: str) -> date | None:
        return date.fromisoformat(text) if text else None


class SealedJSON(SealedText):
    """Lists and tables. What is empty is stored so."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    @property
    def erased(self) -> Any:
        return self.get_default() if self.has_default() else {}

    def to_text(self, plain: Any) -> str:
        return json.dumps(plain, default=_as_json) if plain not in ({}, [], None, "") else ""

    def from_text(self, text: str) -> Any:
        return json.loads(text) if text else (self.get_default() if self.has_default() else {})


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")


class MarkOf(models.CharField):  # type: ignore[type-arg]
    """The search mark of another column of the row, so that the database can keep it unique."""

    def __init__(self, *args: Any, of: str = "", **more: Any) -> None:
        self.of = of
        super().__init__(*args, **more)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def made(self, row: Any) -> str:
        """Of an erased patient there is none."""
        return mark_of(WRITTEN, row.site_id, getattr(row, self.of)) if row.data_key else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if add:
            give_key(model_instance, new=True)
        made = self.made(model_instance)
        setattr(model_instance, self.attname, made)
        return made


def sealed_changes(row: models.Model, changes: dict[str, Any]) -> dict[str, Any]:
    """The same changes as `update()` takes them: sealed for this row, with the marks that follow from them."""
    found: dict[str, Any] = {}
    for name, value in changes.items():
        changed = getattr(row._meta.get_field(name), "changed", None)
        found |= changed(value, row) if changed else {name: value}
    for field in row._meta.concrete_fields:
        if isinstance(field, MarkOf) and field.of in changes:
            found[field.name] = mark_of(WRITTEN, getattr(row, "site_id"), changes[field.of])  # noqa: B009 - any model
    return found


def _as_text(deconstructed: Any) -> Any:
    name, _path, args, kwargs = deconstructed
    kwargs.pop("default", None)
    return name, "django.db.models.TextField", args, kwargs


def _unsearchable(field: Any) -> FieldError:
    return FieldError(f"{field.name} is sealed: nothing is found, sorted or set by it in the database")


def erased_error() -> ErasedError:
    return ErasedError.single(
        "the identifiers of this patient are erased: nothing more is written to this record",
        remedy="register the patient anew",
    )

"""A JSON column of which the words are sealed in another column of the row; reading it puts both together."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import models

from foramen.clinic.sealed.fields import Sealed, SealedJSON, erased_error, key_of
from foramen.clinic.sealed.words import erased, join, split

IsFreeOf = Callable[[str, str], bool | None]
"""By the kind of a row and the path of a leaf: whether it is words; None where it is no leaf."""


def _no_leaf(_path: str) -> None:
    """Every text is words."""


class Coded(dict[str, Any]):
    """The coded rest of a content, as it stands in the database."""


class _Whole:
    """Puts the words back when somebody asks for the content."""

    def __init__(self, field: "CodedJSON") -> None:
        self.field, self.name = field, field.attname

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        if self.name not in row.__dict__:
            row.refresh_from_db(fields=[self.name])
        held = row.__dict__[self.name]
        if isinstance(held, Coded):
            row.__dict__[self.name] = held = self.field.whole(held, row)
        return held

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.name] = value


class CodedJSON(models.JSONField):
    """The content of a row with a `kind`. Its words stand in the column `words`. A migration knows it as plain JSON,
    which it is in the database."""

    descriptor_class: Any = _Whole

    def __init__(self, *args: Any, is_free: IsFreeOf | None = None, **more: Any) -> None:
        self.is_free = is_free
        super().__init__(*args, **more)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def whole(self, rest: Coded, row: Any) -> dict[str, Any]:
        """The content as it was entered, or without words where the patient's key is destroyed."""
        held = row.__dict__.get("words")
        if isinstance(held, Sealed) and not held.text:
            return dict(rest)
        words = row.words
        found: dict[str, Any] = join(dict(rest), words) if words is not None else erased(dict(rest))
        return found

    def parts(self, content: Any, kind: str) -> tuple[dict[str, Any], list[Any]]:
        """Coded rest and words of a content."""
        rest, words = split(content, partial(self.is_free, kind) if self.is_free else _no_leaf)
        return rest, [[list(place), value] for place, value in words]

    def changed(self, content: Any, row: Any) -> dict[str, Any]:
        """The columns that change with it, as `update()` takes them."""
        rest, words = self.parts(content, row.kind)
        sealing: Any = row._meta.get_field("words")
        return {str(self.name): rest, "words": sealing.sealed(words, row)}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002 - of Django
        held = model_instance.__dict__[self.attname]
        return dict(held) if isinstance(held, Coded) else self.parts(held, model_instance.__dict__["kind"])[0]

    def from_db_value(self, value: Any, *more: Any) -> Any:
        found = super().from_db_value(value, *more)
        return Coded(found) if isinstance(found, dict) else found


class SealedWords(SealedJSON):
    """The words of the `content` of the row; None where they are erased."""

    erased = None

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        if isinstance(model_instance.__dict__["content"], Coded):
            return super().pre_save(model_instance, add)
        if key_of(model_instance) is None:
            raise erased_error()
        content: Any = model_instance._meta.get_field("content")
        held = model_instance.__dict__.get(self.attname)
        made = self.to_text(content.parts(model_instance.__dict__["content"], model_instance.__dict__["kind"])[1])
        if isinstance(held, Sealed) and made == self.to_text(self.opened(held.text, model_instance)):
            return held
        return self.sealed_text(made, model_instance)

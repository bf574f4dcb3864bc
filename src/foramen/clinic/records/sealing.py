"""Sealing what an older version stored in the clear, and opening what the audit has kept sealed.

The triggers copy columns as they stand, so an event holds what the row held: sealed values, bound to the same row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from foramen.clinic.models.facts import is_words
from foramen.clinic.models.pathway import is_told
from foramen.clinic.sealed.values import is_sealed, open_text, place_of, seal_text
from foramen.clinic.sealed.words import ERASED, erased, join, split

FACT, TASK, _EVENT = "clinic_fact", "clinic_task", "clinic_auditevent"
WHOLE: Mapping[str, tuple[str, ...]] = {
    "clinic_patient": ("number", "family_name", "given_name", "born", "phone", "email"),
    "clinic_letter": ("content",), "clinic_draft": ("content",), "clinic_judgement": ("content",),
    FACT: ("reason",),
}  # fmt: skip
"""By table, the columns that are sealed as they are."""

_WORDS_OF = {FACT: is_words, TASK: is_told}
"""By table, which leaves of `content` are words."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals what was written about one patient, with the key of the patient."""

    key: bytes

    def text(self, table: str, column: str, row: UUID, plain: str) -> str:
        return seal_text(self.key, plain, place_of(table, column, row))

    def json(self, table: str, column: str, row: UUID, plain: Any) -> str:
        return self.text(table, column, row, json.dumps(plain) if plain else "")

    def parts(self, table: str, row: UUID, kind: str, content: Any) -> tuple[Any, str]:
        """The coded rest of a content, and its words sealed."""
        rest, words = split(content, partial(_WORDS_OF[table], kind))
        return rest, self.json(table, "words", row, [[list(place), value] for place, value in words])

    def audited(self, table: str, told: dict[str, Any] | None, marks: Mapping[int, UUID]) -> dict[str, Any] | None:
        """The row of an event; `marks` are those of the facts, by their numbers."""
        if not told or (table not in WHOLE and table != TASK):
            return told
        made, row = dict(told), marks[int(told["id"])] if table == FACT else UUID(told["id"])
        for column in WHOLE.get(table, ()):
            plain = told.get(column) or ""
            made[column] = (self.text if isinstance(plain, str) else self.json)(table, column, row, plain)
        if table in _WORDS_OF:
            made["content"], made["words"] = self.parts(table, row, told["kind"], told["content"])
        return made | ({"mark": str(row)} if table == FACT else {})

    def context(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The context of an event, whose reason somebody typed."""
        if not told.get("why") or "key" not in told:
            return dict(told)
        return {**told, "why": sealed_why(told["why"], self.key, UUID(told["key"]))}


def sealed_why(why: str, key: bytes, act: UUID) -> str:
    """The typed reason of an act about a patient, as the context of its events holds it."""
    return seal_text(key, why, place_of(_EVENT, "why", act))


def opened_why(context: Mapping[str, Any], key: bytes | None) -> str:
    """The reason that a context holds. Raises DoesNotOpenError."""
    why = str(context.get("why", ""))
    if not is_sealed(why):
        return why
    return ERASED if key is None else open_text(key, why, place_of(_EVENT, "why", UUID(context["key"])))


def opened(table: str, told: Mapping[str, Any], key: bytes | None) -> dict[str, Any]:
    """The row of an event as it was entered, with the key of its patient; None: it was destroyed, and the words are
    told as erased. Raises DoesNotOpenError."""
    made = dict(told)
    if table not in WHOLE and table not in _WORDS_OF:
        return made
    row = UUID(told["mark" if table == FACT else "id"])
    for column, text in told.items():
        if is_sealed(text):
            made[column] = ERASED if key is None else open_text(key, text, place_of(table, column, row))
    if table in _WORDS_OF:
        words = made.pop("words", "")
        content = told.get("content") or {}
        made["content"] = erased(content) if words == ERASED else join(content, json.loads(words or "[]"))
    return made

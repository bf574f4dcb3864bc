"""The four answers of allergies, blood, cut and driver: “none”, something named, or no answer at all."""

import re
from collections.abc import Iterable

from foramen.catalogue.drugs import folded, load_names

Told = str | list[str]
"""“none”, what was told in words or as a list, or “unknown”."""

NONE = "none"
NO_ANSWER = frozenset(
    (
        "na", "n a", "no", "yes", "nil", "nka", "nkda", "unk", "idk", "later", "ask", "asked", "xx", "xxx", "test",
        "ok", "negative", "null", "blank", "missing", "same", "as before", "see above", "see notes", "see chart",
        "empty", "void", "nothing entered", "not told", "unclear",
    )
)  # fmt: skip
"""Texts that fill a field and answer nothing. “No” and “yes” do not say what was asked."""

OPEN = (
    "unknown", "todo", "to do", "tbd", "tba", "not asked", "not known", "not sure", "unsure", "unanswered", "no answer",
    "to be asked", "not applicable", "not recorded", "not documented", "not done", "not available", "not yet",
    "pending", "do not know", "dont know",
)  # fmt: skip
"""Words that leave an answer open, wherever they stand in it."""

_DOSE = re.compile(r"\s+[0-9][0-9.,]*\s*(mg|mcg|g|ml|iu|units?)\b.*$", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;+/\n]|\band\b", re.IGNORECASE)


def answer_of(told: Told) -> tuple[str, ...] | None:
    """What was answered: nothing for “none”, else each thing that was named. None: it is not answered."""
    texts = [told] if isinstance(told, str) else told
    parts = tuple(folded(text) for text in texts)
    if parts == (NONE,):
        return ()
    if not parts or NONE in parts or not all(is_told(text) for text in texts):
        return None
    return tuple(text.strip() for text in texts)


def is_told(text: str) -> bool:
    """Whether a text says anything: a question mark, a blank, “unknown”, “todo”, “n/a” do not."""
    plain = folded(text)
    if "?" in text or len(plain) < 2 or plain in NO_ANSWER:
        return False
    return not any(f" {words} " in f" {plain} " for words in OPEN)


def generic_names(told: Iterable[str]) -> frozenset[str]:
    """The drugs that are named, by their generic names; what nobody recognises by itself."""
    pieces = (_DOSE.sub("", piece.strip()) for text in told for piece in _BETWEEN.split(text))
    return frozenset(name for piece in pieces if piece for name in _generic(piece))


def _generic(name: str) -> tuple[str, ...]:
    found = load_names().recognise(name)
    return (folded(name),) if found is None else tuple(drug.name for drug in found.drugs)

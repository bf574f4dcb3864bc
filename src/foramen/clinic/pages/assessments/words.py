"""Answers in words: what was answered, how it came, and how far from the planned day."""

from collections.abc import Mapping

from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.value_sets import Scale
from foramen.clinic.domain.assessments import instrument_of
from foramen.clinic.facts.assessment import Assessed, Value

MODES: Mapping[str, str] = {
    "link": "by link",
    "tablet": "on the tablet",
    "phone": "by phone",
    "clinic": "in the clinic",
}
SIGNS: Mapping[str, str] = {"link": "link", "tablet": "tablet", "phone": "phone", "clinic": "clinic"}
"""The sign of the sprite that stands for how an answer came."""

PAIN = "nrs-pain"


def answer_words(content: Assessed) -> str:
    """What was answered, question by question; what was not is left out."""
    instrument = instrument_of(content.instrument, content.version)
    asked = [item.id for item in instrument.items if item.id in content.answers]
    return "; ".join(_words(instrument, item, content.answers[item]) for item in asked)


def _words(instrument: Instrument, item: str, value: Value) -> str:
    values, name = instrument.values_of(item), item.replace("_", " ")
    if isinstance(values, Scale):
        return f"{name} {value}{f' {values.unit}' if values.unit else ''}"
    texts, codes = values.texts(), value if isinstance(value, list) else [str(value)]
    return f"{name}: {', '.join(texts.get(code, code).lower() for code in codes)}"


def how_words(content: Assessed) -> str:
    """How it came and when: by phone, 1 day late, answered by somebody else."""
    parts = [MODES[content.mode], delay_words(content.delay_days)]
    parts += ["by somebody else for the patient"] if content.proxy else []
    parts += ["from memory"] if content.recalled else []
    return ", ".join(part for part in parts if part)


def delay_words(days: int | None) -> str:
    """1 day late, 2 days early; nothing on the planned day."""
    if not days:
        return ""
    return f"{abs(days)} day{'s' if abs(days) > 1 else ''} {'late' if days > 0 else 'early'}"


def pain_of(content: Assessed) -> int | None:
    """The pain score, of an answer that is one."""
    found = content.answers.get("pain") if content.instrument == PAIN else None
    return found if isinstance(found, int) else None

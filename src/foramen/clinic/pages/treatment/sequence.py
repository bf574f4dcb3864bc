"""The steps of a treatment in the order of the server, each with what came of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from foramen.clinic.domain import pathway
from foramen.clinic.facts.day import PainScored
from foramen.clinic.pages.treatment.record import Record
from foramen.clinic.records.facts import Known

LABELS = {
    "order": "Order", "screening": "Screening", "letter_read": "Letter", "arrival": "Arrived",
    "review_radiologist": "ABCD", "level": "Level", "pain_before": "Pain before", "time_out_radiologist": "Time-out",
    "needle_in": "Needle-in", "needle_out": "Needle-out", "pain_after": "Pain after", "observed": "Observed",
    "walks": "Walks", "discharge": "Home",
}  # fmt: skip

BOTH = {"review_radiologist": "review_nurse", "time_out_radiologist": "time_out_technologist"}
"""Steps that two people sign, each with the other signature."""


@dataclass(frozen=True, slots=True)
class SequenceStep:
    """One step as the page shows it. `look` is ok, now or later."""

    label: str
    look: str
    says: str


def sequence(record: Record, held: str = "") -> Iterator[SequenceStep]:
    """Every step: done with its instant, the one that is next, and those that come later. The needle that is in stays
    the current step until it is out. `held`: until when observation holds the patient."""
    kinds = pathway.SEQUENCE
    done = [kind for kind in kinds if _is_done(record, kind)]
    inside = "needle_in" in done and "needle_out" not in done
    first_open = next((kind for kind in kinds if kind not in done), "")
    now = "" if record.visit.state in pathway.CLOSED else "needle_in" if inside else first_open
    for kind in kinds:
        if kind == now == "observed" and held:
            yield SequenceStep(LABELS[kind], "hold", held)
        elif kind in done:
            yield SequenceStep(LABELS[kind], "now" if kind == now else "ok", _says(record, kind))
        else:
            look = "now" if kind == now else "later"
            yield SequenceStep(LABELS[kind], look, look)


def _is_done(record: Record, kind: str) -> bool:
    return record.facts.has(kind) and record.facts.has(BOTH.get(kind, kind))


def _says(record: Record, kind: str) -> str:
    known = record.facts.last(kind)
    assert known is not None  # asked of steps that are done
    return _SAYS.get(kind, _clock)(record, known)


def _clock(_record: Record, known: Known) -> str:
    return clock_text(known.fact.happened_at)


def _order(record: Record, _known: Known) -> str:
    order, needle_in = record.visit.order, record.facts.has("needle_in")
    return f"{min(order.used + (not needle_in), order.quantity)} of {order.quantity}"


def _day(_record: Record, known: Known) -> str:
    return day_text(known.fact.happened_at)


def _read(_record: Record, known: Known) -> str:
    return f"read {day_text(known.fact.happened_at)}"


def _two(_record: Record, known: Known) -> str:
    return f"{clock_text(known.fact.happened_at)}, two"


def _pain(_record: Record, known: Known) -> str:
    content = known.content
    score = content.score if isinstance(content, PainScored) else None
    return f"{'no score' if score is None else score}, {clock_text(known.fact.happened_at)}"


_SAYS: Mapping[str, Callable[[Record, Known], str]] = {
    "order": _order, "screening": _day, "letter_read": _read, "review_radiologist": _two, "pain_before": _pain,
    "pain_after": _pain,
}  # fmt: skip


def clock_text(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def day_text(at: datetime) -> str:
    here = timezone.localtime(at)
    return f"{here.day} {here:%b}"

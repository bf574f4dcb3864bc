"""The history of a record in words: who did what when, what stood before and what stands since, and why (AUD-9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from foramen.catalogue.decision import OCCASIONS
from foramen.catalogue.instants import end_of_day, start_of_day
from foramen.clinic.domain.pathway import STEPS
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.models import AuditEvent, Fact, Letter, Patient, Person, Room, Site
from foramen.clinic.records.events import ERASED, EXPORT, READ, REFUSED
from foramen.clinic.records.sealing import opened, opened_why
from foramen.clinic.records.words import content_in_words, model_of, row_in_words
from foramen.clinic.sealed.fields import key_of

OUTSIDE = "outside the service"
"""Who, where the database was written to by something that names nobody."""

LABELS = {kind: step.label for kind, step in STEPS.items()} | {
    "referral": "referral", "triage": "triage", "order": "order", "repeat": "decision to repeat", "add_on": "add-on",
    "override": "override", "letter_read": "that the letter was read", "arrival": "arrival", "discharge": "discharge",
    "research_consent": "consent to research", "research_withdrawn": "withdrawal of consent to research",
    "moved": "that the visit was moved", "cancelled": "that the visit was cancelled",
}  # fmt: skip
"""Every kind of fact as a sentence names it."""

LOOKED = {READ: "looked at", EXPORT: "took a copy of", REFUSED: "was refused"}
"""Events of a record that leave no row."""

_SIGNED = ("clinic_fact", "clinic_judgement", "clinic_letter")
GROUPS: Mapping[str, tuple[str, Q]] = {
    "facts": ("what was recorded", Q(table="clinic_fact")),
    "corrections": ("corrections and voids", Q(table="clinic_fact") & ~Q(new__corrects_id=None)),
    "rules": ("what the rules said", Q(table="clinic_judgement")),
    "letters": ("letters", Q(table="clinic_letter")),
    "rows": ("bookings, orders, details", ~Q(table__in=_SIGNED) & ~Q(operation__in=(READ, EXPORT, REFUSED))),
    "reads": ("who looked, and who was refused", Q(operation__in=(READ, EXPORT, REFUSED))),
}
"""What a history is narrowed to: its name on the page, and the events."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event. `old` and `new` hold only what differs, by name."""

    number: int
    at: datetime
    who: str
    role: str
    doing: str
    what: str
    why: str
    old: Mapping[str, str]
    new: Mapping[str, str]


def events_of(
    patient: Patient, *, group: str = "", person: UUID | None = None, first: date | None = None,
    last: date | None = None,
) -> "QuerySet[AuditEvent]":  # fmt: skip
    """The events of a patient's record, the latest first; days are days at the patient's site."""
    found, zone = AuditEvent.objects.filter(patient=patient.pk), patient.site.zone
    if group in GROUPS:
        found = found.filter(GROUPS[group][1])
    if person is not None:
        found = found.filter(context__person=person.hex)
    if first is not None:
        found = found.filter(at__gte=start_of_day(first, zone).utc)
    if last is not None:
        found = found.filter(at__lte=end_of_day(last, zone).utc)
    return found.order_by("-id")


def people_of(site: Site) -> Mapping[str, str]:
    """Everybody who has or had a role at a site, by key without dashes, sorted by name. One query."""
    found = Person.objects.filter(delegations__site=site).distinct().order_by("shown_as", "pk")
    return {one.pk.hex: str(one) for one in found}


def lines_of(events: Sequence[AuditEvent], site: Site, people: Mapping[str, str]) -> Sequence[Line]:
    """The same in words; of an erased patient without any that names one. Three queries, however many events."""
    sealed = {
        one.pk: key_of(one) for one in Patient.objects.filter(pk__in={one.patient for one in events if one.patient})
    }
    for event in events:
        key = sealed.get(event.patient) if event.patient else None
        event.old, event.new = (opened(event.table, one, key) if one else one for one in (event.old, event.new))
        event.context = event.context | {"why": opened_why(event.context, key)}
    keys = {(one.new or {}).get("corrects_id") for one in events if one.table == "clinic_fact"}
    before = {one.pk: one for one in Fact.objects.filter(pk__in={key or 0 for key in keys} | {0})}
    names = {**people, **{one.pk.hex: one.name for one in Room.objects.filter(site=site)}}
    return [_line(event, before, names, site.zone) for event in events]


def _line(event: AuditEvent, before: Mapping[int, Fact], names: Mapping[str, str], zone: str) -> Line:
    verb = VERBS.get(event.context.get("verb", ""))
    told = _fact(event, before, zone) if event.table == "clinic_fact" else _row(event, names, zone)
    what, why, old, new = told
    return Line(
        number=event.pk, at=event.at, who=event.context.get("shown_as") or OUTSIDE,
        role=event.context.get("role", ""), doing=verb.says if verb else "", what=what,
        why=why or event.context.get("why", ""), old=old, new=new,
    )  # fmt: skip


_Told = tuple[str, str, Mapping[str, str], Mapping[str, str]]


def _fact(event: AuditEvent, before: Mapping[int, Fact], zone: str) -> _Told:
    """A signed fact: new, in the place of another, or void."""
    row: dict[str, Any] = event.new or {}
    label = _in_a_sentence(LABELS.get(row["kind"], row["kind"]))
    content, corrected = content_in_words(row["content"], zone), before.get(row["corrects_id"] or 0)
    if corrected is None:
        late = ", entered late" if row["late"] else ""
        return f"recorded {label}{late}", row["reason"], {}, content
    stood = content_in_words(corrected.content, zone)
    if row["void"]:
        return f"made {label} void", row["reason"], stood, {}
    old, new = _differing(stood, content)
    return f"corrected {label}{_from_to(old, new)}", row["reason"], old, new


def _in_a_sentence(label: str) -> str:
    """Without its capital, unless it is an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _from_to(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """In one sentence, where one short thing differs."""
    if len(old) == len(new) == 1 and all(len(text) < 30 for text in (*old.values(), *new.values())):
        return f" from {next(iter(old.values()))} to {next(iter(new.values()))}"
    return ""


def _row(event: AuditEvent, names: Mapping[str, str], zone: str) -> _Told:
    """A row that changes, a decision, a letter, or a look at the record."""
    if event.operation in LOOKED:
        return f"{LOOKED[event.operation]}: {event.context.get('what', 'the record')}", "", {}, {}
    if event.operation == ERASED:
        return "erased what names the patient", "", {}, {}
    row: dict[str, Any] = event.new or event.old or {}
    if event.table == "clinic_judgement":
        occasion = OCCASIONS.get(row["occasion"], row["occasion"])
        return f"asked the rules {occasion}: {row['policy']} says {row['outcome']}", "", {}, {}
    if event.table == "clinic_letter":
        return f"made {Letter.Kind(row['kind']).label}, number {row['number']}", "", {}, {}
    name = f"{model_of(event.table)._meta.verbose_name} {row.get('number', '')}".strip()
    new = row_in_words(event.table, event.new or {}, names, zone)
    if event.operation == "insert":
        return f"made {name}", "", {}, new
    old, new = _differing(row_in_words(event.table, event.old or {}, names, zone), new)
    return f"changed {name}", "", old, new


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was, and what is, of everything that is not the same."""
    names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return {name: old.get(name, "–") for name in names}, {name: new.get(name, "–") for name in names}

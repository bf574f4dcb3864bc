"""The record of a patient in words, section by section: what is printed in a copy."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from foramen.catalogue.instants import Moment, day_text, local_of
from foramen.clinic.domain.letter_words import title_of
from foramen.clinic.domain.pathway import label_of
from foramen.clinic.domain.signatures import signatures_of
from foramen.clinic.models import AuditEvent, Fact, Judgement, Letter, Patient, Task, Visit
from foramen.clinic.records.facts import facts_of_visits
from foramen.clinic.records.history import Line, lines_of, people_of
from foramen.clinic.records.words import content_in_words
from foramen.clinic.sealed.words import ERASED
from foramen.report.record_pdf import Section

PAGE = 500
"""Events that are put into words in one go."""


def sections_of(patient: Patient) -> Iterator[Section]:
    """Who, what was recorded visit by visit, letters, what the rules said, follow-up, and the audit."""
    zone = patient.site.zone
    yield _patient(patient)
    facts = list(Fact.objects.filter(patient=patient).select_related("by", "visit").order_by("pk"))
    yield _recorded("Referral, order, consent to research", [one for one in facts if one.visit_id is None], zone)
    for visit in Visit.objects.filter(patient=patient).select_related("room", "order").order_by("start", "pk"):
        title = f"Visit {visit.number}, {instant_text(visit.start, zone)}, {visit.room}, {visit.get_state_display()}"
        yield _recorded(title, [one for one in facts if one.visit_id == visit.pk], zone, visit.targets_text)
    yield from (one for one in (_signatures(patient), _letters(patient), _judged(patient), _tasks(patient)) if one.rows)
    yield _history(patient)


def instant_text(instant: datetime, zone: str) -> str:
    here = local_of(Moment(instant, zone))
    return f"{day_text(here.date())}, {here:%H:%M}"


def _patient(patient: Patient) -> Section:
    told = {
        "Number": patient.number, "Family name": patient.family_name, "Given name": patient.given_name,
        "Born": day_text(patient.born) if patient.born else ERASED, "Sex": patient.get_sex_display(),
        "Phone": patient.phone, "E-mail": patient.email, "Language": patient.language,
        "Registered": instant_text(patient.registered_at, patient.site.zone),
    }  # fmt: skip
    return Section("Patient", ("What", "As it stands"), (1, 3), [(name, text) for name, text in told.items() if text])


def _recorded(title: str, facts: list[Fact], zone: str, note: str = "") -> Section:
    """Every fact, also one that was corrected or is void: it says so."""
    later = {one.corrects_id: one for one in facts if one.corrects_id}
    rows = [
        (
            str(one.pk), instant_text(one.happened_at, zone), f"{one.by}, {one.get_role_display()}",
            f"{label_of(one.kind)}{_standing(one, later)}", _said(one, zone),
        )
        for one in facts
    ]  # fmt: skip
    return Section(title, ("No.", "When", "Who", "What", "Content"), (2, 6, 5, 5, 14), rows, note)


def _standing(fact: Fact, later: Mapping[int, Fact]) -> str:
    parts = [f" in the place of {fact.corrects_id}"] if fact.corrects_id else []
    parts += [", void"] if fact.void else [f"; corrected by {later[fact.pk].pk}"] if fact.pk in later else []
    return "".join((*parts, ", entered late" if fact.late else ""))


def _said(fact: Fact, zone: str) -> str:
    told = _in_one(content_in_words(fact.content, zone))
    return f"{told}{' – ' if told else ''}reason: {fact.reason}" if fact.reason else told


def _in_one(told: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {text}" for name, text in told.items())


def _signatures(patient: Patient) -> Section:
    visits = {one.pk: one for one in Visit.objects.filter(patient=patient).select_related("order__referral")}
    rows = [
        (
            visits[key].number, one.content.printed_name, instant_text(one.fact.recorded_at, patient.site.zone),
            one.content.meaning, "valid" if one.valid else "no longer valid for the current version",
        )
        for key, facts in facts_of_visits(visits.values(), None).items()
        for one in signatures_of(visits[key], facts)
    ]  # fmt: skip
    return Section("Signatures", ("Visit", "Who", "When", "Meaning", "Now"), (2, 4, 4, 3, 4), rows)


def _letters(patient: Patient) -> Section:
    zone = patient.site.zone
    rows = [
        (title_of(one), instant_text(one.made_at, zone), str(one.by), _in_one(content_in_words(one.content, zone)))
        for one in Letter.objects.filter(patient=patient).select_related("by").order_by("made_at", "pk")
    ]
    return Section("Letters", ("Letter", "Made", "By", "Content"), (3, 4, 3, 14), rows)


def _judged(patient: Patient) -> Section:
    found = Judgement.objects.filter(patient=patient).select_related("shown_to", "visit").order_by("asked_at", "pk")
    rows = [
        (
            instant_text(one.asked_at, patient.site.zone), one.visit.number, one.occasion.replace("_", "-"),
            f"{one.policy} {one.policy_version}", one.outcome, str(one.shown_to),
        )
        for one in found
    ]  # fmt: skip
    head = ("When", "Visit", "Occasion", "Policy", "Said", "Shown to")
    note = "What the rules said at each occasion. The reasons stand whole in judgements.json."
    return Section("Rules", head, (5, 3, 4, 5, 3, 4), rows, note)


def _tasks(patient: Patient) -> Section:
    found = Task.objects.filter(patient=patient).order_by("due_on", "pk")
    rows = [(day_text(one.due_on), one.label, one.get_state_display()) for one in found]
    return Section("Follow-up", ("Due", "What", "State"), (2, 5, 2), rows)


def _history(patient: Patient) -> Section:
    """The audit, oldest first."""
    rows = [_told(line, patient.site.zone) for line in history_of(patient)]
    head = ("Event", "When", "Who", "What", "Before", "Since then")
    note = "What the database wrote down by itself: every change of the record and every look at it."
    return Section("Audit", head, (2, 5, 4, 6, 5, 9), rows, note)


def history_of(patient: Patient) -> Iterator[Line]:
    """Every event of the record in words, oldest first."""
    people, after = people_of(patient.site), 0
    while page := list(AuditEvent.objects.filter(patient=patient.pk, pk__gt=after).order_by("pk")[:PAGE]):
        yield from lines_of(page, patient.site, people)
        after = page[-1].pk


def _told(line: Line, zone: str) -> tuple[Any, ...]:
    who = f"{line.who}, {line.role}" if line.role else line.who
    what = f"{line.what}, because: {line.why}" if line.why else line.what
    return str(line.number), instant_text(line.at, zone), who, what, _in_one(line.old), _in_one(line.new)

"""The parts of the page of a treatment: the forms that are open to whoever is looking, and what is done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from foramen.clinic.domain.planning import DRIVER
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.facts.day import ConsentSigned, LevelDetermined, TimeOutSigned
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Fact, Task, Visit
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.treatment import drug_table, forms_arrival, forms_drugs, forms_time_out
from foramen.clinic.pages.treatment.forms import FORMS
from foramen.clinic.pages.treatment.record import Record
from foramen.clinic.pages.treatment.said import said
from foramen.clinic.pages.treatment.sequence import clock_text, day_text
from foramen.clinic.pages.treatment.step_form import StepForm
from foramen.clinic.records.facts import Known
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules import gates
from foramen.clinic.rules.inputs.before_needle import is_overtaken
from foramen.clinic.templatetags.marks import date_alone

AGAIN = "again"
"""Name of the parameter that opens the form of a step that is done, to record it anew."""

PERFORMING = ("review-radiologist", "time-out-radiologist", "level")
"""Steps of the performing radiologist alone."""

ASSISTING = {"review-nurse": Role.NURSE, "time-out-technologist": Role.TECHNOLOGIST}
"""Steps of the other one of two people, who is never the one who performs."""

ASKED_AFTER = {"list_again": "screening", "consent_again": "consent"}
"""An answer counts only when it is younger than what it was asked about."""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the day: what was said, by whom and when; or its form; or that it comes later."""

    title: str
    look: str
    text: str = ""
    by: str = ""
    at: datetime | None = None
    fact: Fact | None = None
    form: StepForm | None = None
    again: str = ""


class Forms:
    """The forms of one page. `failed` is the one that was sent and refused; it is shown whatever else holds."""

    def __init__(self, record: Record, failed: StepForm | None = None) -> None:
        self.record = record
        self.failed = failed

    def get(self, step: str) -> StepForm | None:
        """The form of a step, if the pathway has come to it and whoever is looking may record it."""
        if self.failed is not None and self.failed.step == step:
            return self.failed
        wanted = FORMS[step]
        return wanted(self.record) if self._may(wanted) and self.record.is_open(wanted.kind) else None

    def _may(self, wanted: type[StepForm]) -> bool:
        record, person = self.record, self.record.request.person
        performs = record.visit.radiologist_id == person.pk
        if wanted.step in PERFORMING:
            return performs and record.may(wanted.verb)
        if wanted.step in ASSISTING:
            return not performs and ASSISTING[wanted.step] in record.request.roles
        return record.may(wanted.verb)

    def _waits_for(self, wanted: type[StepForm]) -> str:
        """Who can record a step that is open, but not to whoever is looking."""
        performing = self.record.visit.radiologist
        if wanted.step in PERFORMING:
            return f"waits for {performing or 'a performing radiologist'}"
        roles = [ASSISTING[wanted.step]] if wanted.step in ASSISTING else sorted(VERBS[wanted.verb].roles)
        return f"waits for a {' or a '.join(str(Role(one).label) for one in roles)}"

    def line(self, step: str) -> StepLine:
        """A step as a line: done, open, or later."""
        form_class = FORMS[step]
        known = self.record.facts.last(form_class.kind)
        form = self.get(step)
        wanted = self.record.request.GET.get(AGAIN) == step or (self.failed is not None and self.failed.step == step)
        if known is None:
            waits = "" if form or not self.record.is_open(form_class.kind) else self._waits_for(form_class)
            return StepLine(form_class.title, "now" if form or waits else "later", waits, form=form)
        if (why := _to_be_renewed(self.record, known)) and self.record.is_open(form_class.kind):
            ready = done(form_class.title, known, form, step)
            return replace(ready, look="now", text=f"{ready.text}; {why}")
        return done(form_class.title, known, form if wanted else None, step if form else "")


def _to_be_renewed(record: Record, known: Known) -> str:
    """Why an answer no longer counts at the time-out; empty where it does."""
    if isinstance(known.content, ConsentSigned):
        return "the plan was changed since: sign it again" if known.content.plan != record.plan_number else ""
    if isinstance(known.content, LevelDetermined):
        return _disagreement(record)
    first = record.facts.last(ASKED_AFTER.get(known.fact.kind, ""))
    return "ask again: the answer is older" if first is not None and known.fact.pk < first.fact.pk else ""


def _disagreement(record: Record) -> str:
    """What the rules said of level and side, where they stop the time-out."""
    cells = record.visit.readiness.get("cells", ())
    return next((one["says"] for one in cells if (one["name"], one["outcome"]) == ("Level/side", "STOP")), "")


def done(title: str, known: Known, form: StepForm | None = None, again: str = "") -> StepLine:
    """A step that is recorded."""
    fact = known.fact
    return StepLine(title, "ok", said(known), str(fact.by), fact.happened_at, fact, form, again)


def before(forms: Forms) -> Iterator[StepLine]:
    """The steps until the time-out. Who has no X-rays is not asked about pregnancy."""
    for one in forms_arrival.FORMS:
        if one.step != "pregnancy" or forms.record.visit.room.modality != "ultrasound":
            yield forms.line(one.step)


@dataclass(frozen=True, slots=True)
class TimeOutColumn:
    """One signature of the time-out, or its form."""

    who: str
    role: str
    form: StepForm | None
    signed: Fact | None
    late: bool
    holds: bool
    content: TimeOutSigned | None
    again: str = ""


def time_out_columns(forms: Forms) -> Iterator[TimeOutColumn]:
    """Both signatures, each by its own person. One for another plan, or that something
    has overtaken, no longer holds."""
    record = forms.record
    for one in forms_time_out.FORMS:
        known = record.facts.last(one.kind)
        content = known.content if known and isinstance(known.content, TimeOutSigned) else None
        holds = content is not None and content.plan == record.plan_number
        holds = holds and known is not None and not is_overtaken(record.facts, known.fact)
        form = forms.get(one.step)
        wanted = not holds or record.request.GET.get(AGAIN) == one.step or form is forms.failed
        name = str(known.fact.by) if known else str(record.request.person) if form else ""
        yield TimeOutColumn(
            name, one.step.removeprefix("time-out-"), form if wanted else None, known.fact if known else None,
            bool(known and known.fact.late), holds, content, "" if wanted or form is None else one.step,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One item of the time-out with what each of the two said."""

    label: str
    cells: Sequence[tuple[str, Any]]


def said_rows(record: Record, columns: Sequence[TimeOutColumn]) -> Iterator[SaidRow]:
    """The items of the time-out, in words that name what is to be compared."""
    for name, label in _items(record).items():
        yield SaidRow(label, [_cell(one, name) for one in columns])


def _cell(column: TimeOutColumn, name: str) -> tuple[str, Any]:
    if column.form is not None:
        return "form", column.form[name]
    if column.content is None:
        return "later", None
    ok = bool(column.content.identifiers) if name == "identifiers" else getattr(column.content, name) == "agrees"
    return ("OK" if ok else "STOP") if column.holds else "later", None


def _items(record: Record) -> Mapping[str, str]:
    targets = record.planned
    places = " and ".join(dict.fromkeys(one.root or one.level or one.route or "" for one in targets))
    sides = " and ".join(dict.fromkeys(one.side or "" for one in targets))
    consent = record.facts.last("consent")
    signed = f"Consent of {day_text(consent.fact.happened_at)}, signed" if consent else "Signed consent: none yet"
    screening = record.facts.content("screening", ScreeningSigned)
    mri = f": MRI of {date_alone(screening.mri.on)}" if screening and screening.mri.on else ""
    return {
        "identifiers": "Name and date of birth, said by the patient",
        "procedure": f"Procedure and approach: {', '.join(dict.fromkeys(one.route or '' for one in targets))}",
        "level": f"Level: {places}",
        "side": f"Side: {sides}",
        "allergies": f"Allergies: {allergies(record)}",
        "consent": signed,
        "images": f"Images on screen{mri}",
    }


def allergies(record: Record) -> str:
    """What was answered about allergies; never blank."""
    told = record.facts.content("screening", ScreeningSigned)
    if told is None:
        return "not asked yet"
    return ", ".join(told.allergies) or ("none" if told.no_allergies else "not asked yet")


def plan_tables(record: Record) -> Sequence[drug_table.TargetDrugs]:
    return tuple(drug_table.planned(record.planned))


def given_tables(record: Record) -> Sequence[drug_table.TargetDrugs]:
    """What was given, in the order of the targets."""
    facts = {one.content.number: one.fact.pk for one in record.facts.each("given") if hasattr(one.content, "number")}
    return tuple(drug_table.given(record.given[n], facts[n]) for n in sorted(record.given))


def given_form(forms: Forms) -> StepForm | None:
    """The form of the first target at which nothing is recorded yet."""
    if forms.failed is not None and forms.failed.step == "given":
        return forms.failed
    still = [n for n in range(1, len(forms.record.planned) + 1) if n not in forms.record.given]
    if not still or forms.get("given") is None:
        return None
    return forms_drugs.GivenForm(forms.record, number=still[0])


def plan_form(forms: Forms) -> StepForm | None:
    """The form of the target whose drugs are being planned: the one that is asked for, else the first without any."""
    if forms.failed is not None and forms.failed.step == "plan-drugs":
        return forms.failed
    record = forms.record
    asked = record.request.GET.get("target", "")
    empty = [n for n, one in enumerate(record.planned, start=1) if not one.drugs]
    number = int(asked) if asked.isdecimal() and 0 < int(asked[:3]) <= len(record.planned) else next(iter(empty), 0)
    if not number or forms.get("plan-drugs") is None:
        return None
    return forms_drugs.PlanDrugsForm(record, number=number)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One call that needle-out made. `moved_from`: the day that the schedule names, where another one is due."""

    task: Task
    moved_from: date | None
    how: str


def follow_up(visit: Visit) -> Sequence[FollowUp]:
    """The calls that needle-out made."""
    tasks = Task.objects.filter(visit=visit).exclude(kind=DRIVER).order_by("due_on", "kind")
    return tuple(_follow_up(one) for one in tasks)


def _follow_up(task: Task) -> FollowUp:
    target = date.fromisoformat(task.content.get("target", task.due_on.isoformat()))
    how = ", then ".join(task.content.get("modes", ()))
    return FollowUp(task, None if target == task.due_on else target, how)


def apart(record: Record) -> Sequence[StepLine]:
    """What was recorded beside the sequence."""
    titles = {"broken_off": "Broken off", "deviation": "Deviation", "adverse_event": "Adverse event"}
    return tuple(done(title, known) for kind, title in titles.items() for known in record.facts.each(kind))


@dataclass(frozen=True, slots=True)
class TimeOutState:
    """Whether a time-out holds now, and until when."""

    outcome: str
    says: str


def time_out_state(record: Record) -> TimeOutState | None:
    """What the rules say about the time-out; None before anybody has signed, and once the needle is in."""
    signed = [record.facts.last(one.kind) for one in forms_time_out.FORMS]
    if not any(signed) or record.facts.has("needle_in"):
        return TimeOutState("OK", "OK") if record.facts.has("needle_in") else None
    judged = gates.judge(record.visit, record.facts, "needle_in", record.now)
    found = next((one for one in judged.decisions if one.rule.startswith("G-TIMEOUT")), None)
    if found is None:
        return None
    held = found.moments.get("time_out_valid_until")
    until = f", valid until {clock_text(held.utc)}" if held else ""
    return TimeOutState(found.outcome.value, f"{found.outcome.value}{until}")


def sheet_url(record: Record) -> str:
    """Where the sheet to take home is printed."""
    sheet = record.restart_sheet
    return link_for(record.request, "letter", sheet.pk) if sheet else ""


def since_time_out(record: Record) -> str:
    """How long after the time-out the needle went in, cut off to minutes."""
    signed = [known.fact.happened_at for one in forms_time_out.FORMS if (known := record.facts.last(one.kind))]
    needle = record.facts.last("needle_in")
    return f"{(needle.fact.happened_at - max(signed)) // timedelta(minutes=1)} min" if needle and signed else ""

"""The course of a patient: visits with what was recorded in them, orders, follow-ups; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone

from foramen.catalogue.definition import Number
from foramen.clinic.domain.follow_up import is_of_rule
from foramen.clinic.facts.assessment import Assessed
from foramen.clinic.facts.content import Content
from foramen.clinic.facts.day import SessionPlanned
from foramen.clinic.facts.procedure import DoseTyped, TargetGiven
from foramen.clinic.facts.referral import ReferralAsked, RepeatDecided
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import LIVE, Letter, Order, Patient, Task, Visit
from foramen.clinic.pages.patients.ledger import Given, Ledger, ledger_of, steroids, steroids_elsewhere
from foramen.clinic.records.facts import Known, facts_of_patient

Kind = TypeVar("Kind", bound=Content)
KINDS = (
    "referral", "repeat", "screening", "plan", "given", "dose", "consent", "mri_review", "letter_read", "instructions",
    "assessment", "research_consent", "research_withdrawn",
    "signature",
)  # fmt: skip
DAP = "dose-area product"
_ENDED = (Visit.State.CANCELLED, Visit.State.ABORTED)


@dataclass(frozen=True)
class Session:
    """One visit with what was recorded in it."""

    visit: Visit
    place: int
    known: Mapping[str, Sequence[Known]]
    tasks: Sequence[Task]

    def last(self, kind: str, model: type[Kind]) -> Kind | None:
        """The content that counts, of a kind."""
        found = self.known.get(kind)
        return found[-1].content if found and isinstance(found[-1].content, model) else None

    @cached_property
    def on(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def at(self) -> datetime:
        """When the needle went in, or when it is booked to."""
        return self.visit.needle_in_at or self.visit.start

    @property
    def treated(self) -> bool:
        return self.visit.needle_in_at is not None

    @cached_property
    def given(self) -> Sequence[TargetGiven]:
        """What was given, one for each target: the last that stands of its number."""
        told = [one.content for one in self.known.get("given", ())]
        found = {one.number: one for one in told if isinstance(one, TargetGiven)}
        return [found[number] for number in sorted(found)]

    @cached_property
    def planned(self) -> SessionPlanned | None:
        return self.last("plan", SessionPlanned)

    @property
    def given_text(self) -> str:
        """What was given, or what is planned, in words."""
        drugs = [drug for target in self.given for drug in target.drugs if drug.kind != "contrast"]
        if drugs:
            return "; ".join(dict.fromkeys(f"{one.product} {one.mass}" for one in drugs))
        targets = self.planned.targets if self.planned and not self.treated else ()
        told = dict.fromkeys(f"{one.product} {one.mass}" for target in targets for one in target.drugs)
        return f"planned: {'; '.join(told)}" if told else ""

    @property
    def dose_text(self) -> str:
        """The dose-area product as it was read off; another quantity is never put in its place."""
        dose = self.last("dose", DoseTyped)
        found = next((one for one in dose.values if one.quantity == DAP), None) if dose else None
        return f"{found.value} {found.unit}" if found else ""

    def steroids(self) -> Iterator[Given]:
        for target in self.given:
            yield from steroids(self.on, target.spot, target.drugs)
        if not self.treated and self.planned and self.visit.state in LIVE:
            for planned in self.planned.targets:
                yield from steroids(self.on, planned, planned.drugs, planned=True)

    @cached_property
    def answers(self) -> Sequence[tuple[datetime, Assessed]]:
        """What the patient answered afterwards, with when."""
        told = self.known.get("assessment", ())
        return [(one.fact.happened_at, one.content) for one in told if isinstance(one.content, Assessed)]

    def task(self, label: str) -> Task | None:
        return next((one for one in self.tasks if one.label == label), None)


@dataclass(frozen=True)
class Course:
    """Everything that a patient's page shows."""

    patient: Patient
    day: date
    sessions: Sequence[Session]
    orders: Sequence[Order]
    letters: Sequence[Letter]
    known: Sequence[Known]

    @cached_property
    def treatments(self) -> Sequence[Session]:
        """Sessions in which a needle went in, the latest first."""
        return [one for one in reversed(self.sessions) if one.treated]

    @cached_property
    def current(self) -> Session | None:
        """The visit that goes on or comes next."""
        return next((one for one in self.sessions if one.visit.state in LIVE), None)

    @cached_property
    def rows(self) -> Sequence[Session]:
        """Rows of the table: what is planned, then what was done, the latest first."""
        coming = [one for one in self.sessions if not one.treated and one.visit.state in LIVE]
        return [*reversed(coming), *self.treatments]

    @cached_property
    def follow_ups(self) -> Sequence[str]:
        """Labels of the follow-ups that occur, in the order in which they are due after a treatment."""
        due: dict[str, int] = {}
        for session in self.sessions:
            for task in (one for one in session.tasks if not is_of_rule(one)):
                due.setdefault(task.label, (task.due_on - session.on).days)
        return sorted(due, key=lambda label: (due[label], label))

    def ledger(self, limit_mg: Number | None) -> Ledger:
        """The steroids of twelve months, against the limit that the site has set."""
        told = next((one.content for one in reversed(self.known) if isinstance(one.content, ScreeningSigned)), None)
        here = (given for session in self.sessions for given in session.steroids())
        asked = told is not None and (told.no_steroids_elsewhere or bool(told.steroids_elsewhere))
        return ledger_of(self.day, (*here, *steroids_elsewhere(told)), limit_mg, elsewhere_asked=asked)

    def of_order(self, order: Order) -> Sequence[Session]:
        return [one for one in self.sessions if one.visit.order_id == order.pk and one.visit.state not in _ENDED]

    def asked_for(self, order: Order) -> ReferralAsked | None:
        """What the referral of an order asked for."""
        found = [one.content for one in self.known if one.fact.referral_id == order.referral_id]
        return next((one for one in reversed(found) if isinstance(one, ReferralAsked)), None)

    def repeat_of(self, order: Order) -> Known | None:
        found = [one for one in self.known if one.fact.order_id == order.pk]
        return next((one for one in reversed(found) if isinstance(one.content, RepeatDecided)), None)


def course_of(patient: Patient, day: date) -> Course:
    """Five queries, however long the course is."""
    visits = list(
        Visit.objects.filter(patient=patient).select_related("room", "order", "radiologist").order_by("start", "pk")
    )
    known = facts_of_patient(patient, KINDS)
    tasks: dict[UUID, list[Task]] = defaultdict(list)
    for task in Task.objects.filter(patient=patient).order_by("due_on", "pk"):
        tasks[task.visit_id].append(task)
    sessions = [Session(one, _place(one, visits), _of(one, known), tasks[one.pk]) for one in visits]
    orders = list(
        Order.objects.filter(patient=patient).select_related("referral", "site").order_by("-ordered_on", "-number")
    )
    letters = list(Letter.objects.filter(patient=patient).select_related("by").order_by("-made_at", "-number"))
    return Course(patient, day, sessions, orders, letters, known)


def _place(visit: Visit, visits: Sequence[Visit]) -> int:
    """Which session of its order it is."""
    earlier = [one for one in visits if one.order_id == visit.order_id and one.needle_in_at and one.start < visit.start]
    return len(earlier) + 1


def _of(visit: Visit, known: Sequence[Known]) -> Mapping[str, Sequence[Any]]:
    found: dict[str, list[Known]] = defaultdict(list)
    for one in known:
        if one.fact.visit_id == visit.pk:
            found[one.fact.kind].append(one)
    return found

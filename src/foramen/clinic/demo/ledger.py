"""Rows that are stored in bulk: what happened before the day that the demonstration shows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.models import Fact, Order, Patient, Person, Referral, Task, Visit
from foramen.clinic.records.context import saying
from foramen.clinic.rights.roles import Role

BATCH = 500
BUILDING = {"shown_as": "demonstration", "verb": "build"}


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what a fact is about."""

    patient: Patient
    referral: Referral | None = None
    order: Order | None = None
    visit: Visit | None = None


@dataclass(slots=True)
class Ledger:
    """Rows to be stored, in the order in which they depend on each other."""

    patients: list[Patient] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    reviews: list[tuple[Fact, Fact]] = field(default_factory=list)

    def sign(self, kind: str, at: datetime, by: tuple[Person, Role], content: dict[str, Any], about: About) -> Fact:
        """A signed fact, checked by the model of its kind like every other."""
        person, role = by
        checked = KINDS[kind].model_validate(content, strict=False).model_dump(mode="json")
        fact = Fact(
            site=about.patient.site, patient=about.patient, referral=about.referral, order=about.order,
            visit=about.visit, kind=kind, content=checked, by=person, role=role, happened_at=at, recorded_at=at,
        )  # fmt: skip
        self.facts.append(fact)
        return fact

    def review(self, kind: str, at: datetime, by: tuple[Person, Role], screening: Fact, about: About) -> None:
        """A review names the screening by its number, which is known only when the rows are stored."""
        self.reviews.append((self.sign(kind, at, by, {"screening": 0}, about), screening))

    def store(self) -> None:
        """Write everything; facts get their numbers in the order in which they were recorded."""
        self._number_facts()
        groups: tuple[list[Any], ...] = (
            self.patients, self.referrals, self.orders, self.visits, self.tasks, self.facts,
        )  # fmt: skip
        with saying(BUILDING):
            for rows in groups:
                if rows:
                    type(rows[0]).objects.bulk_create(rows, batch_size=BATCH)
        _count_on_from(Fact)

    def _number_facts(self) -> None:
        first = (Fact.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
        self.facts.sort(key=lambda fact: fact.recorded_at)
        for i, fact in enumerate(self.facts):
            fact.pk = first + i
        for review, screening in self.reviews:
            review.content["screening"] = screening.pk


def _count_on_from(model: type[models.Model]) -> None:
    """A database that counts by a sequence has to be told that numbers were given."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)

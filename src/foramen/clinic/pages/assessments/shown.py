"""What stands at the time points of a visit: answered, open, or not asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from foramen.catalogue.schedules.definition import PlannedTimepoint
from foramen.clinic.domain.assessments import KIND, answered_at, timepoints
from foramen.clinic.facts.assessment import Assessed
from foramen.clinic.facts.day import PainScored
from foramen.clinic.models import Fact, Task, Visit
from foramen.clinic.pages.assessments.words import SIGNS, answer_words, how_words
from foramen.clinic.pages.links import link_for
from foramen.clinic.records.facts import Facts
from foramen.clinic.rights.gatekeeper import ClinicRequest


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer that stands."""

    fact: Fact
    sign: str
    says: str
    how: str
    correct: str


@dataclass(frozen=True, slots=True)
class Place:
    """One time point of a visit. `address` leads to its form, where it can be answered."""

    point: PlannedTimepoint
    task: Task | None
    answers: Sequence[Shown]
    missing: Sequence[str]
    says: str
    address: str

    @property
    def on(self) -> date | None:
        return self.task.due_on if self.task else None


def shown_of(request: ClinicRequest, facts: Facts, timepoint: str) -> Sequence[Shown]:
    """The answers of a time point, as they were entered."""
    found = []
    for known in facts.each(KIND):
        if isinstance(known.content, Assessed) and known.content.timepoint == timepoint:
            correct = link_for(request, "correct-answer", known.fact.pk, method="POST")
            words = answer_words(known.content), how_words(known.content)
            found.append(Shown(known.fact, SIGNS[known.content.mode], *words, correct))
    scored = facts.last(f"pain_{timepoint}")
    if scored and isinstance(scored.content, PainScored) and scored.content.score is not None:
        correct = link_for(request, "correct-fact", scored.fact.pk, method="POST")
        found.insert(0, Shown(scored.fact, "clinic", f"pain {scored.content.score}", "in the clinic", correct))
    return found


def places_of(request: ClinicRequest, visit: Visit, facts: Facts, day: date) -> Iterator[Place]:
    """Every time point that is asked after this treatment, or can be, as it stands on a day. One query."""
    tasks: Mapping[str, Task] = {one.kind: one for one in Task.objects.filter(visit=visit)}
    for point in timepoints():
        task = tasks.get(point.id)
        if task is None and point.only_if:
            continue
        answers = shown_of(request, facts, point.id)
        there = answered_at(facts, point.id)
        missing = [one for one in point.instruments if one not in there]
        can = bool(missing) and (task is None or (task.opens_on <= day and task.state != Task.State.VOID))
        address = link_for(request, "answer", visit.pk, point.id, method="POST") if can else ""
        yield Place(point, task, answers, missing, _says(point, task, answers, missing), address)


def _says(point: PlannedTimepoint, task: Task | None, answers: Sequence[Shown], missing: Sequence[str]) -> str:
    if task is not None:
        return Task.State(task.state).label
    if answers:
        return "answered in part" if missing else "answered"
    return "not planned here" if point.optional else "not answered"

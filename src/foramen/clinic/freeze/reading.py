"""Rows of a site as courses of patients, in the order of their pseudonyms, a few hundred at a time.

No column that names a person is read, and of facts only what `picking` lets pass.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from foramen.clinic.domain.research import KINDS as RESEARCH
from foramen.clinic.domain.research import Word, standing_of, word_of
from foramen.clinic.facts.kinds import KINDS as EVERY_KIND
from foramen.clinic.freeze.picking import picked
from foramen.clinic.freeze.told import Tally
from foramen.clinic.models import Fact, Patient, Site, Task, Visit

TOGETHER = 400
"""Patients whose rows are read at once."""

KINDS = (
    "consent", "plan", "screening", "pain_before", "pain_after", "localised", "needle_in", "given", "dose",
    "needle_out", "broken_off", "deviation", "observation_event", "observed", "walks", "discharge", "adverse_event",
    "override", "assessment",
)  # fmt: skip
UNREAD = tuple(sorted(set(EVERY_KIND) - set(KINDS)))
ANSWERED = frozenset({"pain_before", "pain_after", "assessment"})
"""Kinds of what a patient answered."""


class Said(NamedTuple):
    """A fact that stands and may be used: what it says of what passes, when that was, and whether it came late."""

    kind: str
    content: Mapping[str, Any]
    at: datetime
    late: bool


class Due(NamedTuple):
    """A task of the follow-up; `done` is when it ended."""

    kind: str
    state: str
    closes: date
    done: datetime | None


@dataclass(slots=True)
class Session:
    """One treatment with what stands about it."""

    visit: UUID
    needle_in: datetime
    needle_late: bool
    modality: str
    add_on: bool
    age: int | None
    repeat: bool
    facts: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[str, Due] = field(default_factory=dict)
    answers_out: set[str] = field(default_factory=set)

    def last(self, kind: str) -> Said | None:
        """The fact that counts, of a kind of which one counts."""
        found = self.facts.get(kind)
        return found[-1] if found else None

    def each(self, kind: str) -> Sequence[Said]:
        return self.facts.get(kind, ())


@dataclass(slots=True)
class Course:
    """The treatments of one patient that are in, in the order in which they were."""

    sex: str
    words: Sequence[Word]
    sessions: list[Session]


class Needle(NamedTuple):
    """A needle that went in: the fact, with its visit, and when it was recorded first."""

    fact: int
    patient: UUID
    visit: UUID
    at: datetime
    recorded: datetime
    late: bool


def courses(site: Site, tally: Tally) -> Iterator[Course]:
    """Every patient of the site with a treatment that may be used. What may not is counted by reason."""
    ordered = _in_order(site)
    for start in range(0, len(ordered), TOGETHER):
        sexes = dict(ordered[start : start + TOGETHER])
        needles, words = _needles(list(sexes)), _words(list(sexes))
        inside = {patient: _inside(needles[patient], words[patient], tally) for patient in sexes}
        chunk = _Chunk([patient for patient in sexes if inside[patient]], tally)
        for patient, sex in sexes.items():
            if inside[patient]:
                sessions = list(chunk.sessions(needles[patient], inside[patient], words[patient]))
                yield Course(sex, words[patient], sessions)


def _in_order(site: Site) -> list[tuple[UUID, str]]:
    """Key and sex of every patient, by pseudonym."""
    rows = Patient._base_manager.filter(site=site).order_by().values_list("pseudonym", "id", "sex")
    return [(patient, sex) for _pseudonym, patient, sex in sorted(rows.iterator())]


def _needles(patients: Sequence[UUID]) -> dict[UUID, list[Needle]]:
    """Needles that stand, in the order in which they were recorded."""
    columns = ("id", "patient_id", "visit_id", "happened_at", "recorded_at", "late", "corrects_id", "void")
    found = Fact._base_manager.filter(patient__in=patients, kind="needle_in").order_by().values_list(*columns)
    rows = sorted(found, key=lambda row: int(row[0]))
    before, recorded = {row[0]: row[6] for row in rows if row[6] is not None}, {row[0]: row[4] for row in rows}
    corrected = set(before.values())
    needles: dict[UUID, list[Needle]] = {patient: [] for patient in patients}
    for number, patient, visit, at, _recorded, late, _corrects, void in rows:
        if not void and number not in corrected:
            first = recorded[_first(number, before)]
            needles[patient].append(Needle(number, patient, visit, at, first, late))
    return needles


def _words(patients: Sequence[UUID]) -> dict[UUID, list[Word]]:
    """What each patient has said about research and still stands; nothing for who was never asked."""
    columns = ("id", "patient_id", "kind", "content", "happened_at", "corrects_id", "void")
    found = Fact._base_manager.filter(patient__in=patients, kind__in=RESEARCH).order_by().values_list(*columns)
    rows = sorted(found, key=lambda row: int(row[0]))
    corrected = {row[5] for row in rows}
    words: dict[UUID, list[Word]] = {patient: [] for patient in patients}
    for number, patient, kind, content, at, _corrects, void in rows:
        if not void and number not in corrected:
            words[patient].append(word_of(kind, picked(kind, content), at))
    return words


def _inside(needles: Sequence[Needle], words: Sequence[Word], tally: Tally) -> set[UUID]:
    """The visits of a patient that may be used; the others are counted."""
    inside: set[UUID] = set()
    for needle in needles:
        standing = standing_of(words, needle.recorded)
        if standing == "in":
            inside.add(needle.visit)
        else:
            tally.not_in[standing] += 1
    return inside


class _Chunk:
    """The rows of some patients."""

    def __init__(self, patients: Sequence[UUID], tally: Tally) -> None:
        self._tally = tally
        self._visits = {row[0]: row for row in _visits(patients)}
        self._facts: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
        for row in _facts(patients):
            self._facts[row[1]].append(row)
        self._tasks: dict[UUID, dict[str, Due]] = defaultdict(dict)
        for visit, *task in _tasks(patients):
            self._tasks[visit][task[0]] = Due(*task)

    def sessions(self, needles: Sequence[Needle], inside: set[UUID], words: Sequence[Word]) -> Iterator[Session]:
        """The treatments of a patient that are in, in the order of the needles."""
        met: set[UUID] = set()
        for needle in sorted(needles, key=lambda one: (one.at, one.fact)):
            _, order, modality, add_on, age = self._visits[needle.visit]
            repeat = order in met
            met.add(order)
            if needle.visit in inside:
                session = Session(needle.visit, needle.at, needle.late, modality, add_on, age, repeat)
                self._add_tasks(session, words)
                self._add_facts(session, words)
                yield session

    def _add_tasks(self, session: Session, words: Sequence[Word]) -> None:
        """Without the contacts that took place after consent ended: what they brought is out."""
        may_be = _may_be_used(words)
        for kind, one in self._tasks.get(session.visit, {}).items():
            if one.state == Task.State.DONE and one.done is not None and not may_be(one.done):
                session.answers_out.add(kind)
            else:
                session.tasks[kind] = one

    def _add_facts(self, session: Session, words: Sequence[Word]) -> None:
        rows = self._facts.get(session.visit, ())
        corrected = {row[6]: row[0] for row in rows if row[6] is not None}
        recorded = {row[0]: row[5] for row in rows}
        may_be = _may_be_used(words)
        before = {late: early for early, late in corrected.items()}
        for number, _visit, kind, content, at, _recorded, _corrects, late, void in rows:
            if void or number in corrected:
                continue
            if not may_be(recorded[_first(number, before)]):
                self._leave_out(session, kind, content)
                continue
            session.facts[kind].append(Said(kind, picked(kind, content), at, late))

    def _leave_out(self, session: Session, kind: str, content: Mapping[str, Any]) -> None:
        if kind in ANSWERED:
            self._tally.answers_not_in["recorded after consent ended"] += 1
            session.answers_out.add(str(content.get("timepoint", content.get("time"))))


def _first(number: int, before: Mapping[int, int]) -> int:
    """The first fact of a chain of corrections: what was recorded then, set right, still is what was recorded then."""
    while number in before:
        number = before[number]
    return number


def _may_be_used(words: Sequence[Word]) -> Callable[[datetime], bool]:
    """Whether what was recorded at an instant may be used. Who never said no need not be asked again and again."""
    if all(all(word.said.values()) for word in words):
        return lambda _recorded: True
    return lambda recorded: standing_of(words, recorded) == "in"


def _visits(patients: Sequence[UUID]) -> Iterable[tuple[Any, ...]]:
    rows = Visit._base_manager.filter(patient__in=patients).order_by()
    return rows.values_list("id", "order_id", "room__modality", "add_on", "age")


def _tasks(patients: Sequence[UUID]) -> Iterable[tuple[Any, ...]]:
    columns = ("visit_id", "kind", "state", "closes_on", "done_at")
    return Task._base_manager.filter(patient__in=patients).order_by().values_list(*columns)


def _facts(patients: Sequence[UUID]) -> list[tuple[Any, ...]]:
    """Facts of treatments in the order in which they were recorded, with those that were corrected.

    They are found by their patients. With the kinds that are read the database would look for each kind of each
    patient, and with the site it would read the whole site for each few patients.
    """
    columns = (
        "id", "visit_id", "kind", "content", "happened_at", "recorded_at", "corrects_id", "late", "void",
    )  # fmt: skip
    rows = Fact._base_manager.filter(patient__in=patients, visit__isnull=False).exclude(kind__in=UNREAD).order_by()
    return sorted(rows.values_list(*columns), key=lambda row: int(row[0]))

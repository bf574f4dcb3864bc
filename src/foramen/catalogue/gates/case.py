"""One question to a policy of decision tables, and the decision that its tables give."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from pydantic import Field

from foramen.catalogue.decision import (
    Decision,
    Finding,
    Input,
    Moment,
    Occasion,
    Outcome,
    Todo,
    by_severity,
    latest_end,
    strictest,
)
from foramen.catalogue.decision_table import Cell, DecisionTable, RowId, TableRow, override_of, quote_of
from foramen.catalogue.definition import Number, PolicyDefinition
from foramen.catalogue.document import Part
from foramen.catalogue.gates.inputs import ProcedureInputs
from foramen.catalogue.inputs import ClockTime, as_typed, moment_entered
from foramen.catalogue.instants import Purpose, day_of, start_of_day
from foramen.catalogue.site_record import InForce


class Rule(Part):
    """One rule: tables that are all asked; the worst of what they find is its outcome."""

    id: RowId = Field(description="short name, by which decisions, manuals and tests cite it")
    title: str = Field(min_length=1, description="what it is about")
    asked: list[Occasion] = Field(min_length=1, description="when it is asked: planning, and at which gates")
    each: Literal["procedure", "target", "steroid", "anaesthetic", "drug", "entry"] = Field(
        "procedure", description="what it is asked of: the procedure as a whole, or each of several things"
    )
    tables: list[DecisionTable] = Field(min_length=1, description="what is looked at, one table for each question")


class TablePolicy(PolicyDefinition):
    """A policy made of decision tables."""

    rules: list[Rule] = Field(min_length=1, description="the rules, in the order in which they are shown")


Content = TypeVar("Content", bound=TablePolicy)
Told = TypeVar("Told", bound=ProcedureInputs)


@dataclass(frozen=True)
class Case(Generic[Content, Told]):
    """What was told, when it is asked, and by which version: everything a reading may look at."""

    in_force: InForce[Content]
    told: Told
    now: Moment
    occasion: Occasion

    @property
    def content(self) -> Content:
        return self.in_force.content

    @cached_property
    def start(self) -> Moment:
        """The booked start. A question without one is refused before any rule is asked."""
        return self.known_moment(self.told.procedure.start)

    @cached_property
    def day(self) -> date:
        """The booked local date. No gate before the needle is asked on another one."""
        return day_of(self.start)

    def parameter(self, name: str) -> Number | None:
        return self.in_force.parameter(name)

    def moment(self, entered: datetime | ClockTime | None, purpose: Purpose = "procedure") -> Moment | None:
        return None if entered is None else moment_entered(entered, self.told.zone, purpose, "")

    def known_moment(self, entered: datetime | ClockTime | None, purpose: Purpose = "procedure") -> Moment:
        found = self.moment(entered, purpose)
        assert found is not None
        return found

    @cached_property
    def _sections(self) -> dict[str, Any]:
        return self.told.model_dump()

    def section(self, name: str) -> Input:
        """What was told of one thing, as it was entered, or a value that the site has set."""
        if name not in self._sections:
            return Input(name, self.parameter(name), f"site record {self.in_force.record.content.id}")
        told = getattr(self.told, name)
        recorded = as_typed(getattr(told, "recorded", None)) or ""
        return Input(name, self._sections[name], getattr(told, "source", ""), recorded)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table is answered with.

    `shown` says to people what was found. `until` ends a HOLD. `moments` are named instants worth showing, and
    `information` is shown beside.
    """

    value: Cell
    shown: str = ""
    until: Moment | None = None
    moments: Mapping[str, Moment] = field(default_factory=dict)
    information: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader(Generic[Content, Told]):
    """How one input of the tables is read from what was told, and from which sections."""

    read: Callable[[Case[Content, Told], Any], Reading]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing a rule is asked of; `label` is how people are told of it, `thing` what readers are given."""

    label: str
    thing: Any = None


Readers = Mapping[str, Reader[Content, Told]]
Subjects = Callable[[Case[Content, Told], str], Sequence[Subject]]


@dataclass(frozen=True, slots=True)
class _Found:
    finding: Finding
    table: DecisionTable
    row: TableRow
    readings: tuple[Reading, ...]


def decide(
    case: Case[Content, Told], rule: Rule, readers: Readers[Content, Told], subjects: Sequence[Subject]
) -> Decision:
    """The decision of one rule about all its subjects. Without a subject it is asked once, with everything missing."""
    answers: list[Input] = []
    found = [
        _ask(case, table, readers, subject, answers)
        for subject in subjects or (Subject("", None),)
        for table in rule.tables
    ]
    findings = by_severity(one.finding for one in found)
    worst = next(one for one in found if one.finding is findings[0])
    quote = quote_of(worst.table, worst.row)
    return Decision(
        rule=rule.id,
        outcome=findings[0].outcome,
        reasons=tuple(finding.reason for finding in findings),
        stamp=case.in_force.stamp,
        subject=rule.title,
        printed=quote.printed,
        resolved=f"{worst.row.resolved} ({quote.tag}, row {worst.row.id})",
        source=_place_of(case.content, quote.source, quote.locator),
        until=latest_end(findings) if findings[0].outcome is Outcome.HOLD else None,
        moments={name: moment for one in found for read in one.readings for name, moment in read.moments.items()},
        todos=tuple(dict.fromkeys(_todos(case, found))),
        information=tuple(dict.fromkeys(_information(found))),
        override=strictest(one.override for one in findings if one.outcome is findings[0].outcome),
        inputs=(*answers, *(case.section(name) for name in _sections_of(rule, readers))),
        alerts=tuple(dict.fromkeys(one.row.alert for one in found if one.row.alert)),
        findings=findings,
    )


def _ask(
    case: Case[Content, Told],
    table: DecisionTable,
    readers: Readers[Content, Told],
    subject: Subject,
    answers: list[Input],
) -> _Found:
    readings = {one.name: readers[one.name].read(case, subject.thing) for one in table.inputs}
    row = table.row_for({name: reading.value for name, reading in readings.items()})
    for one in table.inputs:
        told = f"{subject.label}: {one.name}" if subject.label else one.name
        answers.append(Input(told, one.cell(readings[one.name].value), f"table {table.id}"))
    return _Found(_finding(case, row, subject, tuple(readings.values())), table, row, tuple(readings.values()))


def _finding(case: Case[Content, Told], row: TableRow, subject: Subject, readings: tuple[Reading, ...]) -> Finding:
    outcome = Outcome[row.in_plan] if case.occasion == "plan" and row.in_plan else Outcome[row.outcome]
    said = " ".join([row.reason, *(reading.shown for reading in readings if reading.shown)])
    reason = f"{subject.label}: {said}" if subject.label else said
    return Finding(outcome, reason, override_of(row), _end_of_hold(case, readings) if outcome is Outcome.HOLD else None)


def _end_of_hold(case: Case[Content, Told], readings: tuple[Reading, ...]) -> Moment:
    """A HOLD ends at the instant that was read; while planning, what cannot exist yet is held to the day of it."""
    read = max((reading.until for reading in readings if reading.until is not None), default=None)
    if read is None and case.occasion != "plan":
        raise ValueError("a HOLD at a gate needs an instant")
    return read or start_of_day(case.day, case.told.zone)


def _todos(case: Case[Content, Told], found: Sequence[_Found]) -> Iterator[Todo]:
    if case.occasion == "plan":
        for one in found:
            if one.row.todo:
                yield Todo(one.row.todo, case.day)


def _information(found: Sequence[_Found]) -> Iterator[str]:
    for one in found:
        yield from one.row.information
        for reading in one.readings:
            yield from reading.information


def _sections_of(rule: Rule, readers: Readers[Content, Told]) -> tuple[str, ...]:
    named = (name for table in rule.tables for one in table.inputs for name in readers[one.name].sections)
    return tuple(dict.fromkeys(("procedure", *named)))


def _place_of(content: TablePolicy, key: str, locator: str) -> str:
    source = next(source for source in content.sources if source.key == key)
    return ", ".join(part for part in (source.citation, locator or source.locator) if part)

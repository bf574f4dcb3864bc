"""Who is in a study: the selection of index events, the steps of the flow diagram, the groups."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from foramen.kernel.errors import DefinitionError, Fault, UserError
from foramen.statistics.flow import FlowStep
from foramen.statistics.tables import Axis, Code, CountTable
from foramen.study.definition import Groups, Step
from foramen.study.engines.engine import EACH, Selection
from foramen.study.engines.request import (
    ALWAYS,
    AllOf,
    AnyOf,
    Case,
    Column,
    Compare,
    Condition,
    Counts,
    Key,
    Linear,
    Not,
    OneOf,
    Value,
)
from foramen.study.frame import Frame, code_of, together

GROUP = "the group"
"""Name of the axis of groups; no variable can have a name with a blank."""

ALL = "all"
"""The `about` value for everybody together; no group can be called so."""


def check_group_labels(labels: Iterable[str], where: str) -> None:
    """Refuse a group whose name stands for everybody."""
    if ALL in labels:
        raise DefinitionError.single(
            f"“{ALL}” stands for everybody together and cannot be the name of a group",
            where=where,
            received=ALL,
            remedy="give this level another label in the mapping, or in the bands, and import again",
        )


_STATE = Axis("the state")
_UNRESOLVED: "tuple[Key | None, Code]" = (Key(Axis(GROUP, labels=((0, ""), (1, ""))), Column(GROUP)), None)

Resolved = TypeVar("Resolved")


@dataclass(frozen=True, slots=True)
class Population:
    """The rows that count, the named steps that remove some, and the axis of groups (None: no groups)."""

    unit: str
    selection: Selection
    steps: tuple[tuple[str, Condition], ...]
    group: Key | None
    reference: Code

    @property
    def where(self) -> Condition:
        """The filter of every analysis."""
        return together(*(condition for _, condition in self.steps)) if self.steps else ALWAYS

    @property
    def flow_request(self) -> Counts:
        """Counts by group and by the step at which a row leaves."""
        keys = (self.group,) if self.group else ()
        return Counts((*keys, Key(_STATE, self._state())))

    def _state(self) -> Case:
        """2i: step i is known not to hold; 2i + 1: it is not known to hold; twice the number of steps: all hold."""
        conditions = [condition for _, condition in self.steps]
        branches: list[tuple[Condition, Value]] = [(AllOf(tuple(conditions)), 2 * len(conditions))]
        for i in reversed(range(len(conditions))):
            before = tuple(conditions[:i])
            branches += [(AllOf((*before, Not(conditions[i]))), 2 * i), (AllOf(before), 2 * i + 1)]
        return Case(tuple(branches))

    def flow(self, table: CountTable) -> list[FlowStep]:
        """The flow of everybody, then of each group. Every line's n and excluded add up to the line before."""
        lines = self._flow_of(ALL, table.margin(_STATE.name))
        if self.group:
            for code, label in self.group.axis.labels:
                lines += self._flow_of(label, table.slice(GROUP, code))
        return lines

    def _flow_of(self, group: str, table: CountTable) -> list[FlowStep]:
        found = {cell[0]: count for cell, count in table.cells}
        left = table.total
        lines = [FlowStep(group, f"all {self.unit}s", left, 0, None)]
        for i, (name, _) in enumerate(self.steps):
            reasons: list[tuple[str | None, int]] = [
                ("not so", found.get(2 * i, 0)),
                ("not known", found.get(2 * i + 1, 0)),
            ]
            for reason, excluded in [r for r in reasons if r[1]] or [(None, 0)]:
                left -= excluded
                lines.append(FlowStep(group, name, left, excluded, reason))
        return lines


def population(frame: Frame) -> tuple[Population, list[Fault]]:
    """Resolve the study's index event, steps and groups. What cannot be resolved becomes a fault and is left out, so
    that the rest of the document can still be checked."""
    study, faults = frame.study, list[Fault]()
    group, reference = _collected(faults, partial(_groups, frame, study.groups), _UNRESOLVED)
    selection = _collected(faults, partial(_selection, frame), EACH)
    steps: list[tuple[str, Condition]] = []
    for i, step in enumerate(study.population):
        condition = _collected(faults, partial(_step, frame, step, group, f"population[{i + 1}]"), ALWAYS)
        steps.append((step.name, condition))
    if group is not None:
        steps.append(("in a group that is compared", _membership(group)))
    return Population(study.unit, selection, tuple(steps), group, reference), faults


def _collected(faults: list[Fault], resolve: Callable[[], Resolved], otherwise: Resolved) -> Resolved:
    try:
        return resolve()
    except UserError as error:
        faults.extend(error.faults)
        return otherwise


def _membership(group: Key) -> Condition:
    assert isinstance(group.term, Column)
    return OneOf(group.term, tuple(code for code, _ in group.axis.labels if isinstance(code, int)))


def _groups(frame: Frame, groups: Groups | None) -> tuple[Key | None, Code]:
    if groups is None:
        return None, None
    source = frame.source(groups.variable, "groups.variable")
    if source.variable.kind != "category":
        raise DefinitionError.single(
            "groups are the levels of a category", where="groups.variable", received=groups.variable,
            remedy="use a category, or describe `by` an outcome with bands",
        )  # fmt: skip
    labels = groups.levels or list(source.variable.labels)
    codes = [code_of(source.variable, label, "groups.levels") for label in labels]
    reference = code_of(source.variable, groups.reference, "groups.reference") if groups.reference else codes[0]
    if reference not in codes:
        raise DefinitionError.single(
            "the reference is not among the levels", where="groups.reference", received=str(groups.reference)
        )
    check_group_labels(labels, "groups")
    axis = Axis(GROUP, labels=tuple(zip(codes, labels, strict=True)), suppressed=source.axis.suppressed)
    return Key(axis, source.column, source.size), reference


def _step(frame: Frame, step: Step, group: Key | None, where: str) -> Condition:
    condition = frame.condition(step.keep, f"{where}.keep")
    if step.groups is None:
        return condition
    if group is None or frame.study.groups is None:
        raise DefinitionError.single(
            "the study has no groups", where=f"{where}.groups", remedy="remove it, or add [groups]"
        )
    variable = frame.variable(frame.study.groups.variable, where)
    codes = tuple(code_of(variable, label, f"{where}.groups") for label in step.groups)
    assert isinstance(group.term, Column)
    return AnyOf((Not(OneOf(group.term, codes)), condition))


def _selection(frame: Frame) -> Selection:
    """The index events of the study, and which of a person's count."""
    index = frame.study.index
    if index.event != frame.index_event:
        raise DefinitionError.single(
            "the snapshot counts from another event",
            where="index.event",
            received=index.event,
            remedy=f"use {frame.index_event}",
        )
    if index.where is None:
        return EACH if index.which == "each" else Selection("each", _only(index.which))
    return Selection(index.which, frame.condition(index.where, "index.where"))


def _only(which: str) -> Condition:
    """Without further conditions the first and last event of a person are marked in the row itself."""
    sequence, repeats = Column("sequence"), Column("repeats")
    return Compare(sequence, "=", 1) if which == "first" else Linear(((1, sequence), (-1, repeats)), 0)

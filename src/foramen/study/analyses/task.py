"""The common ground of analyses: what they share, and what each hands over to be run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from foramen.kernel.errors import DefinitionError, Fault, StatisticError
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable, RankSums
from foramen.statistics.tables import Axis, CountTable
from foramen.study.analysis_definition import GroupedBy
from foramen.study.definition import Outcome
from foramen.study.engines.request import Answer, Case, Condition, Counts, Key, OneOf, Persons, Request
from foramen.study.frame import Frame, together
from foramen.study.measure import Measure, measure
from foramen.study.population import ALL, GROUP, Population, check_group_labels

Input = CountTable | RankSums | MomentTable


@dataclass
class Source:
    """A table that numbers rest on, and every question it answered: the request, and which part of its answer."""

    table: Input
    origins: list[tuple[Request, dict[str, str]]] = field(default_factory=list)


@dataclass
class Desk:
    """Where a task gets answers and leaves the tables its numbers rest on."""

    ask: Callable[[Request], Answer]
    inputs: dict[str, Source] = field(default_factory=dict)

    def counts(self, request: Counts | Persons) -> CountTable:
        found = self.ask(request)
        assert isinstance(found, CountTable)
        return found

    def keep(self, table: Input, request: Request, **part: str) -> None:
        """Remember a table a statistic was computed from, by its digest; `part` says what it is of."""
        source = self.inputs.setdefault(table.digest, Source(table))
        if (request, part) not in source.origins:
            source.origins.append((request, part))


@dataclass(frozen=True)
class Task:
    """Part of an analysis: requests known beforehand, and what to do with their answers."""

    requests: tuple[Request, ...]
    finish: Callable[[Desk], list[Statistic]]


@dataclass(frozen=True)
class Context:
    """Everything an analysis needs to plan its tasks; `rows` is the size of the row file."""

    frame: Frame
    population: Population
    methods: Mapping[str, str]
    rows: int

    @property
    def level(self) -> float:
        return float(self.frame.study.level)

    def outcome(self, name: str, where: str) -> Outcome:
        return self.frame.study.outcomes[self._place(name, where)]

    def _place(self, name: str, where: str) -> int:
        for i, outcome in enumerate(self.frame.study.outcomes):
            if outcome.name == name:
                return i
        known = ", ".join(outcome.name for outcome in self.frame.study.outcomes)
        raise DefinitionError.single("the study declares no such outcome", where=where, received=name, remedy=known)

    def measure(self, name: str, at: str | None, where: str) -> Measure:
        """An outcome at a time point. What is wrong with the outcome itself is said of it, not of the analysis."""
        outcome = self.outcome(name, where)
        if at is not None and at not in outcome.timepoints:
            raise DefinitionError.single(
                f"outcome “{name}” is not measured at this time point",
                where=where,
                received=at,
                remedy=f"declared: {', '.join(outcome.timepoints) or 'none'}",
            )
        return measure(self.frame, outcome, at, f"outcomes[{self._place(name, where) + 1}] ({name})")

    def measures(self, names: Iterable[str], timepoints: Sequence[str] | None, where: str) -> list[Measure]:
        """Each outcome at each of its time points, or at the given ones among them."""
        names = list(names)
        for wanted in timepoints or ():
            self.frame.timepoint(wanted, f"{where}.timepoints")
            if not any(wanted in self.outcome(name, where).timepoints for name in names):
                raise DefinitionError.single(
                    "none of the outcomes is measured at this time point", where=f"{where}.timepoints", received=wanted
                )
        found = []
        for name in names:
            outcome = self.outcome(name, where)
            for at in outcome.timepoints or (None,):
                if at is None or timepoints is None or at in timepoints:
                    found.append(self.measure(name, at, where))
        return found

    def where(self, missing: str, measures: Sequence[Measure]) -> Condition:
        """The population, narrowed to rows recorded in every measure when only complete cases count."""
        if missing != "complete":
            return self.population.where
        return together(self.population.where, *(m.recorded for m in measures))


def check_missing_rule(missing: str, measures: Sequence[Measure], where: str) -> None:
    """Only a response can fail: a missing score or category has no worst value that everybody would accept."""
    for asked in measures:
        if missing == "failure" and asked.kind != "responder":
            raise DefinitionError.single(
                "missing = failure makes sense for responders only",
                where=f"{where}.missing",
                received=asked.outcome.name,
                remedy="put responders in an analysis of their own",
            )


def left_out_tasks(
    context: Context, missing: str, measures: Sequence[Measure], group: Key | None, **about: str
) -> list[Task]:
    """Under complete cases, how many are left out for lack of an answer: one row for everybody and each group.

    The numbers of such an analysis count only whom it keeps, so the loss has to stand beside them. `about` is what the
    measures have in common, where an analysis has several sets of them.
    """
    if missing != "complete":
        return []
    recorded = together(*(asked.recorded for asked in measures))
    flag = Key(Axis("is complete"), Case(((recorded, 1),), 0), 2)
    request = Counts(keys_with_group(group, flag), context.population.where)

    def finish(desk: Desk) -> list[Statistic]:
        rows = []
        for label, part in by_group(desk.counts(request), overall=True):
            dimensions = {**about, "group": label}
            desk.keep(part, request, **dimensions)
            lost = dict(part.cells).get((0,), 0)
            rows.append(count_row("left_out_incomplete", LEFT_OUT, lost, part, dimensions))
        return rows

    return [Task((request,), finish)]


UNDEFINED = "count of units whose baseline is 0 or below: relative change undefined; they are in no other number here"

LEFT_OUT = "count of units left out of this analysis because an answer it needs is missing; denominator: all units"


def count_row(name: str, method: str, found: int, table: CountTable, dimensions: Mapping[str, str]) -> Statistic:
    """A count that is a result of its own, of all units of the table."""
    row = Statistic(name=name, method=method, estimate=float(found), n=found, denominator=table.total)
    return replace(row, inputs=table.digest).describing(**dimensions)


def not_grouped(desk: Desk, request: Request, table: CountTable, dimensions: Mapping[str, str]) -> list[Statistic]:
    """Where an analysis is grouped by an outcome: how many units that outcome cannot place. None when it places all."""
    groups = table.margin(GROUP)
    lost = groups.total - groups.complete().total
    desk.keep(groups, request, **dimensions)
    text = "count of units in none of the groups: what groups them is missing, or not asked for; denominator: all units"
    return [count_row("not_grouped", text, lost, groups, dimensions)] if lost else []


def attempt(rows: Callable[[], Statistic | Sequence[Statistic]], name: str, **dimensions: str) -> list[Statistic]:
    """Statistics, or one row that says why there is none; one failing statistic never takes the others with it."""
    try:
        made = rows()
    except StatisticError as error:
        made = [Statistic(name=name, method=name.replace("_", " "), error="; ".join(f.what for f in error.faults))]
    listed = [made] if isinstance(made, Statistic) else made
    return [row.describing(**{**dimensions, **dict(row.about)}) for row in listed]


def by_group(table: CountTable, *, overall: bool) -> list[tuple[str, CountTable]]:
    """(label, table without the group axis) for everybody, when wanted or when there are no groups, then per group."""
    names = [axis.name for axis in table.axes]
    if GROUP not in names:
        return [(ALL, table)]
    rest = [name for name in names if name != GROUP]
    parts = [(ALL, table.margin(*rest))] if overall else []
    axis = table.axis(GROUP)
    return parts + [(label, table.slice(GROUP, code)) for code, label in axis.labels]


def keys_with_group(group: Key | None, *keys: Key) -> tuple[Key, ...]:
    """The keys, led by the group where there is one; each once."""
    return tuple(dict.fromkeys((*([group] if group else []), *keys)))


def grouping(context: Context, by: GroupedBy | None, where: str) -> Key | None:
    """The axis to group by: the outcome an analysis names, or the study's groups."""
    if by is None:
        return context.population.group
    key = context.measure(by.outcome, by.at, f"{where}.by").key(f"{where}.by", GROUP)
    if not key.axis.labels:
        raise DefinitionError.single(
            "groups are classes, not numbers", where=f"{where}.by", received=by.outcome, remedy="give the outcome bands"
        )
    check_group_labels([label for _, label in key.axis.labels], f"{where}.by")
    return key if by.levels is None else _levels_of(key, by.levels, f"{where}.by.levels")


def one_group(group: Key, where: str) -> Fault | None:
    """What is wrong with comparing groups of which there is only one."""
    if len(group.axis.labels) > 1:
        return None
    return Fault(
        "there is nothing to compare: only one group",
        where,
        ", ".join(label for _, label in group.axis.labels),
        "name at least two levels, or describe instead",
    )


def _levels_of(key: Key, levels: Sequence[str], where: str) -> Key:
    """The axis with these classes alone; whoever is in another one is in none of the groups."""
    codes = {label: code for code, label in key.axis.labels}
    for level in levels:
        if level not in codes:
            raise DefinitionError.single(
                "there is no such class to group by", where=where, received=level, remedy=", ".join(codes)
            )
    kept = [code for level in levels if isinstance(code := codes[level], int)]
    term = Case(tuple((OneOf(key.term, (code,)), code) for code in kept))
    return Key(replace(key.axis, labels=tuple(zip(kept, levels, strict=True))), term, len(kept) + 1)

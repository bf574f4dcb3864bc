"""The common ground of analyses: what they share, and what each hands over to be run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from foramen.kernel.errors import DefinitionError, StatisticError
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable, RankSums
from foramen.statistics.tables import CountTable
from foramen.study.analysis_definition import OutcomeAt
from foramen.study.definition import Outcome
from foramen.study.engines.request import Answer, Condition, Counts, Key, Request
from foramen.study.frame import Frame, together
from foramen.study.measure import Measure, measure
from foramen.study.population import ALL, GROUP, Population

Input = CountTable | RankSums | MomentTable


@dataclass
class Desk:
    """Where a task gets answers and leaves the tables its numbers rest on."""

    ask: Callable[[Request], Answer]
    inputs: dict[str, tuple[Input, Request]] = field(default_factory=dict)

    def counts(self, request: Counts) -> CountTable:
        found = self.ask(request)
        assert isinstance(found, CountTable)
        return found

    def keep(self, table: Input, request: Request) -> None:
        """Remember a table a statistic was computed from, by its digest."""
        self.inputs[table.digest] = (table, request)


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
    return parts + [(axis.label(code), table.slice(GROUP, code)) for code in table.levels(GROUP)]


def keys_with_group(group: Key | None, *keys: Key) -> tuple[Key, ...]:
    """The keys, led by the group where there is one; each once."""
    return tuple(dict.fromkeys((*([group] if group else []), *keys)))


def grouping(context: Context, by: OutcomeAt | None, where: str) -> Key | None:
    """The axis to group by: the outcome an analysis names, or the study's groups."""
    if by is None:
        return context.population.group
    return context.measure(by.outcome, by.at, f"{where}.by").key(f"{where}.by", GROUP)

"""From the rows and the flow of a report to its numbers: what each row prints, and what is counted of whom."""

from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

from foramen.disclosure.blocks import (
    EVERYBODY,
    MISSING,
    OUTSIDE,
    RECORDED,
    REST,
    SUPPRESSED,
    UNITS,
    Block,
    Group,
    State,
    Subject,
    tie_nested,
)
from foramen.disclosure.ledger import Ledger, Line, Number, less
from foramen.disclosure.reasons import UNKNOWN
from foramen.disclosure.rules import Rule, rule_of
from foramen.statistics.proportions import MISSING_RULES
from foramen.statistics.result import Statistic

ALL = "all"
"""The label of everybody together."""

NOT_OF_THE_SUBJECT = ("analysis", "group", "category", "from_category", "term", "weights", "point")

LIGHT, USUAL = 0.02, 1.0
"""What a count of the missing, and what a statistic is worth to the reader."""

OF_THE_FLOW = 0.2

WITH_MISSING = "recorded or missing"

APART = ("undefined", "left_out_incomplete", "not_grouped", "units_of_persons_with_several")
"""Counts of units, of all of them, whatever else the analysis is of."""

CONFUSION: Mapping[str, tuple[str, str]] = {
    "accuracy": ("correct", "wrong"),
    "sensitivity": ("true positive", "false negative"),
    "specificity": ("true negative", "false positive"),
    "ppv": ("true positive", "false positive"),
    "npv": ("true negative", "false negative"),
}
"""What is counted by the numerator of each rate, and by the rest of its denominator."""

DESCRIBED = (
    "n", "missing", "suppressed", "mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum",
    "percent", "responder_percent", "zero_event_upper_bound", "outside_window", "shapiro_wilk",
    "lilliefors", "kolmogorov_smirnov",
)  # fmt: skip
"""Rows about one thing at one time, whose n is that of everybody recorded."""


class FlowLine(Protocol):
    """One line of the flow, as results have it."""

    @property
    def group(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def n(self) -> int | None: ...
    @property
    def excluded(self) -> int | None: ...
    @property
    def reason(self) -> str | None: ...


@dataclass
class Reader:
    """Reads rows into blocks of a ledger. `schemes` says by analysis how its rows are grouped."""

    rows: Sequence[Statistic]
    schemes: Mapping[str, Hashable]
    ledger: Ledger = field(default_factory=Ledger)
    blocks: dict[tuple[str, Subject, str], Block] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._recorded = {
            self._place(row): row.n for row in self.rows if row.name in ("missing", "suppressed") and row.n is not None
        }
        self._narrowed = {
            (dict(row.about).get("analysis", ""), subject_of(row) if row.name == "undefined" else None)
            for row in self.rows
            if row.name in ("undefined", "left_out_incomplete")
        }
        self._readers: Mapping[Rule, Callable[[Statistic], Line]] = {
            Rule.COUNT: self._count,
            Rule.SHARE: self._share,
            Rule.NUMBERS: self._summary,
            Rule.EXTREME: self._summary,
            Rule.CELLS: self._summary,
            Rule.MODEL: self._summary,
        }

    def line(self, row: Statistic) -> Line:
        """What a row prints."""
        rule = rule_of(row)
        if rule is None:
            return Line(ruled=UNKNOWN)
        # Points of a curve are judged all together: see `curves`. What could not be computed may count nobody.
        silent = rule is Rule.STEP or (row.error is not None and row.n is None)
        return Line() if silent else self._readers[rule](row)

    def tie(self, complete: Set[tuple[str, Subject]] = frozenset()) -> None:
        """Enter every sum within blocks and between those of one thing; after all lines are read."""
        for (analysis, subject, _), block in self.blocks.items():
            block.tie()
            if (analysis, subject) in complete:
                missing = [found[MISSING] for found in block.counts.values() if MISSING in found]
                self.ledger.certain.update(number for number in missing if self.ledger.numbers[number] == 0)
        tie_nested(self.ledger, [block for (_, _, family), block in self.blocks.items() if not family])

    def group(self, row: Statistic) -> Group:
        about = dict(row.about)
        label = about.get("group", ALL)
        return None if label == ALL else (self.schemes[about.get("analysis", "")], label)

    def block(self, row: Statistic) -> Block:
        """The block a row belongs to; rows of one name have one of their own unless they describe one thing."""
        family = "" if row.name in DESCRIBED else "model" if "model" in dict(row.about) else row.name
        return self.block_of(row, family)

    def block_of(self, row: Statistic, family: str) -> Block:
        analysis, subject = dict(row.about).get("analysis", ""), subject_of(row)
        among = EVERYBODY if row.name in APART else self._among(analysis, subject)
        return self.blocks.setdefault((analysis, subject, family), Block(self.ledger, analysis, subject, among))

    def _among(self, analysis: str, subject: Subject) -> Hashable:
        """Of whom the numbers are: an analysis of complete cases, or one that leaves out the undefined, has its own."""
        if (analysis, subject) in self._narrowed:
            return analysis, subject
        return analysis if (analysis, None) in self._narrowed else EVERYBODY

    def _place(self, row: Statistic) -> tuple[str, Subject, Group]:
        return dict(row.about).get("analysis", ""), subject_of(row), self.group(row)

    def _count(self, row: Statistic) -> Line:
        if row.name == "transition":
            return self._transition(row)
        if row.name in APART:
            return self._apart(row)
        block, group = self.block(row), self.group(row)
        if row.name == "outside_window":
            outside = block.put(group, OUTSIDE, row.n)
            return Line((outside,), outside, denominator=(self._all(row, group),), weight=LIGHT)
        units = block.put(group, UNITS, row.denominator)
        if row.name == "n":
            recorded = block.put(group, RECORDED, row.n)
            return Line((recorded,), recorded, denominator=(units,), weight=USUAL / 2)
        lost = block.put(group, MISSING if row.name == "missing" else SUPPRESSED, _whole(row.estimate))
        if row.name == "suppressed":
            self.ledger.positive.add(lost)
        return Line((lost,), lost, n=(block.put(group, RECORDED, row.n),), denominator=(units,), weight=LIGHT)

    def _all(self, row: Statistic, group: Group) -> Number:
        """All units of an analysis, the undefined among them."""
        analysis = dict(row.about).get("analysis", "")
        among = analysis if (analysis, None) in self._narrowed else EVERYBODY
        tag = () if row.denominator is not None else (among,)
        return self.ledger.enter(UNITS, group, *tag, count=row.denominator)

    def _transition(self, row: Statistic) -> Line:
        block, group, about = self.block(row), self.group(row), dict(row.about)
        cell = block.put(group, (about.get("from_category"), about.get("category")), row.n, partition="cells")
        both = block.put(group, RECORDED, row.denominator)
        block.put(group, UNITS, row.denominator)
        return Line((cell,), cell, denominator=(both,))

    def _apart(self, row: Statistic) -> Line:
        """Units that an analysis leaves out, or that are of persons with several."""
        group = self.group(row)
        block = self.block(row)
        units = block.put(group, UNITS, row.denominator)
        if row.name == "not_grouped":
            scheme = self.schemes[dict(row.about).get("analysis", "")]
            lost = self.ledger.enter(UNITS, (scheme, REST), count=row.n, loss=True)
            self.ledger.positive.add(lost)
        elif row.name == "units_of_persons_with_several":
            several = self.ledger.enter("of persons with several", count=row.n)
            single = self.ledger.enter("of persons with one", count=less(row.denominator, row.n))
            self.ledger.tie(units, [several, single])
            return Line((several,), several, denominator=(units,))
        else:
            lost = self._lost(row, group, units)
        return Line((lost,), lost, denominator=(units,), weight=LIGHT)

    def _lost(self, row: Statistic, group: Group, units: Number) -> Number:
        """Those of all units that are in no other number of an analysis."""
        among = self._among(dict(row.about).get("analysis", ""), subject_of(row))
        tag = () if row.n is not None else (among,)
        lost = self.ledger.enter("lost", group, row.denominator, *tag, count=row.n, loss=True)
        rest = less(row.denominator, row.n)
        kept = self.ledger.enter(UNITS, group, *(() if rest is not None else (among,)), count=rest)
        self.ledger.tie(units, [kept, lost])
        if row.name == "undefined":
            self.ledger.positive.add(lost)
            self.block_of(row, "").counts.setdefault(group, {})["undefined"] = lost
        return lost

    def _share(self, row: Statistic) -> Line:
        block, group = self.block(row), self.group(row)
        if row.name in CONFUSION:
            return self._rate(row, block, group)
        if row.name == "zero_event_upper_bound":
            base = self._base(row, block, group)
            nobody = block.put(group, dict(row.about).get("category", "yes"), row.n)
            return Line((nobody, base), None, (base,), weight=LIGHT)
        if row.name == "percent":
            base = block.put(group, RECORDED, row.denominator)
            cell = block.put(group, dict(row.about).get("category", ""), row.n, partition="categories")
        elif row.name == "responder_percent":
            base = self._base(row, block, group)
            cell = block.put(group, "yes", row.n, partition="answers")
            block.partitions["answers"]["no"] = None
            if WITH_MISSING in block.counts[group]:
                self.ledger.tie(base, [cell, block.put(group, "not yes", less(row.denominator, row.n))])
        else:
            base = block.put(group, RECORDED, row.denominator)
            cell = block.put(group, row.name, row.n, partition=row.name)
            block.partitions[row.name][f"not {row.name}"] = None
        return Line((cell, base), cell, (base,))

    def _base(self, row: Statistic, block: Block, group: Group) -> Number:
        """What a percentage is of: those recorded, or with the missing where they count as failures."""
        if MISSING_RULES["failure"] not in row.method:
            return block.put(group, RECORDED, row.denominator)
        recorded = self._recorded.get(self._place(row))
        everybody = block.put(group, WITH_MISSING, row.denominator)
        both = [block.put(group, RECORDED, recorded), block.put(group, MISSING, less(row.denominator, recorded))]
        self.ledger.tie(everybody, both)
        return everybody

    def _rate(self, row: Statistic, block: Block, group: Group) -> Line:
        one, other = CONFUSION[row.name]
        partition = "right or wrong" if row.name == "accuracy" else "confusion"
        cell = block.put(group, one, row.n, partition=partition)
        rest = block.put(group, other, less(row.denominator, row.n), partition=partition)
        return Line((cell, rest), cell)

    def _summary(self, row: Statistic) -> Line:
        """Of everything computed from many: how many, of how many."""
        block, group = self.block(row), self.group(row)
        if row.n is not None and block.have(group, RECORDED) not in (None, row.n):
            block = self.block_of(row, f"{row.name}, {row.n} of {row.denominator}")
        recorded = block.put(group, RECORDED, row.n)
        units = block.put(group, UNITS, row.denominator)
        return Line((recorded,), recorded, (recorded,), denominator=(units,))


def subject_of(row: Statistic) -> Subject:
    return tuple(pair for pair in row.about if pair[0] not in NOT_OF_THE_SUBJECT)


def _whole(estimate: float | None) -> int | None:
    return None if estimate is None else round(estimate)


def read_flow(ledger: Ledger, flow: Sequence[FlowLine], scheme: Hashable) -> list[tuple[Line, Line]]:
    """The lines of n and of excluded for each step, and the sums that hold among them."""
    lines, steps = list[tuple[Line, Line]](), dict[State, dict[Group, Number]]()
    before: dict[Group, Number] = {}
    for place, step in enumerate(flow):
        group: Group = None if step.group == ALL else (scheme, step.group)
        last = all(later.group != step.group for later in flow[place + 1 :])
        occasion: State = (step.step, step.reason, sum(_alike(step, earlier) for earlier in flow[:place]))
        what = (UNITS, group) if last else ("flow", group, occasion)
        n = ledger.enter(*what, *((EVERYBODY,) if last and step.n is None else ()), count=step.n)
        excluded = ledger.enter("excluded", group, occasion, count=step.excluded)
        if group in before:
            ledger.tie(before[group], [n, excluded])
            steps.setdefault(occasion, {})[group] = excluded
        else:
            steps.setdefault("everybody", {})[group] = n
        before[group] = n
        lines.append((Line((n,), n, weight=OF_THE_FLOW), Line((excluded,), excluded, weight=OF_THE_FLOW)))
    for occasion, found in {**steps, UNITS: before}.items():
        _tie_step(ledger, scheme, occasion, found)
    return lines


def _alike(one: FlowLine, other: FlowLine) -> bool:
    """Two steps of a group may have one name."""
    return (one.group, one.step, one.reason) == (other.group, other.step, other.reason)


def _tie_step(ledger: Ledger, scheme: Hashable, step: State, found: Mapping[Group, Number]) -> None:
    """Everybody at a step is the groups, and those in no group that is compared."""
    labelled = [number for group, number in found.items() if group is not None]
    if None not in found or not labelled:
        return
    rest = less(ledger.numbers[found[None]], *(ledger.numbers[number] for number in labelled))
    if rest is None or rest > 0:
        labelled.append(ledger.enter("flow", (scheme, REST), step, count=rest))
    ledger.tie(found[None], labelled)

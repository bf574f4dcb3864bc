"""Blocks: the numbers of one thing in one analysis, by group, and the sums that hold among them by their meaning."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import combinations

from foramen.disclosure.ledger import Ledger, Number, less

Subject = tuple[tuple[str, str], ...]
"""What is counted: the dimensions of a row that are neither its analysis, nor its group, nor its category."""

Group = tuple[Hashable, str] | None
"""How people are grouped and the label of one group; None for everybody."""

State = Hashable

UNITS, RECORDED, MISSING, SUPPRESSED, OUTSIDE = "units", "recorded", "missing", "suppressed", "outside"

EVERYBODY = "everybody in the study"

LOST = frozenset({MISSING, SUPPRESSED, OUTSIDE})

STUDY = "the groups of the study"
"""The grouping that places everybody who is counted."""

REST = "in no group"
"""Label of those whom a grouping cannot place."""


@dataclass
class Block:
    """Counts by group and state. A partition is a list of states of which everybody recorded has one.

    `among` names those of whom the block speaks, for where a published report withholds how many they are.
    """

    ledger: Ledger
    analysis: str
    subject: Subject
    among: Hashable = EVERYBODY
    counts: dict[Group, dict[State, Number]] = field(default_factory=dict)
    partitions: dict[str, dict[State, None]] = field(default_factory=dict)

    def put(self, group: Group, state: State, count: int | None, *, partition: str | None = None) -> Number:
        """Enter a number. What an earlier line showed is not hidden again by a later one that withholds it."""
        if partition:
            self.partitions.setdefault(partition, {})[state] = None
        found = self.counts.setdefault(group, {})
        if count is None and state in found:
            return found[state]
        what: tuple[Hashable, ...] = (UNITS, group) if state == UNITS else (self.subject, group, state)
        if count is None:
            what = (*what, self.among if state == UNITS else self.analysis)
        number = self.ledger.enter(*what, count=count, loss=state in LOST)
        found.setdefault(state, number)
        return number

    def have(self, group: Group, state: State) -> int | None:
        """How many, where it is known."""
        number = self.counts.get(group, {}).get(state)
        return None if number is None else self.ledger.numbers[number]

    def tie(self) -> None:
        """Enter what follows, then every sum: within each group, and from the groups to everybody."""
        for group in [*self.counts]:
            self._complete(group)
        for scheme in {group[0]: None for group in self.counts if group is not None}:
            self._tie_groups(scheme)
        for group in self.counts:
            self._tie_within(group)

    def _complete(self, group: Group) -> None:
        """The missing where they have no row of their own, the rest of a responder."""
        found = self.counts[group]
        if UNITS in found and RECORDED in found and MISSING not in found:
            hidden = self.have(group, SUPPRESSED) if SUPPRESSED in found else 0
            self.put(group, MISSING, _not_below(less(self.have(group, UNITS), self.have(group, RECORDED), hidden)))
        for partition in self.partitions.values():
            absent = [state for state in partition if state not in found]
            present = [self.have(group, state) for state in partition if state in found]
            if len(absent) == 1 and present and RECORDED in found:
                self.put(group, absent[0], _not_below(less(self.have(group, RECORDED), *present)))

    def _tie_groups(self, scheme: Hashable) -> None:
        labels = [group for group in self.counts if group is not None and group[0] == scheme]
        if None not in self.counts:
            return
        unplaced: Group = (scheme, REST)
        for state, total in [*self.counts[None].items()]:
            parts = [self.counts[group][state] for group in labels if state in self.counts[group]]
            rest = less(self.ledger.numbers[total], *(self.ledger.numbers[part] for part in parts))
            some = scheme != STUDY if rest is None else rest > 0
            if some and unplaced not in labels:
                parts.append(self.put(unplaced, state, rest))
            if parts:
                self.ledger.tie(total, parts)

    def _tie_within(self, group: Group) -> None:
        found = self.counts[group]
        if UNITS in found and RECORDED in found:
            self.ledger.tie(found[UNITS], [found[s] for s in (RECORDED, MISSING, SUPPRESSED) if s in found])
        for partition in self.partitions.values():
            if RECORDED in found:
                self.ledger.tie(found[RECORDED], [found[state] for state in partition if state in found])
        if OUTSIDE in found and MISSING in found:
            silent = _not_below(less(self.have(group, MISSING), self.have(group, OUTSIDE)))
            of = () if silent is not None else (self.analysis,)
            unanswered = self.ledger.enter(self.subject, group, "unanswered", *of, count=silent, loss=True)
            self.ledger.tie(found[MISSING], [found[OUTSIDE], unanswered])


def _not_below(count: int | None) -> int | None:
    return None if count is None else max(count, 0)


def tie_nested(ledger: Ledger, blocks: Iterable[Block]) -> None:
    """The same thing counted in two populations, one inside the other: the difference is a number too.

    One is taken to lie inside the other if none of its numbers is larger.
    """
    by_subject: dict[Subject, list[Block]] = {}
    for block in blocks:
        by_subject.setdefault(block.subject, []).append(block)
    for same in by_subject.values():
        for one, other in combinations(same, 2):
            if all(first <= second for _, _, first, second in shared(one, other)):
                _tie_difference(ledger, one, other)
            elif all(first >= second for _, _, first, second in shared(one, other)):
                _tie_difference(ledger, other, one)


def shared(one: Block, other: Block) -> list[tuple[Group, State, int, int]]:
    """What both blocks show of those who are counted: group, state, how many in each."""
    found = []
    for group, states in one.counts.items():
        for state in states:
            first, second = one.have(group, state), other.have(group, state)
            if state not in LOST and first is not None and second is not None:
                found.append((group, state, first, second))
    return found


def _tie_difference(ledger: Ledger, inner: Block, outer: Block) -> None:
    for group, state, few, many in shared(inner, outer):
        if state != UNITS:
            parts = [inner.counts[group][state]]
            if few < many:
                parts.append(ledger.enter(outer.subject, group, state, ("between", few, many), count=many - few))
            ledger.tie(outer.counts[group][state], parts)

"""What two published reports give away together, that neither gives away alone.

Reports are matched part by part: the same thing, counted in the same groups, is taken to be of the same people unless
two numbers that both reports show differ. Then what one withholds the other may show, or the two systems of sums may
have one solution. Where numbers of the same thing differ, one report may be of some of the people of the other: a
difference from 1 to the threshold less 1 is a small group that both together describe.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from foramen.disclosure.blocks import LOST, RECORDED, STUDY, UNITS, Block, Group, State, Subject
from foramen.disclosure.ledger import Ledger, Line
from foramen.disclosure.links import tie_everything
from foramen.disclosure.protect import shift
from foramen.disclosure.published import Published
from foramen.disclosure.reach import Knowledge, Unknown
from foramen.disclosure.reader import Reader, read_flow
from foramen.disclosure.reasons import Reasons

FLOW = (("flow", "the flow"),)
"""The subject under which the lines of a flow are matched."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is given away: what, where it stands in each report, and why. Never the number itself."""

    what: str
    a: str
    b: str
    why: str


@dataclass(frozen=True)
class _Side:
    """One report, read."""

    name: str
    ledger: Ledger
    blocks: Mapping[tuple[str, Subject, str], Block]

    @classmethod
    def of(cls, name: str, published: Published) -> "_Side":
        rows = sorted(published.rows, key=lambda row: row.suppressed is not None)
        reader = Reader(rows, published.schemes)
        lines = [reader.line(row) for row in rows]
        steps = read_flow(reader.ledger, published.flow, STUDY)
        flow = _flow_block(reader.ledger, published, steps)
        reader.tie()
        tie_everything(reader.ledger, [*reader.blocks.values()], [])
        said = [(line, row.suppressed or "") for line, row in zip(lines, rows, strict=True)]
        for pair, step in zip(steps, published.flow, strict=True):
            reasons = (step.suppressed or "").split("; ")
            said += [(pair[0], reasons[0]), (pair[1], reasons[-1])]
        for line, why in said:
            _note(reader.ledger, line, why)
        return cls(name, reader.ledger, {**reader.blocks, (flow.analysis, flow.subject, ""): flow})


def _flow_block(ledger: Ledger, published: Published, steps: Sequence[tuple[Line, Line]]) -> Block:
    """The lines of the flow as counts of one thing."""
    block = Block(ledger, "the flow", FLOW)
    for step, (n, excluded) in zip(published.flow, steps, strict=True):
        group: Group = (STUDY, step.group)
        for name, line in (("left", n), ("excluded", excluded)):
            assert line.own is not None
            block.counts.setdefault(group, {})[name, step.step, step.reason] = line.own
    return block


def _note(ledger: Ledger, line: Line, why: str) -> None:
    """What a printed reason says of the number withheld."""
    if (small := re.fullmatch(r"1 to (\d+)", why)) and line.own is not None and ledger.numbers[line.own] is None:
        ledger.spans.setdefault(line.own, (1.0, float(small[1])))
    if (few := re.fullmatch(r"from fewer than (\d+)", why)) and len(line.enough) == 1:
        ledger.spans.setdefault(line.enough[0], (1.0, float(few[1]) - 1))


def compare(a: Published, b: Published, threshold: int) -> list[Finding]:
    """Everything that the two reports give away together; each thing once."""
    sides = _Side.of("A", a), _Side.of("B", b)
    matched, unlike = _matched(*sides, threshold)
    found = [*_shown_elsewhere(matched), *_worked_out(sides, matched, threshold), *_differing(unlike, threshold)]
    return [*{(finding.what, finding.why): finding for finding in reversed(found)}.values()][::-1]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One thing in one group, in both reports."""

    a: Block
    b: Block
    group: Group

    @property
    def counts(self) -> list[tuple[State, int | None, int | None]]:
        """What both speak of, with how many where it is shown."""
        states = self.b.counts[self.group]
        return [
            (state, self.a.have(self.group, state), self.b.have(self.group, state))
            for state in self.a.counts[self.group]
            if state in states
        ]

    @property
    def shown(self) -> list[tuple[State, int, int]]:
        """What both show."""
        return [(state, a, b) for state, a, b in self.counts if a is not None and b is not None]

    @property
    def differences(self) -> list[tuple[State, int]]:
        """By how much B has more, of counts that can only grow with the people counted."""
        gone = [state for state in self.a.counts[self.group] if isinstance(state, tuple) and state[0] == "excluded"]
        return [(state, b - a) for state, a, b in self.shown if state not in LOST and state not in gone]


def _matched(a: _Side, b: _Side, threshold: int) -> tuple[list[_Pair], list[_Pair]]:
    """Pairs whose numbers agree wherever both reports show them, and pairs that are unlike.

    An analysis that both reports have is held against itself only. Pairs that show no number in common are taken to
    agree unless others show that the reports are of other people altogether.
    """
    agreed, silent, unlike = list[_Pair](), list[_Pair](), list[_Pair]()
    for pair in _of_one_thing(a, b):
        if any(one != other for _, one, other in pair.shown):
            unlike.append(pair)
        else:
            (agreed if any(one for _, one, _ in pair.shown) else silent).append(pair)
    furthest = max((abs(by) for pair in unlike for _, by in pair.differences), default=0)
    return [*agreed, *(silent if furthest < threshold else [])], unlike


def _of_one_thing(a: _Side, b: _Side) -> Iterable[_Pair]:
    common = {analysis for analysis, *_ in a.blocks} & {analysis for analysis, *_ in b.blocks}
    for one, other in product(a.blocks, b.blocks):
        if one[1:] == other[1:] and (one[0] == other[0] or not {one[0], other[0]} & common):
            for group in a.blocks[one].counts:
                if group in b.blocks[other].counts:
                    yield _Pair(a.blocks[one], b.blocks[other], group)


def _shown_elsewhere(matched: Sequence[_Pair]) -> Iterable[Finding]:
    for pair in matched:
        for state, one, other in pair.counts:
            if (one is None) != (other is None) and state not in ("no", "not yes"):
                yield Finding(
                    _words(pair.a, pair.group, state),
                    _stands(pair.a, shown=one is not None),
                    _stands(pair.b, shown=other is not None),
                    "withheld in one report, shown in the other",
                )


def _worked_out(sides: tuple[_Side, _Side], matched: Sequence[_Pair], threshold: int) -> Iterable[Finding]:
    """Small numbers that the sums of both reports narrow down and those of one do not."""
    pooled, own = Knowledge(), {side.name: Knowledge() for side in sides}
    for side in sides:
        own[side.name].read(side.name, side.ledger)
        pooled.read(side.name, side.ledger)
    for pair in matched:
        one, other = pair.a.counts[pair.group], pair.b.counts[pair.group]
        for state, a, b in pair.counts:
            pooled.equate((("A", one[state]), a), (("B", other[state]), b))
    places = _places(sides)
    narrow = {
        unknown: (low, high)
        for unknown, (low, high) in pooled.reach(places, threshold).items()
        if high - low < shift(threshold) and high >= 1
    }
    alone = {unknown: span for known in own.values() for unknown, span in known.reach(narrow, threshold).items()}
    for unknown, span in narrow.items():
        if alone.get(unknown) != span:
            block, group, state = places[unknown]
            said = "withheld, or not printed", "adds what is needed to work it out"
            in_a, in_b = said if unknown[0] == "A" else said[::-1]
            yield Finding(_words(block, group, state), in_a, in_b, "can be worked out by adding and subtracting")


def _places(sides: tuple[_Side, _Side]) -> Mapping[Unknown, tuple[Block, Group, State]]:
    return {
        (side.name, number): (block, group, state)
        for side in sides
        for block in side.blocks.values()
        for group, states in block.counts.items()
        for state, number in states.items()
    }


def _differing(unlike: Sequence[_Pair], threshold: int) -> Iterable[Finding]:
    """Small differences, where one report may be of some of the people of the other."""
    for pair in unlike:
        nested = len({by > 0 for _, by in pair.differences if by}) == 1
        for state, by in pair.differences if nested else ():
            if 0 < abs(by) < threshold:
                yield Finding(
                    _words(pair.a, pair.group, state),
                    _stands(pair.a, shown=True),
                    _stands(pair.b, shown=True),
                    f"the two numbers differ by {Reasons(threshold).small}: if one report is of some of the people of "
                    "the other, the difference is a small group",
                )


def _stands(block: Block, *, shown: bool) -> str:
    where = f"analysis “{block.analysis}”" if block.analysis else "the units of persons with several"
    return f"{'shown' if shown else 'withheld'}, {'the flow' if block.subject == FLOW else where}"


def _words(block: Block, group: Group, state: State) -> str:
    """What is counted, in words."""
    where = "everybody" if group is None or group[1] == "all" else f"group {group[1]}"
    if state == UNITS:
        return f"{where}: how many there are"
    of = ", ".join(value for _, value in block.subject) or "all units"
    said = ", ".join(map(str, filter(None, state))) if isinstance(state, tuple) else str(state)
    return f"{of}, {where}: {'how many have a value' if state == RECORDED else said}"


def as_json(a: Published, b: Published, findings: Sequence[Finding], threshold: int) -> dict[str, Any]:
    """The comparison as plain data."""
    return {
        "threshold": threshold,
        "same_snapshot": a.source("snapshot") == b.source("snapshot"),
        "same_definition": a.source("study") == b.source("study"),
        "findings": [{"what": f.what, "a": f.a, "b": f.b, "why": f.why} for f in findings],
    }

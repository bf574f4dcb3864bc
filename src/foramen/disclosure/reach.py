"""What a reader can work out: the least and the most that each withheld number can be."""

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from foramen.disclosure.ledger import Ledger, Number, Span

TINY = 1e-6

CONTRADICTION = 2
"""The status of a program that nothing fulfils. There is always a least value, so any other failure means no most."""

Unknown = tuple[Hashable, Number]
"""A number that a report withholds, and of which report."""


@dataclass
class Knowledge:
    """Sums over what is not known: coefficients and right-hand side. `spans` bounds each unknown."""

    spans: dict[Unknown, Span] = field(default_factory=dict)
    sums: list[tuple[dict[Unknown, int], int]] = field(default_factory=list)

    def read(self, report: Hashable, ledger: Ledger) -> None:
        """Everything a report says."""
        for number, count in ledger.numbers.items():
            if count is None:
                self.spans[report, number] = ledger.spans.get(number, (0.0, np.inf))
        for total, parts in ledger.sums:
            self.add([((report, total), ledger.numbers[total], 1), *_parts(report, ledger, parts)])

    def equate(self, one: tuple[Unknown, int | None], other: tuple[Unknown, int | None]) -> None:
        """Two reports speak of the same number."""
        self.add([(*one, 1), (*other, -1)])

    def add(self, terms: Iterable[tuple[Unknown, int | None, int]]) -> None:
        weights: dict[Unknown, int] = {}
        known = 0
        for unknown, count, sign in terms:
            if count is None:
                weights[unknown] = weights.get(unknown, 0) + sign
            else:
                known += sign * count
        if weights:
            self.sums.append((weights, -known))

    def reach(self, wanted: Container[Unknown], below: int) -> dict[Unknown, Span]:
        """The span of each wanted unknown that cannot reach `below`. Where the sums contradict each other nothing is
        said: these reports do not speak of the same people."""
        found: dict[Unknown, Span] = {}
        for unknowns, sums in self._parts():
            if any(unknown in wanted for unknown in unknowns):
                found.update(self._spans_of(unknowns, sums, wanted, below))
        return found

    def _parts(self) -> list[tuple[list[Unknown], list[tuple[dict[Unknown, int], int]]]]:
        """Unknowns that hang together, with their sums."""
        index = {unknown: i for i, unknown in enumerate(self.spans)}
        pairs = [
            (index[a], index[b]) for weights, _ in self.sums for a, b in zip(weights, [*weights][1:], strict=False)
        ]
        ones, others = zip(*pairs, strict=True) if pairs else ((), ())
        graph = sparse.coo_array((np.ones(len(ones)), (ones, others)), shape=(len(index), len(index)))
        _, label = sparse.csgraph.connected_components(graph, directed=False)
        found: dict[int, tuple[list[Unknown], list[tuple[dict[Unknown, int], int]]]] = {}
        for weights, known in self.sums:
            found.setdefault(int(label[index[next(iter(weights))]]), ([], []))[1].append((weights, known))
        for unknown, i in index.items():
            if int(label[i]) in found:
                found[int(label[i])][0].append(unknown)
        return [*found.values()]

    def _spans_of(
        self,
        unknowns: Sequence[Unknown],
        sums: Sequence[tuple[Mapping[Unknown, int], int]],
        wanted: Container[Unknown],
        below: int,
    ) -> dict[Unknown, Span]:
        place = {unknown: i for i, unknown in enumerate(unknowns)}
        entries = [(row, place[u], weight) for row, (weights, _) in enumerate(sums) for u, weight in weights.items()]
        rows, columns, weights = zip(*entries, strict=True)
        known = np.array([count for _, count in sums], dtype=np.float64)
        matrix = sparse.csc_array((weights, (rows, columns)), shape=(len(sums), len(unknowns)))
        program = _Program(matrix, known, np.array([self.spans[unknown] for unknown in unknowns]))
        found: dict[Unknown, Span] = {}
        for i in program.held_below(below, [place[unknown] for unknown in unknowns if unknown in wanted]):
            least, most = program.end(i, 1), program.end(i, -1)
            if least is not None and most is not None and most < below:
                found[unknowns[i]] = (float(np.ceil(least - TINY)), float(np.floor(most + TINY)))
        return found


@dataclass(frozen=True)
class _Program:
    """The sums of some unknowns, their right-hand sides, and the bounds of each unknown."""

    matrix: sparse.csc_array
    known: NDArray[np.float64]
    spans: NDArray[np.float64]

    def held_below(self, limit: int, wanted: Sequence[int]) -> list[int]:
        """Those that may not be able to reach the limit. One program lifts as many as it can at once; what it lifts
        is done with, and the rest is tried again until nothing more is lifted. None where the sums contradict."""
        left = list(wanted)
        while left:
            found = self._lifted(limit, left)
            if found is None:
                return []
            still = [i for i in left if found[i] < limit - TINY]
            if len(still) == len(left):
                break
            left = still
        return left

    def _lifted(self, limit: int, wanted: Sequence[int]) -> NDArray[np.float64] | None:
        """Values that fit, with as much as possible below the limit filled up."""
        size, extra = len(self.spans), len(wanted)
        picks = sparse.csc_array((np.ones(extra), (range(extra), wanted)), shape=(extra, size))
        fits = sparse.hstack([self.matrix, sparse.csc_array((len(self.known), extra))])
        filled = sparse.hstack([picks, -sparse.eye_array(extra)])
        solved = optimize.milp(
            np.concatenate((np.zeros(size), -np.ones(extra))),
            constraints=[
                optimize.LinearConstraint(sparse.csc_array(fits), self.known, self.known),
                optimize.LinearConstraint(sparse.csc_array(filled), 0, np.inf),
            ],
            bounds=optimize.Bounds(
                np.concatenate((self.spans[:, 0], np.zeros(extra))),
                np.concatenate((self.spans[:, 1], np.full(extra, float(limit)))),
            ),
        )
        return None if solved.x is None else np.asarray(solved.x[:size], dtype=np.float64)

    def end(self, i: int, sign: int) -> float | None:
        """The least (sign 1) or the most (sign -1) of one unknown; None where the sums contradict each other."""
        cost = np.zeros(len(self.spans))
        cost[i] = sign
        solved = optimize.milp(
            cost,
            constraints=optimize.LinearConstraint(self.matrix, self.known, self.known),
            bounds=optimize.Bounds(self.spans[:, 0], self.spans[:, 1]),
        )
        if solved.x is not None:
            return float(sign * solved.fun)
        return None if solved.status == CONTRADICTION else sign * -np.inf


def _parts(report: Hashable, ledger: Ledger, parts: Sequence[Number]) -> list[tuple[Unknown, int | None, int]]:
    return [((report, part), ledger.numbers[part], -1) for part in parts]

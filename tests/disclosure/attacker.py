"""A reader who knows the study, reads only what was released, and tries to work out what is not printed.

The attacker thinks of everybody as a point in a table of all combinations of what was recorded (the atoms), knows which
atoms each printed number adds up, and asks an integer program for the least and the most that any sum of atoms can be.
Nothing here is taken from the code that decides what to withhold.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy import optimize, sparse

from foramen.study.results import Results

Atom = Mapping[str, str | None]
Event = Callable[[Atom], bool]

ANYTHING = np.inf


@dataclass
class Attacker:
    """What is known, as sums of atoms between bounds; `threshold` is in the manifest."""

    attributes: Mapping[str, Sequence[str | None]]
    threshold: int
    known: list[tuple[np.ndarray, float, float]] = field(default_factory=list)
    either: list[np.ndarray] = field(default_factory=list)
    """Sums that are 0 or at least the threshold."""

    def __post_init__(self) -> None:
        names = list(self.attributes)
        self.atoms = [dict(zip(names, values, strict=True)) for values in product(*self.attributes.values())]

    def sum_of(self, event: Event) -> np.ndarray:
        return np.array([float(event(atom)) for atom in self.atoms])

    def learn(self, event: Event, low: float, high: float) -> None:
        self.known.append((self.sum_of(event), low, high))

    def told(self, event: Event, number: int | None, why: str | None) -> None:
        """A number is printed, or the reason why it is not."""
        small = self.threshold - 1
        if number is not None:
            self.learn(event, number, number)
        elif why == f"1 to {small}":
            self.learn(event, 1, small)
        elif why == f"would give away a number from 1 to {small}":
            self.either.append(self.sum_of(event))
        else:
            assert why is not None
            assert "or is one" in why or "fewer than" in why

    def reach(self, event: Event) -> tuple[int, int]:
        """The least and the most that the sum can be."""
        wanted = self.sum_of(event)
        found = [self._solve(sign * wanted) for sign in (1, -1)]
        return round(found[0]), round(-found[1])

    def _solve(self, cost: np.ndarray) -> float:
        n, m = len(self.atoms), len(self.either)
        most = 10 * self.threshold + sum(low for _, low, _ in self.known if np.isfinite(low))
        rows = [np.concatenate((weights, np.zeros(m))) for weights, _, _ in self.known]
        lows, highs = [low for _, low, _ in self.known], [high for _, _, high in self.known]
        for i, weights in enumerate(self.either):
            switch = np.zeros(m)
            switch[i] = 1
            rows += [np.concatenate((weights, -self.threshold * switch)), np.concatenate((weights, -most * switch))]
            lows += [0, -np.inf]
            highs += [np.inf, 0]
        solved = optimize.milp(
            np.concatenate((cost, np.zeros(m))),
            constraints=optimize.LinearConstraint(sparse.csr_array(np.array(rows)), lows, highs),
            bounds=optimize.Bounds(0, np.concatenate((np.full(n, most), np.ones(m)))),
            integrality=np.ones(n + m),
        )
        assert solved.x is not None, "what was released contradicts itself"
        return float(solved.fun)


def read_flow(attacker: Attacker, results: Results, in_group: Callable[[str], Event], stays: Sequence[Event]) -> None:
    """Lines of a flow whose i-th line keeps those for whom the i-th event is true; one line per step."""
    by_group: dict[str, list] = {}
    for step in results.flow:
        by_group.setdefault(step.group, []).append(step)
    for group, steps in by_group.items():
        inside = in_group(group)
        for i, step in enumerate(steps):
            left = both(inside, stays[i])
            of_n, *of_excluded = (step.suppressed or "").split("; ")
            attacker.told(left, step.n, of_n)
            if i:
                gone = both(inside, _without(stays[i - 1], stays[i]))
                attacker.told(gone, step.excluded, *of_excluded or [of_n])


def both(one: Event, other: Event) -> Event:
    return lambda atom: one(atom) and other(atom)


def _without(one: Event, other: Event) -> Event:
    return lambda atom: one(atom) and not other(atom)


def small_counts_printed(results: Results, threshold: int) -> Iterable[str]:
    """Counts from 1 to threshold - 1 that stand in released results, wherever a reader can see them."""
    for row in results.statistics:
        counts = [row.n, row.denominator]
        if row.n is not None and row.denominator is not None:
            counts.append(row.denominator - row.n)
        if any(count is not None and 0 < count < threshold for count in counts):
            yield f"{row.name} {dict(row.about)}"
        said = re.sub("“[^”]*”|[a-z_]*=", "", f"{row.warning or ''} {row.error or ''}")
        if re.search(r"\d+ (missing|suppressed|left|of|subjects|without)", said):
            yield f"{row.name}: {said}"
    for step in results.flow:
        if any(count is not None and 0 < count < threshold for count in (step.n, step.excluded)):
            yield f"{step.group}, {step.step}"
    for source in results.inputs.values():
        for _, count in getattr(source.table, "cells", ()):
            if isinstance(count, int) and 0 < count < threshold:
                yield "a count table"

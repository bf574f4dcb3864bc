"""All tables with given margins: the exact p of Freeman and Halton, and random ones where there are too many.

The columns are split into two halves. Each half is filled in every possible way; fillings with the same probability
that leave the same room are merged, and so are those that differ by an exchange of rows, because what the other columns
can still do does not depend on the order of rows. A table is a filling of one half beside a filling of the other, so
the sum over all tables is a look-up of one half in the other, and no table is ever written out.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special

from foramen.kernel.errors import Defect

Counts = Sequence[Sequence[int]]
Integers = NDArray[np.int64]
Room = NDArray[np.int32]
Floats = NDArray[np.float64]

LIMIT = 2_000_000
"""Most fillings of one half in memory at any step; beyond it a table is too large for the exact test."""
PORTIONS = 4
"""How many times that, when the last column of the first half is filled in portions."""
LARGEST = 10_000_000
_UNIT = 1e10
_TOLERANCE = round(1e-7 * _UNIT)
"""Probabilities closer than 1e-7 relative count as equal, as in R: they are sums of rounded logarithms."""


def freeman_halton(counts: Counts) -> float | None:
    """Natural logarithm of the two-sided p of an r × c table: all tables at most as probable as this one.

    None when a half has more than `LIMIT` fillings, or there are `LARGEST` units. All margins must be positive.
    """
    table = np.array(counts, dtype=np.int64)
    table = table if len(table) <= table.shape[1] else table.T
    rows = _Rows(tuple(sorted(table.sum(axis=1).tolist(), reverse=True)))
    if not rows.fit:
        return None
    (last, *first), second = rows.halves(table.sum(axis=0).tolist())
    one = rows.filled(first, np.array(rows.totals, dtype=np.int32), least=np.zeros(len(table), dtype=np.int32))
    other = rows.filled(second, rows.largest, least=rows.largest - np.array(rows.totals, dtype=np.int32))
    ways = rows.ways(last)
    if one is None or other is None or ways > LIMIT or len(one.units) * ways > PORTIONS * LIMIT:
        return None
    portions = rows.portions(one, last)
    return _tail(portions, rows.groups(rows.partners(other)), int(_log_factorial_units(table).sum()))


def at_most_as_probable(counts: Counts, *, draws: int, seed: int) -> int:
    """How many of `draws` random tables with the same margins are at most as probable as this one."""
    table = np.array(counts, dtype=np.int64)
    table = table if len(table) >= table.shape[1] else table.T
    random = np.random.default_rng(seed)
    remaining = np.tile(table.sum(axis=0), (draws, 1))
    logarithms = np.zeros(draws)
    for total in table.sum(axis=1):
        left, others = np.full(draws, total), remaining.sum(axis=1)
        for column in remaining.T:
            others -= column
            drawn = random.hypergeometric(column, others, left)
            logarithms += special.gammaln(drawn + 1.0)
            left -= drawn
            column -= drawn
    return int(np.sum(logarithms >= special.gammaln(table + 1.0).sum() - 1e-7))


def log_sum(logarithms: Floats) -> float:
    """log of the sum of the numbers whose logarithms are given."""
    top = logarithms.max()
    return float(top + np.log(np.exp(logarithms - top).sum()))


@dataclass(frozen=True, slots=True)
class _Fillings:
    """Ways to fill some columns. `room` is what each row can still take, one row of the array per filling; `units` is
    the sum of log x! in steps of 1/_UNIT (the larger, the less probable); `log_weight` the logarithm of the summed
    probability, up to a constant."""

    room: Room
    units: Integers
    log_weight: Floats

    def at(self, index: Integers | NDArray[np.bool_] | slice) -> "_Fillings":
        return _Fillings(self.room[index], self.units[index], self.log_weight[index])


@dataclass(frozen=True, slots=True)
class _Rows:
    """Row totals, the largest first. Rows of similar size form a class within which they are exchangeable; rows of
    unlike size are kept apart, because a small row bounds the fillings far better than a large one."""

    totals: tuple[int, ...]

    @property
    def classes(self) -> list[slice]:
        cuts = [i for i, (a, b) in enumerate(pairwise(self.totals), start=1) if 2 * b < a]
        return [slice(a, b) for a, b in pairwise([0, *cuts, len(self.totals)])]

    @property
    def largest(self) -> Room:
        """For each row the largest total of its class."""
        found = np.array(self.totals, dtype=np.int32)
        for part in self.classes:
            found[part] = found[part.start]
        return found

    @property
    def shares(self) -> Floats:
        """For each row the mean share of its class in all units."""
        found = np.array(self.totals) / sum(self.totals)
        for part in self.classes:
            found[part] = found[part].mean()
        return found

    @property
    def places(self) -> list[int]:
        """Place values that pack the room of all rows but the last (which follows from them) into one number."""
        bases = [int(k) + 1 for k in self.largest]
        return [math.prod(bases[:i]) for i in range(len(bases) - 1)] + [0]

    @property
    def fit(self) -> bool:
        """Whether packed room and summed logarithms fit into 63 bits."""
        return math.prod(int(k) + 1 for k in self.largest[:-1]) < 2**63 and sum(self.totals) < LARGEST

    def halves(self, columns: Sequence[int]) -> tuple[list[int], list[int]]:
        """Split column totals so that both halves fit about equally well, the largest in the first.

        The first half may be filled in portions; the second is thinned out by exchanges of rows, because it starts from
        equal room.
        """
        halves: tuple[list[int], list[int]] = ([], [])
        sizes = [-math.log(PORTIONS), -sum(math.lgamma(part.stop - part.start + 1) for part in self.classes)]
        for column in sorted(columns, reverse=True):
            smaller = sizes.index(min(sizes)) if halves[0] else 0
            halves[smaller].append(column)
            sizes[smaller] += math.log(self.ways(column))
        return halves

    def ways(self, column: int) -> int:
        """A bound for the ways to fill one column."""
        free = math.comb(column + len(self.totals) - 1, column)
        return min(free, math.prod(min(column, row) + 1 for row in self.totals[1:]))

    def portions(self, found: _Fillings, column: int) -> Iterator[dict[int, _Fillings]]:
        """Groups of the fillings with one more column, from so many at a time as memory allows."""
        step = max(LIMIT // self.ways(column), 1)
        for start in range(0, len(found.units), step):
            more = self._with_column(found.at(slice(start, start + step)), column)
            if more is None:
                raise Defect("a portion of fillings is larger than its bound")
            yield self.groups(self._merged(more))

    def filled(self, columns: Sequence[int], room: Room, *, least: Room) -> _Fillings | None:
        """Every way to fill columns of these totals into the room, leaving at least so much; None when too many."""
        found: _Fillings | None = _Fillings(room[None, :], np.zeros(1, dtype=np.int64), np.zeros(1))
        for column in columns:
            found = found and self._with_column(found, column)
            if found is None:
                return None
            found = self._merged(found.at(np.all(self._ordered(found.room) >= least, axis=1)))
        return found

    def partners(self, found: _Fillings) -> _Fillings:
        """The fillings of the second half under the room that the first half must leave for them.

        Each stands for all its exchanges of rows, of which the first half offers one: the weight is shared out.
        """
        used = self._ordered(self.largest - found.room)
        return _Fillings(used, found.units, found.log_weight - self._log_exchanges(used))

    def groups(self, found: _Fillings) -> dict[int, _Fillings]:
        """Fillings by packed room, each group in increasing order of `units`."""
        packed = self._packed(found.room)
        order = np.lexsort((found.units, packed))
        values, starts = np.unique(packed[order], return_index=True)
        ends = [*starts[1:].tolist(), len(order)]
        found = found.at(order)
        return {v: found.at(slice(a, b)) for v, a, b in zip(values.tolist(), starts.tolist(), ends, strict=True)}

    def _with_column(self, found: _Fillings, column: int) -> _Fillings | None:
        """Every filling followed by every way to fill one more column, row by row."""
        left, possible = np.full(len(found.room), column), np.arange(column + 1)
        for row in range(len(self.totals)):
            least = np.maximum(left - found.room[:, row + 1 :].sum(axis=1), 0)
            ways = np.minimum(left, found.room[:, row]) - least + 1
            if ways.sum() > LIMIT:
                return None
            origin = np.repeat(np.arange(len(ways)), ways)
            drawn = least[origin] + np.arange(len(origin)) - (np.cumsum(ways) - ways)[origin]
            left, found = left[origin] - drawn, found.at(origin)
            found.room[:, row] -= drawn
            weight = found.log_weight + _log_poisson(possible, column * self.shares[row])[drawn]
            found = _Fillings(found.room, found.units + _log_factorial_units(possible)[drawn], weight)
        return found

    def _merged(self, found: _Fillings) -> _Fillings:
        """Sum fillings that leave the same room with the same probability."""
        room = self._ordered(found.room)
        packed = self._packed(room)
        order = np.lexsort((found.units, packed))
        packed, found = packed[order], _Fillings(room, found.units, found.log_weight).at(order)
        first = np.flatnonzero(np.diff(packed, prepend=-1) | np.diff(found.units, prepend=-1))
        return _Fillings(found.room[first], found.units[first], np.logaddexp.reduceat(found.log_weight, first))

    def _packed(self, room: Room) -> Integers:
        total = np.zeros(len(room), dtype=np.int64)
        for row, place in enumerate(self.places):
            total += room[:, row].astype(np.int64) * place
        return total

    def _ordered(self, room: Room) -> Room:
        """Rows of one class in increasing order of their room."""
        return np.concatenate([np.sort(room[:, part], axis=1) for part in self.classes], axis=1)

    def _log_exchanges(self, room: Room) -> Floats:
        """log of the number of different orders of the rows within their classes."""
        total = np.zeros(len(room))
        for part in self.classes:
            run = np.ones(len(room))
            for row in range(part.start + 1, part.stop):
                run = np.where(room[:, row] == room[:, row - 1], run + 1, 1.0)
                total += math.log(row - part.start + 1) - np.log(run)
        return total


def _log_poisson(counts: Integers, mean: float) -> Floats:
    """log of the Poisson probability. Of a table with given margins it is the log of its probability up to a constant,
    without the large logarithms of factorials that would cost digits; by Stirling's series where counts are large."""
    x = np.maximum(counts, 256.0)
    off = (x - mean) / mean
    deviance = mean * ((1 + off) * np.log1p(off) - off)
    large = -deviance - np.log(2 * np.pi * x) / 2 - 1 / (12 * x) + 1 / (360 * x**3)
    small = counts * math.log(mean) - mean - special.gammaln(counts + 1.0)
    found: Floats = np.where(counts < 256, small, large)
    return found


def _log_factorial_units(counts: Integers) -> Integers:
    units: Integers = np.rint(special.gammaln(counts + 1.0) * _UNIT).astype(np.int64)
    return units


def _tail(one: Iterator[dict[int, _Fillings]], other: dict[int, _Fillings], observed: int) -> float:
    """log of the share of all tables that are at most as probable as the observed one."""
    # beyond[i]: log weight of the partners from the i-th to the least probable
    beyond = {key: np.logaddexp.accumulate(theirs.log_weight[::-1])[::-1] for key, theirs in other.items()}
    tails, totals = [], []
    for packed, mine in (group for portion in one for group in portion.items()):
        first = np.searchsorted(other[packed].units, observed - _TOLERANCE - mine.units)
        reached = first < len(beyond[packed])
        totals.append(log_sum(mine.log_weight) + beyond[packed][0])
        if reached.any():
            tails.append(log_sum(mine.log_weight[reached] + beyond[packed][first[reached]]))
    return log_sum(np.array(tails)) - log_sum(np.array(totals))

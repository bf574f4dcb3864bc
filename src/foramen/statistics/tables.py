"""Count tables: a frequency for each combination of values, lossless for any column recorded at a finite resolution.

A *code* is what a snapshot stores: an integer, or a text level where a caller counts rows of their own; None is a
missing value and is kept as a level, so nothing is dropped before a statistic says so. An axis with `decimals` d
carries the value code / 10**d (/ `divisor` where ratios were derived). Suppressed values have a code of their own,
named by the axis.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import Any

from foramen.kernel.digests import digest
from foramen.kernel.errors import StatisticError
from foramen.kernel.rounding import rounded

Code = int | str | None
Cell = tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of a count table.

    `labels` pairs each declared code with its printed label, in the order of the code book; empty for a plain number.
    Declared levels appear in tables and tests even when nobody has them.
    """

    name: str
    decimals: int = 0
    labels: tuple[tuple[Code, str], ...] = ()
    suppressed: int | None = None
    divisor: int = 1

    def value(self, code: Code) -> Fraction:
        """The exact number a code stands for."""
        if not isinstance(code, int):
            raise StatisticError.single(f"“{self.name}” holds categories, not numbers", received=repr(code))
        return Fraction(code, 10**self.decimals * self.divisor)

    def label(self, code: Code) -> str:
        """The printed label of a code; numbers print as they were recorded."""
        for known, text in self.labels:
            if known == code:
                return text
        if code is None:
            return "missing"
        if code == self.suppressed:
            return "suppressed"
        if isinstance(code, int) and (self.decimals or self.divisor != 1):
            return rounded(self.value(code), max(self.decimals, 1))
        return str(code)


def code_order(code: Code) -> tuple[int, int, str]:
    """Sort key: numbers, then texts, then missing."""
    if code is None:
        return (2, 0, "")
    return (0, code, "") if isinstance(code, int) else (1, 0, code)


def _cell_order(item: tuple[Cell, int]) -> tuple[tuple[int, int, str], ...]:
    return tuple(code_order(code) for code in item[0])


def _numeric_order(item: tuple[Cell, int]) -> tuple[Any, ...]:
    return tuple([math.inf if code is None else code for code in item[0]])


def _in_order(cells: Sequence[tuple[Cell, int]]) -> tuple[tuple[Cell, int], ...]:
    """Sorted by `code_order` of every code. Numbers and missing need it not, which is four times as fast."""
    try:
        return tuple(sorted(cells, key=_numeric_order))
    except TypeError:
        return tuple(sorted(cells, key=_cell_order))


@dataclass(frozen=True, slots=True)
class CountTable:
    """How many units have each combination of codes. Cells are sorted and positive, so equal tables are `==`."""

    axes: tuple[Axis, ...]
    cells: tuple[tuple[Cell, int], ...]

    @classmethod
    def build(cls, axes: Sequence[Axis], counts: Mapping[Cell, int] | Iterable[tuple[Cell, int]]) -> "CountTable":
        """A table from cells in any order; equal cells add, zero cells go."""
        total: dict[Cell, int] = {}
        for cell, count in counts.items() if isinstance(counts, Mapping) else counts:
            total[cell] = total.get(cell, 0) + count
        return cls(tuple(axes), _in_order([item for item in total.items() if item[1]]))

    @classmethod
    def from_rows(cls, **columns: Sequence[Code]) -> "CountTable":
        """Count rows given as columns of equal length: `from_rows(arm=["A", "B"], nrs=[3, None])`."""
        axes = [Axis(name) for name in columns]
        return cls.build(axes, Counter(zip(*columns.values(), strict=True)))

    @classmethod
    def from_matrix(
        cls, rows: Mapping[Code, Sequence[int]], columns: Sequence[Code], *, row: str = "row", column: str = "column"
    ) -> "CountTable":
        """A two-way table as printed in a paper; both sets of levels are declared, so empty ones stay."""
        axes = [Axis(row, labels=tuple((code, str(code)) for code in rows)),
                Axis(column, labels=tuple((code, str(code)) for code in columns))]  # fmt: skip
        cells: dict[Cell, int] = {(r, c): n for r, counts in rows.items() for c, n in zip(columns, counts, strict=True)}
        return cls.build(axes, cells)

    @property
    def total(self) -> int:
        """All units, missing included."""
        return sum(count for _, count in self.cells)

    @property
    def digest(self) -> str:
        """Identifies the table by its content."""
        return _digest(self)

    def position(self, name: str) -> int:
        """Index of the named axis."""
        for index, axis in enumerate(self.axes):
            if axis.name == name:
                return index
        known = ", ".join(axis.name for axis in self.axes)
        raise StatisticError.single(f"the table has no axis “{name}”", received=known)

    def axis(self, name: str) -> Axis:
        return self.axes[self.position(name)]

    def levels(self, name: str) -> tuple[Code, ...]:
        """Declared levels in their order, then observed ones; neither missing nor suppressed."""
        axis, index = self.axis(name), self.position(name)
        declared = [code for code, _ in axis.labels if code not in (None, axis.suppressed)]
        observed = {cell[index] for cell, _ in self.cells} - {None, axis.suppressed, *declared}
        return (*declared, *sorted(observed, key=code_order))

    def margin(self, *names: str) -> "CountTable":
        """Sum over all other axes; the result has the named axes in the order given."""
        return self.margin_at([self.position(name) for name in names])

    def margin_at(self, indices: Sequence[int]) -> "CountTable":
        """`margin` by the positions of axes, for tables in which two axes have the same name."""
        chosen = itemgetter(*indices) if len(indices) > 1 else lambda cell: tuple(cell[i] for i in indices)
        cells = ((chosen(cell), count) for cell, count in self.cells)
        return CountTable.build([self.axes[i] for i in indices], cells)

    def slice(self, name: str, code: Code) -> "CountTable":
        """The units with one code on an axis; that axis goes."""
        index = self.position(name)
        cells = ((cell[:index] + cell[index + 1 :], count) for cell, count in self.cells if cell[index] == code)
        return CountTable.build(self.axes[:index] + self.axes[index + 1 :], cells)

    def recode(self, name: str, axis: Axis, rule: Callable[[Code], Code]) -> "CountTable":
        """Replace one axis by another whose codes follow from it."""
        return self.derive((name,), axis, rule)

    def derive(self, names: Sequence[str], axis: Axis, rule: Callable[..., Code]) -> "CountTable":
        """Replace several axes by one computed from them; the new axis comes last."""
        indices = [self.position(name) for name in names]
        kept = [i for i in range(len(self.axes)) if i not in indices]
        cells = (((*(cell[i] for i in kept), rule(*(cell[i] for i in indices))), count) for cell, count in self.cells)
        return CountTable.build([*(self.axes[i] for i in kept), axis], cells)

    def complete(self, *names: str) -> "CountTable":
        """Only the units with a recorded, unsuppressed code on each named axis (all axes when none is named)."""
        indices = [self.position(name) for name in names] or range(len(self.axes))
        hidden = {i: {None, self.axes[i].suppressed} for i in indices}
        cells = ((cell, count) for cell, count in self.cells if all(cell[i] not in hidden[i] for i in indices))
        return CountTable(self.axes, tuple(cells))

    def frequencies(self) -> list[tuple[Fraction, int]]:
        """(value, count) in increasing order, of a table with one numeric axis; missing and suppressed left out."""
        (axis,) = self.axes
        return [(axis.value(cell[0]), count) for cell, count in self.complete().cells]

    def matrix(self, row: str, column: str) -> list[list[int]]:
        """Counts over the levels of two axes, missing and suppressed left out."""
        found = dict(self.margin(row, column).cells)
        return [[found.get((r, c), 0) for c in self.levels(column)] for r in self.levels(row)]

    def __add__(self, other: "CountTable") -> "CountTable":
        """Pool two sites: exact, so pooled statistics equal those of the pooled rows bit for bit."""
        if self.axes != other.axes:
            raise StatisticError.single("tables with different axes cannot be added", remedy="use one code book")
        return CountTable.build(self.axes, (*self.cells, *other.cells))

    def to_json(self) -> dict[str, Any]:
        """Plain data, as written to `counts/`."""
        axes = [
            {
                "name": a.name,
                "decimals": a.decimals,
                "labels": [list(x) for x in a.labels],
                "suppressed": a.suppressed,
                "divisor": a.divisor,
            }
            for a in self.axes
        ]
        return {"axes": axes, "cells": [[list(cell), count] for cell, count in self.cells]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "CountTable":
        axes = [
            Axis(
                a["name"],
                a["decimals"],
                tuple((code, label) for code, label in a["labels"]),
                a["suppressed"],
                a["divisor"],
            )
            for a in value["axes"]
        ]
        return cls.build(axes, ((tuple(cell), count) for cell, count in value["cells"]))


@lru_cache(maxsize=64)
def _digest(table: CountTable) -> str:
    """Every statistic of a table names its digest: remembered for the tables in hand."""
    return digest(table.to_json())

"""A few rows with the same n, sums and cross products as many: what a linear model needs of a moment table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from foramen.kernel.errors import StatisticError
from foramen.statistics.sums import Moment, MomentTable
from foramen.statistics.tables import Code

FloatArray = NDArray[np.float64]
Observed = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """How a column is brought to mean 0 and standard deviation near 1: (value - centre) / unit."""

    centre: Fraction
    unit: float


@dataclass(frozen=True, slots=True)
class MomentCells:
    """The cells of a moment table with at most one grouping axis, as a mapping. Without groups the code is None."""

    columns: tuple[str, ...]
    decimals: tuple[int, ...]
    cells: Mapping[tuple[Code, Observed], Moment]

    @property
    def total(self) -> int:
        return sum(moment.n for moment in self.cells.values())

    def position(self, column: str) -> int:
        if column not in self.columns:
            known = ", ".join(self.columns)
            raise StatisticError.single(f"the moments have no column “{column}”", received=known)
        return self.columns.index(column)

    def printed(self, columns: Sequence[str], labels: Mapping[str, str] | None) -> tuple[str, ...]:
        """The label of each column, by default its name; unknown columns are refused."""
        return tuple((labels or {}).get(column, self.columns[self.position(column)]) for column in columns)

    def only(self, keep: Mapping[tuple[Code, Observed], Moment]) -> "MomentCells":
        return MomentCells(self.columns, self.decimals, keep)

    def scale(self, columns: Sequence[str]) -> Scale:
        """Mean and root-mean-square deviation over all recorded values of the columns together, centred exactly."""
        n, total, squares = 0, Fraction(0), Fraction(0)
        for column in columns:
            index, ten = self.position(column), 10 ** self.decimals[self.position(column)]
            place = product_index(len(self.columns), index, index)
            for (_, observed), moment in self.cells.items():
                if observed[index]:
                    n += moment.n
                    total += Fraction(moment.sums[index], ten)
                    squares += Fraction(moment.products[place], ten * ten)
        if not n:
            return Scale(Fraction(0), 1.0)
        mean = total / n
        return Scale(mean, float(squares / n - mean * mean) ** 0.5 or 1.0)


def moment_cells(moments: MomentTable, *, grouped: bool) -> MomentCells:
    """The cells by code of the one group; a table with other groups than asked for is refused."""
    if len(moments.groups) != grouped:
        wanted = "one group" if grouped else "no group"
        raise StatisticError.single(
            f"the model needs moments with {wanted}", received=", ".join(moments.groups) or "no group"
        )
    cells = {((group or (None,))[0], observed): moment for (group, observed), moment in moments.cells if moment.n}
    return MomentCells(moments.columns, moments.decimals, cells)


def product_index(size: int, i: int, j: int) -> int:
    """Where the product of columns i and j stands in an upper triangle of `size` columns written row by row."""
    low, high = min(i, j), max(i, j)
    return low * size - low * (low - 1) // 2 + high - low


def pseudo_rows(cells: MomentCells, moment: Moment, columns: Sequence[str], scales: Sequence[Scale]) -> FloatArray:
    """Rows R of (weight, scaled columns…) with R'R equal to the sums over the cell's rows of (1, x…)(1, x…)'.

    The first row carries n and the means, the others the sums of squares and products about the means with weight 0.
    Both are formed in exact integers and only then become floating-point numbers, so a million rows around a large mean
    lose nothing.
    """
    indices = [cells.position(column) for column in columns]
    units = np.array([scale.unit for scale in scales])
    tens = [10 ** cells.decimals[i] for i in indices]
    means = [
        float(Fraction(moment.sums[i], moment.n * ten) - scale.centre)
        for i, ten, scale in zip(indices, tens, scales, strict=True)
    ]
    about_means = _centred(moment, len(cells.columns), indices, tens) / np.outer(units, units)
    values, vectors = np.linalg.eigh(about_means)
    spread = np.sqrt(np.clip(values, 0.0, None))[:, None] * vectors.T
    first = np.sqrt(moment.n) * np.concatenate(([1.0], np.array(means) / units))
    return np.vstack((first, np.column_stack((np.zeros(len(indices)), spread))))


def _centred(moment: Moment, size: int, indices: Sequence[int], tens: Sequence[int]) -> FloatArray:
    result = np.zeros((len(indices), len(indices)))
    for row, i in enumerate(indices):
        for column, j in enumerate(indices):
            product = moment.products[product_index(size, i, j)]
            exact = moment.n * product - moment.sums[i] * moment.sums[j]
            result[row, column] = exact / (moment.n * tens[row] * tens[column])
    return result

"""Description of one column: counts, mean, standard deviation, quantiles, extremes, and per cent of each category.

A table has one axis. Rows carry n = units with a recorded value and denominator = all units, except `percent` rows:
there n is the numerator, the count of the category, and denominator the units with a recorded value.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_axes, require_method
from foramen.statistics.normal import half_outside, student_quantile
from foramen.statistics.proportions import NOBODY, percent
from foramen.statistics.result import Statistic, about
from foramen.statistics.tables import CountTable

QUANTILE_NAMES = {
    "haverage": "weighted average at (n + 1)p (SPSS HAVERAGE, type 6)",
    "type7": "linear interpolation at 1 + (n - 1)p (type 7)",
    "type2": "inverse of the empirical distribution, averaged where flat (type 2)",
}


def describe(table: CountTable, *, quantile: str, level: float) -> list[Statistic]:
    """Everything about a numeric column: n, missing, suppressed when any, mean with interval, sd, median,
    lower_quartile, upper_quartile, minimum, maximum."""
    column = _Column.of(table)
    return [
        *_counts(column),
        _mean(column, level),
        _sd(column),
        _median(column, quantile),
        *_quartiles(column, quantile),
        *_extremes(column),
    ]


def count(table: CountTable) -> list[Statistic]:
    """Rows `n` (recorded values), `missing`, and `suppressed` when there are any; the estimate is the count."""
    return _counts(_Column.of(table, numeric=False))


def mean(table: CountTable, *, level: float) -> Statistic:
    """Arithmetic mean with Student's t interval (n - 1 degrees of freedom). One value alone has no interval."""
    return _mean(_Column.of(table), level)


def sd(table: CountTable) -> Statistic:
    """Standard deviation of a sample, divisor n - 1."""
    return _sd(_Column.of(table))


def median(table: CountTable, *, method: str) -> Statistic:
    """The middle value, or the mean of the two in the middle. All definitions in `quantile` agree here."""
    return _median(_Column.of(table), method)


def quartiles(table: CountTable, *, method: str) -> list[Statistic]:
    """Rows `lower_quartile` and `upper_quartile`. Packages differ: see `quantile`."""
    return _quartiles(_Column.of(table), method)


def extremes(table: CountTable) -> list[Statistic]:
    """Rows `minimum` and `maximum`."""
    return _extremes(_Column.of(table))


def frequencies(table: CountTable, *, level: float, method: str) -> list[Statistic]:
    """A row `percent` (0 to 100, with interval) for each category, declared ones that nobody has included; then the
    rows `missing` and, when any, `suppressed`, both counts.

    Of a percent, n is how many have the category and denominator how many have any recorded value.
    """
    column = _Column.of(table, numeric=False)
    axis, found = table.axes[0], {code: k for (code,), k in table.complete().cells}
    rows = [
        replace(
            percent("percent", found.get(code, 0), column.n, level=level, method=method),
            about=about(category=axis.label(code)),
            inputs=column.inputs,
        )
        for code in table.levels(axis.name)
    ]
    return [*rows, *_counts(column)[1:]]


def quantile(values: Sequence[tuple[Fraction | int, int]], share: Fraction, *, method: str) -> Fraction:
    """The exact quantile of (value, count) pairs in increasing order of value; there must be at least one pair.

    haverage: position (n + 1)p, interpolated, held inside the data (SPSS HAVERAGE; type 6 of Hyndman and Fan 1996);
    ours by default, because the studies we follow were computed with it. type7: position 1 + (n - 1)p (R, NumPy).
    type2: the inverse of the empirical distribution, averaged where it is flat (SAS, Stata). The upper quartile of ten
    values can be 21.75, 20.75 or 21.0 by the three.
    """
    require_method("quantile", method)
    ends = list(accumulate(k for _, k in values))
    n = ends[-1]

    def ordered(rank: int) -> Fraction:
        return Fraction(values[bisect_left(ends, min(max(rank, 1), n))][0])

    if method == "type2":
        return (ordered(math.ceil(n * share)) + ordered(math.floor(n * share) + 1)) / 2
    position = (n + 1) * share if method == "haverage" else 1 + (n - 1) * share
    low = math.floor(position)
    return ordered(low) + (position - low) * (ordered(low + 1) - ordered(low))


@dataclass(frozen=True, slots=True)
class _Column:
    """What every row about a column needs, taken from the table once. Codes are integers of `scale` units each."""

    codes: list[tuple[int, int]]
    scale: Fraction
    n: int
    missing: int
    suppressed: int
    inputs: str

    @classmethod
    def of(cls, table: CountTable, *, numeric: bool = True) -> "_Column":
        require_axes(table, "value")
        used, axis = table.complete(), table.axes[0]
        codes = [(code, k) for (code,), k in used.cells if isinstance(code, int)]
        if numeric and len(codes) < len(used.cells):
            raise StatisticError.single(
                f"“{axis.name}” holds categories, not numbers", remedy="ask for the frequencies of its categories"
            )
        missing = sum(k for (code,), k in table.cells if code is None)
        n = used.total
        return cls(codes, axis.value(1), n, missing, table.total - n - missing, table.digest)

    def row(self, name: str, method: str) -> Statistic:
        denominator = self.n + self.missing + self.suppressed
        return Statistic(name=name, method=method, n=self.n, denominator=denominator, inputs=self.inputs)

    def variance(self) -> Fraction:
        """Sample variance, exact; needs two values."""
        total = sum(code * k for code, k in self.codes)
        squares = sum(code * code * k for code, k in self.codes)
        return self.scale**2 * Fraction(self.n * squares - total * total, self.n * (self.n - 1))


def _counts(column: _Column) -> list[Statistic]:
    rows = [
        replace(column.row("n", "count of recorded values"), estimate=float(column.n)),
        replace(column.row("missing", "count of missing values"), estimate=float(column.missing)),
    ]
    if column.suppressed:
        row = column.row("suppressed", "count of values that the source withheld")
        rows.append(replace(row, estimate=float(column.suppressed)))
    return rows


def _mean(column: _Column, level: float) -> Statistic:
    half_outside(level)
    row = replace(column.row("mean", "arithmetic mean, Student t interval"), level=level)
    if not column.n:
        return replace(row, error=NOBODY)
    centre = float(column.scale * sum(code * k for code, k in column.codes) / column.n)
    row = replace(row, estimate=centre)
    if column.n == 1:
        return row.warned("one value only: no interval")
    variance, df = column.variance(), float(column.n - 1)
    half = student_quantile(level, df) * math.sqrt(variance / column.n)
    row = replace(row, lower=centre - half, upper=centre + half, df=df)
    return row if variance else row.warned("all values are equal: the interval has no width")


def _sd(column: _Column) -> Statistic:
    row = column.row("sd", "sample standard deviation, divisor n - 1")
    if column.n < 2:
        return replace(row, error="one value only: no standard deviation" if column.n else NOBODY)
    return replace(row, estimate=math.sqrt(column.variance()))


def _median(column: _Column, method: str) -> Statistic:
    return _quantile_row(column, "median", Fraction(1, 2), method)


def _quartiles(column: _Column, method: str) -> list[Statistic]:
    return [
        _quantile_row(column, "lower_quartile", Fraction(1, 4), method),
        _quantile_row(column, "upper_quartile", Fraction(3, 4), method),
    ]


def _quantile_row(column: _Column, name: str, share: Fraction, method: str) -> Statistic:
    require_method("quantile", method)
    row = column.row(name, QUANTILE_NAMES[method])
    if not column.n:
        return replace(row, error=NOBODY)
    return replace(row, estimate=float(column.scale * quantile(column.codes, share, method=method)))


def _extremes(column: _Column) -> list[Statistic]:
    rows = [column.row("minimum", "smallest recorded value"), column.row("maximum", "largest recorded value")]
    if not column.n:
        return [replace(row, error=NOBODY) for row in rows]
    ends = (column.codes[0][0], column.codes[-1][0])
    return [replace(row, estimate=float(column.scale * code)) for row, code in zip(rows, ends, strict=True)]

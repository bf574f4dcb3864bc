"""Two categories against each other: Pearson's chi-square and the Cochran–Armitage trend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from foramen.kernel.errors import StatisticError
from foramen.kernel.rounding import rounded
from foramen.statistics.arguments import require_axes, require_method
from foramen.statistics.normal import chi_square_tail
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, Code, CountTable

NAMED_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Contingency:
    """The counts of a two-way table over the levels that somebody has; `left_out` says which have nobody."""

    counts: tuple[tuple[int, ...], ...]
    left_out: str | None

    @classmethod
    def of(cls, table: CountTable) -> "Contingency":
        """Over complete units; the axes are (row, column)."""
        names = require_axes(table, "row", "column")
        full = table.matrix(*names)
        rows = [any(row) for row in full]
        columns = [any(column) for column in zip(*full, strict=True)]
        axes = zip(table.axes, names, (rows, columns), strict=True)
        empty = [_nobody(axis, table.levels(name), used) for axis, name, used in axes if not all(used)]
        kept = (tuple(k for k, used in zip(row, columns, strict=True) if used) for row in full if any(row))
        return cls(tuple(kept), "; ".join(empty) or None)

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(sum(row) for row in self.counts)

    @property
    def columns(self) -> tuple[int, ...]:
        return tuple(sum(column) for column in zip(*self.counts, strict=True))

    @property
    def n(self) -> int:
        return sum(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.counts), len(self.columns)

    def start(self, table: CountTable, name: str, method: str) -> Statistic:
        """The row before its numbers; it has an error when a test makes no sense."""
        row = Statistic(
            name=name,
            method=method,
            n=self.n,
            denominator=table.total,
            inputs=table.digest,
            warning=self.left_out,
        )
        if min(self.shape) < 2:
            return replace(row, error="fewer than two levels have anybody: there is nothing to compare")
        return row


def chi_square(table: CountTable, *, method: str) -> Statistic:
    """Chi-square test of independence over the levels that somebody has.

    pearson: no continuity correction; ours by default, because it is what the studies we follow printed and what SPSS
    prints first. yates: |observed - expected| less 0.5, never below 0 (the default of R, scipy, pingouin and tableone,
    often unsaid); it is made for 2 × 2 tables, larger ones get Pearson's and the method says so. The warning counts
    expected counts below 5: see `exact.fisher` then.
    """
    require_method("chi_square", method)
    found = Contingency.of(table)
    yates = method == "yates" and found.shape == (2, 2)
    row = found.start(table, "chi_square", _chi_square_name(method, yates=yates))
    if row.error:
        return row
    statistic = _yates(found) if yates else _pearson(found)
    df = float((found.shape[0] - 1) * (found.shape[1] - 1))
    p, log10_p = chi_square_tail(statistic, df)
    row = replace(row, statistic=statistic, df=df, p=p, log10_p=log10_p)
    few = _few_expected(found)
    return row.warned(few) if few else row


def trend(table: CountTable, *, scores: Sequence[int | float | Fraction]) -> Statistic:
    """Cochran–Armitage test for a trend of a proportion over ordered rows, chi-square with 1 degree of freedom.

    The second axis has two levels; the later one is the event. `scores` gives each level of the first axis, in the
    order of `CountTable.levels`, its place on the scale. The estimate is the slope: change of the proportion per unit
    of score (weighted least squares). The variance divides by n (Cochran 1954, Armitage 1955; R's prop.trend.test);
    SPSS's linear-by-linear association is the same statistic times (n - 1)/n.
    """
    group, outcome = require_axes(table, "row", "column")
    if len(scores) != len(table.levels(group)) or len(table.levels(outcome)) > 2:
        raise StatisticError.single(
            "a trend needs one score per row and an outcome of two levels",
            received=f"{len(scores)} scores for {len(table.levels(group))} rows, {len(table.levels(outcome))} outcomes",
        )
    row = Contingency.of(table).start(table, "trend", "Cochran–Armitage trend, chi-square on 1 degree of freedom")
    if row.error:
        return row
    places = [Fraction(score) for score in scores]
    counts = [
        (s, without + events, events) for s, (without, events) in zip(places, table.matrix(group, outcome), strict=True)
    ]
    n, events = sum(k for _, k, _ in counts), sum(a for _, _, a in counts)
    total = sum(s * k for s, k, _ in counts)
    spread = n * sum(s * s * k for s, k, _ in counts) - total**2
    covariance = n * sum(s * a for s, _, a in counts) - events * total
    if not spread:
        return replace(row, error="all units have the same score: there is no trend to test")
    statistic = float(n * covariance**2 / (events * (n - events) * spread))
    p, log10_p = chi_square_tail(statistic, 1.0)
    return replace(row, estimate=float(covariance / spread), statistic=statistic, df=1.0, p=p, log10_p=log10_p)


def _nobody(axis: Axis, levels: Sequence[Code], used: Sequence[bool]) -> str:
    names = [f"“{axis.label(code)}”" for code, somebody in zip(levels, used, strict=True) if not somebody]
    shown = ", ".join(names) if len(names) <= NAMED_LEVELS else f"{len(names)} levels"
    return f"nobody has {shown} of {axis.name}: left out"


def _chi_square_name(method: str, *, yates: bool) -> str:
    if yates:
        return "Pearson chi-square with Yates's continuity correction"
    reason = " (Yates's is for 2 × 2 tables)" if method == "yates" else ""
    return f"Pearson chi-square, no continuity correction{reason}"


def _pearson(found: Contingency) -> float:
    """Each term is an exact quotient of integers, rounded once; the sum is exact, rounded once."""
    n, columns = found.n, found.columns
    return math.fsum(
        (n * k - r * c) ** 2 / (n * r * c)
        for r, row in zip(found.rows, found.counts, strict=True)
        for c, k in zip(columns, row, strict=True)
    )


def _yates(found: Contingency) -> float:
    (a, b), (c, d) = found.counts
    distance = max(2 * abs(a * d - b * c) - found.n, 0)
    return found.n * distance**2 / (4 * math.prod(found.rows) * math.prod(found.columns))


def _few_expected(found: Contingency) -> str | None:
    n, columns = found.n, found.columns
    few = sum(r * c < 5 * n for r in found.rows for c in columns)
    smallest = Fraction(min(found.rows) * min(columns), n)
    cells = math.prod(found.shape)
    return f"{few} of {cells} expected counts are below 5, the smallest is {rounded(smallest, 2)}" if few else None

"""Student's t tests: two independent groups, pairs, and two groups known only by their printed summaries."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from foramen.statistics.arguments import require_method
from foramen.statistics.normal import student_quantile, student_two_sided
from foramen.statistics.result import Statistic
from foramen.statistics.scores import (
    Frequencies,
    differences,
    size,
    two_groups,
)
from foramen.statistics.tables import Code, CountTable

_METHODS: Mapping[str, str] = {
    "welch": "t test for independent groups, unequal variances (Welch 1947)",
    "student": "t test for independent groups, equal variances assumed (Student)",
}
_PAIRED = "paired t test (second minus first)"


@dataclass(frozen=True, slots=True)
class Summary:
    """n, mean and variance (divisor n - 1) of one group, exact. The variance of a single value is 0."""

    n: int
    mean: Fraction
    variance: Fraction

    @classmethod
    def printed(cls, *, n: int, mean: float | str, sd: float | str) -> "Summary":
        """As a paper gives it; a number stands for the decimals it prints, 8.77 for 877/100."""
        return cls(n, Fraction(str(mean)), Fraction(str(sd)) ** 2)

    @classmethod
    def of(cls, frequencies: Frequencies, scale: int) -> "Summary":
        """From the integer codes of a group; value = code / scale."""
        n = size(frequencies)
        total = sum(count * code for code, count in frequencies.items())
        squares = sum(count * code * code for code, count in frequencies.items())
        variance = Fraction(n * squares - total * total, n * (n - 1)) if n > 1 else Fraction(0)
        return cls(n, Fraction(total, n * scale), variance / scale**2)


def t_test(table: CountTable, *, method: str, group: Code, against: Code, level: float) -> Statistic:
    """Difference of the means of a (group, value) table, `group` minus `against`, with its t test and interval.

    `welch` is ours: it needs no equal variances and loses next to nothing when they are equal. `student` pools the
    variances, as SPSS prints first and scipy does by default.
    """
    require_method("t", method)
    two = two_groups(table, group, against)
    row = replace(two.row, name="mean_difference", method=_METHODS[method], level=level)
    if two.empty:
        return replace(row, error=two.empty)
    return _independent(row, Summary.of(two.group, two.scale), Summary.of(two.against, two.scale), method)


def t_from_summaries(group: Summary, against: Summary, *, method: str, level: float) -> Statistic:
    """The same from printed n, mean and SD, so that a published p-value can be recomputed."""
    require_method("t", method)
    n = group.n + against.n
    row = Statistic(
        name="mean_difference",
        method=f"{_METHODS[method]}, from printed summaries",
        level=level,
        n=n,
        denominator=n,
    )
    return _independent(row, group, against, method)


def paired_t(table: CountTable, *, level: float) -> Statistic:
    """Mean of second minus first over the complete pairs of a (first, second) table, with its t test and interval."""
    found = differences(table)
    row = replace(found.row, name="mean_change", method=_PAIRED, level=level)
    n = size(found.frequencies)
    if n < 2:
        return replace(row, error="fewer than two complete pairs")
    summary = Summary.of(found.frequencies, found.scale)
    if not summary.variance:
        return replace(row, error="all pairs differ by the same amount")
    return _tested(row, summary.mean, summary.variance / n, Fraction(n - 1))


def _independent(row: Statistic, group: Summary, against: Summary, method: str) -> Statistic:
    smallest = 2 if method == "welch" else 1
    if min(group.n, against.n) < smallest or group.n + against.n < 3:
        return replace(row, error="too few values to estimate the variance")
    if not group.variance + against.variance:
        return replace(row, error="all values are equal within each group")
    square, df = (_welch if method == "welch" else _student)(group, against)
    return _tested(row, group.mean - against.mean, square, df)


def _welch(group: Summary, against: Summary) -> tuple[Fraction, Fraction]:
    """Squared standard error and degrees of freedom by Welch and Satterthwaite."""
    one, other = group.variance / group.n, against.variance / against.n
    return one + other, (one + other) ** 2 / (one**2 / (group.n - 1) + other**2 / (against.n - 1))


def _student(group: Summary, against: Summary) -> tuple[Fraction, Fraction]:
    """Squared standard error from the pooled variance, and its degrees of freedom."""
    df = group.n + against.n - 2
    variance = ((group.n - 1) * group.variance + (against.n - 1) * against.variance) / df
    return variance * (Fraction(1, group.n) + Fraction(1, against.n)), Fraction(df)


def _tested(row: Statistic, difference: Fraction, square: Fraction, degrees: Fraction) -> Statistic:
    """Fill in estimate, interval and test from a difference, its squared standard error and degrees of freedom."""
    assert row.level is not None
    error, df = math.sqrt(square), float(degrees)
    t = float(difference) / error
    p, log10_p = student_two_sided(t, df)
    half = student_quantile(row.level, df) * error
    return replace(
        row,
        estimate=float(difference),
        lower=float(difference) - half,
        upper=float(difference) + half,
        statistic=t,
        df=df,
        p=p,
        log10_p=log10_p,
    )

"""Correlation of the two values of a pair: Spearman's and Pearson's, with intervals. All p are two-sided."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_method
from foramen.statistics.normal import normal_quantile, student_two_sided
from foramen.statistics.result import Statistic
from foramen.statistics.scores import complete_pairs, doubled_ranks, paired_row, pooled
from foramen.statistics.tables import CountTable

_VARIANCES: Mapping[str, Callable[[float, int], float]] = {
    "fieller": lambda _, n: 1.06 / (n - 3),
    "fisher": lambda _, n: 1 / (n - 3),
    "bonett_wright": lambda r, n: (1 + r * r / 2) / (n - 3),
}
"""Variance of the inverse hyperbolic tangent of r."""

_INTERVALS: Mapping[str, str] = {
    "fieller": "Fieller, Hartley and Pearson 1957",
    "fisher": "Fisher's z",
    "bonett_wright": "Bonett and Wright 2000",
}


def spearman(table: CountTable, *, method: str, level: float) -> Statistic:
    """Rank correlation over the complete pairs of a (first, second) table: Pearson's r of the mean ranks.

    p is that of Student's t with n - 2 degrees of freedom, as in SPSS, scipy and R beyond small samples. The interval
    is on the scale of the inverse hyperbolic tangent; packages differ in its variance. `fieller` (1.06/(n - 3)) is
    ours and SPSS's default, `fisher` (1/(n - 3)) is too short for ranks, `bonett_wright` ((1 + r²/2)/(n - 3)) keeps its
    level best for strong correlations.
    """
    require_method("spearman_interval", method)
    pairs = complete_pairs(table)
    first = doubled_ranks(pooled({a: count} for a, _, count in pairs))
    second = doubled_ranks(pooled({b: count} for _, b, count in pairs))
    words = f"Spearman, mean ranks for ties, p by the t approximation; interval {_INTERVALS[method]}"
    row = replace(paired_row(table), name="spearman", method=words, level=level)
    return _correlated(row, ((first[a], second[b], count) for a, b, count in pairs), method, level)


def pearson(table: CountTable, *, level: float) -> Statistic:
    """Linear correlation over the complete pairs of a (first, second) table, with Fisher's interval."""
    row = replace(
        paired_row(table), name="pearson", method="Pearson, p by Student's t; interval Fisher's z", level=level
    )
    return _correlated(row, complete_pairs(table), "fisher", level)


def spearman_interval(r: float, n: int, *, method: str, level: float) -> tuple[float, float]:
    """Interval of a rank correlation known by its value and n alone, n at least 4 and r between -1 and 1."""
    require_method("spearman_interval", method)
    if n < 4 or abs(r) >= 1:
        raise StatisticError.single(
            "an interval needs at least four pairs and a correlation between -1 and 1", received=f"r = {r}, n = {n}"
        )
    return _interval(r, n, method, level)


def _interval(r: float, n: int, method: str, level: float) -> tuple[float, float]:
    centre, half = math.atanh(r), normal_quantile(level) * math.sqrt(_VARIANCES[method](r, n))
    return math.tanh(centre - half), math.tanh(centre + half)


def _correlated(row: Statistic, pairs: Iterable[tuple[int, int, int]], method: str, level: float) -> Statistic:
    """Fill in r, its test and its interval from (x, y, count); x and y may be any integers."""
    assert row.n is not None
    n = row.n
    if n < 3:
        return replace(row, error="fewer than three complete pairs")
    covariance, spread, other = _products(list(pairs), n)
    if not spread * other:
        return replace(row, error="all values of one of the two are equal")
    square = Fraction(covariance * covariance, spread * other)
    r = math.copysign(math.sqrt(square), covariance)
    row = replace(row, estimate=r, df=n - 2)
    if abs(r) == 1:
        return row.warned("the correlation is perfect: no p-value and no interval")
    t = math.copysign(math.sqrt(square * (n - 2) / (1 - square)), covariance)
    p, log10_p = student_two_sided(t, n - 2)
    row = replace(row, statistic=t, p=p, log10_p=log10_p)
    if n < 4:
        return row.warned("too few pairs for an interval")
    lower, upper = _interval(r, n, method, level)
    return replace(row, lower=lower, upper=upper)


def _products(pairs: list[tuple[int, int, int]], n: int) -> tuple[int, int, int]:
    """n times the sums of products and of squares about the means: xy, xx, yy."""
    x = sum(count * a for a, _, count in pairs)
    y = sum(count * b for _, b, count in pairs)
    xy = sum(count * a * b for a, b, count in pairs)
    xx = sum(count * a * a for a, _, count in pairs)
    yy = sum(count * b * b for _, b, count in pairs)
    return n * xy - x * y, n * xx - x * x, n * yy - y * y

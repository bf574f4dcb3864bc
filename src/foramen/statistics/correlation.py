"""Correlation of the two values of a pair: Spearman's and Pearson's, with intervals. All p are two-sided."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_method
from foramen.statistics.exact_ranks import PAIRED_AT_MOST, exact_correlation
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


_TESTS: Mapping[str, str] = {
    "t": "p by the t approximation",
    "exact": "exact p over all pairings given the ties (statistic is the sum of squared rank differences)",
    "series": "p by the Edgeworth series AS 89 (statistic is the sum of squared rank differences)",
}
_R_RULE = " by R's rule: untied exact up to 9 pairs and the series up to 1,290, else t"
_SERIES_AT_MOST = 1_290

Pairs = Sequence[tuple[int, int, int]]
"""(x, y, count); x and y may be any integers."""


def spearman(table: CountTable, *, method: str, level: float, p_method: str) -> Statistic:
    """Rank correlation over the complete pairs of a (first, second) table: Pearson's r of the mean ranks.

    `p_method` is the definition of p. `t`, Student's t with n - 2 degrees of freedom, is ours and that of SPSS and
    scipy. `exact_when_small` counts all pairings of the ranks, ties included, up to 9 pairs, and is `t` beyond. `r` is
    what R's cor.test does: without ties all pairings up to 9 pairs and an Edgeworth series up to 1,290 (Best and
    Roberts 1975, algorithm AS 89; it can run out of digits and give 0), else `t`.

    The interval is on the scale of the inverse hyperbolic tangent; packages differ in its variance. `fieller` (1.06/(n
    - 3)) is ours and SPSS's default, `fisher` (1/(n - 3)) is too short for ranks, `bonett_wright` ((1 + r²/2)/(n - 3))
    keeps its level best for strong correlations.
    """
    require_method("spearman_interval", method)
    require_method("spearman_p", p_method)
    pairs = complete_pairs(table)
    first = doubled_ranks(pooled({a: count} for a, _, count in pairs))
    second = doubled_ranks(pooled({b: count} for _, b, count in pairs))
    ranked = [(first[a], second[b], count) for a, b, count in pairs]
    row = paired_row(table)
    branch = _branch(row.n or 0, min(len(first), len(second)), p_method)
    rule = _R_RULE if p_method == "r" else ""
    words = f"Spearman, mean ranks for ties, {_TESTS[branch]}{rule}; interval {_INTERVALS[method]}"
    row = replace(row, name="spearman", method=words, level=level)
    return _correlated(row, ranked, method, level, branch)


def _branch(n: int, distinct: int, p_method: str) -> str:
    if n <= PAIRED_AT_MOST and (p_method == "exact_when_small" or (p_method == "r" and distinct == n)):
        return "exact"
    return "series" if p_method == "r" and distinct == n <= _SERIES_AT_MOST else "t"


def pearson(table: CountTable, *, level: float) -> Statistic:
    """Linear correlation over the complete pairs of a (first, second) table, with Fisher's interval."""
    row = replace(
        paired_row(table), name="pearson", method="Pearson, p by Student's t; interval Fisher's z", level=level
    )
    return _correlated(row, complete_pairs(table), "fisher", level, "t")


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


def _correlated(row: Statistic, pairs: Pairs, method: str, level: float, branch: str) -> Statistic:
    """Fill in r, its test and its interval."""
    assert row.n is not None
    n = row.n
    if n < 3:
        return replace(row, error="fewer than three complete pairs")
    covariance, spread, other = _products(pairs, n)
    if not spread * other:
        return replace(row, error="all values of one of the two are equal")
    square = Fraction(covariance * covariance, spread * other)
    r = math.copysign(math.sqrt(square), covariance)
    row = _tested(replace(row, estimate=r), branch, square, pairs)
    if abs(r) == 1:
        return row.warned(f"the correlation is perfect: {'no p-value and ' if row.p is None else ''}no interval")
    if n < 4:
        return row.warned("too few pairs for an interval")
    lower, upper = _interval(r, n, method, level)
    return replace(row, lower=lower, upper=upper)


def _tested(row: Statistic, branch: str, square: Fraction, pairs: Pairs) -> Statistic:
    """Fill in the test; `square` is r², exact."""
    if branch == "t":
        return _by_student(row, square)
    return _by_pairings(row, pairs) if branch == "exact" else _by_series(row, pairs)


def _by_student(row: Statistic, square: Fraction) -> Statistic:
    """A perfect correlation has no t."""
    assert row.n is not None and row.estimate is not None
    df, r = row.n - 2, row.estimate
    if abs(r) == 1:
        return replace(row, df=df)
    t = math.copysign(math.sqrt(square * df / (1 - square)), r)
    p, log10_p = student_two_sided(t, df)
    return replace(row, statistic=t, df=df, p=p, log10_p=log10_p)


def _by_pairings(row: Statistic, pairs: Pairs) -> Statistic:
    p, log10_p = exact_correlation([(a, b) for a, b, count in pairs for _ in range(count)])
    return replace(row, statistic=_squared_differences(pairs), p=p, log10_p=log10_p)


def _by_series(row: Statistic, pairs: Pairs) -> Statistic:
    """Twice the tail of S on the side where it lies; S has only even values, so the lower tail ends one step on."""
    assert row.n is not None
    s, n = _squared_differences(pairs), row.n
    tail = _edgeworth(s, n, side=1) if 6 * s > n**3 - n else _edgeworth(s + 2, n, side=-1)
    p = min(1.0, 2 * max(0.0, tail))
    row = replace(row, statistic=s, p=p, log10_p=math.log10(p) if p else None)
    return row if p else row.warned("the series has run out of digits: p is not 0 but too small for it")


def _squared_differences(pairs: Pairs) -> float:
    """The sum of squared rank differences, from doubled ranks."""
    return sum(count * (a - b) ** 2 for a, b, count in pairs) / 4


def _edgeworth(s: float, n: int, *, side: int) -> float:
    """P(S ≥ s) for side 1 and P(S < s) for side -1, without ties: the series of AS 89 in powers of 1/n."""
    b = 1 / n
    x = (6 * (s - 1) * b / (n * n - 1) - 1) * math.sqrt(n - 1)
    y = x * x
    sixth = 0.0072 - 0.0831 * b + y * b * (0.0131 - 0.00046 * y)
    fourth = 0.0879 + 0.0151 * b - y * sixth
    second = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * fourth
    u = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * second)
    return side * u * math.exp(-y / 2) + math.erfc(side * x / math.sqrt(2)) / 2


def _products(pairs: Pairs, n: int) -> tuple[int, int, int]:
    """n times the sums of products and of squares about the means: xy, xx, yy."""
    x = sum(count * a for a, _, count in pairs)
    y = sum(count * b for _, b, count in pairs)
    xy = sum(count * a * b for a, b, count in pairs)
    xx = sum(count * a * a for a, _, count in pairs)
    yy = sum(count * b * b for _, b, count in pairs)
    return n * xy - x * y, n * xx - x * x, n * yy - y * y

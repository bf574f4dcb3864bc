"""Tail probabilities and quantiles of the normal, chi-square and Student distributions.

Every tail comes with its base-10 logarithm, which stays right where the probability itself underflows to zero.
"""

import math
from collections.abc import Iterator
from itertools import count, islice

from scipy import special

from foramen.kernel.errors import StatisticError

_LN10 = math.log(10.0)
_SMALL = 1e-280
"""Below this a probability is close to the denormal range and its logarithm is computed on its own."""


def normal_quantile(level: float) -> float:
    """The z that leaves `level` of the standard normal between -z and z: 1.96 for 0.95."""
    return float(-special.ndtri(half_outside(level)))


def student_quantile(level: float, df: float) -> float:
    """The t that leaves `level` of Student's distribution between -t and t."""
    return float(-special.stdtrit(df, half_outside(level)))


def two_sided_normal(z: float) -> tuple[float, float]:
    """(p, log10 p) of a standard normal at least as far from 0 as z."""
    p = math.erfc(abs(z) / math.sqrt(2.0))
    log10_p = (math.log(2.0) + float(special.log_ndtr(-abs(z)))) / _LN10
    return p, min(log10_p, 0.0)


def chi_square_tail(x: float, df: float) -> tuple[float, float]:
    """(p, log10 p) of a chi-square variable of at least x."""
    p = float(special.chdtrc(df, x)) if x > 0 else 1.0
    return p, math.log10(p) if p > _SMALL else _log_gamma_tail(df / 2, x / 2) / _LN10


def student_two_sided(t: float, df: float) -> tuple[float, float]:
    """(p, log10 p) of Student's t at least as far from 0 as t; df may be fractional."""
    square = t * t
    if math.isinf(square):
        return 0.0, -math.inf
    return beta_tail(df / 2, 0.5, df / (df + square), square / (df + square))


def beta_tail(a: float, b: float, x: float, rest: float) -> tuple[float, float]:
    """(p, log10 p) of a beta(a, b) variable of at most x. `rest` is 1 - x, given so that neither loses digits.

    At x = 1/2 it is the lower tail of fair coins: at most k heads of m is beta_tail(m - k, k + 1, 0.5, 0.5).
    """
    p = float(special.betainc(a, b, x) if x < rest else special.betaincc(b, a, rest))
    return p, math.log10(p) if p > _SMALL else _log_beta_tail(a, b, x, rest) / _LN10


def half_outside(level: float) -> float:
    """What a two-sided interval leaves on each side: 0.025 for 0.95. Refuses what is not a level."""
    if not 0 < level < 1:
        raise StatisticError.single(
            "a confidence level lies between 0 and 1", received=str(level), remedy="0.95 for a 95 % interval"
        )
    return (1 - level) / 2


def _log_gamma_tail(a: float, x: float) -> float:
    """log Q(a, x) far in the upper tail, by Legendre's continued fraction."""
    if math.isinf(x):
        return -math.inf
    steps = ((-n * (n - a), x + 2 * n + 1 - a) for n in count(1))
    fraction = _continued_fraction(x + 1 - a, steps)
    return a * math.log(x) - x - math.lgamma(a) - math.log(fraction)


def _log_beta_tail(a: float, b: float, x: float, rest: float) -> float:
    """log I_x(a, b) far in the lower tail, by its continued fraction (Abramowitz and Stegun 26.5.8)."""

    def numerator(n: int) -> float:
        m = n // 2
        if n % 2:
            return -(a + m) * (a + b + m) * x / ((a + n - 1) * (a + n))
        return m * (b - m) * x / ((a + n - 1) * (a + n))

    fraction = _continued_fraction(1.0, ((numerator(n), 1.0) for n in count(1)))
    log_x = math.log(x) if x < rest else math.log1p(-rest)
    log_rest = math.log(rest) if rest < x else math.log1p(-x)
    return a * log_x + b * log_rest - math.log(a) - float(special.betaln(a, b)) - math.log(fraction)


def _continued_fraction(first: float, steps: Iterator[tuple[float, float]]) -> float:
    """first + a1/(b1 + a2/(b2 + …)) by the modified Lentz algorithm, to machine precision."""
    value = c = first
    d = 0.0
    for a, b in islice(steps, 100_000):
        d = 1 / (b + a * d)
        c = b + a / c
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value

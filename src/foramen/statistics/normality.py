"""Tests of normality: Shapiro–Wilk, Lilliefors, Kolmogorov–Smirnov. Advisory: no test here is chosen by their outcome.

Scores take few values, and equal values alone can make these tests reject. Whether they do is itself computed: the
warning is given when even the best choice of values for the observed ties would be rejected at 5 %.
"""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from foramen.kernel.errors import StatisticError
from foramen.statistics.result import Statistic
from foramen.statistics.scores import Frequencies, one_sample
from foramen.statistics.student import Summary
from foramen.statistics.tables import CountTable

SHAPIRO_AT_MOST = 5_000
_REJECTED = 0.05
_LN10 = math.log(10.0)

_SHAPIRO = "Shapiro–Wilk W, Royston 1995 (AS R94)"
_LILLIEFORS = "Lilliefors D, fitted mean and SD; p up to 0.1 by Dallal and Wilkinson 1986"
_KOLMOGOROV = "Kolmogorov–Smirnov D, given mean and SD, asymptotic p"

Floats = NDArray[np.float64]


def shapiro(table: CountTable) -> Statistic:
    """W and its p for a (value) table of 3 to 5,000 values; beyond, p was never calibrated and none is given.

    The weights depend on n only, so a block of ties takes the sum of the weights of its ranks. Equals R's shapiro.test;
    scipy's differs near 1e-7 in p because its normal quantile is less precise.
    """
    frequencies, _, row = one_sample(table)
    row = replace(row, name="shapiro_wilk", method=_SHAPIRO)
    n = sum(frequencies.values())
    if error := _unusable(frequencies, 3):
        return replace(row, error=error)
    if n > SHAPIRO_AT_MOST:
        return replace(row, error=f"p is not calibrated beyond {SHAPIRO_AT_MOST:,} values; look at the quantile plot")
    counts = np.array(list(frequencies.values()))
    blocks = np.add.reduceat(_weights(n), np.cumsum(counts) - counts)
    lack = _lack_of_fit(blocks, _centred(frequencies), counts)
    p, log10_p = _royston_tail(lack, n)
    row = replace(row, statistic=1 - lack, p=p, log10_p=log10_p)
    ideal, _ = _royston_tail(_lack_of_fit(blocks, blocks / counts, counts), n)
    return _warn_ties(row, frequencies, ideal)


def lilliefors(table: CountTable) -> Statistic:
    """D against the normal distribution with the mean and SD of a (value) table of at least 5 values.

    p by the formula of Dallal and Wilkinson, which was fitted up to 0.1; above it no p is given, and that is said.
    """
    frequencies, scale, row = one_sample(table)
    row = replace(row, name="lilliefors", method=_LILLIEFORS)
    if error := _unusable(frequencies, 5):
        return replace(row, error=error)
    summary = Summary.of(frequencies, scale)
    d = _distance(frequencies, scale, summary.mean, math.sqrt(summary.variance))
    found = _dallal_wilkinson(d, summary.n)
    if found is None:
        return replace(row, statistic=d).warned("p is above 0.1")
    ideal = _dallal_wilkinson(_smallest_distance(frequencies), summary.n)
    row = replace(row, statistic=d, p=found[0], log10_p=found[1])
    return _warn_ties(row, frequencies, ideal[0] if ideal else 1.0)


def kolmogorov_smirnov(table: CountTable, *, mean: float, sd: float) -> Statistic:
    """D of a (value) table against a normal distribution with mean and SD known beforehand; p is Kolmogorov's limit.

    With the data's own mean and SD this p is far too large; use `lilliefors` then. The limit is a little conservative
    below some 50 values, and ties make it more so.
    """
    if not (sd > 0 and math.isfinite(sd) and math.isfinite(mean)):
        raise StatisticError.single("the normal distribution needs a mean and an SD above 0", received=f"{mean}, {sd}")
    frequencies, scale, row = one_sample(table)
    row = replace(row, name="kolmogorov_smirnov", method=_KOLMOGOROV)
    if not frequencies:
        return replace(row, error="nobody has a value")
    d, root = _distance(frequencies, scale, Fraction(mean), sd), math.sqrt(sum(frequencies.values()))
    p, log10_p = _kolmogorov_tail(root * d)
    ideal, _ = _kolmogorov_tail(root * _smallest_distance(frequencies))
    row = _warn_ties(replace(row, statistic=d, p=p, log10_p=log10_p), frequencies, ideal)
    return row.warned("valid only when mean and SD were not estimated from these data; else use Lilliefors")


def _unusable(frequencies: Frequencies, least: int) -> str | None:
    if sum(frequencies.values()) < least:
        return f"fewer than {least} values"
    return "all values are equal" if len(frequencies) == 1 else None


def _warn_ties(row: Statistic, frequencies: Frequencies, ideal: float) -> Statistic:
    """Warn when the p of the most normal values that could carry these ties is itself a rejection."""
    if ideal >= _REJECTED:
        return row
    return row.warned(f"only {len(frequencies)} distinct values among {row.n}: the ties alone make this test reject")


def _weights(n: int) -> Floats:
    """Royston's approximate weights of the ordered values, increasing, antisymmetric."""
    if n == 3:
        return np.array([-math.sqrt(0.5), 0.0, math.sqrt(0.5)])
    scores = special.ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    squares, root = float(scores @ scores), 1 / math.sqrt(n)
    outer = scores[: -3 if n > 5 else -2 : -1] / math.sqrt(squares)
    outer[0] += _polynomial(root, 0.0, 0.221157, -0.147981, -2.071190, 4.434685, -2.706056)
    if n > 5:
        outer[1] += _polynomial(root, 0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633)
    k = len(outer)
    inner = squares - 2 * float(scores[:k] @ scores[:k])
    weights = scores * math.sqrt((1 - 2 * float(outer @ outer)) / inner)
    weights[:k], weights[: -k - 1 : -1] = -outer, outer
    return np.asarray(weights, dtype=np.float64)


def _polynomial(x: float, *coefficients: float) -> float:
    """Sum of coefficient j times x**j."""
    total = 0.0
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def _centred(frequencies: Frequencies) -> Floats:
    """Codes less their exact mean."""
    n = sum(frequencies.values())
    total = sum(code * count for code, count in frequencies.items())
    return np.array([float(Fraction(n * code - total, n)) for code in frequencies])


def _lack_of_fit(blocks: Floats, values: Floats, counts: NDArray[Any]) -> float:
    """1 - W: what the squared correlation of weights and centred values leaves. The squared weights add to 1."""
    product = float(blocks @ values)
    bound = math.sqrt(float(counts @ values**2))
    return (bound - product) * (bound + product) / bound**2


def _royston_tail(lack: float, n: int) -> tuple[float, float | None]:
    """(p, log10 p) of 1 - W at least as large, by Royston's normalising transformations."""
    if lack <= 0:
        return 1.0, 0.0
    if n == 3:
        p = max(0.0, 6 / math.pi * (math.asin(math.sqrt(1 - lack)) - math.asin(math.sqrt(0.75))))
        return p, math.log10(p) if p else None
    y = math.log(lack)
    if n <= 11:
        y = -math.log(_polynomial(n, -2.273, 0.459) - y)
        mean = _polynomial(n, 0.5440, -0.39978, 0.025054, -0.0006714)
        sd = math.exp(_polynomial(n, 1.3822, -0.77857, 0.062767, -0.0020322))
    else:
        mean = _polynomial(math.log(n), -1.5861, -0.31082, -0.083751, 0.0038915)
        sd = math.exp(_polynomial(math.log(n), -0.4803, -0.082676, 0.0030302))
    z = (y - mean) / sd
    return float(special.ndtr(-z)), float(special.log_ndtr(-z)) / _LN10


def _distance(frequencies: Frequencies, scale: int, mean: Fraction, sd: float) -> float:
    """Largest distance of the empirical from the normal distribution function, on both sides of every step."""
    counts = np.array(list(frequencies.values()))
    n, after = int(counts.sum()), np.cumsum(counts)
    expected = special.ndtr(np.array([float(Fraction(code, scale) - mean) for code in frequencies]) / sd)
    return float(max((after / n - expected).max(), (expected - (after - counts) / n).max()))


def _smallest_distance(frequencies: Frequencies) -> float:
    """No continuous distribution comes nearer than half of the highest step."""
    return max(frequencies.values()) / (2 * sum(frequencies.values()))


def _dallal_wilkinson(d: float, n: int) -> tuple[float, float] | None:
    """(p, log10 p) of Lilliefors' D up to 0.1, beyond which the formula was not fitted."""
    scaled, m = (d, n) if n <= 100 else (d * (n / 100) ** 0.49, 100)
    log_p = -7.01256 * scaled**2 * (m + 2.78019) + 2.99587 * scaled * math.sqrt(m + 2.78019)
    log_p += -0.122119 + 0.974598 / math.sqrt(m) + 1.67997 / m
    return (math.exp(log_p), log_p / _LN10) if log_p <= math.log(0.1) else None


def _kolmogorov_tail(x: float) -> tuple[float, float]:
    """(p, log10 p) of Kolmogorov's limiting distribution; far out its first term is all of it."""
    p = float(special.kolmogorov(x))
    return p, math.log10(p) if x < 5 else (math.log(2) - 2 * x * x) / _LN10

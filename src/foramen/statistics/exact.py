"""Exact tests: Fisher's for 2 × 2, Freeman and Halton's for larger tables, McNemar's for pairs."""

import math
from dataclasses import replace

import numpy as np

from foramen.statistics.arguments import require_axes, require_method
from foramen.statistics.contingency import Contingency, chi_square
from foramen.statistics.enumeration import Counts, at_most_as_probable, freeman_halton, log_sum
from foramen.statistics.normal import beta_tail, chi_square_tail
from foramen.statistics.proportions import NOBODY
from foramen.statistics.result import Statistic
from foramen.statistics.tables import CountTable

DRAWS, SEED = 9_999, 1934
LARGE = 1_000_000
"""Units from which chi-square takes the place of an exact test that cannot be counted."""
MOST_CELLS = 2_000
"""Cells beyond which random tables would take minutes."""
SPSS_EXACT_TO = 25
MCNEMAR_NAMES = {
    "exact": "McNemar's test, exact binomial, twice the smaller tail",
    "mid_p": "McNemar's test, mid-p binomial",
    "asymptotic": "McNemar's chi-square, no continuity correction",
    "corrected": "McNemar's chi-square with continuity correction (Edwards 1948)",
}


def fisher(table: CountTable, *, draws: int = DRAWS, seed: int = SEED) -> Statistic:
    """Exact test of independence given both margins; axes (row, column), levels that nobody has left out.

    Two-sided p is the probability of all tables at most as probable as the one observed, with R's tolerance of 1e-7
    for equality; SPSS and scipy take the same rule, doubling the one-sided p is another. 2 × 2 is Fisher 1934, larger
    is Freeman and Halton 1951. Exact for 2 × 2 while the smallest margin is below `LARGE`, for larger tables within the
    limits of `enumeration`: about 400 units in 2 × 8, 300 in 3 × 4, 90 in 4 × 4, 60 in 5 × 5, and any number where all
    but one of the rows or columns are rare. Beyond that p is (k + 1)/(draws + 1) from random tables with the same
    margins (Phipson and Smyth 2010), seed and draws stand in the method and the simulation error in the warning; or,
    from `LARGE` units on, Pearson's chi-square, which the method says.
    """
    found = Contingency.of(table)
    row = found.start(table, "fisher", "Freeman–Halton exact test, two-sided by probability")
    if row.error:
        return row
    if found.shape == (2, 2):
        row = replace(row, method="Fisher's exact test, two-sided by probability")
        log_p = _hypergeometric(found.counts) if min(*found.rows, *found.columns) < LARGE else None
    else:
        log_p = freeman_halton(found.counts)
    if log_p is not None:
        return replace(row, p=math.exp(min(log_p, 0.0)), log10_p=min(log_p, 0.0) / math.log(10))
    if found.n >= LARGE:
        instead = chi_square(table, method="pearson")
        return replace(instead, name="fisher", method=f"{instead.method}, in place of an exact test: too many units")
    if math.prod(found.shape) > MOST_CELLS:
        return replace(row, error="too many levels for an exact test: merge levels, or read the chi-square")
    return _simulated(row, found.counts, draws, seed)


def mcnemar(table: CountTable, *, method: str) -> Statistic:
    """Change of a yes-or-no outcome in pairs; axes (first, second), codes 0 and 1.

    Only discordant pairs count; without any, p is 1. exact: ours by default, right at any size. mid_p: the same less
    half the probability of what was seen, on each side (Lancaster 1961). asymptotic and corrected: chi-square
    (McNemar 1947, Edwards 1948); the correction never turns equality into a difference (statsmodels has p = .789 for 7
    against 7). spss: exact to 25 discordant pairs, then corrected. Larger square tables are refused.
    """
    names = require_axes(table, "first", "second")
    require_method("mcnemar", method)
    found = dict(table.complete().cells)
    gained, lost = found.get((0, 1), 0), found.get((1, 0), 0)
    rule = method
    if method == "spss":
        rule = "exact" if gained + lost <= SPSS_EXACT_TO else "corrected"
    suffix = f" (SPSS: exact to {SPSS_EXACT_TO} discordant pairs)" if method == "spss" else ""
    row = Statistic(
        name="mcnemar",
        method=MCNEMAR_NAMES[rule] + suffix,
        n=sum(found.values()),
        denominator=table.total,
        inputs=table.digest,
    )
    if not {code for name in names for code in table.levels(name)} <= {0, 1}:
        return replace(row, error="McNemar's test is for the codes 0 and 1 only, not for more or other levels")
    return _discordant(row, rule, gained, lost) if found else replace(row, error=NOBODY)


def _discordant(row: Statistic, rule: str, gained: int, lost: int) -> Statistic:
    pairs, smaller = gained + lost, min(gained, lost)
    if not pairs:
        row = replace(row, p=1.0, log10_p=0.0).warned("no discordant pairs")
        return row if rule in ("exact", "mid_p") else replace(row, statistic=0.0, df=1.0)
    if rule in ("asymptotic", "corrected"):
        distance = abs(gained - lost) - (1 if rule == "corrected" else 0)
        statistic = max(distance, 0) ** 2 / pairs
        p, log10_p = chi_square_tail(statistic, 1.0)
        return replace(row, statistic=statistic, df=1.0, p=p, log10_p=log10_p)
    at_most = _coin_tail(smaller, pairs)
    p, log10_p = at_most if rule == "exact" else _mean_tail(at_most, _coin_tail(smaller - 1, pairs))
    return replace(row, p=min(2 * p, 1.0), log10_p=min(log10_p + math.log10(2), 0.0))


def _coin_tail(heads: int, tosses: int) -> tuple[float, float]:
    """(p, log10 p) of at most so many heads of fair tosses."""
    return beta_tail(tosses - heads, heads + 1, 0.5, 0.5) if heads >= 0 else (0.0, -math.inf)


def _mean_tail(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The mean of two tails, the second the smaller."""
    log10_p = one[1] + math.log10((1 + 10 ** (other[1] - one[1])) / 2)
    return (one[0] + other[0]) / 2, log10_p


def _simulated(row: Statistic, counts: Counts, draws: int, seed: int) -> Statistic:
    p = (at_most_as_probable(counts, draws=draws, seed=seed) + 1) / (draws + 1)
    method = f"Freeman–Halton test by Monte Carlo, {draws} random tables, seed {seed}, p = (k + 1)/({draws} + 1)"
    error = math.sqrt(p * (1 - p) / draws)
    row = replace(row, method=method, p=p, log10_p=math.log10(p))
    return row.warned(f"too many tables to count exactly: p has a simulation standard error of {error:.2g}")


def _hypergeometric(counts: Counts) -> float:
    """log p of a 2 × 2 table. Probabilities are built outwards from the likeliest table by their ratios, so rounding
    grows with the distance from it only, and no factorial is needed."""
    (a, b), (c, d) = counts
    lowest, highest = max(0, a - d), min(a + b, a + c)
    x = np.arange(lowest, highest, dtype=np.float64)
    ratios = (a + b - x) * (a + c - x) / ((x + 1) * (x + 1 + d - a))
    steps, mode = np.log(ratios), int(np.sum(ratios > 1))
    below = np.cumsum(-steps[:mode][::-1])[::-1]
    weights = np.concatenate((below, [0.0], np.cumsum(steps[mode:])))
    tail = weights[weights <= weights[a - lowest] + 1e-7]
    return log_sum(tail) - log_sum(weights)

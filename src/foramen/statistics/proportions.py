"""Percentages and their intervals.

In every row about a proportion `n` is the numerator and `denominator` what it is a percentage of, so that 35 of 50 can
be printed beside 70 %.
"""

import math
from dataclasses import replace

from scipy import special

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_axes, require_codes, require_method
from foramen.statistics.normal import half_outside, normal_quantile
from foramen.statistics.result import Statistic
from foramen.statistics.tables import CountTable

INTERVAL_NAMES = {
    "wilson": "Wilson score interval",
    "wilson_corrected": "Wilson score interval with continuity correction",
    "clopper_pearson": "exact Clopper–Pearson interval",
    "r": "Wilson score interval by the rule of R's prop.test",
}
NOBODY = "nobody has a recorded value"
MISSING_RULES = {"available": "available cases", "failure": "missing counted as failure"}


def proportion(successes: int, total: int, *, level: float, method: str) -> tuple[float, float]:
    """Interval (lower, upper) for a proportion, as numbers between 0 and 1.

    wilson: the score interval (Wilson 1927), ours by default because it keeps its level at n = 12. wilson_corrected:
    the same with continuity correction (Newcombe 1998, method 4). r: R's prop.test, which corrects unless exactly half
    are successes. clopper_pearson: exact, never below its level (1934), as R's binom.test and scipy's binomtest.
    """
    require_method("proportion_interval", method)
    if not 0 <= successes <= total or total == 0:
        raise StatisticError.single(
            "a proportion needs a count between 0 and its total, and somebody in the total",
            received=f"{successes} of {total}",
            remedy="give counts, not percentages",
        )
    if method == "clopper_pearson":
        lower, upper = _clopper_pearson(successes, total, level)
    else:
        lower, upper = _score(successes, total, normal_quantile(level), corrected=_corrected(successes, total, method))
    return (0.0 if successes == 0 else lower), (1.0 if successes == total else upper)


def percent(name: str, successes: int, total: int, *, level: float, method: str) -> Statistic:
    """A row with the percentage (0 to 100) and its interval; an error when the total is nobody."""
    text = f"percent, {_interval_name(successes, total, method)}"
    if total == 0:
        require_method("proportion_interval", method)
        return Statistic(name=name, method=text, n=0, denominator=0, error=NOBODY)
    lower, upper = proportion(successes, total, level=level, method=method)
    return Statistic(
        name=name,
        method=text,
        estimate=100 * successes / total,
        lower=100 * lower,
        upper=100 * upper,
        level=level,
        n=successes,
        denominator=total,
    )


def responder_percent(table: CountTable, *, level: float, method: str, missing: str) -> Statistic:
    """Percentage of units with code 1 on the one axis (0 otherwise), as a row named `responder_percent`.

    `missing` is the rule for units without a recorded value: "available" leaves them out, "failure" counts them in the
    denominator. A suppressed value is known to the source, so neither rule may guess it: it is left out. Both kinds are
    counted in the warning.
    """
    (name,) = require_axes(table, "value")
    require_codes(table, name, 0, 1)
    if missing not in MISSING_RULES:
        raise StatisticError.single("unknown rule for missing", received=missing, remedy=f"one of {[*MISSING_RULES]}")
    found, used = dict(table.cells), table.complete().total
    absent = found.get((None,), 0)
    hidden = table.total - used - absent
    total = used + (absent if missing == "failure" else 0)
    row = percent("responder_percent", found.get((1,), 0), total, level=level, method=method)
    row = replace(row, method=f"{row.method}, {MISSING_RULES[missing]}", inputs=table.digest)
    if absent:
        row = row.warned(f"{absent} missing {'left out' if missing == 'available' else 'counted as failure'}")
    return row.warned(f"{hidden} suppressed left out") if hidden else row


def zero_event_upper_bound(table: CountTable, *, level: float) -> Statistic:
    """The highest percentage that no event (code 1) among n units still allows, at a one-sided level.

    The exact bound 1 - (1 - level)^(1/n) (Hanley and Lippman-Hand 1983). It is the one-sided Clopper–Pearson limit; the
    rule of three, 3/n, is its approximation for level 0.95 and is not used. Only for no event at all.
    """
    (name,) = require_axes(table, "value")
    require_codes(table, name, 0, 1)
    normal_quantile(level)
    used = table.complete()
    events = dict(used.cells).get((1,), 0)
    row = Statistic(
        name="zero_event_upper_bound",
        method="percent, exact one-sided upper bound for no event",
        level=level,
        n=events,
        denominator=used.total,
        inputs=table.digest,
    )
    if used.total == 0:
        return replace(row, error=NOBODY)
    if events:
        return replace(row, error="events occurred: an interval for the percentage applies, not a bound for none")
    return replace(row, estimate=0.0, upper=-100 * math.expm1(math.log1p(-level) / used.total))


def _interval_name(successes: int, total: int, method: str) -> str:
    if method == "r" and total:
        branch = "wilson_corrected" if _corrected(successes, total, method) else "wilson"
        return f"{INTERVAL_NAMES[branch]}, by the rule of R's prop.test"
    return INTERVAL_NAMES.get(method, method)


def _corrected(successes: int, total: int, method: str) -> bool:
    return method == "wilson_corrected" or (method == "r" and 2 * successes != total)


def _score(successes: int, total: int, z: float, *, corrected: bool) -> tuple[float, float]:
    share, square, shift = successes / total, z * z, 1.0 if corrected else 0.0
    spread = 4 * successes * (total - successes) / total + square
    below = spread - shift * (2 + 1 / total - 4 * share)
    above = spread + shift * (2 - 1 / total - 4 * share)
    middle, width = 2 * successes + square, 2 * (total + square)
    lower = (middle - shift - z * math.sqrt(max(below, 0.0))) / width
    upper = (middle + shift + z * math.sqrt(max(above, 0.0))) / width
    return max(lower, 0.0), min(upper, 1.0)


def _clopper_pearson(successes: int, total: int, level: float) -> tuple[float, float]:
    outside = half_outside(level)
    lower = special.betaincinv(max(successes, 1), total - successes + 1, outside)
    upper = special.betainccinv(successes + 1, max(total - successes, 1), outside)
    return float(lower), float(upper)

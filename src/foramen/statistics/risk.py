"""Two groups compared on a yes-or-no outcome: difference, ratio, odds ratio, number needed to treat.

A table has the axes (group, outcome), the outcome with code 1 for yes and 0 for no. Risks are numbers between 0 and 1.
`n` is the units of the two groups with a recorded outcome, `denominator` all units of the two groups. Nothing is ever
added to an empty cell: what an empty cell makes impossible is said.
"""

import math
import re
from dataclasses import dataclass, replace

from foramen.kernel.errors import StatisticError
from foramen.kernel.rounding import rounded
from foramen.statistics.arguments import require_axes, require_codes, require_method
from foramen.statistics.normal import normal_quantile
from foramen.statistics.proportions import proportion
from foramen.statistics.result import Statistic, about
from foramen.statistics.tables import Code, CountTable

DIFFERENCE_NAMES = {
    "newcombe": "Newcombe hybrid score interval",
    "wald": "Wald interval",
    "wald_corrected": "Wald interval with continuity correction, at most the difference (R's prop.test)",
}
BENEFIT, HARM = "NNTB", "NNTH"
THROUGH_INFINITY = "the interval of the difference holds 0: the number runs from"
NO_INTERVAL = "an empty cell leaves no interval, and nothing was added to it"


def risk_difference(table: CountTable, *, group: Code, against: Code, level: float, method: str) -> Statistic:
    """Risk in `group` minus risk in `against`, from -1 to 1.

    newcombe: from the Wilson intervals of both risks (Newcombe 1998, method 10); ours by default, because it stays
    inside -1 to 1 and keeps its level in small groups. wald: the plain standard error, as in most textbooks.
    wald_corrected: widened by half of 1/n1 + 1/n2 on each side, but by no more than the difference, and cut at -1 and
    1; it is what R's prop.test prints.
    """
    require_method("risk_difference_interval", method)
    pair = _Pair.of(table, group, against)
    row = pair.row("risk_difference", f"difference of risks, {DIFFERENCE_NAMES[method]}", level)
    if pair.fault:
        return replace(row, error=pair.fault)
    lower, upper = _difference_interval(pair, level, method)
    row = replace(row, estimate=pair.difference, lower=lower, upper=upper)
    return row if lower < upper else row.warned("both risks are 0 or 1: the Wald interval has no width")


def risk_ratio(table: CountTable, *, group: Code, against: Code, level: float) -> Statistic:
    """Risk in `group` divided by risk in `against`, interval on the log scale (Katz 1978)."""
    pair = _Pair.of(table, group, against)
    row = pair.row("risk_ratio", "ratio of risks, log Wald interval (Katz)", level)
    if pair.fault or not pair.against_yes:
        return replace(row, error=pair.fault or f"nobody in {pair.names[1]} had the outcome: the ratio has no value")
    estimate = pair.yes * pair.against_n / (pair.n * pair.against_yes)
    if not pair.yes:
        return replace(row, estimate=estimate).warned(NO_INTERVAL)
    variance = pair.no / (pair.n * pair.yes) + pair.against_no / (pair.against_n * pair.against_yes)
    row = _log_interval(row, estimate, variance, level)
    return row if variance else row.warned("everybody had the outcome: the interval has no width")


def odds_ratio(table: CountTable, *, group: Code, against: Code, level: float) -> Statistic:
    """Odds in `group` divided by odds in `against`, interval on the log scale (Woolf 1955).

    The plain cross-product, not the conditional estimate of R's fisher.test. With an empty cell packages add 0.5
    everywhere without a word or print infinity; ours gives no interval, and no estimate where it would be infinite.
    """
    pair = _Pair.of(table, group, against)
    row = pair.row("odds_ratio", "cross-product odds ratio, log Wald interval (Woolf)", level)
    if pair.fault or not pair.against_yes * pair.no:
        return replace(row, error=pair.fault or "an empty cell in the divisor: the odds ratio has no value")
    estimate = pair.yes * pair.against_no / (pair.no * pair.against_yes)
    if not estimate:
        return replace(row, estimate=estimate).warned(NO_INTERVAL)
    variance = sum(1 / count for count in (pair.yes, pair.no, pair.against_yes, pair.against_no))
    return _log_interval(row, estimate, variance, level)


def number_needed_to_treat(table: CountTable, *, group: Code, against: Code, level: float, method: str) -> Statistic:
    """The reciprocal of the risk difference and of its interval's limits, for an outcome that is wanted.

    Positive: so many treated for one more to have the outcome (to benefit, NNTB). Negative: to harm (NNTH). When the
    interval of the difference holds 0, that of the number runs through infinity and has no lower and upper limit; the
    warning spells it out (Altman 1998).
    """
    difference = risk_difference(table, group=group, against=against, level=level, method=method)
    text = f"reciprocal of the risk difference, {DIFFERENCE_NAMES[method]}; negative is to harm"
    row = replace(difference, name="number_needed_to_treat", method=text, estimate=None, lower=None, upper=None)
    if difference.estimate is None or difference.lower is None or difference.upper is None:
        return row
    if difference.lower <= 0 <= difference.upper:
        row = row.warned(_through_infinity(difference.lower, difference.upper))
    else:
        row = replace(row, lower=1 / difference.upper, upper=1 / difference.lower)
    if difference.estimate == 0:
        return replace(row, error="the risks are equal: the number needed to treat is infinite")
    return replace(row, estimate=1 / difference.estimate)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The fourfold table: yes and no in the group, yes and no in the group it is set against."""

    yes: int
    no: int
    against_yes: int
    against_no: int
    names: tuple[str, str]
    total: int
    inputs: str

    @classmethod
    def of(cls, table: CountTable, group: Code, against: Code) -> "_Pair":
        groups, outcome = require_axes(table, "group", "outcome")
        require_codes(table, outcome, 0, 1)
        if group == against:
            raise StatisticError.single("a group cannot be compared with itself", received=table.axes[0].label(group))
        found = dict(table.cells)
        axis = table.axis(groups)
        return cls(
            yes=found.get((group, 1), 0),
            no=found.get((group, 0), 0),
            against_yes=found.get((against, 1), 0),
            against_no=found.get((against, 0), 0),
            names=(axis.label(group), axis.label(against)),
            total=sum(count for cell, count in table.cells if cell[0] in (group, against)),
            inputs=table.digest,
        )

    @property
    def n(self) -> int:
        return self.yes + self.no

    @property
    def against_n(self) -> int:
        return self.against_yes + self.against_no

    @property
    def difference(self) -> float:
        """Exact until the last division, so equal risks give 0."""
        return (self.yes * self.against_n - self.against_yes * self.n) / (self.n * self.against_n)

    @property
    def fault(self) -> str | None:
        empty = [name for name, n in zip(self.names, (self.n, self.against_n), strict=True) if not n]
        return f"nobody in {' or '.join(empty)} has a recorded outcome" if empty else None

    def row(self, name: str, method: str, level: float) -> Statistic:
        normal_quantile(level)
        return Statistic(
            name=name,
            method=method,
            about=about(group=self.names[0], against=self.names[1]),
            level=level,
            n=self.n + self.against_n,
            denominator=self.total,
            inputs=self.inputs,
        )


def _difference_interval(pair: _Pair, level: float, method: str) -> tuple[float, float]:
    one, two = pair.yes / pair.n, pair.against_yes / pair.against_n
    if method != "newcombe":
        half = normal_quantile(level) * math.sqrt(one * (1 - one) / pair.n + two * (1 - two) / pair.against_n)
        if method == "wald":
            return pair.difference - half, pair.difference + half
        half += min((1 / pair.n + 1 / pair.against_n) / 2, abs(pair.difference))
        return max(pair.difference - half, -1.0), min(pair.difference + half, 1.0)
    lower_one, upper_one = proportion(pair.yes, pair.n, level=level, method="wilson")
    lower_two, upper_two = proportion(pair.against_yes, pair.against_n, level=level, method="wilson")
    lower = pair.difference - math.hypot(one - lower_one, upper_two - two)
    return lower, pair.difference + math.hypot(upper_one - one, two - lower_two)


def _log_interval(row: Statistic, estimate: float, variance: float, level: float) -> Statistic:
    factor = math.exp(normal_quantile(level) * math.sqrt(variance))
    return replace(row, estimate=estimate, lower=estimate / factor, upper=estimate * factor)


def _through_infinity(lower: float, upper: float) -> str:
    benefit = f"{BENEFIT} {rounded(1 / upper, 1)} to " if upper else ""
    harm = f" to {HARM} {rounded(-1 / lower, 1)}" if lower else ""
    return f"{THROUGH_INFINITY} {benefit}∞{harm}"


def ends_through_infinity(warning: str) -> tuple[float | None, float | None] | None:
    """What a warning says of an interval through infinity: the number to benefit and the number to harm where it ends.

    Both are positive, with the one decimal they were said with; None is an end at infinity itself. None altogether
    where the warning says nothing of it. The numbers have no other place: a lower and an upper limit would be read as
    the ends of one stretch.
    """
    said = re.search(rf"{THROUGH_INFINITY} (?:{BENEFIT} ([\d.]+) to )?∞(?: to {HARM} ([\d.]+))?", warning)
    if said is None:
        return None
    benefit, harm = (float(text) if text else None for text in said.groups())
    return benefit, harm

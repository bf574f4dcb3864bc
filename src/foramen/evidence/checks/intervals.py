"""Intervals and p-values from the estimates and statistics printed beside them."""

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Annotated, Literal

from pydantic import Field
from scipy import special

from foramen.evidence.checks.part import KIND, Check, Constant
from foramen.evidence.facts import Facts, PrintedFact, Reference
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.printed import Printed
from foramen.kernel.errors import DefinitionError
from foramen.statistics.correlation import spearman_interval
from foramen.statistics.normal import chi_square_tail, normal_quantile, student_two_sided, two_sided_normal

INTERVALS = {
    "fieller": "Fieller, Hartley and Pearson 1957",
    "fisher": "Fisher's z",
    "bonett_wright": "Bonett and Wright 2000",
}


class CorrelationInterval(Check):
    """The interval of a correlation from its value and the number of pairs, by each definition in use."""

    check: Literal["correlation_interval"] = KIND
    r: Reference = Field(description="the correlation")
    lower: Reference = Field(description="the lower limit")
    upper: Reference = Field(description="the upper limit")
    n: Reference = Field(description="the number of pairs")
    level: Constant = Field(95, gt=0, lt=100, description="confidence level in per cent")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        r, n = paper.fact(self.r).printed, paper.fact(self.n).count
        ends = (paper.fact(self.lower), paper.fact(self.upper))
        printed = f"{ends[0].text} to {ends[1].text}"
        if n < 4 or abs(r.value) >= 1:
            raise DefinitionError.single("an interval needs four pairs and a correlation below 1", received=r.text)
        texts, exact, near = [], [], []
        for method, name in INTERVALS.items():
            found = self._limits(r.value, n, method)
            texts.append(f"{ends[0].printed.like(found[0])} to {ends[1].printed.like(found[1])} ({name})")
            if all(end.printed.holds(limit) for end, limit in zip(ends, found, strict=True)):
                exact.append(name)
            elif self._reaches(r, n, method, ends):
                near.append(name)
        yield Finding(
            check=self.check, at=ends[0].at, printed=printed, recomputed="; ".join(texts),
            verdict=verdict(bool(exact or near)), method=f"interval of a correlation of {n} pairs",
            reason=_fitting(exact, near, r.text),
        )  # fmt: skip

    def _limits(self, r: Fraction, n: int, method: str) -> tuple[float, float]:
        return spearman_interval(float(r), n, method=method, level=float(self.level) / 100)

    def _reaches(self, r: Printed, n: int, method: str, ends: Sequence[PrintedFact]) -> bool:
        """Whether correlations that round to the printed one reach both limits; each limit grows with r."""
        edge = Fraction(999999, 1000000)
        lowest = self._limits(max(r.low, -edge), n, method)
        highest = self._limits(min(r.high, edge), n, method)
        return all(end.printed.meets(lowest[i], highest[i]) for i, end in enumerate(ends))


def _fitting(exact: Sequence[str], near: Sequence[str], r: str) -> str:
    parts = [f"{' and '.join(exact)} give it for {r}"] if exact else []
    if near:
        parts.append(f"{' and '.join(near)} only for another value that rounds to {r}")
    return "; ".join(parts) or "none of the definitions gives it"


class CorrelationP(Check):
    """The p-value of a correlation from its value and the number of pairs, by Student's t."""

    check: Literal["correlation_p"] = KIND
    r: Reference = Field(description="the correlation")
    n: Reference = Field(description="the number of pairs")
    p: Reference = Field(description="the printed p-value")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        r, n, fact = paper.fact(self.r).printed, paper.fact(self.n).count, paper.fact(self.p)
        size, half = abs(r.value), r.unit / 2
        if n < 3 or size + half >= 1:
            raise DefinitionError.single("a test needs three pairs and a correlation below 1", received=r.text)
        p, lowest, highest = (_of_r(value, n) for value in (size, size + half, max(size - half, Fraction(0))))
        yield Finding(
            check=self.check, at=fact.at, printed=fact.text, recomputed=fact.printed.like_p(p),
            verdict=verdict(fact.printed.meets(lowest, highest)), method="Student's t of a correlation",
            reason=f"{r.text} in {n} pairs has p {p:.2g}",
        )  # fmt: skip


def _of_r(r: Fraction, n: int) -> float:
    return student_two_sided(float(r) * math.sqrt((n - 2) / float(1 - r * r)), n - 2)[0]


class RatioInterval(Check):
    """A ratio (of odds, risks or hazards) against its Wald interval, whose limits lie evenly about it as logarithms.

    A p-value printed for the ratio is held against the same interval.
    """

    check: Literal["ratio_interval"] = KIND
    ratio: Reference = Field(description="the ratio")
    lower: Reference = Field(description="the lower limit")
    upper: Reference = Field(description="the upper limit")
    level: Constant = Field(95, gt=0, lt=100, description="confidence level in per cent")
    p: Reference | None = Field(None, description="the p-value of the ratio, if one is printed")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        ratio, lower, upper = (paper.fact(reference) for reference in (self.ratio, self.lower, self.upper))
        text = f"{ratio.text} ({lower.text} to {upper.text})"
        if min(ratio.printed.low, lower.printed.low, upper.printed.low) <= 0:
            yield Finding(
                check=self.check, at=ratio.at, printed=text, verdict="cannot be checked", method=WALD,
                reason="a limit is printed too coarsely: it may be 0",
            )  # fmt: skip
            return
        if lower.printed.value >= upper.printed.value:
            yield Finding(
                check=self.check, at=ratio.at, printed=text, verdict="differs", method=WALD,
                reason="the lower limit is not below the upper",
            )  # fmt: skip
            return
        middle, lowest, highest = _over(_middle, lower.printed, upper.printed)
        yield Finding(
            check=self.check, at=ratio.at, printed=text, recomputed=ratio.printed.like(middle),
            verdict=verdict(ratio.printed.meets(lowest, highest)), method=WALD,
            reason=f"the limits have {middle:.4g} in their middle, {lowest:.4g} to {highest:.4g} with their rounding",
        )  # fmt: skip
        if self.p is not None:
            yield self._p(paper.fact(self.p), ratio.printed, lower.printed, upper.printed)

    def _p(self, fact: PrintedFact, *printed: Printed) -> Finding:
        z = normal_quantile(float(self.level) / 100)
        p, lowest, highest = _over(lambda ratio, lower, upper: _wald_p(ratio, lower, upper, z), *printed)
        if printed[0].low <= 1 <= printed[0].high:
            highest = 1.0
        return Finding(
            check=self.check, at=fact.at, printed=fact.text, recomputed=fact.printed.like_p(p),
            verdict=verdict(fact.printed.meets(lowest, highest)), method="Wald test from ratio and interval",
            reason=f"the interval gives p {lowest:.2g} to {highest:.2g} with its rounding",
        )  # fmt: skip


WALD = "Wald interval of a ratio"


def _middle(lower: float, upper: float) -> float:
    return math.sqrt(lower * upper)


def _wald_p(ratio: float, lower: float, upper: float, z: float) -> float:
    error = (math.log(upper) - math.log(lower)) / (2 * z)
    return two_sided_normal(math.log(ratio) / error)[0] if error > 0 else math.nan


def _over(function: Callable[..., float], *printed: Printed) -> tuple[float, float, float]:
    """A function of the numbers as printed, and its smallest and largest value at the ends of their rounding."""
    corners = [function(*map(float, ends)) for ends in product(*((one.low, one.high) for one in printed))]
    return function(*(float(one.value) for one in printed)), min(corners), max(corners)


class PValue(Check):
    """A p-value from the test statistic and degrees of freedom printed beside it."""

    check: Literal["p_value"] = KIND
    statistic: Reference = Field(description="the test statistic")
    distribution: Literal["chi_square", "t", "z", "f"] = Field(description="what it is distributed as")
    df: list[Annotated[Constant, Field(gt=0)]] = Field(
        default_factory=list, max_length=2, description="degrees of freedom; two for f, none for z"
    )
    p: list[Reference] = Field(min_length=1, description="the p-value, wherever it is printed")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        statistic = paper.fact(self.statistic)
        if len(self.df) != DEGREES[self.distribution]:
            raise DefinitionError.single(
                f"{self.distribution} has {DEGREES[self.distribution]} degrees of freedom to give",
                received=f"{len(self.df)} in df",
            )
        size, half, name = abs(statistic.printed.value), statistic.printed.unit / 2, NAMES[self.distribution]
        p, lowest, highest = (self._tail(value) for value in (size, size + half, max(size - half, Fraction(0))))
        on = f" on {', '.join(map(str, self.df))} df" if self.df else ""
        for reference in self.p:
            fact = paper.fact(reference)
            yield Finding(
                check=self.check, at=fact.at, printed=fact.text, recomputed=fact.printed.like_p(p),
                verdict=verdict(fact.printed.meets(lowest, highest)), method=f"{name} tail",
                reason=f"{name} of {statistic.text}{on} has p {p:.2g}",
            )  # fmt: skip

    def _tail(self, statistic: Fraction) -> float:
        return tail(self.distribution, float(statistic), [float(one) for one in self.df])


DEGREES = {"chi_square": 1, "t": 1, "z": 0, "f": 2}
NAMES = {"chi_square": "chi-square", "t": "Student's t", "z": "normal z", "f": "F"}


def tail(distribution: str, statistic: float, df: Sequence[float]) -> float:
    """p of a statistic, two-sided for t and z."""
    if distribution == "chi_square":
        return chi_square_tail(statistic, df[0])[0]
    if distribution == "t":
        return student_two_sided(statistic, df[0])[0]
    return two_sided_normal(statistic)[0] if distribution == "z" else float(special.fdtrc(df[0], df[1], statistic))

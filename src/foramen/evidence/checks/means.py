"""Means, standard deviations and what follows from them."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.evidence.checks.part import KIND, Check, Constant, plain
from foramen.evidence.facts import Facts, PrintedFact, Reference
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.printed import Printed
from foramen.kernel.rounding import rounded
from foramen.statistics.student import Summary, t_from_summaries

METHODS = {"student": "Student", "welch": "Welch"}


class Mean(Part):
    """A mean and how many it is of."""

    mean: Reference = Field(description="the mean")
    n: Reference = Field(description="how many")


class MeanSD(Mean):
    """The summary of a group."""

    sd: Reference = Field(description="the standard deviation")


class TTest(Check):
    """The p-value of a t test from the means, standard deviations and sizes of two groups.

    It agrees when values that round to the printed ones give it, by Student's test or by Welch's.
    """

    check: Literal["t"] = KIND
    group: MeanSD = Field(description="one group")
    against: MeanSD = Field(description="the other group")
    p: Reference = Field(description="the printed p-value")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        fact = paper.fact(self.p)
        one, other = _summary(paper, self.group), _summary(paper, self.against)
        texts, fitting = [], []
        for method, name in METHODS.items():
            p, lowest, highest = _p_values(one, other, method)
            if math.isnan(p):
                yield _untested(self.check, fact)
                return
            texts.append(f"{fact.printed.like_p(p)} ({name})")
            if fact.printed.meets(lowest, highest):
                fitting.append(name)
        means = f"{one[1].text} ± {one[2].text} of {one[0]} and {other[1].text} ± {other[2].text} of {other[0]}"
        reason = f"by {' and '.join(fitting)} from {means}" if fitting else f"{means} give it by neither test"
        yield Finding(
            check=self.check, at=fact.at, printed=fact.text, recomputed=", ".join(texts),
            verdict=verdict(bool(fitting)), method="t test from printed means and SDs", reason=reason,
        )  # fmt: skip


def _untested(check: str, fact: PrintedFact) -> Finding:
    return Finding(
        check=check, at=fact.at, printed=fact.text, verdict="cannot be checked",
        method="t test from printed means and SDs", reason="a t test needs two in each group, and some spread",
    )  # fmt: skip


Summarised = tuple[int, Printed, Printed]
"""n, mean and SD as printed."""


def _summary(paper: Facts, group: MeanSD) -> Summarised:
    return paper.fact(group.n).count, paper.fact(group.mean).printed, paper.fact(group.sd).printed


def _p_values(one: Summarised, other: Summarised, method: str) -> tuple[float, float, float]:
    """p from the numbers as printed, and the smallest and largest over what rounds to them: at the corners, since p
    falls with the distance of the means and rises with either SD; and 1 where the means may be equal."""
    exact = _p(one[0], one[1].value, one[2].value, other[0], other[1].value, other[2].value, method)
    ends = [(printed.low, printed.high) for printed in (one[1], one[2], other[1], other[2])]
    corners = [
        _p(one[0], m, max(s, Fraction(0)), other[0], k, max(r, Fraction(0)), method) for m, s, k, r in product(*ends)
    ]
    touching = ends[0][0] <= ends[2][1] and ends[2][0] <= ends[0][1]
    return exact, min(corners), 1.0 if touching else max(corners)


def _p(
    n: int, mean: Fraction, sd: Fraction, other_n: int, other_mean: Fraction, other_sd: Fraction, method: str
) -> float:
    row = t_from_summaries(
        Summary(n, mean, sd**2), Summary(other_n, other_mean, other_sd**2), method=method, level=0.95
    )  # fmt: skip
    return row.p if row.p is not None else math.nan


class PooledMean(Check):
    """The mean of everybody from the means of the groups."""

    check: Literal["pooled_mean"] = KIND
    groups: list[Mean] = Field(min_length=2, description="the groups that make up everybody")
    printed: list[Reference] = Field(min_length=1, description="the mean of everybody, wherever it is printed")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        groups = [(paper.fact(group.n).size, paper.fact(group.mean).printed) for group in self.groups]
        middle = _weighted([(count, mean.value) for count, mean in groups])
        low = _weighted([(count, mean.low) for count, mean in groups])
        high = _weighted([(count, mean.high) for count, mean in groups])
        parts = " and ".join(f"{mean.text} of {count}" for count, mean in groups)
        for reference in self.printed:
            fact = paper.fact(reference)
            yield Finding(
                check=self.check, at=fact.at, printed=fact.text, recomputed=fact.printed.like(middle),
                verdict=verdict(fact.printed.meets(low, high)), method="mean weighted by the sizes of the groups",
                reason=f"{parts} give {rounded(middle, fact.printed.decimals + 2)}",
            )  # fmt: skip


def _weighted(values: Sequence[tuple[int, Fraction]]) -> Fraction:
    return sum((count * value for count, value in values), Fraction(0)) / sum(count for count, _ in values)


class Granularity(Check):
    """Whether so many whole numbers can have the printed mean (GRIM), and with it the printed SD (GRIMMER).

    Brown and Heathers 2017 for the mean; for the SD the sum of squares must be a whole number, odd or even as the sum
    is (Anaya 2016, Allard 2018).
    """

    check: Literal["granularity"] = KIND
    mean: Reference = Field(description="the mean")
    n: Reference = Field(description="how many")
    sd: Reference | None = Field(None, description="the standard deviation, divisor n - 1")
    step: Constant = Field(1, gt=0, description="what single values are multiples of")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        n, mean, step = paper.fact(self.n).size, paper.fact(self.mean), Fraction(self.step)
        totals = range(math.ceil(mean.printed.low * n / step), math.floor(mean.printed.high * n / step) + 1)
        values = f"{n} multiples of {plain(step)}" if step != 1 else f"{n} whole numbers"
        if mean.printed.unit * n >= step:
            reason = f"{values} can have every mean with {mean.printed.precision}"
            yield _granular(self.check, mean, "mean", None, reason)
        elif totals:
            yield _granular(self.check, mean, "mean", True, f"{values} with the sum {plain(totals[0] * step)} have it")
        else:
            below, above = (Fraction(total * step, n) for total in (totals.stop - 1, totals.stop))
            near = f"{rounded(below, mean.printed.decimals + 2)} and {rounded(above, mean.printed.decimals + 2)}"
            yield _granular(self.check, mean, "mean", False, f"{values} cannot have it; the nearest means are {near}")
        if self.sd is not None and totals:
            yield self._spread(paper.fact(self.sd), n, totals, step, values)

    def _spread(self, sd: PrintedFact, n: int, totals: range, step: Fraction, values: str) -> Finding:
        ends = [max(end, Fraction(0)) ** 2 * (n - 1) / step**2 for end in (sd.printed.low, sd.printed.high)]
        if ends[1] - ends[0] >= 2:
            reason = f"{values} can have every standard deviation with {sd.printed.precision}"
            return _granular(self.check, sd, "standard deviation", None, reason)
        fits = any(_has_squares(total, n, ends) for total in totals)
        reason = f"{values} {'have' if fits else 'cannot have'} it with the printed mean"
        return _granular(self.check, sd, "standard deviation", fits, reason)


def _has_squares(total: int, n: int, ends: Sequence[Fraction]) -> bool:
    """Whether a whole sum of squares, odd or even as the sum, lies between the ends."""
    least = Fraction(total * total, n)
    lowest, highest = math.ceil(least + ends[0]), math.floor(least + ends[1])
    return any((squares - total) % 2 == 0 for squares in range(lowest, highest + 1))


def _granular(check: str, fact: PrintedFact, what: str, fits: bool | None, reason: str) -> Finding:
    return Finding(
        check=check, at=fact.at, printed=fact.text, verdict="cannot be checked" if fits is None else verdict(fits),
        method=f"granularity of the {what}", reason=reason,
    )  # fmt: skip


class Scale(Check):
    """Numbers that must lie between two ends: of a scale, or a smallest and a largest value that are printed."""

    check: Literal["scale"] = KIND
    values: list[Reference] = Field(min_length=1, description="the numbers")
    low: Reference | Constant = Field(description="the lower end: a fact or a known number")
    high: Reference | Constant = Field(description="the upper end")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        low, high = _bound(paper, self.low), _bound(paper, self.high)
        for reference in self.values:
            fact = paper.fact(reference)
            inside = fact.printed.meets(low, high)
            yield Finding(
                check=self.check, at=fact.at, printed=fact.text, verdict=verdict(inside), method="range of the values",
                reason=f"{'within' if inside else 'outside'} {plain(low)} to {plain(high)}",
            )  # fmt: skip


class Spread(Check):
    """A standard deviation against the largest that values between two ends can have with their mean."""

    check: Literal["spread"] = KIND
    mean: Reference = Field(description="the mean")
    sd: Reference = Field(description="the standard deviation, divisor n - 1")
    n: Reference = Field(description="how many")
    low: Reference | Constant = Field(description="the smallest value possible: a fact or a known number")
    high: Reference | Constant = Field(description="the largest value possible")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        mean, sd, n = paper.fact(self.mean).printed, paper.fact(self.sd), paper.fact(self.n).size
        low, high = _bound(paper, self.low), _bound(paper, self.high)
        middle = min(max((low + high) / 2, mean.low), mean.high)
        largest = math.sqrt(max(Fraction(n, max(n - 1, 1)) * (middle - low) * (high - middle), Fraction(0)))
        yield Finding(
            check=self.check, at=sd.at, printed=sd.text, recomputed=f"≤ {sd.printed.like(largest)}",
            verdict=verdict(float(sd.printed.low) <= largest), method="largest standard deviation with this mean",
            reason=f"values from {plain(low)} to {plain(high)} with the mean {mean.text} allow {largest:.4g}",
        )  # fmt: skip


def _bound(paper: Facts, end: Reference | Constant) -> Fraction:
    return paper.fact(end).printed.value if isinstance(end, Reference) else Fraction(end)

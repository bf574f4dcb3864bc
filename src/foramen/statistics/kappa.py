"""Agreement of two readers on categories: per cent agreement and Cohen's kappa, plain and weighted.

A table has one axis per reader. All axes share one code book, because a category must mean the same to every reader.
Sums are integers until the last division, so pooled tables give the same bits as pooled rows.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_axes, require_method
from foramen.statistics.normal import student_quantile, two_sided_normal
from foramen.statistics.proportions import percent
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Code, CountTable, code_order

WEIGHTS = {
    "none": "Cohen 1960, unweighted",
    "linear": "Cohen 1968, linear weights",
    "quadratic": "Cohen 1968, quadratic weights",
}
PERFECT = "all readings agree, so the standard error is 0 and the interval says nothing"


def shared_levels(table: CountTable) -> tuple[Code, ...]:
    """The categories every reader could choose: those of the code book in its order, then any others in use.

    Without a code book the categories in use, by value. Readers with different code books are refused.
    """
    names = [axis.name for axis in table.axes]
    if len(set(names)) < max(2, len(names)) or len({(a.labels, a.decimals, a.divisor) for a in table.axes}) > 1:
        raise StatisticError.single(
            "agreement needs at least two readers with the same code book",
            received=", ".join(names),
            remedy="one axis per reader under a name of its own, all with the same levels in the same order",
        )
    used = {code for name in names for code in table.levels(name)}
    declared = [code for code, _ in table.axes[0].labels if code in used]
    return (*declared, *sorted(used - set(declared), key=code_order))


def level_positions(table: CountTable) -> list[int]:
    """Where each of the `shared_levels` stands on an ordered scale.

    Grades of a code book stand at 0, 1, 2 … in its order, used or not, so neighbours are one step apart whatever their
    codes. Numbers without a code book stand at their value. Text without a code book has no order and is refused.
    """
    levels, declared = shared_levels(table), [code for code, _ in table.axes[0].labels]
    if declared and set(levels) <= set(declared):
        return list(range(len(levels)))
    numbers = [code for code in levels if isinstance(code, int)]
    if declared or len(numbers) < len(levels):
        raise StatisticError.single(
            "the categories have no declared order",
            received=table.axes[0].name,
            remedy="list all levels in the code book, lowest first",
        )
    return numbers


def percent_agreement(table: CountTable, *, level: float, method: str) -> Statistic:
    """Percentage of subjects whom all readers put in the same category, with an interval for proportions.

    Only subjects seen by every reader count; `n` is how many they agree on, `denominator` how many they saw. With three
    readers or more this is agreement of all of them, not of pairs.
    """
    shared_levels(table)
    used = table.complete()
    agreed = sum(count for cell, count in used.cells if len(set(cell)) == 1)
    row = percent("percent_agreement", agreed, used.total, level=level, method=method)
    row = replace(row, method=f"same category by all readers, {row.method}", inputs=table.digest)
    left_out = table.total - used.total
    return row.warned(f"{left_out} subjects not seen by every reader are left out") if left_out else row


def cohen_kappa(table: CountTable, *, weights: str, level: float) -> list[Statistic]:
    """Kappa of two readers with interval, z and p, and a second row with its standard error.

    The standard error is that of Fleiss, Cohen and Everitt 1969 which does not assume the null, as in SPSS, vcd and
    statsmodels (psych has the same for plain kappa, a smaller one for weighted). z and p use their other one, which
    assumes agreement by chance only. Packages differ in the interval: vcd and statsmodels take the normal quantile;
    ours takes Student's with n - 1 degrees of freedom, as Gwet's irrCAC does, because it is the wider one in small
    studies; it is cut at -1 and 1. Agreement weights are 1 - d/max d (linear) and 1 - (d/max d)² (quadratic) with d the
    distance of `level_positions`.
    """
    pairs = _Pairs.of(table, weights)
    row = Statistic(
        name="cohen_kappa",
        method=f"{WEIGHTS[weights]}; interval by Student's t from the standard error not assuming the null, "
        "z and p from the one assuming it (Fleiss, Cohen and Everitt 1969)",
        n=pairs.n,
        denominator=table.total,
        inputs=table.digest,
    )
    error_row = replace(
        row,
        name="cohen_kappa_standard_error",
        method=f"{WEIGHTS[weights]}; not assuming the null (Fleiss, Cohen and Everitt 1969)",
    )
    if reason := pairs.undefined:
        return [replace(row, error=reason), replace(error_row, error=reason)]
    deviation = math.sqrt(pairs.variance)
    lower, upper = coefficient_interval(float(pairs.kappa), deviation, pairs.n, level)
    row = replace(row, estimate=float(pairs.kappa), lower=lower, upper=upper, level=level, warning=pairs.caution)
    return [_tested(row, pairs), replace(error_row, estimate=deviation)]


def coefficient_interval(estimate: float, deviation: float, n: int, level: float) -> tuple[float, float]:
    """Student's interval with n - 1 degrees of freedom, cut at -1 and 1, where agreement coefficients end."""
    reach = student_quantile(level, n - 1) * deviation
    return max(-1.0, estimate - reach), min(1.0, estimate + reach)


def _tested(row: Statistic, pairs: "_Pairs") -> Statistic:
    if not pairs.null_variance:
        return row
    z = float(pairs.kappa) / math.sqrt(pairs.null_variance)
    p, log10_p = two_sided_normal(z)
    return replace(row, statistic=z, p=p, log10_p=log10_p)


@dataclass(frozen=True)
class _Pairs:
    """Two readers' counts by level index, with agreement weights as integers: `weight[i][j]` out of `full`."""

    n: int
    counts: tuple[tuple[int, int, int], ...]
    weight: list[list[int]]
    full: int

    @classmethod
    def of(cls, table: CountTable, weights: str) -> "_Pairs":
        require_axes(table, "first reader", "second reader")
        require_method("kappa_weights", weights)
        index = {code: i for i, code in enumerate(shared_levels(table))}
        used = table.complete()
        counts = tuple((index[a], index[b], count) for (a, b), count in used.cells)
        if weights == "none":
            return cls(used.total, counts, [[int(i == j) for j in index.values()] for i in index.values()], 1)
        places, power = level_positions(table), 1 if weights == "linear" else 2
        full = (max(places, default=0) - min(places, default=0)) ** power
        return cls(used.total, counts, [[full - abs(a - b) ** power for b in places] for a in places], full)

    @cached_property
    def totals(self) -> tuple[list[int], list[int]]:
        first, second = [0] * len(self.weight), [0] * len(self.weight)
        for i, j, count in self.counts:
            first[i] += count
            second[j] += count
        return first, second

    @cached_property
    def mean_weights(self) -> tuple[list[int], list[int]]:
        """n times the mean weight of each level of one reader against the other reader's distribution."""
        first, second = self.totals
        rows = [sum(w * c for w, c in zip(line, second, strict=True)) for line in self.weight]
        columns = [sum(w * c for w, c in zip(line, first, strict=True)) for line in self.weight]
        return rows, columns

    @cached_property
    def expected(self) -> int:
        """Agreement by chance times full * n²."""
        return sum(count * mean for count, mean in zip(self.totals[0], self.mean_weights[0], strict=True))

    @cached_property
    def disagreement(self) -> tuple[int, int]:
        """Observed and chance disagreement, each times full * n²."""
        observed = sum(count * self.weight[i][j] for i, j, count in self.counts)
        return self.n * (self.full * self.n - observed), self.full * self.n**2 - self.expected

    @cached_property
    def undefined(self) -> str | None:
        if self.n < 2:
            return "kappa needs at least two subjects seen by both readers"
        if not self.disagreement[1]:
            return (
                "both readers put every subject in the same category, so chance alone explains full agreement and "
                "kappa is not defined; the per cent agreement is 100 %"
            )
        return None

    @property
    def caution(self) -> str | None:
        if not self.disagreement[0]:
            return PERFECT
        if any(count == self.n for reader in self.totals for count in reader):
            return "one reader put every subject in the same category, so kappa is 0 whatever the other one saw"
        return None

    @cached_property
    def kappa(self) -> Fraction:
        observed, chance = self.disagreement
        return 1 - Fraction(observed, chance)

    @cached_property
    def variance(self) -> Fraction:
        """Squared standard error not assuming the null: equation 13 of the paper over a common denominator."""
        (observed, chance), (rows, columns) = self.disagreement, self.mean_weights
        spread = sum(
            count * (self.weight[i][j] * chance * self.n - (rows[i] + columns[j]) * observed) ** 2
            for i, j, count in self.counts
        )
        centre = self.full * self.n**2 * (chance - observed) - self.expected * observed
        return Fraction(self.n * spread - centre**2, self.n * chance**4)

    @cached_property
    def null_variance(self) -> Fraction:
        """Squared standard error if the readers agreed by chance only."""
        (first, second), (rows, columns) = self.totals, self.mean_weights
        spread = sum(
            a * b * (self.weight[i][j] * self.n - rows[i] - columns[j]) ** 2
            for i, a in enumerate(first)
            for j, b in enumerate(second)
            if a and b
        )
        return Fraction(spread - self.expected**2, self.n * self.disagreement[1] ** 2)

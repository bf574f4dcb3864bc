"""Agreement of readers on measurements: the six intraclass correlations and Bland and Altman's limits.

The six need only integers: the number of subjects, each reader's sum, the sum of all squares, and the sum of the
squared totals of the subjects. So they come from a count table, from a table of moments or from sums alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from scipy import special

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_axes
from foramen.statistics.normal import half_outside, student_quantile
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable
from foramen.statistics.tables import CountTable

FORMS: Mapping[str, str] = {
    "1_1": "ICC(1,1) one-way random, single measures",
    "a_1": "ICC(A,1) two-way, absolute agreement, single measures (Shrout–Fleiss ICC(2,1))",
    "c_1": "ICC(C,1) two-way, consistency, single measures (Shrout–Fleiss ICC(3,1))",
    "1_k": "ICC(1,k) one-way random, average measures",
    "a_k": "ICC(A,k) two-way, absolute agreement, average measures (Shrout–Fleiss ICC(2,k))",
    "c_k": "ICC(C,k) two-way, consistency, average measures (Shrout–Fleiss ICC(3,k))",
}
Z_LIMITS = 1.96
"""The multiple of the standard deviation that Bland and Altman 1999 print for limits that hold 95 % of differences."""


def icc(table: CountTable | MomentTable, *, level: float, form: str | None = None) -> list[Statistic]:
    """The six intraclass correlations as rows `icc_1_1`, `icc_a_1`, …, or the one asked for by `form` (see `FORMS`).

    One axis (or column) per reader; only subjects measured by all of them count. Intervals are those of McGraw and
    Wong 1996, F is the test that there is no correlation, with its one-sided p. Names clash in the literature:
    Shrout and Fleiss' ICC(3,1) is consistency; SPSS's “two-way mixed, absolute agreement” is the number ICC(A,1).
    """
    if isinstance(table, MomentTable):
        sums, total = _moment_sums(table), sum(moment.n for _, moment in table.cells)
    else:
        sums, total = _count_sums(table.complete()), table.total
    rows = icc_from_sums(*sums, level=level, form=form)
    return [replace(row, denominator=total, inputs=table.digest) for row in rows]


def icc_from_sums(
    n: int, reader_sums: Sequence[int], squares: int, squared_row_totals: int, *, level: float, form: str | None = None
) -> list[Statistic]:
    """The same from n subjects, each reader's sum, the sum of all squares and the sum of squared subject totals.

    All in one unit; which one does not matter, so codes serve.
    """
    if len(reader_sums) < 2 or (form is not None and form not in FORMS):
        raise StatisticError.single(
            "an intraclass correlation needs at least two readers and a known form",
            received=f"{len(reader_sums)} readers, form {form}",
            remedy=f"one of {', '.join(FORMS)}, or no form for all six",
        )
    wanted = FORMS if form is None else (form,)
    rows = {key: Statistic(name=f"icc_{key}", method=f"{FORMS[key]}; interval McGraw–Wong 1996", n=n) for key in wanted}
    if n < 2:
        reason = "an intraclass correlation needs at least two subjects measured by every reader"
        return [replace(row, error=reason) for row in rows.values()]
    squares_table = _MeanSquares.of(n, list(reader_sums), squares, squared_row_totals)
    return [_form_row(row, squares_table, key, level) for key, row in rows.items()]


def bland_altman(table: CountTable, *, level: float) -> list[Statistic]:
    """Bias (mean of first minus second), SD of the differences, and 95 % limits of agreement bias ± 1.96 SD.

    `level` is that of the intervals around bias and limits. Bias: Student's t. Limits: t times the standard error
    sqrt(s² (1/n + 1.96² / 2(n - 1))) of Bland and Altman 1999; their paper of 1986 rounds it to sqrt(3 s² / n).
    """
    require_axes(table, "first reader", "second reader")
    first, second = table.axes
    pairs = [(first.value(a) - second.value(b), count) for (a, b), count in table.complete().cells]
    n = sum(count for _, count in pairs)
    names = {
        "bland_altman_bias": f"mean of {first.name} minus {second.name}, Student's t interval",
        "bland_altman_sd": "standard deviation of the differences, divisor n - 1",
        "bland_altman_lower_limit": "bias - 1.96 SD, interval of Bland and Altman 1999",
        "bland_altman_upper_limit": "bias + 1.96 SD, interval of Bland and Altman 1999",
    }
    rows = [
        Statistic(name=name, method=method, n=n, denominator=table.total, inputs=table.digest)
        for name, method in names.items()
    ]
    if n < 2:
        return [replace(row, error="limits of agreement need at least two subjects measured twice") for row in rows]
    mean = sum((d * count for d, count in pairs), Fraction(0)) / n
    variance = sum((count * (d - mean) ** 2 for d, count in pairs), Fraction(0)) / (n - 1)
    bias, sd, t = float(mean), math.sqrt(variance), student_quantile(level, n - 1)
    around_bias, around_limit = t * sd / math.sqrt(n), t * sd * math.sqrt(1 / n + Z_LIMITS**2 / (2 * (n - 1)))
    return [
        _around(rows[0], bias, around_bias, level),
        replace(rows[1], estimate=sd),
        _around(rows[2], bias - Z_LIMITS * sd, around_limit, level),
        _around(rows[3], bias + Z_LIMITS * sd, around_limit, level),
    ]


def _around(row: Statistic, estimate: float, reach: float, level: float) -> Statistic:
    return replace(row, estimate=estimate, lower=estimate - reach, upper=estimate + reach, level=level)


def _count_sums(used: CountTable) -> tuple[int, list[int], int, int]:
    units = {10**axis.decimals * axis.divisor for axis in used.axes}
    if len(units) > 1:
        raise _unlike_units(", ".join(axis.name for axis in used.axes))
    unit = max(units, default=1)
    sums, squares, squared_totals = [0] * len(used.axes), 0, 0
    for cell, count in used.cells:
        values = [int(axis.value(code) * unit) for axis, code in zip(used.axes, cell, strict=True)]
        for j, value in enumerate(values):
            sums[j] += count * value
        squares += count * sum(value**2 for value in values)
        squared_totals += count * sum(values) ** 2
    return used.total, sums, squares, squared_totals


def _moment_sums(table: MomentTable) -> tuple[int, list[int], int, int]:
    if table.groups or len(set(table.decimals)) > 1:
        raise _unlike_units(", ".join((*table.groups, *table.columns)))
    k = len(table.columns)
    for (_, observed), moment in table.cells:
        if all(observed):
            diagonal = sum(moment.products[j * k - j * (j - 1) // 2] for j in range(k))
            return moment.n, list(moment.sums), diagonal, 2 * sum(moment.products) - diagonal
    return 0, [0] * k, 0, 0


def _unlike_units(received: str) -> StatisticError:
    return StatisticError.single(
        "readers' measurements must be in one unit with the same decimals, without groups",
        received=received,
        remedy="one column per reader, all declared alike",
    )


@dataclass(frozen=True)
class _MeanSquares:
    """The two-way analysis of variance of n subjects by k readers, exact."""

    n: int
    k: int
    between: Fraction
    within: Fraction
    readers: Fraction
    residual: Fraction

    @classmethod
    def of(cls, n: int, sums: list[int], squares: int, squared_totals: int) -> "_MeanSquares":
        k = len(sums)
        correction = Fraction(sum(sums) ** 2, n * k)
        between = Fraction(squared_totals, k) - correction
        readers = Fraction(sum(total**2 for total in sums), n) - correction
        within = squares - correction - between
        residual = (within - readers) / ((n - 1) * (k - 1))
        if min(between, within, residual) < 0:
            raise StatisticError.single(
                "the sums contradict each other: a sum of squares would be negative", remedy="check how they were made"
            )
        return cls(n, k, between / (n - 1), within / (n * (k - 1)), readers / (k - 1), residual)

    def parts(self, form: str) -> tuple[Fraction, Fraction]:
        """Numerator and denominator of one form."""
        kind, many = form[0], form[-1] == "k"
        error = self.within if kind == "1" else self.residual
        extra = (self.readers - self.residual) / self.n if kind == "a" else Fraction(0)
        if many:
            return self.between - error, self.between + extra
        return self.between - error, self.between + (self.k - 1) * error + self.k * extra

    def error_term(self, form: str) -> tuple[Fraction, int]:
        """Mean square and degrees of freedom below the F of one form."""
        if form[0] == "1":
            return self.within, self.n * (self.k - 1)
        return self.residual, (self.n - 1) * (self.k - 1)


def _form_row(row: Statistic, squares: _MeanSquares, form: str, level: float) -> Statistic:
    if not squares.between and not squares.within:
        return replace(row, error="all measurements are equal, so there is nothing to correlate")
    numerator, denominator = squares.parts(form)
    if denominator <= 0:
        return replace(row, error="the subjects differ too little from each other for this correlation to be defined")
    row = replace(row, estimate=float(numerator / denominator))
    error, df = squares.error_term(form)
    if error:
        ratio = float(squares.between / error)
        p, log10_p = _f_tail(ratio, squares.n - 1, df)
        row = replace(row, statistic=ratio, df=(float(squares.n - 1), float(df)), p=p, log10_p=log10_p)
    else:
        row = row.warned("the readers differ by a constant at most, so F is infinite and no p is given")
    limits = _limits(squares, form[0], half_outside(level))
    if form[-1] == "k" and limits:
        limits = _stepped_up(limits, squares.k)
    if limits is None:
        return row.warned("the subjects differ too little from each other for an interval")
    return replace(row, lower=limits[0], upper=limits[1], level=level)


def _limits(squares: _MeanSquares, kind: str, tail: float) -> tuple[float, float] | None:
    """Interval of the single-measures form."""
    if kind == "a":
        return _absolute_limits(squares, tail)
    error, df = squares.error_term(kind)
    if not error:
        return 1.0, 1.0
    ratio, top = float(squares.between / error), squares.n - 1
    low, high = ratio / _f_quantile(top, df, tail), ratio * _f_quantile(df, top, tail)
    return (low - 1) / (low + squares.k - 1), (high - 1) / (high + squares.k - 1)


def _absolute_limits(squares: _MeanSquares, tail: float) -> tuple[float, float] | None:
    """McGraw and Wong's interval for ICC(A,1), whose error degrees of freedom are Satterthwaite's.

    Written with a = k ρ and b = n (1 - ρ) + k ρ (n - 1), their coefficients times n (1 - ρ), so that ρ = 1 divides
    nothing by zero. For a correlation well below 0 the two parts have opposite signs, the degrees of freedom mean
    nothing, and limits can miss the estimate; then there is none.
    """
    n, k = squares.n, squares.k
    numerator, denominator = squares.parts("a_1")
    rho = numerator / denominator
    if rho == 1:
        return 1.0, 1.0
    reader_part = k * rho * squares.readers
    residual_part = (n * (1 - rho) + k * rho * (n - 1)) * squares.residual
    spread = reader_part**2 / (k - 1) + residual_part**2 / ((n - 1) * (k - 1))
    if not spread or not (reader_part + residual_part):
        return None
    df = float((reader_part + residual_part) ** 2 / spread)
    below, above = _f_quantile(n - 1, df, tail), _f_quantile(df, n - 1, tail)
    between, residual = float(squares.between), float(squares.residual)
    mixed = float(k * squares.readers + (k * n - k - n) * squares.residual)
    lower = n * (between - below * residual) / (below * mixed + n * between)
    upper = n * (above * between - residual) / (mixed + n * above * between)
    return (lower, upper) if lower <= rho <= upper else None


def _stepped_up(limits: tuple[float, float], k: int) -> tuple[float, float] | None:
    """Spearman and Brown: from one reader to the mean of k. Below -1/(k - 1) no such reliability exists."""
    if (k - 1) * min(limits) <= -1:
        return None
    return k * limits[0] / (1 + (k - 1) * limits[0]), k * limits[1] / (1 + (k - 1) * limits[1])


def _f_quantile(top: float, bottom: float, tail: float) -> float:
    return float(special.fdtri(top, bottom, 1 - tail))


def _f_tail(ratio: float, top: int, bottom: int) -> tuple[float, float]:
    """(p, log10 p) of an F variable of at least `ratio`."""
    a, b, x = bottom / 2, top / 2, bottom / (bottom + top * ratio)
    p = float(special.betainc(a, b, x))
    if p > 1e-280:
        return p, math.log10(p)
    term = total = 1.0
    step = 0
    while term > 1e-17 * total:
        term *= (a + b + step) / (a + 1 + step) * x
        total += term
        step += 1
    log_p = a * math.log(x) + b * math.log1p(-x) - math.log(a) - float(special.betaln(a, b)) + math.log(total)
    return p, log_p / math.log(10)

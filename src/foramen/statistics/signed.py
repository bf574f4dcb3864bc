"""Wilcoxon's signed-rank test of pairs and the median change that belongs to it. All p are two-sided."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from foramen.statistics.arguments import require_method
from foramen.statistics.exact_ranks import SIGNED_AT_MOST, exact_signed_rank, signed_rank_place
from foramen.statistics.normal import two_sided_normal
from foramen.statistics.result import Statistic
from foramen.statistics.scores import Differences, Frequencies, differences, doubled_ranks, size
from foramen.statistics.shift import disagreement, walsh_sums
from foramen.statistics.tables import CountTable

_TESTS: Mapping[str, str] = {
    "exact": "Wilcoxon signed-rank, exact distribution given the ties (statistic is W+)",
    "asymptotic": "Wilcoxon signed-rank, tie-corrected normal approximation, no continuity correction (statistic is z)",
    "corrected": "Wilcoxon signed-rank, tie-corrected normal approximation, continuity correction (statistic is z)",
}
_RULES: Mapping[str, str] = {
    "r": "; by R's rule: exact if fewer than 50 differences, none tied and none zero, else corrected",
    "scipy": "; by scipy's rule: exact up to 13 pairs, or up to 50 if none is tied and none zero, else not corrected",
}
_ZEROS = {"dropped": "zero differences dropped", "pratt": "zero differences ranked, then dropped (Pratt 1959)"}
_PSEUDOMEDIAN = "Hodges–Lehmann pseudomedian of second minus first: median of the Walsh averages, zeros included"
_INTERVALS: Mapping[bool, str] = {
    True: f"{_PSEUDOMEDIAN}; interval by Tukey, exact distribution without ties",
    False: f"{_PSEUDOMEDIAN}; interval by Tukey, normal approximation without tie correction",
}


def wilcoxon(table: CountTable, *, method: str, zeros: str, level: float | None = None) -> list[Statistic]:
    """Compare the two values of each complete pair of a (first, second) table: rows `wilcoxon` and `pseudomedian`.

    The estimate of `wilcoxon` is W+, the sum of the ranks of the pairs whose second value is higher; its n counts the
    ranks used, hence without zeros when they are `dropped` (Wilcoxon's rule, R and SPSS). `pratt` ranks the zeros with
    the others and then leaves their ranks out. `exact_when_small` is ours: exact given the ties up to 1,000 nonzero
    differences, else `asymptotic`, which corrects for ties and not for continuity, as SPSS does. `corrected` moves W+
    half a step towards its expectation first. Two rules of packages choose: `r` is exact with fewer than 50 differences
    of which no two are of one size and none is zero, else corrected (R's wilcox.test); `scipy` is exact up to 13 pairs,
    and up to 50 without ties and zeros, else not corrected (scipy 1.17's wilcoxon).

    The pseudomedian uses all pairs: one who did not change is evidence about the change. R's wilcox.test drops zeros
    there too. With a `level` it has an interval between two order statistics of the Walsh averages (Tukey 1949;
    Hollander and Wolfe 1999, 3.3). Where the test is exact, so is their rank, and without ties and zeros test and
    interval agree about 0; else it is a normal approximation, rounded down. Where they disagree there is a warning.
    """
    require_method("wilcoxon", method)
    require_method("wilcoxon_zeros", zeros)
    found = differences(table)
    branch = _branch(found.frequencies, method)
    test = _test(found, branch, f"{_ZEROS[zeros]}{_RULES.get(method, '')}", zeros)
    rows = [test, _pseudomedian(found, level, test.p, exact=branch == "exact")]
    return rows if found.frequencies else [replace(row, error="nobody has both values") for row in rows]


def _branch(frequencies: Frequencies, method: str) -> str:
    """Which of the three tests a rule comes to."""
    everybody = size(frequencies)
    n = everybody - frequencies.get(0, 0)
    distinct = len({abs(code) for code in frequencies if code}) == everybody
    if method == "exact_when_small":
        return "exact" if n <= SIGNED_AT_MOST else "asymptotic"
    if method == "r":
        return "exact" if distinct and n < 50 else "corrected"
    if method == "scipy":
        return "exact" if everybody <= (50 if distinct else 13) else "asymptotic"
    return method


def _test(found: Differences, branch: str, words: str, zeros: str) -> Statistic:
    ranks = _ranks(found.frequencies, keep_zeros=zeros == "pratt")
    signed = {code: count for code, count in found.frequencies.items() if code}
    n, unchanged = size(signed), found.frequencies.get(0, 0)
    row = replace(found.row, name="wilcoxon", method=f"{_TESTS[branch]}, {words}")
    if zeros == "dropped":
        row = replace(row, n=n)
    if unchanged:
        row = row.warned(f"{unchanged} of {n + unchanged} differences are zero")
    if not signed:
        return replace(row, error="no pair differs")
    observed = sum(count * ranks[code] for code, count in signed.items() if code > 0)
    if branch == "exact":
        statistic = observed / 2
        p, log10_p = exact_signed_rank(_scores(signed, ranks), observed)
    else:
        statistic = _standardised(signed, ranks, observed, corrected=branch == "corrected")
        p, log10_p = two_sided_normal(statistic)
    return replace(row, estimate=observed / 2, statistic=statistic, p=p, log10_p=log10_p)


def _ranks(frequencies: Frequencies, *, keep_zeros: bool) -> dict[int, int]:
    """Twice the mean rank of the size of each difference, by difference."""
    sizes: Counter[int] = Counter()
    for code, count in frequencies.items():
        if code or keep_zeros:
            sizes[abs(code)] += count
    ranks = doubled_ranks(dict(sorted(sizes.items())))
    return {code: ranks[abs(code)] for code in frequencies if abs(code) in ranks}


def _scores(signed: Frequencies, ranks: Mapping[int, int]) -> list[int]:
    """The doubled rank of every nonzero difference, one by one, increasing."""
    return sorted(ranks[code] for code, count in signed.items() for _ in range(count))


def _standardised(signed: Frequencies, ranks: Mapping[int, int], observed: int, *, corrected: bool) -> float:
    """(W+ - E) / sd given the ties: E is half of all ranks, the variance a quarter of their squares."""
    total = sum(count * ranks[code] for code, count in signed.items())
    squares = sum(count * ranks[code] ** 2 for code, count in signed.items())
    deviation = Fraction(2 * observed - total, 4)
    step = Fraction(1, 2) if corrected and deviation else Fraction(0)
    return math.copysign(math.sqrt((abs(deviation) - step) ** 2 / Fraction(squares, 16)), deviation)


def _pseudomedian(found: Differences, level: float | None, p: float | None, *, exact: bool) -> Statistic:
    n = size(found.frequencies)
    exact = exact and n <= SIGNED_AT_MOST
    words = _PSEUDOMEDIAN if level is None else _INTERVALS[exact]
    row = replace(found.row, name="pseudomedian", method=words, level=level)
    if not n:
        return row
    sums = walsh_sums(found.frequencies)
    row = replace(row, estimate=float(sums.median() / (2 * found.scale)))
    if level is None:
        return row
    variance = Fraction(n * (n + 1) * (2 * n + 1), 24)
    bounds = sums.interval(signed_rank_place(n, level) if exact else sums.normal_place(variance, level))
    if bounds is None:
        return row.warned("too few pairs for an interval at this level")
    row = replace(row, lower=bounds[0] / (2 * found.scale), upper=bounds[1] / (2 * found.scale))
    differ = None if p is None else disagreement(p, *bounds, level)
    why = "the interval takes no account of ties and zeros" if exact else "the two are different approximations"
    return row.warned(f"{differ}: {why}") if differ else row

"""Wilcoxon's signed-rank test of pairs and the median change that belongs to it. All p are two-sided."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from foramen.statistics.arguments import require_method
from foramen.statistics.exact_ranks import SIGNED_AT_MOST, exact_signed_rank
from foramen.statistics.normal import two_sided_normal
from foramen.statistics.result import Statistic
from foramen.statistics.scores import Differences, Frequencies, differences, doubled_ranks, size
from foramen.statistics.shift import walsh_sums
from foramen.statistics.tables import CountTable

_EXACT = "Wilcoxon signed-rank, exact distribution given the ties (statistic is W+)"
_ASYMPTOTIC = "Wilcoxon signed-rank, tie-corrected normal approximation, no continuity correction (statistic is z)"
_CORRECTED = "Wilcoxon signed-rank, tie-corrected normal approximation, continuity correction (statistic is z)"
_ZEROS = {"dropped": "zero differences dropped", "pratt": "zero differences ranked, then dropped (Pratt 1959)"}
_PSEUDOMEDIAN = "Hodges–Lehmann pseudomedian of second minus first: median of the Walsh averages, zeros included"
_INTERVAL = f"{_PSEUDOMEDIAN}; interval by Tukey, normal approximation without tie correction"


def wilcoxon(table: CountTable, *, method: str, zeros: str, level: float | None = None) -> list[Statistic]:
    """Compare the two values of each complete pair of a (first, second) table: rows `wilcoxon` and `pseudomedian`.

    The estimate of `wilcoxon` is W+, the sum of the ranks of the pairs whose second value is higher; its n counts the
    ranks used, hence without zeros when they are `dropped` (Wilcoxon's rule, R and SPSS). `pratt` ranks the zeros with
    the others and then leaves their ranks out. `exact_when_small` is ours: exact given the ties up to 1,000 nonzero
    differences, else `asymptotic`, which corrects for ties and not for continuity, as SPSS and scipy do. `corrected`
    moves W+ half a step towards its expectation first, as R does.

    The pseudomedian uses all pairs: one who did not change is evidence about the change. R's wilcox.test drops zeros
    there too. With a `level` it has an interval between two order statistics of the Walsh averages (Tukey 1949;
    Hollander and Wolfe 1999, 3.3), their rank rounded down.
    """
    require_method("wilcoxon", method)
    require_method("wilcoxon_zeros", zeros)
    found = differences(table)
    rows = [_test(found, method, zeros), _pseudomedian(found, level)]
    return rows if found.frequencies else [replace(row, error="nobody has both values") for row in rows]


def _test(found: Differences, method: str, zeros: str) -> Statistic:
    ranks = _ranks(found.frequencies, keep_zeros=zeros == "pratt")
    signed = {code: count for code, count in found.frequencies.items() if code}
    n, unchanged = size(signed), found.frequencies.get(0, 0)
    exact = method == "exact_when_small" and n <= SIGNED_AT_MOST
    words = _EXACT if exact else _CORRECTED if method == "corrected" else _ASYMPTOTIC
    row = replace(found.row, name="wilcoxon", method=f"{words}, {_ZEROS[zeros]}")
    if zeros == "dropped":
        row = replace(row, n=n)
    if unchanged:
        row = row.warned(f"{unchanged} of {n + unchanged} differences are zero")
    if not signed:
        return replace(row, error="no pair differs")
    observed = sum(count * ranks[code] for code, count in signed.items() if code > 0)
    if exact:
        statistic = observed / 2
        p, log10_p = exact_signed_rank(_scores(signed, ranks), observed)
    else:
        statistic = _standardised(signed, ranks, observed, corrected=method == "corrected")
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


def _pseudomedian(found: Differences, level: float | None) -> Statistic:
    method = _PSEUDOMEDIAN if level is None else _INTERVAL
    row = replace(found.row, name="pseudomedian", method=method, level=level)
    if not found.frequencies:
        return row
    sums, n = walsh_sums(found.frequencies), size(found.frequencies)
    row = replace(row, estimate=float(sums.median() / (2 * found.scale)))
    if level is None:
        return row
    bounds = sums.interval(Fraction(n * (n + 1) * (2 * n + 1), 24), level)
    if bounds is None:
        return row.warned("too few pairs for an interval at this level")
    return replace(row, lower=bounds[0] / (2 * found.scale), upper=bounds[1] / (2 * found.scale))

"""Friedman's test of repeated measurements and its pairs, from rank sums alone. All p are two-sided.

Rank sums know codes, not labels: the caller says in `about` which group a row belongs to.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from foramen.kernel.errors import StatisticError
from foramen.statistics.adjust import adjusted, in_words
from foramen.statistics.arguments import require_method
from foramen.statistics.normal import chi_square_tail, two_sided_normal
from foramen.statistics.result import Statistic, about
from foramen.statistics.sums import RankSum, RankSums
from foramen.statistics.tables import Code

_FRIEDMAN = "Friedman, tie-corrected, chi-square approximation, complete rows"
_KENDALL = "Kendall's W, tie-corrected, complete rows"
_PAIRS: Mapping[str, str] = {
    "tie_corrected": "mean ranks within Friedman's rows, standard error corrected for ties",
    "spss": "mean ranks within Friedman's rows, standard error √(k(k+1)/6n) without tie correction (SPSS)",
}


def friedman(sums: RankSums, *, group: Code) -> list[Statistic]:
    """Rows `friedman` and `kendall_w` for one group's complete rows over the columns of the rank sums."""
    part, row = _part(sums, group)
    rows = [replace(row, name="friedman", method=_FRIEDMAN), replace(row, name="kendall_w", method=_KENDALL)]
    if error := _error(part):
        return [replace(r, error=error) for r in rows]
    n, k = part.n, len(sums.columns)
    deviation = sum((total - n * (k + 1)) ** 2 for total in part.doubled)
    exact = Fraction((k - 1) * deviation, _spread(part))
    p, log10_p = chi_square_tail(float(exact), k - 1)
    return [
        replace(rows[0], statistic=float(exact), df=k - 1, p=p, log10_p=log10_p),
        replace(rows[1], estimate=float(exact / (n * (k - 1)))),
    ]


def friedman_pairs(sums: RankSums, *, group: Code, method: str, adjust: str) -> list[Statistic]:
    """Comparison of every two columns after Friedman.

    Two rows a pair: `friedman_pairs` with the p adjusted (bonferroni, holm or none), `friedman_pairs_unadjusted` with
    the p before. The estimate is the difference of mean ranks, second minus first, named in `about`.

    `tie_corrected` is ours: the standard error follows from the same ranks as the tie-corrected omnibus test. `spss`
    leaves ties out of the pairs only, as SPSS, Prism and scikit-posthocs' `posthoc_siegel_friedman` do, and is
    therefore conservative on scores. Dunn's test for independent groups is not an alternative here.
    """
    require_method("friedman_pairs", method)
    require_method("friedman_adjustment", adjust)
    part, row = _part(sums, group)
    pairs = list(combinations(range(len(sums.columns)), 2))
    plain = [_pair(row, sums.columns, part, pair, method) for pair in pairs]
    tests = [(r.p, r.log10_p) for r in plain if r.p is not None and r.log10_p is not None]
    values = iter(adjusted(tests, method=adjust))
    rows = []
    for found in plain:
        p, log10_p = (None, None) if found.error else next(values)
        words = f"{found.method}, {in_words(adjust, len(pairs))}"
        rows.append(replace(found, name="friedman_pairs", method=words, p=p, log10_p=log10_p))
        rows.append(replace(found, name="friedman_pairs_unadjusted", method=f"{found.method}, not adjusted"))
    return rows


def _part(sums: RankSums, group: Code) -> tuple[RankSum, Statistic]:
    """The rank sum of one group, empty when nobody is in it, and the row its results start from."""
    if len(sums.columns) < 2:
        raise StatisticError.single(
            "repeated measurements need at least two columns", received=", ".join(sums.columns) or "none"
        )
    part = dict(sums.groups).get(group, RankSum(0, (0,) * len(sums.columns), 0))
    row = Statistic(name="", method="", n=part.n, denominator=dict(sums.total).get(group, 0), inputs=sums.digest)
    return part, row


def _error(part: RankSum) -> str | None:
    if not part.n:
        return "nobody has all values"
    return None if _spread(part) else "everybody has the same value throughout"


def _spread(part: RankSum) -> int:
    """Sum of (2·rank - mean)² over all rows; ties make it smaller than n·k(k²-1)/3."""
    k = len(part.doubled)
    return part.squares - part.n * k * (k + 1) ** 2


def _pair(row: Statistic, columns: tuple[str, ...], part: RankSum, pair: tuple[int, int], method: str) -> Statistic:
    first, second = pair
    row = replace(row, method=_PAIRS[method], about=about(first=columns[first], second=columns[second]))
    if error := _error(part):
        return replace(row, error=error)
    difference = Fraction(part.doubled[second] - part.doubled[first], 2 * part.n)
    z = math.copysign(math.sqrt(difference**2 / _variance(part, method)), difference)
    p, log10_p = two_sided_normal(z)
    return replace(row, estimate=float(difference), statistic=z, p=p, log10_p=log10_p)


def _variance(part: RankSum, method: str) -> Fraction:
    """Of a difference of two mean ranks when the ranks within each row are exchangeable."""
    n, k = part.n, len(part.doubled)
    if method == "spss":
        return Fraction(k * (k + 1), 6 * n)
    return Fraction(_spread(part), 2 * (k - 1) * n * n)

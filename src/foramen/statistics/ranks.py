"""Rank tests of independent groups: Mann–Whitney with its effects, Kruskal–Wallis, Dunn's pairs.

All p are two-sided.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from foramen.statistics.adjust import PValue, adjusted, in_words
from foramen.statistics.arguments import require_method
from foramen.statistics.exact_ranks import PAIRS_AT_MOST, exact_rank_sum, rank_sum_place
from foramen.statistics.normal import chi_square_tail, two_sided_normal
from foramen.statistics.result import Statistic, about
from foramen.statistics.scores import (
    Frequencies,
    TwoGroups,
    all_groups,
    doubled_rank_sum,
    doubled_ranks,
    pooled,
    size,
    tie_sum,
    two_groups,
)
from foramen.statistics.shift import disagreement, pairwise_differences
from foramen.statistics.tables import Code, CountTable

_TESTS: Mapping[str, str] = {
    "exact": "Mann–Whitney U, exact conditional distribution given the ties (statistic is U)",
    "asymptotic": "Mann–Whitney U, tie-corrected normal approximation, no continuity correction (statistic is z)",
    "corrected": "Mann–Whitney U, tie-corrected normal approximation, continuity correction (statistic is z)",
}
_RULES: Mapping[str, str] = {
    "r": "; by R's rule: exact if both groups have fewer than 50 and nothing is tied, else corrected",
    "scipy": "; by scipy's rule: exact if a group has at most 8 and nothing is tied, else corrected",
}
_SCIPY_PAIRS_AT_MOST = 100_000
"""Largest n1 * n2 for which scipy's rule is followed to the exact test; it takes a second."""
_COMMON_LANGUAGE = "P(group > against) + ½ P(equal), from U (McGraw and Wong 1992; Vargha and Delaney 2000)"
_SHIFT = "Hodges–Lehmann shift: median of all pairwise differences"
_SHIFT_INTERVALS: Mapping[bool, str] = {
    True: f"{_SHIFT}; interval by Moses, exact distribution without ties",
    False: f"{_SHIFT}; interval by Moses, normal approximation without tie correction",
}
_KRUSKAL = "Kruskal–Wallis H, tie-corrected, chi-square approximation"
_DUNN = "Dunn (1964) z of mean ranks over all groups, tie-corrected"


def mann_whitney(
    table: CountTable, *, method: str, group: Code, against: Code, level: float | None = None
) -> list[Statistic]:
    """Compare two groups of a (group, value) table: rows `mann_whitney`, `common_language_effect`, `hodges_lehmann`.

    The estimate of `mann_whitney` is U of `group`: the pairs in which its value is higher, ties counting a half.
    `exact_when_small` is ours: the exact distribution given the ties when n1·n2 is at most 10,000, else `asymptotic`,
    which corrects for ties and not for continuity (the z that SPSS prints, and the square root of Kruskal–Wallis).
    `corrected` moves U half a step towards its expectation first. Two rules of packages choose between the last and
    the exact test: `r` takes the exact one when both groups have fewer than 50 and no two values are equal (R's
    wilcox.test), `scipy` when one group has at most 8 and no two are equal (scipy 1.17's mannwhitneyu; ours up to n1·n2
    = 100,000).

    The shift is `group` minus `against`, the true median of all differences; R's wilcox.test solves the asymptotic
    equation instead and differs with ties. With a `level` it has an interval between two order statistics of the
    differences (Moses 1953; Hollander and Wolfe 1999, 4.3). Where the test is exact, so is their rank, and without ties
    test and interval agree about 0; else it is a normal approximation, rounded down. With ties the interval is
    conservative, its limits included (Noether 1967), and a limit can be 0 although the test rejects 0: it then carries
    a warning.
    """
    require_method("mann_whitney", method)
    two = two_groups(table, group, against)
    branch = _branch(two, method)
    test = _test(two, branch, _RULES.get(method, ""))
    rows = [test, _common_language(two), _shift(two, level, test.p, exact=branch == "exact")]
    return [replace(row, error=two.empty) for row in rows] if two.empty else rows


def _branch(two: TwoGroups, method: str) -> str:
    """Which of the three tests a rule comes to."""
    n, m = size(two.group), size(two.against)
    untied = len(pooled([two.group, two.against])) == n + m
    if method == "exact_when_small":
        return "exact" if n * m <= PAIRS_AT_MOST else "asymptotic"
    if method == "r":
        return "exact" if untied and max(n, m) < 50 else "corrected"
    if method == "scipy":
        return "exact" if untied and min(n, m) <= 8 and n * m <= _SCIPY_PAIRS_AT_MOST else "corrected"
    return method


def _test(two: TwoGroups, branch: str, rule: str) -> Statistic:
    row = replace(two.row, name="mann_whitney", method=f"{_TESTS[branch]}{rule}")
    together = pooled([two.group, two.against])
    if two.empty or len(together) == 1:
        return replace(row, error=two.empty or "all values are equal")
    n, m = size(two.group), size(two.against)
    ranks = doubled_ranks(together)
    observed = doubled_rank_sum(two.group, ranks)
    u = Fraction(observed - n * (n + 1), 2)
    if branch == "exact":
        scores = [ranks[code] for code, count in together.items() for _ in range(count)]
        statistic, (p, log10_p) = float(u), exact_rank_sum(scores, n, observed)
    else:
        variance = Fraction(n * m, 12) * _rank_variance(together)
        statistic = _standardised(u - Fraction(n * m, 2), variance, corrected=branch == "corrected")
        p, log10_p = two_sided_normal(statistic)
    return replace(row, estimate=float(u), statistic=statistic, p=p, log10_p=log10_p)


def _rank_variance(together: Frequencies) -> Fraction:
    """N + 1 less the tie correction T / (N(N - 1)), T the sum of t³ - t; N/12 of it is the variance of the ranks."""
    n = size(together)
    return n + 1 - Fraction(tie_sum(together), n * (n - 1))


def _standardised(deviation: Fraction, variance: Fraction, *, corrected: bool) -> float:
    """Deviation over standard error. The deviation is 0 or at least a half, so the correction never turns its sign."""
    step = Fraction(1, 2) if corrected and deviation else Fraction(0)
    return math.copysign(math.sqrt((abs(deviation) - step) ** 2 / variance), deviation)


def _common_language(two: TwoGroups) -> Statistic:
    row = replace(two.row, name="common_language_effect", method=_COMMON_LANGUAGE)
    if two.empty:
        return row
    n, m = size(two.group), size(two.against)
    observed = doubled_rank_sum(two.group, doubled_ranks(pooled([two.group, two.against])))
    return replace(row, estimate=float(Fraction(observed - n * (n + 1), 2 * n * m)))


def _shift(two: TwoGroups, level: float | None, p: float | None, *, exact: bool) -> Statistic:
    words = _SHIFT if level is None else _SHIFT_INTERVALS[exact]
    row = replace(two.row, name="hodges_lehmann", method=words, level=level)
    if two.empty:
        return row
    pairs = pairwise_differences(two.group, two.against)
    row = replace(row, estimate=float(pairs.median() / two.scale))
    if level is None:
        return row
    n, m = size(two.group), size(two.against)
    place = rank_sum_place(n, m, level) if exact else pairs.normal_place(Fraction(n * m * (n + m + 1), 12), level)
    bounds = pairs.interval(place)
    if bounds is None:
        return row.warned("too few values for an interval at this level")
    row = replace(row, lower=bounds[0] / two.scale, upper=bounds[1] / two.scale)
    differ = None if p is None else disagreement(p, *bounds, level)
    why = "the interval takes no account of ties" if exact else "the two are different approximations"
    return row.warned(f"{differ}: {why}") if differ else row


def kruskal_wallis(table: CountTable) -> Statistic:
    """H over all groups of a (group, value) table; declared groups with nobody are left out and named."""
    scores, row = all_groups(table)
    row = _warn_empty(replace(row, name="kruskal_wallis", method=_KRUSKAL), table, scores)
    found = [sample for sample in scores.values() if sample]
    together = pooled(found)
    if error := _incomparable(found, together):
        return replace(row, error=error)
    n, ranks = size(together), doubled_ranks(together)
    deviation = sum(
        Fraction((doubled_rank_sum(sample, ranks) - size(sample) * (n + 1)) ** 2, size(sample)) for sample in found
    )
    h = float(3 * deviation / (n * _rank_variance(together)))
    p, log10_p = chi_square_tail(h, len(found) - 1)
    return replace(row, statistic=h, df=len(found) - 1, p=p, log10_p=log10_p)


def dunn(table: CountTable, *, method: str) -> list[Statistic]:
    """Dunn's comparison of every two groups of a (group, value) table, after Kruskal–Wallis.

    Two rows a pair: `dunn` with the p adjusted by `method` (holm, bonferroni or none), `dunn_unadjusted` with the p
    before. The estimate is the difference of mean ranks, `group` minus `against`; ranks and ties are those of all
    groups together, so n counts all of them. Adjusted for the pairs that could be compared.
    """
    require_method("kruskal_pairs", method)
    scores, row = all_groups(table)
    together = pooled(scores.values())
    pairs = list(combinations(scores, 2))
    error = _incomparable([sample for sample in scores.values() if sample], together)
    raw = {} if error else _dunn_rows(row, table, scores, together)
    final = dict(zip(raw, adjusted([_p_value(r) for r in raw.values()], method=method), strict=True))
    words = f"{_DUNN}, {in_words(method, len(raw))}"
    rows = []
    for pair in pairs:
        plain = raw.get(pair) or replace(
            _about_pair(row, table, pair), error=error or "a group has nobody with a value"
        )
        p, log10_p = final.get(pair, (None, None))
        rows.append(replace(plain, name="dunn", method=words, p=p, log10_p=log10_p))
        rows.append(replace(plain, name="dunn_unadjusted", method=f"{_DUNN}, not adjusted"))
    return rows


def _dunn_rows(
    row: Statistic, table: CountTable, scores: Mapping[Code, Frequencies], together: Frequencies
) -> dict[tuple[Code, Code], Statistic]:
    """Unadjusted row of each pair of groups that both have somebody."""
    n, ranks = size(together), doubled_ranks(together)
    mean = {c: Fraction(doubled_rank_sum(s, ranks), 2 * size(s)) for c, s in scores.items() if s}
    rows = {}
    for one, other in combinations(mean, 2):
        sizes = Fraction(1, size(scores[one])) + Fraction(1, size(scores[other]))
        z = _standardised(mean[one] - mean[other], n * _rank_variance(together) / 12 * sizes, corrected=False)
        p, log10_p = two_sided_normal(z)
        found = replace(row, estimate=float(mean[one] - mean[other]), statistic=z, p=p, log10_p=log10_p)
        rows[one, other] = _about_pair(found, table, (one, other))
    return rows


def _about_pair(row: Statistic, table: CountTable, pair: tuple[Code, Code]) -> Statistic:
    label = table.axes[0].label
    return replace(row, about=about(group=label(pair[0]), against=label(pair[1])))


def _p_value(row: Statistic) -> PValue:
    assert row.p is not None and row.log10_p is not None
    return row.p, row.log10_p


def _incomparable(found: list[dict[int, int]], together: Frequencies) -> str | None:
    if len(found) < 2:
        return "fewer than two groups have anybody with a value"
    return "all values are equal" if len(together) == 1 else None


def _warn_empty(row: Statistic, table: CountTable, scores: Mapping[Code, Frequencies]) -> Statistic:
    labels = [f"“{table.axes[0].label(code)}”" for code, sample in scores.items() if not sample]
    return row.warned(f"nobody in {', '.join(labels)} has a value; left out") if labels else row

"""Exact permutation distributions of rank sums and rank correlations, ties included, by convolution of counts.

Scores are doubled mean ranks, hence integers. Counts of arrangements are kept as floating-point numbers: all terms are
positive, so nothing cancels and a probability has a relative error near 1e-14 at the sizes allowed.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from foramen.statistics.normal import half_outside

PAIRS_AT_MOST = 10_000
"""Largest n1 * n2 for the exact rank-sum test: 100 + 100 takes a few hundredths of a second."""

SIGNED_AT_MOST = 1_000
"""Most nonzero differences for the exact signed-rank test: beyond 1,023 the counts exceed a floating-point number."""

PAIRED_AT_MOST = 9
"""Most pairs for the exact test of a rank correlation: 362,880 pairings, as in R."""

Counts = NDArray[np.float64]


def exact_rank_sum(scores: Sequence[int], chosen: int, observed: int) -> tuple[float, float]:
    """(p, log10 p), two-sided, that `chosen` of the units sum to `observed`, given all scores with their ties.

    `scores` holds one doubled mean rank per unit, increasing. Two-sided means at least as far from the expected sum in
    either direction. With ties the distribution may be skewed; this rule is that of coin, while exactRankTests doubles
    the smaller tail.
    """
    everyone, total = len(scores), sum(scores)
    if 2 * chosen > everyone:
        return exact_rank_sum(scores, everyone - chosen, total - observed)
    step = math.gcd(*(score - scores[0] for score in scores)) or 1
    reduced = [(score - scores[0]) // step for score in scores]
    counts = _subsets_by_sum(reduced, chosen)
    sums = (np.arange(len(counts)) + sum(reduced[:chosen])) * step + chosen * scores[0]
    expected = chosen * (everyone + 1)
    tail = counts[np.abs(sums - expected) >= abs(observed - expected)]
    p = float(tail.sum() / counts.sum())
    return p, math.log10(p)


def exact_signed_rank(scores: Sequence[int], observed: int) -> tuple[float, float]:
    """(p, log10 p), two-sided, that the scores with a positive sign sum to `observed` when every sign is a fair coin.

    `scores` holds one doubled mean rank per nonzero difference, increasing. The distribution is symmetric whatever the
    ties, so the smaller tail doubled is the two-sided p.
    """
    step = math.gcd(*scores)
    smaller = min(observed, sum(scores) - observed) // step
    ways = float(_sums_up_to([score // step for score in scores], smaller).sum())
    return min(1.0, math.ldexp(ways, 1 - len(scores))), min(0.0, math.log10(ways) + (1 - len(scores)) * math.log10(2))


def exact_correlation(pairs: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """(p, log10 p), two-sided, of the sum of products of ranks when all pairings of them are equally likely.

    Two-sided means at least as far from the expected sum in either direction, ties or not. At most nine pairs.
    """
    first, second = zip(*pairs, strict=True)
    n, centre = len(pairs), sum(first) * sum(second)
    counts = _pairings_by_sum(first, second)
    distance = np.abs(n * np.arange(len(counts)) - centre)
    observed = abs(n * sum(a * b for a, b in pairs) - centre)
    p = int(counts[distance >= observed].sum()) / math.factorial(n)
    return p, math.log10(p)


def rank_sum_place(n: int, m: int, level: float) -> int:
    """How many of the smallest rank sums of n among n + m untied units have together at most the lower tail's share.

    It is the place, from either end of the ordered differences, of the limits of an exact interval; 0 is none.
    """
    counts = _subsets_by_sum(range(n + m), min(n, m))
    return _place(counts, float(counts.sum()), level)


def signed_rank_place(n: int, level: float) -> int:
    """The same for the signed ranks of n untied differences, and the ordered Walsh averages; n up to 1,000."""
    return _place(_sums_up_to(range(1, n + 1), n * (n + 1) // 4), math.ldexp(1.0, n), level)


def _place(counts: Counts, total: float, level: float) -> int:
    """Rounding must not decide when a tail is exactly the share outside."""
    return int(np.searchsorted(np.cumsum(counts) / total, half_outside(level) * (1 + 1e-12), side="right"))


def _pairings_by_sum(first: Sequence[int], second: Sequence[int]) -> NDArray[np.int64]:
    """How many pairings have each sum of products, from 0 upwards.

    `first` is given partners one after the other; a row of counts belongs to the set of partners taken so far.
    """
    top = sum(a * b for a, b in zip(sorted(first), sorted(second), strict=True))
    counts = np.zeros((1 << len(second), top + 1), dtype=np.int64)
    counts[0, 0] = 1
    for taken in range(len(counts) - 1):
        for place, partner in enumerate(second):
            if not taken >> place & 1:
                product = first[taken.bit_count()] * partner
                counts[taken | 1 << place, product:] += counts[taken, : top + 1 - product]
    everybody: NDArray[np.int64] = counts[-1]
    return everybody


def _subsets_by_sum(scores: Sequence[int], size: int) -> Counts:
    """How many subsets of `size` units have each sum, from the smallest possible sum upwards.

    Units are added in increasing order. Row k counts the subsets of k units seen so far, from the sum of the k smallest
    scores on; that origin moves with k so that rows stay as short as they can.
    """
    everyone = len(scores)
    below, above = [0, *accumulate(scores)], [0, *accumulate(reversed(scores))]
    rows = [np.zeros(above[k] - below[k] + 1) for k in range(size + 1)]
    rows[0][0] = 1.0
    lengths = [1] + [0] * size
    for seen, score in enumerate(scores, 1):
        for k in range(min(seen, size), max(1, size - (everyone - seen)) - 1, -1):
            shift, length = score - scores[k - 1], lengths[k - 1]
            rows[k][shift : shift + length] += rows[k - 1][:length]
            lengths[k] = shift + length
    return rows[size]


def _sums_up_to(scores: Sequence[int], limit: int) -> Counts:
    """How many subsets of any size have each sum from 0 to `limit`."""
    counts = np.zeros(limit + 1)
    counts[0], reach = 1.0, 0
    for score in scores:
        if score > limit:
            break
        reach = min(limit, reach + score)
        counts[score : reach + 1] += counts[: reach + 1 - score]
    return counts

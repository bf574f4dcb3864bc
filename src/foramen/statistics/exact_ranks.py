"""Exact permutation distributions of rank sums, ties included, by convolution of counts.

Scores are doubled mean ranks, hence integers. Counts of arrangements are kept as floating-point numbers: all terms are
positive, so nothing cancels and a probability has a relative error near 1e-14 at the sizes allowed.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

PAIRS_AT_MOST = 10_000
"""Largest n1 * n2 for the exact rank-sum test: 100 + 100 takes a few hundredths of a second."""

SIGNED_AT_MOST = 1_000
"""Most nonzero differences for the exact signed-rank test: beyond 1,023 the counts exceed a floating-point number."""

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

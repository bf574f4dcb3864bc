"""Agreement of several readers on categories: Fleiss' kappa, Gwet's AC1 and Krippendorff's alpha.

A table has one axis per reader, all with one code book. Only how many readers chose each category matters, so a table
is first reduced to profiles of ratings. Arithmetic is exact until the last division.
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, combinations

from foramen.kernel.errors import StatisticError
from foramen.statistics.kappa import PERFECT, coefficient_interval, level_positions, shared_levels
from foramen.statistics.normal import student_two_sided, two_sided_normal
from foramen.statistics.result import Statistic
from foramen.statistics.tables import CountTable

METRICS = ("nominal", "ordinal", "interval")
Profile = tuple[int, ...]
"""How many readers put one subject into each level, levels in the order of `shared_levels`."""


def fleiss_kappa(table: CountTable, *, level: float) -> list[Statistic]:
    """Fleiss' kappa over the subjects rated by every reader, and its two standard errors.

    z and p use the standard error of Fleiss, Nee and Landis 1979, which assumes agreement by chance only: the one that
    irr::kappam.fleiss prints (row `fleiss_kappa_null_standard_error`). Around any other kappa it is not the right
    width, so the interval takes Gwet's 2008 linearised variance with Student's t on n - 1 degrees of freedom, as irrCAC
    does (row `fleiss_kappa_standard_error`).
    """
    ratings = _Ratings.of(table, complete=True)
    names = {
        "fleiss_kappa": "Fleiss 1971, complete subjects; interval by Student's t from Gwet's linearised variance, "
        "z and p from the standard error under the null (Fleiss, Nee and Landis 1979)",
        "fleiss_kappa_standard_error": "linearised variance, not assuming the null (Gwet 2008)",
        "fleiss_kappa_null_standard_error": "assuming agreement by chance only (Fleiss, Nee and Landis 1979)",
    }
    rows = [_row(table, ratings.n, name, method) for name, method in names.items()]
    coefficient = _Coefficient(ratings, ratings.shares)
    if reason := coefficient.undefined:
        return [replace(row, error=reason) for row in rows]
    null_deviation = _null_deviation(ratings, len(table.axes))
    estimate = float(coefficient.value)
    z = estimate / null_deviation
    p, log10_p = two_sided_normal(z)
    first = replace(_with_interval(rows[0], coefficient, ratings.n - 1, level), statistic=z, p=p, log10_p=log10_p)
    deviation = math.sqrt(coefficient.variance(ratings.n - 1))
    return [first, replace(rows[1], estimate=deviation), replace(rows[2], estimate=null_deviation)]


def gwet_ac1(table: CountTable, *, level: float) -> list[Statistic]:
    """Gwet's AC1 with interval and t test, and a second row with its standard error.

    AC1 depends on how many categories could have been chosen: those of the code book, used or not; without a code book
    those in use. Two readers: subjects both rated, variance of Gwet 2008 with divisor n (irrCAC's gwet.ac1.table).
    Three or more: every rating counts, also of subjects not seen by all readers, divisor n - 1 (gwet.ac1.raw).
    """
    pair = len(table.axes) == 2
    ratings = _Ratings.of(table, complete=pair)
    scope = "two readers, complete subjects" if pair else f"{len(table.axes)} readers, all ratings"
    row = _row(table, ratings.n, "gwet_ac1", f"Gwet 2008, {scope}; interval and p by Student's t, n - 1 df")
    error_row = _row(table, ratings.n, "gwet_ac1_standard_error", f"Gwet 2008, linearised variance, {scope}")
    others = len(ratings.shares) - 1
    coefficient = _Coefficient(ratings, tuple((1 - share) / others for share in ratings.shares) if others > 0 else ())
    if reason := coefficient.undefined:
        return [replace(row, error=reason), replace(error_row, error=reason)]
    divisor = ratings.n if pair else ratings.n - 1
    deviation = math.sqrt(coefficient.variance(divisor))
    row = _with_interval(row, coefficient, divisor, level)
    if deviation:
        t = float(coefficient.value) / deviation
        p, log10_p = student_two_sided(t, ratings.n - 1)
        row = replace(row, statistic=t, df=ratings.n - 1, p=p, log10_p=log10_p)
    return [row, replace(error_row, estimate=deviation)]


def krippendorff_alpha(table: CountTable, *, metric: str) -> Statistic:
    """Krippendorff's alpha for any number of readers; ratings may be missing.

    A subject counts if at least two readers rated it (`n` says how many). `nominal` takes any disagreement as equal;
    `ordinal` counts the ratings between two grades, in the order of `level_positions`; `interval` squares the
    difference of the codes. No interval: the published ones are bootstraps whose rules differ.
    """
    if metric not in METRICS:
        raise StatisticError.single("unknown metric for alpha", received=metric, remedy=f"one of {', '.join(METRICS)}")
    ratings = _Ratings.of(table, complete=False)
    paired = {profile: count for profile, count in ratings.profiles if sum(profile) > 1}
    totals = [sum(profile[k] * count for profile, count in paired.items()) for k in range(len(ratings.shares))]
    distance = _distances(table, metric, totals)
    row = _row(table, sum(paired.values()), "krippendorff_alpha", f"Krippendorff 2011, {metric} metric, no interval")
    expected = sum(totals[c] * totals[k] * d for (c, k), d in distance.items())
    if not expected:
        same = "all ratings that can be paired are the same, so alpha is not defined; the per cent agreement is 100 %"
        return replace(row, error=same if paired else "no subject was rated by two readers")
    observed = sum(
        (
            Fraction(count * sum(profile[c] * profile[k] * d for (c, k), d in distance.items()), sum(profile) - 1)
            for profile, count in paired.items()
        ),
        Fraction(0),
    )
    return replace(row, estimate=float(1 - (sum(totals) - 1) * observed / expected))


def _distances(table: CountTable, metric: str, totals: list[int]) -> dict[tuple[int, int], int]:
    """Squared distance of each two levels in use; a common factor cancels, so ordinal ones are doubled to be whole."""
    used = [k for k, total in enumerate(totals) if total]
    if metric == "nominal":
        return dict.fromkeys(combinations(used, 2), 1)
    if metric == "ordinal":
        places = level_positions(table)
        order = sorted(used, key=lambda k: places[k])
        below = dict(zip(order, accumulate((totals[k] for k in order), initial=0), strict=False))
        return {(c, k): (2 * (below[k] - below[c]) + totals[k] - totals[c]) ** 2 for c, k in combinations(order, 2)}
    levels, axis = shared_levels(table), table.axes[0]
    values = {k: int(axis.value(levels[k]) * 10**axis.decimals * axis.divisor) for k in used}
    return {(c, k): (values[c] - values[k]) ** 2 for c, k in combinations(used, 2)}


@dataclass(frozen=True)
class _Ratings:
    """Profiles with how many subjects have each; subjects nobody rated are left out."""

    profiles: tuple[tuple[Profile, int], ...]
    n: int
    shares: tuple[Fraction, ...]

    @classmethod
    def of(cls, table: CountTable, *, complete: bool) -> "_Ratings":
        levels = shared_levels(table)
        index = {code: k for k, code in enumerate(levels)}
        found: Counter[Profile] = Counter()
        for cell, count in (table.complete() if complete else table).cells:
            profile = [0] * len(levels)
            for axis, code in zip(table.axes, cell, strict=True):
                if code is not None and code != axis.suppressed:
                    profile[index[code]] += 1
            found[tuple(profile)] += count
        profiles = tuple(sorted((profile, count) for profile, count in found.items() if any(profile)))
        return cls(profiles, sum(count for _, count in profiles), _shares(profiles, len(levels)))


def _shares(profiles: tuple[tuple[Profile, int], ...], levels: int) -> tuple[Fraction, ...]:
    """Mean over subjects of the share of their ratings in each level."""
    n = sum(count for _, count in profiles)
    sums = [Fraction(0)] * levels
    for profile, count in profiles:
        for k, chosen in enumerate(profile):
            if chosen:
                sums[k] += Fraction(chosen * count, sum(profile))
    return tuple(total / n for total in sums) if n else tuple(sums)


@dataclass(frozen=True)
class _Coefficient:
    """(observed - chance) / (1 - chance), where chance is the mean of a price per rating: the share of its category for
    Fleiss' kappa, the share of the others over q - 1 for AC1. One variance then serves both."""

    ratings: _Ratings
    prices: tuple[Fraction, ...]

    @property
    def undefined(self) -> str | None:
        if self.ratings.n < 2 or not self._pairable:
            return "agreement needs at least two subjects and two ratings of the same subject"
        if not self.prices:
            return "only one category is known, so chance cannot be told; list all levels in the code book"
        if self._chance == 1:
            return (
                "all readers put every subject in the same category, so chance alone explains full agreement and the "
                "coefficient is not defined; the per cent agreement is 100 %"
            )
        return None

    @cached_property
    def value(self) -> Fraction:
        return (self._observed - self._chance) / (1 - self._chance)

    def variance(self, divisor: int) -> Fraction:
        """Gwet 2008: the mean squared deviation of each subject's linearised contribution, over `divisor`."""
        scale, value, chance = Fraction(self.ratings.n, self._pairable), self.value, self._chance
        total = Fraction(0)
        for profile, count in self.ratings.profiles:
            own = scale * (_agreement(profile) - chance) / (1 - chance) if sum(profile) > 1 else Fraction(0)
            drift = 2 * (1 - value) * (self._price(profile) - chance) / (1 - chance)
            total += count * (own - drift - value) ** 2
        return total / (self.ratings.n * divisor)

    @cached_property
    def _pairable(self) -> int:
        return sum(count for profile, count in self.ratings.profiles if sum(profile) > 1)

    @cached_property
    def _observed(self) -> Fraction:
        agreements = (count * _agreement(profile) for profile, count in self.ratings.profiles if sum(profile) > 1)
        return sum(agreements, Fraction(0)) / self._pairable

    @cached_property
    def _chance(self) -> Fraction:
        return sum((share * price for share, price in zip(self.ratings.shares, self.prices, strict=True)), Fraction(0))

    def _price(self, profile: Profile) -> Fraction:
        prices = (chosen * price for chosen, price in zip(profile, self.prices, strict=True) if chosen)
        return sum(prices, Fraction(0)) / sum(profile)


def _agreement(profile: Profile) -> Fraction:
    """Share of the pairs of ratings of one subject that agree."""
    readers = sum(profile)
    return Fraction(sum(chosen * (chosen - 1) for chosen in profile), readers * (readers - 1))


def _null_deviation(ratings: _Ratings, readers: int) -> float:
    spread = sum((share * (1 - share) for share in ratings.shares), Fraction(0))
    skew = sum((share * (1 - share) * (1 - 2 * share) for share in ratings.shares), Fraction(0))
    return math.sqrt(2 * (spread**2 - skew) / (ratings.n * readers * (readers - 1) * spread**2))


def _row(table: CountTable, n: int, name: str, method: str) -> Statistic:
    return Statistic(name=name, method=method, n=n, denominator=table.total, inputs=table.digest)


def _with_interval(row: Statistic, coefficient: _Coefficient, divisor: int, level: float) -> Statistic:
    estimate, deviation = float(coefficient.value), math.sqrt(coefficient.variance(divisor))
    lower, upper = coefficient_interval(estimate, deviation, coefficient.ratings.n, level)
    warning = PERFECT if coefficient.value == 1 else None
    return replace(row, estimate=estimate, lower=lower, upper=upper, level=level, warning=warning)

"""Scores read out of count tables by the position of their axes: groups of scores, pairs of scores, their ranks.

Scores stay integer codes as long as possible (value = code / scale), so that every sum of them is exact.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_axes
from foramen.statistics.result import Statistic, about
from foramen.statistics.tables import Axis, Code, CountTable

Frequencies = Mapping[int, int]
"""How many units have each integer code, in increasing order of code."""


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """The scores of two groups, and a `Statistic` with what all results on them share."""

    group: Frequencies
    against: Frequencies
    scale: int
    row: Statistic
    empty: str | None
    """Why nothing can be computed: nobody in one of the groups."""


@dataclass(frozen=True, slots=True)
class Differences:
    """second - first of every complete pair, and a `Statistic` with what all results on them share."""

    frequencies: Frequencies
    scale: int
    row: Statistic


def numeric(axis: Axis, code: Code) -> int:
    """The code of a number; a category is refused."""
    if not isinstance(code, int):
        raise StatisticError.single(f"“{axis.name}” holds categories, not numbers", remedy="choose a numeric outcome")
    return code


def scale_of(axis: Axis) -> int:
    """What the codes of an axis are divided by to give its values."""
    return int(10**axis.decimals) * axis.divisor


def one_sample(table: CountTable) -> tuple[Frequencies, int, Statistic]:
    """The codes of a (value) table, their scale, and the row its results start from."""
    require_axes(table, "value")
    (axis,) = table.axes
    found = {numeric(axis, code): count for (code,), count in table.complete().cells}
    return found, scale_of(axis), _row(table, n=sum(found.values()), denominator=table.total)


def grouped_scores(table: CountTable) -> dict[Code, dict[int, int]]:
    """The codes of a (group, value) table per group, in the order of the levels; declared groups may be empty."""
    require_axes(table, "group", "value")
    group, value = table.axes
    found: dict[Code, dict[int, int]] = {code: {} for code in table.levels(group.name)}
    for (key, code), count in table.complete().cells:
        found[key][numeric(value, code)] = count
    return found


def all_groups(table: CountTable) -> tuple[dict[Code, dict[int, int]], Statistic]:
    """The scores of every group of a (group, value) table, and the row their results start from."""
    scores = grouped_scores(table)
    return scores, _row(table, n=sum(size(s) for s in scores.values()), denominator=table.total)


def two_groups(table: CountTable, group: Code, against: Code) -> TwoGroups:
    """The two groups to compare. The denominator leaves out only the units known to be in another group."""
    if group == against:
        raise StatisticError.single("a group cannot be compared with itself", received=str(group))
    scores, axis = grouped_scores(table), table.axes[0]
    one, other = scores.get(group, {}), scores.get(against, {})
    elsewhere = set(scores) - {group, against}
    row = _row(
        table,
        about=about(group=axis.label(group), against=axis.label(against)),
        n=size(one) + size(other),
        denominator=sum(count for (code, _), count in table.cells if code not in elsewhere),
    )
    missing = [axis.label(code) for code, found in ((group, one), (against, other)) if not found]
    empty = f"nobody in {' and '.join(f'“{label}”' for label in missing)} has a value" if missing else None
    return TwoGroups(one, other, scale_of(table.axes[1]), row, empty)


def complete_pairs(table: CountTable) -> list[tuple[int, int, int]]:
    """(first, second, count) of a (first, second) table."""
    require_axes(table, "first", "second")
    one, other = table.axes
    return [(numeric(one, a), numeric(other, b), count) for (a, b), count in table.complete().cells]


def differences(table: CountTable) -> Differences:
    """second - first; axes of different scales are brought to their common one."""
    pairs = complete_pairs(table)
    one, other = (scale_of(axis) for axis in table.axes)
    scale = math.lcm(one, other)
    found: Counter[int] = Counter()
    for first, second, count in pairs:
        found[second * (scale // other) - first * (scale // one)] += count
    row = _row(table, n=found.total(), denominator=table.total)
    return Differences(dict(sorted(found.items())), scale, row)


def paired_row(table: CountTable) -> Statistic:
    """The row from which results on a (first, second) table start."""
    return _row(table, n=sum(count for *_, count in complete_pairs(table)), denominator=table.total)


def _row(table: CountTable, **known: Any) -> Statistic:
    return Statistic(name="", method="", inputs=table.digest, **known)


def size(frequencies: Frequencies) -> int:
    """How many units."""
    return sum(frequencies.values())


def pooled(samples: Iterable[Frequencies]) -> dict[int, int]:
    """All samples together."""
    total: Counter[int] = Counter()
    for sample in samples:
        for code, count in sample.items():
            total[code] += count
    return dict(sorted(total.items()))


def doubled_ranks(frequencies: Frequencies) -> dict[int, int]:
    """Twice the mean rank of each code: an integer even for ties."""
    ranks, before = {}, 0
    for code, count in frequencies.items():
        ranks[code] = 2 * before + count + 1
        before += count
    return ranks


def doubled_rank_sum(sample: Frequencies, ranks: Mapping[int, int]) -> int:
    """Twice the sum of the ranks that a sample has in the pooled order."""
    return sum(count * ranks[code] for code, count in sample.items())


def tie_sum(frequencies: Frequencies) -> int:
    """Sum of t³ - t over the sizes of all ties; a Python integer, because it passes 2**63 from about two million."""
    return sum(t**3 - t for t in frequencies.values())

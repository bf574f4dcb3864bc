"""Rows about linear combinations of fixed effects: what mixed models and analyses of covariance print."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from foramen.kernel.errors import StatisticError
from foramen.statistics.normal import normal_quantile, student_quantile, student_two_sided, two_sided_normal
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, Code, code_order

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """What to estimate: vector'coefficients + offset. A mean is not `tested` against zero, a difference is."""

    name: str
    about: tuple[tuple[str, str], ...]
    vector: FloatArray
    offset: float = 0.0
    tested: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """One arm: its code and printed label."""

    code: Code
    label: str


def ordered_groups(axis: Axis, observed: Iterable[Code], reference: Code) -> tuple[Group, ...]:
    """The reference first, then the other declared levels, then observed ones; neither missing nor suppressed."""
    hidden = (None, axis.suppressed)
    declared = [code for code, _ in axis.labels if code not in hidden]
    codes = [*declared, *sorted({*observed} - {*declared, *hidden}, key=code_order)]
    if reference not in codes:
        raise StatisticError.single(
            f"“{axis.name}” has no group to serve as reference under this code",
            received=repr(reference),
            remedy=f"one of {', '.join(repr(code) for code in codes)}",
        )
    codes.sort(key=lambda code: code != reference)
    return tuple(Group(code, axis.label(code)) for code in codes)


def pairs(groups: int) -> list[tuple[int, int]]:
    """(group, group it is compared with) by number for each pair, the earlier one as comparator."""
    return [(later, earlier) for earlier in range(groups) for later in range(earlier + 1, groups)]


def contrast_row(
    blank: Statistic, contrast: Contrast, estimate: float, error: float, df: float | None, level: float
) -> Statistic:
    """Estimate with interval and, where it is tested, t or z with p. `df` None means normal."""
    estimate += contrast.offset
    reach = error * (normal_quantile(level) if df is None else student_quantile(level, df))
    row = replace(
        blank,
        name=contrast.name,
        about=contrast.about,
        estimate=estimate,
        lower=estimate - reach,
        upper=estimate + reach,
        level=level,
        df=df,
    )
    if not contrast.tested:
        return row
    ratio = estimate / error
    p, log10_p = two_sided_normal(ratio) if df is None else student_two_sided(ratio, df)
    return replace(row, statistic=ratio, p=p, log10_p=log10_p)

"""Analysis of covariance from moments: follow-up compared between groups at equal baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from foramen.kernel.errors import StatisticError
from foramen.statistics.contrasts import Contrast, Group, contrast_row, ordered_groups, pairs
from foramen.statistics.moment_rows import FloatArray, MomentCells, Scale, moment_cells, pseudo_rows
from foramen.statistics.result import Statistic, about
from foramen.statistics.separation import constant_message, dependent_columns, dependent_message
from foramen.statistics.sums import MomentTable
from foramen.statistics.tables import Axis, Code

_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """Pseudo-rows of (one indicator per group, scaled covariates, scaled outcome) over the complete rows."""

    rows: FloatArray
    scales: tuple[Scale, ...]
    n: tuple[int, ...]


def ancova(
    moments: MomentTable,
    *,
    outcome: str,
    baseline: str,
    covariates: Sequence[str],
    group: Axis,
    reference: Code,
    level: float,
    labels: Mapping[str, str] | None = None,
) -> list[Statistic]:
    """Outcome ~ baseline + group + covariates by least squares over complete rows, one slope for all groups.

    `group` labels the one grouping axis of the moments, `reference` is the code of the reference group; covariates are
    numbers. `labels` names columns. `denominator` counts all rows of the moments.

    Rows: `adjusted_mean_difference` of each pair of groups with t and p, the residual variance pooled with
    n - parameters degrees of freedom; `adjusted_mean` per group where baseline and covariates are at their means over
    all complete rows; `fixed_effect` for the slopes of baseline and covariates; `residual_standard_deviation`.
    """
    columns = [baseline, *covariates, outcome]
    if len(set(columns)) != len(columns):
        raise StatisticError.single("a column is named twice in the model", received=", ".join(columns))
    cells = moment_cells(moments, grouped=True)
    groups = ordered_groups(group, [code for code, _ in cells.cells], reference)
    names = cells.printed(columns, labels)
    design = _design(cells, columns, groups)
    blank = Statistic(
        name="",
        method="analysis of covariance, least squares, complete rows, equal slopes and variances",
        n=sum(design.n),
        denominator=cells.total,
        inputs=moments.digest,
    )
    contrasts = _contrasts(design, groups, names[:-1])
    if problem := _problem(design, groups, names):
        found = [replace(blank, name=contrast.name, about=contrast.about, error=problem) for contrast in contrasts]
        return [*found, replace(blank, name="residual_standard_deviation", error=problem)]
    return _rows(blank, design, contrasts, level)


def _design(cells: MomentCells, columns: Sequence[str], groups: Sequence[Group]) -> _Design:
    indices = [cells.position(column) for column in columns]
    codes = [group.code for group in groups]
    complete = cells.only(
        {
            (code, observed): moment
            for (code, observed), moment in cells.cells.items()
            if code in codes and all(observed[i] for i in indices)
        }
    )
    scales = tuple(complete.scale([column]) for column in columns)
    parts, n = [np.zeros((0, len(groups) + len(columns)))], [0] * len(groups)
    for (code, _), moment in complete.cells.items():
        rows = pseudo_rows(complete, moment, columns, scales)
        indicators = np.zeros((len(rows), len(groups)))
        indicators[:, codes.index(code)] = rows[:, 0]
        parts.append(np.column_stack((indicators, rows[:, 1:])))
        n[codes.index(code)] += moment.n
    return _Design(np.vstack(parts), scales, tuple(n))


def _problem(design: _Design, groups: Sequence[Group], columns: Sequence[str]) -> str | None:
    for group, n in zip(groups, design.n, strict=True):
        if not n:
            return f"nobody in group “{group.label}” has every value the model needs"
    gram = design.rows[:, :-1].T @ design.rows[:, :-1]
    names = [*(group.label for group in groups), *columns]
    if constants := np.flatnonzero(np.diag(gram) <= _NOTHING).tolist():
        return constant_message([names[i] for i in constants])
    if sum(design.n) <= len(gram):
        return f"{sum(design.n)} complete rows are too few for {len(gram)} parameters"
    if dependent := dependent_columns(gram):
        return dependent_message([names[i] for i in dependent])
    if _least_squares(design)[1] <= _NOTHING * sum(design.n):
        return f"“{columns[-1]}” does not vary beyond what the model explains, so chance cannot be estimated"
    return None


def _least_squares(design: _Design) -> tuple[FloatArray, float]:
    """Coefficients and the residual sum of squares, scaled."""
    coefficients = np.asarray(np.linalg.lstsq(design.rows[:, :-1], design.rows[:, -1])[0], dtype=np.float64)
    residual = design.rows[:, -1] - design.rows[:, :-1] @ coefficients
    return coefficients, float(residual @ residual)


def _rows(blank: Statistic, design: _Design, contrasts: Sequence[Contrast], level: float) -> list[Statistic]:
    coefficients, squares = _least_squares(design)
    df, unit = float(sum(design.n) - len(coefficients)), design.scales[-1].unit
    deviation = unit * (squares / df) ** 0.5
    root = np.linalg.qr(design.rows[:, :-1]).R
    rows = []
    for contrast in contrasts:
        spread = np.linalg.solve(root.T, contrast.vector)
        error = deviation * float(np.sqrt(spread @ spread))
        rows.append(contrast_row(blank, contrast, unit * float(contrast.vector @ coefficients), error, df, level))
    return [*rows, replace(blank, name="residual_standard_deviation", estimate=deviation, df=df)]


def _contrasts(design: _Design, groups: Sequence[Group], slopes: Sequence[str]) -> list[Contrast]:
    unit = np.eye(len(groups) + len(slopes))
    centre = float(design.scales[-1].centre)
    differences = [
        Contrast(
            "adjusted_mean_difference",
            about(group=groups[one].label, against=groups[other].label),
            unit[one] - unit[other],
        )
        for one, other in pairs(len(groups))
    ]
    means = [
        Contrast("adjusted_mean", about(group=group.label), unit[place], centre, tested=False)
        for place, group in enumerate(groups)
    ]
    effects = [
        Contrast("fixed_effect", about(term=name), unit[len(groups) + place] / design.scales[place].unit)
        for place, name in enumerate(slopes)
    ]
    return [*differences, *means, *effects]

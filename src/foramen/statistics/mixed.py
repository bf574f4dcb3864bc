"""Linear mixed models for repeated scores, from moments: fixed effects, adjusted means and their differences."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_method
from foramen.statistics.contrasts import Contrast, contrast_row, ordered_groups, pairs
from foramen.statistics.mixed_design import Labels, RepeatedDesign, cell_indicator, effect_labels, repeated_design
from foramen.statistics.mixed_fit import FITS, MixedFit
from foramen.statistics.moment_rows import FloatArray, moment_cells
from foramen.statistics.result import Statistic, about
from foramen.statistics.sums import MomentTable
from foramen.statistics.tables import Axis, Code

_STRUCTURES = {"random_intercept": "random intercept per patient", "unstructured": "unstructured covariance"}
_FREEDOM = {"satterthwaite": "Satterthwaite degrees of freedom", "normal": "normal approximation"}


def mixed_model(
    moments: MomentTable,
    *,
    scores: Sequence[str],
    covariates: Sequence[str],
    group: Axis | None,
    reference: Code,
    covariance: str,
    df_method: str,
    level: float,
    labels: Mapping[str, str] | None = None,
) -> list[Statistic]:
    """Score ~ time × group + covariates over the columns `scores`, one per time point, by REML.

    The first score is the reference time, `reference` the code of the reference group on `group`, whose labels are
    printed; None and no grouping axis for a single group. Treatment coding. Covariates are numbers (an indicator for
    each level of a category). `labels` names time points and covariates by column.

    `covariance` is random_intercept (equal variances and one covariance that is not negative, as lme4) or unstructured
    (MMRM, as nlme's gls with corSymm and varIdent). `df_method` is satterthwaite (as lmerTest and SAS) or normal (as
    statsmodels).

    Every patient of a known group with all covariates and at least one score is used with the scores there are, which
    is unbiased when scores are missing at random. `denominator` counts all rows of the moments.

    Rows: `fixed_effect` per term; `adjusted_mean` per group and time, covariates at their means over the patients (SAS
    and emmeans average over scores instead, differences are not touched by that); `adjusted_mean_difference` of each
    pair of groups at each time; `variance_component`; `minus_2_reml_loglik`.
    """
    require_method("mixed_df", df_method)
    _check(scores, covariance)
    cells = moment_cells(moments, grouped=group is not None)
    groups = () if group is None else ordered_groups(group, [code for code, _ in cells.cells], reference)
    printed = Labels(
        cells.printed(scores, labels), tuple(arm.label for arm in groups), cells.printed(covariates, labels)
    )
    design = repeated_design(cells, scores, covariates, groups, printed)
    blank = Statistic(
        name="",
        method=f"linear mixed model, {_STRUCTURES[covariance]}, REML, {_FREEDOM[df_method]}",
        n=design.patients,
        denominator=design.denominator,
        inputs=moments.digest,
    )
    fit = design.problem or FITS[covariance](design)
    return _failed_rows(blank, design, fit) if isinstance(fit, str) else _rows(blank, fit, df_method, level)


def _check(scores: Sequence[str], covariance: str) -> None:
    if covariance not in _STRUCTURES:
        raise StatisticError.single(
            "unknown covariance structure", received=covariance, remedy=f"one of {', '.join(_STRUCTURES)}"
        )
    if len(set(scores)) != len(scores) or len(scores) < 2:
        raise StatisticError.single(
            "a model of repeated scores needs two time points or more, each once",
            received=", ".join(scores),
            remedy="compare a single time point by analysis of covariance",
        )


def _rows(blank: Statistic, fit: MixedFit, df_method: str, level: float) -> list[Statistic]:
    unit, solution = fit.design.score.unit, fit.solution
    rows = []
    for contrast in _contrasts(fit.design):
        estimate = unit * float(contrast.vector @ solution.coefficients)
        error = unit * float(np.sqrt(contrast.vector @ solution.covariance @ contrast.vector))
        df = fit.satterthwaite(contrast.vector) if df_method == "satterthwaite" else None
        rows.append(contrast_row(blank, contrast, estimate, error, df, level))
    return rows + _variance_rows(blank, fit)


def _failed_rows(blank: Statistic, design: RepeatedDesign, problem: str) -> list[Statistic]:
    found = [(contrast.name, contrast.about) for contrast in _contrasts(design)]
    found += [("variance_component", ()), ("minus_2_reml_loglik", ())]
    return [replace(blank, name=name, about=dimensions, error=problem) for name, dimensions in found]


def _contrasts(design: RepeatedDesign) -> list[Contrast]:
    return [*_effects(design), *_means(design), *_differences(design)]


def _effects(design: RepeatedDesign) -> list[Contrast]:
    """One per fixed effect, in the units of the data; the intercept is where every covariate is 0."""
    cross = design.effects - len(design.covariates)
    vectors = np.eye(design.effects)
    for place, scale in enumerate(design.covariates, start=cross):
        vectors[0, place] = -float(scale.centre) / scale.unit
        vectors[place, place] = 1 / scale.unit
    offsets = [float(design.score.centre)] + [0.0] * (design.effects - 1)
    return [
        Contrast("fixed_effect", about(**effect), vector, offset)
        for effect, vector, offset in zip(effect_labels(design.labels), vectors, offsets, strict=True)
    ]


def _means(design: RepeatedDesign) -> list[Contrast]:
    found = []
    for group, name in enumerate(design.labels.groups or ("",)):
        for time, point in enumerate(design.labels.timepoints):
            where = about(timepoint=point, group=name) if name else about(timepoint=point)
            vector = _mean_vector(design, time, group)
            found.append(Contrast("adjusted_mean", where, vector, float(design.score.centre), tested=False))
    return found


def _differences(design: RepeatedDesign) -> list[Contrast]:
    groups = design.labels.groups
    return [
        Contrast(
            "adjusted_mean_difference",
            about(timepoint=point, group=groups[one], against=groups[other]),
            _mean_vector(design, time, one) - _mean_vector(design, time, other),
        )
        for one, other in pairs(len(groups))
        for time, point in enumerate(design.labels.timepoints)
    ]


def _mean_vector(design: RepeatedDesign, time: int, group: int) -> FloatArray:
    cell = cell_indicator(design.times, max(len(design.labels.groups), 1), time, group)
    return np.append(cell, np.zeros(len(design.covariates)))


def _variance_rows(blank: Statistic, fit: MixedFit) -> list[Statistic]:
    unit = fit.design.score.unit
    points = fit.design.labels.timepoints
    if len(fit.parameters) == 2:  # an unstructured covariance has three or more
        terms = ["between patients", "residual"]
    else:
        places = [(points[i], points[j]) for i in range(len(points)) for j in range(i + 1)]
        terms = [one if one == other else f"{other}, {one}" for one, other in places]
    rows = [
        replace(blank, name="variance_component", about=about(term=term), estimate=float(value) * unit**2)
        for term, value in zip(terms, fit.parameters, strict=True)
    ]
    rows.append(replace(blank, name="minus_2_reml_loglik", estimate=fit.minus_2_loglik))
    return [row.warned(fit.warning) if fit.warning else row for row in rows]

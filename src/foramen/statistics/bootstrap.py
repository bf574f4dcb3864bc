"""How much of a logistic model's performance is flattery: Harrell's bootstrap."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from foramen.kernel.errors import StatisticError
from foramen.statistics.covariate_patterns import FloatArray, Patterns, Term, covariate_patterns
from foramen.statistics.logistic_fit import climb_patterns, fit_design, unfitted
from foramen.statistics.result import Statistic
from foramen.statistics.tables import CountTable

_NAMES = ("auc_optimism", "optimism_corrected_auc", "optimism_corrected_calibration_slope")


def bootstrap_optimism(table: CountTable, terms: Sequence[Term], *, draws: int, seed: int) -> list[Statistic]:
    """Rows `auc_optimism`, `optimism_corrected_auc` and `optimism_corrected_calibration_slope` (Harrell, Lee and Mark
    1996).

    Each draw resamples the patients with replacement (one multinomial over patterns and outcomes), refits the same
    terms, and applies that model to the resample and to the patients themselves. Optimism is the mean difference of the
    two areas, the corrected slope the mean slope of the outcome on those models' linear predictors. Only the fit is
    repeated: terms that were chosen by looking at these data flatter beyond this. Resamples whose model cannot be
    fitted (separated outcomes, a level that nobody has) are left out and counted. The same seed gives the same result
    (NumPy's default generator, PCG64).
    """
    if draws < 1:
        raise StatisticError.single("a bootstrap needs at least one draw", received=str(draws), remedy="500")
    patterns = covariate_patterns(table, terms)
    fit = fit_design(patterns)
    rows = [_row(name, patterns, draws, seed) for name in _NAMES]
    if fit.error:
        return [replace(row, error=fit.error) for row in rows]
    found = [result for resample in _resamples(patterns, draws, seed) if (result := _flattery(patterns, resample))]
    if not found:
        return [replace(row, error=f"none of the {draws} resamples could be fitted") for row in rows]
    optimism, slope = (sum(values) / len(found) for values in zip(*found, strict=True))
    apparent = concordance(patterns, patterns.design @ np.array(fit.coefficients))
    values = (optimism, apparent - optimism, slope)
    rows = [replace(row, estimate=value) for row, value in zip(rows, values, strict=True)]
    return [_warned_if_lost(row, draws - len(found), draws) for row in rows]


def concordance(patterns: Patterns, predictor: FloatArray) -> float:
    """The area under the ROC curve as `classification.auc` has it, without its exact fractions and interval, which
    would dominate the time of a bootstrap. Predictors closer than 1e-9 tie."""
    order = np.argsort(predictor, kind="stable")
    starts = np.flatnonzero(np.diff(predictor[order], prepend=-np.inf) > 1e-9)
    failures = np.add.reduceat(patterns.failures[order], starts)
    successes = np.add.reduceat(patterns.successes[order], starts)
    below = np.cumsum(failures) - failures / 2
    return float(successes @ below / (failures.sum() * successes.sum()))


def _resamples(patterns: Patterns, draws: int, seed: int) -> Iterator[Patterns]:
    generator = np.random.default_rng(seed)
    counts = np.concatenate((patterns.failures, patterns.successes))
    for _ in range(draws):
        failures, successes = generator.multinomial(patterns.n, counts / patterns.n).reshape(2, -1).astype(float)
        yield replace(patterns, units=failures + successes, successes=successes)


def _flattery(patterns: Patterns, resample: Patterns) -> tuple[float, float] | None:
    """(area on the resample minus area on the patients, calibration slope on the patients) of the resample's model."""
    if unfitted(resample).error:
        return None
    model = climb_patterns(resample)
    if model.outcome != "converged":
        return None
    predictor = patterns.design @ model.coefficients
    calibration = climb_patterns(replace(patterns, design=np.column_stack((np.ones(len(predictor)), predictor))))
    if calibration.outcome != "converged":
        return None
    flattery = concordance(resample, predictor) - concordance(patterns, predictor)
    return flattery, float(calibration.coefficients[1])


def _row(name: str, patterns: Patterns, draws: int, seed: int) -> Statistic:
    return Statistic(
        name=name,
        method=f"Harrell bootstrap of the same terms, {draws} draws, seed {seed}; logistic regression",
        n=patterns.n,
        denominator=patterns.denominator,
        inputs=patterns.inputs,
    )


def _warned_if_lost(row: Statistic, lost: int, draws: int) -> Statistic:
    if not lost:
        return row
    return row.warned(f"{lost} of {draws} resamples could not be fitted (separated or dependent) and are left out")

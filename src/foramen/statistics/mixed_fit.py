"""Estimation of mixed models for repeated scores by restricted maximum likelihood (REML).

An optimiser goes near the maximum, Newton's method with exact second derivatives goes to it, and the same derivatives
give Satterthwaite's degrees of freedom.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize

from foramen.statistics.mixed_design import RepeatedDesign, unobserved_pair
from foramen.statistics.moment_rows import FloatArray
from foramen.statistics.newton import inverse
from foramen.statistics.reml import Curvature, Solution, covariance_gradient, curvature, pattern_matrices, solve

_SINGULAR = 1e-8
_POLISHED = 1e-18
_NEWTON_STEPS = 50
_FORBIDDEN = 1e300
_UNSETTLED = "the variances could not be estimated: the likelihood has no clear maximum"
_TOO_RICH = (
    "the scores do not determine an unstructured covariance: at some time points they follow from others, or too few "
    "patients have both; use a random intercept"
)


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit:
    """Estimates on the scale of the design; `parameters` are those of the pattern matrices."""

    design: RepeatedDesign
    parameters: FloatArray
    solution: Solution
    slopes: Curvature
    warning: str | None = None

    @property
    def minus_2_loglik(self) -> float:
        """Minus twice the restricted log-likelihood in the units of the data, all constants included (as lme4)."""
        design = self.design
        freedom = design.observations - design.effects
        covariates = sum(math.log(scale.unit) for scale in design.covariates)
        return self.solution.criterion + 2 * freedom * math.log(design.score.unit) + 2 * covariates

    def satterthwaite(self, vector: FloatArray) -> float:
        """Degrees of freedom of a linear combination: twice its variance squared over the variance of that variance
        (Giesbrecht and Burns 1985; Fai and Cornelius 1996), from the observed information, as lmerTest has it."""
        spread = self.solution.covariance @ vector
        slope = np.einsum("p,kpq,q->k", spread, self.slopes.sensitivity, spread)
        return float((vector @ spread) ** 2 / (slope @ np.linalg.solve(self.slopes.hessian, slope)))


def fit_random_intercept(design: RepeatedDesign) -> MixedFit | str:
    """V = between * 1 1' + within * identity with between not negative, as lme4 has it; or why there is no estimate.

    The share of the variance that is between patients is sought on a grid, then by Brent's method with the total
    variance profiled out, then polished. A share of 0 is a legitimate estimate and warned of.
    """
    if not any(len(part.observed) > 1 for part in design.classes):
        return "no patient has two scores, so patients cannot be told from chance"
    matrices = pattern_matrices(design.times, "random_intercept")
    share = _best_share(design, matrices)
    if share > 1 - 1e-7:
        return "the scores of a patient do not vary beyond the effects of time, so chance cannot be estimated"
    if share > 0:
        fit = _polished(design, matrices, np.array([share, 1 - share]) * _profiled(design, matrices, share)[1])
        if isinstance(fit, str) or fit.parameters[0] > 0:
            return fit
    total = _profiled(design, matrices, 0.0)[1]
    edge = _polished(design, matrices[1:], np.array([total]))
    note = "the variance between patients is estimated as 0, the edge of what is possible"
    return edge if isinstance(edge, str) else replace(edge, parameters=np.append(0.0, edge.parameters), warning=note)


def fit_unstructured(design: RepeatedDesign) -> MixedFit | str:
    """Every variance and covariance a parameter of its own (MMRM); or why there is no estimate.

    L-BFGS on the Cholesky factor with the logarithms of its diagonal, then polished.
    """
    if pair := unobserved_pair(design):
        return f"no patient has a score at both “{pair[0]}” and “{pair[1]}”, so their covariance is unknown"
    start = _to_factor(_first_covariance(design))
    diagonal = [i == j for i, j in zip(*np.tril_indices(design.times), strict=True)]
    bounds = [(value - 15, value + 15) if on else (None, None) for value, on in zip(start, diagonal, strict=True)]
    options = {"maxiter": 5000, "maxfun": 50000, "ftol": 1e-15, "gtol": 1e-8}
    found = optimize.minimize(
        lambda values: _factor_criterion(design, values), start, jac=True, method="L-BFGS-B",
        bounds=bounds, options=options, callback=lambda values: _stop_at_the_edge(design, values),
    )  # fmt: skip
    covariance = _covariance(design, found.x)
    if _nearly_singular(covariance):
        return _TOO_RICH
    lower = covariance[np.tril_indices(design.times)]
    fit = _polished(design, pattern_matrices(design.times, "unstructured"), lower)
    return _TOO_RICH if isinstance(fit, str) else fit


FITS: dict[str, Callable[[RepeatedDesign], MixedFit | str]] = {
    "random_intercept": fit_random_intercept,
    "unstructured": fit_unstructured,
}


def _polished(design: RepeatedDesign, matrices: FloatArray, parameters: FloatArray) -> MixedFit | str:
    """Newton's method on the parameters, from a point near the maximum."""
    for _ in range(_NEWTON_STEPS):
        covariance = np.tensordot(parameters, matrices, axes=1)
        solution = solve(design, covariance)
        if solution is None:
            return _UNSETTLED
        slopes = curvature(design, matrices, covariance, solution)
        bend = inverse(slopes.hessian)
        if bend is None:
            return _UNSETTLED
        step = bend @ slopes.gradient
        if float(step @ slopes.gradient) < _POLISHED * max(1.0, abs(solution.criterion)):
            return MixedFit(design, parameters, solution, slopes)
        parameters = parameters - step
    return _UNSETTLED


def _profiled(design: RepeatedDesign, matrices: FloatArray, share: float) -> tuple[float, float]:
    """The criterion and the total variance, given the share between patients."""
    solution = solve(design, share * matrices[0] + (1 - share) * matrices[1])
    if solution is None:
        return math.inf, math.nan
    freedom = design.observations - design.effects
    total = solution.residual / freedom
    return solution.criterion - solution.residual + freedom * (1 + math.log(total)), total


def _best_share(design: RepeatedDesign, matrices: FloatArray) -> float:
    def criterion(share: float) -> float:
        return _profiled(design, matrices, share)[0]

    grid = [*np.linspace(0, 0.9, 10), *(1 - 10.0**-power for power in range(2, 9))]
    best = min(range(len(grid)), key=lambda i: criterion(grid[i]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(criterion, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    return float(min((low, found.x, high), key=criterion))


def _first_covariance(design: RepeatedDesign) -> FloatArray:
    """A start: the residual variances of ordinary least squares, correlated 0.3."""
    plain = solve(design, np.eye(design.times))
    assert plain is not None, "the design was found regular"
    direction = np.append(-plain.coefficients, 1.0)
    squares, counts = np.zeros(design.times), np.zeros(design.times)
    for part in design.classes:
        squares[part.observed] += ((part.rows @ direction) ** 2).sum(axis=0)
        counts[part.observed] += part.n
    deviations = np.sqrt(np.maximum(squares / counts, 1e-12))
    return np.outer(deviations, deviations) * (0.3 + 0.7 * np.eye(design.times))


def _to_factor(covariance: FloatArray) -> FloatArray:
    factor = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    np.fill_diagonal(factor, np.log(np.diag(factor)))
    return factor[np.tril_indices(len(factor))]


def _from_factor(values: FloatArray, times: int) -> FloatArray:
    factor = np.zeros((times, times))
    factor[np.tril_indices(times)] = values
    np.fill_diagonal(factor, np.exp(np.diag(factor)))
    return factor


def _covariance(design: RepeatedDesign, values: FloatArray) -> FloatArray:
    factor = _from_factor(values, design.times)
    return factor @ factor.T


def _factor_criterion(design: RepeatedDesign, values: FloatArray) -> tuple[float, FloatArray]:
    """The criterion and its gradient by the entries of the factor."""
    factor = _from_factor(values, design.times)
    covariance = factor @ factor.T
    solution = solve(design, covariance)
    if solution is None:
        return _FORBIDDEN, np.zeros_like(values)
    slope = 2 * covariance_gradient(design, covariance, solution) @ factor
    slope[np.diag_indices(design.times)] *= np.diag(factor)
    return solution.criterion, slope[np.tril_indices(design.times)]


def _stop_at_the_edge(design: RepeatedDesign, values: FloatArray) -> None:
    """A likelihood without bound drives the covariance to a singular one; there is nothing to find beyond."""
    if _nearly_singular(_covariance(design, values)):
        raise StopIteration


def _nearly_singular(covariance: FloatArray) -> bool:
    scale = 1 / np.sqrt(np.diag(covariance))
    return bool(np.linalg.eigvalsh(covariance * np.outer(scale, scale))[0] < _SINGULAR)

"""Profile-likelihood intervals of logistic coefficients."""

import math

import numpy as np
from scipy import optimize

from foramen.statistics.covariate_patterns import Patterns
from foramen.statistics.firth import climb_firth
from foramen.statistics.logistic_fit import Fit, climb_patterns
from foramen.statistics.normal import normal_quantile

_WIDER = 1.6
_WIDENINGS = 40


def profile_interval(patterns: Patterns, fit: Fit, index: int, *, level: float) -> tuple[float | None, float | None]:
    """The values of one coefficient that a likelihood-ratio test at 1 - level does not reject, all other coefficients
    refitted (Venzon and Moolgavkar 1988).

    Each bound is the root of the signed-root deviance, to 1e-12. R's confint interpolates the same function by a spline
    and differs in the fourth digit. Penalised fits are profiled on their penalised likelihood. None: no bound found.
    """
    return _bound(patterns, fit, index, level, -1.0), _bound(patterns, fit, index, level, 1.0)


def _bound(patterns: Patterns, fit: Fit, index: int, level: float, side: float) -> float | None:
    centre, reach = fit.coefficients[index], normal_quantile(level)
    estimates, covariance = np.array(fit.coefficients), np.array(fit.covariance)
    slope = covariance[:, index] / covariance[index, index]
    ascend = climb_firth if fit.penalised else climb_patterns

    def excess(distance: float) -> float:
        start = estimates + slope * (side * distance)
        ascent = ascend(patterns, start, fixed=(index,))
        return math.sqrt(max(2 * (fit.loglik - ascent.point.loglik), 0.0)) - reach

    far = reach * fit.standard_errors[index]
    for _ in range(_WIDENINGS):
        if excess(far) >= 0:
            distance = optimize.brentq(excess, 0.0, far, xtol=1e-12 * far, rtol=1e-14)
            return float(centre + side * distance)
        far *= _WIDER
    return None

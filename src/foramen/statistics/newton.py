"""Newton's method on a log-likelihood that is concave, or nearly so: for logistic models from patterns or from sums."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_TIGHT = 1e-9
_FLAT = 1e-6
_SHRINKS = 0.9
_HALVINGS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A log-likelihood with its gradient and information (minus the second derivatives) at some coefficients."""

    loglik: float
    gradient: FloatArray
    information: FloatArray


Evaluate = Callable[[FloatArray], Point]
Outcome = Literal["converged", "diverged", "stuck"]


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """Where the climb ended: `point` is the last one evaluated, `direction` the last Newton step."""

    coefficients: FloatArray
    point: Point
    iterations: int
    outcome: Outcome
    direction: FloatArray


def climb(
    evaluate: Evaluate,
    start: FloatArray,
    spread: FloatArray,
    *,
    begin: Point | None = None,
    fixed: tuple[int, ...] = (),
    noise: float = 0.0,
    bounded: bool = False,
    limit: int = 60,
) -> Climb:
    """Newton steps, halved while they lose likelihood, until the linear predictor stops changing.

    `spread` is the mean of x x' over rows: it turns a step into the root-mean-square change of the linear predictor.
    Convergence is judged on that scale, not in standard errors, because when the outcomes are separated a step stays as
    large as it was while the standard errors explode. No gain in likelihood with steps that do not shrink means the
    maximum lies at infinity; `bounded` says that cannot be. `noise` is the gain below which rounded sums cannot tell
    up from down. `begin` is the point at `start`, if known; `fixed` holds these coefficients where they are.
    """
    coefficients, point, before = start, begin or evaluate(start), np.inf
    direction = np.zeros_like(start)
    for iteration in range(1, limit + 1):
        step = _step(point, fixed)
        if step is None:
            return Climb(coefficients, point, iteration, "stuck" if bounded else "diverged", direction)
        direction = step
        change = float(np.sqrt(max(float(direction @ spread @ direction), 0.0)))
        stalled, gain = change > _SHRINKS * before, float(direction @ point.gradient)
        if change < _TIGHT or (stalled and gain < noise):
            return Climb(coefficients + direction, point, iteration, "converged", direction)
        if stalled and gain < _FLAT and not bounded:
            return Climb(coefficients, point, iteration, "diverged", direction)
        coefficients, point = _uphill(evaluate, coefficients, point, direction)
        before = change
    return Climb(coefficients, point, limit, "stuck", direction)


def inverse_root(matrix: FloatArray) -> FloatArray | None:
    """A matrix whose product with its transpose is the inverse of a symmetric positive definite one; None when that is
    singular. The diagonal is scaled to one first, so units do not matter."""
    diagonal = np.diag(matrix)
    if not diagonal.size or not np.isfinite(matrix).all() or diagonal.min() <= 0:
        return None
    scale = 1 / np.sqrt(diagonal)
    try:
        factor = np.linalg.cholesky(matrix * np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return None
    root: FloatArray = scale[:, None] * np.linalg.inv(factor).T
    return root


def inverse(matrix: FloatArray) -> FloatArray | None:
    """The inverse of a symmetric positive definite matrix; None when it is singular."""
    root = inverse_root(matrix)
    return None if root is None else root @ root.T


def _step(point: Point, fixed: tuple[int, ...]) -> FloatArray | None:
    free = np.array([i for i in range(len(point.gradient)) if i not in fixed])
    root = inverse_root(point.information[np.ix_(free, free)])
    if root is None:
        return None
    step = np.zeros_like(point.gradient)
    step[free] = root @ (root.T @ point.gradient[free])
    return step


def _uphill(
    evaluate: Evaluate, coefficients: FloatArray, point: Point, direction: FloatArray
) -> tuple[FloatArray, Point]:
    slack = 1e-9 * (1 + abs(point.loglik))
    for halving in range(_HALVINGS):
        candidate = coefficients + direction / 2**halving
        reached = evaluate(candidate)
        if reached.loglik >= point.loglik - slack:
            return candidate, reached
    return coefficients, point

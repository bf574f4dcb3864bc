"""The restricted likelihood of repeated scores at a given covariance, and its derivatives, from moments.

A covariance is a combination of pattern matrices, V = sum of parameter * matrix, so the criterion has closed first and
second derivatives (Harville 1977), every one a sum over classes of patients. Criterion means minus twice the restricted
log-likelihood.
"""

import math
from dataclasses import dataclass

import numpy as np

from foramen.statistics.mixed_design import RepeatedDesign
from foramen.statistics.moment_rows import FloatArray
from foramen.statistics.newton import inverse, inverse_root


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Generalised least squares at one covariance of the scores. `root` times its transpose is the covariance of the
    coefficients, `residual` the weighted sum of squares."""

    coefficients: FloatArray
    root: FloatArray
    residual: float
    criterion: float

    @property
    def covariance(self) -> FloatArray:
        return self.root @ self.root.T


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """Derivatives of the criterion by the parameters. `sensitivity[k]` is minus the derivative of X'V⁻¹X by parameter
    k, from which the uncertainty of a standard error follows."""

    gradient: FloatArray
    hessian: FloatArray
    sensitivity: FloatArray


def pattern_matrices(times: int, covariance: str) -> FloatArray:
    """The matrices that V combines: (1 1', identity) for a random intercept, or one per variance and covariance in the
    order of a lower triangle."""
    if covariance == "random_intercept":
        return np.stack((np.ones((times, times)), np.eye(times)))
    found = np.zeros((times * (times + 1) // 2, times, times))
    rows, columns = np.tril_indices(times)
    numbers = np.arange(len(found))
    found[numbers, rows, columns] = found[numbers, columns, rows] = 1
    return found


def solve(design: RepeatedDesign, covariance: FloatArray) -> Solution | None:
    """Generalised least squares and the criterion; None where the covariance is not positive definite."""
    products, log_determinant = np.zeros((design.effects + 1, design.effects + 1)), 0.0
    for part in design.classes:
        block = covariance[np.ix_(part.observed, part.observed)]
        weight = inverse(block)
        if weight is None:
            return None
        log_determinant += part.n * float(np.linalg.slogdet(block).logabsdet)
        products += np.tensordot(part.rows, weight @ part.rows, axes=([0, 1], [0, 1]))
    precision, right = products[:-1, :-1], products[:-1, -1]
    root = inverse_root(precision)
    if root is None:
        return None
    coefficients = root @ (root.T @ right)
    residual = float(products[-1, -1] - right @ coefficients)
    constant = (design.observations - design.effects) * math.log(2 * math.pi)
    log_determinant += float(np.linalg.slogdet(precision).logabsdet)
    return Solution(coefficients, root, residual, constant + log_determinant + residual)


def covariance_gradient(design: RepeatedDesign, covariance: FloatArray, solution: Solution) -> FloatArray:
    """The symmetric matrix whose inner product with a change of V is the change of the criterion:
    the sum over patients of V⁻¹ - V⁻¹(r r' + X C X')V⁻¹, C the covariance of the coefficients."""
    found = np.zeros_like(covariance)
    direction = np.append(-solution.coefficients, 1.0)
    for part in design.classes:
        weight = np.linalg.inv(covariance[np.ix_(part.observed, part.observed)])
        residual = part.rows @ direction
        fitted = part.rows[:, :, :-1] @ solution.root
        explained = residual.T @ residual + np.tensordot(fitted, fitted, axes=([0, 2], [0, 2]))
        found[np.ix_(part.observed, part.observed)] += part.n * weight - weight @ explained @ weight
    return found


def curvature(design: RepeatedDesign, matrices: FloatArray, covariance: FloatArray, solution: Solution) -> Curvature:
    """First and second derivatives of the criterion by the parameters.

    With P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹ the second derivative is 2 y'PGPHPy - tr(PGPH). Both parts are inner products of
    factors, class by class, so no matrix is larger than the scores of one patient.
    """
    size, effects = len(matrices), design.effects
    hessian = np.zeros((size, size))
    sensitivity, moved = np.zeros((size, effects, effects)), np.zeros((size, effects))
    root, direction = solution.root, np.append(-solution.coefficients, 1.0)
    for part in design.classes:
        block = covariance[np.ix_(part.observed, part.observed)]
        weight, factor = np.linalg.inv(block), np.linalg.inv(np.linalg.cholesky(block)).T
        inner = matrices[:, part.observed[:, None], part.observed]
        weighted = weight @ part.rows[:, :, :-1]
        by_effect = np.einsum("kij,rjp->krip", inner, weighted)
        by_residual = np.einsum("kij,rj->kri", inner, part.rows @ direction @ weight)
        sensitivity += np.einsum("rip,kriq->kpq", weighted, by_effect)
        moved += np.einsum("rip,kri->kp", weighted, by_residual)
        hessian += 2 * _gram(by_residual @ factor) + 2 * _gram(factor.T @ by_effect @ root)
        hessian -= part.n * _gram(factor.T @ inner @ factor)
    hessian -= 2 * moved @ solution.covariance @ moved.T + _gram(root.T @ sensitivity @ root)
    gradient = np.tensordot(matrices, covariance_gradient(design, covariance, solution))
    return Curvature(gradient, hessian, sensitivity)


def _gram(factors: FloatArray) -> FloatArray:
    """Inner products of the factors with each other."""
    flat = factors.reshape(len(factors), -1)
    return flat @ flat.T

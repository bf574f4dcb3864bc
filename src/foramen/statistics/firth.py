"""Firth's penalised logistic regression: finite estimates even where the outcomes are separated."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from foramen.statistics.covariate_patterns import FloatArray, Patterns, Term, covariate_patterns, probabilities
from foramen.statistics.logistic_fit import Fit, score_point, settled, spread, unfitted
from foramen.statistics.newton import Climb, Point, climb, inverse
from foramen.statistics.tables import CountTable

_UNSETTLED = "the penalised fit did not converge; the terms may be on very different scales"


def fit_firth(table: CountTable, terms: Sequence[Term]) -> Fit:
    """Maximise the log-likelihood plus half the log-determinant of the information (Jeffreys' prior; Firth 1993, Heinze
    and Schemper 2002).

    `loglik` and `null_loglik` of the fit are penalised ones, both with the information of the full design, so that
    twice their difference is the penalised likelihood-ratio test. The covariance is the inverse information at the
    estimates. With separated outcomes prefer the profile interval: the Wald interval is symmetric and the likelihood is
    not.
    """
    patterns = covariate_patterns(table, terms)
    empty = replace(unfitted(patterns), penalised=True, separation=None)
    if empty.error:
        return empty
    full = climb_firth(patterns)
    null = climb_firth(patterns, fixed=tuple(range(1, len(patterns.terms))))
    if full.outcome != "converged" or null.outcome != "converged":
        return replace(empty, problem=_UNSETTLED)
    plain = score_point(patterns, full.coefficients).information
    ascent = replace(full, point=replace(full.point, information=plain))
    return replace(settled(empty, ascent, np.ones(len(patterns.terms))), null_loglik=null.point.loglik)


def climb_firth(patterns: Patterns, start: FloatArray | None = None, *, fixed: tuple[int, ...] = ()) -> Climb:
    """The climb on the penalised likelihood, some coefficients held fixed; it always has a maximum."""
    begin = np.zeros(len(patterns.terms)) if start is None else start
    return climb(
        lambda beta: firth_point(patterns, beta), begin, spread(patterns), fixed=fixed, bounded=True, limit=1000
    )


def firth_point(patterns: Patterns, coefficients: FloatArray) -> Point:
    """Penalised log-likelihood and modified score. The curvature is that of the data augmented by the leverages, to
    which the modified score belongs; the plain information is too flat, and steps by it swing about the maximum."""
    plain = score_point(patterns, coefficients)
    covariance = inverse(plain.information)
    if covariance is None:
        return Point(-np.inf, plain.gradient, plain.information)
    chance = probabilities(patterns.design @ coefficients)
    leverage = chance * (1 - chance) * np.einsum("ij,jk,ik->i", patterns.design, covariance, patterns.design)
    design, added = patterns.design, patterns.units * leverage
    modification = design.T @ (added * (0.5 - chance))
    curvature = plain.information + design.T @ ((added * chance * (1 - chance))[:, None] * design)
    penalty = np.linalg.slogdet(plain.information).logabsdet / 2
    return Point(plain.loglik + float(penalty), plain.gradient + modification, curvature)

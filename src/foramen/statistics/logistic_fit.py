"""Binary logistic regression by maximum likelihood, from covariate patterns or from score sums; both give one `Fit`."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from foramen.kernel.errors import StatisticError
from foramen.statistics.covariate_patterns import (
    INTERCEPT,
    FloatArray,
    Patterns,
    Term,
    covariate_patterns,
    log_likelihood,
    probabilities,
)
from foramen.statistics.newton import Climb, Point, climb, inverse
from foramen.statistics.separation import (
    Separation,
    constant_columns,
    constant_message,
    dependent_columns,
    dependent_message,
    divergence,
    find_separation,
    separation_message,
)
from foramen.statistics.sums import ScoreSums
from foramen.statistics.tables import CountTable

_NOBODY = "no row is complete in the outcome and every term"
_UNSETTLED = "the fit did not converge; the terms may be on very different scales or nearly dependent"
_ALIKE = "every complete row has the same outcome, so there is nothing to explain"


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted logistic model; the intercept is the first term.

    `denominator` counts all rows, `n` those complete in the outcome and every term. `null_loglik` belongs to the model
    with the intercept only, in closed form. Without estimates `coefficients` and `covariance` are empty, `loglik` is
    NaN, and either `separation` (the outcomes are separated) or `problem` (anything else) says why.
    """

    terms: tuple[Term, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    loglik: float
    null_loglik: float
    n: int
    successes: int
    denominator: int
    iterations: int = 0
    penalised: bool = False
    inputs: str | None = None
    separation: str | None = None
    problem: str | None = None

    @property
    def error(self) -> str | None:
        """Why there are no estimates; None when there are."""
        return self.separation or self.problem

    @property
    def standard_errors(self) -> tuple[float, ...]:
        return tuple(math.sqrt(self.covariance[i][i]) for i in range(len(self.covariance)))


def fit_patterns(table: CountTable, terms: Sequence[Term]) -> Fit:
    """Fit a table whose axes are the covariates and, last, the outcome (1 success, 0 failure).

    Rows missing or suppressed on any axis are left out and counted. Newton's method to a change of the linear predictor
    below 1e-9. Separated outcomes and dependent terms are said, never fitted.
    """
    return fit_design(covariate_patterns(table, terms))


def fit_design(patterns: Patterns) -> Fit:
    """`fit_patterns` for a design that is already made."""
    empty = unfitted(patterns)
    if empty.error:
        return empty
    ascent = climb_patterns(patterns)
    if ascent.outcome == "converged":
        return settled(empty, ascent, np.ones(len(patterns.terms)))
    found = find_separation(patterns.design, patterns.successes, patterns.failures)
    return _separated(empty, found) if found else replace(empty, problem=_UNSETTLED)


def climb_patterns(patterns: Patterns, start: FloatArray | None = None, *, fixed: tuple[int, ...] = ()) -> Climb:
    """The maximum-likelihood climb over patterns, some coefficients held fixed."""
    begin = np.zeros(patterns.design.shape[1]) if start is None else start
    return climb(lambda beta: score_point(patterns, beta), begin, spread(patterns), fixed=fixed, bounded=bool(fixed))


def score_point(patterns: Patterns, coefficients: FloatArray) -> Point:
    """Log-likelihood, score and Fisher information over patterns."""
    design = patterns.design
    chance = probabilities(design @ coefficients)
    weight = patterns.units * chance * (1 - chance)
    gradient = design.T @ (patterns.successes - patterns.units * chance)
    return Point(log_likelihood(patterns, coefficients), gradient, design.T @ (weight[:, None] * design))


def spread(patterns: Patterns) -> FloatArray:
    """Mean of x x' over rows."""
    squares: FloatArray = patterns.design.T @ (patterns.units[:, None] * patterns.design)
    return squares / float(patterns.units.sum())


def unfitted(patterns: Patterns) -> Fit:
    """A fit without estimates: the counts, and what already forbids estimates."""
    n, successes = patterns.n, int(patterns.successes.sum())
    fit = _without_estimates(patterns.terms, n, successes, patterns.denominator, patterns.inputs)
    if not n:
        return replace(fit, problem=_NOBODY)
    columns = patterns.design[:, 1:]
    centred = columns - patterns.units @ columns / n
    magnitude = patterns.units @ columns**2
    return _judged(fit, centred.T @ (patterns.units[:, None] * centred), magnitude)


def settled(empty: Fit, ascent: Climb, units: FloatArray) -> Fit:
    """The fit at the end of a climb; `units` turns coefficients per code into coefficients per printed unit."""
    covariance = inverse(ascent.point.information)
    if covariance is None:
        return replace(empty, problem=_UNSETTLED)
    return replace(
        empty,
        coefficients=tuple(float(b) for b in ascent.coefficients * units),
        covariance=tuple(tuple(float(v) for v in row) for row in covariance * np.outer(units, units)),
        loglik=ascent.point.loglik,
        iterations=ascent.iterations,
    )


def fit_scores(
    score: Callable[[Sequence[float]], ScoreSums],
    terms: Sequence[Term],
    *,
    denominator: int | None = None,
    inputs: str | None = None,
) -> Fit:
    """Fit from sums alone: `score` returns them at given coefficients, the intercept first.

    The sums are over integer codes, so the coefficients handed to `score` are per code; the fit's are per printed unit
    (`Term.decimals`). Newton's method as for patterns, to the same 1e-9 or as far as the fixed point of the sums
    resolves; one call per step. Separation is told from steps that stay large while the likelihood no longer grows.
    `denominator` (all rows) and `inputs` (digest of the request) are for the record; n is taken when they are unknown.
    """
    every = (INTERCEPT, *terms)
    start = np.zeros(len(every))
    first = score(start.tolist())
    if len(first.gradient) != len(every):
        raise StatisticError.single("the score sums do not belong to these terms", received=", ".join(first.terms))
    fit = _without_estimates(every, first.n, first.successes, denominator or first.n, inputs)
    empty = _judged(fit, *_scatter(first)) if first.n else replace(fit, problem=_NOBODY)
    if empty.error:
        return empty
    begin = _point(first)
    mean_square = 4 * begin.information / first.n
    noise = min(1e4 * 4.0**-first.bits, 1e-8)
    ascent = climb(lambda beta: _point(score(beta.tolist())), start, mean_square, begin=begin, noise=noise)
    if ascent.outcome == "converged":
        return settled(empty, ascent, np.array([10.0**term.decimals for term in every]))
    if ascent.outcome == "stuck":
        return replace(empty, problem=_UNSETTLED)
    return _separated(empty, divergence(ascent.direction, mean_square, ascent.point.loglik))


def _without_estimates(terms: tuple[Term, ...], n: int, successes: int, denominator: int, inputs: str | None) -> Fit:
    failures = n - successes
    null = sum(count * math.log(count / n) for count in (successes, failures) if count)
    return Fit(terms, (), (), math.nan, float(null), n, successes, denominator, inputs=inputs)


def _judged(fit: Fit, scatter: FloatArray, magnitude: FloatArray) -> Fit:
    labels = [term.label for term in fit.terms[1:]]
    if constants := constant_columns(scatter, magnitude):
        return replace(fit, problem=constant_message([labels[i] for i in constants]))
    if dependent := dependent_columns(scatter):
        return replace(fit, problem=dependent_message([labels[i] for i in dependent]))
    return replace(fit, separation=_ALIKE) if fit.successes in (0, fit.n) else fit


def _separated(fit: Fit, found: Separation) -> Fit:
    named = [fit.terms[i].label for i in found.columns if i] or [fit.terms[0].label]
    return replace(fit, separation=separation_message(named, complete=found.complete))


def _point(sums: ScoreSums) -> Point:
    unit = 2**sums.bits
    gradient = np.array([value / unit for value in sums.gradient])
    information = np.zeros((len(gradient), len(gradient)))
    information[np.triu_indices(len(gradient))] = [value / unit for value in sums.information]
    return Point(sums.loglik / unit, gradient, information + np.triu(information, 1).T)


def _scatter(sums: ScoreSums) -> tuple[FloatArray, FloatArray]:
    """Centred sums of squares and products of the covariates, and their plain sums of squares.

    At zero coefficients every row weighs exactly 1/4, so the information holds the integer sums of x x', and the
    centring is done in integers.
    """
    size = len(sums.gradient)
    pairs = ((i, j) for i in range(size) for j in range(i, size))
    triangle = dict(zip(pairs, sums.information, strict=True))
    whole, quarter = triangle[0, 0], 2**sums.bits // 4
    scatter = np.zeros((size - 1, size - 1))
    for i in range(1, size):
        for j in range(i, size):
            exact = triangle[i, j] * whole - triangle[0, i] * triangle[0, j]
            scatter[i - 1, j - 1] = scatter[j - 1, i - 1] = exact / (whole * quarter)
    return scatter, np.array([triangle[i, i] / quarter for i in range(1, size)])

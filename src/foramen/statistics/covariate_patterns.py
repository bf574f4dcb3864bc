"""The design of a logistic model over a count table: one row per covariate pattern, not per patient."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foramen.kernel.errors import StatisticError
from foramen.statistics.tables import Axis, Cell, Code, CountTable

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Term:
    """One column of a design: with a `code`, 1 where the column has that code and 0 elsewhere (the reference level of
    a category has no term); without, the number itself, code / 10**decimals."""

    column: str
    code: Code
    label: str
    decimals: int = 0


INTERCEPT = Term("", None, "(intercept)")
"""The first term of every fit; callers never pass it."""


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Rows with equal design are one pattern. `design` is patterns × terms, the intercept first; `units` and
    `successes` count each pattern's rows. Only rows complete on every axis are here; `denominator` counts all."""

    terms: tuple[Term, ...]
    design: FloatArray
    units: FloatArray
    successes: FloatArray
    denominator: int
    inputs: str

    @property
    def n(self) -> int:
        return int(self.units.sum())

    @property
    def failures(self) -> FloatArray:
        return self.units - self.successes


def covariate_patterns(table: CountTable, terms: Sequence[Term]) -> Patterns:
    """Count each pattern's rows and successes; the last axis of the table is the outcome, 1 success and 0 failure."""
    return _patterns(table, tuple(terms))


@lru_cache(maxsize=1)
def _patterns(table: CountTable, terms: tuple[Term, ...]) -> Patterns:
    """Remembered for one table: the fit of a model, its calibration and its performance all start here."""
    outcome = table.axes[-1]
    if not terms:
        raise StatisticError.single("a logistic model needs at least one term", remedy="name a covariate")
    if any(term.column == outcome.name for term in terms):
        raise StatisticError.single(f"“{outcome.name}” is the outcome and cannot explain itself")
    readers = [_reader(table, term) for term in terms]
    counts: dict[tuple[float, ...], list[int]] = {}
    for cell, count in table.complete().cells:
        counts.setdefault(tuple(read(cell) for read in readers), [0, 0])[_outcome(outcome, cell[-1])] += count
    rows = np.array(list(counts), dtype=np.float64).reshape(len(counts), len(terms))
    cells = np.array(list(counts.values()), dtype=np.float64).reshape(len(counts), 2)
    design = np.column_stack((np.ones(len(counts)), rows))
    return Patterns((INTERCEPT, *terms), design, cells.sum(axis=1), cells[:, 1], table.total, table.digest)


def log_likelihood(patterns: Patterns, coefficients: FloatArray) -> float:
    """Bernoulli log-likelihood of the rows, without binomial coefficients, so it does not depend on how they are
    grouped."""
    predictor = patterns.design @ coefficients
    return float(patterns.successes @ predictor - patterns.units @ np.logaddexp(0.0, predictor))


def probabilities(predictor: FloatArray) -> FloatArray:
    """The inverse logit, without overflow at either end."""
    small = np.exp(-np.abs(predictor))
    return np.where(predictor >= 0, 1.0, small) / (1.0 + small)


def _reader(table: CountTable, term: Term) -> Callable[[Cell], float]:
    index = table.position(term.column)
    axis = table.axes[index]
    if term.code is not None:
        return lambda cell: float(cell[index] == term.code)
    if term.decimals != axis.decimals:
        raise StatisticError.single(
            f"“{term.column}” is recorded with {axis.decimals} decimals, the term says {term.decimals}"
        )
    return lambda cell: _number(axis, cell[index])


def _number(axis: Axis, code: Any) -> float:
    return code / (10**axis.decimals * axis.divisor) if isinstance(code, int) else float(axis.value(code))


def _outcome(axis: Axis, code: Code) -> int:
    if code in (0, 1) and isinstance(code, int):
        return code
    raise StatisticError.single(
        f"“{axis.name}” is not a yes-or-no outcome", received=axis.label(code), remedy="code success 1 and failure 0"
    )

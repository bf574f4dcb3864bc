"""Why a logistic model has no estimates: terms that follow from each other, outcomes that follow from the terms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

FloatArray = NDArray[np.float64]

_SINGULAR = 1e-10
_LOADS = 1e-6
_POSITIVE = 1e-7


def constant_columns(scatter: FloatArray, magnitude: FloatArray) -> tuple[int, ...]:
    """Columns without spread: their centred sum of squares is nothing beside their sum of squares."""
    spread = np.diag(scatter)
    return tuple(int(i) for i in np.flatnonzero(spread <= 1e-13 * magnitude))


def dependent_columns(gram: FloatArray) -> tuple[int, ...]:
    """Columns that take part in an exact linear relation, from their sums of squares and products.

    Scaled to a unit diagonal, so units do not matter; a relation is an eigenvalue below 1e-10, and a column takes part
    when it has weight in that eigenvector.
    """
    scale = 1 / np.sqrt(np.diag(gram))
    values, vectors = np.linalg.eigh(gram * np.outer(scale, scale))
    loads = np.abs(vectors[:, values < _SINGULAR])
    return tuple(int(i) for i in np.flatnonzero(loads.max(axis=1, initial=0.0) > _LOADS))


@dataclass(frozen=True, slots=True)
class Separation:
    """The columns from which outcomes follow: of every row (complete) or of some rows only."""

    columns: tuple[int, ...]
    complete: bool


def find_separation(design: FloatArray, successes: FloatArray, failures: FloatArray) -> Separation | None:
    """Whether the outcomes follow from the columns, the first of which is the intercept; None when they overlap.

    Complete separation is a direction along which every success lies above every failure; the one with the smallest
    sum of absolute coefficients names few columns. Otherwise Konis (2007): a direction along which no success falls and
    no failure rises, patterns with both outcomes staying where they are, as far as it goes; what moves is infinite.
    Both are linear programs.
    """
    scaled = design / np.maximum(np.abs(design).max(axis=0), np.finfo(float).tiny)
    rows = np.vstack((scaled[successes > 0], -scaled[failures > 0]))
    return _complete(rows) or _partial(rows)


def _complete(rows: FloatArray) -> Separation | None:
    size = rows.shape[1]
    cost = np.tile(np.append(0.0, np.ones(size - 1)), 2)
    found = optimize.linprog(cost, A_ub=np.hstack((-rows, rows)), b_ub=-np.ones(len(rows)), bounds=(0, None))
    return _named(found.x[:size] - found.x[size:], complete=True) if found.success else None


def _partial(rows: FloatArray) -> Separation | None:
    found = optimize.linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    return _named(found.x, complete=False) if found.success and -found.fun > _POSITIVE else None


def _named(direction: FloatArray, *, complete: bool) -> Separation:
    moves = np.abs(direction) > _POSITIVE * np.abs(direction).max()
    return Separation(tuple(int(i) for i in np.flatnonzero(moves)), complete)


def divergence(direction: FloatArray, spread: FloatArray, loglik: float) -> Separation:
    """What runs away in a climb that diverged: the columns that its last Newton step moves.

    Completely separated outcomes have a likelihood of one at infinity, while a single overlap costs log 4.
    """
    size = np.abs(direction) * np.sqrt(np.diag(spread))
    return Separation(tuple(int(i) for i in np.flatnonzero(size > 1e-3 * size.max())), loglik > -0.5)


def constant_message(labels: Sequence[str]) -> str:
    """What to say of `constant_columns`."""
    verb = "have" if len(labels) > 1 else "has"
    return f"{quoted(labels)} {verb} the same value in every complete row; leave out what does not vary"


def dependent_message(labels: Sequence[str]) -> str:
    """What to say of `dependent_columns`."""
    return f"{quoted(labels)} cannot be told apart: each follows exactly from the others; leave one of them out"


def separation_message(labels: Sequence[str], *, complete: bool) -> str:
    """What to say of columns that separate: all outcomes (complete), or those of some rows (quasi-complete)."""
    where = "every row (complete separation)" if complete else "some rows (quasi-complete separation)"
    return (
        f"in {where} the outcome follows exactly from {quoted(labels)}, so no finite coefficient exists; "
        "join categories, leave the term out, or use Firth's penalised fit"
    )


def quoted(labels: Sequence[str]) -> str:
    """“a”, “b” and “c”."""
    marked = [f"“{label}”" for label in labels]
    return " and ".join([", ".join(marked[:-1]), marked[-1]] if len(marked) > 1 else marked)

"""The restricted likelihood from moments against dense matrices over rows, its derivatives against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.statistics.contrasts import Group
from foramen.statistics.mixed_design import Labels, cell_indicator, repeated_design
from foramen.statistics.moment_rows import moment_cells
from foramen.statistics.reml import covariance_gradient, curvature, pattern_matrices, solve
from foramen.statistics.sums import Moment, MomentTable

COLUMNS = ("age", "y1", "y2", "y3")
LABELS = Labels(("t1", "t2", "t3"), ("A", "B"), ("age",))


def moment_table(rows):
    """Rows of (arm, age, y1, y2, y3); None is missing."""
    cells = {}
    for arm, *values in rows:
        known = tuple(value is not None for value in values)
        filled = tuple(value or 0 for value in values)
        products = tuple(filled[i] * filled[j] for i in range(4) for j in range(i, 4))
        part = Moment(1, filled, products)
        key = ((arm,), known)
        cells[key] = cells[key] + part if key in cells else part
    return MomentTable.build(COLUMNS, (0, 1, 1, 1), ("arm",), cells)


def design_of(rows):
    cells = moment_cells(moment_table(rows), grouped=True)
    return repeated_design(cells, COLUMNS[1:], ["age"], [Group(0, "A"), Group(1, "B")], LABELS)


def drawn(seed, n=40):
    generator = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        scores = (
            (generator.normal(50, 15) + generator.normal(0, 10, 3) - 5 * (i % 2) * np.arange(3)).round().astype(int)
        )
        kept = [int(y) if generator.random() > 0.2 else None for y in scores]
        rows.append((i % 2, int(generator.integers(30, 80)), *kept))
    return [*rows, (0, None, 50, 40, 30), (None, 44, 50, 40, 30), (1, 44, None, None, None)]


def dense_criterion(rows, design, covariance):
    """Minus twice the restricted log-likelihood patient by patient, in the scale of the design."""
    used = [r for r in rows if r[0] is not None and r[1] is not None and any(y is not None for y in r[2:])]
    a, b, total, count = np.zeros((7, 7)), np.zeros(7), 0.0, 0
    parts = []
    for arm, age, *scores in used:
        times = [t for t in range(3) if scores[t] is not None]
        scaled_age = (age - float(design.covariates[0].centre)) / design.covariates[0].unit
        x = np.array([[*cell_indicator(3, 2, t, arm), scaled_age] for t in times])
        y = (np.array([scores[t] / 10 for t in times]) - float(design.score.centre)) / design.score.unit
        block = covariance[np.ix_(times, times)]
        parts.append((x, y, block))
        a += x.T @ np.linalg.solve(block, x)
        b += x.T @ np.linalg.solve(block, y)
        count += len(times)
    beta = np.linalg.solve(a, b)
    for x, y, block in parts:
        r = y - x @ beta
        total += np.linalg.slogdet(block)[1] + r @ np.linalg.solve(block, r)
    return total + np.linalg.slogdet(a)[1] + (count - 7) * np.log(2 * np.pi), beta, len(used), count


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), factor=st.lists(st.floats(-0.9, 0.9), min_size=3, max_size=3))
def test_the_criterion_equals_a_dense_one_over_rows(seed, factor):
    rows = drawn(seed)
    lower = np.array([[0.9, 0, 0], [factor[0], 0.8, 0], [factor[1], factor[2], 0.7]])
    design = design_of(rows)
    expected, beta, patients, scores = dense_criterion(rows, design, lower @ lower.T)
    found = solve(design, lower @ lower.T)
    assert (design.patients, design.observations, design.denominator) == (patients, scores, 43)
    assert found.criterion == pytest.approx(expected, rel=1e-11)
    assert found.coefficients == pytest.approx(beta, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("structure", ["random_intercept", "unstructured"])
def test_first_and_second_derivatives_equal_differences(structure):
    design = design_of(drawn(5))
    matrices = pattern_matrices(3, structure)
    parameters = np.array([0.5, 0.6]) if structure == "random_intercept" else np.array([1.1, 0.4, 0.9, 0.3, 0.5, 1.2])

    def at(values):
        covariance = np.tensordot(values, matrices, axes=1)
        solution = solve(design, covariance)
        return solution, curvature(design, matrices, covariance, solution)

    _, exact = at(parameters)
    for k, step in enumerate(1e-5 * np.eye(len(parameters))):
        above, below = at(parameters + step), at(parameters - step)
        slope = (above[0].criterion - below[0].criterion) / 2e-5
        assert exact.gradient[k] == pytest.approx(slope, rel=1e-6, abs=1e-6)
        assert exact.hessian[k] == pytest.approx((above[1].gradient - below[1].gradient) / 2e-5, rel=1e-6, abs=1e-5)
        precision = [np.linalg.inv(s.covariance) for s, _ in (above, below)]
        assert exact.sensitivity[k] == pytest.approx(-(precision[0] - precision[1]) / 2e-5, rel=1e-5, abs=1e-5)


def test_a_covariance_that_is_not_positive_has_no_solution():
    design = design_of(drawn(5))
    assert solve(design, np.ones((3, 3))) is None
    assert covariance_gradient(design, np.eye(3), solve(design, np.eye(3))).shape == (3, 3)

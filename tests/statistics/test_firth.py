"""Firth's estimates against a naive solution of the modified score, patient by patient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from foramen.statistics.covariate_patterns import Term
from foramen.statistics.firth import fit_firth
from foramen.statistics.tables import Axis, CountTable

TERMS = [Term("x", None, "x"), Term("z", 1, "z")]


def rows_of(table):
    cells = [cell for cell, count in table.cells for _ in range(count)]
    return np.array([[1, x, z] for x, z, _ in cells], float), np.array([y for *_, y in cells], float)


def modified_score(beta, design, outcome):
    chance = 1 / (1 + np.exp(-design @ beta))
    weight = np.sqrt(chance * (1 - chance))[:, None] * design
    hat = np.diag(weight @ np.linalg.inv(weight.T @ weight) @ weight.T)
    return design.T @ (outcome - chance + hat * (0.5 - chance))


def penalised(beta, design, outcome):
    chance = 1 / (1 + np.exp(-design @ beta))
    information = design.T @ ((chance * (1 - chance))[:, None] * design)
    return np.sum(np.log(np.where(outcome == 1, chance, 1 - chance))) + np.linalg.slogdet(information)[1] / 2


@settings(max_examples=25, deadline=None)
@given(counts=st.lists(st.integers(0, 6), min_size=12, max_size=12))
def test_fit_firth_solves_the_modified_score(counts):
    keys = [(x, z, y) for x in (0, 1, 4) for z in (0, 1) for y in (0, 1)]
    table = CountTable.build([Axis("x"), Axis("z"), Axis("y")], list(zip(keys, counts, strict=True)))
    fit = fit_firth(table, TERMS)
    if fit.error:
        assert "cannot be told apart" in fit.error or "same value" in fit.error or "no row" in fit.error
        return
    design, outcome = rows_of(table)
    assert modified_score(np.array(fit.coefficients), design, outcome) == pytest.approx(np.zeros(3), abs=1e-6)
    assert fit.loglik == pytest.approx(penalised(np.array(fit.coefficients), design, outcome), rel=1e-9)


def test_separated_outcomes_have_finite_estimates_and_a_likelihood_ratio():
    table = CountTable.build(
        [Axis("x"), Axis("z"), Axis("y")], {(0, 0, 0): 6, (1, 1, 0): 2, (4, 0, 1): 3, (4, 1, 1): 4}
    )
    fit = fit_firth(table, TERMS)
    design, outcome = rows_of(table)
    found = optimize.root(modified_score, np.zeros(3), args=(design, outcome), tol=1e-13)
    assert fit.coefficients == pytest.approx(found.x, rel=1e-7)
    null = optimize.minimize_scalar(
        lambda b: -penalised(np.array([b, 0, 0]), design, outcome), bounds=(-5, 5), method="bounded"
    )
    assert fit.null_loglik == pytest.approx(-null.fun, rel=1e-9)
    assert fit.separation is None and fit.penalised


def test_dependent_terms_stay_an_error():
    table = CountTable.from_rows(x=[0, 1, 2, 3], z=[0, 1, 2, 3], y=[0, 1, 0, 1])
    fit = fit_firth(table, [Term("x", None, "x"), Term("z", None, "z")])
    assert "“x” and “z”" in fit.error and fit.coefficients == ()


@settings(max_examples=25, deadline=None)
@given(counts=st.lists(st.integers(0, 50), min_size=4, max_size=4))
def test_one_finding_gives_the_odds_ratio_with_a_half_added_to_every_cell(counts):
    a, b, c, d = counts
    table = CountTable.build([Axis("x"), Axis("y")], {(1, 1): a, (1, 0): b, (0, 1): c, (0, 0): d})
    fit = fit_firth(table, [Term("x", 1, "x")])
    if (a + b) * (c + d):
        assert fit.coefficients[1] == pytest.approx(np.log((a + 0.5) * (d + 0.5) / (b + 0.5) / (c + 0.5)), abs=1e-8)

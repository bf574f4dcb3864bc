"""Rows about a logistic fit against R: summary, confint, exact profile roots, likelihoods."""

import math

import pytest

from foramen.kernel.errors import StatisticError
from foramen.statistics.covariate_patterns import Term
from foramen.statistics.firth import fit_firth
from foramen.statistics.logistic import model_fit, odds_ratios
from foramen.statistics.logistic_fit import fit_patterns
from foramen.statistics.tables import Axis, CountTable
from tests.statistics.designs import MODELS, TERMS, table_of


def named(rows, name):
    return [row for row in rows if row.name == name]


@pytest.mark.parametrize("model", MODELS)
def test_wald_rows_equal_r(model):
    table = table_of(model["rows"])
    rows = odds_ratios(fit_patterns(table, TERMS), level=0.95, method="wald")
    coefficients = named(rows, "coefficient")
    assert [dict(row.about)["term"] for row in coefficients] == ["(intercept)", *(t.label for t in TERMS)]
    assert [row.estimate for row in coefficients] == pytest.approx(model["coefficients"], rel=1e-9)
    assert [row.statistic for row in coefficients] == pytest.approx(model["z"], rel=1e-6)
    assert [row.p for row in coefficients] == pytest.approx(model["p"], rel=1e-5)
    assert [row.estimate for row in named(rows, "coefficient_standard_error")] == pytest.approx(
        model["errors"], rel=1e-6
    )
    ratios = named(rows, "odds_ratio")
    assert [row.estimate for row in ratios] == pytest.approx([math.exp(b) for b in model["coefficients"][1:]], rel=1e-9)
    expected = [
        math.exp(b - 1.959963984540054 * se) for b, se in zip(model["coefficients"], model["errors"], strict=True)
    ]
    assert [row.lower for row in ratios] == pytest.approx(expected[1:], rel=1e-6)
    assert {(row.n, row.denominator, row.inputs) for row in rows} == {(table.total, table.total, table.digest)}


@pytest.mark.parametrize("model", MODELS)
def test_profile_intervals_equal_exact_roots_and_rs_interpolation(model):
    table = table_of(model["rows"])
    rows = odds_ratios(fit_patterns(table, TERMS), level=0.95, method="profile", table=table)
    found = [(row.lower, row.upper) for row in named(rows, "coefficient")]
    for own, root, interpolated in zip(found, model["roots"], model["confint"], strict=True):
        assert own == pytest.approx(root, rel=1e-8)
        assert own == pytest.approx(interpolated, rel=2e-3, abs=1e-3)
    ratio = named(rows, "odds_ratio")[0]
    assert (ratio.lower, ratio.upper) == pytest.approx(tuple(math.exp(bound) for bound in found[1]), rel=1e-12)
    assert "profile-likelihood" in ratio.method


@pytest.mark.parametrize("model", MODELS)
def test_model_fit_equals_r(model):
    fit = fit_patterns(table_of(model["rows"]), TERMS)
    rows = {row.name: row for row in model_fit(fit)}
    assert rows["log_likelihood"].estimate == pytest.approx(model["loglik"], rel=1e-11)
    assert rows["aic"].estimate == pytest.approx(model["aic"], rel=1e-11)
    assert rows["nagelkerke_r2"].estimate == pytest.approx(model["nagelkerke"], rel=1e-9)
    assert rows["cox_snell_r2"].estimate < rows["nagelkerke_r2"].estimate
    ratio = rows["likelihood_ratio"]
    assert (ratio.statistic, ratio.df) == (pytest.approx(2 * (model["loglik"] - model["null_loglik"]), rel=1e-9), 5)
    assert "of the rarer outcome for 5 terms" in (ratio.warning or "") or fit.successes >= 50


def test_every_row_of_a_separated_fit_says_why_and_has_no_number():
    table = CountTable.build([Axis("x"), Axis("y")], {(0, 0): 6, (0, 1): 3, (1, 1): 5})
    fit = fit_patterns(table, [Term("x", 1, "finding")])
    rows = [*odds_ratios(fit, level=0.95, method="wald"), *model_fit(fit)]
    assert {row.name for row in rows} >= {"odds_ratio", "coefficient", "coefficient_standard_error", "nagelkerke_r2"}
    for row in rows:
        assert "“finding”" in row.error
        assert row.estimate is row.lower is row.upper is row.statistic is row.p is None


def test_a_penalised_fit_has_no_r_squared_but_a_profile():
    table = CountTable.build([Axis("x"), Axis("y")], {(0, 0): 6, (0, 1): 3, (1, 1): 5})
    fit = fit_firth(table, [Term("x", 1, "finding")])
    rows = {row.name: row for row in model_fit(fit)}
    assert rows["nagelkerke_r2"].error and rows["aic"].error and rows["likelihood_ratio"].p is not None
    ratio = odds_ratios(fit, level=0.95, method="profile", table=table)[0]
    assert 0 < ratio.lower < ratio.estimate < ratio.upper and "Firth" in ratio.method


def test_a_million_fold_scale_leaves_the_rest_of_the_rows_in_place():
    """A covariate in micrometres of kilometres: the odds ratio per unit leaves the range of numbers and says so."""
    table = CountTable.build([Axis("x", decimals=4), Axis("y")], {(0, 0): 900, (0, 1): 100, (1, 0): 100, (1, 1): 900})
    rows = odds_ratios(fit_patterns(table, [Term("x", None, "x", decimals=4)]), level=0.95, method="wald")
    assert "smaller unit" in rows[0].error and rows[0].estimate is None
    assert named(rows, "coefficient")[1].estimate == pytest.approx(1e4 * math.log(81), rel=1e-9)


def test_profile_needs_the_table_the_model_was_fitted_to():
    table = CountTable.build([Axis("x"), Axis("y")], {(0, 0): 6, (0, 1): 3, (1, 0): 2, (1, 1): 5})
    fit = fit_patterns(table, [Term("x", 1, "x")])
    with pytest.raises(StatisticError, match="covariate patterns"):
        odds_ratios(fit, level=0.95, method="profile")
    with pytest.raises(StatisticError, match="not the one"):
        odds_ratios(fit, level=0.95, method="profile", table=table + table)
    with pytest.raises(StatisticError, match="unknown method"):
        odds_ratios(fit, level=0.95, method="score")

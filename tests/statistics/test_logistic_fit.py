"""Logistic fits against R's glm, statsmodels, and each other: patterns, score sums, pooled sites."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.kernel.errors import StatisticError
from foramen.statistics.covariate_patterns import Term, covariate_patterns
from foramen.statistics.logistic_fit import fit_patterns, fit_scores
from foramen.statistics.sums import ScoreSums
from foramen.statistics.tables import Axis, CountTable
from tests.statistics.designs import AXES, MODELS, TERMS, table_of


def score_sums(table, beta, terms, bits):
    """Row by row, residual and weight rounded before they are multiplied by codes, as an engine does it."""
    sums = ScoreSums(
        tuple(t.label for t in terms), bits, 0, 0, 0, (0,) * len(beta), (0,) * (len(beta) * (len(beta) + 1) // 2)
    )
    for cell, count in table.complete().cells:
        codes = [1, *(cell[table.position(t.column)] for t in terms)]
        codes = [
            1,
            *(int(code == t.code) if t.code is not None else code for t, code in zip(terms, codes[1:], strict=True)),
        ]
        eta = sum(b * x for b, x in zip(beta, codes, strict=True))
        chance = 1 / (1 + math.exp(-eta)) if eta > 0 else math.exp(eta) / (1 + math.exp(eta))
        loglik = cell[-1] * eta - max(eta, 0) - math.log1p(math.exp(-abs(eta)))
        residual, weight = round((cell[-1] - chance) * 2**bits), round(chance * (1 - chance) * 2**bits)
        products = [codes[i] * codes[j] * weight * count for i in range(len(codes)) for j in range(i, len(codes))]
        gradient = [x * residual * count for x in codes]
        part = ScoreSums(
            sums.terms, bits, count, cell[-1] * count, round(loglik * 2**bits) * count, tuple(gradient), tuple(products)
        )
        sums = sums + part
    return sums


@pytest.mark.parametrize("model", MODELS)
def test_fit_patterns_equals_r(model):
    fit = fit_patterns(table_of(model["rows"]), TERMS)
    assert fit.coefficients == pytest.approx(model["coefficients"], rel=1e-9)
    assert fit.standard_errors == pytest.approx(model["errors"], rel=1e-6)
    assert fit.loglik == pytest.approx(model["loglik"], rel=1e-12)
    assert fit.null_loglik == pytest.approx(model["null_loglik"], rel=1e-12)
    assert (fit.n, fit.error) == (len(model["rows"]["age"]), None)


@pytest.mark.parametrize("model", MODELS)
def test_score_sums_give_the_fit_of_the_patterns(model):
    table = table_of(model["rows"])
    by_patterns = fit_patterns(table, TERMS)
    by_sums = fit_scores(lambda beta: score_sums(table, beta, TERMS, 40), TERMS, denominator=table.total)
    assert by_sums.coefficients == pytest.approx(by_patterns.coefficients, rel=1e-9)
    assert np.ravel(by_sums.covariance) == pytest.approx(np.ravel(by_patterns.covariance), rel=1e-8)
    assert (by_sums.n, by_sums.successes) == (by_patterns.n, by_patterns.successes)
    assert by_sums.loglik == pytest.approx(by_patterns.loglik, rel=1e-9)


def test_coarse_score_sums_converge_as_far_as_they_resolve():
    table = table_of(MODELS[0]["rows"])
    coarse = fit_scores(lambda beta: score_sums(table, beta, TERMS, 20), TERMS)
    assert coarse.error is None and coarse.iterations < 15
    assert coarse.coefficients == pytest.approx(fit_patterns(table, TERMS).coefficients, rel=1e-3)


def test_sums_of_two_sites_give_the_pooled_fit_bit_for_bit():
    one, other = (table_of(model["rows"]) for model in MODELS)
    pooled = fit_scores(lambda beta: score_sums(one + other, beta, TERMS, 40), TERMS)
    merged = fit_scores(lambda b: score_sums(one, b, TERMS, 40) + score_sums(other, b, TERMS, 40), TERMS)
    assert merged == pooled


def test_a_million_patients_keep_every_digit():
    rows = MODELS[0]["rows"]
    few = table_of(rows)
    many = CountTable.build(AXES, [(cell, count * 7463) for cell, count in few.cells])
    fit = fit_patterns(many, TERMS)
    assert fit.n == 134 * 7463 == 1_000_042
    assert fit.coefficients == pytest.approx(fit_patterns(few, TERMS).coefficients, rel=1e-10)
    design = np.column_stack([np.ones(134), rows["age"], np.array(rows["grade"]) == 1, np.array(rows["grade"]) == 2,
                              rows["oedema"], np.array(rows["slip"]) / 10]).astype(float)  # fmt: skip
    weights = np.full(134, 7463)
    model = sm.GLM(np.array(rows["success"]), design, sm.families.Binomial(), freq_weights=weights).fit(tol=1e-14)
    assert fit.coefficients == pytest.approx(model.params, rel=1e-7)
    assert fit.standard_errors == pytest.approx(model.bse, rel=1e-7)
    assert fit.loglik == pytest.approx(model.llf, rel=1e-11)


@settings(max_examples=30, deadline=None)
@given(counts=st.lists(st.integers(1, 400), min_size=12, max_size=12))
def test_fit_patterns_equals_statsmodels_on_drawn_tables(counts):
    cells = [
        ((x, z, y), n)
        for (x, z, y), n in zip(((x, z, y) for x in (0, 1, 3) for z in (0, 1) for y in (0, 1)), counts, strict=True)
    ]
    table = CountTable.build([Axis("x"), Axis("z"), Axis("y")], cells)
    fit = fit_patterns(table, [Term("x", None, "x"), Term("z", 1, "z")])
    design = np.array([[1, x, z] for (x, z, _), _ in cells], float)
    model = sm.GLM([y for (_, _, y), _ in cells], design, sm.families.Binomial(), freq_weights=counts).fit(tol=1e-15)
    assert fit.coefficients == pytest.approx(model.params, rel=1e-6, abs=1e-8)
    assert fit.standard_errors == pytest.approx(model.bse, rel=1e-5)


def test_a_covariate_far_from_zero_is_not_taken_for_a_constant():
    year = CountTable.build(
        [Axis("year"), Axis("y")], {(2018 + i, y): 10 + i * (2 * y - 1) for i in range(5) for y in (0, 1)}
    )
    near = CountTable.build([Axis("year"), Axis("y")], {(i, y): 10 + i * (2 * y - 1) for i in range(5) for y in (0, 1)})
    fits = [fit_patterns(table, [Term("year", None, "year")]) for table in (year, near)]
    assert fits[0].coefficients[1] == pytest.approx(fits[1].coefficients[1], rel=1e-8)
    assert fits[0].standard_errors[1] == pytest.approx(fits[1].standard_errors[1], rel=1e-8)


def test_rows_missing_or_suppressed_anywhere_are_left_out_and_counted():
    axes = [Axis("x", suppressed=-9), Axis("y")]
    whole = {(0, 0): 5, (0, 1): 3, (1, 0): 2, (1, 1): 6}
    holes = {**whole, (None, 1): 4, (-9, 0): 2, (1, None): 7}
    fit = fit_patterns(CountTable.build(axes, holes), [Term("x", None, "x")])
    assert (fit.n, fit.denominator) == (16, 29)
    assert fit.coefficients == fit_patterns(CountTable.build(axes, whole), [Term("x", None, "x")]).coefficients
    assert fit.coefficients[1] == pytest.approx(math.log(6 * 5 / (2 * 3)), rel=1e-12)


def separated(overlap):
    """A finding that none of the failures has; with `overlap`, the rest of the patients do not separate."""
    cells = {(0, 0, 0): 8, (1, 0, 0): 5, (0, 1, 1): 4, (1, 1, 1): 3}
    return CountTable.build(
        [Axis("sex"), Axis("finding"), Axis("y")], {**cells, **({(0, 0, 1): 2, (1, 0, 1): 4} if overlap else {})}
    )


FINDING = [Term("sex", 1, "sex: female"), Term("finding", 1, "bone marrow oedema")]


@pytest.mark.parametrize(("overlap", "kind"), [(True, "quasi-complete"), (False, "(complete")])
@pytest.mark.parametrize("source", ["patterns", "sums"])
def test_separation_is_said_and_names_the_finding_only(overlap, kind, source):
    table = separated(overlap)
    if source == "patterns":
        fit = fit_patterns(table, FINDING)
    else:
        fit = fit_scores(lambda beta: score_sums(table, beta, FINDING, 40), FINDING)
    assert kind in fit.separation and "“bone marrow oedema”" in fit.separation and "sex" not in fit.separation
    assert fit.error == fit.separation and fit.coefficients == () == fit.covariance


def test_one_separated_patient_among_many_is_still_found():
    cells = {(0, 0): 500_000, (0, 1): 400_000, (1, 1): 1}
    table = CountTable.build([Axis("x"), Axis("y")], cells)
    term = [Term("x", 1, "rare")]
    assert "“rare”" in fit_patterns(table, term).separation
    assert "“rare”" in fit_scores(lambda beta: score_sums(table, beta, term, 40), term).separation


def test_a_level_that_separates_the_reference_is_found():
    table = CountTable.build([Axis("x"), Axis("y")], {(0, 0): 9, (1, 0): 4, (1, 1): 5, (2, 0): 3, (2, 1): 3})
    terms = [Term("x", 1, "mild"), Term("x", 2, "severe")]
    assert "“mild” and “severe”" in fit_patterns(table, terms).separation
    assert "“mild” and “severe”" in fit_scores(lambda beta: score_sums(table, beta, terms, 40), terms).separation


def test_dependent_terms_are_named_and_the_innocent_is_not():
    rows = MODELS[0]["rows"]
    terms = [Term("age", None, "age"), *(Term("grade", grade, f"grade {grade}") for grade in (0, 1, 2))]
    table = table_of(rows)
    for fit in (fit_patterns(table, terms), fit_scores(lambda beta: score_sums(table, beta, terms, 40), terms)):
        assert "“grade 0”, “grade 1” and “grade 2”" in fit.problem and "age" not in fit.problem
        assert fit.separation is None


def test_a_level_nobody_has_is_named():
    fit = fit_patterns(table_of(MODELS[0]["rows"]), [Term("age", None, "age"), Term("grade", 3, "grade 3")])
    assert "“grade 3” has the same value in every complete row" in fit.problem


@pytest.mark.parametrize("y", [0, 1])
def test_equal_outcomes_are_said(y):
    fit = fit_patterns(CountTable.build([Axis("x"), Axis("y")], {(0, y): 5, (1, y): 3}), [Term("x", None, "x")])
    assert "the same outcome" in fit.separation


def test_an_empty_table_is_said():
    table = CountTable.build([Axis("x"), Axis("y")], {(None, 1): 5})
    fit = fit_patterns(table, [Term("x", None, "x")])
    assert (fit.n, fit.denominator) == (0, 5) and "no row is complete" in fit.problem
    nothing = ScoreSums(("(intercept)", "x"), 40, 0, 0, 0, (0, 0), (0, 0, 0))
    assert "no row is complete" in fit_scores(lambda beta: nothing, [Term("x", None, "x")]).problem


@pytest.mark.parametrize(
    "terms",
    [[], [Term("y", None, "y")], [Term("z", None, "z")], [Term("x", None, "x", decimals=1)]],
    ids=["no term", "the outcome itself", "no such axis", "other decimals"],
)
def test_covariate_patterns_refuses_a_wrong_design(terms):
    with pytest.raises(StatisticError):
        covariate_patterns(CountTable.from_rows(x=[0, 1], y=[0, 1]), terms)


def test_an_outcome_that_is_not_yes_or_no_is_refused():
    with pytest.raises(StatisticError, match="yes-or-no"):
        fit_patterns(CountTable.from_rows(x=[0, 1], y=[1, 2]), [Term("x", None, "x")])


def test_score_sums_of_other_terms_are_refused():
    sums = ScoreSums(("(intercept)", "x"), 40, 4, 2, 0, (0, 0), (4, 2, 2))
    with pytest.raises(StatisticError, match="do not belong"):
        fit_scores(lambda beta: sums, [Term("x", None, "x"), Term("z", None, "z")])

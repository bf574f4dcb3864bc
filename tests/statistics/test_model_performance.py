"""Predictions, calibration and discrimination against computations patient by patient."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from foramen.kernel.errors import StatisticError
from foramen.statistics.classification import auc
from foramen.statistics.covariate_patterns import Term
from foramen.statistics.logistic_fit import fit_patterns
from foramen.statistics.model_performance import (
    calibration,
    hosmer_lemeshow,
    performance,
    predictions,
    risk_groups,
    roc,
    roc_curve,
)
from foramen.statistics.tables import Axis, CountTable
from tests.statistics.designs import MODELS, TERMS, table_of


def probabilities_by_row(model):
    rows = {name: np.array(values) for name, values in model["rows"].items()}
    columns = [
        np.ones(len(rows["age"])),
        rows["age"],
        rows["grade"] == 1,
        rows["grade"] == 2,
        rows["oedema"],
        rows["slip"] / 10,
    ]
    return 1 / (1 + np.exp(-np.column_stack(columns).astype(float) @ np.array(model["coefficients"]))), rows["success"]


def two_levels(counts, terms=None):
    table = CountTable.build([Axis("x"), Axis("y")], counts)
    return table, fit_patterns(table, terms or [Term("x", None, "x")])


@pytest.mark.parametrize("model", MODELS)
def test_predictions_are_the_probabilities_of_the_patients(model):
    table = table_of(model["rows"])
    found = predictions(table, fit_patterns(table, TERMS))
    chance, success = probabilities_by_row(model)
    order = np.argsort(chance)
    assert np.repeat([p.probability for p in found], [p.n for p in found]) == pytest.approx(chance[order], rel=1e-9)
    assert sum(p.successes for p in found) == success.sum()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("cutoff", [0.3, 0.5])
def test_performance_counts_what_a_reader_would_count(model, cutoff):
    table = table_of(model["rows"])
    rows = performance(
        table, fit_patterns(table, TERMS), cutoff=cutoff, level=0.95, method="wilson", auc_method="delong"
    )
    found = {row.name: row for row in rows}
    chance, success = probabilities_by_row(model)
    positive = chance >= cutoff
    assert found["sensitivity"].estimate == pytest.approx(100 * positive[success == 1].mean())
    assert found["specificity"].estimate == pytest.approx(100 * (~positive)[success == 0].mean())
    assert found["ppv"].estimate == pytest.approx(100 * success[positive].mean())
    assert found["npv"].estimate == pytest.approx(100 * (1 - success[~positive]).mean())
    assert found["accuracy"].estimate == pytest.approx(100 * (positive == success).mean())
    area = found["auc"]
    assert (area.lower, area.estimate, area.upper) == pytest.approx(tuple(model["area"]), rel=1e-10)
    assert {row.inputs for row in rows} == {table.digest}
    assert f"{cutoff}" in found["ppv"].method


def test_a_probability_equal_to_the_cutoff_predicts_success():
    table, fit = two_levels({(0, 0): 3, (0, 1): 1, (1, 0): 2, (1, 1): 2})
    rows = performance(table, fit, cutoff=0.5, level=0.95, method="wilson", auc_method="delong")
    assert {row.name: row.n for row in rows}["sensitivity"] == 2


def test_a_model_is_tried_on_other_patients_too():
    _, fit = two_levels({(0, 0): 9, (0, 1): 3, (1, 0): 2, (1, 1): 8})
    others = CountTable.build([Axis("x"), Axis("y")], {(0, 0): 5, (0, 1): 5, (1, 0): 5, (1, 1): 5, (None, 1): 4})
    rows = {r.name: r for r in performance(others, fit, cutoff=0.5, level=0.95, method="wilson", auc_method="delong")}
    assert rows["accuracy"].estimate == rows["sensitivity"].estimate == 50
    assert rows["auc"].estimate == 0.5 and (rows["auc"].n, rows["auc"].denominator) == (20, 24)


def test_hosmer_lemeshow_by_hand():
    """Three risks, two parameters: the groups are the risks and the statistic is Pearson's over three pairs."""
    table, fit = two_levels({(0, 0): 30, (0, 1): 10, (1, 0): 15, (1, 1): 25, (2, 0): 18, (2, 1): 22})
    chance = [p.probability for p in predictions(table, fit)]
    expected = sum(
        (observed - 40 * p) ** 2 / (40 * p * (1 - p)) for observed, p in zip([10, 25, 22], chance, strict=True)
    )
    row = hosmer_lemeshow(table, fit, groups=3)
    assert row.statistic == pytest.approx(expected, rel=1e-12)
    assert (row.df, row.p) == (1, pytest.approx(stats.chi2.sf(expected, 1), rel=1e-12))
    assert row.warning is None


@pytest.mark.parametrize("model", MODELS)
def test_hosmer_lemeshow_equals_a_computation_by_rows(model):
    table = table_of(model["rows"])
    fit = fit_patterns(table, TERMS)
    chance, success = probabilities_by_row(model)
    order = np.argsort(chance)
    target = int(len(chance) / 10 + 0.5)
    groups = [list(order[i : i + target]) for i in range(0, len(order), target)]
    if len(groups[-1]) <= int(0.05 * len(chance)):
        groups = [*groups[:-2], groups[-2] + groups[-1]]
    observed = np.array([success[g].sum() for g in groups])
    expected = np.array([chance[g].sum() for g in groups])
    size = np.array([len(g) for g in groups])
    statistic = ((observed - expected) ** 2 / expected + (expected - observed) ** 2 / (size - expected)).sum()
    row = hosmer_lemeshow(table, fit)
    assert row.statistic == pytest.approx(statistic, rel=1e-8)
    assert row.df == len(groups) - 2
    assert "expected counts are below 5" in row.warning


def test_equal_risks_are_never_split_and_a_short_last_group_joins_the_one_before():
    counts = {(level, y): n for level, n in enumerate([3, 20, 9, 8, 2]) for y in (0, 1)}
    table = CountTable.build([Axis("x"), Axis("y")], {**counts, (0, 0): 40, (4, 1): 5})
    fit = fit_patterns(table, [Term("x", None, "x")])
    found = risk_groups(table, fit, groups=4)
    assert sum(g.n for g in found) == table.total == 124
    assert [g.n for g in found] == [43, 40, 41]
    assert sum(g.expected for g in found) == pytest.approx(fit.successes, rel=1e-10)


def test_two_groups_are_too_few():
    table, fit = two_levels({(0, 0): 9, (0, 1): 3, (1, 0): 2, (1, 1): 8})
    row = hosmer_lemeshow(table, fit)
    assert "only 2 groups" in row.error and row.statistic is None


def test_a_separated_model_predicts_nothing():
    table, fit = two_levels({(0, 0): 9, (1, 1): 8})
    assert predictions(table, fit) == ()
    rows = [
        hosmer_lemeshow(table, fit),
        *performance(table, fit, cutoff=0.5, level=0.95, method="wilson", auc_method="delong"),
    ]
    assert len(rows) == 7
    for row in rows:
        assert "separation" in row.error and row.estimate is None


def test_a_cutoff_in_percent_is_refused():
    table, fit = two_levels({(0, 0): 9, (0, 1): 3, (1, 0): 2, (1, 1): 8})
    with pytest.raises(StatisticError, match="between 0 and 1"):
        performance(table, fit, cutoff=50, level=0.95, method="wilson", auc_method="delong")


def curve_of(rows):
    """(false positive share, true positive share) of each point, in order."""
    sensitivity, specificity = ([row.estimate for row in rows if row.name == f"roc_{kind}"] for kind in RATES)
    return [(1 - spec / 100, sens / 100) for sens, spec in zip(sensitivity, specificity, strict=True)]


RATES = ("sensitivity", "specificity")


@pytest.mark.parametrize("model", MODELS)
def test_the_roc_curve_passes_through_every_cut_and_holds_the_area(model):
    """Every cut of the patients lies on the curve, and the trapezoids under the points add up to the statistic."""
    table = table_of(model["rows"])
    fit = fit_patterns(table, TERMS)
    curve = np.array(curve_of(roc(table, fit, level=0.95, method="wilson")))
    assert tuple(curve[0]) == (0, 0) and tuple(curve[-1]) == (1, 1)
    assert np.trapezoid(curve[:, 1], curve[:, 0]) == pytest.approx(model["area"][1], abs=1e-12)
    chance, success = probabilities_by_row(model)
    for cut in np.unique(chance):
        positive = chance >= cut - 1e-9
        false, true = positive[success == 0].mean(), positive[success == 1].mean()
        on_curve = [
            a[0] - 1e-9 <= false <= b[0] + 1e-9
            and (b[0] - a[0]) * (true - a[1]) == pytest.approx((b[1] - a[1]) * (false - a[0]), abs=1e-9)
            for a, b in pairwise(curve)
        ]
        assert any(on_curve)


def test_a_roc_point_says_its_counts_and_its_cut():
    table, fit = two_levels({(0, 0): 9, (0, 1): 3, (1, 0): 2, (1, 1): 8})
    rows = roc(table, fit, level=0.95, method="wilson")
    found = [(r.name, r.n, r.denominator, dict(r.about)["point"]) for r in rows]
    assert found == [
        ("roc_sensitivity", 0, 11, "1"), ("roc_specificity", 11, 11, "1"),
        ("roc_sensitivity", 8, 11, "2"), ("roc_specificity", 9, 11, "2"),
        ("roc_sensitivity", 11, 11, "3"), ("roc_specificity", 0, 11, "3"),
    ]  # fmt: skip
    assert "probability 0.8" in rows[2].method and "nobody positive" in rows[0].method


def test_cuts_on_a_straight_piece_are_left_out():
    ranked = CountTable.build([Axis("outcome"), Axis("rank")], {(o, rank): 2 for o in (0, 1) for rank in range(9)})
    rows = roc_curve(ranked, level=0.95, method="wilson", probability=lambda rank: rank / 10)
    assert curve_of(rows) == [(0, 0), (1, 1)]


def test_a_long_curve_is_thinned_without_losing_its_area():
    generator = np.random.default_rng(5)
    score = generator.permutation(6000)
    outcome = (generator.random(6000) < 0.2 + 0.6 * score / 6000).astype(int)
    ranked = CountTable.from_rows(outcome=outcome.tolist(), rank=score.tolist())
    rows = roc_curve(ranked, level=0.95, method="wilson", probability=lambda rank: rank / 6000)
    curve = np.array(curve_of(rows))
    assert len(curve) == 200
    area = auc(ranked, level=0.95, method="delong").estimate
    assert np.trapezoid(curve[:, 1], curve[:, 0]) == pytest.approx(area, abs=0.0005)


@pytest.mark.parametrize("model", MODELS)
def test_calibration_rows_are_the_risk_groups(model):
    table = table_of(model["rows"])
    fit = fit_patterns(table, TERMS)
    rows = calibration(table, fit, level=0.95, method="wilson")
    groups = risk_groups(table, fit)
    observed = [r for r in rows if r.name == "calibration_observed"]
    expected = [r for r in rows if r.name == "calibration_expected"]
    assert [(r.n, r.denominator) for r in observed] == [(g.successes, g.n) for g in groups]
    chance, _ = probabilities_by_row(model)
    parts = np.split(np.sort(chance), np.cumsum([g.n for g in groups])[:-1])
    assert [r.estimate for r in expected] == pytest.approx([100 * part.mean() for part in parts], rel=1e-9)
    low, high = proportion_confint(groups[0].successes, groups[0].n, method="wilson")
    assert (observed[0].lower, observed[0].upper) == pytest.approx((100 * low, 100 * high))


def test_without_estimates_there_is_no_curve_but_a_reason():
    table, fit = two_levels({(0, 0): 5, (1, 1): 5})
    (curve,) = roc(table, fit, level=0.95, method="wilson")
    (groups,) = calibration(table, fit, level=0.95, method="wilson")
    assert curve.error == groups.error == fit.error and fit.error

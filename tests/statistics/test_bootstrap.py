"""The optimism bootstrap against one over rows with statsmodels, and its own promises."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from foramen.kernel.errors import StatisticError
from foramen.statistics.bootstrap import bootstrap_optimism, concordance
from foramen.statistics.classification import auc
from foramen.statistics.covariate_patterns import Term, covariate_patterns
from foramen.statistics.logistic_fit import fit_patterns
from foramen.statistics.model_performance import predictions, ranked_outcomes
from foramen.statistics.tables import Axis, CountTable

ROWS = json.loads((Path(__file__).parents[1] / "oracles" / "logistic.json").read_text())["models"][0]["rows"]
TABLE = CountTable.from_rows(age=ROWS["age"], oedema=ROWS["oedema"], success=ROWS["success"])
TERMS = [Term("age", None, "age"), Term("oedema", None, "oedema")]


def area(score, outcome, weight):
    """Mann-Whitney over all pairs."""
    one, zero = outcome == 1, outcome == 0
    wins = (score[one][:, None] > score[zero]) + 0.5 * np.isclose(score[one][:, None], score[zero], rtol=0, atol=1e-9)
    wins = np.where(np.isclose(score[one][:, None], score[zero], rtol=0, atol=1e-9), 0.5, wins)
    return weight[one] @ wins @ weight[zero] / (weight[one].sum() * weight[zero].sum())


def test_optimism_equals_a_bootstrap_with_statsmodels_over_the_same_resamples():
    patterns = covariate_patterns(TABLE, TERMS)
    design = np.vstack((patterns.design, patterns.design))
    outcome = np.repeat([0.0, 1.0], len(patterns.design))
    counts = np.concatenate((patterns.failures, patterns.successes))
    generator = np.random.default_rng(7)
    flattery, slopes = [], []
    for _ in range(40):
        weight = generator.multinomial(134, counts / 134).astype(float)
        model = sm.GLM(outcome, design, sm.families.Binomial(), freq_weights=weight).fit(tol=1e-13)
        score = design @ model.params
        flattery.append(area(score, outcome, weight) - area(score, outcome, counts))
        calibration = sm.GLM(outcome, sm.add_constant(score), sm.families.Binomial(), freq_weights=counts).fit(
            tol=1e-13
        )
        slopes.append(calibration.params[1])
    rows = {row.name: row for row in bootstrap_optimism(TABLE, TERMS, draws=40, seed=7)}
    assert rows["auc_optimism"].estimate == pytest.approx(np.mean(flattery), rel=1e-7)
    assert rows["optimism_corrected_calibration_slope"].estimate == pytest.approx(np.mean(slopes), rel=1e-7)
    apparent = auc(
        ranked_outcomes(predictions(TABLE, fit_patterns(TABLE, TERMS))), level=0.95, method="delong"
    ).estimate
    assert rows["optimism_corrected_auc"].estimate == pytest.approx(apparent - np.mean(flattery), rel=1e-9)
    assert "seed 7" in rows["auc_optimism"].method and rows["auc_optimism"].warning is None


def test_concordance_equals_the_area_of_the_classification_family():
    patterns = covariate_patterns(TABLE, TERMS)
    score = patterns.design @ np.array([0.0, 0.1, -0.5])
    cells = [
        ((y, round(10 * s)), int(n))
        for s, f, g in zip(score, patterns.failures, patterns.successes, strict=True)
        for y, n in ((0, f), (1, g))
    ]
    table = CountTable.build([Axis("outcome"), Axis("score")], cells)
    assert concordance(patterns, score) == pytest.approx(auc(table, level=0.95, method="delong").estimate, rel=1e-12)
    ones = np.repeat(score, patterns.successes.astype(int))
    zeros = np.repeat(score, patterns.failures.astype(int))
    assert concordance(patterns, score) == pytest.approx(
        stats.mannwhitneyu(ones.round(6), zeros.round(6)).statistic / len(ones) / len(zeros)
    )


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not():
    first = bootstrap_optimism(TABLE, TERMS, draws=20, seed=1)
    assert first == bootstrap_optimism(TABLE, TERMS, draws=20, seed=1)
    assert first[0].estimate != bootstrap_optimism(TABLE, TERMS, draws=20, seed=2)[0].estimate


def test_resamples_that_separate_are_counted_and_said():
    table = CountTable.build([Axis("x"), Axis("y")], {(0, 0): 20, (0, 1): 14, (1, 0): 1, (1, 1): 8})
    rows = bootstrap_optimism(table, [Term("x", 1, "rare")], draws=200, seed=3)
    lost = int(rows[0].warning.split(" of ")[0])
    assert 0.37 * 200 - 40 < lost < 0.37 * 200 + 40  # nobody draws the one failure with chance (1 - 1/43)^43
    assert all(row.estimate is not None for row in rows)


def test_a_model_without_estimates_has_no_optimism():
    table = CountTable.build([Axis("x"), Axis("y")], {(0, 0): 20, (1, 1): 8})
    assert all("separation" in row.error for row in bootstrap_optimism(table, [Term("x", 1, "x")], draws=5, seed=3))


def test_no_draws_are_refused():
    with pytest.raises(StatisticError, match="at least one draw"):
        bootstrap_optimism(TABLE, TERMS, draws=0, seed=1)

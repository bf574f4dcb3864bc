"""Presets print what their packages print by default: R from stored numbers, scipy live."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from foramen.kernel.errors import DefinitionError
from foramen.statistics.correlation import spearman
from foramen.statistics.definitions import CHOICES, PRESETS, resolve
from foramen.statistics.proportions import percent, proportion
from foramen.statistics.ranks import mann_whitney
from foramen.statistics.risk import risk_difference
from foramen.statistics.signed import wilcoxon
from foramen.statistics.tables import Axis, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "presets.json").read_text())
CLOSE = {"rel": 1e-10, "abs": 1e-300}
R, SCIPY = resolve("r", {}), resolve("scipy", {})


def two_arms(x, y):
    return CountTable.from_rows(arm=["A"] * len(x) + ["B"] * len(y), score=[*x, *y])


def unpaired(x, y, methods, level=None):
    return mann_whitney(two_arms(x, y), method=methods["mann_whitney"], group="A", against="B", level=level)


def paired(first, second, methods, level=None):
    table = CountTable.from_rows(first=list(first), second=list(second))
    return wilcoxon(table, method=methods["wilcoxon"], zeros=methods["wilcoxon_zeros"], level=level)


def correlated(first, second, methods):
    table = CountTable.from_rows(first=list(first), second=list(second))
    return spearman(table, method=methods["spearman_interval"], p_method=methods["spearman_p"], level=0.95)


def test_every_preset_names_methods_that_exist():
    for preset, methods in PRESETS.items():
        assert all(method in CHOICES[family] for family, method in methods.items()), preset
        assert set(resolve(preset, {})) == set(CHOICES)


def test_an_override_wins_and_an_unknown_one_is_refused():
    assert resolve("r", {"mann_whitney": "asymptotic"})["mann_whitney"] == "asymptotic"
    with pytest.raises(DefinitionError, match="one of foramen, spss, r, scipy"):
        resolve("sas", {})
    with pytest.raises(DefinitionError, match="one of t, exact_when_small, r"):
        resolve("r", {"spearman_p": "exact"})


@pytest.mark.parametrize("case", ORACLE["groups"])
def test_mann_whitney_of_preset_r_is_wilcox_test(case):
    test, _, shift = unpaired(case["x"], case["y"], R, 0.95)
    assert test.p == pytest.approx(case["p"], **CLOSE)
    assert "R's rule" in test.method
    assert ("exact conditional" in test.method) == case["exact"]
    if case["exact"]:
        assert [shift.lower, shift.upper] == case["interval"]


@pytest.mark.parametrize("case", ORACLE["pairs"])
def test_wilcoxon_and_spearman_of_preset_r_are_wilcox_test_and_cor_test(case):
    test, median = paired(case["first"], case["second"], R, 0.95)
    assert test.p == pytest.approx(case["p"], **CLOSE)
    assert ("exact distribution" in test.method) == case["exact"]
    if case["exact"] and case["interval"] and median.lower is not None:
        assert [median.lower, median.upper] == case["interval"]
    assert ("too few" in (median.warning or "")) == (median.lower is None)
    assert correlated(case["first"], case["second"], R).p == pytest.approx(case["spearman"], **CLOSE)


@pytest.mark.parametrize("case", ORACLE["spearman"], ids=lambda case: str(len(case["second"])))
def test_spearman_of_preset_r_is_cor_test_without_ties(case):
    row = correlated(range(len(case["second"])), case["second"], R)
    assert row.p == pytest.approx(case["p"], **CLOSE)
    if row.df is None:
        assert row.statistic == pytest.approx(case["s"], rel=1e-12)


def test_proportions_of_preset_r_are_prop_test():
    for case in ORACLE["proportions"]:
        found = proportion(case["successes"], case["total"], level=0.95, method=R["proportion_interval"])
        assert found == pytest.approx(case["r"], rel=1e-10, abs=1e-14)
    half, other = (percent("percent", n, 6, level=0.95, method=R["proportion_interval"]) for n in (3, 2))
    assert "with continuity correction" not in half.method
    assert "with continuity correction" in other.method
    assert "prop.test" in half.method


def test_risk_differences_of_preset_r_are_prop_test():
    for case in ORACLE["differences"]:
        a, n, b, m = case["counts"]
        cells = {(1, 1): a, (1, 0): n - a, (2, 1): b, (2, 0): m - b}
        table = CountTable.build([Axis("arm"), Axis("responder")], cells)
        row = risk_difference(table, group=1, against=2, level=0.95, method=R["risk_difference_interval"])
        assert (row.lower, row.upper) == pytest.approx(case["r"], rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("tied", [False, True])
def test_mann_whitney_of_preset_scipy_is_mannwhitneyu(tied):
    rng = np.random.default_rng(11)
    for _ in range(150):
        n, m = rng.integers(1, 14, 2)
        values = rng.integers(0, rng.integers(2, 20), n + m) if tied else rng.permutation(60)[: n + m]
        row = unpaired(values[:n].tolist(), values[n:].tolist(), SCIPY)[0]
        if row.error is None:
            assert row.p == pytest.approx(stats.mannwhitneyu(values[:n], values[n:]).pvalue, **CLOSE)
            assert "scipy's rule" in row.method


def test_mann_whitney_of_preset_scipy_is_exact_for_one_small_group():
    order = np.random.default_rng(12).permutation(2_000)
    row = unpaired(order[:8].tolist(), order[8:].tolist(), SCIPY)[0]
    assert row.p == pytest.approx(stats.mannwhitneyu(order[:8], order[8:]).pvalue, **CLOSE)
    assert "exact" in row.method.split("; by")[0]


@pytest.mark.parametrize(("zeros", "theirs"), [("dropped", "wilcox"), ("pratt", "pratt")])
@pytest.mark.parametrize("kind", ["untied", "tied", "zeros"])
def test_wilcoxon_of_preset_scipy_is_wilcoxon(kind, zeros, theirs):
    rng = np.random.default_rng(13)
    methods = resolve("scipy", {"wilcoxon_zeros": zeros})
    for n in [1, 2, 3, 5, 8, 12, 13, 14, 15, 30, 50, 51, 60]:
        change = rng.permutation(np.arange(1, 90))[:n] * rng.choice([-1, 1], n)
        if kind != "untied":
            change = rng.integers(-6, 9, n)
        if kind == "tied":
            change = np.where(change == 0, 4, change)
        row = paired([0] * n, change.tolist(), methods)[0]
        if row.error is None:
            assert row.p == pytest.approx(stats.wilcoxon(change, zero_method=theirs).pvalue, **CLOSE)


def test_spearman_of_preset_scipy_is_spearmanr():
    rng = np.random.default_rng(14)
    for n in (4, 6, 9, 12, 40):
        first, second = rng.permutation(n), rng.integers(0, 6, n)
        expected = stats.spearmanr(first, second).pvalue
        assert correlated(first.tolist(), second.tolist(), SCIPY).p == pytest.approx(expected, rel=1e-9)

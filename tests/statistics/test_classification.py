"""Confusion tables and ROC areas, against statsmodels, pROC (stored) and plain loops."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from foramen.kernel.errors import StatisticError
from foramen.statistics.classification import auc, confusion, counts_from_rates
from foramen.statistics.tables import Axis, Code, CountTable

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "agreement.json").read_text())["auc"]
scores = st.lists(st.integers(0, 6), min_size=2, max_size=12)


def scored(positive: Sequence[int], negative: Sequence[int]) -> CountTable:
    outcome: list[Code] = [1] * len(positive) + [0] * len(negative)
    return CountTable.from_rows(outcome=outcome, score=[*positive, *negative])


def test_confusion_gives_the_five_rates_with_statsmodels_intervals() -> None:
    table = CountTable.from_matrix({0: [60, 20], 1: [18, 36]}, [0, 1], row="predicted", column="observed")
    rows = {row.name: row for row in confusion(table, level=0.95, method="wilson")}
    wanted = {"accuracy": (96, 134), "sensitivity": (36, 56), "specificity": (60, 78), "ppv": (36, 54), "npv": (60, 80)}
    assert {name: (row.n, row.denominator) for name, row in rows.items()} == wanted
    for row in rows.values():
        assert row.n is not None and row.denominator is not None
        assert row.estimate == pytest.approx(100 * row.n / row.denominator, rel=1e-14)
        lower, upper = proportion_confint(row.n, row.denominator, method="wilson")
        assert (row.lower, row.upper) == pytest.approx((100 * lower, 100 * upper), rel=1e-10)
        assert "Wilson" in row.method


def test_nobody_predicted_positive_leaves_only_ppv_without_a_value() -> None:
    table = CountTable.from_rows(predicted=[0, 0, 0], observed=[1, 0, 0])
    rows = {row.name: row for row in confusion(table, level=0.95, method="clopper_pearson")}
    assert rows["ppv"].error is not None and rows["ppv"].estimate is None
    assert [rows[name].estimate for name in ("accuracy", "sensitivity", "specificity")] == [
        pytest.approx(200 / 3),
        0.0,
        100.0,
    ]


def test_missing_predictions_are_left_out_and_said() -> None:
    table = CountTable.from_rows(predicted=[1, 0, None, 1], observed=[1, 0, 1, None])
    for row in confusion(table, level=0.95, method="wilson"):
        assert row.warning is not None and row.warning.startswith("2 ")


def test_codes_other_than_0_and_1_are_refused() -> None:
    for table in (
        CountTable.from_rows(predicted=[1, 2], observed=[0, 1]),
        CountTable.from_rows(predicted=["no", "yes"], observed=[0, 1]),
    ):
        with pytest.raises(StatisticError, match="codes 0, 1"):
            confusion(table, level=0.95, method="wilson")
    with pytest.raises(StatisticError, match="codes 0, 1"):
        auc(CountTable.from_rows(outcome=[1, 2], score=[3, 4]), level=0.95, method="delong")


@pytest.mark.parametrize("name", ORACLE)
def test_area_and_delong_interval_equal_proc(name: str) -> None:
    stored = ORACLE[name]
    row = auc(scored(stored["positive"], stored["negative"]), level=0.95, method="delong")
    assert (row.estimate, row.lower, row.upper) == pytest.approx(
        (stored["area"], stored["lower"], stored["upper"]), rel=1e-10
    )


def naive_delong(positive: Sequence[int], negative: Sequence[int]) -> tuple[float, float]:
    wins = np.array([[(p > q) + (p == q) / 2 for q in negative] for p in positive])
    return wins.mean(), wins.mean(1).var(ddof=1) / len(positive) + wins.mean(0).var(ddof=1) / len(negative)


@settings(max_examples=40, deadline=None)
@given(scores, scores)
def test_delong_from_counts_equals_all_pairs(positive: list[int], negative: list[int]) -> None:
    row = auc(scored(positive, negative), level=0.95, method="delong_logit")
    area, variance = naive_delong(positive, negative)
    assert row.estimate == pytest.approx(area, rel=1e-12, abs=1e-15)
    if row.lower is None or row.upper is None:
        assert variance == pytest.approx(0, abs=1e-15) and row.warning is not None
        return
    assert 0 < row.lower < area < row.upper < 1
    half = 1.959963984540054 * math.sqrt(variance) / (area * (1 - area))
    logits = [math.log(x / (1 - x)) for x in (row.lower, row.upper)]
    centre = math.log(area / (1 - area))
    assert logits == pytest.approx([centre - half, centre + half], rel=1e-8, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(scores, scores, st.integers(1, 11))
def test_areas_mirror_and_pool_exactly(positive: list[int], negative: list[int], cut: int) -> None:
    whole = auc(scored(positive, negative), level=0.95, method="delong")
    mirrored = auc(scored([-s for s in positive], [-s for s in negative]), level=0.95, method="delong")
    assert whole.estimate is not None and mirrored.estimate == pytest.approx(1 - whole.estimate, abs=1e-15)
    if whole.lower is not None:
        assert mirrored.upper == pytest.approx(1 - whole.lower, abs=1e-12)
    pooled = scored(positive[:cut], negative[cut:]) + scored(positive[cut:], negative[:cut])
    assert auc(pooled, level=0.95, method="delong") == whole


def test_scores_keep_their_recorded_decimals_and_missing_ones_are_counted() -> None:
    axes = [Axis("outcome"), Axis("probability", 3)]
    table = CountTable.build(axes, {(1, 912): 3, (1, 250): 1, (0, 250): 2, (0, 80): 4, (None, 500): 1, (1, None): 2})
    row = auc(table, level=0.95, method="delong")
    assert row.estimate == pytest.approx(1 - 1 / 4 * (2 / 6) / 2)
    assert (row.n, row.denominator) == (10, 13)


def test_areas_that_have_no_interval_say_why() -> None:
    apart = auc(scored([5, 6], [1, 2]), level=0.95, method="delong")
    assert (apart.estimate, apart.lower) == (1.0, None)
    assert apart.warning is not None and "without overlap" in apart.warning
    single = auc(scored([5], [1, 7]), level=0.95, method="delong")
    assert (single.estimate, single.lower) == (0.5, None)
    assert single.warning is not None and "only once" in single.warning
    nobody = auc(scored([5, 6], []), level=0.95, method="delong")
    assert nobody.estimate is None and nobody.error is not None
    with pytest.raises(StatisticError, match="unknown method"):
        auc(scored([5], [1]), level=0.95, method="hanley")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.data())
def test_printed_rates_give_their_counts_back(positives: int, negatives: int, data: st.DataObject) -> None:
    hits, rejections = data.draw(st.integers(0, positives)), data.draw(st.integers(0, negatives))
    table = counts_from_rates(
        round(100 * hits / positives + 1e-9, 1), round(100 * rejections / negatives + 1e-9, 1), positives, negatives, 1
    )
    assert table.matrix("predicted", "observed") == [[rejections, positives - hits], [negatives - rejections, hits]]


@pytest.mark.parametrize(("rate", "total", "reason"), [(64.4, 56, "no count"), (64.0, 900, "more than one")])
def test_rates_without_exactly_one_count_are_refused(rate: float, total: int, reason: str) -> None:
    digits = 1 if total == 56 else 0
    with pytest.raises(StatisticError, match=reason):
        counts_from_rates(rate, 50.0, total, 2, digits)

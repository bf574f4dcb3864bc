"""Descriptions from counts against R, numpy and the plain definition."""

import json
import math
import statistics
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.kernel.errors import StatisticError
from foramen.statistics.describe import count, describe, extremes, frequencies, mean, median, quantile, quartiles, sd
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, CountTable

SAMPLES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "oracles" / "contingency.json").read_text())[
    "quantiles"
]
NUMPY_METHODS = {"haverage": "weibull", "type7": "linear", "type2": "averaged_inverted_cdf"}
VALUES = st.lists(st.integers(0, 20), min_size=1, max_size=40)


def column(values: list[int | None], **axis: Any) -> CountTable:
    return CountTable.build([Axis("value", **axis)], [((value,), 1) for value in values])


def by_name(rows: list[Statistic]) -> dict[str, Statistic]:
    return {row.name: row for row in rows}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("method", NUMPY_METHODS)
def test_quartiles_and_median_agree_with_r(sample: dict[str, Any], method: str) -> None:
    table = column(sample["values"])
    low, high = quartiles(table, method=method)
    assert [low.estimate, median(table, method=method).estimate, high.estimate] == sample[method]


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_mean_interval_and_sd_agree_with_r(sample: dict[str, Any]) -> None:
    table = column(sample["values"])
    row = mean(table, level=0.9)
    found = [row.estimate, row.lower, row.upper, sd(table).estimate]
    assert found == pytest.approx([sample[key] for key in ("mean", "lower", "upper", "sd")], rel=1e-12)
    assert row.df == len(sample["values"]) - 1


@settings(max_examples=50, deadline=None)
@given(VALUES, st.fractions(0, 1, max_denominator=40), st.sampled_from([*NUMPY_METHODS]))
def test_quantile_agrees_with_numpy(values: list[int], share: Fraction, method: str) -> None:
    counted = column([*values]).frequencies()
    expected = np.quantile(values, float(share), method=NUMPY_METHODS[method])
    at_a_step = method == "type2" and (share * len(values)).denominator == 1
    found = quantile(counted, share, method=method)
    if at_a_step:  # a float share may fall on either side of the step
        assert min(values) <= found <= max(values)
    else:
        assert float(found) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_the_three_definitions_differ_on_ten_values() -> None:
    table = column([*SAMPLES["ten"]["values"]])
    assert [quartiles(table, method=method)[1].estimate for method in NUMPY_METHODS] == [21.75, 20.75, 21.0]


@settings(max_examples=25, deadline=None)
@given(VALUES, st.sampled_from([*NUMPY_METHODS]))
def test_doubling_every_count_keeps_mean_and_median(values: list[int], method: str) -> None:
    once, twice = column([*values]), column([*values, *values])
    assert median(once, method=method).estimate == median(twice, method=method).estimate
    assert mean(once, level=0.95).estimate == mean(twice, level=0.95).estimate


@settings(max_examples=25, deadline=None)
@given(VALUES, VALUES)
def test_two_sites_added_describe_as_one(here: list[int], there: list[int]) -> None:
    pooled = column([*here]) + column([*there])
    assert describe(pooled, quantile="haverage", level=0.95) == describe(
        column([*there, *here]), quantile="haverage", level=0.95
    )


def test_describe_gives_every_row_in_order() -> None:
    rows = describe(column([1, 2, 2, 7, None]), quantile="haverage", level=0.95)
    assert [row.name for row in rows] == [
        "n", "missing", "mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum"
    ]  # fmt: skip
    assert [row.estimate for row in rows[:3]] == [4, 1, 3]
    assert {(row.n, row.denominator) for row in rows} == {(4, 5)}
    assert len({row.inputs for row in rows}) == 1


def test_missing_and_suppressed_are_counted_apart_and_never_as_values() -> None:
    table = column([3, 5, None, None, -9, -9, -9], suppressed=-9)
    rows = by_name(describe(table, quantile="haverage", level=0.95))
    assert [rows[name].estimate for name in ("n", "missing", "suppressed", "mean", "minimum")] == [2, 2, 3, 4, 3]
    assert "suppressed" not in by_name(count(column([1, None])))


def test_decimals_and_divisor_scale_every_number() -> None:
    plain = describe(column([100, 250, 400]), quantile="type7", level=0.95)
    scaled = describe(column([100, 250, 400], decimals=1, divisor=2), quantile="type7", level=0.95)
    for one, other in zip(plain[2:], scaled[2:], strict=True):
        assert other.estimate == pytest.approx(one.estimate / 20, rel=1e-14)


def test_sums_stay_exact_where_floats_would_cancel() -> None:
    shifted = [10**12 + value for value in (1, 2, 3, 4)]
    assert sd(column([*shifted])).estimate == statistics.stdev([1, 2, 3, 4])
    huge = CountTable.build([Axis("value")], {(10**9,): 3 * 10**12, (10**9 + 1,): 10**12})
    assert mean(huge, level=0.95).estimate == 10**9 + 0.25
    assert sd(huge).estimate == pytest.approx(math.sqrt(3 / 16), rel=1e-12)


def test_nobody_gives_errors_and_no_numbers() -> None:
    rows = by_name(describe(column([None, None]), quantile="haverage", level=0.95))
    for name in ("mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum"):
        assert rows[name].error and rows[name].estimate is None
    assert (rows["n"].estimate, rows["missing"].estimate) == (0, 2)


def test_one_value_has_a_mean_and_no_spread() -> None:
    row = mean(column([4]), level=0.95)
    assert (row.estimate, row.lower, row.upper) == (4, None, None)
    assert "no interval" in str(row.warning)
    assert "no standard deviation" in str(sd(column([4])).error)


def test_equal_values_warn_about_an_interval_without_width() -> None:
    row = mean(column([4, 4, 4]), level=0.95)
    assert (row.lower, row.upper) == (4, 4)
    assert "no width" in str(row.warning)
    assert sd(column([4, 4, 4])).estimate == 0


def test_a_category_column_has_no_mean() -> None:
    with pytest.raises(StatisticError, match=r"categories, not numbers"):
        mean(CountTable.from_rows(side=["left", "right"]), level=0.95)
    with pytest.raises(StatisticError, match=r"one of haverage"):
        median(column([1]), method="type8")
    with pytest.raises(StatisticError, match=r"\(value\)"):
        sd(CountTable.from_rows(a=[1], b=[2]))


def test_frequencies_hold_every_declared_category_and_the_missing() -> None:
    axis = Axis("satisfaction", labels=((0, "low"), (1, "high"), (2, "never chosen")))
    table = CountTable.build([axis], {(0,): 6, (1,): 14, (None,): 5})
    low, high, never, missing = frequencies(table, level=0.95, method="wilson")
    assert [dict(row.about)["category"] for row in (low, high, never)] == ["low", "high", "never chosen"]
    assert [(row.estimate, row.n, row.denominator) for row in (low, high, never)] == [
        (30, 6, 20), (70, 14, 20), (0, 0, 20)
    ]  # fmt: skip
    assert never.lower == 0 and never.upper is not None and 10 < never.upper < 20
    assert (missing.name, missing.estimate, missing.n, missing.denominator) == ("missing", 5, 20, 25)


def test_frequencies_of_nobody_are_errors() -> None:
    table = CountTable.build([Axis("side", labels=((0, "left"), (1, "right")))], {(None,): 3})
    left, right, missing = frequencies(table, level=0.95, method="wilson")
    assert left.error and right.error and left.estimate is None
    assert missing.estimate == 3


def test_extremes_are_recorded_values() -> None:
    assert [row.estimate for row in extremes(column([-3, 12, 5], decimals=1))] == [-0.3, 1.2]

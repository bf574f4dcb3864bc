"""Intervals for percentages against R and statsmodels."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from foramen.kernel.errors import StatisticError
from foramen.statistics.proportions import (
    INTERVAL_NAMES,
    percent,
    proportion,
    responder_percent,
    zero_event_upper_bound,
)
from foramen.statistics.tables import Axis, CountTable

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "oracles" / "contingency.json").read_text())[
    "proportions"
]


def outcome(yes: int, no: int, missing: int = 0, suppressed: int = 0) -> CountTable:
    axis = Axis("responder", suppressed=-99)
    return CountTable.build([axis], {(1,): yes, (0,): no, (None,): missing, (-99,): suppressed})


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(st.integers(1, 400))
    return draw(st.integers(0, total)), total


@pytest.mark.parametrize("method", INTERVAL_NAMES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['successes']}of{case['total']}")
def test_intervals_agree_with_r(case: dict[str, Any], method: str) -> None:
    found = proportion(case["successes"], case["total"], level=0.95, method=method)
    assert found == pytest.approx(case["wilson_corrected" if method == "r" else method], rel=1e-10, abs=1e-14)


@settings(max_examples=50, deadline=None)
@given(shares(), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_intervals_agree_with_statsmodels(share: tuple[int, int], level: float) -> None:
    for ours, theirs in (("wilson", "wilson"), ("clopper_pearson", "beta")):
        expected = proportion_confint(*share, alpha=1 - level, method=theirs)
        assert proportion(*share, level=level, method=ours) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(shares(), st.sampled_from([*INTERVAL_NAMES]))
def test_intervals_hold_the_share_and_mirror_when_success_is_renamed(share: tuple[int, int], method: str) -> None:
    successes, total = share
    lower, upper = proportion(successes, total, level=0.95, method=method)
    assert 0 <= lower <= successes / total <= upper <= 1
    mirrored = proportion(total - successes, total, level=0.95, method=method)
    assert mirrored == pytest.approx((1 - upper, 1 - lower), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(shares(), st.sampled_from([*INTERVAL_NAMES]))
def test_more_confidence_never_narrows(share: tuple[int, int], method: str) -> None:
    narrow, wide = (proportion(*share, level=level, method=method) for level in (0.8, 0.99))
    assert wide[0] <= narrow[0] and narrow[1] <= wide[1]


def test_the_correction_also_holds_at_exactly_half_where_r_drops_it() -> None:
    # Newcombe 1998, formula of method 4 at 6 of 12
    assert proportion(6, 12, level=0.95, method="wilson_corrected") == pytest.approx((0.2228, 0.7772), abs=1e-4)


@pytest.mark.parametrize(("successes", "total"), [(70, 50), (-1, 10), (0, 0)])
def test_a_percent_where_a_count_is_needed_is_refused(successes: int, total: int) -> None:
    with pytest.raises(StatisticError, match="counts, not percentages"):
        proportion(successes, total, level=0.95, method="wilson")


def test_an_unknown_interval_is_refused_even_without_anybody() -> None:
    with pytest.raises(StatisticError, match="one of wilson"):
        percent("percent", 0, 0, level=0.95, method="agresti")


def test_responders_of_those_available() -> None:
    row = responder_percent(outcome(33, 11, missing=6), level=0.95, method="wilson", missing="available")
    assert (row.estimate, row.n, row.denominator, row.warning) == (75, 33, 44, "6 missing left out")
    assert "available cases" in row.method and "Wilson" in row.method


def test_responders_of_those_randomised_count_missing_as_failure() -> None:
    row = responder_percent(outcome(33, 11, missing=6), level=0.95, method="wilson", missing="failure")
    assert (row.estimate, row.n, row.denominator) == (66, 33, 50)
    assert row.warning == "6 missing counted as failure"
    expected = proportion_confint(33, 50, method="wilson")
    assert (row.lower, row.upper) == pytest.approx([100 * bound for bound in expected], rel=1e-10)


@pytest.mark.parametrize("missing", ["available", "failure"])
def test_suppressed_values_are_never_failures(missing: str) -> None:
    row = responder_percent(outcome(5, 5, suppressed=7), level=0.95, method="wilson", missing=missing)
    assert (row.estimate, row.denominator, row.warning) == (50, 10, "7 suppressed left out")


def test_responders_of_nobody_are_an_error() -> None:
    row = responder_percent(outcome(0, 0, missing=3), level=0.95, method="wilson", missing="available")
    assert row.estimate is None and row.error == "nobody has a recorded value"
    counted = responder_percent(outcome(0, 0, missing=3), level=0.95, method="wilson", missing="failure")
    assert (counted.estimate, counted.denominator) == (0, 3)


def test_a_score_is_not_a_responder() -> None:
    table = CountTable.from_rows(nrs=[0, 1, 2])
    with pytest.raises(StatisticError, match="codes 0, 1 only"):
        responder_percent(table, level=0.95, method="wilson", missing="available")
    with pytest.raises(StatisticError, match="unknown rule for missing"):
        responder_percent(outcome(1, 1), level=0.95, method="wilson", missing="imputed")


def test_zero_event_bound_is_the_exact_one_sided_limit() -> None:
    row = zero_event_upper_bound(outcome(0, 100, missing=4), level=0.95)
    assert row.upper == pytest.approx(100 * (1 - 0.05 ** (1 / 100)), rel=1e-12)
    assert row.upper == pytest.approx(100 * proportion(0, 100, level=0.9, method="clopper_pearson")[1], rel=1e-12)
    assert (row.estimate, row.n, row.denominator) == (0, 0, 100)
    assert row.upper is not None and row.upper < 3  # the rule of three


def test_zero_event_bound_keeps_its_digits_for_ten_million() -> None:
    row = zero_event_upper_bound(outcome(0, 10**7), level=0.95)
    assert row.upper == pytest.approx(2.995731825029e-05, rel=1e-10)


def test_zero_event_bound_is_not_for_events_or_nobody() -> None:
    assert "events occurred" in str(zero_event_upper_bound(outcome(1, 99), level=0.95).error)
    assert "nobody" in str(zero_event_upper_bound(outcome(0, 0), level=0.95).error)

"""Means, spreads and what they leave no room for."""

import math
from fractions import Fraction
from itertools import combinations_with_replacement
from pathlib import Path
from statistics import mean, stdev

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foramen.kernel.rounding import rounded
from tests.evidence.small import check, examined, facts, only

REUSED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)


@pytest.mark.parametrize(("printed", "verdict"), [("52.0", "agrees"), ("51.3", "differs"), ("51.9", "differs")])
def test_the_mean_of_everybody_lies_between_those_of_the_groups(tmp_path: Path, printed: str, verdict: str) -> None:
    text = facts(a="51.29", b="52.71", n=100, printed=printed)
    text += check("pooled_mean", groups='[{ mean = "a", n = "n" }, { mean = "b", n = "n" }]', printed='["printed"]')
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.recomputed) == (verdict, "52.0")


def test_groups_count_by_their_size(tmp_path: Path) -> None:
    text = facts(a="10.0", b="20.0", small=10, large=90, printed="19.0")
    text += check(
        "pooled_mean", groups='[{ mean = "a", n = "small" }, { mean = "b", n = "large" }]', printed='["printed"]'
    )
    assert only(examined(tmp_path, text)).verdict == "agrees"


def granularity(tmp_path: Path, n: int, shown: str, sd: str | None = None, step: str = "1") -> list[str]:
    more = {"sd": '"sd"'} if sd else {}
    text = facts(mean=shown, n=n, **({"sd": sd} if sd else {}))
    text += check("granularity", mean='"mean"', n='"n"', step=step, **more)
    return [one.verdict for one in examined(tmp_path, text).findings]


@pytest.mark.parametrize("n", [3, 7, 11, 28])
def test_exactly_the_means_of_whole_numbers_are_attainable(tmp_path: Path, n: int) -> None:
    attainable = {rounded(Fraction(total, n), 2) for total in range(5 * n + 1)}
    shown = [rounded(value / 100, 2) for value in range(100, 300, 7)]
    assert [
        value for value in shown if granularity(tmp_path, n, value) != ["agrees" if value in attainable else "differs"]
    ] == []


def test_many_values_can_have_every_mean(tmp_path: Path) -> None:
    assert granularity(tmp_path, 100, "51.29") == ["cannot be checked"]
    assert granularity(tmp_path, 99, "51.29") != ["cannot be checked"]


def test_a_score_in_steps_of_two_has_fewer_means(tmp_path: Path) -> None:
    assert granularity(tmp_path, 12, "33.3", step="1") == ["cannot be checked"]
    assert granularity(tmp_path, 12, "33.3", step="2") == ["agrees"]
    assert granularity(tmp_path, 12, "33.1", step="2") == ["differs"]


def test_standard_deviations_of_few_whole_numbers_are_those_of_brute_force(tmp_path: Path) -> None:
    """Five answers from 0 to 6 with the mean 2.20: which deviations can be printed."""
    samples = [values for values in combinations_with_replacement(range(7), 5) if sum(values) == 11]
    attainable = {rounded(stdev(values), 2) for values in samples}
    assert len(attainable) > 5
    for shown in attainable:
        assert granularity(tmp_path, 5, "2.20", shown)[1] == "agrees"
    between = {"1.31", "1.50", "1.70", "2.00"} - attainable
    assert between
    for shown in between:
        assert granularity(tmp_path, 5, "2.20", shown)[1] == "differs"


@REUSED
@given(st.lists(st.integers(0, 10), min_size=3, max_size=9))
def test_what_was_really_measured_is_never_called_impossible(tmp_path: Path, values: list[int]) -> None:
    found = granularity(tmp_path, len(values), rounded(mean(values), 2), rounded(stdev(values), 2))
    assert "differs" not in found


@REUSED
@given(st.lists(st.integers(0, 10), min_size=2, max_size=30))
def test_no_sample_spreads_more_than_its_scale_allows(tmp_path: Path, values: list[int]) -> None:
    text = facts(mean=rounded(mean(values), 1), sd=rounded(stdev(values), 1), n=len(values))
    text += check("spread", mean='"mean"', sd='"sd"', n='"n"', low="0", high="10")
    assert only(examined(tmp_path, text)).verdict == "agrees"


def test_a_deviation_too_large_for_the_scale_differs(tmp_path: Path) -> None:
    """With the mean 1.0 on 0 to 10 the widest are one tenth at 10: a deviation of 3.0 · sqrt(n/(n - 1))."""
    text = facts(mean="1.0", sd="4.1", n=50) + check("spread", mean='"mean"', sd='"sd"', n='"n"', low="0", high="10")
    finding = only(examined(tmp_path, text))
    assert finding.verdict == "differs"
    assert float(finding.recomputed.removeprefix("≤ ")) == pytest.approx(
        math.sqrt(50 / 49 * 1.05 * 8.95), abs=0.05
    )  # fmt: skip


def test_a_number_outside_its_scale_differs(tmp_path: Path) -> None:
    text = facts(inside="7.4", outside="10.6", oldest=86)
    text += check("scale", values='["inside", "outside"]', low="0", high="10")
    text += check("scale", values='["inside"]', low="7.0", high='"oldest"')
    assert [one.verdict for one in examined(tmp_path, text).findings] == ["agrees", "differs", "agrees"]

"""Tails and quantiles against R, far beyond the point where a probability underflows."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from foramen.kernel.errors import StatisticError
from foramen.statistics.normal import (
    beta_tail,
    chi_square_tail,
    normal_quantile,
    student_quantile,
    student_two_sided,
    two_sided_normal,
)

TAILS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "oracles" / "contingency.json").read_text())["tails"]


@pytest.mark.parametrize("case", TAILS["normal"])
def test_two_sided_normal_agrees_with_r(case: dict[str, float]) -> None:
    p, log10_p = two_sided_normal(-case["z"])
    assert log10_p == pytest.approx(case["log10_p"], rel=1e-12)
    assert p == pytest.approx(10 ** case["log10_p"], rel=1e-10)


@pytest.mark.parametrize("case", TAILS["chi_square"])
def test_chi_square_tail_agrees_with_r(case: dict[str, float]) -> None:
    p, log10_p = chi_square_tail(case["x"], case["df"])
    assert log10_p == pytest.approx(case["log10_p"], rel=1e-12, abs=1e-14)
    assert p == pytest.approx(10 ** case["log10_p"], rel=1e-10)


@pytest.mark.parametrize("case", TAILS["student"])
def test_student_two_sided_agrees_with_r(case: dict[str, float]) -> None:
    p, log10_p = student_two_sided(case["t"], case["df"])
    assert log10_p == pytest.approx(case["log10_p"], rel=1e-11)
    assert p == pytest.approx(10 ** case["log10_p"], rel=1e-10)


@pytest.mark.parametrize("case", TAILS["quantile"])
def test_quantiles_agree_with_r(case: dict[str, Any]) -> None:
    assert normal_quantile(case["level"]) == pytest.approx(case["normal"], rel=1e-12)
    found = [student_quantile(case["level"], df) for df in case["df"]]
    assert found == pytest.approx(case["student"], rel=1e-12)


def test_log10_p_is_kept_where_p_underflows() -> None:
    for p, log10_p in (two_sided_normal(70), chi_square_tail(4900, 1), student_two_sided(70, 1e15)):
        assert p == 0
        assert log10_p == pytest.approx(-1065.9647, abs=1e-4)


def test_logarithm_does_not_jump_where_its_computation_changes() -> None:
    below, above = (chi_square_tail(x, 7)[1] for x in (1318.4, 1318.6))
    slope = -0.1 / math.log(10)
    assert above - below == pytest.approx(slope, rel=5e-3)


def test_beta_tail_counts_fair_coins_exactly() -> None:
    for heads, tosses in ((0, 5), (3, 11), (499, 1001), (10, 2000)):
        exact = Fraction(sum(math.comb(tosses, k) for k in range(heads + 1)), 2**tosses)
        p, log10_p = beta_tail(tosses - heads, heads + 1, 0.5, 0.5)
        assert p == pytest.approx(float(exact), rel=1e-12)
        assert log10_p == pytest.approx(math.log10(exact.numerator) - math.log10(exact.denominator), rel=1e-12)


def test_nothing_is_certain() -> None:
    assert two_sided_normal(0) == chi_square_tail(0, 3) == student_two_sided(0, 3) == (1, 0)
    assert student_two_sided(math.inf, 3) == (0, -math.inf)
    assert chi_square_tail(math.inf, 3) == (0, -math.inf)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_that_is_no_level_is_refused(level: float) -> None:
    with pytest.raises(StatisticError, match=r"between 0 and 1"):
        normal_quantile(level)

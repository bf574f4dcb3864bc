"""One rounding rule: half away from zero on the decimal a reader sees."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.kernel.rounding import rounded


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.285, 2, "0.29"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (-0.004, 2, "0.00"),
        (1e-7, 3, "0.000"),
        (Fraction(1000, 134), 1, "7.5"),
        (Fraction(-1, 8), 2, "-0.13"),
        (7, 1, "7.0"),
        (1234567.891, 1, "1234567.9"),
    ],
)
def test_rounding_is_half_away_from_zero(value: float | Fraction, places: int, text: str) -> None:
    assert rounded(value, places) == text


@given(st.fractions(max_denominator=10**6), st.integers(0, 6))
def test_rounding_is_never_off_by_more_than_half_a_unit(value: Fraction, places: int) -> None:
    off = abs(Fraction(Decimal(rounded(value, places))) - value)
    assert off <= Fraction(1, 2 * 10**places)

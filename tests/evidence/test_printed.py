"""A printed number stands for what rounds to it, no more and no less."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.evidence.printed import Printed, is_number
from foramen.kernel.rounding import rounded


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=10_000), st.integers(0, 4))
def test_a_value_is_held_by_its_own_rounding_and_by_no_neighbour(value: Fraction, places: int) -> None:
    printed = Printed.read(rounded(value, places))
    assert printed.holds(value)
    neighbour = Printed.read(rounded(printed.value + 2 * printed.unit, places))
    assert not neighbour.holds(value)


@pytest.mark.parametrize(
    ("text", "value", "decimals", "relation"),
    [
        ("51.29", Fraction(5129, 100), 2, ""),
        (".870", Fraction(87, 100), 3, ""),
        ("< 0.001", Fraction(1, 1000), 3, "<"),
        ("≤0.046", Fraction(46, 1000), 3, "≤"),
        ("−34.4", Fraction(-344, 10), 1, ""),
        ("54.3%", Fraction(543, 10), 1, ""),
        ("12 %", Fraction(12), 0, ""),
    ],
)
def test_numbers_are_read_as_papers_print_them(text: str, value: Fraction, decimals: int, relation: str) -> None:
    printed = Printed.read(text)
    assert is_number(text)
    assert (printed.value, printed.decimals, printed.relation) == (value, decimals, relation)


@pytest.mark.parametrize("text", ["", "12,5", "1 234", "about 5", "5 to 7", "0.5.1", "<", "5mg"])
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    ("text", "held", "not_held"),
    [
        ("7.5", ["7.45", "7.4627", "7.55"], ["7.44", "7.56"]),
        ("< 0.001", ["0.0009", "0"], ["0.001", "0.0012"]),
        ("≤ 0.046", ["0.046", "0.0464"], ["0.047"]),
        ("≥ 0.34", ["0.336", "0.9"], ["0.33"]),
        ("> 0.05", ["0.051"], ["0.05"]),
    ],
)
def test_which_values_are_printed_so(text: str, held: list[str], not_held: list[str]) -> None:
    printed = Printed.read(text)
    assert [value for value in held if not printed.holds(Fraction(value))] == []
    assert [value for value in not_held if printed.holds(Fraction(value))] == []


def test_a_p_value_is_never_shown_as_nothing() -> None:
    assert Printed.read("0.012").like_p(1e-9) == "< 0.001"
    assert Printed.read("0.012").like_p(0.0123) == "0.012"

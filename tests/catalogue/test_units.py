"""Amounts convert exactly or are refused, and are printed so that nobody misreads them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.catalogue.units import UNITS, Amount, amount_of, mass_of, mismatch_percent, number_text
from foramen.kernel.errors import DataError


@pytest.mark.parametrize(
    ("entered", "base", "dimension"),
    [
        ("10 mg", 10, "mass"),
        ("0.01 g", 10, "mass"),
        ("500 mcg", Fraction(1, 2), "mass"),
        ("0.5 mL", Fraction(1, 2), "volume"),
        ("0.5mL", Fraction(1, 2), "volume"),
        ("1.0 ml", 1, "volume"),
        ("10 mg/mL", 10, "strength"),
        ("1 %", 10, "strength"),
        ("0.25%", Fraction(5, 2), "strength"),
        ("0.2 %", 2, "strength"),
        ("300 mg I/mL", 300, "iodine strength"),
        ("150 mg I", 150, "iodine mass"),
    ],
)
def test_an_amount_is_read_exactly(entered: str, base: Fraction, dimension: str) -> None:
    amount = amount_of(entered)
    assert (amount.base, amount.dimension) == (base, dimension)


@pytest.mark.parametrize(
    "entered",
    ["", "10", "1,0 mL", ".5 mL", "1. mL", "-1 mL", "+1 mL", "nan mg", "inf mg", "١٠ mg", "１ mg", "1 0 mg", "mg"],
)
def test_what_is_no_amount_is_refused_with_what_to_write(entered: str) -> None:
    with pytest.raises(DataError) as refused:
        amount_of(entered)
    assert refused.value.faults[0].what == "this is no amount"
    assert "0.5 mL" in refused.value.faults[0].remedy


@pytest.mark.parametrize(
    ("entered", "instead"),
    [("1 cc", "mL"), ("5 µg", "mcg"), ("5 ug", "mcg"), ("5 IU", "one of g, mg"), ("1e1 mg", "one of g, mg")],
)
def test_a_unit_that_does_not_convert_is_refused_with_what_to_write(entered: str, instead: str) -> None:
    with pytest.raises(DataError) as refused:
        amount_of(entered)
    assert refused.value.faults[0].what == "this unit does not convert"
    assert refused.value.faults[0].remedy.startswith(instead)


def test_mg_and_ml_cannot_stand_for_each_other() -> None:
    with pytest.raises(DataError) as refused:
        amount_of("1 mL", "mass")
    assert refused.value.faults[0].what == "this is a volume"
    assert refused.value.faults[0].remedy == "a mass such as 10 mg"


@pytest.mark.parametrize(
    ("strength", "volume", "mass"),
    [
        ("10 mg/mL", "1 mL", "10 mg"),
        ("10 mg/mL", "0.5 mL", "5 mg"),
        ("0.2 %", "1 mL", "2 mg"),
        ("0.25 %", "2 mL", "5 mg"),
        ("1 %", "2 mL", "20 mg"),
        ("300 mg I/mL", "0.5 mL", "150 mg I"),
        ("10 mg/mL", "0.333 mL", "3.33 mg"),
    ],
)
def test_mass_is_strength_times_volume(strength: str, volume: str, mass: str) -> None:
    assert str(mass_of(amount_of(strength), amount_of(volume))) == mass


def test_triamcinolone_as_printed_agrees_with_no_strength_that_exists() -> None:
    """2 mg (0.5 mL) would need 4 mg/mL; the strengths found give 5, 10 and 20 mg."""
    volume = amount_of("0.5 mL")
    made = [mass_of(amount_of(strength), volume).base for strength in ("10 mg/mL", "20 mg/mL", "40 mg/mL")]
    assert made == [5, 10, 20]
    assert mass_of(amount_of("4 mg/mL"), volume).base == 2


def test_iodine_is_not_compared_with_the_mass_of_a_drug() -> None:
    assert mismatch_percent(amount_of("150 mg"), amount_of("300 mg I/mL"), amount_of("0.5 mL")) is None


def test_nothing_is_compared_with_a_volume_of_0() -> None:
    assert mismatch_percent(amount_of("0 mg"), amount_of("10 mg/mL"), amount_of("0 mL")) is None


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Fraction(1), "1"),
        (Fraction(1, 4), "0.25"),
        (Fraction(5, 2), "2.5"),
        (Fraction(10), "10"),
        (Fraction(100), "100"),
        (Fraction(10, 3), "3.33"),
        (Fraction(20, 3), "6.67"),
        (Fraction(1, 8), "0.125"),
        (Fraction(0), "0"),
        (Fraction(1, 3000), "0.00033"),
    ],
)
def test_numbers_are_printed_with_a_leading_and_without_a_trailing_zero(number: Fraction, shown: str) -> None:
    assert number_text(number) == shown


@given(st.decimals("0.000001", "999999", places=6), st.sampled_from(sorted(UNITS)))
def test_what_is_printed_reads_back_as_the_same_amount(number: Decimal, unit: str) -> None:
    amount = Amount(Fraction(number), unit)
    shown = str(amount)
    assert amount_of(shown) == amount
    assert not shown.startswith(".")
    assert "cc" not in shown
    figures = shown.split(" ")[0]
    assert "." not in figures or not figures.endswith("0")

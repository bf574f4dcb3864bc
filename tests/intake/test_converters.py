"""Numbers are parsed exactly, or refused."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from foramen.intake.converters import REFUSED, NumberConverter, NumberRule
from foramen.snapshot.codebook import SUPPRESSED


def converter(decimals: int, *, rounds: bool = False, mark: str = ".", factor: int = 1) -> NumberConverter:
    return NumberConverter(NumberRule(decimals, Fraction(factor), None, None, rounds, mark), {"NA"}, {"*"})


numbers = st.decimals(-200_000, 200_000, places=4, allow_nan=False)


@given(numbers, st.integers(0, 4), st.sampled_from([".", ","]))
@example(Decimal("2.5"), 0, ".")
@example(Decimal("-2.5"), 0, ",")
@settings(max_examples=50, deadline=None)
def test_rounding_is_half_away_from_zero_of_the_decimal_text(number: Decimal, decimals: int, mark: str) -> None:
    text = format(number, "f").replace(".", mark)
    expected = int(number.scaleb(decimals).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert converter(decimals, rounds=True, mark=mark)[text] == expected


@given(numbers, st.integers(0, 4))
@settings(max_examples=50, deadline=None)
def test_without_rounding_a_number_is_exact_or_refused(number: Decimal, decimals: int) -> None:
    code = converter(decimals)[format(number, "f")]
    exact = number.scaleb(decimals)
    assert code == (int(exact) if exact == int(exact) else REFUSED)


@given(st.text(max_size=8))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_number_or_refused_with_a_reason(text: str) -> None:
    made = converter(2)
    code = made[text]
    if code == REFUSED:
        assert made.reason(text).what
    elif code is not None and code != SUPPRESSED:
        assert Fraction(code, 100) == Fraction(text.strip())


def test_the_code_of_suppressed_cannot_be_written_as_a_number() -> None:
    made = converter(0)
    assert made[str(SUPPRESSED)] == REFUSED
    assert made.reason(str(SUPPRESSED)).what == "the number is too large to be stored"
    assert made[str(2**40)] == 2**40
    assert made["9" * 400] == REFUSED

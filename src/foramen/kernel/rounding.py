"""One rounding rule everywhere: half away from zero on the decimal value, as journals print."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def rounded(value: float | int | Fraction, places: int) -> str:
    """The decimal text of a number, half away from zero, always with `places` decimals.

    A Fraction is rounded exactly. A float is rounded as the shortest decimal that reads back as it, so 0.285 (a float
    slightly below) gives 0.29, which is what a reader of the printed 0.285 expects.
    """
    quantum = Decimal(1).scaleb(-places)
    if isinstance(value, Fraction):
        scaled = abs(value) * 10**places
        whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        text = Decimal(whole).scaleb(-places)
        text = -text if value < 0 else text
    else:
        text = Decimal(repr(value)).quantize(quantum, rounding=ROUND_HALF_UP)
    return f"{text if text else abs(text):.{places}f}"

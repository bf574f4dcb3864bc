"""One rounding rule everywhere: half away from zero on the decimal value, as journals print."""

from decimal import Decimal
from fractions import Fraction


def rounded(value: float | int | Fraction, places: int) -> str:
    """The decimal text of a finite number, half away from zero, always with `places` decimals.

    A Fraction is rounded exactly. A float is rounded as the shortest decimal that reads back as it, so 0.285 (a float
    slightly below) gives 0.29, which is what a reader of the printed 0.285 expects.
    """
    exact = value if isinstance(value, Fraction) else Fraction(Decimal(repr(value)))
    scaled = abs(exact) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, rest = divmod(units, 10**places)
    sign = "-" if exact < 0 and units else ""
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"

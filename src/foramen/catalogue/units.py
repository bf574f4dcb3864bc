"""Amounts of drugs: mass, volume and strength, converted exactly or refused.

Amounts are entered as text with their unit, because a bare number is how a dose becomes ten times too large. They are
printed with a leading zero, without a trailing zero, and never in cc.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from foramen.kernel.errors import DataError
from foramen.kernel.rounding import rounded

Dimension = Literal["mass", "volume", "strength", "iodine mass", "iodine strength"]

UNITS: dict[str, tuple[Dimension, Fraction]] = {
    "g": ("mass", Fraction(1000)),
    "mg": ("mass", Fraction(1)),
    "mcg": ("mass", Fraction(1, 1000)),
    "mL": ("volume", Fraction(1)),
    "g/mL": ("strength", Fraction(1000)),
    "mg/mL": ("strength", Fraction(1)),
    "mcg/mL": ("strength", Fraction(1, 1000)),
    "%": ("strength", Fraction(10)),
    "mg I": ("iodine mass", Fraction(1)),
    "mg I/mL": ("iodine strength", Fraction(1)),
}
"""Unit -> what it measures and how many mg, mL or mg/mL it is. 1 % is 1 g in 100 mL. Iodine is no mass of a drug."""

MASS_OF: dict[Dimension, tuple[Dimension, str]] = {
    "strength": ("mass", "mg"),
    "iodine strength": ("iodine mass", "mg I"),
}
"""What a strength times a volume is, and the unit it is told in."""

_SUCH_AS: dict[Dimension, str] = {
    "mass": "a mass such as 10 mg",
    "volume": "a volume such as 0.5 mL",
    "strength": "a strength such as 10 mg/mL or 0.25 %",
    "iodine mass": "a mass of iodine such as 150 mg I",
    "iodine strength": "a strength of iodine such as 300 mg I/mL",
}

_WRITTEN = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?([A-Za-zµμ%].*)", re.ASCII)

_NOT_WRITTEN = {"cc": "mL", "ccm": "mL", "cm3": "mL", "µg": "mcg", "μg": "mcg", "ug": "mcg", "percent": "%"}
"""Units that are misread, and what is written instead."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit. `base` is in mg, mL or mg/mL, exact."""

    number: Fraction
    unit: str

    @property
    def dimension(self) -> Dimension:
        return UNITS[self.unit][0]

    @property
    def base(self) -> Fraction:
        return self.number * UNITS[self.unit][1]

    def __str__(self) -> str:
        return f"{number_text(self.number)} {self.unit}"


def amount_of(text: str, *dimensions: Dimension) -> Amount:
    """An amount as it was entered, such as 10 mg/mL, 0.5 mL or 0.25 %. Raises DataError for anything else: a comma, a
    sign, an exponent, digits of another script, no unit, a unit that does not convert."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        such_as = " or ".join(_SUCH_AS[one] for one in dimensions) or "0.5 mL"
        raise _refused("this is no amount", text, f"digits with a point, then the unit: {such_as}")
    number, unit = found.groups()
    unit = {"ml": "mL", "mg/ml": "mg/mL"}.get(unit, unit)
    if unit not in UNITS:
        instead = _NOT_WRITTEN.get(unit)
        raise _refused("this unit does not convert", text, instead or f"one of {', '.join(UNITS)}")
    amount = Amount(Fraction(number), unit)
    if dimensions and amount.dimension not in dimensions:
        raise _refused(f"this is a {amount.dimension}", text, " or ".join(_SUCH_AS[one] for one in dimensions))
    return amount


def mass_of(strength: Amount, volume: Amount) -> Amount:
    """Mass = strength × volume, in mg (or mg of iodine), exact."""
    unit = MASS_OF[strength.dimension][1]
    return Amount(strength.base * volume.base, unit)


def mismatch_percent(mass: Amount, strength: Amount, volume: Amount) -> Fraction | None:
    """By how many percent of strength × volume a mass differs from it. None: they cannot be compared."""
    product = mass_of(strength, volume)
    if mass.dimension != product.dimension or not product.base:
        return None
    return abs(mass.base - product.base) * 100 / product.base


def number_text(number: Fraction | int) -> str:
    """A number as it is printed: 0.25, 1, 3.33. Exact where its decimals end, else to two places or two digits."""
    exact = Fraction(number)
    ends = next((places for places in range(10) if (exact * 10**places).denominator == 1), None)
    if ends is not None:
        return rounded(exact, ends)
    places = next(places for places in range(2, 20) if abs(exact) * 10**places >= 10)
    return rounded(exact, places).rstrip("0").rstrip(".")


def _refused(what: str, received: str, remedy: str) -> DataError:
    return DataError.single(what, received=received, remedy=remedy)


def _is_a(*dimensions: Dimension) -> AfterValidator:
    def check(text: str) -> str:
        try:
            amount_of(text, *dimensions)
        except DataError as error:
            raise ValueError(f"{error.faults[0].what}: write {error.faults[0].remedy}") from None
        return text

    return AfterValidator(check)


Mass = Annotated[str, _is_a("mass", "iodine mass"), Field(examples=["10 mg"])]
Volume = Annotated[str, _is_a("volume"), Field(examples=["0.5 mL"])]
Strength = Annotated[str, _is_a("strength", "iodine strength"), Field(examples=["10 mg/mL", "0.25 %"])]

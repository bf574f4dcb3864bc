"""Units, amounts and quantities of radiation."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import Literal

from pydantic import Field

from foramen.evidence.checks.part import KIND, Check, Constant, plain
from foramen.evidence.facts import Facts, PrintedFact, Quantity, Reference
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.units import converted
from foramen.kernel.errors import DefinitionError


class Unit(Check):
    """A number with its printed unit against what is plausible for a person."""

    check: Literal["unit"] = KIND
    value: Reference = Field(description="a fact with a unit")
    unit: str = Field(description="the unit of what is plausible")
    low: Constant = Field(description="the lowest plausible value, in that unit")
    high: Constant = Field(description="the highest plausible value")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        fact = paper.fact(self.value)
        value = fact.printed.value * converted(_unit(fact), self.unit)
        plausible = self.low <= value <= self.high
        band = f"plausible is {self.low} to {self.high} {self.unit}"
        reason = band if plausible else f"{fact.text} {fact.unit} is {plain(value)} {self.unit}; {band}"
        if not plausible and self.low <= fact.printed.value <= self.high:
            reason += f", so {self.unit} is meant"
        yield Finding(
            check=self.check, at=fact.at, printed=f"{fact.text} {fact.unit}", recomputed=f"{plain(value)} {self.unit}",
            verdict=verdict(plausible), method="plausibility of a unit", reason=reason,
        )  # fmt: skip


def _unit(fact: PrintedFact) -> str:
    if fact.unit is None:
        raise DefinitionError.single("this fact has no unit", received=fact.at, remedy="add the unit as printed")
    return fact.unit


class Strength(Check):
    """A mass in a volume against the strengths in which the product exists."""

    check: Literal["strength"] = KIND
    mass: Reference = Field(description="a fact in mg")
    volume: Reference = Field(description="a fact in mL")
    marketed: list[Constant] = Field(min_length=1, description="the strengths of the product, in mg/mL")
    source: str = Field(description="where the strengths are from")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        mass, volume = paper.fact(self.mass), paper.fact(self.volume)
        amount = volume.printed.value * converted(_unit(volume), "mL")
        if amount <= 0:
            raise DefinitionError.single("a volume is needed", received=volume.text)
        strength = mass.printed.value * converted(_unit(mass), "mg") / amount
        agrees = strength in self.marketed
        held = ", ".join(plain(Fraction(one) * amount) for one in self.marketed)
        sold = ", ".join(str(one) for one in self.marketed)
        yield Finding(
            check=self.check, at=mass.at, printed=f"{mass.text} {mass.unit} in {volume.text} {volume.unit}",
            recomputed=f"{plain(strength)} mg/mL", verdict=verdict(agrees), method="strength of a product",
            reason=f"it exists with {sold} mg/mL ({self.source}): {plain(amount)} mL hold {held} mg",
        )  # fmt: skip


class Product(Check):
    """Numbers whose product is printed, such as a volume, a strength and a mass. They stand for themselves."""

    check: Literal["product"] = KIND
    factors: list[Reference] = Field(min_length=2, description="what is multiplied")
    product: Reference = Field(description="the printed product")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        factors, fact = [paper.fact(reference) for reference in self.factors], paper.fact(self.product)
        value = prod((factor.printed.value for factor in factors), start=Fraction(1))
        yield Finding(
            check=self.check, at=fact.at, printed=fact.text, recomputed=plain(value),
            verdict=verdict(value == fact.printed.value), method="product",
            reason=f"{' × '.join(factor.text for factor in factors)} = {plain(value)}",
        )  # fmt: skip


NAMES: dict[Quantity, str] = {
    "dose_area_product": "dose-area product",
    "ctdivol": "CTDIvol",
    "dose_length_product": "dose-length product",
    "air_kerma": "air kerma",
    "effective_dose": "effective dose",
}
UNITS: dict[Quantity, str] = {
    "dose_area_product": "mGy·cm²",
    "ctdivol": "mGy",
    "dose_length_product": "mGy·cm",
    "air_kerma": "mGy",
    "effective_dose": "mSv",
}


class SameQuantity(Check):
    """Radiation doses that are compared: refused unless all are of one quantity, and of a unit that it can have."""

    check: Literal["same_quantity"] = KIND
    compared: list[Reference] = Field(min_length=2, description="facts with a unit and a quantity")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        facts = [paper.fact(reference) for reference in self.compared]
        for fact in facts:
            if not fact.quantity:
                raise DefinitionError.single(
                    "this fact has no quantity", received=fact.at, remedy="say what was measured"
                )
        yield self._compared(facts)
        for fact in facts:
            yield self._in_its_unit(fact)

    def _compared(self, facts: Sequence[PrintedFact]) -> Finding:
        shared = set(facts[0].quantity).intersection(*(fact.quantity for fact in facts))
        names = [" or ".join(NAMES[one] for one in fact.quantity) for fact in facts]
        reason = unlike(names) if not shared else f"both are {' or '.join(NAMES[one] for one in sorted(shared))}"
        return Finding(
            check=self.check, at="; ".join(fact.at for fact in facts),
            printed=" against ".join(f"{fact.text} {_unit(fact)}" for fact in facts), verdict=verdict(bool(shared)),
            method="quantities of radiation", reason=reason,
        )  # fmt: skip

    def _in_its_unit(self, fact: PrintedFact) -> Finding:
        units = list(dict.fromkeys(UNITS[one] for one in fact.quantity))
        fits = any(_is_unit_of(_unit(fact), unit) for unit in units)
        names = " or ".join(NAMES[one] for one in fact.quantity)
        return Finding(
            check=self.check, at=fact.at, printed=f"{fact.text} {fact.unit}", verdict=verdict(fits),
            method="unit of a quantity of radiation", reason=f"{names} is measured in {' or '.join(units)}",
        )  # fmt: skip


def unlike(names: Sequence[str]) -> str:
    """Why quantities of radiation are not compared."""
    return f"{' and '.join(names)} are different quantities: no number of one says anything about the other"


def _is_unit_of(unit: str, standard: str) -> bool:
    try:
        converted(unit, standard)
    except DefinitionError:
        return False
    return True

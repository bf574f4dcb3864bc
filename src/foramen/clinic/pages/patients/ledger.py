"""Steroid of twelve months in methylprednisolone equivalents; the factors are those of the steroid policy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

from foramen.catalogue.definition import Number
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.gates.products import REFERENCE_MG, Steroid, recognised
from foramen.catalogue.gates.steroids import STEROIDS, SteroidPolicy, year_before
from foramen.catalogue.units import amount_of, number_text
from foramen.clinic.domain.places import place_of
from foramen.clinic.facts.content import DrugAmount, Spot
from foramen.clinic.facts.screening import ScreeningSigned, SteroidElsewhere
from foramen.kernel.errors import DataError
from foramen.kernel.rounding import rounded

NO_FACTOR = "no factor"


@dataclass(frozen=True, slots=True)
class Given:
    """One steroid on one day: at a target here, given or planned; or at another clinic, as the screening tells it."""

    on: date
    spot: Spot | None
    drug: DrugAmount | SteroidElsewhere
    planned: bool = False

    @property
    def house(self) -> str:
        """Which clinic."""
        return (
            self.drug.where if isinstance(self.drug, SteroidElsewhere) else "here, planned" if self.planned else "here"
        )

    @property
    def where(self) -> str:
        return place_text(place_of(self.spot)) if self.spot is not None else "not told"

    @property
    def text(self) -> str:
        return f"{self.drug.product} {self.drug.mass or 'amount not known'}"

    @property
    def factor(self) -> Fraction | None:
        """How many mg of methylprednisolone one mg of it counts like; None for a product that nobody knows."""
        known = recognised(_products(), self.drug.product)
        return Fraction(REFERENCE_MG) / Fraction(known.equivalent_mg) if known else None

    @property
    def equivalent(self) -> Fraction | None:
        """In mg of methylprednisolone; None where it cannot be worked out."""
        factor, mass = self.factor, _mass(self.drug.mass or "")
        return None if factor is None or mass is None else factor * mass

    @property
    def factor_text(self) -> str:
        return NO_FACTOR if self.factor is None else f"× {_text(self.factor, 2)}"

    @property
    def equivalent_text(self) -> str:
        return "not counted" if self.equivalent is None else f"{_text(self.equivalent, 1)} mg"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was given in the twelve months that end on a day, and what is planned."""

    first: date
    last: date
    rows: Sequence[Given]
    limit_mg: Number | None = None
    elsewhere_asked: bool = False

    @property
    def over_limit(self) -> bool:
        """Whether what was given and is planned is more than the site has set; the radiologist decides then."""
        return self.limit_mg is not None and _sum(self.rows) > Fraction(self.limit_mg)

    @property
    def given(self) -> str:
        return f"{_text(_sum(one for one in self.rows if not one.planned), 0)} mg"

    @property
    def with_plan(self) -> str:
        """The sum with what is planned; empty where nothing is."""
        return f"{_text(_sum(self.rows), 0)} mg" if any(one.planned for one in self.rows) else ""

    @property
    def uncounted(self) -> int:
        """How many are not in the sums, because nobody knows their factor or their mass."""
        return sum(one.equivalent is None for one in self.rows)

    @property
    def factors(self) -> str:
        """The equivalents of the products in this ledger, as the policy has them."""
        known = {one.name: one for one in _products() if any(recognised([one], row.drug.product) for row in self.rows)}
        parts = [f"{one.equivalent_mg} mg {name}" for name, one in sorted(known.items())]
        return " = ".join([*parts, f"{REFERENCE_MG} mg methylprednisolone"]) if parts else ""

    @property
    def source(self) -> str:
        """Where the factors stand."""
        return f"policy {_policy().id}, version {_policy().version}"


def ledger_of(
    day: date, found: Iterable[Given], limit_mg: Number | None = None, *, elsewhere_asked: bool = False
) -> Ledger:
    """The ledger of the twelve months that end on a day; what is planned is of that day or later."""
    first = year_before(day)
    rows = [one for one in found if one.planned or first <= one.on <= day]
    return Ledger(
        first, day, sorted(rows, key=lambda one: (one.planned, one.on), reverse=True), limit_mg, elsewhere_asked
    )


def steroids_elsewhere(told: ScreeningSigned | None) -> Iterable[Given]:
    """What other clinics gave, as the last screening tells it."""
    return (Given(one.on, None, one) for one in told.steroids_elsewhere) if told else ()


def steroids(on: date, spot: Spot, drugs: Iterable[DrugAmount], *, planned: bool = False) -> Iterable[Given]:
    """The steroids among the drugs of a target."""
    return (Given(on, spot, one, planned) for one in drugs if one.kind == "steroid")


@cache
def _policy() -> SteroidPolicy:
    return STEROIDS.load().content


def _products() -> Sequence[Steroid]:
    return _policy().products


def _sum(rows: Iterable[Given]) -> Fraction:
    """Before rounding; what has no factor is not in it."""
    return sum((one.equivalent for one in rows if one.equivalent is not None), Fraction(0))


def _mass(text: str) -> Fraction | None:
    try:
        amount = amount_of(text, "mass")
    except DataError:
        return None
    return amount.base


def _text(value: Fraction, digits: int) -> str:
    return number_text(Fraction(rounded(value, digits)))

"""Drugs as substances: a product counts by the names that the policies know, and any other name is “other”.

What somebody typed in the field of a product never leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from foramen.catalogue.gates.anaesthetics import ANAESTHETICS
from foramen.catalogue.gates.products import Product
from foramen.catalogue.gates.steroids import STEROIDS
from foramen.catalogue.units import amount_of
from foramen.kernel.rounding import rounded

OTHER, SEVERAL, NONE = "other", "several", "none"
KINDS = ("steroid", "anaesthetic", "contrast")
CACHED = 4096
DECIMALS = 3
"""Masses are whole micrograms: mg with three decimals; of contrast mg of iodine."""


@dataclass(frozen=True, slots=True)
class Substance:
    """What was given of one kind at one target; without a mass where two substances cannot be added."""

    name: str
    mass: int | None


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    """Names as they may be entered, folded, to substances; by kind."""
    anaesthetics = ANAESTHETICS.load().content
    by_kind: dict[str, Sequence[Product]] = {
        "steroid": STEROIDS.load().content.products, "anaesthetic": anaesthetics.products,
        "contrast": anaesthetics.contrasts,
    }  # fmt: skip
    return {
        kind: {_plain(name): product.name for product in products for name in (product.name, *product.names)}
        for kind, products in by_kind.items()
    }


def labels(kind: str) -> tuple[str, ...]:
    """Every substance of a kind in the order of the policy, then what is none of them."""
    return (*dict.fromkeys(_known()[kind].values()), OTHER, SEVERAL, NONE)


def substance(drugs: Sequence[Mapping[str, Any]], kind: str) -> Substance:
    """What was given of a kind. The sum where the same substance stands twice."""
    found = [drug for drug in drugs if drug["kind"] == kind]
    names = {_known()[kind].get(_plain(str(drug["product"])), OTHER) for drug in found}
    if not found:
        return Substance(NONE, None)
    if len(names) > 1:
        return Substance(SEVERAL, None)
    if names == {OTHER} and len({_plain(str(drug["product"])) for drug in found}) > 1:
        return Substance(OTHER, None)
    return Substance(names.pop(), _micrograms(sum((_mass(str(drug["mass"])) for drug in found), Fraction(0))))


@lru_cache(maxsize=CACHED)
def _mass(text: str) -> Fraction:
    return amount_of(text).base


def _micrograms(milligrams: Fraction) -> int:
    return int(rounded(milligrams * 10**DECIMALS, 0))


@lru_cache(maxsize=CACHED)
def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()

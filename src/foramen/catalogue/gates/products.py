"""Products by name, and whether the amounts that are drawn up agree with each other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import Field

from foramen.catalogue.definition import Number
from foramen.catalogue.document import Part
from foramen.catalogue.drugs import folded
from foramen.catalogue.gates.case import Reading, Subject
from foramen.catalogue.gates.inputs import Drug, Kind, Target
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.units import Amount, Strength, amount_of, mass_of, mismatch_percent
from foramen.kernel.errors import Fault


class Product(Part):
    """A product, as it may be entered."""

    name: str = Field(min_length=1, description="what it is called in messages")
    names: list[str] = Field(min_length=1, description="every way it may be entered; nothing else is recognised")


class Steroid(Product):
    """A steroid."""

    particulate: bool = Field(description="true: a suspension of particles")
    strengths: list[Strength] = Field([], description="the strengths that its labels give")
    equivalent_mg: Number = Field(gt=0, description="how many mg of it count like 4 mg of methylprednisolone")
    source: str = Field(description="key of the source")
    remark: str = Field("", description="what else a reader should know")


Known = TypeVar("Known", bound=Product)
REFERENCE_MG = 4
"""The mass of methylprednisolone that equivalents are told for."""


IODINE = ("iodine mass", "iodine strength")
"""What contrast is measured in, and nothing else."""


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """A target and one drug of a kind for it; None: no drug of this kind is entered for the target.

    The drug may be declared as another kind: its name counts.
    """

    target: Target
    kind: Kind
    drug: Drug | None


def recognised(products: Sequence[Known], text: str) -> Known | None:
    """The product that was entered, by its exact name; case and spaces do not count."""
    return next((one for one in products if is_named(one.names, text)), None)


def is_named(names: Iterable[str], text: str) -> bool:
    """Whether a text is one of these names; case and spaces do not count, nothing else is forgiven."""
    return _plain(text) in {_plain(name) for name in names}


def mentions(names: Iterable[str], text: str) -> bool:
    """Whether one of these names stands in a text as a word, such as Kenalog in Kenalog-40. It is for stopping what is
    entered under a wrong kind, never for letting anything pass."""
    inside = f" {folded(text)} "
    return any(f" {folded(name)} " in inside for name in names)


def is_of_kind(drug: Drug, kind: Kind, names: Iterable[str]) -> bool:
    """Whether a drug is declared as this kind, or its name is one of this kind whatever it is declared as."""
    return drug.kind == kind or mentions(names, drug.product)


def names_of(products: Iterable[Product]) -> list[str]:
    return [name for product in products for name in (product.name, *product.names)]


def drawn_up(targets: Iterable[Target], kind: Kind, names: Sequence[str] = ()) -> Iterator[Subject]:
    """Every drug of a kind at every target, by what it is declared as or by its name, and each target that has none."""
    for target in targets:
        drugs: list[Drug | None] = [drug for drug in target.drugs if is_of_kind(drug, kind, names)]
        for drug in drugs or [None]:
            label = f"{place_text(target)}: {drug.product if drug else kind}"
            yield Subject(label, DrawnUp(target, kind, drug))


def amounts(drug: Drug) -> tuple[Amount, Amount, Amount] | None:
    """Mass, strength and volume; None if one is not entered."""
    if drug.mass is None or drug.strength is None or drug.volume is None:
        return None
    return amount_of(drug.mass), amount_of(drug.strength), amount_of(drug.volume)


def mismatch(drug: Drug) -> Reading:
    """By how many percent the mass differs from strength × volume (ST-4). Contrast alone is in iodine."""
    entered = amounts(drug)
    if entered is None:
        return Reading(None)
    mass, strength, volume = entered
    measured_in_iodine = {amount.dimension in IODINE for amount in (mass, strength)}
    percent = mismatch_percent(mass, strength, volume) if measured_in_iodine == {drug.kind == "contrast"} else None
    if percent is None:
        return Reading("unreadable", f"{mass}; {strength} × {volume}.")
    product = mass_of(strength, volume)
    if percent == 0:
        return Reading(percent, f"{strength} × {volume} = {mass}.")
    return Reading(percent, f"{mass} is not {strength} × {volume}. That makes {product}.")


def mass_mg(drug: Drug) -> Fraction | None:
    """The mass in mg; None if it is not entered. Iodine has none."""
    if drug.mass is None:
        return None
    mass = amount_of(drug.mass)
    return mass.base if mass.dimension == "mass" else None


def name_faults(where: str, data: Mapping[str, Any], key: str) -> Iterator[Fault]:
    """Names that two products share: then nobody could say which was meant."""
    products = data.get(key)
    named = [
        _plain(name)
        for one in (products if isinstance(products, list) else [])
        if isinstance(one, Mapping) and isinstance(one.get("names"), list)
        for name in one["names"]
        if isinstance(name, str)
    ]
    for name, times in Counter(named).items():
        if times > 1:
            yield Fault("this name stands for more than one product", f"{where}: {key}", name, "keep it once")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()

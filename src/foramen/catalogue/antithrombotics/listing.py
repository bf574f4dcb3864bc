"""The list of medicines as drugs: recognised, one drug under several names put together, combinations taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.catalogue.antithrombotics.inputs import Medicine
from foramen.catalogue.drugs import Drug, NameIndex, Product


@dataclass(frozen=True, slots=True)
class Told:
    """One medicine of the list, with its position."""

    position: int
    medicine: Medicine
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One drug with every entry of the list that means it."""

    drug: Drug
    told: tuple[Told, ...]

    @property
    def medicines(self) -> tuple[Medicine, ...]:
        return tuple(one.medicine for one in self.told)

    @property
    def named(self) -> str:
        """The drug, with the names it was told by where they are others."""
        names = dict.fromkeys(one.medicine.name.strip() for one in self.told)
        others = [name for name in names if name.casefold() != self.drug.name.casefold()]
        return f"{self.drug.name} (told as {' and as '.join(others)})" if others else self.drug.name


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list holds: drugs, combination painkillers as products, and what nobody recognises."""

    taken: tuple[Taken, ...]
    combinations: tuple[Told, ...]
    unrecognised: tuple[Told, ...]

    @property
    def drugs(self) -> tuple[Drug, ...]:
        return tuple(taken.drug for taken in self.taken)


def list_medicines(medicines: Sequence[Medicine], names: NameIndex) -> Listing:
    """Recognise each entry by the table of names."""
    drugs: dict[str, Drug] = {}
    told: dict[str, list[Told]] = {}
    combinations, unrecognised = [], []
    for position, medicine in enumerate(medicines):
        found = names.recognise(medicine.name)
        if found is None:
            unrecognised.append(Told(position, medicine))
            continue
        entry = Told(position, medicine, found.product)
        combinations += [entry] if found.product and found.product.analgesic else []
        for drug in found.drugs:
            drugs[drug.name] = drug
            told.setdefault(drug.name, []).append(entry)
    taken = tuple(Taken(drug, tuple(told[name])) for name, drug in drugs.items())
    return Listing(taken, tuple(combinations), tuple(unrecognised))

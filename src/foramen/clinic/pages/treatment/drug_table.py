"""Drugs that are planned or were given, as rows with their product: strength × volume = mass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from foramen.catalogue.units import amount_of, number_text
from foramen.clinic.domain.places import BY_ROUTE
from foramen.clinic.facts.content import DrugAmount, Spot
from foramen.clinic.facts.day import PlannedTarget
from foramen.clinic.facts.procedure import TargetGiven
from foramen.clinic.pages.treatment.forms_drugs import check_mass


@dataclass(frozen=True, slots=True)
class DrugLine:
    """One drug. `beside` stands behind its name."""

    product: str
    beside: str
    strength: str
    volume: str
    mass: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class TargetDrugs:
    """A target with its drugs, and with what is said where there are none."""

    number: int
    name: str
    lines: Sequence[DrugLine]
    notes: Sequence[str]
    fact: int | None = None

    @property
    def span(self) -> int:
        return len(self.lines) + (not self.lines)


def name_of(spot: Spot) -> str:
    """A target in a few words: L5 left."""
    where = spot.root or spot.level or BY_ROUTE.get(spot.route or "", "")
    return f"{where} {spot.side or ''}".strip()


def planned(targets: Sequence[PlannedTarget]) -> Iterator[TargetDrugs]:
    """The plan."""
    for n, one in enumerate(targets, start=1):
        without = (
            (one.no_steroid, "no steroid"),
            (one.no_anaesthetic, "no anaesthetic"),
            (one.no_contrast, "no contrast"),
        )
        notes = [f"{words}: {said}" for said, words in without if said]
        notes += [f"anaesthetic chosen: {one.choice_reason}"] if one.choice_reason else []
        yield TargetDrugs(n, name_of(one), tuple(_line(drug, "") for drug in one.drugs), tuple(notes))


def given(one: TargetGiven, fact: int) -> TargetDrugs:
    """What was given at one target."""
    lines = tuple(_line(drug, one.contrast_spread if drug.kind == "contrast" else "") for drug in one.drugs)
    radio = one.radio_frequency
    notes = [
        *([f"no steroid: {one.no_steroid}"] if one.no_steroid else []),
        *([f"needle {one.needle}"] if one.needle else []),
        *([f"pulsed radiofrequency {radio.temperature_c} °C, {radio.minutes} min"] if radio else []),
        *([one.note] if one.note else []),
    ]
    return TargetDrugs(one.number, name_of(one.spot), lines, tuple(notes), fact)


def steroid_total(targets: Sequence[PlannedTarget | TargetGiven]) -> str:
    """The steroid of a session, as a mass; empty where nothing is recorded."""
    if not targets:
        return ""
    masses = (amount_of(drug.mass).base for one in targets for drug in one.drugs if drug.kind == "steroid")
    return f"{number_text(sum(masses, Fraction(0)))} mg"


def _line(drug: DrugAmount, beside: str) -> DrugLine:
    found = check_mass(drug.strength, drug.volume, drug.mass)
    return DrugLine(drug.product, beside, drug.strength, drug.volume, drug.mass, found is not None and found.agrees)

"""Local anaesthetics by age (AN-1) and amount (AN-2, ST-9), allergies (AN-3) and contrast (AN-4)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.catalogue.gates.age import completed_years
from foramen.catalogue.gates.case import Case, Reader, Reading, Subject, TablePolicy
from foramen.catalogue.gates.inputs import Drug, Kind, Patient, TargetInputs
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.gates.products import (
    DrawnUp,
    Product,
    drawn_up,
    is_named,
    is_of_kind,
    mentions,
    mismatch,
    name_faults,
    names_of,
    recognised,
)
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.inputs import Section, Text, Words
from foramen.catalogue.units import Amount, amount_of
from foramen.catalogue.worked import Worked
from foramen.kernel.errors import Fault

Concerns = Literal["anaesthetic", "contrast", "steroid", "none of these"]


class Allergen(Part):
    """Words for an allergy, and what it stands against."""

    concerns: Concerns = Field(description="what must not be given; none of these: nothing that is given here")
    names: list[str] = Field(min_length=1, description="the words that are recognised")


class Allergy(Part):
    """One allergy as it was told."""

    to: Text = Field(description="to what, as told")
    concerns: Concerns | None = Field(
        None, description="what it stands against, where the list does not know the words; the nurse says so"
    )


class Allergies(Section):
    """What was answered about allergies. An empty list says nothing: `none` has to be answered."""

    none: bool = Field(False, description="true: the patient was asked and has no allergy")
    told: list[Allergy] = Field([], description="each allergy")


class Contrast(Section):
    """Whether contrast is used."""

    use: Literal["contrast", "no contrast"] | None = Field(None, description="contrast, or no contrast")


class ChoiceOfAnaesthetic(Section):
    """Why this anaesthetic was chosen."""

    reason: Words = Field("", description="the reason, in words")


class AnaestheticInputs(TargetInputs):
    """One question about anaesthetic, allergies and contrast."""

    patient: Patient = Field(Patient(), description="the patient")
    allergies: Allergies = Field(Allergies(), description="allergies")
    contrast: Contrast = Field(Contrast(), description="whether contrast is used")
    choice: ChoiceOfAnaesthetic = Field(ChoiceOfAnaesthetic(), description="why this anaesthetic was chosen")


class AnaestheticExample(Worked):
    """A worked example."""

    given: AnaestheticInputs = Field(description="the question, as an inputs document would ask it")


class AnaestheticPolicy(TablePolicy):
    """Tables, products and allergens."""

    products: list[Product] = Field(min_length=1, description="the anaesthetics that are recognised")
    contrasts: list[Product] = Field(min_length=1, description="the contrast media that are recognised")
    allergens: list[Allergen] = Field(min_length=1, description="the allergies that are recognised")
    examples: list[AnaestheticExample] = Field([], description="worked examples; checking a file runs them")


Asked = Case[AnaestheticPolicy, AnaestheticInputs]


def _age(case: Asked, _procedure: object) -> Reading:
    born = case.told.patient.born
    if born is None:
        return Reading(None)
    age = completed_years(born, case.day)
    return Reading(age, f"The patient is {age}.")


def _agent(case: Asked, _procedure: object) -> Reading:
    said = [_said(subject.thing) for subject in _drawn_up(case, "anaesthetic")]
    if not said or None in said:
        return Reading(None)
    if "unreadable" in said:
        return Reading("unreadable")
    products = [recognised(case.content.products, product) for product in _entered(case)]
    names = {product.name for product in products if product is not None}
    if None in products:
        return Reading("unreadable")
    if len(names) > 1:
        return Reading("several", f"{', '.join(sorted(names))}.")
    name = next(iter(names), "none")
    return Reading(name if name in ("bupivacaine", "lidocaine", "none") else "other", f"{name}." if names else "")


def _entered(case: Asked) -> Iterator[str]:
    for subject in _drawn_up(case, "anaesthetic"):
        if subject.thing.drug is not None:
            yield subject.thing.drug.product


def _drawn_up(case: Asked, kind: Kind) -> Sequence[Subject]:
    """Every drug of a kind, also one that is entered as something else."""
    return tuple(drawn_up(case.told.targets, kind, _names(case, kind)))


def _names(case: Asked, kind: Kind) -> list[str]:
    """The names of a kind that this file knows; those of steroids stand in the policy of steroids."""
    known = {"anaesthetic": case.content.products, "contrast": case.content.contrasts}
    return names_of(known.get(kind, ()))


def _declared(case: Asked, drug: Drug | None) -> Reading:
    """Whether a drug is entered as what it is. Without any drug it has to be said that there is none."""
    if drug is None:
        return Reading("nothing given" if _gives_nothing(case) else None)
    others: tuple[Kind, ...] = ("anaesthetic", "contrast")
    if any(kind != drug.kind and mentions(_names(case, kind), drug.product) for kind in others):
        return Reading("wrong kind", f"Entered as {drug.kind}.")
    if drug.kind == "steroid":
        return Reading("judged as a steroid")
    known = case.content.contrasts if drug.kind == "contrast" else case.content.products
    return Reading("of its kind" if recognised(known, drug.product) else "not known", f"Entered as {drug.kind}.")


def _gives_nothing(case: Asked) -> bool:
    targets = case.told.targets
    without = all(target.no_anaesthetic and target.no_steroid for target in targets)
    return bool(targets) and without and case.told.contrast.use == "no contrast"


def _said(one: DrawnUp | None) -> str | None:
    """Whether a target has an anaesthetic, has none for a reason, or says both, or nothing."""
    if one is None:
        return None
    said_none = bool(one.target.no_anaesthetic.strip())
    if one.drug is not None:
        return "unreadable" if said_none else "given"
    return "none" if said_none else None


def _reason(case: Asked, _procedure: object) -> Reading:
    reason = case.told.choice.reason.strip()
    return Reading("recorded", f"Reason: {reason}.") if reason else Reading(None)


def _site_amount(case: Asked, one: DrawnUp | None) -> Reading:
    said = _said(one)
    if one is None or one.drug is None or said != "given":
        return Reading(said)
    product = recognised(case.content.products, one.drug.product)
    if product is None:
        return Reading("unreadable")
    if one.drug.strength is None or one.drug.volume is None:
        return Reading(None)
    strength, volume = amount_of(one.drug.strength), amount_of(one.drug.volume)
    set_amounts = _set_amounts(case, product.name)
    if set_amounts is None:
        return Reading("not set", f"{strength}, {volume}.")
    same = (strength.base, volume.base) == (set_amounts[0].base, set_amounts[1].base)
    told = f"Entered {strength}, {volume}; set {set_amounts[0]}, {set_amounts[1]}."
    return Reading("as set" if same else "otherwise", told)


def _set_amounts(case: Asked, product: str) -> tuple[Amount, Amount] | None:
    """Strength and volume of the site's record; None: not both are set, or the product has none."""
    if product not in ("bupivacaine", "lidocaine"):
        return None
    percent, volume = case.parameter(f"{product}_percent"), case.parameter(f"{product}_ml")
    if percent is None or volume is None:
        return None
    return Amount(Fraction(percent), "%"), Amount(Fraction(volume), "mL")


def _drug_given(case: Asked, one: DrawnUp | None) -> Reading:
    if one is None:
        return Reading(None)
    if one.drug is not None:
        return Reading("given")
    said_none = case.told.contrast.use == "no contrast" if one.kind == "contrast" else one.target.no_anaesthetic.strip()
    return Reading("none" if said_none else None)


def _mismatch(_case: Asked, one: DrawnUp | None) -> Reading:
    return mismatch(one.drug) if one and one.drug else Reading(None)


def _concerned(case: Asked) -> set[Concerns] | str | None:
    """What the allergies stand against; None: nobody asked; a text: they cannot be read."""
    allergies = case.told.allergies
    if not allergies.none and not allergies.told:
        return None
    if allergies.none and allergies.told:
        return "unreadable"
    found: set[Concerns] = set()
    for allergy in allergies.told:
        known = {one.concerns for one in case.content.allergens if is_named(one.names, allergy.to)}
        if not known and allergy.concerns is None:
            return "unreadable"
        found |= known | ({allergy.concerns} if allergy.concerns else set())
    return found


def _allergy(case: Asked, _procedure: object) -> Reading:
    concerned = _concerned(case)
    if concerned is None or isinstance(concerned, str):
        return Reading(concerned)
    told = f"Told: {', '.join(one.to for one in case.told.allergies.told)}." if case.told.allergies.told else ""
    if not told:
        return Reading("none")
    planned = [_is_planned(case, kind) for kind in ("anaesthetic", "contrast", "steroid") if kind in concerned]
    if True in planned:
        return Reading("match", told)
    return Reading("not planned yet" if None in planned else "no match", told)


def _is_planned(case: Asked, kind: Kind) -> bool | None:
    """Whether anything of a kind is to be given; None: that is not said for every target."""
    if any(is_of_kind(drug, kind, _names(case, kind)) for target in case.told.targets for drug in target.drugs):
        return True
    if kind == "contrast":
        known = case.told.targets and case.told.contrast.use is not None
        return case.told.contrast.use == "contrast" if known else None
    without = [getattr(target, f"no_{kind}").strip() for target in case.told.targets]
    return False if without and all(without) else None


def _contrast_allergy(case: Asked, _procedure: object) -> Reading:
    concerned = _concerned(case)
    if concerned is None or isinstance(concerned, str):
        return Reading(concerned)
    return Reading("yes" if "contrast" in concerned else "no")


def _contrast_use(case: Asked, _procedure: object) -> Reading:
    use = case.told.contrast.use
    drawn = any(subject.thing.drug for subject in _drawn_up(case, "contrast"))
    return Reading("unreadable" if use == "no contrast" and drawn else use)


def _subjects(case: Asked, each: str) -> Sequence[Subject]:
    if each == "anaesthetic":
        return _drawn_up(case, "anaesthetic")
    if each == "drug":
        kinds: tuple[Kind, ...] = ("anaesthetic", "contrast")
        return tuple(subject for kind in kinds for subject in _drawn_up(case, kind))
    if each == "entry":
        return tuple(
            Subject(f"{place_text(target)}: {drug.product}", drug)
            for target in case.told.targets
            for drug in target.drugs
        )
    return (Subject("", None),)


def _faults(where: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    yield from name_faults(where, data, "products")
    yield from name_faults(where, data, "contrasts")
    yield from name_faults(where, data, "allergens")


def _notes(content: AnaestheticPolicy) -> Iterator[tuple[str, str]]:
    """The products and allergies that are recognised."""
    for product in content.products:
        yield f"Product {product.name}", f"recognised as {', '.join(product.names)}"
    for product in content.contrasts:
        yield f"Contrast {product.name}", f"recognised as {', '.join(product.names)}"
    for allergen in content.allergens:
        yield f"Allergies that concern {allergen.concerns}", ", ".join(allergen.names)


READERS = {
    "age": Reader(_age, ("patient",)),
    "agent": Reader(_agent, ("targets",)),
    "choice_reason": Reader(_reason, ("choice",)),
    "site_amount": Reader(
        _site_amount, ("targets", "bupivacaine_percent", "bupivacaine_ml", "lidocaine_percent", "lidocaine_ml")
    ),
    "drug_given": Reader(_drug_given, ("targets", "contrast")),
    "mismatch": Reader(_mismatch, ("targets",)),
    "declared": Reader(_declared, ("targets", "contrast")),
    "allergy": Reader(_allergy, ("allergies", "targets", "contrast")),
    "contrast_allergy": Reader(_contrast_allergy, ("allergies",)),
    "contrast_use": Reader(_contrast_use, ("contrast", "targets")),
}

ANAESTHETICS = table_policy(
    "anaesthetics", AnaestheticPolicy, AnaestheticInputs, READERS, lambda content: content.examples,
    subjects=_subjects, more_faults=_faults, notes=_notes,
)  # fmt: skip

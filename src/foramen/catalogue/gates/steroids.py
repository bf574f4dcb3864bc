"""Steroids: type by approach and level, mass = strength × volume (ST-4), vial (ST-8), twelve months (ST-10)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.catalogue.gates.case import Case, Reader, Reading, Subject, TablePolicy
from foramen.catalogue.gates.inputs import TargetInputs
from foramen.catalogue.gates.places import region_of
from foramen.catalogue.gates.products import (
    REFERENCE_MG,
    DrawnUp,
    Steroid,
    amounts,
    drawn_up,
    mismatch,
    name_faults,
    names_of,
    recognised,
)
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.inputs import Section, Text
from foramen.catalogue.instants import day_text
from foramen.catalogue.units import Mass, amount_of, number_text
from foramen.catalogue.worked import Worked
from foramen.kernel.errors import Fault
from foramen.kernel.rounding import rounded


class EarlierSteroid(Part):
    """A steroid the patient has had, here or elsewhere."""

    on: date = Field(description="the day")
    where: Text = Field(description="where it was given, and who says so")
    product: Text = Field(description="name as entered")
    mass: Mass | None = Field(None, description="mass, such as 40 mg; left out if nobody knows")


class Ledger(Section):
    """What the patient has had of steroids. An empty list says nothing: `none` has to be answered."""

    none: bool = Field(False, description="true: the patient was asked and has had none")
    given: list[EarlierSteroid] = Field([], description="each steroid, with its day")


class SteroidInputs(TargetInputs):
    """One question about the steroids of a session."""

    ledger: Ledger = Field(Ledger(), description="steroids of the last twelve months, everywhere that is known of")


class SteroidExample(Worked):
    """A worked example."""

    given: SteroidInputs = Field(description="the question, as an inputs document would ask it")


class SteroidPolicy(TablePolicy):
    """Tables and products of the steroid policy."""

    products: list[Steroid] = Field(min_length=1, description="the steroids that are recognised")
    examples: list[SteroidExample] = Field([], description="worked examples; checking a file runs them")


Asked = Case[SteroidPolicy, SteroidInputs]


def _route(_case: Asked, one: DrawnUp | None) -> Reading:
    return Reading(one.target.route if one else None)


def _region(_case: Asked, one: DrawnUp | None) -> Reading:
    return Reading(region_of(one.target) if one else None)


def _steroid(case: Asked, one: DrawnUp | None) -> Reading:
    given = steroid_given(one)
    if one is not None and one.drug is not None and one.drug.kind != "steroid":
        return Reading("wrong kind", f"Entered as {one.drug.kind}.")
    if one is None or one.drug is None or given != "given":
        return Reading(given)
    product = recognised(case.content.products, one.drug.product)
    return Reading("unreadable" if product is None else "particulate" if product.particulate else "non-particulate")


def steroid_given(one: DrawnUp | None) -> str | None:
    """Whether a target has a steroid, has none for a reason, or says both, or nothing."""
    if one is None:
        return None
    said_none = bool(one.target.no_steroid.strip())
    if one.drug is not None:
        return "unreadable" if said_none else "given"
    return "none" if said_none else None


def _drawn_up(case: Asked) -> Sequence[Subject]:
    """Every steroid, also one that is entered as something else."""
    return tuple(drawn_up(case.told.targets, "steroid", names_of(case.content.products)))


def _given(_case: Asked, one: DrawnUp | None) -> Reading:
    return Reading(steroid_given(one))


def _mismatch(_case: Asked, one: DrawnUp | None) -> Reading:
    return mismatch(one.drug) if one and one.drug else Reading(None)


def _vial(case: Asked, one: DrawnUp | None) -> Reading:
    given = steroid_given(one)
    if one is None or one.drug is None or given != "given":
        return Reading(given)
    product, strength = recognised(case.content.products, one.drug.product), one.drug.strength
    if product is None:
        return Reading("unreadable")
    if strength is None:
        return Reading(None)
    known = {amount_of(text).base for text in product.strengths}
    found = f"Found: {', '.join(product.strengths) or 'none'}."
    return Reading("found") if amount_of(strength).base in known else Reading("not found", found)


def _year_total(case: Asked, _procedure: object) -> Reading:
    earlier, planned = _earlier(case), _planned(case)
    if isinstance(earlier, str) or isinstance(planned, str):
        return Reading("unreadable")
    if earlier is None or planned is None:
        return Reading(None)
    shown = tuple(f"{day_text(one.on)}, {one.where}: {one.product} {one.mass} = {_told(mg)}" for one, mg in earlier)
    given = sum((mg for _, mg in earlier), Fraction(0))
    total, since = given + sum(planned, Fraction(0)), day_text(year_before(case.day))
    told = f"{_told(given)} since {since}, {_told(total)} with today."
    limit = case.parameter("steroid_year_limit_mg")
    if limit is None:
        return Reading("no limit set", told, information=shown)
    within = total <= Fraction(limit)
    return Reading("within limit" if within else "over limit", f"{told} Limit {limit} mg.", information=shown)


def year_before(day: date) -> date:
    """The first day of the twelve months that end on a day; of 29 February, 1 March of the year before."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:
        return date(day.year - 1, 3, 1)


def _earlier(case: Asked) -> Sequence[tuple[EarlierSteroid, Fraction]] | str | None:
    """The steroids of the twelve months with their equivalents; None: nobody asked; a text: they cannot be added up."""
    ledger = case.told.ledger
    if not ledger.none and not ledger.given:
        return None
    if ledger.none and ledger.given:
        return "unreadable"
    inside = [one for one in ledger.given if one.on >= year_before(case.day)]
    counted = [(one, _equivalent(case.content, one.product, one.mass)) for one in inside]
    known = [(one, mg) for one, mg in counted if mg is not None]
    return known if len(known) == len(counted) else "unreadable"


def _planned(case: Asked) -> Sequence[Fraction] | str | None:
    """Equivalents of what is drawn up; None: not all of it is entered."""
    found: list[Fraction] = []
    for subject in _drawn_up(case):
        one: DrawnUp = subject.thing
        given = steroid_given(one)
        if given is None or (one.drug is not None and amounts(one.drug) is None):
            return None
        if one.drug is not None:
            mg = _equivalent(case.content, one.drug.product, one.drug.mass)
            if mg is None:
                return "unreadable"
            found.append(mg)
    return found if case.told.targets else None


def _equivalent(content: SteroidPolicy, product: str, mass: str | None) -> Fraction | None:
    """A dose in mg of methylprednisolone; None: product or mass is not known."""
    known = recognised(content.products, product)
    if known is None or mass is None:
        return None
    amount = amount_of(mass)
    if amount.dimension != "mass":
        return None
    return amount.base * REFERENCE_MG / Fraction(known.equivalent_mg)


def _told(mg: Fraction) -> str:
    return f"{number_text(Fraction(rounded(mg, 1)))} mg methylprednisolone equivalent"


def _subjects(case: Asked, each: str) -> Sequence[Subject]:
    return _drawn_up(case) if each == "steroid" else (Subject(""),)


def _faults(where: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    yield from name_faults(where, data, "products")


def _notes(content: SteroidPolicy) -> Iterator[tuple[str, str]]:
    """The products, as a pharmacist would want to read them."""
    for product in content.products:
        kind = "particulate" if product.particulate else "non-particulate"
        equivalent = f"{product.equivalent_mg} mg count like {REFERENCE_MG} mg of methylprednisolone"
        parts = [f"{kind}; strengths found: {', '.join(product.strengths)}; {equivalent}"]
        parts += [f"recognised as {', '.join(product.names)}", *([product.remark] if product.remark else [])]
        yield f"Product {product.name}", ". ".join(parts)


READERS = {
    "route": Reader(_route, ("targets",)),
    "region": Reader(_region, ("targets",)),
    "steroid": Reader(_steroid, ("targets",)),
    "steroid_given": Reader(_given, ("targets",)),
    "mismatch": Reader(_mismatch, ("targets",)),
    "vial": Reader(_vial, ("targets",)),
    "year_total": Reader(_year_total, ("targets", "ledger", "steroid_year_limit_mg")),
}

STEROIDS = table_policy(
    "steroids", SteroidPolicy, SteroidInputs, READERS, lambda content: content.examples,
    subjects=_subjects, more_faults=_faults, notes=_notes,
)  # fmt: skip

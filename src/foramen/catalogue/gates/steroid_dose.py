"""The service's steroid dose of one session: product (ST-1), sharing (ST-2, ST-3), total (ST-5)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from pydantic import Field, ValidationError

from foramen.catalogue.document import Part
from foramen.catalogue.gates.case import Case, Reader, Reading, Subject, TablePolicy
from foramen.catalogue.gates.inputs import Target, TargetInputs
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.gates.products import DrawnUp, drawn_up, is_named, is_of_kind, mass_mg
from foramen.catalogue.gates.steroids import steroid_given
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.units import Amount, Mass, Strength, Volume, amount_of, mass_of, mismatch_percent
from foramen.catalogue.worked import Worked
from foramen.kernel.errors import Fault


class Standard(Part):
    """The one steroid with a printed dose."""

    names: list[str] = Field(min_length=1, description="every way it may be entered; any other name is another steroid")
    strength: Strength = Field(description="the strength of the service")
    mass: Mass = Field(description="the dose of a session")
    volume: Volume = Field(description="the volume of that dose at that strength")


class DoseExample(Worked):
    """A worked example."""

    given: TargetInputs = Field(description="the question, as an inputs document would ask it")


class DosePolicy(TablePolicy):
    """Tables and standard dose of the service."""

    standard: Standard = Field(description="the printed dose")
    other_steroids: list[str] = Field(
        min_length=1, description="names of steroids without a printed dose; they count whatever they are entered as"
    )
    examples: list[DoseExample] = Field([], description="worked examples; checking a file runs them")


Asked = Case[DosePolicy, TargetInputs]


def steroid_names(content: DosePolicy) -> list[str]:
    return [*content.standard.names, *content.other_steroids]


def share_of(standard: Standard, targets: int) -> tuple[Amount, Amount] | None:
    """Mass and volume for each of one or two targets, as printed; None for any other number: nothing is printed."""
    if targets not in (1, 2):
        return None
    mass, volume = amount_of(standard.mass), amount_of(standard.volume)
    return Amount(mass.number / targets, mass.unit), Amount(volume.number / targets, volume.unit)


def _product(case: Asked, one: DrawnUp | None) -> Reading:
    given, standard = steroid_given(one), case.content.standard
    if one is not None and one.drug is not None and one.drug.kind != "steroid":
        return Reading("wrong kind", f"Entered as {one.drug.kind}.")
    if one is None or one.drug is None or given != "given":
        return Reading(given)
    if not is_named(standard.names, one.drug.product):
        return Reading("other steroid")
    if one.drug.strength is None:
        return Reading(None)
    same = amount_of(one.drug.strength).base == amount_of(standard.strength).base
    return Reading("as printed" if same else "other strength")


def _given(case: Asked) -> list[DrawnUp]:
    return [subject.thing for subject in drawn_up(case.told.targets, "steroid", steroid_names(case.content))]


def _steroid(case: Asked, _procedure: object) -> Reading:
    everywhere = [steroid_given(one) for one in _given(case)]
    if not everywhere or None in everywhere:
        return Reading(None)
    if "unreadable" in everywhere:
        return Reading("unreadable")
    products = [one.drug.product for one in _given(case) if one.drug is not None]
    if not products:
        return Reading("none")
    return Reading("dexamethasone" if all(is_named(case.content.standard.names, one) for one in products) else "other")


def _total(case: Asked, _procedure: object) -> Reading:
    masses = _masses(case)
    if masses is None:
        return Reading(None)
    total = sum(masses.values(), Fraction(0))
    return Reading(total, f"Total {Amount(total, 'mg')}.")


def _masses(case: Asked) -> dict[int, Fraction] | None:
    """The steroid of each target in mg, by its place in the list; None: one is not entered."""
    found: dict[int, Fraction] = {}
    names = steroid_names(case.content)
    for place, target in enumerate(case.told.targets):
        entered = [mass_mg(drug) for drug in target.drugs if is_of_kind(drug, "steroid", names)]
        known = [mass for mass in entered if mass is not None]
        if len(known) < len(entered):
            return None
        found[place] = sum(known, Fraction(0))
    return found or None


def _targets(case: Asked, _procedure: object) -> Reading:
    targets = case.told.targets
    if not targets:
        return Reading(None)
    if repeated := [place_text(one) for place, one in enumerate(targets) if _is_among(one, targets[:place])]:
        return Reading("unreadable", f"Twice: {'; '.join(repeated)}.")
    return Reading(len(targets), information=_arithmetic(case, len(targets)))


def _is_among(target: Target, others: Sequence[Target]) -> bool:
    return any(place_text(target) == place_text(other) for other in others)


def _split(case: Asked, _procedure: object) -> Reading:
    masses = _masses(case)
    if masses is None:
        return Reading(None)
    share = share_of(case.content.standard, len(masses))
    told = f"{', '.join(str(Amount(mass, 'mg')) for mass in masses.values())}."
    as_printed = share is not None and all(mass == share[0].base for mass in masses.values())
    return Reading("as printed" if as_printed else "otherwise", told)


def _arithmetic(case: Asked, targets: int) -> tuple[str, ...]:
    """What is printed for one and two targets; for more, arithmetic that is labelled as such."""
    standard = case.content.standard
    if share := share_of(standard, targets):
        return (f"As printed: {share[0]} = {share[1]} at {standard.strength} for each of {targets}.",)
    mass = amount_of(standard.mass)
    each = Amount(mass.number / targets, mass.unit)
    return (f"Arithmetic, not policy: {mass} ÷ {targets} = {each} for each target.",)


def _subjects(case: Asked, each: str) -> Sequence[Subject]:
    return (
        tuple(drawn_up(case.told.targets, "steroid", steroid_names(case.content)))
        if each == "steroid"
        else (Subject(""),)
    )


def _notes(content: DosePolicy) -> Iterator[tuple[str, str]]:
    standard = content.standard
    yield "Standard dose", f"{standard.names[0]} {standard.mass}, {standard.volume} at {standard.strength}"


def _faults(where: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    """The printed dose obeys the rule it is judged by: mass = strength × volume."""
    try:
        standard = Standard.model_validate(data.get("standard"))
    except ValidationError:
        return
    mass, strength, volume = (amount_of(text) for text in (standard.mass, standard.strength, standard.volume))
    if mismatch_percent(mass, strength, volume) != 0:
        yield Fault(
            "the mass is not strength × volume", f"{where}: standard", str(mass), f"{mass_of(strength, volume)}"
        )


READERS = {
    "standard_product": Reader(_product, ("targets",)),
    "session_steroid": Reader(_steroid, ("targets",)),
    "session_total": Reader(_total, ("targets",)),
    "targets": Reader(_targets, ("targets",)),
    "split": Reader(_split, ("targets",)),
}

STEROID_DOSE = table_policy(
    "steroid-dose", DosePolicy, TargetInputs, READERS, lambda content: content.examples,
    subjects=_subjects, more_faults=_faults, notes=_notes,
)  # fmt: skip

"""What a trial gives in place of the service's dose (ST-6, ST-7), to enrolled participants only, and observation."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.catalogue.gates.case import Case, Reader, Reading, Subject, TablePolicy
from foramen.catalogue.gates.inputs import Drug, Level, Recovery, Root, Route, Target, TargetInputs
from foramen.catalogue.gates.observation import observed
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.gates.products import is_named, is_of_kind, mass_mg, mentions
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.inputs import Entered, Section, Words
from foramen.catalogue.units import Amount, Mass, Strength, Volume, amount_of
from foramen.catalogue.worked import Worked
from foramen.kernel.errors import DataError, Fault


class Enrolment(Section):
    """How a participant is bound to the trial."""

    trial: Words = Field("", description="id of the trial")
    participant: Words = Field("", description="number of the participant")
    arm: Words = Field("", description="the arm the participant was allocated to")
    consent_version: Words = Field("", description="version of the trial's consent")
    consented: Entered | None = Field(None, description="when the participant signed it")
    allocated: Entered | None = Field(None, description="when the participant was allocated")
    withdrawn: Literal["yes", "no"] | None = Field(None, description="whether the participant has left the trial")


class EarlierDose(Part):
    """One dose in the trial."""

    on: date = Field(description="the day")
    mass: Mass | None = Field(None, description="mass, such as 40 mg; left out if nobody knows")


class Methylprednisolone(Section):
    """What the participant has had of it in the trial. An empty list says nothing: `none` has to be answered."""

    none: bool = Field(False, description="true: none so far")
    given: list[EarlierDose] = Field([], description="each dose so far, without today's")


class TrialInputs(TargetInputs):
    """One question about a participant's session."""

    enrolment: Enrolment = Field(Enrolment(), description="how the participant is bound to the trial")
    methylprednisolone: Methylprednisolone = Field(
        Methylprednisolone(), description="methylprednisolone in the trial so far"
    )
    recovery: Recovery = Field(Recovery(), description="observation")


class Regimen(Part):
    """What one kind of target is given."""

    route: Route = Field(description="the approach")
    roots: list[Root] = Field([], description="the roots of the trial; none: the approach names the place")
    levels: list[Level] = Field([], description="the levels of the trial; none: the approach names the place")
    anaesthetic: list[str] = Field(min_length=1, description="every way its anaesthetic may be entered")
    strength: Strength = Field(description="strength of the anaesthetic")
    least: Volume = Field(description="least volume of the anaesthetic")
    most: Volume = Field(description="greatest volume of the anaesthetic")


class TrialExample(Worked):
    """A worked example."""

    given: TrialInputs = Field(description="the question, as an inputs document would ask it")


class TrialPolicy(TablePolicy):
    """Tables and regimen of the trial."""

    trial: str = Field(min_length=1, description="id of the trial; an enrolment names it")
    steroid: list[str] = Field(min_length=1, description="every way the trial's steroid may be entered")
    added_steroid: list[str] = Field(min_length=1, description="every way the steroid added as needed may be entered")
    observation_min: int = Field(gt=0, description="least observation in minutes")
    regimens: list[Regimen] = Field(min_length=1, description="what each kind of target is given")
    examples: list[TrialExample] = Field([], description="worked examples; checking a file runs them")


Asked = Case[TrialPolicy, TrialInputs]


def _enrolment(case: Asked, _procedure: object) -> Reading:
    told = case.told.enrolment
    consented, allocated = case.moment(told.consented, "last_dose"), case.moment(told.allocated)
    if not (told.trial and told.participant and told.arm and told.consent_version and told.withdrawn):
        return Reading(None)
    if consented is None or allocated is None:
        return Reading(None)
    if told.trial != case.content.trial:
        return Reading("other trial")
    if told.withdrawn == "yes":
        return Reading("withdrawn")
    return Reading("enrolled" if consented <= allocated else "consent too late")


def regimen_of(content: TrialPolicy, target: Target) -> Regimen | None:
    """The regimen of a target; None: the trial does not treat it."""
    for regimen in content.regimens:
        named = regimen.roots or regimen.levels
        inside = target.root in regimen.roots if target.root else target.level in regimen.levels
        if target.route == regimen.route and (inside or not named):
            return regimen
    return None


def _trial_target(case: Asked, target: Target | None) -> Reading:
    if target is None or target.route is None or target.side is None:
        return Reading(None)
    if sum(place_text(target) == place_text(other) for other in case.told.targets) > 1:
        return Reading("twice")
    return Reading("in the trial" if regimen_of(case.content, target) else "outside")


def _dexamethasone(case: Asked, target: Target | None) -> Reading:
    if target is None:
        return Reading(None)
    known = (*case.content.steroid, *case.content.added_steroid)
    steroids = [drug for drug in target.drugs if is_of_kind(drug, "steroid", known)]
    if any(drug.kind != "steroid" or not is_named(known, drug.product) for drug in steroids):
        return Reading("unreadable")
    total = _sum(drug for drug in steroids if is_named(case.content.steroid, drug.product))
    return Reading(total, "" if total is None else f"{Amount(total, 'mg')}.")


def _sum(drugs: Iterator[Drug]) -> Fraction | None:
    """The masses in mg together; None: there is no drug, or a mass is not entered."""
    masses = [mass_mg(drug) for drug in drugs]
    known = [mass for mass in masses if mass is not None]
    return sum(known, Fraction(0)) if masses and len(known) == len(masses) else None


def _session_total(case: Asked, _procedure: object) -> Reading:
    found = [_dexamethasone(case, target).value for target in case.told.targets]
    if not found or None in found:
        return Reading(None)
    masses = [mass for mass in found if isinstance(mass, Fraction)]
    if len(masses) < len(found):
        return Reading("unreadable")
    total = sum(masses, Fraction(0))
    return Reading(total, f"Total {Amount(total, 'mg')}.")


def _anaesthetic(case: Asked, target: Target | None) -> Reading:
    if target is None:
        return Reading(None)
    regimen, names = (
        regimen_of(case.content, target),
        [name for one in case.content.regimens for name in one.anaesthetic],
    )
    drugs = [drug for drug in target.drugs if is_of_kind(drug, "anaesthetic", names)]
    if not drugs or any(drug.strength is None or drug.volume is None for drug in drugs):
        return Reading(None)
    told = f"{'; '.join(f'{drug.product} {drug.strength}, {drug.volume}' for drug in drugs)}."
    as_printed = regimen is not None and len(drugs) == 1 and _is_printed(regimen, drugs[0])
    return Reading("as printed" if as_printed else "otherwise", told)


def _is_printed(regimen: Regimen, drug: Drug) -> bool:
    assert drug.strength is not None and drug.volume is not None
    volume = amount_of(drug.volume).base
    return (
        drug.kind == "anaesthetic"
        and is_named(regimen.anaesthetic, drug.product)
        and amount_of(drug.strength).base == amount_of(regimen.strength).base
        and amount_of(regimen.least).base <= volume <= amount_of(regimen.most).base
    )


def _added_total(case: Asked, _procedure: object) -> Reading:
    """Methylprednisolone of the whole trial with today's, counted for this participant."""
    told = case.told.methylprednisolone
    if told.none == bool(told.given) or not case.told.targets:
        return Reading("unreadable" if told.none and told.given else None)
    drugs = (drug for target in case.told.targets for drug in target.drugs)
    today = [drug for drug in drugs if mentions(case.content.added_steroid, drug.product)]
    masses = [_mg(one.mass) for one in told.given] + [mass_mg(drug) for drug in today]
    known = [mass for mass in masses if mass is not None]
    if len(known) < len(masses):
        return Reading(None)
    total = sum(known, Fraction(0))
    return Reading(total, f"{Amount(total, 'mg')} in the trial, with today.")


def _mg(mass: str | None) -> Fraction | None:
    if mass is None:
        return None
    amount = amount_of(mass)
    return amount.base if amount.dimension == "mass" else None


def _observed(case: Asked, _procedure: object) -> Reading:
    return observed(case, case.told.recovery, timedelta(minutes=case.content.observation_min))


def _subjects(case: Asked, each: str) -> Sequence[Subject]:
    if each == "target":
        return tuple(Subject(place_text(target), target) for target in case.told.targets)
    return (Subject(""),)


def _faults(where: str, data: Mapping[str, Any]) -> Iterator[Fault]:
    """The least volume of a regimen is not above the greatest."""
    regimens = data.get("regimens")
    for i, one in enumerate(regimens if isinstance(regimens, list) else [], start=1):
        try:
            least, most = amount_of(one["least"]), amount_of(one["most"])
        except (KeyError, TypeError, AttributeError, DataError):
            continue
        if least.base > most.base:
            place = f"{where}: regimens[{i}]"
            yield Fault("the least volume is above the greatest", place, str(least), f"at most {most}")


def _notes(content: TrialPolicy) -> Iterator[tuple[str, str]]:
    for one in content.regimens:
        where = ", ".join([*one.roots, *one.levels]) or "wherever it is"
        volume = one.least if one.least == one.most else f"{one.least} to {one.most}"
        yield f"Target {one.route}", f"{where}: {one.anaesthetic[0]} {one.strength}, {volume}"


READERS = {
    "enrolment": Reader(_enrolment, ("enrolment",)),
    "trial_target": Reader(_trial_target, ("targets",)),
    "dexamethasone": Reader(_dexamethasone, ("targets",)),
    "trial_anaesthetic": Reader(_anaesthetic, ("targets",)),
    "session_total": Reader(_session_total, ("targets",)),
    "added_total": Reader(_added_total, ("targets", "methylprednisolone")),
    "observed": Reader(_observed, ("recovery", "procedure")),
}

TRIAL = table_policy(
    "ct-or-fluoroscopy-trial", TrialPolicy, TrialInputs, READERS, lambda content: content.examples,
    subjects=_subjects, more_faults=_faults, notes=_notes,
)  # fmt: skip

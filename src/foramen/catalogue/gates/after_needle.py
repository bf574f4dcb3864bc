"""Gates after the needle, and the way home: pain after, observation, walking, driver, discharge."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from foramen.catalogue.decision import Outcome
from foramen.catalogue.document import Part
from foramen.catalogue.gates.age import completed_years
from foramen.catalogue.gates.before_needle_inputs import Pain, TimeOut
from foramen.catalogue.gates.case import Case, Reader, Reading, TablePolicy
from foramen.catalogue.gates.inputs import Drug, Patient, Recovery, Signature, TargetInputs
from foramen.catalogue.gates.observation import observed
from foramen.catalogue.gates.people import account, signed_by
from foramen.catalogue.gates.places import region_of
from foramen.catalogue.gates.products import Product, is_of_kind, names_of, recognised
from foramen.catalogue.gates.restarts import Discharge, RestartGiven, read_discharge, restarts_given
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.gates.visit import in_visit
from foramen.catalogue.inputs import ClockTime, Entered, Section, Text, Words, as_typed
from foramen.catalogue.instants import Moment
from foramen.catalogue.worked import Worked

InstructionPart = Literal[
    "what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number"
]
PARTS: tuple[InstructionPart, ...] = (
    "what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number",
)  # fmt: skip
WEAK_LEGS = ("lumbar", "sacral")
"""Regions where an anaesthetic may make legs weak."""


class WayHome(Section):
    """How the patient gets home."""

    how: Literal["named person", "taxi", "public transport", "none"] | None = Field(None, description="how")
    person: Words = Field("", description="name of the person who takes the patient home")


class Ambulation(Section):
    """Whether the patient walks."""

    walks: Literal["yes", "no"] | None = Field(None, description="whether the patient walks without danger, as tested")
    nurse: Signature | None = Field(None, description="the nurse who tested it, and when")


class Restart(Part):
    """When one drug may be taken again."""

    drug: Text = Field(description="generic name")
    earliest: Entered | None = Field(None, description="not before")
    usual: Entered | None = Field(None, description="usually from")
    words: Words = Field("", description="where the policy gives no times, what it tells the patient, word for word")

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not self.words.strip() and (self.earliest is None or self.usual is None):
            raise ValueError("a restart has both times, earliest and usual, or words")
        return self


class Restarts(Section):
    """What the antithrombotic policy gives now: its own judgement at discharge, and never a list typed again."""

    none: bool = Field(False, description="true: nothing was held; it needs a judgement that says so too")
    judgement: dict[str, Any] | None = Field(
        None, description="the judgement of the antithrombotic policy at discharge of this visit, as --json prints it"
    )


class Instructions(Section):
    """The written instructions the patient takes home."""

    version: Words = Field("", description="version of the document")
    language: Words = Field("", description="its language")
    handed_to: Words = Field("", description="to whom it was handed")
    parts: list[InstructionPart] = Field([], description="what it holds")
    restarts: list[Restart] = Field([], description="the restarts as they are written in it")
    policy_sha256: str = Field("", description="digest of the antithrombotic policy file that they were printed from")
    record_sha256: str = Field("", description="digest of the site's record that they were printed under")


class AfterNeedleInputs(TargetInputs):
    """One question to the gates after the needle, and to that of the way home."""

    patient: Patient = Field(Patient(), description="the patient")
    way_home: WayHome = Field(WayHome(), description="the way home")
    time_out: TimeOut = Field(TimeOut(), description="the time-out")
    pain_after: Pain = Field(Pain(), description="pain immediately after")
    recovery: Recovery = Field(Recovery(), description="observation")
    ambulation: Ambulation = Field(Ambulation(), description="walking")
    instructions: Instructions = Field(Instructions(), description="written instructions")
    restarts: Restarts = Field(Restarts(), description="what the antithrombotic policy gives now")


class AfterNeedleExample(Worked):
    """A worked example."""

    given: AfterNeedleInputs = Field(description="the question, as an inputs document would ask it")


class AfterNeedlePolicy(TablePolicy):
    """Tables of the gates after the needle."""

    long_acting: list[Product] = Field(
        min_length=1, description="anaesthetics that are long-acting; they count whatever they are entered as"
    )
    short_acting: list[Product] = Field(min_length=1, description="anaesthetics that are not long-acting; any other is")
    examples: list[AfterNeedleExample] = Field([], description="worked examples; checking a file runs them")


Asked = Case[AfterNeedlePolicy, AfterNeedleInputs]


# --- way home ------------------------------------------------------------------------------------------------------


def _way_home(case: Asked, _procedure: object) -> Reading:
    way = case.told.way_home
    if way.how == "named person":
        return Reading(way.how, f"{way.person}.") if way.person.strip() else Reading(None)
    return Reading(way.how)


def _age(case: Asked, _procedure: object) -> Reading:
    born = case.told.patient.born
    return Reading(None if born is None else completed_years(born, case.day))


def _long_acting(case: Asked, _procedure: object) -> Reading:
    """Whether a long-acting anaesthetic is given where it may make legs weak. An unknown product counts as one."""
    said = [
        _is_long_acting(case, target.drugs, target.no_anaesthetic, region_of(target)) for target in case.told.targets
    ]
    if True in said:
        return Reading("yes")
    return Reading("no" if said and None not in said else None)


def _is_long_acting(case: Asked, drugs: list[Drug], without: str, region: str | None) -> bool | None:
    known = names_of((*case.content.long_acting, *case.content.short_acting))
    given = [drug.product for drug in drugs if is_of_kind(drug, "anaesthetic", known)]
    if region is None or not (given or without.strip()):
        return None
    if region not in WEAK_LEGS:
        return False
    return any(recognised(case.content.short_acting, product) is None for product in given)


def _motor_weakness(case: Asked, _procedure: object) -> Reading:
    weakness = case.told.patient.motor_weakness
    return Reading(None if weakness == "unknown" else weakness)


# --- recovery ------------------------------------------------------------------------------------------------------


def _observed(case: Asked, _procedure: object) -> Reading:
    limit = case.parameter("observation_min")
    return Reading("not set") if limit is None else observed(case, case.told.recovery, timedelta(minutes=float(limit)))


def _walks(case: Asked, _procedure: object) -> Reading:
    tested, out = case.told.ambulation, case.moment(case.told.procedure.needle_out, "last_dose")
    if tested.walks is None or tested.nurse is None or out is None:
        return Reading(None)
    if tested.nurse.role != "nurse":
        return Reading("wrong role")
    return Reading(tested.walks if case.known_moment(tested.nurse.at).utc >= out.utc else "too early")


def _pain_after(case: Asked, _procedure: object) -> Reading:
    pain = case.told.pain_after
    why = pain.not_obtainable.strip()
    return Reading(pain.score, f"Not obtainable: {why}." if pain.score is None and why else "")


def _pain_after_time(case: Asked, _procedure: object) -> Reading:
    at, out = case.moment(case.told.pain_after.at), case.moment(case.told.procedure.needle_out)
    if at is None or out is None:
        return Reading(None)
    return Reading("after needle-out" if at.utc >= out.utc else "before needle-out")


def _order(case: Asked, _procedure: object) -> Reading:
    done, needle = case.told.time_out, case.moment(case.told.procedure.needle_in)
    if done.technologist is None or done.radiologist is None or needle is None:
        return Reading(None)
    times = [case.known_moment(one.at) for one in (done.technologist, done.radiologist)]
    if any(not in_visit(case.start, one) for one in times):
        return Reading("no time-out", "It is of another visit.")
    if signed_by(done.technologist, done.radiologist, "technologist", case.told.procedure.radiologist) != "two people":
        return Reading("no time-out", "It was not signed by a technologist and the performing radiologist.")
    return Reading("time-out first" if max(times).utc <= needle.utc else "needle first")


# --- discharge -----------------------------------------------------------------------------------------------------


def _parts_left(case: Asked, _procedure: object) -> Reading:
    told = case.told.instructions
    if not told.parts:
        return Reading(None)
    left = [part for part in PARTS if part not in told.parts and not (part == "restart" and case.told.restarts.none)]
    return Reading(len(left), f"Missing: {', '.join(left)}." if left else "")


def _document(case: Asked, _procedure: object) -> Reading:
    told = case.told.instructions
    return Reading("handed over" if told.version and told.language and told.handed_to else None)


def _restarts(case: Asked, _procedure: object) -> Reading:
    """Whether the written restarts are exactly what the antithrombotic policy gives at discharge of this visit."""
    told, written = case.told.restarts, case.told.instructions
    if told.judgement is None:
        return Reading(None)
    found = read_discharge(told.judgement)
    if found is None:
        return Reading("unreadable")
    if not _is_of_this_visit(case, found):
        return Reading("other visit")
    if found.outcome in (Outcome.STOP, Outcome.HOLD):
        return Reading("policy stops")
    if told.none or found.outcome is Outcome.NA:
        nothing = found.outcome is Outcome.NA and not written.restarts
        return Reading("differ" if not nothing else "nothing held" if told.none else None)
    given = list(restarts_given(found))
    same = (written.policy_sha256, written.record_sha256) == found.digests and sorted(_given(given)) == sorted(
        _written(case, written.restarts)
    )
    return Reading("equal" if same else "differ", moments=_moments(case, given))


def _is_of_this_visit(case: Asked, found: Discharge) -> bool:
    """Whether it was asked after this needle-out and not in the future, with this start and this needle-out."""
    here, asked = case.told.procedure, found.decisions[0].asked.utc
    out = case.moment(here.needle_out, "last_dose")
    times = {"procedure.start": as_typed(here.start), "procedure.needle_out": as_typed(here.needle_out)}
    told_the_same = all(found.entered(name) == {entered} for name, entered in times.items())
    return out is not None and out.utc <= asked <= case.now.utc and told_the_same


def _given(given: list[RestartGiven]) -> list[tuple[str, ...]]:
    return [
        (
            account(one.drug),
            *("" if time is None else str(time.utc.astimezone(UTC)) for time in (one.earliest, one.usual)),
            one.words,
        )
        for one in given
    ]


def _written(case: Asked, restarts: list[Restart]) -> list[tuple[str, ...]]:
    """Each restart as it is written."""
    return [
        (account(one.drug), *(_utc_text(case, entered) for entered in (one.earliest, one.usual)), one.words.strip())
        for one in restarts
    ]


def _utc_text(case: Asked, entered: datetime | ClockTime | None) -> str:
    moment = case.moment(entered, "restart")
    return "" if moment is None else str(moment.utc)


def _moments(case: Asked, given: list[RestartGiven]) -> dict[str, Moment]:
    return {
        f"earliest_restart of {one.drug}": Moment(one.earliest.utc.astimezone(UTC), case.told.zone)
        for one in given
        if one.earliest is not None
    }


def _needle_out(case: Asked, _procedure: object) -> Reading:
    return Reading(None if case.told.procedure.needle_out is None else "recorded")


def _notes(content: AfterNeedlePolicy) -> Iterator[tuple[str, str]]:
    yield "Anaesthetics that are long-acting", ", ".join(product.name for product in content.long_acting)
    yield "Anaesthetics that are not long-acting", ", ".join(product.name for product in content.short_acting)


READERS = {
    "way_home": Reader(_way_home, ("way_home",)),
    "age": Reader(_age, ("patient",)),
    "long_acting": Reader(_long_acting, ("targets",)),
    "motor_weakness": Reader(_motor_weakness, ("patient",)),
    "observed": Reader(_observed, ("recovery", "procedure", "observation_min")),
    "walks": Reader(_walks, ("ambulation", "procedure")),
    "pain_after": Reader(_pain_after, ("pain_after",)),
    "pain_after_time": Reader(_pain_after_time, ("pain_after", "procedure")),
    "needle_order": Reader(_order, ("time_out", "procedure")),
    "parts_left": Reader(_parts_left, ("instructions", "restarts")),
    "document": Reader(_document, ("instructions",)),
    "restarts": Reader(_restarts, ("restarts", "instructions", "procedure")),
    "needle_out": Reader(_needle_out, ("procedure",)),
}

AFTER_NEEDLE = table_policy(
    "after-needle", AfterNeedlePolicy, AfterNeedleInputs, READERS, lambda content: content.examples, notes=_notes
)

"""Gates after the needle, and the way home: pain after, observation, walking, driver, discharge."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from foramen.catalogue.document import Part
from foramen.catalogue.gates.age import completed_years
from foramen.catalogue.gates.before_needle_inputs import Pain, TimeOut
from foramen.catalogue.gates.case import Case, Reader, Reading, TablePolicy
from foramen.catalogue.gates.inputs import Drug, Patient, Recovery, Section, Signature, TargetInputs
from foramen.catalogue.gates.observation import observed
from foramen.catalogue.gates.places import region_of
from foramen.catalogue.gates.products import Product, recognised
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.inputs import ClockTime, Entered
from foramen.catalogue.instants import Moment, moment_text
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
    person: str = Field("", description="name of the person who takes the patient home")


class Ambulation(Section):
    """Whether the patient walks."""

    walks: Literal["yes", "no"] | None = Field(None, description="whether the patient walks without danger, as tested")
    nurse: Signature | None = Field(None, description="the nurse who tested it, and when")


class Restart(Part):
    """When one drug may be taken again."""

    drug: str = Field(min_length=1, description="generic name")
    earliest: Entered | None = Field(None, description="not before")
    usual: Entered | None = Field(None, description="usually from")
    words: str = Field("", description="what is told where the policy gives no times, such as: ask your prescriber")

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not self.words.strip() and (self.earliest is None or self.usual is None):
            raise ValueError("a restart has both times, earliest and usual, or words")
        return self


class Restarts(Section):
    """What the antithrombotic policy gives now. An empty list says nothing: `none` has to be answered."""

    none: bool = Field(False, description="true: nothing was held, so nothing is restarted")
    drugs: list[Restart] = Field([], description="each drug that was held")


class Instructions(Section):
    """The written instructions the patient takes home."""

    version: str = Field("", description="version of the document")
    language: str = Field("", description="its language")
    handed_to: str = Field("", description="to whom it was handed")
    parts: list[InstructionPart] = Field([], description="what it holds")
    restarts: list[Restart] = Field([], description="the restarts as they are written in it")


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
    given = [drug.product for drug in drugs if drug.kind == "anaesthetic"]
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
    complete = max(case.known_moment(one.at).utc for one in (done.technologist, done.radiologist))
    return Reading("time-out first" if complete <= needle.utc else "needle first")


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
    """Whether the written restarts are exactly what the antithrombotic policy gives now."""
    current, written = case.told.restarts, case.told.instructions.restarts
    if not current.none and not current.drugs:
        return Reading(None)
    if current.none:
        return Reading("unreadable" if current.drugs else "differ" if written else "nothing held")
    same = sorted(_told(case, current.drugs)) == sorted(_told(case, written))
    return Reading("equal" if same else "differ", moments=_moments(case))


def _told(case: Asked, restarts: list[Restart]) -> list[tuple[str, ...]]:
    """Each restart as it is told, to the minute."""
    return [
        (
            one.drug.casefold(),
            *(_moment_text(case, entered) for entered in (one.earliest, one.usual)),
            one.words.strip(),
        )
        for one in restarts
    ]


def _moment_text(case: Asked, entered: datetime | ClockTime | None) -> str:
    moment = case.moment(entered, "restart")
    return "" if moment is None else moment_text(moment)


def _moments(case: Asked) -> dict[str, Moment]:
    found = {
        f"earliest_restart of {one.drug}": case.moment(one.earliest, "restart") for one in case.told.restarts.drugs
    }
    return {name: moment for name, moment in found.items() if moment is not None}


def _needle_out(case: Asked, _procedure: object) -> Reading:
    return Reading(None if case.told.procedure.needle_out is None else "recorded")


def _notes(content: AfterNeedlePolicy) -> Iterator[tuple[str, str]]:
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
    "restarts": Reader(_restarts, ("restarts", "instructions")),
    "needle_out": Reader(_needle_out, ("procedure",)),
}

AFTER_NEEDLE = table_policy(
    "after-needle", AfterNeedlePolicy, AfterNeedleInputs, READERS, lambda content: content.examples, notes=_notes
)

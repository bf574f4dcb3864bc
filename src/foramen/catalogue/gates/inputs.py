"""What the gates are told: the sections that several policies share."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from foramen.catalogue.decision import Occasion
from foramen.catalogue.document import Part
from foramen.catalogue.gates.visit import other_visit
from foramen.catalogue.inputs import (
    FIRST_YEAR,
    LAST_YEAR,
    ClockTime,
    Entered,
    Inputs,
    Section,
    Text,
    Words,
    moment_entered,
)
from foramen.catalogue.instants import Moment, Purpose, day_of
from foramen.catalogue.units import Mass, Strength, Volume
from foramen.kernel.errors import DataError, Fault

Route = Literal["interlaminar", "transforaminal", "caudal", "facet", "medial branch", "sacroiliac", "pars", "coccyx"]
Side = Literal["left", "right", "midline"]
Role = Literal["nurse", "radiologist", "technologist", "trainee", "referrer", "other"]
Kind = Literal["steroid", "anaesthetic", "contrast"]

_VERTEBRA = r"(C[1-8]|T([1-9]|1[0-2])|L[1-6]|S[1-5])"
_COLUMN = [f"{letter}{n}" for letter, last in (("C", 7), ("T", 12), ("L", 5), ("S", 5)) for n in range(1, last + 1)]
LEVELS = frozenset(pairwise(_COLUMN)) | {("L5", "L6"), ("L6", "S1")}
"""Two vertebrae with one disc between them, the upper one first; with a sixth lumbar vertebra, as some people have."""


def _level(text: str) -> str:
    upper, _, lower = text.partition("/")
    if lower and (upper, lower) not in LEVELS:
        raise ValueError("these two vertebrae are not neighbours, or the lower one stands first: write L4/L5")
    if not lower and upper == "C8":
        raise ValueError("there is no vertebra C8: C8 is a root")
    return text


Root = Annotated[str, Field(pattern=f"^{_VERTEBRA}$")]
Level = Annotated[str, Field(pattern=f"^{_VERTEBRA}(/{_VERTEBRA})?$"), AfterValidator(_level)]


PLANNED = frozenset({"procedure.start"})
RESTARTS = frozenset({"earliest", "usual"})
"""Times that may lie ahead: the booked start and the restarts of drugs. Every other one is of something done."""


class Signature(Part):
    """A person who signs with an account of their own."""

    person: Text = Field(description="the account that signs; two signatures of one account are one person")
    role: Role = Field(description="in which role")
    at: Entered = Field(description="when")


class Procedure(Section):
    """The visit and what has been done of it."""

    start: Entered | None = Field(None, description="booked needle-in, local time of the site")
    patient: Words = Field("", description="number of the patient, as the site uses it")
    room: Words = Field("", description="the room")
    radiologist: Words = Field("", description="account of the performing radiologist")
    plan: Words = Field("", description="number of the plan in force; every change of the plan makes a new number")
    visit: Words = Field("", description="number of the visit")
    guidance: Literal["fluoroscopy", "CT", "ultrasound"] | None = Field(None, description="how the needle is watched")
    needle_in: Entered | None = Field(None, description="recorded needle-in")
    needle_out: Entered | None = Field(None, description="recorded needle-out")


class Patient(Section):
    """What is asked about the patient."""

    born: date | None = Field(None, description="date of birth")
    motor_weakness: Literal["yes", "no", "unknown"] = Field(
        "unknown", description="any weakness of a leg at this moment"
    )


class Drug(Section):
    """What is drawn up for one target. The three amounts are entered; none is computed from the others."""

    kind: Kind = Field(description="steroid, anaesthetic or contrast")
    product: Text = Field(description="name as entered: generic name or product, without the strength")
    strength: Strength | None = Field(None, description="strength on the vial, such as 10 mg/mL or 0.25 %")
    volume: Volume | None = Field(None, description="volume, such as 0.5 mL")
    mass: Mass | None = Field(None, description="mass, such as 5 mg; of contrast always the iodine, such as 150 mg I")


class Place(Part):
    """Where: a root or a level, a side, an approach; as far as a source gives them."""

    root: Root | None = Field(None, description="the nerve root, such as L5")
    level: Level | None = Field(None, description="the level, such as L4/L5, or the vertebra, such as L5 for a pars")
    side: Side | None = Field(None, description="left, right or midline; both sides are two places")
    route: Route | None = Field(None, description="how the needle goes")


class Target(Section, Place):
    """One target: a place, and what is drawn up for it."""

    drugs: list[Drug] = Field([], description="what is drawn up for this target")
    no_steroid: Words = Field("", description="why there is no steroid, such as: diagnostic; empty: nothing was said")
    no_anaesthetic: Words = Field("", description="why there is no anaesthetic; empty: nothing was said")


class Recovery(Section):
    """Observation after the needle is out."""

    start: Entered | None = Field(None, description="when observation began")
    going_on: Literal["yes", "no"] | None = Field(None, description="whether it is still going on")
    end: Entered | None = Field(None, description="when it ended; left out while it goes on")
    events: list[str] = Field([], description="what happened, such as a vasovagal reaction, and what was done")


class ProcedureInputs(Inputs):
    """The head of what every gate is told."""

    procedure: Procedure = Field(Procedure(), description="the visit")


class TargetInputs(ProcedureInputs):
    """With the targets and what is drawn up for them."""

    targets: list[Target] = Field(
        [], description="each target of the session; both sides or two levels are two targets"
    )


def impossible_times(told: ProcedureInputs, now: Moment, occasion: Occasion) -> Iterator[Fault]:
    """A start that is not told, times that do not exist, lie in the future, or are those of another visit."""
    faults = list(_wrong_times(told, now))
    yield from faults
    here = told.procedure
    if here.start is not None and not faults:
        entered = [
            None if one is None else moment_entered(one, told.zone, purpose, "procedure")
            for one, purpose in _needle_times(here)
        ]
        start = moment_entered(here.start, told.zone, "procedure", "procedure.start")
        yield from other_visit(start, now, occasion, *entered)


def _needle_times(here: Procedure) -> tuple[tuple[datetime | ClockTime | None, Purpose], ...]:
    """Needle-in and needle-out; where clocks go back and nobody knows, as far apart as they may be."""
    return (here.needle_in, "procedure"), (here.needle_out, "last_dose")


def _wrong_times(told: ProcedureInputs, now: Moment) -> Iterator[Fault]:
    if told.procedure.start is None:
        yield Fault("the start of the procedure is needed", "procedure.start", "nothing", "enter date and time")
    for where, entered in _times(told, ""):
        if not isinstance(entered, ClockTime) and not FIRST_YEAR <= entered.year <= LAST_YEAR:
            yield Fault("no such year can be meant", where, f"{entered.year}", f"from {FIRST_YEAR} to {LAST_YEAR}")
            continue
        try:
            ahead = _is_ahead(entered, told.zone, now, where)
        except DataError as error:
            yield from error.faults
        else:
            if ahead and where not in PLANNED and where.rpartition(".")[2] not in RESTARTS:
                yield Fault("this is in the future", where, "", "enter what has happened, or ask again later")


def _is_ahead(entered: date | ClockTime, zone: str, now: Moment, where: str) -> bool:
    if isinstance(entered, (datetime, ClockTime)):
        return moment_entered(entered, zone, "procedure", where).utc > now.utc
    return entered > day_of(now)


def _times(part: Part, where: str) -> Iterator[tuple[str, date | ClockTime]]:
    """Every time and date in an inputs document, with its place."""
    for name in type(part).model_fields:
        if name == "asked":
            continue
        value, place = getattr(part, name), f"{where}{name}"
        for i, one in enumerate(value if isinstance(value, list) else [value], start=1):
            spot = f"{place}[{i}]" if isinstance(value, list) else place
            if isinstance(one, (date, ClockTime)):
                yield spot, one
            elif isinstance(one, Part):
                yield from _times(one, f"{spot}.")

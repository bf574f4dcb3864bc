"""What the antithrombotic policy is told about a patient, the medicines and the procedure."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from foramen.catalogue.document import Part
from foramen.catalogue.inputs import (
    Answer,
    ClockTime,
    Day,
    Entered,
    Inputs,
    Section,
    Text,
    Zone,
    clock_time,
    within_years,
)

Route = Literal["interlaminar", "transforaminal", "caudal", "facet", "medial branch", "sacroiliac", "pars", "coccyx"]
Indication = Literal["primary", "secondary", "other", "unknown"]
Measure = Literal["creatinine clearance", "eGFR"]

UNITS: dict[Measure, str] = {"creatinine clearance": "mL/min", "eGFR": "mL/min/1.73 m2"}
"""The one unit of each measure of renal function. Serum creatinine is neither, and nothing converts to it."""

LOWEST_INR, HIGHEST_INR = Decimal("0.5"), Decimal(20)
INR_AS_JSON = {
    "anyOf": [
        {"type": "number", "minimum": float(LOWEST_INR), "maximum": float(HIGHEST_INR)},
        {"type": "string", "pattern": r"^[0-9]{1,2}\.[0-9]{1,2}$"},
    ]
}
LEVEL = r"^(cervical|thoracic|lumbar|sacral|{0}(/{0})?)$".format("(C[1-8]|T([1-9]|1[0-2])|L[1-6]|S[1-5])")

_PLACES = {f"C{n}": n for n in range(1, 8)} | {f"T{n}": 7 + n for n in range(1, 13)}
_PLACES |= {f"L{n}": 19 + n for n in range(1, 6)} | {f"S{n}": 24 + n for n in range(1, 6)}
_BETWEEN = {"C8": ("C7", "T1"), "L6": ("L5", "S1")}
"""A nerve root and a vertebra that not every spine counts: each lies between two others."""


def _neighbours(level: str) -> str:
    """Two parts of a level are the same one, or neighbours of the spine."""
    if "/" not in level:
        return level
    both = set(level.split("/"))
    near = both <= _PLACES.keys() and max(_PLACES[one] for one in both) - min(_PLACES[one] for one in both) <= 1
    if near or len(both) == 1 or any(both <= {one, *_BETWEEN[one]} for one in both & _BETWEEN.keys()):
        return level
    raise ValueError("these two are no neighbours of the spine: write the level, such as L4/L5, C7/T1 or T12/L1")


Level = Annotated[str, Field(pattern=LEVEL), AfterValidator(_neighbours)]


def _last_dose(value: Any) -> Any:
    if value == "unknown" or isinstance(value, (date, dict, ClockTime)):
        return within_years(clock_time(value))
    raise ValueError(
        "this is no time of a dose: write 2026-03-07T09:00:00, or 2026-03-07 where only the day is known, both without "
        "quotes, or “unknown”"
    )


def read_inr(value: Any) -> Decimal:
    """An INR as a laboratory reports it. The decimal point is required, so that 11 is never meant to be 1.1."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError("this is no INR: write it with a point and one or two decimals, such as 1.1")
    text = str(value).strip()
    if "%" in text:
        raise ValueError("a percentage (Quick) is not an INR: enter the INR of the report, such as 1.1")
    if re.fullmatch("[0-9]{1,2}", text, re.ASCII):
        raise ValueError(f"an INR has a decimal point: write {text}.0, or 1.1 if that is what the report says")
    if not re.fullmatch(r"[0-9]{1,2}\.[0-9]{1,2}", text, re.ASCII):
        raise ValueError("this is no INR: write it with the digits 0 to 9 and one point, such as 1.1")
    if not LOWEST_INR <= Decimal(text) <= HIGHEST_INR:
        raise ValueError(f"no INR is below {LOWEST_INR} or above {HIGHEST_INR}: look at the report again")
    return Decimal(text)


class Procedure(Section):
    """The booked injection."""

    start: Entered | None = Field(None, description="booked needle-in, local time of the site")
    level: Level | None = Field(
        None, description="region (cervical, thoracic, lumbar, sacral) or level, such as C6/C7; the upper one counts"
    )
    route: Route | None = Field(None, description="how the needle goes")
    steroid: Answer = Field("unknown", description="whether a steroid is injected")
    needle_in: Entered | None = Field(None, description="recorded needle-in")
    needle_out: Entered | None = Field(None, description="recorded needle-out; restarts are counted from it")


class Patient(Section):
    """What is asked about the patient beside bleeding."""

    born: Day | None = Field(None, description="date of birth")
    zone: Zone | None = Field(None, description="time zone of the patient, if it is not that of the site")
    thromboembolic_risk: Literal["high", "not high", "unknown"] = Field(
        "unknown",
        description="risk of a clot as it was told; not the bleeding stratum. A high one counts only where the "
        "prescriber's record of the drug states it as well",
    )


class Medications(Section):
    """The list as a whole. An empty list says nothing: `none` has to be answered."""

    none: bool = Field(False, description="true: the patient takes no antithrombotic, NSAID or supplement, and said so")
    confirmed: Entered | None = Field(None, description="when the list was gone through with the patient")
    asked_by: Text = Field("", description="who asked")
    asked_of: Text = Field("", description="who answered")
    changed: Answer | None = Field(
        None, description="whether anything has changed since the list was confirmed; asked at every gate of the day"
    )


class Bleeding(Section):
    """Factors of the bleeding stratum; what is left out is unknown, and unknown counts as yes. Source and time are
    required at the gates of the day."""

    tendency: Answer = Field("unknown", description="history of a bleeding tendency (R2)")
    liver_cirrhosis: Answer = Field("unknown", description="liver cirrhosis (R4)")
    advanced_liver_disease: Answer = Field("unknown", description="advanced liver disease (R5)")
    advanced_renal_disease: Answer = Field("unknown", description="advanced renal disease (R6)")
    raised: Text = Field("", description="why a clinician raises the stratum (R8); it is never lowered")


class Renal(Section):
    """A measured renal function."""

    measure: Measure = Field(description="what was measured")
    value: Annotated[Decimal | int, Field(gt=0, le=300)] = Field(description="the value")
    unit: str = Field(description="mL/min for creatinine clearance, mL/min/1.73 m2 for eGFR")
    on: Day = Field(description="day of the measurement")

    @field_validator("unit")
    @classmethod
    def _is_the_unit_of_the_measure(cls, unit: str, info: ValidationInfo) -> str:
        measure = info.data.get("measure")
        if measure is not None and unit != UNITS[measure]:
            raise ValueError(f"this unit does not convert: {measure} is entered in {UNITS[measure]}")
        return unit


class Inr(Section):
    """A measured INR."""

    value: Annotated[Decimal, BeforeValidator(read_inr), WithJsonSchema(INR_AS_JSON)] = Field(
        description="the INR, with a decimal point"
    )
    at: Entered = Field(description="when the blood was taken")
    report: Text = Field("", description="number of the laboratory report; required at the gates")


class Coordination(Part):
    """What the prescriber said."""

    name: Text = Field(description="who was asked")
    role: Literal["prescriber", "referring physician", "primary physician"] = Field(
        description="in which role; the agreement that the policy asks for is the prescriber's"
    )
    channel: Text = Field(description="how: phone, letter, message")
    at: Entered = Field(description="when")
    start: Entered | None = Field(
        None, description="the booked start it was given for; for another one, or for none, it is no agreement"
    )
    answer: Literal["may stop", "may not stop"] = Field(description="what was answered")
    thromboembolic_risk: Literal["high", "not high"] | None = Field(
        None, description="the risk of a clot, if the prescriber states it"
    )
    words: str = Field("", description="the answer in words, with conditions such as bridging")


class Choice(Part):
    """A decision of a person on a drug, recorded so that the instruction may leave the service."""

    name: Text = Field(description="who decided")
    role: Literal["radiologist"] = Field(description="the radiologist performing the procedure; nobody else decides")
    at: Entered = Field(description="when")
    start: Entered | None = Field(
        None, description="the booked start it was decided for; for another one, or for none, it does not count"
    )
    words: Text = Field(description="what was decided")


class Medicine(Section):
    """One medicine as it was told."""

    name: Text = Field(description="name as entered: generic, brand or product, without the dose")
    dose: str = Field("", description="such as 75 mg; also taken as the dose of the restart")
    frequency: str = Field("", description="such as once a day")
    route: str = Field("", description="how it is taken, such as by mouth")
    indication: Indication = Field("unknown", description="what it is for: to prevent a first event, or the next")
    indication_reason: str = Field("", description="why it is primary or secondary prevention")
    last_dose: Annotated[datetime | date | ClockTime | Literal["unknown"], BeforeValidator(_last_dose)] | None = Field(
        None, description="last dose taken: local time, or the day alone, or unknown"
    )
    stopped: bool | None = Field(
        None,
        description="true: stopped already, that was the last dose before the procedure; false: not stopped; to be "
        "asked, and left out where nobody has",
    )
    to_continue: bool = Field(False, description="true: it is proposed not to stop it")
    loading_dose: Answer = Field("unknown", description="whether the restart is with a loading dose")
    coordination: Coordination | None = Field(None, description="what the prescriber said")
    decided: Choice | None = Field(None, description="what the radiologist decided where the policy asks for a person")


class AntithromboticInputs(Inputs):
    """One question to the antithrombotic policy."""

    procedure: Procedure = Field(Procedure(), description="the booked injection")
    patient: Patient = Field(Patient(), description="the patient")
    medications: Medications = Field(Medications(), description="the list as a whole")
    medicines: list[Medicine] = Field([], description="each medicine as it was told")
    bleeding: Bleeding = Field(Bleeding(), description="factors of the bleeding stratum")
    renal: Renal | None = Field(None, description="renal function, for dabigatran")
    inr: list[Inr] = Field([], description="measured INRs, for warfarin")

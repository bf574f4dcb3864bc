"""Facts between needle-in and needle-out, and what is entered about them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from foramen.clinic.facts.content import Content, DrugAmount, Spot, Text, Words

DoseQuantity = Literal[
    "dose-area product", "air kerma at the reference point", "fluoroscopy time", "CTDIvol", "dose-length product"
]
DOSE_UNITS: dict[str, tuple[str, ...]] = {
    "dose-area product": ("mGy·cm²", "cGy·cm²", "dGy·cm²", "Gy·cm²", "µGy·m²", "Gy·m²"),
    "air kerma at the reference point": ("mGy", "Gy"),
    "fluoroscopy time": ("s", "min"),
    "CTDIvol": ("mGy",),
    "dose-length product": ("mGy·cm",),
}
"""Each quantity has units of its own; unlike doses never meet."""

Figure = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{1,4})?$")]


class Localised(Content):
    """The skin is marked where the needle goes."""

    by: Literal["palpation", "fluoroscopy", "CT", "ultrasound"]


class NeedleIn(Content):
    """The needle is in, now."""


class NeedleOut(Content):
    """The needle is out, now."""


class RadioFrequency(Content):
    """Settings of pulsed radiofrequency, and the stimulation before it."""

    temperature_c: Figure
    minutes: Figure
    pulse_ms: Figure
    rate_hz: Figure
    sensory_v: Figure | None = None
    motor_v: Figure | None = None
    impedance_ohm: Figure | None = None


class TargetGiven(Content):
    """What was done and given at one target. `number` counts the targets of the plan."""

    number: int = Field(ge=1)
    spot: Spot
    needle: Words = Field("", description="gauge and length, such as 22 G, 90 mm")
    contrast_spread: Words = ""
    drugs: list[DrugAmount] = []
    no_steroid: Words = ""
    radio_frequency: RadioFrequency | None = None
    note: Words = ""


class DoseValue(Content):
    """One quantity of radiation as it was read off."""

    quantity: DoseQuantity
    value: Figure
    unit: Text


class DoseTyped(Content):
    """The radiation of the session, typed by hand."""

    values: list[DoseValue] = Field(min_length=1)
    source: Words = Field("", description="where it was read off")


class BrokenOff(Content):
    """The session ended before it was done."""

    stage: Literal["before the needle", "with the needle in"]
    reason: Text


class Deviation(Content):
    """Something was done otherwise than the pathway has it."""

    what: Text
    reason: Text

"""Facts between needle-in and needle-out, and what is entered about them."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from foramen.clinic.facts.content import Content, DrugAmount, Spot, Text, Words

DoseQuantity = Literal[
    "dose-area product", "air kerma at the reference point", "fluoroscopy time", "CTDIvol", "dose-length product"
]
_IN_BASE: dict[str, tuple[str, dict[str, Decimal]]] = {
    "dose-area product": (
        "mGy·cm²",
        {
            "mGy·cm²": Decimal(1), "cGy·cm²": Decimal(10), "dGy·cm²": Decimal(100), "Gy·cm²": Decimal(1000),
            "µGy·m²": Decimal(10), "Gy·m²": Decimal(10_000_000),
        },
    ),
    "air kerma at the reference point": ("mGy", {"mGy": Decimal(1), "Gy": Decimal(1000)}),
    "fluoroscopy time": ("s", {"s": Decimal(1), "min": Decimal(60)}),
    "CTDIvol": ("mGy", {"mGy": Decimal(1)}),
    "dose-length product": ("mGy·cm", {"mGy·cm": Decimal(1)}),
}  # fmt: skip
"""The unit in which each quantity is compared, and how many of it each unit is."""

DOSE_UNITS = {quantity: tuple(factors) for quantity, (_unit, factors) in _IN_BASE.items()}
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
    no_steroid: Words = Field("", description="why no steroid was given; empty: nothing was said")
    no_anaesthetic: Words = Field("", description="why no anaesthetic was given; empty: nothing was said")
    no_contrast: Words = Field("", description="why no contrast was given; empty: nothing was said")
    radio_frequency: RadioFrequency | None = None
    note: Words = ""


class DoseValue(Content):
    """One quantity of radiation as it was read off."""

    quantity: DoseQuantity
    value: Figure
    unit: Text


def dose_in_base(value: DoseValue) -> tuple[Decimal, str]:
    """A dose in the one unit of its quantity, exact. Unlike quantities have unlike units and never meet.

    Raises KeyError for a unit that does not belong to the quantity; no such value is ever stored.
    """
    unit, factors = _IN_BASE[value.quantity]
    return Decimal(value.value) * factors[value.unit], unit


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
    adverse: bool = Field(False, description="whether it may harm the patient and has to be followed")
    rules: list[Text] = Field([], description="the rules that what was given goes against; the server says so")
    given: int = Field(0, ge=0, description="number of the fact of what was given; 0: it is about something else")

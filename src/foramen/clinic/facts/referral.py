"""Facts from the referral to the order."""

from typing import Annotated, Literal

from pydantic import Field

from foramen.clinic.facts.content import Answer, Content, Mri, Spot, Text, Words
from foramen.clinic.models import Modality


class ReferralAsked(Content):
    """What a referrer asks for."""

    asked: list[Spot] = Field([], description="root or level, side and approach, as far as the referrer says")
    indication: Text
    imaging: Mri = Mri()
    urgency: Literal["routine", "soon", "same day"] = "routine"
    preauthorisation: Literal["granted", "asked", "not needed", "unknown"] = "unknown"
    preauthorisation_number: Words = ""
    decides_level: Literal["referrer", "radiologist"] = Field(
        "radiologist", description="whom the referrer wants to determine the level"
    )
    referrer: Annotated[Text, Field(max_length=120)]
    service: Words = Field("", description="the referrer's department")
    note: Words = ""


class Triage(Content):
    """What the radiologist makes of a referral."""

    decision: Literal["accepted", "level changed", "to CT", "declined"]
    targets: list[Spot] = Field([], description="what is to be treated; empty only when declined")
    modality: Modality | None = None
    reason: Words = Field("", description="needed for anything but accepted")
    variant: Answer = Field("unknown", description="whether there is a transitional vertebra")
    numbering: Words = ""


class OrderPlaced(Content):
    """Permission for up to `quantity` sessions."""

    targets: list[Spot] = Field(min_length=1)
    modality: Modality
    quantity: int = Field(2, ge=1, le=2)
    note: Words = ""


class RepeatDecided(Content):
    """The radiologist's decision on the second session of an order."""

    decision: Literal["repeat", "no repeat"]
    reason: Text
    targets: list[Spot] = Field([], description="what the second session treats; left out: what the order says")


class AddOnAsked(Content):
    """Somebody waits for a slot today."""

    reason: Words = ""

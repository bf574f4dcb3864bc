"""Facts of the screening: allergies, blood thinners, earlier surgery, driver; and the patient's letter."""

from datetime import date
from typing import Literal

from pydantic import Field

from foramen.catalogue.antithrombotics.inputs import Indication, Measure
from foramen.catalogue.gates.anaesthetics import Concerns
from foramen.catalogue.inputs import Zone
from foramen.catalogue.units import Mass
from foramen.clinic.facts.content import Answer, Content, Instant, Mri, Text, Words


class Agreement(Content):
    """What the prescriber said about a drug."""

    name: Text
    role: Literal["prescriber", "referring physician", "primary physician"]
    channel: Text
    at: Instant
    start: Instant = Field(description="the booked start it was given for")
    answer: Literal["may stop", "may not stop"]
    thromboembolic_risk: Literal["high", "not high"] | None = None
    words: Words = ""


class DrugChoice(Content):
    """What the performing radiologist decided on a drug, for one booked start."""

    name: Text = Field(description="account of the radiologist")
    at: Instant
    start: Instant
    words: Text


class MedicineTold(Content):
    """One medicine as it was told. Of the last dose: an instant, or a day, or unknown."""

    name: Text
    dose: Words = ""
    frequency: Words = ""
    route: Words = ""
    indication: Indication = "unknown"
    indication_reason: Words = ""
    last_dose_at: Instant | None = None
    last_dose_on: date | None = None
    last_dose_unknown: bool = False
    stopped: bool | None = None
    to_continue: bool = False
    loading_dose: Answer = "unknown"
    agreement: Agreement | None = None
    decided: DrugChoice | None = None


class RenalMeasured(Content):
    """A measured renal function, in the one unit of its measure."""

    measure: Measure
    value: Text
    on: date


class InrMeasured(Content):
    """A measured INR, as it stands in the report."""

    value: Text
    at: Instant
    report: Words = ""


MOST_STEROIDS = 6
"""Steroids of other clinics in twelve months that a screening holds, so that its form shows every one."""


class SteroidElsewhere(Content):
    """A steroid of the last twelve months that another clinic gave, as the patient or a letter tells it."""

    on: date
    product: Text
    mass: Mass | None = Field(None, description="such as 40 mg; left out if nobody knows")
    where: Text = Field(description="which clinic, and who says so")


class ScreeningSigned(Content):
    """The nurse's screening. A list that is empty answers nothing: “none” has to be said."""

    allergies: list[Text] = []
    no_allergies: bool = False
    allergies_concern: dict[str, Concerns] = Field(
        {}, description="by allergy: what it stands against, where the list of the policy does not know the words"
    )
    medicines: list[MedicineTold] = []
    no_medicines: bool = Field(False, description="no antithrombotic, NSAID or supplement; the patient said so")
    asked_of: Words = Field("", description="who answered")
    confirmed_at: Instant | None = Field(None, description="when the list of medicines was gone through")
    tendency: Answer = "unknown"
    liver_cirrhosis: Answer = "unknown"
    advanced_liver_disease: Answer = "unknown"
    advanced_renal_disease: Answer = "unknown"
    patient_zone: Zone | None = Field(None, description="time zone of the patient, if it is not that of the site")
    raised: Words = Field("", description="why a clinician raises the bleeding stratum")
    thromboembolic_risk: Literal["high", "not high", "unknown"] = "unknown"
    renal: RenalMeasured | None = None
    inr: list[InrMeasured] = []
    steroids_elsewhere: list[SteroidElsewhere] = Field([], max_length=MOST_STEROIDS)
    no_steroids_elsewhere: bool = Field(False, description="no steroid elsewhere in twelve months; the patient said so")
    surgery: list[Text] = []
    no_surgery: bool = False
    driver: Words = Field("", description="who takes the patient home, or “none”")
    mri: Mri = Mri()


class ListAskedAgain(Content):
    """Whether the list of medicines has changed since it was confirmed: asked again on the day."""

    changed: Literal["yes", "no"]


class LetterAcknowledged(Content):
    """The patient has read the letter of this number."""

    number: int = Field(ge=1)
    how: Literal["link", "signed letter", "phone", "at the desk"]

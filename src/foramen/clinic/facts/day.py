"""Facts of the day until the needle: arrival, consent, pregnancy, reviews, level and side, pain, time-out."""

from typing import Literal

from pydantic import Field, model_validator

from foramen.catalogue.gates.before_needle_inputs import Identifier, Said
from foramen.clinic.facts.content import Answer, Content, DrugAmount, Language, Spot, Text, Words


class Arrived(Content):
    """The patient is here, identified by two things."""

    identifiers: list[Identifier] = Field(min_length=1)


class ConsentSigned(Content):
    """The patient's signed consent to one plan."""

    form: Text = Field(description="version of the form")
    language: Language
    plan: int = Field(ge=1)
    targets: list[Spot] = Field(min_length=1)
    off_label_asked: Answer = "unknown"


class ConsentAsked(Content):
    """Whether the consent still stands, as asked on the day."""

    withdrawn: Literal["yes", "no"]


class PregnancyAsked(Content):
    """The question before X-rays."""

    answer: Literal["not pregnant", "possible", "pregnant", "cannot be pregnant"]
    reason: Words = ""


class ScreeningReviewed(Content):
    """One of the two reviews of the screening on the day: the nurse's or the performing radiologist's."""

    screening: int = Field(description="number of the screening fact that was reviewed")


class MriReviewed(Content):
    """The performing radiologist has looked at the MRI."""

    accession: Text


class LevelDetermined(Content):
    """Level and side, as nurse and radiologist determined them with the images and the patient."""

    imaging: list[Spot] = Field(min_length=1)
    patient_says: list[Spot] = Field(min_length=1)
    variant: Answer
    numbering: Words = ""


class PlannedTarget(Spot):
    """One target of the plan with what is to be drawn up for it."""

    drugs: list[DrugAmount] = []
    no_steroid: Words = ""
    no_anaesthetic: Words = ""
    no_contrast: Words = ""
    choice_reason: Words = Field("", description="why this anaesthetic")


class SessionPlanned(Content):
    """The plan of the session. Every change is a new plan with a new number, and voids the time-out."""

    number: int = Field(ge=1)
    targets: list[PlannedTarget] = Field(min_length=1)


class PainScored(Content):
    """A pain score of 0 to 10 at one time point, or why there is none. A missing score is not 0."""

    time: Literal["before", "after"]
    score: int | None = Field(None, ge=0, le=10)
    not_obtainable: Words = ""
    mode: Literal["clinic", "tablet"] = "clinic"

    @model_validator(mode="after")
    def _says_one(self) -> "PainScored":
        if (self.score is None) == (not self.not_obtainable):
            raise ValueError("give a score from 0 to 10, or say why there is none")
        return self


class TimeOutSigned(Content):
    """One of the two signatures of a time-out, with what was said aloud."""

    identifiers: list[Identifier]
    procedure: Said
    level: Said
    side: Said
    allergies: Said
    consent: Said
    images: Said
    plan: int = Field(ge=1)
    room: Words = Field("", description="code of the room in which it was signed; the server says so")

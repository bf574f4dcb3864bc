"""What the gates before the needle are told."""

from datetime import date
from typing import Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.catalogue.gates.abcd import Told
from foramen.catalogue.gates.inputs import Place, Signature, TargetInputs
from foramen.catalogue.inputs import Answer, Entered, Section, Text, Words

Region = Literal["cervical", "thoracic", "lumbar", "sacral"]
Identifier = Literal["name", "date of birth", "number", "address", "photograph"]
Said = Literal["agrees", "differs"]


class Mri(Section):
    """The MRI that the level is determined with."""

    accession: str = Field("", description="accession number, or where the images of another house lie")
    on: date | None = Field(None, description="day of the examination")
    regions: list[Region] = Field([], description="what it shows; a lumbar MRI shows the sacrum too")
    reviewed: Signature | None = Field(None, description="who looked at it for this procedure, and when")


class Abcd(Section):
    """Allergies, blood, cut, driver: four answers, each with a value or “none”. “Unknown” is no answer."""

    allergies: Told = Field("", description="A: allergies as a list or in words, “none”, or “unknown”")
    blood: Told = Field("", description="B: blood thinners, names only, as a list or in words, “none”, or “unknown”")
    cut: Told = Field("", description="C: earlier surgery of the spine, as a list or in words, “none”, or “unknown”")
    driver: Told = Field("", description="D: who drives the patient home, “none”, or “unknown”")
    nurse: Signature | None = Field(None, description="the nurse's review")
    radiologist: Signature | None = Field(None, description="the radiologist's review")
    answered: Entered | None = Field(None, description="when an answer was given or changed last")


class BloodThinners(Section):
    """What the antithrombotic policy was told: it has to be what answer B says."""

    none: bool = Field(False, description="true: the patient takes no antithrombotic, NSAID or supplement, and said so")
    medicines: list[Text] = Field([], description="the name of each medicine on the list")


class Vertebrae(Section):
    """How the vertebrae are counted, and when the level was determined."""

    variant: Answer = Field("unknown", description="whether there is a transitional vertebra or another number of them")
    numbering: Words = Field("", description="how they are counted, where there is a variant, agreed by all who use it")
    determined: Entered | None = Field(None, description="when nurse and radiologist determined the level")


class Consent(Section):
    """The patient's signed consent."""

    signed: Entered | None = Field(None, description="when the patient signed")
    plan: Words = Field("", description="number of the plan that the patient consented to")
    withdrawn: Literal["yes", "no"] | None = Field(None, description="whether it was taken back, as asked on the day")
    off_label_asked: Answer = Field(
        "unknown", description="whether the patient asked about off-label use; recorded, never forced"
    )


class Pregnancy(Section):
    """What was answered about pregnancy before X-rays."""

    answer: Literal["not pregnant", "possible", "pregnant", "cannot be pregnant"] | None = Field(
        None, description="the answer; cannot be pregnant: the question does not apply, for the reason given"
    )
    reason: Words = Field("", description="why the question does not apply, such as: male, after the menopause")
    asked: Entered | None = Field(None, description="when the patient was asked")


class Pain(Section):
    """A pain score of 0 to 10, whole numbers only."""

    score: int | None = Field(
        None, ge=0, le=10, description="0 no pain, 10 the worst imaginable; a missing one is not 0"
    )
    at: Entered | None = Field(None, description="when it was told")
    not_obtainable: Words = Field("", description="why there is no score")


class SaidAloud(Part):
    """What was said aloud, item by item; left out: not said."""

    procedure: Said | None = Field(None, description="procedure and approach")
    level: Said | None = Field(None, description="level or root")
    side: Said | None = Field(None, description="side")
    allergies: Said | None = Field(None, description="allergies")
    consent: Said | None = Field(None, description="signed consent")
    images: Said | None = Field(None, description="images on the screen")


class TimeOut(Section):
    """The time-out of technologist and radiologist."""

    technologist: Signature | None = Field(None, description="the technologist")
    radiologist: Signature | None = Field(None, description="the radiologist")
    identifiers: list[Identifier] = Field(
        [], description="by what the patient was identified: two things, one of them name or number"
    )
    said: SaidAloud = Field(SaidAloud(), description="what was said aloud and compared")
    room: Words = Field("", description="the room")
    patient: Words = Field("", description="number of the patient")
    plan: Words = Field("", description="number of the plan")


class BeforeNeedleInputs(TargetInputs):
    """One question to the gates before the needle. The targets are the plan."""

    mri: Mri = Field(Mri(), description="the MRI")
    abcd: Abcd = Field(Abcd(), description="allergies, blood, cut, driver")
    blood_thinners: BloodThinners | None = Field(
        None, description="the list that the antithrombotic policy was told, to be compared with answer B"
    )
    ordered: list[Place] = Field([], description="what the order says")
    consented: list[Place] = Field([], description="what the consent says")
    imaging: list[Place] = Field([], description="what the note on the imaging says")
    patient_says: list[Place] = Field([], description="what the patient says, the side at least")
    vertebrae: Vertebrae = Field(Vertebrae(), description="how the vertebrae are counted")
    consent: Consent = Field(Consent(), description="the signed consent")
    pregnancy: Pregnancy = Field(Pregnancy(), description="pregnancy, before X-rays")
    pain_before: Pain = Field(Pain(), description="pain immediately before")
    time_out: TimeOut = Field(TimeOut(), description="the time-out")

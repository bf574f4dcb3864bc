"""Facts from the recovery room to the way home, and adverse events."""

from typing import Literal

from pydantic import Field

from foramen.catalogue.gates.after_needle import InstructionPart
from foramen.clinic.facts.content import Content, Instant, Language, Text, Words


class ObservationEvent(Content):
    """Something that happened in recovery, and what was done."""

    what: Text


class ObservationEnded(Content):
    """Observation is over, now."""


class WalkTested(Content):
    """Whether the patient walks without danger, as the nurse tested it."""

    walks: Literal["yes", "no"]
    motor_weakness: Literal["yes", "no"]


class WayHomeTold(Content):
    """How the patient gets home."""

    how: Literal["named person", "taxi", "public transport", "none"]
    person: Words = ""


class RestartTold(Content):
    """When one drug may be taken again, as the policy gives it."""

    drug: Text
    earliest: Instant | None = None
    usual: Instant | None = None
    words: Words = ""


class InstructionsGiven(Content):
    """The written instructions that were handed over."""

    document: Text = Field(description="version of the document")
    language: Language
    handed_to: Text
    parts: list[InstructionPart]
    letter: int = Field(0, ge=0, description="number of the sheet with the restarts; the server makes it")


class Discharged(Content):
    """The patient goes home, now."""

    left_with: Text


class AdverseEvent(Content):
    """An adverse event, at any time."""

    what: Text
    grade: int = Field(ge=1, le=5, description="1 mild, 2 moderate, 3 severe, 4 life-threatening, 5 death")
    onset: Instant
    outcome: Literal["recovered", "recovering", "not recovered", "recovered with sequelae", "died", "unknown"]
    relation: Literal["unrelated", "unlikely", "possible", "probable", "definite"]
    note: Words = ""

"""What verbs are told that is no fact by itself: rows to make or change, and facts with something beside them."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, NaiveDatetime, SecretStr, StringConstraints

from foramen.clinic.facts.assessment import Given, Mode
from foramen.clinic.facts.content import Content, Instant, Language, Text, Words
from foramen.clinic.facts.research import ResearchConsent
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.facts.signing import Meaning
from foramen.clinic.rights.roles import Role

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, pattern="[A-Za-z0-9]")]
"""A reason in words: at least ten characters, and not only punctuation."""

LocalTime = NaiveDatetime
"""Date and time without an offset: local time of the site."""

Short = Annotated[Text, Field(max_length=40)]
Name = Annotated[Text, Field(max_length=80)]


class RecordSignature(Content):
    """A signature under the record of a visit as it was read."""

    of_sending: ClassVar[frozenset[str]] = frozenset({"authenticated_at"})

    meaning: Meaning
    shown: str = Field(pattern="^[0-9a-f]{64}$", description="digest of the record that was read")
    authenticated_at: Instant = Field(description="when the signer gave the own password or a code once more")


class PatientDetails(Content):
    """A patient to be registered, or what is to stand from now on."""

    number: Short
    family_name: Name
    given_name: Name
    born: date
    sex: Literal["female", "male", "other"]
    phone: Annotated[Words, Field(max_length=40)] = ""
    email: Annotated[Words, Field(max_length=254)] = ""
    language: Language = "en"
    version: int | None = Field(None, description="the version that was changed; none for a new patient")


class Erasure(Content):
    """What names a patient is erased for ever. The number is typed, so that it is nobody else's."""

    number: Short
    reason: Reason
    version: int


class Booking(Content):
    """A slot for an order."""

    room: UUID
    start: LocalTime
    minutes: int | None = Field(None, ge=10, le=240, description="left out: the length of a slot in that room")
    radiologist: UUID | None = Field(None, description="left out: the radiologist of the room's crew that day")
    add_on: bool = False


class Move(Content):
    """Another slot for a visit. It makes the letter invalid and asks every rule anew."""

    room: UUID
    start: LocalTime
    version: int
    reason: Words = ""


class Cancellation(Content):
    """A visit that will not be."""

    reason: Reason
    version: int


class ScreeningDraft(Content):
    """The screening as far as it is entered; not signed, and checked only when it is."""

    version: int = Field(description="the version that was changed; 0 for the first")
    content: dict[str, Any]


class ScreeningSignature(Content):
    """The screening, and who the patient is: typed again, so that it is not signed for somebody else."""

    screening: ScreeningSigned
    initials: Text
    birth_year: int
    sex: Literal["female", "male", "other"]


class NewLetter(Content):
    """A letter is made from the hold plan as it stands."""

    language: Language = "en"


class Correction(Content):
    """A fact as it should have been; the old one stays readable."""

    content: dict[str, Any]
    reason: Reason


class Voiding(Content):
    """A fact that should not stand at all; it stays readable."""

    reason: Reason


class ResearchSignature(Content):
    """A consent to research that the patient has signed."""

    consent: ResearchConsent
    seen: int = Field(0, ge=0, description="number of the last fact of consent or withdrawal that was seen; 0 for none")


class Answered(Content):
    """What a patient answered at one time point. An instrument that is not in it was not answered."""

    timepoint: Text = Field(description="name of the schedule's time point, such as two_days")
    mode: Mode
    language: Language = "en"
    proxy: bool = Field(False, description="somebody else answered for the patient")
    given: list[Given] = Field([], description="the instruments that were answered")
    no_more: bool = Field(False, description="the patient answers nothing else: the contact is over")


class CrewSet(Content):
    """Who performs and who assists in a room on a day."""

    on: date
    radiologist: UUID | None = None
    technologist: UUID | None = None
    version: int | None = None


FirstPassword = Annotated[SecretStr, Field(min_length=12, max_length=200)]
"""Never part of what is kept of a request, not even hashed in haste."""


class PersonDetails(Content):
    """An account for a member of staff, with the role that it begins with at the site of whoever makes it."""

    username: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9._-]{2,39}$")]
    shown_as: Name
    password: FirstPassword
    role: Role
    first_day: date
    last_day: date | None = None


class RoleGiven(Content):
    """A role at the site of whoever gives it, from a day on."""

    person: UUID
    role: Role
    first_day: date
    last_day: date | None = None


class RoleEnded(Content):
    """The last day of a role; yesterday ends it at once."""

    last_day: date
    version: int


class AccountEnded(Content):
    """An account that nobody is to use any more."""

    person: UUID
    reason: Reason


class SignInReset(Content):
    """A new first password for somebody who cannot sign in; a lost second factor goes."""

    person: UUID
    password: FirstPassword
    reason: Reason


class RecordProposed(Content):
    """A site's record of a policy as TOML, not signed yet."""

    policy: Text
    text: Annotated[str, StringConstraints(min_length=1)]


class RecordSigned(Content):
    """A signature under a record of the version that was read; the second one puts it in force."""

    version: int


class FreezeAsked(Content):
    """A snapshot of the site's treatments, to be made by a worker."""

    detail: Literal["safe_harbor", "limited"] = Field(
        description="safe_harbor: of a date only the year; limited: calendar months too"
    )


class StudyAsked(Content):
    """A study of the library, to be run on a snapshot by a worker."""

    study: Short = Field(description="name of the template, such as service-review")


class RestoreConfirmed(Content):
    """What came after the backup is entered again. Nothing else has to be said."""

"""What the API shows of a record."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Shown(BaseModel):
    """Built from a row."""

    model_config = ConfigDict(from_attributes=True)


class RoomShown(Shown):
    """A room, as a booking has to name it."""

    id: UUID
    code: str
    name: str
    modality: str


class SiteShown(Shown):
    """The site that the token is for."""

    id: UUID
    code: str
    name: str
    zone: str
    rooms: list[RoomShown]


class PatientShown(Shown):
    """A patient; `version` is what a change has to name."""

    id: UUID
    version: int
    number: str
    family_name: str
    given_name: str
    born: date | None = Field(description="null where the identifiers are erased")
    sex: str
    phone: str
    email: str
    language: str
    erased_at: datetime | None


class OrderShown(Shown):
    """An order, and how much of it is used."""

    id: UUID
    version: int
    number: str
    patient_id: UUID
    referral_id: UUID
    ordered_on: date
    quantity: int
    used: int
    modality: str
    targets_text: str
    waiting_since: datetime | None
    state: str


class VisitShown(Shown):
    """A visit, and how far the patient has come. `readiness` is what the rules say now, for lists."""

    id: UUID
    version: int
    number: str
    patient_id: UUID
    order_id: UUID
    room_id: UUID
    radiologist_id: UUID | None
    start: datetime
    minutes: int
    add_on: bool
    state: str
    state_at: datetime
    plan: int
    letter: int
    targets_text: str
    needle_in_at: datetime | None
    needle_out_at: datetime | None
    pain_before: int | None
    pain_after: int | None
    readiness: dict[str, Any]


class FactShown(Shown):
    """A signed fact. `corrects` names the one it takes the place of; both stay readable."""

    id: int
    kind: str
    content: dict[str, Any]
    by: str = Field(description="name of the account")
    role: str
    happened_at: datetime
    recorded_at: datetime
    late: bool
    corrects_id: int | None
    void: bool
    reason: str
    channel: str


class JudgementShown(Shown):
    """What a policy said at one moment, whole."""

    id: UUID
    verb: str
    occasion: str
    policy: str
    policy_version: str
    policy_sha256: str
    record_sha256: str
    outcome: str
    content: dict[str, Any]
    asked_at: datetime


class Record(BaseModel):
    """A visit with everything that was said and done, and everything that the rules said."""

    visit: VisitShown
    facts: list[FactShown]
    judgements: list[JudgementShown]


class PatientRecord(BaseModel):
    """A patient with orders and visits, newest first."""

    patient: PatientShown
    orders: list[OrderShown]
    visits: list[VisitShown]


class Board(BaseModel):
    """The visits of a day of the site's zone, by room and time."""

    day: date
    zone: str
    visits: list[VisitShown]


class Orders(BaseModel):
    """One page of the orders, newest first."""

    page: int
    pages: int
    orders: list[OrderShown]

"""Tables of the clinic."""

from foramen.clinic.models.facts import Fact, Judgement, Letter, PolicyRecord
from foramen.clinic.models.pathway import LIVE, Order, Patient, Referral, Task, Visit
from foramen.clinic.models.people import Crew, Delegation, Modality, Person, Room, Site
from foramen.clinic.models.running import AuditEvent, Counter, Draft, Outgoing, Request, Token

__all__ = [
    "LIVE", "AuditEvent", "Counter", "Crew", "Delegation", "Draft", "Fact", "Judgement", "Letter", "Modality", "Order",
    "Outgoing", "Patient", "Person", "PolicyRecord", "Referral", "Request", "Room", "Site", "Task", "Token", "Visit",
]  # fmt: skip

"""Tables of the clinic."""

from foramen.clinic.models.evidence import Freeze, Progress, StudyRun
from foramen.clinic.models.facts import Fact, Judgement, Letter, PolicyRecord
from foramen.clinic.models.pathway import LIVE, Order, Patient, Referral, SearchMark, Task, Visit
from foramen.clinic.models.people import Crew, Delegation, Modality, Person, Room, Site
from foramen.clinic.models.running import (
    AuditEvent,
    Counter,
    Draft,
    Installation,
    Job,
    Outgoing,
    Request,
    Seal,
    Token,
)  # fmt: skip

__all__ = [
    "LIVE", "AuditEvent", "Counter", "Crew", "Delegation", "Draft", "Fact", "Freeze", "Installation", "Job",
    "Judgement", "Letter", "Modality", "Order", "Outgoing", "Patient", "Person", "PolicyRecord", "Progress", "Referral",
    "Request", "Room", "Seal", "SearchMark", "Site", "StudyRun", "Task", "Token", "Visit",
]  # fmt: skip

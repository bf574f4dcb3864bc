"""The signature under a fact of a visit."""

from foramen.clinic.domain.act import Act
from foramen.clinic.facts.content import Content
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import record
from foramen.clinic.rights.roles import Role


def sign(act: Act, visit: Visit, kind: str, content: Content, role: Role) -> Fact:
    """Record a fact of a visit, with its order, its referral and its patient."""
    return record(
        act, kind, content, role, patient=visit.patient, referral=visit.order.referral, order=visit.order, visit=visit
    )

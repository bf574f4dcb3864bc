"""Electronic signatures under the record of a visit (21 CFR 11.50, 11.70): who, when, what it means, under what.

A signature is bound to the facts that stood. What is recorded, corrected or made void afterwards ends it: it stays
readable, and is no longer valid for the current version (SIG-2). Copied to another visit, or put under another name, it
is not valid either, because both are in its digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import RecordSignature
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, StaleError
from foramen.clinic.domain.overrides import LASTS
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import finish, performing
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.signing import Signed
from foramen.clinic.models import Fact, Person, Visit
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.rights.roles import DOCTORS
from foramen.kernel.digests import digest

APART = frozenset({"signature", "assessment"})
"""Kinds of facts that no signature covers: other signatures, and what the patient answers weeks later, which is a
record of its own."""

ENDED = (Visit.State.HOME, Visit.State.ABORTED)
"""States of a visit whose record is complete enough to be signed."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature, and whether it holds for the record as it stands now."""

    fact: Fact
    content: Signed
    valid: bool


def record_sha256(visit: Visit, facts: Facts) -> str:
    """The digest of what stands in the record of a visit."""
    told = [
        [one.pk, one.kind, one.content, one.by_id.hex, one.role, one.happened_at.timestamp()]
        for one in _covered(visit, facts)
    ]
    return digest([visit.pk.hex, told])


def signatures_of(visit: Visit, facts: Facts) -> Sequence[Signature]:
    """The signatures under the record of a visit, in their order, each held against what stands."""
    record = record_sha256(visit, facts)
    return [
        Signature(one.fact, one.content, one.content.sha256 == _bound(record, one.fact.by, one.content.meaning))
        for one in facts.each("signature")
        if isinstance(one.content, Signed)
    ]


@verb(
    "sign_visit_record", says="Sign the record", on=Visit, content=RecordSignature, roles=DOCTORS, in_person=True,
)  # fmt: skip
def sign_visit_record(act: Act, visit: Visit, content: RecordSignature) -> Fact:
    """A signature under the record as it was read. Only the performing radiologist signs as responsible."""
    role = performing(act, visit) if content.meaning == "responsible" else act.role_for(DOCTORS)
    _check_password(act, content)
    if visit.state not in ENDED:
        raise OutOfOrderError.single(
            "the record is not complete yet", remedy="sign it when the patient is home, or the visit is broken off"
        )
    facts = facts_of_visit(visit)
    record = record_sha256(visit, facts)
    if content.shown != record:
        raise StaleError.single("the record has changed since it was shown", remedy="read it again, then sign")
    _check_not_signed(act, visit, facts, content)
    signed = Signed(
        meaning=content.meaning, printed_name=str(act.person), sha256=_bound(record, act.person, content.meaning),
        last_fact=max(one.pk for one in _covered(visit, facts)), authenticated_at=content.authenticated_at,
    )  # fmt: skip
    fact = sign(act, visit, "signature", signed, role)
    finish(act, visit)
    return fact


def _covered(visit: Visit, facts: Facts) -> Sequence[Fact]:
    """The facts of the visit itself; what came before it, its order and referral, may go on to change."""
    found = [one.fact for known in facts.by_kind.values() for one in known]
    of_visit = [one for one in found if one.visit_id == visit.pk and one.kind not in APART]
    return sorted(of_visit, key=lambda one: one.pk)


def _bound(record: str, by: Person, meaning: str) -> str:
    """The digest of the record with who signs it, and as what."""
    return digest([record, by.pk.hex, str(by), meaning])


def _check_password(act: Act, content: RecordSignature) -> None:
    if not act.at - LASTS <= content.authenticated_at <= act.at:
        raise NotAllowedError.single(
            "whoever signs gives the own password just before", remedy="enter your password again"
        )


def _check_not_signed(act: Act, visit: Visit, facts: Facts, content: RecordSignature) -> None:
    for one in signatures_of(visit, facts):
        if one.valid and (one.fact.by_id, one.content.meaning) == (act.person.pk, content.meaning):
            raise OutOfOrderError.single(f"you have signed this record as {content.meaning} already")

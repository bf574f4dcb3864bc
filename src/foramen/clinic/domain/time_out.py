"""The time-out: two people, two roles, one plan, and the time of the server alone."""

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import NotAllowedError, WrongInputError
from foramen.clinic.domain.late import pass_gate
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish, performing
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.day import TimeOutSigned
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.kernel.errors import Fault, raise_all

SIGNATORIES = frozenset({Role.TECHNOLOGIST, *DOCTORS})
OTHER = {"time_out_technologist": "time_out_radiologist", "time_out_radiologist": "time_out_technologist"}
SAID = ("procedure", "level", "side", "allergies", "consent", "images")
WHO = {"name", "number"}
"""One of these is among the identifiers."""


@verb("sign_time_out", says="Sign the time-out", on=Visit, content=TimeOutSigned, late=True, roles=SIGNATORIES)
def sign_time_out(act: Act, visit: Visit, content: TimeOutSigned) -> Fact:
    """One of the two signatures. Everything that comes before the needle has passed its gate by then."""
    kind, role = _signs_as(act, visit)
    facts = begin(act, visit, kind)
    _check_two_people(act, facts, OTHER[kind])
    raise_all(WrongInputError, [*_differing(content), *_unidentified(content), *_other_plan(content, visit)])
    pass_gate(act, visit, facts, "time_out", "sign_time_out")
    fact = sign(act, visit, kind, content.model_copy(update={"room": visit.room.code}), role)
    finish(act, visit, state=Visit.State.ROOM)
    return fact


def _signs_as(act: Act, visit: Visit) -> tuple[str, Role]:
    """Whoever performs signs as the radiologist, whatever other roles the person has."""
    if Role.TECHNOLOGIST in act.roles and visit.radiologist_id != act.person.pk:
        return "time_out_technologist", Role.TECHNOLOGIST
    return "time_out_radiologist", performing(act, visit)


def _check_two_people(act: Act, facts: Facts, other: str) -> None:
    signed = facts.last(other)
    if signed is not None and signed.fact.by_id == act.person.pk:
        raise NotAllowedError.single(
            "you have signed this time-out in the other role: it takes two people",
            remedy="have the other person sign with an own log-in",
        )


def _differing(content: TimeOutSigned) -> list[Fault]:
    remedy = "stop, find out which is right, change the plan or the consent if need be, and do the time-out again"
    return [Fault(f"{name}: what was said differs", name, "differs", remedy) for name in SAID
            if getattr(content, name) == "differs"]  # fmt: skip


def _unidentified(content: TimeOutSigned) -> list[Fault]:
    named = set(content.identifiers)
    if len(named) > 1 and named & WHO:
        return []
    remedy = "two different things, one of them name or number, said by the patient"
    return [Fault("the patient is not identified by two things", "identifiers", ", ".join(sorted(named)), remedy)]


def _other_plan(content: TimeOutSigned, visit: Visit) -> list[Fault]:
    if content.plan == visit.plan:
        return []
    remedy = f"plan {visit.plan} is in force: read it aloud and sign again"
    return [Fault("the plan has changed since it was shown", "plan", str(content.plan), remedy)]

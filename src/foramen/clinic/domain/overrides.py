"""Going on in spite of what a rule says: by those who may, with a reason, for this procedure at this time only."""

from datetime import timedelta

from foramen.catalogue.decision import Decision, Override
from foramen.catalogue.instants import Moment
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.pathway import CLOSED
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import finish, performing
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.overriding import Overridden
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.rights.roles import DOCTORS
from foramen.clinic.rules.gates import judge, standing_in_the_way
from foramen.clinic.rules.overrides import is_same, signatures

LASTS = timedelta(minutes=5)
"""For so long a password that was given holds for a signature. A proposal; no source prints it."""


@verb("override", says="Go on in spite of it", on=Visit, content=Overridden, roles=DOCTORS, in_person=True)
def override(act: Act, visit: Visit, content: Overridden) -> Fact:
    """One signature to go on in spite of a decision that stands in the way right now. Class O1 takes that of the
    performing radiologist; O2 takes it with that of a second radiologist or the lead."""
    _check_password(act, content)
    if visit.state in CLOSED:
        raise OutOfOrderError.single(f"this visit is {Visit.State(visit.state).label}: there is nothing to override")
    facts = facts_of_visit(visit)
    decision = _decision(act, visit, facts, content)
    _check_as_shown(visit, content, decision)
    _check_may(act, visit, facts, decision)
    fact = sign(act, visit, "override", content, act.role_for(DOCTORS))
    finish(act, visit)
    return fact


def _check_password(act: Act, content: Overridden) -> None:
    given = content.authenticated_at
    if given is None or not act.at - LASTS <= given <= act.at:
        raise NotAllowedError.single(
            "whoever overrides says who signs with the own password, just before", remedy="enter your password again"
        )


def _decision(act: Act, visit: Visit, facts: Facts, content: Overridden) -> Decision:
    """The decision that stands in the way now; raises WrongInputError if there is none by this rule about this."""
    judged = judge(visit, facts, content.occasion, Moment(act.at, visit.site.zone))
    for one in standing_in_the_way(judged, visit, facts):
        if (one.rule, one.subject) == (content.rule, content.subject):
            return one
    raise WrongInputError.single(
        "nothing stands in the way by this rule now", where="rule", received=content.rule,
        remedy="load the page again and look at what the rules say",
    )  # fmt: skip


def _check_as_shown(visit: Visit, content: Overridden, decision: Decision) -> None:
    """What is overridden is what was read. Raises NotAllowedError if nobody may, WrongInputError if it differs."""
    if decision.override in (None, Override.O0):
        raise NotAllowedError.single(
            f"nobody may override {decision.rule}", remedy="correct what is wrong, or put a new policy version in force"
        )
    said = (decision.outcome.value, decision.override.name if decision.override else "")
    if (content.outcome, content.override) != said or not is_same(decision, content, visit):
        raise WrongInputError.single(
            "what the rule says has changed since it was shown", where="reasons",
            remedy="load the page again, read what it says now, and decide on that",
        )  # fmt: skip


def _check_may(act: Act, visit: Visit, facts: Facts, decision: Decision) -> None:
    """Class O1 is the performing radiologist's; of class O2 nobody gives both signatures."""
    if decision.override is Override.O1:
        performing(act, visit)
    if any(known.fact.by_id == act.person.pk for known, _ in signatures(decision, visit, facts)):
        raise NotAllowedError.single(
            "you have signed this already: it takes a second person",
            remedy="have a second radiologist or the lead sign",
        )

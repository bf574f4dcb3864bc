"""What every verb on a visit does around its signature: check the order before, keep the row up with it after."""

from typing import Any

from foramen.clinic.domain import late, pathway
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import NotAllowedError
from foramen.clinic.facts.day import ConsentSigned, ScreeningReviewed, SessionPlanned
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.clinic.rules import readiness


def begin(act: Act, visit: Visit, kind: str) -> Facts:
    """What stands, if this step may be recorded now: in its order, and late only by the rules of late entries."""
    facts = facts_of_visit(visit)
    pathway.check(kind, visit, facts)
    late.check(act, kind, facts)
    return facts


def finish(act: Act, visit: Visit, **changes: Any) -> None:
    """Change the visit's row with what was recorded, and have the rules asked anew.

    The row counts up even where nothing else of it changes, so that two people who sign at the same moment cannot both
    have looked at what stood before: the second is told so (StaleError).
    """
    if "state" in changes and changes["state"] != visit.state:
        changes["state_at"] = act.when
    save_changes(visit, **changes)
    readiness.refresh(visit)


def prepared(act: Act, visit: Visit, **changes: Any) -> None:
    """After a step before the time-out: the visit is ready as soon as nothing that comes before it is missing."""
    facts, wanted = facts_of_visit(visit), visit.state
    if visit.state in (Visit.State.ARRIVED, Visit.State.READY):
        ready = not pathway.missing_before("time_out_radiologist", visit, facts) and _holds(facts)
        wanted = Visit.State.READY if ready else Visit.State.ARRIVED
    finish(act, visit, state=wanted, **changes)


def _holds(facts: Facts) -> bool:
    """Whether consent and reviews are of the plan and the screening that stand; what else they say is for the gates."""
    plan, consent = facts.content("plan", SessionPlanned), facts.content("consent", ConsentSigned)
    again, screening = facts.last("consent_again"), facts.last("screening")
    reviews = [facts.content(kind, ScreeningReviewed) for kind in ("review_nurse", "review_radiologist")]
    agreed = plan is not None and consent is not None and consent.plan == plan.number and again is not None
    return agreed and screening is not None and {one.screening for one in reviews if one} == {screening.fact.pk}


def performing(act: Act, visit: Visit) -> Role:
    """The role of the performing radiologist; raises NotAllowedError for anybody else."""
    role = act.role_for(DOCTORS)
    if visit.radiologist_id != act.person.pk:
        who = str(visit.radiologist) if visit.radiologist else "nobody yet"
        raise NotAllowedError.single(
            f"only the performing radiologist may do this; that is {who}",
            remedy="have the radiologist of this visit do it, or change who performs before the needle",
        )
    return role

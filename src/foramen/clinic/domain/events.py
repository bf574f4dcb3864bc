"""What does not go as planned: a session that is broken off, deviations, adverse events."""

from foramen.clinic.domain import adverse
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.procedure import take_out
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.procedure import BrokenOff, Deviation, NeedleOut
from foramen.clinic.facts.recovery import AdverseEvent
from foramen.clinic.models import Fact, Task, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.kernel.errors import Fault, raise_all

CLINICIANS = frozenset({Role.NURSE, Role.TECHNOLOGIST, *DOCTORS})
FATAL = 5


@verb("break_off", says="Break off", on=Visit, content=BrokenOff, late=True, roles=CLINICIANS)
def break_off(act: Act, visit: Visit, content: BrokenOff) -> Fact:
    """The session ends before it is done. Before the needle, the visit is over: nothing of the order is used, no
    follow-up is made, the slot is free (FU-8, RP-1). With the needle in, a radiologist says so; the needle is out now,
    and recovery, follow-up and discharge go on as after any injection."""
    facts = begin(act, visit, "broken_off")
    inside = facts.has("needle_in")
    if inside != (content.stage == "with the needle in"):
        raise WrongInputError.single(
            f"the needle is {'in' if inside else 'not in'}", where="stage", received=content.stage,
            remedy="load the page again and say it anew",
        )  # fmt: skip
    role = act.role_for(DOCTORS if inside else CLINICIANS)
    fact = sign(act, visit, "broken_off", content, role)
    if inside:
        take_out(act, visit, NeedleOut(), role)
    else:
        for task in Task.objects.filter(visit=visit, state=Task.State.OPEN).exclude(kind=adverse.KIND):
            save_changes(task, state=Task.State.VOID, done_at=act.at)
        finish(act, visit, state=Visit.State.ABORTED)
    return fact


@verb("note_deviation", says="Record a deviation", on=Visit, content=Deviation, late=True, roles=CLINICIANS)
def note_deviation(act: Act, visit: Visit, content: Deviation) -> Fact:
    """Something was done otherwise than the pathway has it."""
    begin(act, visit, "deviation")
    # What settles a rule at discharge is said by the server alone, when it stores what was given against that rule.
    said = content.model_copy(update={"rules": [], "given": 0})
    fact = sign(act, visit, "deviation", said, act.role_for(CLINICIANS))
    if said.adverse:
        adverse.ask_to_follow(act, visit, said.what)
    finish(act, visit)
    return fact


@verb("report_adverse_event", says="Report an adverse event", on=Visit, content=AdverseEvent, roles=CLINICIANS)
def report_adverse_event(act: Act, visit: Visit, content: AdverseEvent) -> Fact:
    """An adverse event, at any time after the booking."""
    begin(act, visit, "adverse_event")
    raise_all(WrongInputError, impossible(act, content))
    fact = sign(act, visit, "adverse_event", content, act.role_for(CLINICIANS))
    finish(act, visit)
    return fact


def impossible(act: Act, content: AdverseEvent) -> list[Fault]:
    faults = []
    if content.onset > act.at:
        faults.append(Fault("this is in the future", "onset", "", "enter when it began"))
    if (content.grade == FATAL) != (content.outcome == "died"):
        faults.append(Fault("grade 5 is death, and only that", "outcome", content.outcome, "correct grade or outcome"))
    return faults

"""What was done and given at each target, beside what was planned."""

from collections.abc import Iterator
from functools import partial

from foramen.clinic.domain import drugs
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.day import plan_in_force
from foramen.clinic.domain.errors import GateError, WrongInputError
from foramen.clinic.domain.late import check_reason, note
from foramen.clinic.domain.places import say_the_same, side_faults, words
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.day import PlannedTarget, SessionPlanned
from foramen.clinic.facts.procedure import TargetGiven
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.rights.roles import DOCTORS
from foramen.clinic.rules import gates
from foramen.kernel.errors import Fault, raise_all

KINDS = ("steroid", "anaesthetic", "contrast")


@verb("record_given", says="Save what was given", on=Visit, content=TargetGiven, late=True, roles=DOCTORS)
def record_given(act: Act, visit: Visit, content: TargetGiven) -> Fact:
    """One target. What cannot be true is refused. What nobody may plan, and another place than the planned one, is
    recorded only with a reason, and then as a deviation beside the fact: what has happened has to be told."""
    facts = begin(act, visit, "given")
    plan = plan_in_force(facts)
    planned = planned_at(plan, content)
    whole = _with_reasons(content, planned)
    unsaid = [*unsaid_faults(whole), *side_faults(whole.spot, "spot")]
    raise_all(WrongInputError, [*_twice(facts, whole), *drugs.drug_faults(whole.drugs), *unsaid])
    elsewhere = elsewhere_fault(plan, whole)
    if elsewhere is not None and not act.why:
        raise WrongInputError(elsewhere)
    fact = sign(act, visit, "given", whole, act.role_for(DOCTORS))
    tell_what_differs(act, visit, fact, elsewhere)
    finish(act, visit)
    return fact


def tell_what_differs(act: Act, visit: Visit, fact: Fact, elsewhere: Fault | None) -> None:
    """Judge what was given, and record a deviation for what nobody may plan and for another place; needs a reason."""
    _judge(act, visit, fact)
    if elsewhere is not None:
        check_reason(act, elsewhere.what)
        note(act, visit, f"{elsewhere.what}: {elsewhere.received}", adverse=True, given=fact.pk)


def _with_reasons(content: TargetGiven, planned: PlannedTarget | None) -> TargetGiven:
    """With the reasons for what was not given: as said now, or as planned; where nothing was given, the note."""
    said = {f"no_{kind}": getattr(content, f"no_{kind}") for kind in KINDS}
    nothing = content.note if not content.drugs else ""
    missing = {kind for kind in KINDS if not any(drug.kind == kind for drug in content.drugs)}
    for kind in missing:
        name = f"no_{kind}"
        said[name] = said[name] or nothing or (getattr(planned, name) if planned else "")
    return content.model_copy(update=said)


def unsaid_faults(content: TargetGiven) -> Iterator[Fault]:
    """Each kind of drug is there, or it is said why not."""
    for kind in KINDS:
        if not any(drug.kind == kind for drug in content.drugs) and not getattr(content, f"no_{kind}"):
            remedy = f"enter it, or say why there was no {kind}; where nothing was given, a note is enough"
            yield Fault(f"nothing is said about the {kind}", f"no_{kind}", "", remedy)


def _judge(act: Act, visit: Visit, fact: Fact) -> None:
    """What the policies of drugs say about the session, with what is still to be recorded as it was planned."""
    judged = drugs.judge_given(visit, facts_of_visit(visit), act)
    stopped = drugs.forbidden(judged)
    raise_all(WrongInputError, drugs.cannot_be(stopped))
    if not stopped:
        return
    if not act.why:
        faults = [Fault(one.reasons[0], "drugs", one.rule, drugs.RECORD_ANYWAY) for one in stopped]
        keep = partial(gates.store, act, visit, judged, "record_given")
        raise GateError(*faults, keep=keep, decisions=tuple(one.to_json() for one in stopped))
    check_reason(act, "say how it came to be given")
    gates.store(act, visit, judged, "record_given")
    rules = [one.rule for one in stopped]
    note(act, visit, f"Given although nobody may: {', '.join(rules)}", adverse=True, rules=rules, given=fact.pk)


def _twice(facts: Facts, content: TargetGiven) -> Iterator[Fault]:
    for known in facts.each("given"):
        if isinstance(known.content, TargetGiven) and known.content.number == content.number:
            remedy = "correct that record, with a reason"
            yield Fault("this target is recorded already", "number", str(content.number), remedy)


def planned_at(plan: SessionPlanned, content: TargetGiven) -> PlannedTarget | None:
    """The target of the plan that was treated."""
    return plan.targets[content.number - 1] if content.number <= len(plan.targets) else None


def elsewhere_fault(plan: SessionPlanned, content: TargetGiven) -> Fault | None:
    """A place that is not the planned one."""
    planned = planned_at(plan, content)
    if planned is not None and say_the_same([content.spot], [planned]):
        return None
    what = "this is another place than the planned one" if planned else "this target is not in the plan"
    told = words([planned]) if planned else words(plan.targets)
    remedy = f"planned: {told}; if the needle was there, say how it came to be"
    return Fault(what, "spot", words([content.spot]), remedy)

"""The way home: the last gate, the letter to the referrer, and the patient goes."""

from foramen.clinic.domain import letters
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.day import plan_in_force
from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.domain.late import pass_gate
from foramen.clinic.domain.places import words
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.procedure import TargetGiven
from foramen.clinic.facts.recovery import Discharged
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records import outbox
from foramen.clinic.records.facts import Facts
from foramen.clinic.rights.roles import DOCTORS, Role

WHO = frozenset({Role.NURSE, *DOCTORS})


@verb("discharge", says="Send home", on=Visit, content=Discharged, late=True, roles=WHO)
def discharge(act: Act, visit: Visit, content: Discharged) -> Fact:
    """The patient goes home, now. The letter to the referrer is made and goes out with it, or nothing is stored."""
    facts = begin(act, visit, "discharge")
    _check_all_given(facts)
    pass_gate(act, visit, facts, "discharge", "discharge")
    fact = sign(act, visit, "discharge", content, act.role_for(WHO))
    letter = letters.procedure_letter(act, visit)
    outbox.put("letter", {"letter": str(letter.pk)})
    finish(act, visit, state=Visit.State.HOME)
    return fact


def _check_all_given(facts: Facts) -> None:
    """Every target of the plan has its record, also one at which nothing was given in the end."""
    given = {known.content.number for known in facts.each("given") if isinstance(known.content, TargetGiven)}
    left = [one for number, one in enumerate(plan_in_force(facts).targets, 1) if number not in given]
    if left:
        raise OutOfOrderError.single(
            f"nothing is recorded for {words(left)}",
            remedy="the radiologist records what was given there, or that nothing was and why",
        )

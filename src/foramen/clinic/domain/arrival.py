"""Arrival: who is here, by two things; and the list of medicines asked again on the day."""

from foramen.catalogue.gates.before_needle import WHO
from foramen.catalogue.instants import day_text
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.late import pass_gate
from foramen.clinic.domain.letters import check_letter_read
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.times import day_at
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.day import Arrived
from foramen.clinic.facts.screening import ListAskedAgain
from foramen.clinic.models import Fact, Visit
from foramen.clinic.rights.roles import CARE, DOCTORS, Role

ASKERS = frozenset({Role.NURSE, *DOCTORS})


@verb("arrive", says="Arrived", on=Visit, content=Arrived, late=True, roles=CARE)
def arrive(act: Act, visit: Visit, seen: Arrived) -> Fact:
    """The patient is here. A letter that is not in force, an order that is used up or nobody who takes the patient home
    stops it here; what is settled between arrival and time-out is stored and shown."""
    facts = begin(act, visit, "arrival")
    day = day_at(act.site, visit.start)
    if day_at(act.site, act.when) != day:
        raise OutOfOrderError.single(f"this visit is booked for {day_text(day)}", remedy="move it to today first")
    if len(set(seen.identifiers)) < 2 or not WHO & set(seen.identifiers):
        raise WrongInputError.single(
            "a patient is identified by two things, one of them the name or the number", where="identifiers",
            received=", ".join(seen.identifiers), remedy="ask for the name and the date of birth",
        )  # fmt: skip
    check_letter_read(visit, facts)
    pass_gate(act, visit, facts, "arrival", "arrive")
    fact = sign(act, visit, "arrival", seen, act.role_for(CARE))
    finish(act, visit, state=Visit.State.ARRIVED)
    return fact


@verb("ask_list_again", says="Medicines asked again", on=Visit, content=ListAskedAgain, late=True, roles=ASKERS)
def ask_list_again(act: Act, visit: Visit, answered: ListAskedAgain) -> Fact:
    """Whether the list of medicines has changed since it was gone through. Changed: it is screened anew."""
    begin(act, visit, "list_again")
    fact = sign(act, visit, "list_again", answered, act.role_for(ASKERS))
    finish(act, visit)
    return fact

"""Recovery: what happens there, the end of observation, walking, the way home, the written instructions."""

from functools import partial

from foramen.catalogue.decision import Outcome
from foramen.catalogue.instants import Moment
from foramen.clinic.domain import late, letters
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import GateError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.planning import ask_for_driver
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.recovery import (
    InstructionsGiven,
    ObservationEnded,
    ObservationEvent,
    WalkTested,
    WayHomeTold,
)
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts
from foramen.clinic.rights.roles import CARE, DOCTORS, Role
from foramen.clinic.rules import gates
from foramen.kernel.errors import Fault

IN_RECOVERY = frozenset({Role.NURSE, *DOCTORS})
WALKERS = frozenset({Role.NURSE})
OBSERVATION = "G-OBS"


@verb("note_event", says="Record an event", on=Visit, content=ObservationEvent, late=True, roles=IN_RECOVERY)
def note_event(act: Act, visit: Visit, content: ObservationEvent) -> Fact:
    """Something that happened in recovery, and what was done."""
    begin(act, visit, "observation_event")
    fact = sign(act, visit, "observation_event", content, act.role_for(IN_RECOVERY))
    finish(act, visit)
    return fact


@verb("end_observation", says="End observation", on=Visit, content=ObservationEnded, late=True, roles=IN_RECOVERY)
def end_observation(act: Act, visit: Visit, content: ObservationEnded) -> Fact:
    """Observation is over, now; not before the time that the site has set, unless the radiologist has overridden it."""
    facts = begin(act, visit, "observed")
    _pass_observation(act, visit, facts)
    fact = sign(act, visit, "observed", content, act.role_for(IN_RECOVERY))
    finish(act, visit)
    return fact


def _pass_observation(act: Act, visit: Visit, facts: Facts) -> None:
    judged = gates.judge(visit, facts, "discharge", Moment(act.when, visit.site.zone))
    open_ = [one for one in gates.standing_in_the_way(judged, visit, facts) if one.rule == OBSERVATION]
    if not open_:
        return
    keep = partial(gates.store, act, visit, judged, "end_observation")
    if act.happened_at is not None:
        late.check_past_gate(act, open_, "discharge")
        keep()
        late.note(
            act, visit, f"Entered late; observation was ended although {OBSERVATION} says {open_[0].outcome.value}"
        )
        return
    remedy = "go on observing" if open_[0].outcome is Outcome.HOLD else "the radiologist overrides it with a reason"
    faults = [Fault(reason, received=one.outcome.value, remedy=remedy) for one in open_ for reason in one.reasons]
    raise GateError(*faults, keep=keep, decisions=tuple(one.to_json() for one in open_))


@verb("test_walk", says="Record the walking test", on=Visit, content=WalkTested, late=True, roles=WALKERS)
def test_walk(act: Act, visit: Visit, content: WalkTested) -> Fact:
    """Whether the patient walks. After a test that failed, observation goes on and is ended again before the next."""
    facts = begin(act, visit, "walks")
    _check_observed_again(facts)
    fact = sign(act, visit, "walks", content, act.role_for(WALKERS))
    finish(act, visit)
    return fact


def _check_observed_again(facts: Facts) -> None:
    tested, observed = facts.last("walks"), facts.last("observed")
    failed = tested is not None and isinstance(tested.content, WalkTested) and tested.content.walks == "no"
    if failed and tested is not None and (observed is None or observed.fact.pk < tested.fact.pk):
        raise OutOfOrderError.single(
            "the patient did not walk: observe further first", remedy="end observation again, then test again"
        )


@verb("tell_way_home", says="Record the way home", on=Visit, content=WayHomeTold, late=True, roles=CARE)
def tell_way_home(act: Act, visit: Visit, content: WayHomeTold) -> Fact:
    """How the patient gets home; a named person has a name."""
    begin(act, visit, "way_home")
    if content.how == "named person" and not content.person:
        raise WrongInputError.single("who takes the patient home?", where="person", remedy="enter the name")
    fact = sign(act, visit, "way_home", content, act.role_for(CARE))
    if content.how != "none":
        ask_for_driver(act, visit, told=True)
    finish(act, visit)
    return fact


@verb(
    "give_instructions",
    says="Hand over the instructions",
    on=Visit,
    content=InstructionsGiven,
    late=True,
    roles=IN_RECOVERY,
)
def give_instructions(act: Act, visit: Visit, content: InstructionsGiven) -> Fact:
    """The written instructions are handed over, with a sheet of the restarts that hold now; its number is ours."""
    begin(act, visit, "instructions")
    sheet = letters.restart_sheet(act, visit, content.language)
    said = content.model_copy(update={"letter": sheet.number})
    fact = sign(act, visit, "instructions", said, act.role_for(IN_RECOVERY))
    finish(act, visit)
    return fact

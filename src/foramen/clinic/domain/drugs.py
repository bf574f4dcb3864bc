"""Drugs of a plan and drugs that were given, as the rules judge them when they are entered.

What cannot be true is never stored: a mass that is not strength × volume (ST-4, ST-9), amounts that cannot be compared.
What nobody may override is never stored as a plan, such as a particulate steroid for a cervical foramen. As given it
can be stored, with a reason: it happened, and hiding it would harm the patient more. Then the judgement is stored with
it, and a deviation that says that the patient has to be followed.
"""

from collections.abc import Iterator, Sequence

from foramen.catalogue.decision import Decision, Judgement, Outcome, Override
from foramen.catalogue.gates.inputs import Drug
from foramen.catalogue.gates.products import IODINE, amounts
from foramen.catalogue.instants import Moment
from foramen.catalogue.units import mass_of, mismatch_percent
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.places import spot_of
from foramen.clinic.facts.content import DrugAmount
from foramen.clinic.facts.day import PlannedTarget, SessionPlanned
from foramen.clinic.facts.procedure import TargetGiven
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts, Known
from foramen.clinic.rules import gates
from foramen.kernel.errors import Fault, raise_all

POLICIES = ("steroids", "steroid-dose", "anaesthetics")
MOST_PERCENT = 1
"""A mass that differs by more is a mistake."""
UNDENIABLE = ("ST-4", "ST-9", "AN-KIND")
"""Rules whose STOP says that what was entered cannot be what is in the syringe."""
RECORD_ANYWAY = "look at vial and syringe again; if it was given so, say how it came to be: it is stored as a deviation"


def amount_faults(targets: Sequence[PlannedTarget]) -> Iterator[Fault]:
    """Every mass in a plan that cannot be."""
    for i, target in enumerate(targets):
        yield from drug_faults(target.drugs, f"targets.{i}.")


def drug_faults(drugs: Sequence[DrugAmount], where: str = "") -> Iterator[Fault]:
    """Every mass that is not strength × volume, at its field."""
    for i, drug in enumerate(drugs):
        if said := _wrong_mass(drug):
            yield Fault(
                said, f"{where}drugs.{i}.mass", drug.mass, "correct one of the three values; nobody can override this"
            )


def _wrong_mass(drug: DrugAmount) -> str:
    """What is wrong with the amounts of a drug; empty: nothing."""
    entered = amounts(Drug(**drug.model_dump()))
    if entered is None:
        return "strength, volume and mass are all needed"
    mass, strength, volume = entered
    of_iodine = {amount.dimension in IODINE for amount in (mass, strength)} == {True}
    percent = mismatch_percent(mass, strength, volume)
    if percent is None or of_iodine != (drug.kind == "contrast"):
        return f"{mass} cannot be compared with {strength} × {volume}"
    return f"{mass} is not {strength} × {volume} = {mass_of(strength, volume)}" if percent > MOST_PERCENT else ""


def check_planned(visit: Visit, facts: Facts, act: Act) -> None:
    """Raise WrongInputError if a plan holds what nobody may override; while planning, what is still to be chosen may
    be left out."""
    judged = gates.judge(visit, facts, "plan", Moment(act.at, visit.site.zone))
    remedy = "nobody can override this: change the plan"
    raise_all(WrongInputError, [Fault(one.reasons[0], "targets", one.rule, remedy) for one in forbidden(judged)])


def judge_given(visit: Visit, facts: Facts, act: Act) -> gates.Judged:
    """What the policies say about the session as it was given, with what is not recorded yet as it is planned: a total
    is one of the session."""
    return gates.judge(visit, _as_if_done(facts), "discharge", Moment(act.when, visit.site.zone))


def _as_if_done(facts: Facts) -> Facts:
    known, plan = facts.last("plan"), facts.content("plan", SessionPlanned)
    if known is None or plan is None:
        return facts
    done = {one.content.number for one in facts.each("given") if isinstance(one.content, TargetGiven)}
    open_ = [(number, target) for number, target in enumerate(plan.targets, 1) if number not in done]
    rest = [Known(known.fact, _as_planned(number, target)) for number, target in open_]
    return Facts({**facts.by_kind, "given": (*facts.each("given"), *rest)})


def _as_planned(number: int, target: PlannedTarget) -> TargetGiven:
    return TargetGiven(
        number=number, spot=spot_of(target), drugs=target.drugs, no_steroid=target.no_steroid,
        no_anaesthetic=target.no_anaesthetic, no_contrast=target.no_contrast,
    )  # fmt: skip


def forbidden(judged: gates.Judged) -> Sequence[Decision]:
    """What the policies of drugs stop and nobody can override."""
    found = [judged.by_policy[name] for name in POLICIES if name in judged.by_policy]
    return tuple(one for judgement in found for one in _stopped(judgement))


def _stopped(judgement: Judgement) -> Iterator[Decision]:
    for one in judgement.decisions:
        if one.outcome is Outcome.STOP and one.override is Override.O0:
            yield one


def cannot_be(stopped: Sequence[Decision]) -> Iterator[Fault]:
    """What cannot be true of any syringe."""
    for one in stopped:
        if one.rule in UNDENIABLE:
            yield Fault(one.reasons[0], "drugs", one.rule, "correct what was entered; nobody can override this")

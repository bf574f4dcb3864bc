"""What is drawn up and what was given, target by target. Before the needle the plan is judged, afterwards what was
given: the two are recorded apart and never taken for each other."""

from collections.abc import Sequence

from foramen.clinic.facts.content import DrugAmount, Spot
from foramen.clinic.facts.day import PlannedTarget
from foramen.clinic.facts.procedure import TargetGiven
from foramen.clinic.records.facts import Known
from foramen.clinic.rules.inputs.question import Question, Section, place_of


def targets_of(question: Question) -> list[Section]:
    """The targets of the session as the occasion has them."""
    return _given(question) if question.occasion == "discharge" else _planned(question)


def _planned(question: Question) -> list[Section]:
    plan, told = question.plan, question.told(question.facts.last("plan"))
    return [] if plan is None else [_section(one, one.drugs, one, told, one.no_steroid) for one in plan.targets]


def _given(question: Question) -> list[Section]:
    """What was given, and each planned target about which nothing was recorded: there everything is missing."""
    planned = question.plan.targets if question.plan else []
    found = [_as_given(question, known, one, planned) for known, one in injected(question)]
    done = {one.number for _, one in _recorded(question)}
    return found + [place_of(one) for number, one in enumerate(planned, start=1) if number not in done]


def injected(question: Question) -> Sequence[tuple[Known, TargetGiven]]:
    """The targets at which something was given. Where nothing was given, such as after breaking off, no dose is asked
    for; where nothing was given at all, each target says why."""
    recorded = _recorded(question)
    return [(known, one) for known, one in recorded if one.drugs] or recorded


def _recorded(question: Question) -> Sequence[tuple[Known, TargetGiven]]:
    found = [(known, known.content) for known in question.facts.each("given")]
    return [(known, one) for known, one in found if isinstance(one, TargetGiven)]


def _as_given(question: Question, known: Known, one: TargetGiven, planned: Sequence[PlannedTarget]) -> Section:
    plan = planned_for(one.number, planned)
    told = _section(one.spot, one.drugs, plan, question.told(known), one.no_steroid)
    return told | ({"no_anaesthetic": one.no_anaesthetic} if one.no_anaesthetic else {})


def planned_for(number: int, planned: Sequence[PlannedTarget]) -> PlannedTarget | None:
    """The target of the plan with a number, counted from 1."""
    return planned[number - 1] if number <= len(planned) else None


def _section(
    spot: Spot, drugs: Sequence[DrugAmount], plan: PlannedTarget | None, told: Section, no_steroid: str
) -> Section:
    return {
        **told,
        **place_of(spot),
        "drugs": [{**told, **one.model_dump()} for one in drugs],
        "no_steroid": no_steroid,
        "no_anaesthetic": plan.no_anaesthetic if plan else "",
    }


def contrast_of(question: Question) -> str | None:
    """Whether contrast is used; None: that is not said for every target. At discharge what was given counts."""
    given = [one for _, one in injected(question)] if question.occasion == "discharge" else []
    targets: Sequence[PlannedTarget | TargetGiven] = given or (question.plan.targets if question.plan else [])
    if any(drug.kind == "contrast" for one in targets for drug in one.drugs):
        return "contrast"
    return "no contrast" if targets and all(one.no_contrast for one in targets) else None


def steroid_of(question: Question) -> str:
    """Whether a steroid is injected, as far as the plan says."""
    targets = question.plan.targets if question.plan else []
    if any(drug.kind == "steroid" for one in targets for drug in one.drugs):
        return "yes"
    return "no" if targets and all(one.no_steroid for one in targets) else "unknown"

"""What the policies of steroids, of their dose, and of anaesthetics and contrast are told."""

from typing import Any

from foramen.clinic.facts.procedure import TargetGiven
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Fact
from foramen.clinic.rules.inputs.question import Question, Section, place_of
from foramen.clinic.rules.inputs.targets import contrast_of, targets_of


def dose_inputs(question: Question) -> Section:
    """The doses of one session. While nothing is planned yet the order says where, and everything else is missing."""
    ordered = [place_of(one) for one in question.ordered] if question.occasion == "plan" else []
    return {**question.head(), "procedure": question.procedure(), "targets": targets_of(question) or ordered}


def steroid_inputs(question: Question) -> Section:
    """The doses of one session, and the steroids of earlier ones."""
    return {**dose_inputs(question), "ledger": ledger(question)}


def ledger(question: Question) -> Section:
    """Every steroid of another visit of this patient (ST-10), by the records of this installation, and those that other
    clinics gave, as the screening tells them. As long as nobody has asked about those, the total is not known."""
    told = question.facts.content("screening", ScreeningSigned) or ScreeningSigned()
    by = question.told(question.facts.last("screening"))
    if not told.steroids_elsewhere and not told.no_steroids_elsewhere:
        return by
    given = [entry for fact in question.beside.given for entry in _earlier(question, fact)]
    given += [one.model_dump() for one in told.steroids_elsewhere]
    return {"none": not given, "given": given, **by}


def _earlier(question: Question, fact: Fact) -> list[Section]:
    if fact.happened_at > question.now.utc:
        return []
    content = TargetGiven.model_validate(fact.content, strict=False)
    where = f"{fact.site}, visit {fact.visit.number if fact.visit else 'not told'}, recorded by {fact.by}"
    on = question.local(fact.happened_at).date()
    return [
        {"on": on, "where": where, "product": drug.product, "mass": drug.mass}
        for drug in content.drugs
        if drug.kind == "steroid"
    ]


def anaesthetic_inputs(question: Question) -> Section:
    """The anaesthetic and the contrast of one session, beside the patient's allergies and age."""
    reasons = [one.choice_reason for one in (question.plan.targets if question.plan else []) if one.choice_reason]
    return {
        **dose_inputs(question),
        "patient": {"born": question.visit.patient.born},
        "allergies": _allergies(question),
        "contrast": {"use": contrast_of(question), **question.told(question.facts.last("plan"))},
        "choice": {"reason": "; ".join(dict.fromkeys(reasons)), **question.told(question.facts.last("plan"))},
    }


def _allergies(question: Question) -> Section:
    told = question.facts.content("screening", ScreeningSigned) or ScreeningSigned()
    by = question.told(question.facts.last("screening"))
    return {"none": told.no_allergies, "told": [_allergy(told, one) for one in told.allergies], **by}


def _allergy(told: ScreeningSigned, to: str) -> dict[str, Any]:
    return {"to": to, "concerns": told.allergies_concern.get(to)}

"""What the policy of repeat orders is told."""

from foramen.clinic.facts.referral import RepeatDecided
from foramen.clinic.models import Visit
from foramen.clinic.rules.inputs.question import Question, Section


def inputs(question: Question) -> Section:
    """The question."""
    decision = question.facts.content("repeat", RepeatDecided)
    known = question.facts.last("repeat")
    signed = {"decision": decision.decision, "signed": question.signature(known)} if decision else {}
    return {
        **question.head(),
        "procedure": question.procedure(),
        "order": _order(question),
        "records": _records(question),
        "repeat": {**signed, **question.told(known)},
    }


def _order(question: Question) -> Section:
    """The order with its earlier sessions: a needle that went in uses one, a session broken off before it does not."""
    order = question.visit.order
    sessions = [one for one in question.beside.sessions if _was_held(one, question)]
    return {
        "id": order.number, "on": order.ordered_on, "quantity": order.quantity, "no_session": not sessions,
        "sessions": [{"on": question.local(one.needle_in_at or one.start).date(),
                      "needle_in": "yes" if one.needle_in_at else "no"} for one in sessions],
        **question.told(question.facts.last("order")),
    }  # fmt: skip


def _was_held(visit: Visit, question: Question) -> bool:
    """Whether a visit was a session, up to the instant of the question."""
    at = visit.needle_in_at or (visit.start if visit.state == Visit.State.ABORTED else None)
    return at is not None and at <= question.now.utc


def _records(question: Question) -> Section:
    """In which visit each step was done. What stands on the order alone was done in none."""
    needed = {
        "screening": ("screening",), "abcd": ("review_nurse", "review_radiologist"), "mri_review": ("mri_review",),
        "time_out": ("time_out_technologist", "time_out_radiologist"),
    }  # fmt: skip
    return {name: question.visit.number for name, kinds in needed.items() if _done_here(question, kinds)}


def _done_here(question: Question, kinds: tuple[str, ...]) -> bool:
    found = [question.facts.last(kind) for kind in kinds]
    return all(one is not None and one.fact.visit_id == question.visit.pk for one in found)

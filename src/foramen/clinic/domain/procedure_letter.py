"""The letter to the referrer: what was done, where, with what, and how it went."""

from datetime import datetime
from typing import Any

from foramen.catalogue.gates.places import place_text
from foramen.clinic.domain.places import place_of
from foramen.clinic.domain.sheets import date_text, head_of, long_day, needle_times
from foramen.clinic.domain.times import day_at
from foramen.clinic.facts.content import DrugAmount
from foramen.clinic.facts.day import PainScored
from foramen.clinic.facts.procedure import BrokenOff, DoseTyped, TargetGiven
from foramen.clinic.facts.recovery import AdverseEvent
from foramen.clinic.facts.referral import ReferralAsked, Triage
from foramen.clinic.models import Task, Visit
from foramen.clinic.records.facts import Facts


def procedure_content(visit: Visit, facts: Facts, made_at: datetime) -> dict[str, Any]:
    """Everything that the letter prints."""
    asked = facts.content("referral", ReferralAsked)
    return head_of(visit, made_at) | {
        "to": visit.order.referral.referrer,
        "referral": visit.order.referral.number,
        "indication": asked.indication if asked else "",
        "decided": _decided(facts),
        "order": {"number": visit.order.number, "session": _session(visit), "of": visit.order.quantity},
        "radiologist": str(visit.radiologist or ""),
        "guidance": visit.room.get_modality_display(),
        "needle": needle_times(visit, facts),
        "targets_given": [_target(one.content) for one in facts.each("given") if isinstance(one.content, TargetGiven)],
        "dose": _dose(facts),
        "pain_before": _pain(facts, "pain_before"),
        "pain_after": _pain(facts, "pain_after"),
        "events": [
            f"{one.content.what}, grade {one.content.grade}, {one.content.outcome}"
            for one in facts.each("adverse_event")
            if isinstance(one.content, AdverseEvent)
        ],
        "broken_off": _broken_off(facts),
        "follow_up": [
            {"label": task.label, "day": long_day(task.due_on)}
            for task in Task.objects.filter(visit=visit, state=Task.State.OPEN, due_on__gt=day_at(visit.site, made_at))
            .order_by("due_on", "kind")
        ],
        "of_day": date_text(day_at(visit.site, visit.start)),
    }  # fmt: skip


def _session(visit: Visit) -> int:
    """Which session of the order it is: those before it in which a needle went in, and this one."""
    before = Visit.objects.filter(order=visit.order_id, needle_in_at__isnull=False, start__lt=visit.start)
    return before.count() + 1


def _decided(facts: Facts) -> str:
    """Why the level or the modality is another than was asked for."""
    decided = facts.content("triage", Triage)
    if decided is None or decided.decision == "accepted":
        return ""
    return f"{decided.decision}: {decided.reason}"


def _target(given: TargetGiven) -> dict[str, Any]:
    return {
        "place": place_text(place_of(given.spot)), "needle": given.needle, "contrast_spread": given.contrast_spread,
        "drugs": [_drug(one) for one in given.drugs], "note": given.note,
        "left_out": [
            f"No {kind}: {why}"
            for kind in ("steroid", "anaesthetic", "contrast")
            if (why := getattr(given, f"no_{kind}"))
        ],
    }  # fmt: skip


def _drug(drug: DrugAmount) -> str:
    return f"{drug.product} {drug.strength}, {drug.volume}, {drug.mass}"


def _dose(facts: Facts) -> list[str]:
    typed = facts.content("dose", DoseTyped)
    return [f"{one.quantity}: {one.value} {one.unit}" for one in typed.values] if typed else []


def _pain(facts: Facts, kind: str) -> str:
    scored = facts.content(kind, PainScored)
    if scored is None:
        return "not recorded"
    return f"{scored.score} of 10" if scored.score is not None else f"not obtainable: {scored.not_obtainable}"


def _broken_off(facts: Facts) -> str:
    told = facts.content("broken_off", BrokenOff)
    return f"{told.stage}: {told.reason}" if told else ""

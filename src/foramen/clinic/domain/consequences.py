"""What follows a correction: what it has to agree with before, and the rows and signatures that it takes with it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from foramen.clinic.domain import adverse
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.assessments import BY_STAFF, reopen
from foramen.clinic.domain.day import next_plan, plan_in_force
from foramen.clinic.domain.dose import impossible as impossible_dose
from foramen.clinic.domain.drugs import drug_faults
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.events import impossible as impossible_event
from foramen.clinic.domain.given import elsewhere_fault, tell_what_differs, unsaid_faults
from foramen.clinic.domain.letter_kept import changes_of_letter
from foramen.clinic.domain.orders import against_triage
from foramen.clinic.domain.pathway import SAID_ALOUD
from foramen.clinic.domain.places import place_faults, side_faults, target_faults, words
from foramen.clinic.domain.referrals import triage_faults
from foramen.clinic.domain.screening import screening_faults
from foramen.clinic.domain.step import finish, prepared
from foramen.clinic.facts.assessment import Assessed
from foramen.clinic.facts.content import Content
from foramen.clinic.facts.day import PainScored
from foramen.clinic.facts.procedure import BrokenOff, Deviation, DoseTyped, TargetGiven
from foramen.clinic.facts.recovery import AdverseEvent, WalkTested
from foramen.clinic.facts.referral import OrderPlaced, ReferralAsked, Triage
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import LIVE, Fact, Order, Referral, Visit
from foramen.clinic.records.facts import Facts, facts_of_referral, facts_of_visit
from foramen.clinic.records.versions import save_changes
from foramen.kernel.errors import Fault, raise_all

PAIN = ("pain_before", "pain_after")


def check(act: Act, old: Fact, content: Content, facts: Facts) -> None:
    """Raise WrongInputError or OutOfOrderError where the corrected content cannot be."""
    if isinstance(content, Triage) and Order.objects.filter(referral=old.referral_id).exists():
        raise OutOfOrderError.single("an order rests on this triage", remedy="correct the order, or close it")
    if isinstance(content, OrderPlaced) and old.order is not None and old.order.used:
        raise OutOfOrderError.single(
            "a session was done on this order", remedy="record a deviation, and ask for a new order"
        )
    if isinstance(content, WalkTested) and (content.walks, old.content["walks"]) == ("yes", "no"):
        raise OutOfOrderError.single(
            "a walking test that failed is not corrected to one that was passed",
            remedy="observe further, end observation, and record a new test",
        )
    raise_all(WrongInputError, _faults(act, old, content, facts))


def _faults(act: Act, old: Fact, content: Content, facts: Facts) -> Iterable[Fault]:
    """What the step that records this kind would say too."""
    match content:
        case PainScored() if f"pain_{content.time}" != old.kind:
            return [Fault("before stays before, and after after", "time", content.time, "make this one void")]
        case TargetGiven() if content.number != old.content["number"]:
            return [Fault("this is another target", "number", str(content.number), "make this one void")]
        case TargetGiven():
            return [*drug_faults(content.drugs), *unsaid_faults(content), *side_faults(content.spot, "spot")]
        case BrokenOff() if content.stage != old.content["stage"]:
            return [Fault("the server knows where the needle was", "stage", content.stage, "record a deviation")]
        case AdverseEvent():
            return impossible_event(act, content)
        case Assessed() if content.mode != old.content["mode"] and content.mode not in BY_STAFF:
            return [Fault("staff has not seen the patient answer by this road", "mode", content.mode, "leave it")]
        case DoseTyped() if old.visit is not None:
            return impossible_dose(old.visit, content)
        case ScreeningSigned() if old.visit is not None:
            return screening_faults(act, old.visit, content, facts.content("screening", ScreeningSigned))
        case _:
            return _place_faults(old, content)


def _place_faults(old: Fact, content: Content) -> Iterable[Fault]:
    """Of what is ordered: whole places, that agree with what they rest on."""
    about = facts_of_referral(old.referral) if old.referral is not None else Facts()
    match content:
        case ReferralAsked():
            return place_faults(content.asked, "asked")
        case Triage():
            asked = about.content("referral", ReferralAsked)
            found = target_faults(content.targets, whole=False)
            return [*found, *(triage_faults(content, asked) if asked else [])]
        case OrderPlaced():
            decided = about.content("triage", Triage)
            return [*target_faults(content.targets), *(against_triage(content, decided) if decided else [])]
        case _:
            return []


def follow(act: Act, new: Fact, content: Content | None) -> None:
    """Bring every row up with what stands now, and have the rules asked anew."""
    if isinstance(content, TargetGiven) and new.visit is not None:
        told = replace(act, why=new.reason)
        plan = plan_in_force(facts_of_visit(new.visit))
        tell_what_differs(told, new.visit, new, elsewhere_fault(plan, content))
    if isinstance(content, Deviation) and content.adverse and new.visit is not None:
        adverse.ask_to_follow(act, new.visit, content.what)
    if new.kind == "assessment" and content is None and new.visit is not None and new.corrects is not None:
        reopen(new.visit, new.corrects.content["timepoint"], facts_of_visit(new.visit))
    if new.kind in PAIN and new.visit is not None:
        score = content.score if isinstance(content, PainScored) else None
        _renew(act, new.visit, new.kind, **{new.kind: score})
    elif new.visit is not None:
        _renew(act, new.visit, new.kind)
    _follow_in_rows(act, new, content)


def _follow_in_rows(act: Act, new: Fact, content: Content | None) -> None:
    match content:
        case ReferralAsked():
            save_changes(_row(Referral, new.referral_id), urgency=content.urgency, referrer=content.referrer)
        case Triage():
            state = Referral.State.DECLINED if content.decision == "declined" else Referral.State.ACCEPTED
            save_changes(_row(Referral, new.referral_id), state=state)
        case OrderPlaced():
            said = words(content.targets)
            order = _row(Order, new.order_id)
            save_changes(order, targets_text=said, modality=content.modality, quantity=content.quantity)
            for visit in Visit.objects.filter(order=order, state__in=LIVE):
                _renew(act, visit, "order", targets_text=said)


def _row(model: Any, key: Any) -> Any:
    return model._default_manager.get(pk=key)


def _renew(act: Act, visit: Visit, kind: str, **changes: Any) -> None:
    """A visit after a correction. Before the needle, another order or no plan is another plan, and so is whatever a
    time-out has said: its consent and its time-out are of the old number, and no longer hold."""
    facts = facts_of_visit(visit)
    signed = facts.has("time_out_technologist") or facts.has("time_out_radiologist")
    if not facts.has("needle_in") and (kind in ("order", "plan") or (signed and kind in SAID_ALOUD)):
        changes["plan"] = next_plan(visit)
    changes |= changes_of_letter(act, visit)
    if kind == "arrival" and not facts.has("arrival"):
        finish(act, visit, state=Visit.State.BOOKED, **changes)
    else:
        prepared(act, visit, **changes)

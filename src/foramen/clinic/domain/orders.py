"""Orders: permission for up to two sessions, add-ons that wait for a slot, and the decision to repeat."""

from collections.abc import Iterator

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.letter_kept import changes_of_letter
from foramen.clinic.domain.numbers import next_number
from foramen.clinic.domain.places import do_not_differ, target_faults, words
from foramen.clinic.domain.times import today_of
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.referral import AddOnAsked, OrderPlaced, RepeatDecided, Triage
from foramen.clinic.models import LIVE, Fact, Order, Referral, Visit
from foramen.clinic.records.facts import facts_of_order, facts_of_referral, record
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, SCHEDULERS
from foramen.clinic.rules import readiness
from foramen.kernel.errors import Fault, raise_all


@verb("place_order", says="Place order", on=Referral, content=OrderPlaced, roles=SCHEDULERS)
def place_order(act: Act, referral: Referral, placed: OrderPlaced) -> Order:
    """An order on an accepted referral, for what the triage has said and nothing else."""
    decided = facts_of_referral(referral).content("triage", Triage)
    if referral.state != Referral.State.ACCEPTED or decided is None:
        label = Referral.State(referral.state).label
        raise OutOfOrderError.single(f"this referral is {label}", remedy="an order needs an accepted referral")
    before = Order.objects.filter(referral=referral, state=Order.State.OPEN).first()
    if before is not None:
        raise OutOfOrderError.single(f"order {before.number} on this referral is open", remedy="book on that order")
    raise_all(WrongInputError, [*target_faults(placed.targets), *against_triage(placed, decided)])
    save_changes(referral)
    order = Order.objects.create(
        site=act.site, referral=referral, patient=referral.patient, number=next_number(act, Order),
        ordered_on=today_of(act), quantity=placed.quantity, modality=placed.modality,
        targets_text=words(placed.targets),
    )  # fmt: skip
    role = act.role_for(SCHEDULERS)
    record(act, "order", placed, role, patient=referral.patient, referral=referral, order=order)
    return order


def against_triage(placed: OrderPlaced, decided: Triage) -> Iterator[Fault]:
    if not do_not_differ(decided.targets, placed.targets):
        yield Fault(
            f"order and triage differ: the order says {words(placed.targets)}, the triage says "
            f"{words(decided.targets)}", "targets", "", "order what was decided, or correct the triage",
        )  # fmt: skip
    if decided.modality is not None and decided.modality != placed.modality:
        yield Fault(
            f"order and triage differ: the order says {placed.modality}, the triage says {decided.modality}",
            "modality", "", "order what was decided, or correct the triage",
        )  # fmt: skip


@verb("ask_add_on", says="Ask for a slot today", on=Order, content=AddOnAsked, roles=SCHEDULERS)
def ask_add_on(act: Act, order: Order, asked: AddOnAsked) -> Order:
    """The patient waits for a slot from now on."""
    check_open(order)
    if order.waiting_since is not None:
        raise OutOfOrderError.single("this patient waits for a slot already", remedy="book a slot on the order")
    save_changes(order, waiting_since=act.at)
    record(act, "add_on", asked, act.role_for(SCHEDULERS), patient=order.patient, referral=order.referral, order=order)
    return order


@verb("decide_repeat", says="Decide on the repeat", on=Order, content=RepeatDecided, roles=DOCTORS)
def decide_repeat(act: Act, order: Order, decided: RepeatDecided) -> Fact:
    """A radiologist decides on the second session, once there has been a first; the last decision counts."""
    if order.state == Order.State.CLOSED:
        raise OutOfOrderError.single("this order is closed", remedy="ask the referrer for a new order")
    if not order.used:
        raise OutOfOrderError.single(
            "there has been no session on this order yet", remedy="decide on the repeat after the first one"
        )
    raise_all(WrongInputError, _repeat_faults(decided))
    role = act.role_for(DOCTORS)
    fact = record(act, "repeat", decided, role, patient=order.patient, referral=order.referral, order=order)
    if decided.decision == "no repeat" and order.waiting_since is not None:
        save_changes(order, waiting_since=None)
    for visit in Visit.objects.filter(order=order, state__in=LIVE, needle_in_at=None):
        save_changes(visit, targets_text=targets_text_of(order), **changes_of_letter(act, visit))
        readiness.refresh(visit)
    return fact


def _repeat_faults(decided: RepeatDecided) -> Iterator[Fault]:
    yield from target_faults(decided.targets)
    if decided.decision == "no repeat" and decided.targets:
        yield Fault("nothing is treated without a repeat", "targets", "", "take the targets out, or decide to repeat")


def targets_text_of(order: Order) -> str:
    """What the next visit on an order treats, in words: the second session may be at another level (RP-1)."""
    decided = facts_of_order(order).content("repeat", RepeatDecided) if order.used else None
    return words(decided.targets) if decided and decided.targets else order.targets_text


def check_open(order: Order) -> None:
    """Whether another visit may be booked on an order: one to come at most, and the second only once a radiologist has
    decided to repeat since the first (RP-1, RP-4)."""
    if order.state != Order.State.OPEN or order.used >= order.quantity:
        used = f"all {order.quantity} sessions of" if order.quantity > 1 else "the one session of"
        label = "is closed" if order.state == Order.State.CLOSED else "are used" if order.quantity > 1 else "is used"
        what = f"order {order.number} {label}" if label == "is closed" else f"{used} order {order.number} {label}"
        raise OutOfOrderError.single(what, remedy="ask the referrer for a new order")
    coming = Visit.objects.filter(order=order, state__in=LIVE, needle_in_at=None).first()
    if coming is not None:
        raise OutOfOrderError.single(
            f"visit {coming.number} on this order is still to come", remedy="move that visit, or cancel it"
        )
    if order.used and not _is_released(order):
        raise OutOfOrderError.single(
            "the second session of an order is released by a radiologist's decision to repeat, made after the first",
            remedy="let a radiologist decide on the repeat",
        )


def _is_released(order: Order) -> bool:
    decided = facts_of_order(order).last("repeat")
    if decided is None or not isinstance(decided.content, RepeatDecided) or decided.content.decision != "repeat":
        return False
    needles = Visit.objects.filter(order=order, needle_in_at__isnull=False).values_list("needle_in_at", flat=True)
    return all(decided.fact.recorded_at >= one for one in needles if one is not None)

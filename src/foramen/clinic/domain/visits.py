"""Visits: booked, moved, cancelled. Whatever changes the slot asks every rule anew."""

from datetime import timedelta

from foramen.catalogue.decision import Decision, Outcome
from foramen.clinic.domain import adverse
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import Booking, Cancellation, Move
from foramen.clinic.domain.errors import GateError, OutOfOrderError, StaleError, WrongInputError
from foramen.clinic.domain.lookup import person_here
from foramen.clinic.domain.numbers import next_number
from foramen.clinic.domain.orders import check_open, targets_text_of
from foramen.clinic.domain.planning import DRIVER, ask_for_driver, ask_rules
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.slots import Slot, read_slot, take_slot
from foramen.clinic.domain.times import day_at, today_of
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.booking import Moved, VisitCancelled
from foramen.clinic.models import Order, Task, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, SCHEDULERS
from foramen.clinic.rules import readiness
from foramen.clinic.rules.gates import Judged
from foramen.kernel.errors import Fault

SHORT_NOTICE = timedelta(days=1)
"""A visit that is nearer than this is moved with a reason."""

AT_BOOKING = ("RP-1", "RP-3", "RP-4")
"""Rules that a booking rests on. What RP-2 asks for is done in the visit itself."""

BEFORE_NEEDLE = (Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY, Visit.State.ROOM)


@verb("book", says="Book", on=Order, content=Booking, roles=SCHEDULERS)
def book(act: Act, order: Order, wanted: Booking) -> Visit:
    """A visit on an order, in a free slot of a room with the order's modality."""
    check_open(order)
    slot = read_slot(act, order, wanted.room, wanted.start, wanted.minutes)
    if wanted.add_on and slot.day != today_of(act):
        raise WrongInputError.single("an add-on is for today", where="start", remedy="book it without “add-on”")
    radiologist = slot.radiologist
    if wanted.radiologist is not None:
        radiologist = person_here(act, wanted.radiologist, DOCTORS, slot.day, "radiologist")
    save_changes(order, waiting_since=None)
    take_slot(slot, order.patient)
    visit = Visit.objects.create(
        site=act.site, order=order, patient=order.patient, room=slot.room, radiologist=radiologist,
        number=next_number(act, Visit), start=slot.start, minutes=slot.minutes, add_on=wanted.add_on,
        state_at=act.at, targets_text=targets_text_of(order),
    )  # fmt: skip
    ask_for_driver(act, visit, told=False)
    _refuse_repeat(ask_rules(act, visit, "book"))
    readiness.refresh(visit)
    return visit


@verb("move", says="Move", on=Visit, content=Move, roles=SCHEDULERS)
def move(act: Act, visit: Visit, wanted: Move) -> Visit:
    """Another slot. Every rule is asked anew, and the letter no longer holds: a new one is made and acknowledged."""
    _check_free_to_change(visit, wanted.version)
    slot = read_slot(act, visit.order, wanted.room, wanted.start, visit.minutes)
    _check_move(act, visit, slot, wanted.reason)
    take_slot(slot, visit.patient, but=visit)
    letter = visit.letter
    said = Moved(
        from_room=str(visit.room), from_start=visit.start, room=str(slot.room), start=slot.start, letter=letter,
        reason=wanted.reason,
    )  # fmt: skip
    here = {} if visit.state == Visit.State.BOOKED else {"state": Visit.State.ARRIVED}
    save_changes(
        visit, wanted.version, room=slot.room, start=slot.start, letter=letter + 1 if letter else 0,
        radiologist=_radiologist_of(act, visit, slot), **here,
    )  # fmt: skip
    sign(act, visit, "moved", said, act.role_for(SCHEDULERS))
    if Task.objects.filter(visit=visit, kind=DRIVER, state=Task.State.OPEN).exists():
        ask_for_driver(act, visit, told=False)
    _refuse_repeat(ask_rules(act, visit, "move"))
    readiness.refresh(visit)
    return visit


@verb("cancel", says="Cancel", on=Visit, content=Cancellation, roles=SCHEDULERS)
def cancel(act: Act, visit: Visit, wanted: Cancellation) -> Visit:
    """A visit that will not be. Its slot is free again, and the order keeps the session."""
    _check_free_to_change(visit, wanted.version)
    save_changes(visit, wanted.version, state=Visit.State.CANCELLED, state_at=act.at)
    sign(act, visit, "cancelled", VisitCancelled(reason=wanted.reason), act.role_for(SCHEDULERS))
    for task in Task.objects.filter(visit=visit, state=Task.State.OPEN).exclude(kind=adverse.KIND):
        save_changes(task, state=Task.State.VOID, done_at=act.at)
    readiness.refresh(visit)
    return visit


def _check_free_to_change(visit: Visit, seen: int) -> None:
    """Before the needle only, and only the version that was seen."""
    if visit.version != seen:
        raise StaleError(
            Fault("somebody else changed this visit while you were at it", received=f"version {seen}"),
            theirs={
                "room": str(visit.room), "start": visit.start, "state": visit.get_state_display(),
                "version": visit.version,
            },
        )  # fmt: skip
    if visit.needle_in_at is not None:
        raise OutOfOrderError.single(
            "the needle has been in: this visit can neither be moved nor cancelled",
            remedy="record what happened; book a new visit for what is left",
        )
    if visit.state not in BEFORE_NEEDLE:
        raise OutOfOrderError.single(
            f"this visit is {visit.get_state_display()}", remedy="book a new visit on the order"
        )


def _check_move(act: Act, visit: Visit, slot: Slot, reason: str) -> None:
    if (visit.room_id, visit.start) == (slot.room.pk, slot.start):
        raise WrongInputError.single("this is the slot it has", where="start", remedy="choose another slot")
    if visit.start - act.at < SHORT_NOTICE and not reason:
        raise WrongInputError.single(
            "this visit is less than a day away: moving it needs a reason", where="reason", remedy="say why"
        )
    if visit.state != Visit.State.BOOKED and not _is_later_today(visit, slot):
        raise WrongInputError.single(
            "this patient has arrived: only a later slot of the same day is possible", where="start",
            remedy="choose a later slot today, or cancel the visit with a reason",
        )  # fmt: skip


def _is_later_today(visit: Visit, slot: Slot) -> bool:
    return slot.start > visit.start and slot.day == day_at(visit.site, visit.start)


def _radiologist_of(act: Act, visit: Visit, slot: Slot) -> object:
    """In another room or on another day it is that crew's radiologist; the one it had, where there is no crew yet."""
    same = visit.room_id == slot.room.pk and slot.day == day_at(act.site, visit.start)
    return visit.radiologist if same else slot.radiologist or visit.radiologist


def _refuse_repeat(judged: Judged) -> None:
    """A booking stands only if the order has a session left, still holds, and may be repeated by then."""
    stopping = [one for one in judged.decisions if one.rule in AT_BOOKING and _stops(one)]
    if stopping:
        faults = [Fault(_why(one), "start", one.outcome.value, _remedy(one)) for one in stopping]
        raise GateError(*faults, keep=_nothing, decisions=tuple(one.to_json() for one in stopping))


def _stops(decision: Decision) -> bool:
    """The decision to repeat is a person's, and is made before the booking; other open decisions are shown with it."""
    open_ = decision.rule == "RP-4" and decision.outcome is Outcome.DECIDE
    return open_ or decision.outcome in (Outcome.STOP, Outcome.HOLD)


def _why(decision: Decision) -> str:
    worst = [one.reason for one in decision.findings if one.outcome is decision.outcome]
    return " ".join(worst or decision.reasons)


def _remedy(decision: Decision) -> str:
    return "; ".join(one.what for one in decision.todos) or "book another day"


def _nothing() -> None:
    """The visit that was judged does not exist."""

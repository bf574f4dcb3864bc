"""The ways out that the board offers beside each reason: a page that mends it, or a slot in which the hold is over."""

from collections.abc import Sequence
from dataclasses import replace

from foramen.clinic.models import Visit
from foramen.clinic.pages.board.day import Card, Day, RoomDay
from foramen.clinic.pages.board.readiness import GRAVITY, Line, Proposal, way_out
from foramen.clinic.pages.bookings.slots import FreeSlot
from foramen.clinic.pages.links import link_for
from foramen.clinic.rights.gatekeeper import ClinicRequest

_MOVABLE = (Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY)
_HASH = 8
"""Digits of a visit's key that tell it from the others of a day."""


def with_ways(request: ClinicRequest, day: Day) -> Day:
    """The same day, each reason with its ways out for whoever asks. No query."""
    return replace(day, rooms=tuple(_room(request, day, one) for one in day.rooms))


def _room(request: ClinicRequest, day: Day, room: RoomDay) -> RoomDay:
    rows = [replace(one, lines=_lines(request, day, room, one)) if isinstance(one, Card) else one for one in room.rows]
    return replace(room, rows=rows)


def _lines(request: ClinicRequest, day: Day, room: RoomDay, card: Card) -> Sequence[Line]:
    if card.done:
        return ()
    move = proposal(request, day, room, card)
    return tuple(
        Line(one, way_out(request, one, card.visit), move if one.outcome == "HOLD" else None) for one in card.shown.whys
    )


def proposal(request: ClinicRequest, day: Day, room: RoomDay, card: Card) -> Proposal | None:
    """The free slot of the day in which the hold is over: this room before others, the earliest first."""
    ends, address = card.shown.until, link_for(request, "move", card.visit.pk, method="POST")
    if ends is None or not address or card.visit.state not in _MOVABLE:
        return None
    fitting = [one.slot for one in day.free if one.start >= ends and _alike(one.slot, room, card)]
    if not fitting:
        return None
    slot = min(fitting, key=lambda one: (one.start, one.room.pk != room.room.pk))
    where = "this room" if slot.room.pk == room.room.pk else slot.room.name
    return Proposal(f"Move to {slot.local:%H:%M}, {where}", address, str(slot.room.pk), slot.typed)


def _alike(slot: FreeSlot, room: RoomDay, card: Card) -> bool:
    return slot.room.modality == room.room.modality and slot.minutes >= card.visit.minutes


def seen(room: RoomDay) -> str:
    """How grave each visit is shown, without a name, for the next time that the room is asked for."""
    return "".join(f"{one.visit.pk.hex[:_HASH]}{GRAVITY.index(one.shown.worst)}" for one in room.cards)


def worsened(room: RoomDay, before: str) -> Sequence[str]:
    """What got worse since a room was shown, in words to be read aloud."""
    parts = [before[at : at + _HASH + 1] for at in range(0, len(before), _HASH + 1)]
    was = {part[:_HASH]: int(part[_HASH]) for part in parts if part[_HASH:].isdigit()}
    return [
        f"{card.visit.patient.name}: {card.shown.worst}. {card.shown.whys[0].word if card.shown.whys else ''}".strip()
        for card in room.cards
        if GRAVITY.index(card.shown.worst) > max(was.get(card.visit.pk.hex[:_HASH], len(GRAVITY)), _QUIET)
    ]


_QUIET = GRAVITY.index("later")

"""The slots of a room on a day: which are taken, which are free, and when the room is closed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from foramen.catalogue.instants import Moment, local_of, safer_moment
from foramen.clinic.models import Order, Room, Visit

FREED = (Visit.State.CANCELLED, Visit.State.ABORTED)
"""States of a visit that leaves its slot to others."""


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A slot that can be booked. `start` is an instant; `local` is what the clocks of the site show then."""

    room: Room
    start: datetime
    minutes: int
    local: datetime

    @property
    def typed(self) -> str:
        """As a form sends it: local time of the site."""
        return f"{self.local:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True)
class Closed:
    """Hours in which the room takes nobody."""

    start: datetime
    ends: datetime
    opens: str
    closes: str
    words: str


@dataclass(frozen=True, slots=True)
class _Taken:
    start: datetime
    ends: datetime


def closed_hours(room: Room, day: date, zone: str) -> Sequence[Closed]:
    """The breaks of a room on a day, in order."""
    found = (
        Closed(_instant(day, _clock(one["from"]), zone), _instant(day, _clock(one["to"]), zone), one["from"],
               one["to"], one.get("words") or "closed")
        for one in room.breaks
    )  # fmt: skip
    return sorted(found, key=lambda one: one.start)


def free_slots(room: Room, day: date, zone: str, visits: Iterable[Visit], now: datetime) -> Sequence[FreeSlot]:
    """The slots of a room that are still to come and not taken by one of `visits`."""
    opens, closes = _instant(day, room.opens, zone), _instant(day, room.closes, zone)
    taken: list[Closed | Visit | _Taken] = [*closed_hours(room, day, zone)]
    taken += [one for one in visits if one.state not in FREED]
    taken.append(_Taken(closes, closes))
    return tuple(one for one in _gaps(room, zone, opens, taken) if one.start >= now)


def _gaps(room: Room, zone: str, opens: datetime, taken: Iterable[Any]) -> Iterator[FreeSlot]:
    """Whole slots between what is taken."""
    at, length = opens, timedelta(minutes=room.slot_minutes)
    for one in sorted(taken, key=lambda part: part.start):
        while at + length <= one.start:
            yield FreeSlot(room, at, room.slot_minutes, local_of(Moment(at, zone)))
            at += length
        at = max(at, one.ends)


def fits(order: Order, slot: FreeSlot) -> bool:
    """Whether an order that waits can be done in this slot."""
    return order.modality == slot.room.modality


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The first instant of a local day and of the next."""
    return _instant(day, time(), zone), _instant(day + timedelta(days=1), time(), zone)


def _instant(day: date, at: time, zone: str) -> datetime:
    return safer_moment(datetime.combine(day, at), zone, "procedure").utc


def _clock(text: str) -> time:
    return time.fromisoformat(text)

"""Slots: a room of the site from an instant on, inside its hours, and nobody else's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import F, Q

from foramen.catalogue.instants import Moment, local_of
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.lookup import row_here
from foramen.clinic.domain.times import clock_at, day_at, instant_of
from foramen.clinic.models import Crew, Order, Patient, Person, Room, Visit
from foramen.kernel.errors import Fault, raise_all

LONGEST = timedelta(minutes=240)
AHEAD = timedelta(days=730)
"""How far ahead a visit can be booked; a later one is a slip of the year."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A room for some minutes from an instant on, and its local day."""

    room: Room
    start: datetime
    minutes: int
    day: date

    @property
    def ends(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def radiologist(self) -> Person | None:
        """The radiologist of the room's crew that day."""
        crew = Crew.objects.filter(room=self.room, on=self.day).select_related("radiologist").first()
        return crew.radiologist if crew else None


def read_slot(act: Act, order: Order, room_key: UUID, local: datetime, minutes: int | None) -> Slot:
    """A slot as it was asked for: in a room with the modality of the order, inside its hours, and not in the past."""
    room = row_here(act, Room, room_key, "room")
    start = instant_of(act, local, "start")
    slot = Slot(room, start, minutes or room.slot_minutes, day_at(act.site, start))
    faults = []
    if room.modality != order.modality:
        faults.append(
            Fault(f"{room} has {room.modality}, and the order asks for {order.modality}", "room", "",
                  f"choose a room with {order.modality}")
        )  # fmt: skip
    if start < act.at:
        faults.append(Fault("this slot is in the past", "start", f"{local:%Y-%m-%d %H:%M}", "choose a later one"))
    if start > act.at + AHEAD:
        faults.append(Fault("this is more than two years ahead", "start", f"{local:%Y-%m-%d}", "look at the year"))
    raise_all(WrongInputError, [*faults, *_outside_hours(act, slot)])
    return slot


def _outside_hours(act: Act, slot: Slot) -> Iterator[Fault]:
    """Opening hours and breaks are local times of every day."""
    begins, ends = (local_of(Moment(one, act.site.zone)) for one in (slot.start, slot.ends))
    asked, room = f"{begins:%H:%M} to {ends:%H:%M}", slot.room
    if begins.date() != ends.date() or begins.time() < room.opens or ends.time() > room.closes:
        open_ = f"{room} is open from {room.opens:%H:%M} to {room.closes:%H:%M}"
        yield Fault(open_, "start", asked, "choose a slot within")
    for one in room.breaks:
        if begins.time() < time.fromisoformat(one["to"]) and ends.time() > time.fromisoformat(one["from"]):
            what = f"{room} takes nobody from {one['from']} to {one['to']}: {one.get('words') or 'break'}"
            yield Fault(what, "start", asked, "choose another slot")


def take_slot(slot: Slot, patient: Patient, but: Visit | None = None) -> None:
    """Refuse a slot in which the room or the patient has another visit. Whoever asks second for a room, or for
    the same patient, waits here until the first is done, also on a database that lets several write at once."""
    Room.objects.filter(pk=slot.room.pk).update(place=F("place"))
    Patient.objects.filter(pk=patient.pk).update(language=F("language"))
    near = Visit.objects.filter(
        Q(room=slot.room) | Q(patient=patient), start__lt=slot.ends, start__gt=slot.start - LONGEST
    ).exclude(state__in=(Visit.State.CANCELLED, Visit.State.ABORTED))
    for other in near.select_related("site"):
        if other.ends > slot.start and other != but:
            span = f"{clock_at(other.site, other.start)} to {clock_at(other.site, other.ends)}"
            what = f"{slot.room} is taken" if other.room_id == slot.room.pk else "this patient has another visit"
            raise WrongInputError.single(f"{what} from {span}", where="start", remedy="choose another slot")

"""What the day board shows: rooms, their visits, slots and closed hours, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from foramen.clinic.domain.times import clock_at, day_at
from foramen.clinic.models import Crew, Fact, Order, Room, Site, Visit
from foramen.clinic.pages.board.readiness import Line, Shown, shown_of
from foramen.clinic.pages.bookings.slots import Closed, FreeSlot, closed_hours, day_bounds, fits, free_slots
from foramen.clinic.pages.paging import age_on
from foramen.clinic.pages.targets import Told, short, told
from foramen.clinic.records.facts import standing_facts
from foramen.clinic.rules.policies import set_by_site

LATE_FROM = 5
"""Minutes from which on a room is said to be late."""

_TIME_OUTS = ("time_out_technologist", "time_out_radiologist")
_WAITING = (Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY)
_GONE = (Visit.State.HOME, Visit.State.ABORTED)


@dataclass(frozen=True, slots=True)
class Card:
    """One visit on the board."""

    visit: Visit
    who: str
    targets: Sequence[Told]
    place: int
    shown: Shown
    note: str = ""
    lines: Sequence[Line] = ()

    kind = "visit"

    @property
    def start(self) -> datetime:
        return self.visit.start

    @property
    def done(self) -> bool:
        return self.visit.state in _GONE

    @property
    def line(self) -> str:
        """What a visit that is over is told in."""
        before, after = self.visit.pain_before, self.visit.pain_after
        pain = f", pain {_score(before)} to {_score(after)}" if self.visit.needle_out_at else ""
        return short(self.visit.targets_text) + pain

    @property
    def since(self) -> datetime | None:
        """When it came to where it is; a booking has no such time."""
        return None if self.visit.state == Visit.State.BOOKED else self.visit.state_at

    @property
    def label(self) -> str:
        """The name of the strip."""
        what = "Discharge" if self.visit.state == Visit.State.RECOVERY else "Readiness"
        return f"{what} of {self.visit.patient.name}"

    @property
    def css(self) -> str:
        return f"visit--{self.visit.state}"


@dataclass(frozen=True, slots=True)
class Free:
    """A free slot on the board, with the orders that wait and fit in it, or for whom it is proposed."""

    slot: FreeSlot
    fitting: Sequence[Order]
    proposed_to: str = ""

    kind = "free"

    @property
    def start(self) -> datetime:
        return self.slot.start

    @property
    def anchor(self) -> str:
        """The id of the slot in the page."""
        return f"free-{self.slot.room.code}-{self.slot.local:%H%M}"


@dataclass(frozen=True, slots=True)
class Shut:
    """Closed hours on the board."""

    hours: Closed

    kind = "closed"

    @property
    def start(self) -> datetime:
        return self.hours.start


@dataclass(frozen=True, slots=True)
class RoomDay:
    """One room of the board."""

    room: Room
    crew: Crew | None
    rows: Sequence[Card | Free | Shut]
    now_before: int | None
    punctual: str
    now_text: str

    @property
    def cards(self) -> Sequence[Card]:
        return [one for one in self.rows if isinstance(one, Card)]

    @property
    def free(self) -> Sequence[Free]:
        return [one for one in self.rows if isinstance(one, Free)]

    @property
    def crew_names(self) -> str:
        people = (self.crew.radiologist, self.crew.technologist) if self.crew else ()
        return ", ".join(str(one) for one in people if one)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a site."""

    site: Site
    on: date
    now: datetime
    rooms: Sequence[RoomDay]
    waiting: Sequence[Order] = field(default=())

    @property
    def cards(self) -> Iterator[Card]:
        return (card for room in self.rooms for card in room.cards)

    @property
    def free(self) -> Iterator[Free]:
        return (free for room in self.rooms for free in room.free)


def visits_of_day(site: Site, day: date) -> Sequence[tuple[Visit, int]]:
    """The visits of a local day that were not cancelled, each with the number of its session on the order."""
    first, after = day_bounds(day, site.zone)
    before = (
        Visit.objects.filter(order=OuterRef("order"), needle_in_at__isnull=False, start__lt=OuterRef("start"))
        .order_by().values("order").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    found = (
        Visit.objects.filter(site=site, start__gte=first, start__lt=after)
        .exclude(state=Visit.State.CANCELLED)
        .select_related("patient", "order", "room", "site")
        .annotate(place=Coalesce(Subquery(before), 0) + 1)
        .order_by("start", "pk")
    )
    return [(one, one.place) for one in found]


def waiting_orders(site: Site) -> Sequence[Order]:
    """The orders that wait for a slot, the oldest first."""
    found = Order.objects.filter(site=site, waiting_since__isnull=False, state=Order.State.OPEN)
    return list(found.select_related("patient").order_by(F("waiting_since").asc(), "pk")[:50])


def day_of_site(site: Site, day: date, now: datetime) -> Day:
    """A day of all rooms of a site."""
    rooms = list(Room.objects.filter(site=site))
    crews = Crew.objects.filter(room__site=site, on=day).select_related("radiologist", "technologist")
    crew_of = {one.room_id: one for one in crews}
    places = visits_of_day(site, day)
    found = [visit for visit, _ in places]
    visits: dict[UUID, list[Visit]] = defaultdict(list)
    for visit in found:
        visits[visit.room_id].append(visit)
    waiting = waiting_orders(site)
    numbers = {one.pk: place for one, place in places}
    build = _Builder(site, day, now, waiting, shown_of(found, now), _notes(found, site), numbers)
    shown = tuple(build.room(one, crew_of.get(one.pk), visits[one.pk]) for one in rooms)
    return Day(site, day, now, shown, waiting)


@dataclass(frozen=True, slots=True)
class _Builder:
    site: Site
    day: date
    now: datetime
    waiting: Sequence[Order]
    readiness: Mapping[Any, Shown]
    notes: Mapping[Any, str]
    places: Mapping[Any, int]

    def room(self, room: Room, crew: Crew | None, visits: Sequence[Visit]) -> RoomDay:
        cards = [self.card(one) for one in visits]
        asked = {one.shown.until: one.visit.patient.name for one in cards if one.shown.until and not one.done}
        slots = free_slots(room, self.day, self.site.zone, visits, self.now)
        free = [
            Free(one, [order for order in self.waiting if fits(order, one)], asked.get(one.start, "")) for one in slots
        ]
        shut = [Shut(one) for one in closed_hours(room, self.day, self.site.zone)]
        rows: list[Card | Free | Shut] = [*cards, *free, *shut]
        rows.sort(key=lambda one: one.start)
        now_text = f"{self.now.astimezone(ZoneInfo(self.site.zone)):%H:%M:%S}"
        return RoomDay(room, crew, rows, self._now_before(rows), _punctual(visits, self.now), now_text)

    def card(self, visit: Visit) -> Card:
        patient, shown = visit.patient, self.readiness[visit.pk]
        return Card(
            visit, f"{age_on(patient.born, self.day)} {patient.sex[0].upper()}", told(visit.targets_text),
            self.places[visit.pk], shown, self.notes.get(visit.pk) or _half_signed(shown),
        )  # fmt: skip

    def _now_before(self, rows: Sequence[Card | Free | Shut]) -> int | None:
        """Before which row the line of now stands; none on another day, or after the last row."""
        if not rows or day_at(self.site, self.now) != self.day:
            return None
        return next((place for place, one in enumerate(rows) if one.start > self.now), None)


def _notes(visits: Iterable[Visit], site: Site) -> Mapping[Any, str]:
    """For visits in the room: who has signed the time-out, until when it holds, and when the needle went in. At most
    two queries."""
    inside = [one for one in visits if one.state == Visit.State.ROOM]
    signed: dict[Any, dict[str, Fact]] = defaultdict(dict)
    for fact in standing_facts(_TIME_OUTS, visit__in=inside):
        signed[fact.visit_id][fact.kind] = fact
    valid = set_by_site(site, "before-needle", "timeout_valid_min") if signed else None
    return {one.pk: _note(one, list(signed[one.pk].values()), site, valid) for one in inside}


def _note(visit: Visit, signed: Sequence[Fact], site: Site, valid: Any) -> str:
    """`valid` is for how many minutes a time-out holds, where the site has set it."""
    last = max((one.happened_at for one in signed), default=None) if len(signed) == len(_TIME_OUTS) else None
    until = f", valid until {clock_at(site, last + timedelta(minutes=float(valid)))}" if last and valid else ""
    time_out = f"Time-out {clock_at(site, last)}{until}." if last else ""
    needle = f"Needle-in {clock_at(site, visit.needle_in_at)}." if visit.needle_in_at else ""
    return f"{time_out} {needle}".strip()


def _half_signed(shown: Shown) -> str:
    """Who has signed the time-out, while the other one has not."""
    cell = next((one for one in shown.cells if one["name"] == "Time-out" and one["word"]), None)
    return f"Time-out open: {cell['says']}" if cell else ""


def _punctual(visits: Iterable[Visit], now: datetime) -> str:
    """How late the room is: how long past its start the next visit waits, or the one inside went in."""
    late = [now - one.start for one in visits if one.state in _WAITING and one.start <= now < one.start + _HOURS]
    late += [one.state_at - one.start for one in visits if one.state == Visit.State.ROOM]
    minutes = max((one // timedelta(minutes=1) for one in late), default=0)
    return f"{minutes} min late" if minutes >= LATE_FROM else "on time"


_HOURS = timedelta(hours=12)


def _score(value: int | None) -> str:
    return "not obtained" if value is None else str(value)

"""The counters in the head of the board, and the lists below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foramen.clinic.domain.times import clock_at, day_at
from foramen.clinic.models import LIVE, Order, Site, Task
from foramen.clinic.pages.board.day import Day
from foramen.clinic.pages.bookings.slots import fits
from foramen.clinic.pages.links import link_for
from foramen.clinic.rights.gatekeeper import ClinicRequest

LATE_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Gauge:
    """One counter; a link to its list."""

    n: int
    label: str
    small: str
    address: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """A follow-up whose window is over."""

    task: Task
    days: int

    @property
    def words(self) -> str:
        return f"{self.days} day{'s' if self.days != 1 else ''} late"


@dataclass(frozen=True, slots=True)
class LateList:
    """The follow-ups whose window is over: how many, and the oldest."""

    n: int
    oldest: Sequence[Late]


@dataclass(frozen=True, slots=True)
class Waits:
    """An order that waits, with the free slots of the day in which it fits."""

    order: Order
    slots: str


def late_list(site: Site, now: datetime) -> LateList:
    """Two queries."""
    today = day_at(site, now)
    late = Task.objects.filter(site=site, state=Task.State.OPEN, closes_on__lt=today)
    oldest = late.select_related("patient", "visit").order_by("closes_on", "pk")[:LATE_SHOWN]
    return LateList(late.count(), [Late(one, (today - one.closes_on).days) for one in oldest])


def waits(day: Day) -> Sequence[Waits]:
    return [Waits(order, _slots(day, order)) for order in day.waiting]


def _slots(day: Day, order: Order) -> str:
    fitting = sorted((one.slot for one in day.free if fits(order, one.slot)), key=lambda slot: slot.start)
    return ", ".join(f"{slot.local:%H:%M} {slot.room.name}" for slot in fitting[:2]) or "no free slot"


def gauges(request: ClinicRequest, day: Day, late: LateList) -> Sequence[Gauge]:
    """The counters, from what the page shows anyway. No query."""
    stopped = [card for card in day.cards if card.visit.state in LIVE and card.shown.has("STOP")]
    first_stop = min((card.start for card in stopped), default=None)
    first_free = min((one.start for one in day.free), default=None)
    oldest = min((one.waiting_since for one in day.waiting if one.waiting_since), default=None)
    return (
        Gauge(late.n, "Late follow-ups", f"oldest {late.oldest[0].days} days past window" if late.oldest else "none",
              "#late", "hold" if late.n else ""),
        Gauge(len(stopped), "STOP today", _first("first at", first_stop, day),
              next((f"#v-{card.visit.pk}" for card in stopped if card.start == first_stop), "#legend")),
        Gauge(len(day.waiting), "Add-ons waiting", _first("oldest asked", oldest, day),
              link_for(request, "waiting") or "#addons"),
        Gauge(sum(1 for _ in day.free), "Free slots", _first("first at", first_free, day),
              next((f"#{one.anchor}" for one in day.free if one.start == first_free), "#legend")),
    )  # fmt: skip


def _first(words: str, instant: datetime | None, day: Day) -> str:
    return "none" if instant is None else f"{words} {clock_at(day.site, instant)}"

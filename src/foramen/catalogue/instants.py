"""Local times, instants and holds: the T-rules of the antithrombotic policy, for any site in any zone.

Times come from the IANA database of the pinned `tzdata` package, never from the copy of the operating system: zones are
read from the package's own files, so nothing that another library has cached or configured can take their place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

import tzdata

from foramen.kernel.errors import DataError

TZDATA = str(tzdata.IANA_VERSION)
"""Version of the time zone database that every decision records."""

Purpose = Literal["last_dose", "procedure", "restart"]
Which = Literal["earlier", "later"]

_SAFER: dict[Purpose, int] = {"last_dose": -1, "procedure": 0, "restart": -1}
"""Which of two instants of an ambiguous time is safer (T6): the later dose, the earlier needle, the later restart."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant with the zone of the site, in which people are told of it."""

    utc: datetime
    zone: str

    def to_json(self) -> dict[str, str]:
        return {"utc": self.utc.isoformat(), "local": local_of(self).isoformat(), "zone": self.zone}


@cache
def _names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """A zone by its IANA name."""
    if name not in _names():
        raise DataError.single(
            "this is no time zone", where="zone", received=name, remedy="an IANA name such as Europe/Zurich"
        )
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


@lru_cache(maxsize=1024)
def instants_of(local: datetime, name: str) -> tuple[datetime, ...]:
    """The UTC instants at which clocks show a local time: none in the gap of spring, two in the fold of autumn."""
    place = zone(name)
    found = {local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)}
    shown = local.replace(fold=0)
    return tuple(sorted(one for one in found if one.astimezone(place).replace(tzinfo=None, fold=0) == shown))


def moment_of(local: datetime, name: str, *, which: Which | None = None, where: str) -> Moment:
    """A local time that somebody entered. One that does not exist is refused; one that occurs twice needs `which`."""
    found, received = instants_of(local, name), f"{local:%Y-%m-%d %H:%M} {name}"
    if not found:
        raise DataError.single(
            "clocks went forward: this local time does not exist", where=where, received=received,
            remedy="look at the clock again, and enter a time before or after the change",
        )  # fmt: skip
    if len(found) == 2 and which is None:
        raise DataError.single(
            "clocks went back: this local time occurs twice", where=where, received=received,
            remedy="say earlier or later; if nobody knows, say unknown, and the safer one is used",
        )  # fmt: skip
    return Moment(found[-1] if which == "later" else found[0], name)


def safer_moment(local: datetime, name: str, purpose: Purpose) -> Moment:
    """A local time that is ambiguous and stays so: the instant that is safer for its purpose."""
    found = instants_of(local, name)
    return Moment(found[_SAFER[purpose]] if found else _after_gap(local, name), name)


def _after_gap(local: datetime, name: str) -> datetime:
    """The instant at which the clocks jumped over a local time."""
    place = zone(name)
    before = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=place, fold=0).astimezone(UTC)
    offset = before.astimezone(place).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(place).utcoffset() == offset else (before, middle)
    return after


@lru_cache(maxsize=1024)
def start_of_day(day: date, name: str) -> Moment:
    """The first instant of a local day, also where midnight does not exist."""
    return safer_moment(datetime.combine(day, time()), name, "procedure")


@lru_cache(maxsize=1024)
def end_of_day(day: date, name: str) -> Moment:
    """A dose known by its date alone is taken to be of the last second of that local day (T5)."""
    return safer_moment(datetime.combine(day, time(23, 59, 59)), name, "last_dose")


def local_of(moment: Moment) -> datetime:
    """What the clocks of the site show."""
    return moment.utc.astimezone(zone(moment.zone))


def day_of(moment: Moment) -> date:
    """The local date at the site."""
    return local_of(moment).date()


def elapsed_since(earlier: Moment, later: Moment) -> timedelta:
    """Elapsed time, never the difference of what clocks show (T2)."""
    return later.utc - earlier.utc


@lru_cache(maxsize=1024)
def latest_before(start: Moment, hours: int) -> Moment:
    """The latest permitted last dose (T3): the earlier of so many hours elapsed and so many by the clock, up to the
    whole minute before."""
    by_clock = _shifted(start, -hours)
    found = instants_of(by_clock, start.zone)
    clock = found[0] if found else _after_gap(by_clock, start.zone)
    latest = min(start.utc - timedelta(hours=hours), clock)
    return Moment(latest - _part_of_minute(latest), start.zone)


def earliest_after(end: Moment, hours: int) -> Moment:
    """The earliest restart (T4): the later of so many hours elapsed and so many by the clock, from the whole minute."""
    clock = safer_moment(_shifted(end, hours), end.zone, "restart").utc
    return Moment(_whole_minute(max(end.utc + timedelta(hours=hours), clock)), end.zone)


def held_until(last_dose: Moment, hours: int) -> Moment:
    """When a hold of so many elapsed hours ends, to the whole minute after (T9)."""
    return Moment(_whole_minute(last_dose.utc + timedelta(hours=hours)), last_dose.zone)


@lru_cache(maxsize=1024)
def clock_changes(earlier: Moment, later: Moment) -> tuple[tuple[date, timedelta], ...]:
    """The days between two moments on which the clocks of the site go forward (positive) or back, and by how much."""
    return tuple(_clock_changes(earlier, later))


def _clock_changes(earlier: Moment, later: Moment) -> Iterator[tuple[date, timedelta]]:
    day, last, before = day_of(earlier), day_of(later), _offset(earlier)
    while day <= last:
        end = start_of_day(day + timedelta(days=1), earlier.zone).utc - timedelta(seconds=1)
        after = _offset(Moment(min(end, later.utc), earlier.zone))
        if after != before:
            yield day, after - before
        day, before = day + timedelta(days=1), after


def _offset(moment: Moment) -> timedelta:
    return local_of(moment).utcoffset() or timedelta()


def day_text(day: date) -> str:
    """A date as people are told of it: Tue 10 March 2026."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=1024)
def moment_text(moment: Moment) -> str:
    """An instant as people are told of it: Tue 10 March 2026, 09:00 (America/Chicago)."""
    local = local_of(moment)
    found = instants_of(local.replace(tzinfo=None, fold=0), moment.zone)
    twice = f", the {'second' if moment.utc == found[-1] else 'first'} time" if len(found) == 2 else ""
    return f"{day_text(local.date())}, {local:%H:%M}{twice} ({moment.zone})"


def duration_text(elapsed: timedelta) -> str:
    """A duration in hours and minutes, cut off and never rounded up: 74 h 59 min."""
    minutes = elapsed // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _shifted(moment: Moment, hours: int) -> datetime:
    return local_of(moment).replace(tzinfo=None, fold=0) + timedelta(hours=hours)


def _part_of_minute(instant: datetime) -> timedelta:
    return timedelta(seconds=instant.second, microseconds=instant.microsecond)


def _whole_minute(instant: datetime) -> datetime:
    """Up, never down."""
    rest = _part_of_minute(instant)
    return instant - rest + timedelta(minutes=1) if rest else instant

"""An invented injection service whose volume is that of a printed service review: 38 treatments a month in one fiscal
year, 53 in the next, 61 in the quarter after.

The review prints no table of patients. From it are also: orders for sets of two, pain from 0 to 10 right before and
after, calls at about two days and one week, one more at two weeks while pain persists, a repeat considered there,
same-day add-ons, and CT instead of fluoroscopy in unusual cases. Every number but the volumes is invented.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from foramen.synthetic.cohort_file import run
from foramen.synthetic.sequences import following, integers_with_moments

SEED = 61
FIRST_YEAR = 2017
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Period:
    """A printed volume, and what is invented of its time: shares in percent."""

    name: str
    months: int
    a_month: str
    recorded: int
    reached: int
    add_on: int
    modes: Mapping[str, int]


PERIODS = (
    Period("fiscal 2017", 12, "38.0", 86, 74, 6, {"P": 100}),
    Period("fiscal 2018", 12, "53.0", 95, 88, 11, {"P": 90, "L": 10}),
    Period("now", 3, "61.0", 98, 93, 15, {"P": 55, "L": 40, "C": 5}),
)
PROCEDURES = {"LT": 46, "LI": 22, "CI": 10, "FJ": 22}
CALLS = {"2d": (1, *[2] * 9, *[3] * 5, 4, 4, 6), "1w": (6, 6, *[7] * 9, *[8] * 5, 9, 9, 9, 12)}
LATE_CALL = (13, 13, *[14] * 8, *[15] * 4, 16, 17, 18, 23)
"""Days on which a call is answered; a few are outside any sensible window."""

PERSISTING = 3
"""Pain at one week from which it is taken to persist."""

REPEAT_PERCENT, RETURN_PERCENT, CT_PERCENT, VASOVAGAL_PERMILLE = 60, 12, 3, 8


@dataclass
class Service:
    """What the service remembers from one treatment to the next."""

    rng: random.Random
    patients: int = 0
    due: list[tuple[date, int, str]] = field(default_factory=list)
    finished: list[tuple[date, int]] = field(default_factory=list)

    def next_patient(self, day: date) -> tuple[int, int, str]:
        """Who is treated: a repeat that is due, a patient who returns with a new order, or a new patient."""
        if self.due and min(self.due)[0] <= day:
            first = min(self.due)
            self.due.remove(first)
            return first[1], 2, first[2]
        procedure = self.drawn(PROCEDURES)
        returning = [entry for entry in self.finished if entry[0] + timedelta(days=120) <= day]
        if returning and self.happens(RETURN_PERCENT):
            entry = self.rng.choice(returning)
            self.finished.remove(entry)
            return entry[1], 1, procedure
        self.patients += 1
        return 1000 + self.patients, 1, procedure

    def happens(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def drawn(self, shares: Mapping[str, int]) -> str:
        return self.rng.choices(list(shares), list(shares.values()))[0]


def rebuild() -> list[Row]:
    """One row per treatment, in order of time."""
    service = Service(random.Random(SEED))
    return [row for period, month, days in _calendar(service.rng) for row in _month(service, period, month, days)]


def _calendar(rng: random.Random) -> Iterator[tuple[Period, str, list[date]]]:
    """Each month with its days of treatment; the volume rises within a year and its mean is as printed."""
    for year, period in enumerate(PERIODS, FIRST_YEAR):
        volumes = integers_with_moments(period.months, period.a_month, "4.0", 20, 90, rng)
        for month, volume in enumerate(following(volumes, range(period.months), 3, rng), 1):
            days = [date(year, month, day) for day in range(1, 29)]
            open_days = [day for day in days if day.weekday() < 5]
            yield period, f"{year}-{month:02d}", sorted(rng.choice(open_days) for _ in range(volume))


def _month(service: Service, period: Period, month: str, days: list[date]) -> Iterator[Row]:
    for day in days:
        patient, place, procedure = service.next_patient(day)
        booking = "A" if place == 1 and service.happens(period.add_on) else "P"
        row: Row = {"patient": patient, "date": day.isoformat(), "month": month, "period": period.name}
        row |= {"procedure": procedure, "booking": booking, "of_set": place, **_outcome(service, period)}
        yield row
        if row["nrs_2w"] is not None and place == 1 and service.happens(REPEAT_PERCENT):
            service.due.append((day + timedelta(days=service.rng.randint(16, 40)), patient, procedure))
        else:
            service.finished.append((day, patient))


def _outcome(service: Service, period: Period) -> Row:
    """Everything measured of one treatment."""
    pain, guidance = _pain(service), "CT" if service.happens(CT_PERCENT) else "F"
    row: Row = {f"nrs_{when}": pain[when] if service.happens(period.recorded) else None for when in ("before", "after")}
    for when, days in CALLS.items():
        row |= _call(service, period, when, days, pain[when], called=True)
    persisting = row["nrs_1w"] is not None and pain["1w"] >= PERSISTING
    row |= _call(service, period, "2w", LATE_CALL, pain["2w"], called=persisting)
    row["complication"] = "V" if service.rng.randrange(1000) < VASOVAGAL_PERMILLE else "0"
    return row | {"guidance": guidance} | _dose(service, period, guidance)


def _pain(service: Service) -> dict[str, int]:
    """Pain of one patient at each time, written down or not."""
    rng = service.rng
    before = rng.choice((4, 5, 5, 6, 6, 7, 7, 7, 8, 8, 9, 10))
    lasting = rng.choice((-10, 0, 10, 25, 40, 50, 60, 70, 80, 90, 100))
    relief = {"after": min(100, lasting + rng.randint(0, 50)), "2d": lasting - rng.randint(-10, 20)}
    relief |= {"1w": lasting, "2w": lasting - rng.randint(-10, 15)}
    left = {when: (before * (100 - share) + 50) // 100 for when, share in relief.items()}
    return {"before": before, **{when: max(0, min(10, pain)) for when, pain in left.items()}}


def _call(service: Service, period: Period, when: str, days: tuple[int, ...], pain: int, *, called: bool) -> Row:
    """A call and how it was answered; empty where the patient was not called or not reached."""
    reached = called and service.happens(period.reached)
    found = (pain, service.rng.choice(days), service.drawn(period.modes)) if reached else (None, None, None)
    return dict(zip((f"nrs_{when}", f"day_{when}", f"mode_{when}"), found, strict=True))


def _dose(service: Service, period: Period, guidance: str) -> Row:
    """Dose-area product of fluoroscopy in mGy·cm²; CTDIvol in mGy and dose-length product in mGy·cm of CT."""
    rng = service.rng
    tenths, centimetres, area = rng.randint(60, 240), rng.randint(5, 9), 10 * rng.randint(25, 480)
    found: Row = {"DAP mGy cm2": None, "CTDIvol mGy": tenths / 10, "DLP mGy cm": tenths * centimetres // 10}
    if guidance == "F":
        found = {**dict.fromkeys(found), "DAP mGy cm2": area}
    return found if service.happens(period.recorded) else dict.fromkeys(found)


if __name__ == "__main__":
    run(rebuild, "Make an invented injection service with printed volumes.")

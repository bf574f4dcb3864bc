"""Every time a question names, as an instant; or everything that is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs, Medicine
from foramen.catalogue.inputs import ClockTime, as_typed, moment_entered
from foramen.catalogue.instants import Moment, Purpose, day_of, end_of_day, start_of_day
from foramen.kernel.errors import DataError, Fault, raise_all


@dataclass(frozen=True, slots=True)
class Dose:
    """A last dose. `latest` is what holds are counted from; `earliest` what over-holding is counted from. They differ
    where the day alone is known."""

    latest: Moment
    earliest: Moment

    @property
    def by_day(self) -> bool:
        return self.latest != self.earliest


@dataclass(frozen=True, slots=True)
class Times:
    """The instants of a question. None: not told. `doses` are by position in the list, None where nobody knows."""

    now: Moment
    start: Moment | None
    needle_out: Moment | None
    confirmed: Moment | None
    doses: Mapping[int, Dose | None]
    inr: tuple[Moment, ...]


class _Reader:
    """Reads times and keeps what is wrong with them."""

    def __init__(self, site: str, now: Moment) -> None:
        self.site, self.now, self.faults = site, now, list[Fault]()

    def read(self, entered: datetime | ClockTime | None, purpose: Purpose, where: str) -> Moment | None:
        return None if entered is None else self._tried(lambda: moment_entered(entered, self.site, purpose, where))

    def past(self, entered: datetime | ClockTime | None, purpose: Purpose, where: str) -> Moment | None:
        """A time at which something has happened: it is not in the future."""
        found = self.read(entered, purpose, where)
        if found is not None and found.utc > self.now.utc:
            self.future(where, as_typed(entered))
        return found

    def future(self, where: str, received: str | None) -> None:
        self.faults.append(
            Fault("this is in the future", where, received or "", "when it happened, or leave it out if it has not yet")
        )

    def _tried(self, read: Callable[[], Moment]) -> Moment | None:
        try:
            return read()
        except DataError as error:
            self.faults += error.faults
            return None


def read_times(inputs: AntithromboticInputs, now: Moment) -> Times:
    """All times of a question. Raises DataError with every time that does not exist, occurs twice, or cannot be yet."""
    reader, procedure = _Reader(inputs.zone, now), inputs.procedure
    start = reader.read(procedure.start, "procedure", "procedure.start")
    needle_out = reader.past(procedure.needle_out, "restart", "procedure.needle_out")
    confirmed = reader.past(inputs.medications.confirmed, "procedure", "medications.confirmed")
    doses = {i: _dose(reader, inputs, i, medicine) for i, medicine in enumerate(inputs.medicines)}
    inr = tuple(reader.past(one.at, "procedure", f"inr[{i}].at") for i, one in enumerate(inputs.inr, start=1))
    for i, medicine in enumerate(inputs.medicines, start=1):
        if medicine.coordination is not None:
            reader.past(medicine.coordination.at, "procedure", f"medicines[{i}].coordination.at")
        if medicine.decided is not None:
            reader.past(medicine.decided.at, "procedure", f"medicines[{i}].decided.at")
    raise_all(DataError, reader.faults)
    return Times(now, start, needle_out, confirmed, doses, tuple(one for one in inr if one is not None))


def _dose(reader: _Reader, inputs: AntithromboticInputs, position: int, medicine: Medicine) -> Dose | None:
    entered, where = medicine.last_dose, f"medicines[{position + 1}].last_dose"
    if entered is None or isinstance(entered, str):
        return None
    if isinstance(entered, date) and not isinstance(entered, datetime):
        return _dose_by_day(reader, inputs, entered, where)
    if inputs.patient.zone not in (None, inputs.zone) and _lacks_zone(entered):
        remedy = "write { at = 2026-03-07T09:00:00, zone = “Europe/Zurich” }"
        reader.faults.append(
            Fault(
                "the patient is in another time zone: say in which one this is", where, as_typed(entered) or "", remedy
            )
        )
        return None
    found = reader.past(entered, "last_dose", where)
    return None if found is None else Dose(found, found)


def _dose_by_day(reader: _Reader, inputs: AntithromboticInputs, day: date, where: str) -> Dose:
    """T5, in the zone of the site and in that of the patient, whichever is later or earlier."""
    zones = [zone for zone in (inputs.zone, inputs.patient.zone) if zone is not None]
    latest = max(end_of_day(day, zone).utc for zone in zones)
    earliest = min(start_of_day(day, zone).utc for zone in zones)
    if day > max(day_of(Moment(reader.now.utc, zone)) for zone in zones):
        reader.future(where, day.isoformat())
    return Dose(Moment(latest, inputs.zone), Moment(earliest, inputs.zone))


def _lacks_zone(entered: datetime | ClockTime) -> bool:
    if isinstance(entered, ClockTime):
        return entered.zone is None and entered.at.tzinfo is None
    return entered.tzinfo is None

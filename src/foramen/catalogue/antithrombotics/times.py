"""Every time a question names, as an instant; or everything that is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs, Choice, Coordination, Medicine
from foramen.catalogue.inputs import ClockTime, as_typed, moment_entered
from foramen.catalogue.instants import Moment, Purpose, day_of, day_text, end_of_day, start_of_day
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
    """The instants of a question. None: not told. `doses` are by position in the list, None where nobody knows;
    `agreed_for` and `decided_for` are the booked starts that an agreement or a decision was given for."""

    now: Moment
    start: Moment | None
    needle_out: Moment | None
    confirmed: Moment | None
    doses: Mapping[int, Dose | None]
    inr: tuple[Moment, ...]
    agreed_for: Mapping[int, Moment | None]
    decided_for: Mapping[int, Moment | None]


NIGHT = timedelta(hours=6)
"""How far into the night after its booked day an injection may still be that one. A proposal; no source prints it."""


def of_the_day(start: Moment, moment: Moment) -> bool:
    """On the local date of the booked start, or in the night after it."""
    day = day_of(start)
    begins, ends = start_of_day(day, start.zone), start_of_day(day + timedelta(days=1), start.zone)
    return begins.utc <= moment.utc < ends.utc + NIGHT


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

    def needle(
        self, inputs: AntithromboticInputs, start: Moment | None, needle_in: Moment | None, needle_out: Moment | None
    ) -> None:
        """The needle of this procedure: on its booked local date or in the night after, and out after in."""
        procedure = inputs.procedure
        for name, moment in (("needle_in", needle_in), ("needle_out", needle_out)):
            if start is not None and moment is not None and not of_the_day(start, moment):
                self.faults.append(
                    Fault(
                        "this is not of the booked day or the night after: it is of another visit",
                        f"procedure.{name}", as_typed(getattr(procedure, name)) or "",
                        f"the time of this injection, booked for {day_text(day_of(start))}",
                    )
                )  # fmt: skip
        if needle_in is not None and needle_out is not None and needle_out.utc < needle_in.utc:
            self.faults.append(
                Fault("needle-out is before needle-in", "procedure.needle_out",
                      as_typed(procedure.needle_out) or "", "look at both times again")
            )  # fmt: skip

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
    needle_in = reader.past(procedure.needle_in, "procedure", "procedure.needle_in")
    needle_out = reader.past(procedure.needle_out, "restart", "procedure.needle_out")
    reader.needle(inputs, start, needle_in, needle_out)
    reader.past(inputs.bleeding.recorded, "procedure", "bleeding.recorded")
    confirmed = reader.past(inputs.medications.confirmed, "procedure", "medications.confirmed")
    doses = {i: _dose(reader, inputs, i, medicine) for i, medicine in enumerate(inputs.medicines)}
    inr = tuple(reader.past(one.at, "procedure", f"inr[{i}].at") for i, one in enumerate(inputs.inr, start=1))
    agreed, decided = (
        {
            i: _given_for(reader, getattr(medicine, part), f"medicines[{i + 1}].{part}")
            for i, medicine in enumerate(inputs.medicines)
        }
        for part in ("coordination", "decided")
    )
    raise_all(DataError, reader.faults)
    taken = tuple(one for one in inr if one is not None)
    return Times(now, start, needle_out, confirmed, doses, taken, agreed, decided)


def _given_for(reader: _Reader, said: Coordination | Choice | None, where: str) -> Moment | None:
    """The booked start for which somebody agreed or decided."""
    if said is None:
        return None
    reader.past(said.at, "procedure", f"{where}.at")
    return reader.read(said.start, "procedure", f"{where}.start")


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

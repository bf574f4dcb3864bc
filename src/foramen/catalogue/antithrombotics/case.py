"""One question with everything around it: what every part of the policy reads."""

from dataclasses import dataclass
from datetime import date

from foramen.catalogue.antithrombotics.definition import Antithrombotics
from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs
from foramen.catalogue.antithrombotics.listing import Listing
from foramen.catalogue.antithrombotics.times import Dose, Times
from foramen.catalogue.decision import Input, Occasion
from foramen.catalogue.definition import Number
from foramen.catalogue.instants import Moment, day_of
from foramen.catalogue.site_record import InForce

FROM_TIME_OUT: tuple[Occasion, ...] = ("time_out", "needle_in")


@dataclass(frozen=True, slots=True)
class Case:
    """A question to the policy in force."""

    in_force: InForce[Antithrombotics]
    inputs: AntithromboticInputs
    listing: Listing
    times: Times
    occasion: Occasion
    told: tuple[Input, ...]
    """Everything that was told, for the record of every decision."""

    @property
    def policy(self) -> Antithrombotics:
        return self.in_force.content

    @property
    def now(self) -> Moment:
        return self.times.now

    @property
    def planning(self) -> bool:
        return self.occasion == "plan"

    @property
    def booked_day(self) -> date | None:
        """Local date of the booked start."""
        return None if self.times.start is None else day_of(self.times.start)

    @property
    def needle(self) -> Moment:
        """The needle-in that holds are judged for: the booked one while planning; at arrival that one, or now if it is
        late; from the time-out on, now."""
        start = self.times.start
        if start is None or self.occasion in FROM_TIME_OUT:
            return self.now
        return max(self.now, start) if self.occasion == "arrival" else start

    @property
    def day(self) -> date:
        """Local date of the procedure."""
        return day_of(self.needle)

    def parameter(self, name: str) -> Number | None:
        return self.in_force.parameter(name)

    def dose(self, position: int) -> Dose | None:
        return self.times.doses.get(position)

    def days_since(self, day: date) -> int:
        """Calendar days from a day to the day of the question."""
        return (day_of(self.now) - day).days

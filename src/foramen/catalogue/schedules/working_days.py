"""Working days of a site, and the move of a due date to one of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from foramen.catalogue.document import Part

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class WorkingDays(Part):
    """A site's calendar. It says nothing of days it does not cover."""

    first: date = Field(description="the first day it covers")
    last: date = Field(description="the last day it covers")
    weekdays: list[Weekday] = Field(min_length=1, description="the days of the week the site works")
    closed: list[date] = Field([], description="days it does not work although it is such a weekday")
    extra: list[date] = Field([], description="days it works although it is no such weekday")

    @model_validator(mode="after")
    def _in_order(self) -> "WorkingDays":
        if self.first > self.last:
            raise ValueError("the first day of a calendar is not after its last")
        if both := set(self.closed) & set(self.extra):
            raise ValueError(f"{min(both)} cannot be closed and worked")
        return self

    def is_working(self, day: date) -> bool | None:
        """Whether the site works on a day; None where the calendar does not cover it."""
        if not self.first <= day <= self.last:
            return None
        return day in self.extra or (day not in self.closed and WEEKDAYS[day.weekday()] in self.weekdays)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a due date came to stand; `moved` says from where and why, `flag` why it could not be placed surely."""

    day: date
    moved: str = ""
    flag: str = ""


def place(target: date, opens: date, closes: date, calendar: WorkingDays | None) -> Placed:
    """The nearest working day inside the window, the earlier one on a tie.

    Without a calendar for that day, or without a working day in the window, the date is kept and flagged.
    """
    working = None if calendar is None else calendar.is_working(target)
    if calendar is None or working is None:
        return Placed(target, flag="no calendar of working days covers this day: the date is kept")
    if working:
        return Placed(target)
    window = (opens + timedelta(days=i) for i in range((closes - opens).days + 1))
    nearest = min(
        (day for day in window if calendar.is_working(day)), key=lambda day: (abs(day - target), day), default=None
    )
    if nearest is None:
        return Placed(target, flag=f"{spoken(target)} is no working day, and the window has none: the date is kept")
    return Placed(nearest, moved=f"moved from {spoken(target)}, no working day, to {spoken(nearest)}")


def spoken(day: date) -> str:
    """A day with its weekday, the same in every language setting of the machine."""
    return f"{WEEKDAYS[day.weekday()].capitalize()} {day.isoformat()}"

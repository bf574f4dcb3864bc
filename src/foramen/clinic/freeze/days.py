"""Instants as calendar days of the site: the only elements of a date that leave are differences, years and months."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


class Calendar:
    """The days of one site."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def day(self, at: datetime) -> date:
        """The calendar day of an instant."""
        return at.astimezone(self._zone).date()

    def days(self, start: datetime, end: datetime) -> int:
        """Calendar days from one instant to another, whatever the clocks did."""
        return (self.day(end) - self.day(start)).days


def minutes(start: datetime, end: datetime) -> int | None:
    """Whole minutes from one instant to another; None where the second lies before the first."""
    seconds = (end - start).total_seconds()
    return int(seconds // 60) if seconds >= 0 else None

"""The clock of the service. Every instant of the record is read here, so that a demonstration can set it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from foramen.catalogue.instants import Moment


def now() -> datetime:
    """The instant, in UTC. A demonstration adds a fixed number of seconds; a real service adds none."""
    return datetime.now(UTC) + timedelta(seconds=settings.FORAMEN_CLOCK_OFFSET)


def now_at(zone: str) -> Moment:
    """The instant in the zone of a site, as the rules take it."""
    return Moment(now(), zone)

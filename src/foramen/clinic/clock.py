"""The clock of the service. Every instant of the record is read here, so that a demonstration can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.conf import settings

from foramen.catalogue.instants import Moment

_STANDS: ContextVar[datetime | None] = ContextVar("foramen_clock_stands", default=None)


def now() -> datetime:
    """The instant, in UTC. A demonstration adds a fixed number of seconds; a real service adds none."""
    return _STANDS.get() or datetime.now(UTC) + timedelta(seconds=settings.FORAMEN_CLOCK_OFFSET)


def now_at(zone: str) -> Moment:
    """The instant in the zone of a site, as the rules take it."""
    return Moment(now(), zone)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """The clock stands still inside: a demonstration is built at instants of its own."""
    token = _STANDS.set(instant)
    try:
        yield
    finally:
        _STANDS.reset(token)

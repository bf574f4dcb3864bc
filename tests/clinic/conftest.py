"""A small hospital for the tests of the clinic, at a fixed instant."""

import os
from collections.abc import Iterator
from datetime import datetime

import pytest

from foramen.clinic import clock

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


class Time:
    """The clock of a test, which stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Time]:
    """Thursday 26 November 2026, 09:12 in Zurich, unless a test sets it."""
    fixed = Time(datetime.fromisoformat("2026-11-26T09:12:00+01:00"))
    monkeypatch.setattr(clock, "now", fixed.now)
    yield fixed


@pytest.fixture
def hospital(db: None, time: Time) -> "object":
    """Two sites, their rooms and people, and the policies in force."""
    from tests.clinic.hospital import build

    return build(time)

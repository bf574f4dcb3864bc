"""A small hospital for the tests of the clinic, at a fixed instant."""

import gc
import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import connections

from foramen.clinic import clock
from foramen.clinic.models import Person
from tests.clinic.browser import browser_page
from tests.clinic.hospital import Hospital
from tests.clinic.people import PASSWORD

__all__ = ["browser_page"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a browser shows is the same on either database: its tests run on one of them."""
    for item in items:
        if "browser_page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.one_database)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it for garbage again and again took a third of the time
    of a test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, with WAL and IMMEDIATE as in service; a run, and each worker of it, has its own."""
    settings = connections["default"].settings_dict
    if settings["ENGINE"].endswith("sqlite3"):
        settings["TEST"]["NAME"] = str(tmp_path_factory.mktemp("clinic") / "test.sqlite3")


@pytest.fixture(autouse=True)
def may_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with transactions of its own empties its tables at the end, which the triggers refuse: they go first, and
    come back with the signal that emptying sends. Tries are counted in a table of no model, which is not emptied."""
    marked = request.node.get_closest_marker("django_db")
    lasting = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not lasting and not (marked and marked.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    cache.clear()
    yield
    from foramen.clinic.records import triggers

    triggers.remove()


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


@pytest.fixture
def dahl(hospital: Hospital) -> Person:
    """A nurse with a password and a second factor."""
    person = hospital.people["dahl"]
    person.set_password(PASSWORD)
    person.save()
    TOTP.activate(person, generate_totp_secret())
    return person

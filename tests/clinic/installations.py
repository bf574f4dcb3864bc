"""Installations of a test: databases of their own, of this version and empty, beside that of the other tests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, connections

from foramen.clinic.backup.elsewhere import elsewhere

FORAMEN = [str(Path(sys.executable).with_name("foramen"))]
KEYS = "k-tests " + "A" * 42 + "E\nindex " + "B" * 42 + "E\n"


def is_postgres() -> bool:
    return connections["default"].vendor == "postgresql"


def ask(statement: str, database: str = "postgres") -> Any:
    with elsewhere(NAME=database) as server, server.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


@dataclass(frozen=True)
class Place:
    """Where an installation has its database: a folder, and with PostgreSQL a database of that server."""

    folder: Path
    database: str

    @property
    def settings(self) -> dict[str, str]:
        """What a command is started with that is to work here."""
        url = os.environ["FORAMEN_DATABASE_URL"].replace("/postgres?", f"/{self.database}?") if is_postgres() else ""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("FORAMEN_", "DJANGO_"))}
        return kept | {
            "FORAMEN_DATA_DIR": str(self.folder), "FORAMEN_DATABASE_URL": url, "FORAMEN_HTTPS": "no",
            "FORAMEN_SECRET_KEY": "only-for-tests-" * 4, "FORAMEN_KEYS": KEYS,
        }  # fmt: skip

    def run(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([*FORAMEN, *arguments], env=self.settings | more, capture_output=True, text=True)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Inside, it is the installation: its database, and its data folder."""
        from django.conf import settings

        name = self.database if is_postgres() else self.folder / "foramen.sqlite3"
        kept, settings.FORAMEN_DATA_DIR = settings.FORAMEN_DATA_DIR, self.folder
        try:
            with elsewhere(NAME=name):
                yield
        finally:
            settings.FORAMEN_DATA_DIR = kept


@dataclass
class Places:
    """Makes installations below a folder; the databases are dropped at the end."""

    root: Path
    made: list[str]

    def bare(self) -> Place:
        """A place where nothing is."""
        place = Place(self.root / uuid4().hex[:8], f"foramen_{uuid4().hex[:12]}")
        if is_postgres():
            ask(f'CREATE DATABASE "{place.database}"')
            self.made.append(place.database)
        return place

    def copy_of(self, template: Place) -> Place:
        """A database like another one."""
        place = Place(self.root / uuid4().hex[:8], f"foramen_{uuid4().hex[:12]}")
        place.folder.mkdir()
        if is_postgres():
            ask(f'CREATE DATABASE "{place.database}" TEMPLATE "{template.database}"')
            self.made.append(place.database)
        else:
            shutil.copy(template.folder / "foramen.sqlite3", place.folder)
        return place

    def drop(self) -> None:
        for name in self.made:
            ask(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def lasting(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    """Places of the whole run, from which others are copied."""
    made = Places(tmp_path_factory.mktemp("places"), [])
    with django_db_blocker.unblock():
        yield made
        made.drop()


@pytest.fixture(scope="session")
def empty_template(lasting: Places) -> Place:
    """A database of this version with nothing in it."""
    place = lasting.bare()
    place.folder.mkdir()
    with place.entered():
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable")
    return place


@pytest.fixture
def places(lasting: Places, tmp_path: Path, settings: Any) -> Iterator[Places]:
    """Places of one test."""
    settings.FORAMEN_KEYS = KEYS
    made = Places(tmp_path, [])
    yield made
    made.drop()


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of its own."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(cursor.fetchall(), key=repr)
    connection.close()
    return found

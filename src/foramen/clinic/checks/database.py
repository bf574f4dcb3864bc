"""Whether the database is there, of this version, and keeps what it has acknowledged."""

from pathlib import Path
from typing import Any

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from foramen.clinic.checks.check import NotReadyError
from foramen.clinic.demo.accounts import ACCOUNTS, EXAMPLE, LAKE
from foramen.clinic.models import Person, Site
from foramen.clinic.records.checks import require_clock, require_triggers
from foramen.clinic.records.key_use import require_keys
from foramen.clinic.records.schema import require_not_newer

CONNECT_SECONDS = 5
_FILE_REMEDY = "make room on its disk; or, if the file is damaged: foramen restore FILE --replace"


def check_database(*, creating: bool = False) -> str:
    """Raise NotReadyError when the database cannot be reached; a file of SQLite has to be there, unless it is made."""
    wrapper: Any = connection
    file = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else None
    where = "FORAMEN_DATA_DIR" if file else "FORAMEN_DATABASE_URL"
    if file and not Path(file).is_file() and not creating:
        raise NotReadyError.single("there is no database", where=where, received=str(file), remedy="foramen migrate")
    try:
        if file:
            connection.ensure_connection()
        else:
            # Without the pool: it would try again and again before it says that it cannot.
            parameters = wrapper.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
            wrapper.Database.connect(**parameters).close()
    except (Error, wrapper.Database.Error) as error:
        raise NotReadyError.single(
            "the database cannot be reached", where=where, received=str(error).strip().splitlines()[0],
            remedy=_FILE_REMEDY if file else "start it, or mend the setting",
        ) from None  # fmt: skip
    return str(connection.display_name)


def check_tables() -> str:
    """Every migration of this version has been made, and none of a newer one."""
    require_not_newer()
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReadyError.single(
            "the database is not of this version of Foramen", received=f"{len(waiting)} changes are waiting",
            remedy="back it up, then: foramen migrate",
        )  # fmt: skip
    return "of this version"


def check_triggers() -> str:
    require_triggers()
    return "triggers in place; foramen audit verify looks at the events"


def check_keys() -> str:
    """The key ring is that of this database."""
    require_keys()
    return "the ring opens them"


def check_clock() -> str:
    """A clock that is behind the last event would tell the record wrong times (AUD-4)."""
    require_clock()
    return "not behind the last event"


def check_durable() -> str:
    """What is acknowledged outlives a power cut. For SQLite every connection of ours says so itself."""
    if connection.vendor != "postgresql":
        return "synchronous=FULL"
    off = [name for name in ("fsync", "synchronous_commit") if _shown(name) == "off"]
    if off:
        raise NotReadyError.single(
            "this PostgreSQL may lose what it has acknowledged", where="FORAMEN_DATABASE_URL",
            received=", ".join(f"{name} is off" for name in off), remedy="switch it on, for the server and the role",
        )  # fmt: skip
    return "fsync and synchronous_commit are on"


def _shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


def check_not_mixed(*, demo: bool) -> str:
    """A demonstration shows the codes of its accounts to everybody: it is never a real database, nor the reverse."""
    sites = set(Site.objects.values_list("code", flat=True))
    invented = sites == {EXAMPLE, LAKE} and Person.objects.filter(username=ACCOUNTS[0].username).exists()
    if demo and sites and not invented:
        raise NotReadyError.single(
            "this database is no demonstration, and would show the codes of its accounts", where="FORAMEN_DEMO",
            received="yes", remedy="no",
        )  # fmt: skip
    if invented and not demo:
        raise NotReadyError.single(
            "this database is a demonstration, whose passwords everybody knows", where="FORAMEN_DATA_DIR",
            remedy="name another folder or database, and begin with: foramen migrate",
        )  # fmt: skip
    return "a demonstration" if demo else "no demonstration"

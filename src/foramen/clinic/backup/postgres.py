"""Backups of PostgreSQL: dumped in one snapshot, loaded beside what is there, put in place in one transaction.

A dump names its schema in every statement. It is loaded under that name while what has the name is called otherwise,
all in one transaction, and then waits under a name of its own until it is proven.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection, transaction

from foramen.clinic.backup.elsewhere import elsewhere
from foramen.clinic.backup.errors import NOTHING, BackupError
from foramen.clinic.backup.manifest import Manifest, describe
from foramen.clinic.backup.programs import find_program, run_program

WHERE = "FORAMEN_DATABASE_URL"
PARKED, SCRATCH = "foramen_loaded_", "foramen_check_"
"""How the names begin of a schema that waits to be put in place, and of a database in which a backup is proven."""

FORGOTTEN_AFTER_SECONDS = 6 * 3600
"""After so long nobody proves anything any more in a scratch database: its process was killed."""


def copy(folder: Path) -> tuple[Path, Manifest]:
    """A dump of the schema as it is at one instant, and what is in it. Nobody who writes waits for it."""
    file = folder / "copy.dump"
    with elsewhere(_set("default_transaction_isolation=repeatable\\ read")) as own, transaction.atomic():
        program = find_program("pg_dump", _server())
        snapshot = _ask("SELECT pg_export_snapshot()")
        manifest = describe(own)
        arguments = [
            "--format=custom", f"--snapshot={snapshot}", f"--schema={manifest.schema}", "--no-owner", "--no-privileges",
            f"--file={file}",
        ]  # fmt: skip
        run_program(program, arguments, own.get_connection_params(), "the database cannot be copied")
    return file, manifest


@contextmanager
def proving(payload: Path, manifest: Manifest, folder: Path) -> Iterator[bool]:
    """Inside, the copy is the database, loaded into a scratch one. Yields False, and nothing is loaded, where the role
    may not create a database."""
    if not _ask("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"):
        yield False
        return
    _drop_forgotten()
    name = f"{SCRATCH}{int(time.time())}_{secrets.token_hex(4)}"
    _ask(f'CREATE DATABASE "{name}" TEMPLATE template0', fetch=False)
    try:
        with elsewhere(NAME=name):
            _load(payload, manifest, folder, "copy")
        with elsewhere(_set("search_path=copy"), NAME=name):
            yield True
    finally:
        _ask(f'DROP DATABASE "{name}"', fetch=False)


def _drop_forgotten() -> None:
    """Scratch databases of processes that were killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [SCRATCH])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        made = name.removeprefix(SCRATCH).split("_")[0]
        if made.isdigit() and time.time() - int(made) > FORGOTTEN_AFTER_SECONDS:
            with suppress(DatabaseError):
                _ask(f'DROP DATABASE "{name}"', fetch=False)


@contextmanager
def loading(payload: Path, manifest: Manifest, folder: Path) -> Iterator[bool]:
    """Inside, the copy is the database, loaded beside the one that is in use. It is dropped where it fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [PARKED])
        for (name,) in cursor.fetchall():
            _drop(name)
    connection.close()
    parked = _parked(payload)
    try:
        with elsewhere():
            _load(payload, manifest, folder, parked)
        with elsewhere(_set(f"search_path={parked}")):
            yield True
    except BaseException:
        with suppress(DatabaseError):
            _drop(parked)
        raise


def _parked(payload: Path) -> str:
    """A name of its own for what is loaded from a file in a folder of its own."""
    return PARKED + payload.parent.name.rsplit(".", 1)[-1].lower()


def _drop(schema: str) -> None:
    _ask(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE', fetch=False)


def _load(payload: Path, manifest: Manifest, folder: Path, parked: str) -> None:
    """One transaction: all of it is there under the name `parked`, or nothing is."""
    server, parameters = _server(), connection.get_connection_params()
    dumped, before, after = folder / "load.sql", folder / "before.sql", folder / "after.sql"
    restoring = [f"--schema={manifest.schema}", "--no-owner", "--no-privileges", f"--file={dumped}", str(payload)]
    run_program(find_program("pg_restore", server), restoring, {}, "the backup cannot be unpacked")
    own, kept = manifest.schema, f"{parked}_kept"
    there = own in connection.introspection.table_names() or _has_schema(own)
    away, back = (f'ALTER SCHEMA "{own}" RENAME TO "{kept}";', f'ALTER SCHEMA "{kept}" RENAME TO "{own}";')
    before.write_text(f'BEGIN;\n{away if there else ""}\nCREATE SCHEMA "{own}";\n')
    after.write_text(f'ALTER SCHEMA "{own}" RENAME TO "{parked}";\n{back if there else ""}\nCOMMIT;\n')
    connection.close()
    reading = [f"--file={one}" for one in (before, dumped, after)]
    run_program(
        find_program("psql", server), ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *reading], parameters,
        f"the backup cannot be loaded; {NOTHING}",
    )  # fmt: skip
    dumped.unlink()


def _has_schema(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name])
        return cursor.fetchone() is not None


def is_there(*, replace: bool) -> bool:
    """Whether tables are there. Raises BackupError where they may not be replaced."""
    found = bool(connection.introspection.table_names())
    if found and not replace:
        raise BackupError.single(
            "there are tables in this database already", where=WHERE,
            remedy="--replace, which keeps them in a schema of another name",
        )  # fmt: skip
    return found


def check_unused() -> None:
    """Raise BackupError while somebody is connected."""
    others = _ask(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    if others:
        raise BackupError.single(
            f"somebody is connected to this database; {NOTHING}", where=WHERE, received=f"{others} connections",
            remedy="stop foramen serve and foramen worker, then try again",
        )  # fmt: skip


def put_in_place(payload: Path, manifest: Manifest, stamp: str) -> str:
    """What was loaded becomes the schema in use, in one transaction. Returns where the old one is; empty where there
    was nothing in it."""
    own, parked, aside = manifest.schema, _parked(payload), f"{manifest.schema}_before_{stamp}".lower()
    with elsewhere(), transaction.atomic():
        empty = not connection.introspection.table_names()
        if _has_schema(own):
            _ask(f'DROP SCHEMA "{own}"' if empty else f'ALTER SCHEMA "{own}" RENAME TO "{aside}"', fetch=False)
        _ask(f'ALTER SCHEMA "{parked}" RENAME TO "{own}"', fetch=False)
    return "" if empty else f"schema {aside}"


def _set(setting: str) -> dict[str, str]:
    """What connections are given beside the settings of this installation."""
    usual = connection.settings_dict["OPTIONS"].get("options", "")
    return {"options": f"{usual} -c {setting}".strip()}


def _server() -> int:
    """Major version of the server."""
    return int(_ask("SHOW server_version_num")) // 10_000


def _ask(statement: str, *, fetch: bool = True) -> Any:
    """The one value of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if fetch and cursor.description else None

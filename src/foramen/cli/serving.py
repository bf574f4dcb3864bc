"""Starting the clinic: its settings, what has to hold before it serves, and the server."""

import multiprocessing
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from foramen.kernel.errors import OutputError, UserError

SECRET_LENGTH = 50
THREADS = 4
"""Requests that are worked on at once; others wait in the queue of the one worker."""

CONNECT_SECONDS = 5
KILL_SECONDS = 10
"""How long a request that is being answered may take when the service ends."""


class NotReadyError(UserError):
    """The clinic cannot be served as it is set up. Nothing was changed."""


def start_clinic(environment: Mapping[str, str] | None = None, *, serving: bool = True) -> None:
    """Read the settings and load the clinic. Raises DefinitionError for a setting that cannot be, NotReadyError for a
    service without its secret."""
    os.environ.update(environment or {})
    os.environ["DJANGO_SETTINGS_MODULE"] = "foramen.clinic.settings"
    _check_secret(serving=serving)
    import django  # noqa: PLC0415 - start-up time

    django.setup()


def _check_secret(*, serving: bool) -> None:
    """A command that serves nobody does without the secret."""
    from foramen.clinic.environment import read_settings  # noqa: PLC0415 - start-up time

    settings = read_settings()
    secret = settings["FORAMEN_SECRET_KEY"]
    if len(secret) >= SECRET_LENGTH or (settings["FORAMEN_DEMO"] == "yes" and not secret):
        return
    if not serving:
        os.environ["FORAMEN_SECRET_KEY"] = secrets.token_urlsafe(SECRET_LENGTH)
        return
    raise NotReadyError.single(
        f"a service needs a secret of at least {SECRET_LENGTH} characters of chance", where="FORAMEN_SECRET_KEY",
        received=f"{len(secret)} characters",
        remedy="python3 -c 'import secrets; print(secrets.token_urlsafe(50))', in a file that "
        "FORAMEN_SECRET_KEY_FILE names",
    )  # fmt: skip


def check_port(address: str, port: int) -> None:
    """Raise OutputError if nobody can listen there."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((address, port))
            tried.listen()
    except OSError as error:
        raise OutputError.single(
            f"nobody can listen there: {error.strerror or error}", where=f"{address}:{port}", remedy="another --port"
        ) from None


def check_ready() -> None:
    """Raise NotReadyError unless the database and its triggers are as they have to be."""
    check_database()
    _check_tables()
    from foramen.clinic.records.checks import require_triggers  # noqa: PLC0415 - start-up time
    from foramen.clinic.records.key_use import require_keys  # noqa: PLC0415 - start-up time

    require_triggers()
    require_keys()


def check_database(*, creating: bool = False) -> None:
    """Raise NotReadyError when the database cannot be reached; a file of SQLite has to be there, unless it is made."""
    from django.db import Error  # noqa: PLC0415 - start-up time

    connection = _connection()
    file = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else None
    where = "FORAMEN_DATA_DIR" if file else "FORAMEN_DATABASE_URL"
    if file and not Path(file).is_file() and not creating:
        raise NotReadyError.single("there is no database", where=where, received=str(file), remedy="foramen migrate")
    try:
        if file:
            connection.ensure_connection()
        else:
            # Without the pool: it would try again and again before it says that it cannot.
            parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
            connection.Database.connect(**parameters).close()
    except (Error, connection.Database.Error) as error:
        raise NotReadyError.single(
            "the database cannot be reached", where=where, received=str(error).strip().splitlines()[0],
            remedy="start it, or mend the setting",
        ) from None  # fmt: skip


def _connection() -> Any:
    from django.db import connection  # noqa: PLC0415 - start-up time

    return connection


def _check_tables() -> None:
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - start-up time

    executor = MigrationExecutor(_connection())
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReadyError.single(
            "the database is not of this version of Foramen", received=f"{len(waiting)} changes are waiting",
            remedy="back it up, then: foramen migrate",
        )  # fmt: skip


def migrate() -> None:
    """Make the tables and their triggers."""
    from django.conf import settings  # noqa: PLC0415 - start-up time
    from django.core.management import call_command  # noqa: PLC0415 - start-up time

    settings.FORAMEN_DATA_DIR.mkdir(parents=True, exist_ok=True)
    check_database(creating=True)
    from foramen.clinic.sealed.ring import ring  # noqa: PLC0415 - start-up time

    ring()
    call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    """Put the files that pages load into the data folder, hashed and compressed."""
    from django.core.management import call_command  # noqa: PLC0415 - start-up time

    call_command("collectstatic", interactive=False, verbosity=0)


def serve(address: str, port: int) -> None:
    """Answer until somebody interrupts. Connections of this process are closed first: the worker has its own.

    The worker starts afresh and reads the settings itself: those of this process may still name the folder in which
    the demonstration was built, before it was renamed.
    """
    from django.db import connections  # noqa: PLC0415 - start-up time
    from granian import Granian  # noqa: PLC0415 - start-up time
    from granian.constants import Interfaces  # noqa: PLC0415 - start-up time
    from granian.log import LogLevels  # noqa: PLC0415 - start-up time

    connections.close_all()
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "foramen.cli.worker:application", address=address, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=THREADS, log_level=LogLevels.warning, workers_kill_timeout=KILL_SECONDS,
    )  # fmt: skip
    server.serve()

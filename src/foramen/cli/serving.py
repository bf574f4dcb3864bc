"""Starting the clinic: its settings, what has to hold before it serves, and the server."""

import hashlib
import multiprocessing
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from operator import itemgetter

from foramen.clinic.checks.check import NotReadyError
from foramen.kernel.errors import Fault, OutputError

SECRET_LENGTH = 50
THREADS = 4
"""Requests that are worked on at once; others wait in the queue of the one worker."""

COLLECTED = "collected.sha256"
"""Beside the files that pages load: of what they were made. Making them takes seconds."""

KILL_SECONDS = 10
"""How long a request that is being answered may take when the service ends."""


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
    if not (faults := faults_of_secret()):
        return
    if serving:
        raise NotReadyError(*faults)
    os.environ["FORAMEN_SECRET_KEY"] = secrets.token_urlsafe(SECRET_LENGTH)


def faults_of_secret() -> Sequence[Fault]:
    """What is wrong with the length of the secret, which is looked at before anything is loaded."""
    from foramen.clinic.environment import read_settings  # noqa: PLC0415 - start-up time

    settings = read_settings()
    secret = settings["FORAMEN_SECRET_KEY"]
    if len(secret) >= SECRET_LENGTH or (settings["FORAMEN_DEMO"] == "yes" and not secret):
        return ()
    fault = Fault(
        f"a service needs a secret of at least {SECRET_LENGTH} characters of chance", "FORAMEN_SECRET_KEY",
        f"{len(secret)} characters",
        "python3 -c 'import secrets; print(secrets.token_urlsafe(50))', in a file that FORAMEN_SECRET_KEY_FILE names",
    )  # fmt: skip
    return (fault,)


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


def check_address(address: str) -> None:
    """Raise NotReadyError for plain http to anybody but this machine: passwords would pass in the open."""
    from django.conf import settings  # noqa: PLC0415 - start-up time

    if not settings.FORAMEN_HTTPS and not _is_this_machine(address):
        raise NotReadyError.single(
            "without https only this machine may be served", where="FORAMEN_HTTPS", received=f"no, at {address}",
            remedy="yes, behind a proxy that speaks https; or --address 127.0.0.1",
        )  # fmt: skip


def _is_this_machine(address: str) -> bool:
    """Whether nobody else can reach an address."""
    found = socket.getaddrinfo(address, None)[0][4][0]
    return ip_address(str(found).split("%")[0]).is_loopback


def check_serving() -> None:
    """Raise NotReadyError with every reason for which nothing may be served as it is set up."""
    from foramen.clinic.checks.everything import require_serving  # noqa: PLC0415 - start-up time

    require_serving()


def check_ready() -> None:
    """Raise UserError unless the database, its triggers and the key ring are as they have to be."""
    from foramen.clinic.checks import database  # noqa: PLC0415 - start-up time

    database.check_database()
    database.check_tables()
    database.check_triggers()
    database.check_keys()


def check_database(*, creating: bool = False) -> None:
    """Raise NotReadyError when the database cannot be reached; a file of SQLite has to be there, unless it is made."""
    from foramen.clinic.checks import database  # noqa: PLC0415 - start-up time

    database.check_database(creating=creating)


def check_server() -> None:
    """Raise NotReadyError when a server of databases cannot be reached. A file of SQLite may be gone or damaged: what
    is restored takes its place."""
    from django.db import connection  # noqa: PLC0415 - start-up time

    if connection.vendor != "sqlite":
        check_database()


def check_ring() -> None:
    """Raise KeyRingError where patients are sealed with another ring. A database of older tables is not asked; of one
    that is damaged, what reads all of it says where."""
    from django.db import DatabaseError  # noqa: PLC0415 - start-up time

    from foramen.clinic.records.key_use import has_keys, require_keys  # noqa: PLC0415 - start-up time

    try:
        if has_keys():
            require_keys()
    except DatabaseError:
        return


def migrate() -> None:
    """Make the tables and their triggers. Raises UserError for a database of a newer version, and where there is no key
    ring."""
    from django.conf import settings  # noqa: PLC0415 - start-up time
    from django.core.management import call_command  # noqa: PLC0415 - start-up time

    from foramen.clinic.records.installation import note_restored_before  # noqa: PLC0415 - start-up time
    from foramen.clinic.records.schema import require_not_newer  # noqa: PLC0415 - start-up time
    from foramen.clinic.sealed.ring import ring  # noqa: PLC0415 - start-up time

    settings.FORAMEN_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_database(creating=True)
    require_not_newer()
    ring()
    check_ring()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    note_restored_before()


def collect_static() -> None:
    """Put the files that pages load into the data folder, hashed and compressed, unless they are there already."""
    from django.conf import settings  # noqa: PLC0415 - start-up time
    from django.core.management import call_command  # noqa: PLC0415 - start-up time

    wanted, mark = _digest_of_static(), settings.STATIC_ROOT / COLLECTED
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return
    try:
        mark.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(wanted, encoding="utf-8")
    except OSError as error:
        raise OutputError.single(
            f"what pages load cannot be written: {error.strerror or error}", where=str(settings.STATIC_ROOT),
            remedy="make room, or give the folder to the account that serves",
        ) from None  # fmt: skip


def _digest_of_static() -> str:
    """Of every file that pages may load, by name."""
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415 - start-up time

    found = {name: storage for finder in get_finders() for name, storage in finder.list([])}
    read = hashlib.sha256()
    for name, storage in sorted(found.items(), key=itemgetter(0)):
        with storage.open(name) as file:
            read.update(name.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    return read.hexdigest()


def serve(address: str, port: int) -> None:
    """Answer until somebody interrupts. Connections of this process are closed first: the worker has its own.

    A worker that is killed is started anew at once. One that is killed again and again ends the service, for whatever
    supervises it to begin afresh.

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
        blocking_threads=THREADS, log_level=LogLevels.warning, log_dictconfig=dict(GRANIAN_LOG), log_access=False,
        workers_kill_timeout=KILL_SECONDS, respawn_failed_workers=True,
    )  # fmt: skip
    server.serve()


GRANIAN_LOG = {
    "formatters": {"json": {"()": "foramen.clinic.logs.JsonLines"}},
    "handlers": {"console": {"formatter": "json", "class": "logging.StreamHandler"}},
    "loggers": {"_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
"""The server says where it failed, as every line of the log, and nothing about requests."""

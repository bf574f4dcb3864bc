"""The clinic of the demonstration: built into a folder of its own, and served to this machine."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import typer

from foramen.cli import serving
from foramen.cli.working import worker_beside
from foramen.kernel.errors import OutputError
from foramen.kernel.staging import MARK, check_replaceable, staged_folder

FOLDER, KIND, KEYS = "clinic", "clinic", "keys"
FILES = [
    "keys", "foramen.sqlite3", "foramen.sqlite3-shm", "foramen.sqlite3-wal", "static", "snapshots", "reports",
]  # fmt: skip
"""What stands there when it has been served; a folder with anything else is not replaced."""

LOCAL = "127.0.0.1"
ZONE = "Europe/Zurich"
DAY_BEGINS = "2026-11-26T09:12"
"""Local time at which the clock of the demonstration starts."""


def settings_of(folder: Path, offset: float = 0.0) -> Mapping[str, str]:
    """The settings of a demonstration in a folder, whatever the environment says."""
    return {
        "FORAMEN_DATA_DIR": str(folder.resolve()), "FORAMEN_DATABASE_URL": "", "FORAMEN_DEMO": "yes",
        "FORAMEN_HTTPS": "no", "FORAMEN_HOSTS": "localhost,127.0.0.1", "FORAMEN_CLOCK_OFFSET": f"{offset:.3f}",
        "FORAMEN_SECRET_KEY": "", "FORAMEN_KEYS_FILE": str(folder.resolve() / KEYS),
    }  # fmt: skip


def check_first(out: Path, port: int | None) -> None:
    """What would fail after a minute of building is found out before it."""
    check_replaceable(out / FOLDER, kind=KIND)
    if port is not None:
        serving.check_port(LOCAL, port)


def build_clinic(out: Path) -> Path:
    """Build the hospital into `out/clinic`, which appears whole or not at all, and is replaced when it is there."""
    target = out / FOLDER
    with staged_folder(target, kind=KIND) as folder:
        from foramen.clinic.sealed.ring import make_file  # noqa: PLC0415 - start-up time

        make_file(folder / KEYS)
        serving.start_clinic(settings_of(folder))
        serving.migrate()
        from foramen.clinic.demo.hospital import build_hospital  # noqa: PLC0415 - start-up time

        with _closing():
            build_hospital()
        serving.collect_static()
        (folder / MARK).write_text(json.dumps({"kind": KIND, "files": FILES}) + "\n", encoding="utf-8")
    return target


@contextmanager
def _closing() -> Iterator[None]:
    """A database of one file is moved only when nobody has it open."""
    from django.db import connections  # noqa: PLC0415 - start-up time

    try:
        yield
    finally:
        connections.close_all()


def clock_offset(at: str) -> float:
    """Seconds from now to a local time of the demonstration. Raises OutputError for a time that cannot be read."""
    from foramen.catalogue.instants import moment_of  # noqa: PLC0415 - start-up time

    try:
        local = datetime.fromisoformat(at)
    except ValueError:
        local = datetime.max.replace(tzinfo=UTC)
    if local.tzinfo is not None:
        raise OutputError.single(
            "this is no local date and time", where="--at", received=at, remedy=f"such as {DAY_BEGINS}"
        )
    return (moment_of(local, ZONE, where="--at").utc - datetime.now(UTC)).total_seconds()


def whom_to_be() -> list[str]:
    """Lines that say with which account to sign in, and what to try with it."""
    from foramen.clinic.demo.accounts import PASSWORD, whom_to_be  # noqa: PLC0415 - start-up time

    width = max(len(who) for _, who, _ in whom_to_be())
    lines = [f"  {name:9} {who:{width}}  {worth}" for name, who, worth in whom_to_be()]
    return [f"Sign in with the password “{PASSWORD}”; the code stands on the sign-in page. Whom to be:", *lines]


def serve_clinic(folder: Path, port: int, at: str) -> None:
    """Serve a hospital that was built, with the clock of the demonstration and a worker beside it, until somebody
    interrupts."""
    serving.start_clinic(settings_of(folder, clock_offset(at)))
    typer.echo(f"The clinic: http://localhost:{port}\nCtrl-C ends it.")
    with worker_beside():
        serving.serve(LOCAL, port)

"""Whether the settings and the folders of an installation are safe."""

import os
import stat
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from foramen.clinic.checks.check import NotReadyError
from foramen.clinic.checks.places import NETWORK, file_system_of, free_space

LEAST_UNLIKE, DEMONSTRATION = 5, "demonstration only"
LEAST_FREE = 512 * 1024 * 1024
"""Bytes that have to be free on the disk of the data folder."""

OTHERS = stat.S_IRWXO


def check_secret() -> str:
    """A secret that is one character again and again, or that of the demonstration, is none."""
    secret = settings.SECRET_KEY
    if len(set(secret)) < LEAST_UNLIKE or (secret.startswith(DEMONSTRATION) and not settings.FORAMEN_DEMO):
        raise NotReadyError.single(
            "this secret can be guessed", where="FORAMEN_SECRET_KEY",
            remedy="python3 -c 'import secrets; print(secrets.token_urlsafe(50))', in a file that "
            "FORAMEN_SECRET_KEY_FILE names",
        )  # fmt: skip
    return "set"


def check_debug() -> str:
    if settings.DEBUG:
        raise NotReadyError.single("pages of errors would show records", where="DEBUG", remedy="switch it off")
    return "off"


def check_hosts() -> str:
    """Names that are named: a star would let any page on the network speak in the name of the service."""
    wrong = [one for one in settings.ALLOWED_HOSTS if not one.strip() or "*" in one]
    if wrong:
        raise NotReadyError.single(
            "the names of the service have to be named one by one", where="FORAMEN_HOSTS",
            received=",".join(settings.ALLOWED_HOSTS), remedy="such as clinic.example.org,localhost",
        )  # fmt: skip
    return ", ".join(settings.ALLOWED_HOSTS)


def check_clock_offset() -> str:
    if settings.FORAMEN_CLOCK_OFFSET and not settings.FORAMEN_DEMO:
        raise NotReadyError.single(
            "only a demonstration has a clock of its own", where="FORAMEN_CLOCK_OFFSET",
            received=f"{settings.FORAMEN_CLOCK_OFFSET:g}", remedy="0",
        )  # fmt: skip
    return "that of the machine" if not settings.FORAMEN_CLOCK_OFFSET else "that of a demonstration"


def check_data_folder() -> str:
    """There, and of this account alone. That it is not there at all is said by the check of the database."""
    folder, name = settings.FORAMEN_DATA_DIR, "FORAMEN_DATA_DIR"
    if not folder.exists() and not _is_sqlite():
        raise NotReadyError.single(
            "there is no such folder", where=name, received=str(folder), remedy="foramen migrate"
        )
    if folder.exists():
        _check_folder(folder, name)
        if folder.stat().st_mode & OTHERS:
            raise NotReadyError.single(
                "everybody on this machine can read the data folder", where=name, received=str(folder),
                remedy=f"chmod o= {folder}",
            )  # fmt: skip
    return str(folder)


def _check_folder(folder: Path, name: str) -> None:
    """A folder that can be written to."""
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise NotReadyError.single(
            "this folder cannot be written to", where=name, received=str(folder),
            remedy="give it to the account that serves, or name another one",
        )  # fmt: skip


def check_local_disk() -> str:
    """SQLite keeps what it has written in a file that two machines would see differently."""
    if not _is_sqlite():
        return "the database is a server of its own"
    kind = file_system_of(settings.FORAMEN_DATA_DIR)
    if kind in NETWORK:
        raise NotReadyError.single(
            "SQLite is not safe on a network share", where="FORAMEN_DATA_DIR",
            received=f"{settings.FORAMEN_DATA_DIR}, which is {kind}",
            remedy="a folder on a disk of this machine, or PostgreSQL by FORAMEN_DATABASE_URL",
        )  # fmt: skip
    return kind or "a disk of this machine"


def _is_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


def check_other_folders() -> str:
    """Those into which letters and the heads of the audit are written, where they are named."""
    named = {name: getattr(settings, name) for name in ("FORAMEN_LETTERS_DIR", "FORAMEN_SEALS_DIR")}
    for name, folder in named.items():
        if folder:
            _check_folder(Path(folder), name)
    return ", ".join(folder for folder in named.values() if folder) or "none is named"


def check_disk() -> str:
    """Room on the disk of the data folder."""
    free = free_space(settings.FORAMEN_DATA_DIR)
    if free < LEAST_FREE:
        raise NotReadyError.single(
            "the disk of the data folder is nearly full", where="FORAMEN_DATA_DIR", received=f"{_mebibytes(free)} free",
            remedy=f"make room: at least {_mebibytes(LEAST_FREE)}",
        )  # fmt: skip
    return f"{_mebibytes(free)} free"


def _mebibytes(count: int) -> str:
    return f"{count // 1024**2} MiB"


def check_static() -> str:
    """What pages load: put into the data folder when the service starts."""
    names = getattr(staticfiles_storage, "hashed_files", {})
    missing = [name for name in names.values() if not staticfiles_storage.exists(name)]
    if missing:
        raise NotReadyError.single(
            "files that pages load are missing", where=str(settings.STATIC_ROOT), received=f"{len(missing)} of them",
            remedy="start the service again, which puts them back",
        )  # fmt: skip
    return f"{len(names)} files" if names else "put there when the service starts"

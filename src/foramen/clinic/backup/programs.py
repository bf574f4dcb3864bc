"""The programs of PostgreSQL that copy and load a database: where they are, and how one is run."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from foramen.clinic.backup.errors import BackupError

INSTALLED = Path("/usr/lib/postgresql")
REMEDY = "install the client programs of PostgreSQL, in the version of the server or a newer one"


def find_program(name: str, server: int) -> Path:
    """The newest program of that name, on the path or where Debian keeps each version. `server` is the major version
    that it has to be of at least. Raises BackupError for one that is missing or older."""
    found = {path: version for path in _places(name) if (version := _version(path))}
    if not found:
        raise BackupError.single(f"{name} is not on this machine", remedy=REMEDY)
    best = max(found, key=lambda path: found[path])
    if found[best] < server:
        raise BackupError.single(
            f"{name} is older than the server", received=f"{found[best]}; the server is {server}", remedy=REMEDY
        )
    return best


def _places(name: str) -> Iterator[Path]:
    if first := shutil.which(name):
        yield Path(first)
    yield from INSTALLED.glob(f"*/bin/{name}")


def _version(program: Path) -> int:
    """The major version; 0 for a program that does not say it."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)(\.\d+)*\s*(\(|$)", said)
    return int(found[1]) if found else 0


def run_program(program: Path, arguments: Sequence[str], parameters: Mapping[str, Any], failed: str) -> None:
    """Run one against the database with these parameters. The password goes by the environment, never by the command.
    Raises BackupError with `failed` and the first line of what went wrong; nothing of a row is in it."""
    command = [str(program), *arguments, *_named(parameters)]
    environment = os.environ | {"LC_ALL": "C"}
    if password := parameters.get("password"):
        environment["PGPASSWORD"] = str(password)
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        said = re.search(r"(?:error|ERROR|FATAL):\s+(.*)", done.stderr)
        raise BackupError.single(failed, received=said[1] if said else f"{program.name} ended with {done.returncode}")


def _named(parameters: Mapping[str, Any]) -> list[str]:
    """As a connection string, which every program takes."""
    known = ("host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout")
    said = [f"{name}='{str(value).translate(_QUOTED)}'" for name in known if (value := parameters.get(name))]
    return [f"--dbname={' '.join(said)}"] if said else []


_QUOTED = str.maketrans({"'": "\\'", "\\": "\\\\"})

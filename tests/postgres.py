"""A private PostgreSQL server for tests: started as an ordinary user on a socket of its own, gone afterwards.

`python -m tests.postgres -- COMMAND` runs a command with FORAMEN_DATABASE_URL naming such a server.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ["PATH"]}


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, newest version first."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in versions), key=lambda path: float(path.parent.name), default=None)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Yield a connection string."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(binaries / program), *arguments]
        environment = {**ENVIRONMENT, "HOME": str(folder)}
        subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)

    data = ["-D", str(folder / "data")]
    run("initdb", *data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", *data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"host={folder} user=postgres dbname=postgres"
    finally:
        run("pg_ctl", *data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """The exit code of the command. Without PostgreSQL nothing is run: a failure only where everything is required."""
    binaries = programs()
    if binaries is None:
        print("not run, missing on this machine: PostgreSQL (initdb and pg_ctl)", file=sys.stderr)  # noqa: T201
        return int(os.environ.get("FORAMEN_REQUIRE_ALL") == "1")
    with running_server(binaries) as connection:
        folder = connection.removeprefix("host=").split()[0]
        url = f"postgresql://postgres@/postgres?host={folder}"
        return subprocess.run(command, env=os.environ | {"FORAMEN_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]))

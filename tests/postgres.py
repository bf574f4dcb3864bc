"""A private PostgreSQL server for tests: started as an ordinary user on a socket of its own, gone afterwards.

`python -m tests.postgres -- COMMAND` runs a command with FORAMEN_DATABASE_URL naming such a server.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ["PATH"]}


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, newest version first."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in versions), key=lambda path: float(path.parent.name), default=None)


class Server:
    """A server of its own in a folder. `durable`: it keeps what it has acknowledged, as in service."""

    def __init__(self, binaries: Path, folder: Path, *, durable: bool = False) -> None:
        self.binaries, self.folder = binaries, folder
        self.data = ["-D", str(folder / "data")]
        fsync = "on" if durable else "off"
        self.options = f"-k {folder} -c listen_addresses='' -c fsync={fsync}"
        self.as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
            self.as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]

    @property
    def url(self) -> str:
        """As the clinic takes it."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, str(self.binaries / program), *arguments]
        environment = {**ENVIRONMENT, "HOME": str(self.folder)}
        subprocess.run(command, cwd=self.folder, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)

    def make(self) -> None:
        self.run("initdb", *self.data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        self.run("pg_ctl", *self.data, "-w", "-l", str(self.folder / "log"), "-o", self.options, "start")

    def stop(self, how: str = "immediate") -> None:
        """`immediate`: as if the power had failed; every connection is cut."""
        self.run("pg_ctl", *self.data, "-m", how, "stop")

    def start_after_kill(self) -> None:
        """It cannot be started before the last of the processes that were left has ended."""
        for _ in range(60):
            with suppress(subprocess.CalledProcessError):
                return self.start()
            time.sleep(0.5)
        raise TimeoutError("PostgreSQL did not start again")

    def kill(self) -> None:
        """SIGKILL of the first of its processes; the others end by themselves when they find out."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


@contextmanager
def private_server(binaries: Path, *, durable: bool = False) -> Iterator[Server]:
    """A server that runs, and is gone afterwards."""
    server = Server(binaries, Path(tempfile.mkdtemp(prefix="pg")), durable=durable)
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Yield a connection string."""
    with private_server(binaries) as server:
        yield f"host={server.folder} user=postgres dbname=postgres"


def main(command: list[str]) -> int:
    """The exit code of the command. Without PostgreSQL nothing is run: a failure only where everything is required."""
    binaries = programs()
    if binaries is None:
        print("not run, missing on this machine: PostgreSQL (initdb and pg_ctl)", file=sys.stderr)  # noqa: T201
        return int(os.environ.get("FORAMEN_REQUIRE_ALL") == "1")
    with private_server(binaries) as server:
        return subprocess.run(command, env=os.environ | {"FORAMEN_DATABASE_URL": server.url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]))

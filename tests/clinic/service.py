"""The service as a hospital runs it: `foramen serve` and `foramen worker`, started again whenever one of them ends."""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.clinic.test_cli_clinic import FORAMEN, settings

PATIENCE = 10
"""Seconds that a client waits for an answer."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Kept:
    """One program that is started again whenever it ends."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.process: subprocess.Popen[bytes] | None = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.thread.start()

    def _keep(self) -> None:
        while not self.over.is_set():
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            self.process.wait()
            self.over.wait(0.1)

    def kill(self) -> None:
        """SIGKILL of the program itself, not of what it has started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)

    def kill_child(self) -> None:
        """SIGKILL of the newest process that it has started."""
        if self.process is not None and (children := children_of(self.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(max(children), signal.SIGKILL)

    def end(self) -> int:
        """SIGTERM; the code with which it ended."""
        self.over.set()
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


class Service:
    """A clinic with one site, one nurse, and a token of hers."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.data, self.port = folder / "data", free_port()
        self.environment = settings(self.data, **more)
        self.log = folder / "log"
        self.run("migrate")
        self.run("site", "add", "north", "--name", "North", "--zone", "UTC", "--administrator", "marsh")
        self.run("user", "add", "dahl", "--site", "north", "--role", "nurse", "--shown-as", "R. Dahl")
        scopes = [part for one in ("read", "register_patient", "refer", "change_patient") for part in ("--scope", one)]
        self.token = self.run("token", "add", "ward", "--person", "dahl", "--site", "north", *scopes).strip()

    def run(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run([*FORAMEN, *arguments], capture_output=True, text=True, env=self.environment)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def kept(self) -> Iterator[tuple[Kept, Kept]]:
        """The server and the worker, which end cleanly at the end."""
        server = Kept([*FORAMEN, "serve", "--port", str(self.port)], self.environment, self.log)
        worker = Kept([*FORAMEN, "worker"], self.environment, self.log)
        try:
            self.wait_ready(60)
            yield server, worker
        finally:
            ended = (server.end(), worker.end())
        assert ended == (0, 0), self.log.read_text()

    def wait_ready(self, seconds: float) -> float:
        """How long it took until the service was ready; fails after so many seconds."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            with suppress(OSError, http.client.HTTPException):
                if self.get("/ready")[0] == 200:
                    return time.monotonic() - begun
            time.sleep(0.05)
        raise AssertionError(f"not ready after {seconds} s: {self.log.read_text()[-4000:]}")

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self._ask("GET", path, None, headers)

    def send(self, path: str, content: Any, key: str) -> tuple[int, bytes]:
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        return self._ask("POST", path, json.dumps(content), headers)

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            asked.request(method, path, body, {"Authorization": f"Bearer {self.token}", **headers})
            answer = asked.getresponse()
            return answer.status, answer.read()
        finally:
            asked.close()

    def site(self) -> str:
        return str(json.loads(self.get("/api/site")[1])["id"])

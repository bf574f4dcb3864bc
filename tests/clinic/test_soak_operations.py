"""The service under kills, without its database, and on a full disk: nothing acknowledged is lost, nothing is half
written, nobody is told that something is saved that is not, and it goes on by itself (H24)."""

import http.client
import json
import os
import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.clinic.service import Kept, Service
from tests.conftest import unavailable
from tests.postgres import Server, private_server, programs

pytestmark = [pytest.mark.soak, pytest.mark.one_database]

CLIENTS, SECONDS = 50, 60
LEAST_WRITES = 200
REFERRAL = {"indication": "sciatica", "referrer": "Dr J. Whitlow"}


@pytest.fixture
def postgres() -> Iterator[Server]:
    binaries = programs()
    if binaries is None:
        unavailable("PostgreSQL (initdb and pg_ctl)")
        return
    with private_server(binaries, durable=True) as server:
        yield server


@dataclass
class Client:
    """A program that registers patients and refers them, and asks again with the same key until it is answered."""

    service: Service
    number: int
    over: threading.Event
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was acknowledged, by key."""
    refused: set[int] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    def work(self, site: str) -> None:
        count = 0
        while not self.over.is_set():
            count += 1
            patient = {
                "number": f"{self.number:03d} {count:05d}", "family_name": "Alder", "given_name": "Signe",
                "born": "1995-02-03", "sex": "female",
            }  # fmt: skip
            made = self._until_answered(f"/api/site/{site}/register_patient", patient)
            if made is not None:
                self._until_answered(f"/api/patient/{made['key']}/refer", REFERRAL)

    def _until_answered(self, path: str, content: Any) -> dict[str, Any] | None:
        key, last = str(uuid4()), time.monotonic() + 60
        self.asked.add(key)
        while time.monotonic() < last:
            with suppress(OSError, http.client.HTTPException):
                status, body = self.service.send(path, content, key)
                if status == 200:
                    self.said[key] = json.loads(body)
                    return self.said[key]
                self.refused.add(status)
            time.sleep(0.05)
        return None


class Stored:
    """What stands in the database, read without the program."""

    def __init__(self, service: Service, postgres: Server | None) -> None:
        if postgres is None:
            self.connection: Any = sqlite3.connect(service.data / "foramen.sqlite3")
        else:
            import psycopg

            self.connection = psycopg.connect(f"host={postgres.folder} user=postgres dbname=postgres")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(statement).fetchall()
        return found

    def close(self) -> None:
        self.connection.close()

    def keys(self, statement: str) -> list[str]:
        return [UUID(str(one[0])).hex for one in self.rows(statement)]


def check_whole(stored: Stored, clients: list[Client]) -> int:
    """Requests, rows, facts and audit tell the same; what was acknowledged is among it. How much that was."""
    requests = {
        UUID(str(key)).hex: (verb, json.loads(result) if isinstance(result, str) else result)
        for key, verb, result in stored.rows("SELECT key, verb, result FROM clinic_request")
    }
    assert [key for key, (_, result) in requests.items() if not result] == [], "half a request"
    made = {
        verb: sorted(UUID(result["key"]).hex for name, result in requests.values() if name == verb)
        for verb in ("register_patient", "refer")
    }
    assert made["register_patient"] == sorted(stored.keys("SELECT id FROM clinic_patient"))
    assert made["refer"] == sorted(stored.keys("SELECT id FROM clinic_referral"))
    assert made["refer"] == sorted(stored.keys("SELECT referral_id FROM clinic_fact WHERE kind = 'referral'"))
    for table, verb in (("clinic_patient", "register_patient"), ("clinic_referral", "refer")):
        written = f"SELECT row FROM clinic_auditevent WHERE operation = 'insert' AND \"table\" = '{table}'"
        assert sorted(stored.keys(written)) == made[verb], "one event for each row"
    acknowledged = {UUID(key).hex: said for client in clients for key, said in client.said.items()}
    lost = [key for key, said in acknowledged.items() if requests.get(key, ("", {}))[1].get("key") != said["key"]]
    assert lost == [], "acknowledged and not stored"
    asked = {UUID(key).hex for client in clients for key in client.asked}
    assert set(requests) <= asked
    return len(acknowledged)


def at_work(service: Service, count: int, over: threading.Event) -> tuple[list[Client], list[threading.Thread]]:
    site = service.site()
    clients = [Client(service, n, over) for n in range(count)]
    threads = [threading.Thread(target=one.work, args=[site], daemon=True) for one in clients]
    for one in threads:
        one.start()
    return clients, threads


def kill_something(chance: random.Random, server: Kept, worker: Kept) -> None:
    """The process that answers, the whole service, or the worker."""
    kind = chance.choice(["child", "child", "server", "worker"])
    if kind == "child":
        server.kill_child()
    else:
        (server if kind == "server" else worker).kill()


@pytest.mark.requirement("H24")
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_kills_under_fifty_writing_clients(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    postgres: Server | None = request.getfixturevalue("postgres") if engine == "postgresql" else None
    service = Service(tmp_path, **({"FORAMEN_DATABASE_URL": postgres.url} if postgres else {}))
    chance, over, kills = random.Random(6), threading.Event(), 0
    with service.kept() as (server, worker):
        clients, threads = at_work(service, CLIENTS, over)
        begun, power_fails = time.monotonic(), SECONDS / 2
        while time.monotonic() - begun < SECONDS:
            time.sleep(chance.uniform(0.2, 1.0))
            kill_something(chance, server, worker)
            kills += 1
            if postgres is not None and time.monotonic() - begun > power_fails:
                power_fails = float("inf")
                postgres.kill()
                postgres.start_after_kill()
            assert service.wait_ready(30) < 10
        over.set()
        for one in threads:
            one.join(90)
        assert not any(one.is_alive() for one in threads)
        service.run("worker", "--once")
        told = service.run("audit", "verify")
    with closing(Stored(service, postgres)) as stored:
        written = check_whole(stored, clients)
    assert kills >= 8 and written >= LEAST_WRITES
    assert set().union(*(one.refused for one in clients)) <= {409, 502, 503}, told
    assert "Traceback" not in service.log.read_text()


@pytest.mark.requirement("H24")
def test_without_its_database_for_thirty_seconds(tmp_path: Path, postgres: Server) -> None:
    """Every request ends within five seconds with 503, and five seconds after its return the service is back."""
    service = Service(tmp_path, FORAMEN_DATABASE_URL=postgres.url)
    with service.kept():
        site, slowest, statuses = service.site(), 0.0, set()
        postgres.stop()
        gone = time.monotonic()
        while time.monotonic() - gone < 30:
            for ask in (lambda: service.get("/api/site"), lambda: service.send(f"/api/site/{site}/register_patient", {},
                        str(uuid4())), lambda: service.get("/ready")):  # fmt: skip
                begun = time.monotonic()
                statuses.add(ask()[0])
                slowest = max(slowest, time.monotonic() - begun)
        assert service.get("/health")[0] == 200
        postgres.start()
        assert service.wait_ready(5) < 5
        assert service.get("/api/site")[0] == 200
    assert (statuses, slowest < 5) == ({503}, True), slowest
    log = service.log.read_text()
    assert "database gone" in log and "database back" in log, "the worker has waited"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        unavailable("the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.requirement("H24")
def test_a_full_disk_can_be_read_from(small_disk: Path, tmp_path: Path) -> None:
    service = Service(small_disk)
    service.log = tmp_path / "log"
    patient = {"number": "1", "family_name": "Alder", "given_name": "Signe", "born": "1995-02-03", "sex": "female"}
    with service.kept() as (server, _):
        site = service.site()
        status, body = service.send(f"/api/site/{site}/register_patient", patient, str(uuid4()))
        assert status == 200
        key, process = json.loads(body)["key"], server.process
        fill(small_disk)
        later, refused = str(uuid4()), set()
        for _ in range(20):
            status, body = service.send(f"/api/site/{site}/register_patient", patient | {"number": "2"}, later)
            refused.add((status, json.loads(body)["faults"][0]["what"] if status != 200 else ""))
            status, body = service.get(f"/api/patient/{key}")
            assert (status, b"Alder" in body) == (200, True), body
        assert refused == {(503, "not saved: the database cannot be reached")}
        (small_disk / "full").unlink()
        status, _ = service.send(f"/api/site/{site}/register_patient", patient | {"number": "2"}, later)
        assert (status, server.process) == (200, process), "it goes on without being started again"
        assert service.wait_ready(5) < 5
        service.run("audit", "verify")
    with closing(Stored(service, None)) as stored:
        assert stored.rows("SELECT count(*) FROM clinic_patient") == [(2,)]


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "full").open("wb", buffering=0) as file:
        while True:
            file.write(os.urandom(4096))

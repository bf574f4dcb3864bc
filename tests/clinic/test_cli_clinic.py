"""The commands that run the clinic: what they refuse, in one line, and what they leave."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foramen.clinic.urls import ROUTES

pytestmark = pytest.mark.one_database
SECRET = "only-for-tests-" * 4
FORAMEN = [str(Path(sys.executable).with_name("foramen"))]
STARTS = 30
"""Seconds within which a server answers, on a machine that does other things too."""


def settings(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FORAMEN_", "DJANGO_"))}
    given = {"FORAMEN_DATA_DIR": str(folder), "FORAMEN_SECRET_KEY": SECRET, "FORAMEN_HTTPS": "no"}
    return kept | given | {"FORAMEN_KEYS": os.environ["FORAMEN_KEYS"]} | more


def run(folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [*FORAMEN, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=settings(folder, **more), cwd=folder.parent)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated") / "data"
    assert run(folder, "migrate").returncode == 0
    return folder


@pytest.fixture
def data(migrated: Path, tmp_path: Path) -> Path:
    """An empty database of this version."""
    shutil.copytree(migrated, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(data: Path, port: int) -> Iterator[str]:
    """The address of a server, which is interrupted at the end and has to end cleanly."""
    command = [*FORAMEN, "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env=settings(data), cwd=data.parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(STARTS * 10):
            if server.poll() is not None or answers(address):
                break
            time.sleep(0.1)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGINT)
        said, _ = server.communicate(timeout=STARTS)
    assert (server.returncode, "Traceback" in said) == (0, False), said


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/sign-in/", timeout=5).close()
    except OSError:
        return False
    return True


def refusal(address: str, token: str) -> tuple[int, str]:
    """Status and words with which the API refuses to show the site."""
    asked = urllib.request.Request(f"{address}/api/site", headers={"Authorization": f"Bearer {token}"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=STARTS)
    with refused.value as answer:
        return answer.code, json.loads(answer.read())["faults"][0]["what"]


def fault(done: "subprocess.CompletedProcess[str]") -> str:
    """The first line of a refusal; a traceback is none."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[0]


class TestServe:
    def test_without_a_secret(self, data: Path, port: int) -> None:
        done = run(data, "serve", "--port", str(port), FORAMEN_SECRET_KEY="")
        assert fault(done) == ("FORAMEN_SECRET_KEY: a service needs a secret of at least 50 characters of chance")

    def test_with_a_short_secret(self, data: Path, port: int) -> None:
        done = run(data, "serve", "--port", str(port), FORAMEN_SECRET_KEY="x" * 49)
        assert "FORAMEN_SECRET_KEY" in fault(done)
        assert "x" * 49 not in done.stderr

    def test_without_a_database(self, tmp_path: Path, port: int) -> None:
        done = run(tmp_path / "none", "serve", "--port", str(port))
        assert fault(done) == "FORAMEN_DATA_DIR: there is no database"
        assert not (tmp_path / "none").exists()

    def test_with_a_database_that_cannot_be_reached(self, data: Path, port: int) -> None:
        url = f"postgresql://nobody:hidden@127.0.0.1:{port}/none"
        done = run(data, "serve", "--port", str(port), FORAMEN_DATABASE_URL=url)
        assert fault(done) == "FORAMEN_DATABASE_URL: the database cannot be reached"
        assert "hidden" not in done.stderr

    def test_with_a_database_that_is_none(self, data: Path, port: int) -> None:
        (data / "foramen.sqlite3").write_bytes(b"no database, whatever its name says" * 100)
        assert fault(run(data, "serve", "--port", str(port))) == "FORAMEN_DATA_DIR: the database cannot be reached"

    def test_with_a_database_of_another_version(self, data: Path, port: int) -> None:
        with sqlite3.connect(data / "foramen.sqlite3") as database:
            database.execute("DELETE FROM django_migrations WHERE app = 'clinic' AND name NOT LIKE '0001%'")
            database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        assert fault(run(data, "serve", "--port", str(port))) == "the database is not of this version of Foramen"

    def test_without_its_audit(self, data: Path, port: int) -> None:
        with sqlite3.connect(data / "foramen.sqlite3") as database:
            (name,) = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1").fetchone()
            database.execute(f"DROP TRIGGER {name}")
        assert fault(run(data, "serve", "--port", str(port))) == "the database does not write its audit"
        assert run(data, "migrate").returncode == 0
        with served(data, port) as address:
            assert answers(address)

    def test_where_somebody_listens_already(self, data: Path) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            done = run(data, "serve", "--port", str(port))
        assert fault(done) == f"127.0.0.1:{port}: nobody can listen there: Address already in use"
        assert not (data / "static").exists()

    def test_a_setting_that_cannot_be(self, data: Path, port: int) -> None:
        assert "FORAMEN_HTTPS" in fault(run(data, "serve", "--port", str(port), FORAMEN_HTTPS="maybe"))


def test_from_an_empty_folder_to_a_program_that_asks(data: Path, port: int) -> None:
    add = ("site", "add", "north", "--name", "North Hospital", "--zone", "Europe/Zurich")
    first = run(data, *add, "--administrator", "marsh", "--shown-as", "A. Marsh")
    assert (first.returncode, first.stdout.count("first password of marsh")) == (0, 1)
    assert fault(run(data, *add, "--administrator", "marsh")) == "CODE: there is a site of that code"
    made = run(data, "token", "add", "ward", "--person", "marsh", "--site", "north", "--scope", "read")
    token = made.stdout.strip()
    assert len(token) >= 43
    with served(data, port) as address:
        assert refusal(address, token) == (403, "your roles at this site do not include reading records")
        assert run(data, "token", "end", "ward", "--person", "marsh").stdout == "1 ended\n"
        assert refusal(address, token) == (401, "nobody is let in without a token that holds")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"--zone": "Mars/North"}, "zone"), ({"code": "North!"}, "this cannot be the code of a site"),
    ],
)  # fmt: skip
def test_a_site_that_cannot_be(data: Path, changed: dict[str, str], what: str) -> None:
    given = {"code": "north", "--name": "North", "--zone": "UTC", "--administrator": "marsh"} | changed
    code = given.pop("code")
    done = run(data, "site", "add", code, *(part for pair in given.items() for part in pair))
    assert what in fault(done)


SITE = """
[contact]
nurse_line = "000 000 00 00"
nurse_hours = "Monday to Friday, 08:00 to 16:30"
emergency_number = "112"
address = "1 Sample Street"

[[rooms]]
code = "fl1"
name = "Fluoroscopy 1"
modality = "fluoroscopy"
opens = 07:30:00
closes = 14:00:00
breaks = [{ from = 12:00:00, to = 13:00:00, words = "room closed" }]

[working_days]
first = 2026-01-01
last = 2026-12-31
weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]
"""

ROOM = SITE[SITE.index("[[rooms]]") : SITE.index("[working_days]")]


def rooms_of(data: Path) -> list[tuple[object, ...]]:
    """What stands in the database about rooms."""
    with sqlite3.connect(data / "foramen.sqlite3") as database:
        asked = "SELECT code, name, modality, opens, closes, breaks, slot_minutes FROM clinic_room ORDER BY place"
        return database.execute(asked).fetchall()


def set_up(data: Path, text: str) -> "subprocess.CompletedProcess[str]":
    document = data.parent / "north.toml"
    document.write_text(text, encoding="utf-8")
    return run(data, "site", "set-up", "north", str(document))


def test_a_site_gets_its_rooms_its_contacts_and_its_working_days(data: Path) -> None:
    run(data, "site", "add", "north", "--name", "North", "--zone", "UTC", "--administrator", "marsh")
    assert set_up(data, SITE).returncode == 0
    lunch = [{"from": "12:00", "to": "13:00", "words": "room closed"}]
    ((*room, breaks, minutes),) = rooms_of(data)
    assert (room, json.loads(str(breaks)), minutes) == (
        ["fl1", "Fluoroscopy 1", "fluoroscopy", "07:30:00", "14:00:00"], lunch, 30,
    )  # fmt: skip
    again = set_up(data, SITE.replace('"fl1"', '"fl2"').replace("Fluoroscopy 1", "Fluoroscopy 2"))
    assert "not named there, and kept: Fluoroscopy 1" in again.stdout
    assert {one[0] for one in rooms_of(data)} == {"fl1", "fl2"}
    with sqlite3.connect(data / "foramen.sqlite3") as database:
        told = json.loads(database.execute("SELECT parameters FROM clinic_site").fetchone()[0])
    assert (told["nurse_line"], told["arrive_minutes_before"], told["working_days"]["last"]) == (
        "000 000 00 00", 45, "2026-12-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("closes = 14:00:00", "closes = 07:00:00", "07:30 is not before 07:00"),
        ('modality = "fluoroscopy"', 'modality = "MRI"', "modality"),
        ('nurse_line = "000 000 00 00"', "", "nurse_line"), ('code = "fl1"', 'code = "Fl 1"', "code"),
        ("[working_days]", ROOM + "[working_days]", "two rooms have one code"),
    ],
)  # fmt: skip
def test_a_document_of_a_site_that_cannot_be_changes_nothing(data: Path, old: str, new: str, what: str) -> None:
    run(data, "site", "add", "north", "--name", "North", "--zone", "UTC", "--administrator", "marsh")
    done = set_up(data, SITE.replace(old, new))
    assert what in done.stderr and done.returncode == 2
    assert rooms_of(data) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"--person": "nobody"}, "--person: there is no such account"),
        ({"--site": "x"}, "--site: there is no such site"),
        ({"--scope": "fly"}, "scope: a token is for verbs that exist, or for reading"),
    ],
)  # fmt: skip
def test_a_token_for_what_is_not_there(data: Path, changed: dict[str, str], what: str) -> None:
    run(data, "site", "add", "north", "--name", "North", "--zone", "UTC", "--administrator", "marsh")
    given = {"--person": "marsh", "--site": "north", "--scope": "read"} | changed
    assert fault(run(data, "token", "add", "x", *(part for pair in given.items() for part in pair))) == what


def test_the_matrix_is_printed_without_a_database(tmp_path: Path) -> None:
    done = run(tmp_path / "none", "routes", FORAMEN_SECRET_KEY="")
    assert done.returncode == 0
    assert [one.address for one in ROUTES if f"/{one.address} " not in done.stdout] == []


def test_a_demonstration_finds_out_first_what_would_fail(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = run(tmp_path, "demo", "--out", str(tmp_path / "out"), "--port", str(other.getsockname()[1]))
    assert "nobody can listen there" in fault(taken)
    when = run(tmp_path, "demo", "--out", str(tmp_path / "out"), "--no-serve", "--at", "noon")
    assert fault(when) == "--at: this is no local date and time"
    (tmp_path / "mine" / "clinic").mkdir(parents=True)
    (tmp_path / "mine" / "clinic" / "notes.txt").write_text("mine")
    kept = run(tmp_path, "demo", "--out", str(tmp_path / "mine"), "--no-serve")
    assert "holds something other than a clinic of the demonstration" in fault(kept)
    assert not (tmp_path / "out").exists()

"""Backup and restore: what comes back is what was there, or nothing is changed and one line says why."""

import errno
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from foramen.clinic import clock
from foramen.clinic.backup import making, programs, restoring
from foramen.clinic.backup.errors import BackupError
from foramen.clinic.backup.making import back_up
from foramen.clinic.backup.manifest import Manifest, describe
from foramen.clinic.backup.restoring import check, restore
from foramen.clinic.models import AuditEvent, Fact, Installation, Patient, Token
from foramen.clinic.records import outbox
from foramen.clinic.records.chain import seal_all
from foramen.clinic.records.chain_check import verify
from foramen.clinic.records.checks import missing_triggers, require_triggers
from foramen.clinic.records.context import saying
from foramen.clinic.records.events import READ, note_event
from foramen.clinic.records.installation import is_reconciling, note_confirmed
from foramen.clinic.records.schema import require_not_newer
from foramen.clinic.work.loop import run_once
from foramen.kernel.errors import OutputError, UserError
from tests.clinic.conftest import Time
from tests.clinic.hospital import build
from tests.clinic.installations import KEYS, Place, Places, contents, empty_template, is_postgres, lasting, places

__all__ = ["empty_template", "lasting", "places"]

NOW = datetime.fromisoformat("2026-11-26T09:12:00+01:00")
ENDED = ("django_session", "clinic_token", "clinic_installation", "clinic_auditevent")
"""Tables in which a restore writes something."""


@pytest.fixture(scope="session")
def clinic_template(lasting: Places, empty_template: Place) -> Place:
    """A hospital with one treatment, somebody signed in, a token, and something that waits to be sent."""
    place = lasting.copy_of(empty_template)
    with place.entered(), clock.standing_at(NOW):
        hospital = build(Time(NOW))
        hospital.walk(hospital.visit(), "time_out_technologist")
        Session.objects.create(session_key="s" * 32, session_data="x", expire_date=NOW + timedelta(hours=8))
        Token.objects.create(
            person=hospital.people["dahl"], site=hospital.site, name="ward", sha256="0" * 64, made_at=NOW,
            ends_at=NOW + timedelta(days=9),
        )  # fmt: skip
        with transaction.atomic():
            outbox.put("letter", {})
        note_event(READ, None, {"shown_as": "R. Dahl"})
        seal_all()
    return place


@pytest.fixture(scope="session")
def backup_template(clinic_template: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with clinic_template.entered(), override_settings(FORAMEN_KEYS=KEYS), clock.standing_at(NOW):
        return back_up(tmp_path_factory.mktemp("backup") / "one.backup").file


@pytest.fixture
def clinic(places: Places, clinic_template: Place, time: Time) -> Place:
    return places.copy_of(clinic_template)


@pytest.fixture
def backup(backup_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(backup_template, tmp_path))


@contextmanager
def unchanged(place: Place) -> Iterator[None]:
    """Whatever is tried inside, the rows of a place and the files beside its database are the same afterwards."""
    with place.entered():
        before, files = contents(), names(place.folder)
        yield
        assert (contents(), names(place.folder)) == (before, files)


def names(folder: Path) -> list[str]:
    logs = ("-wal", "-shm")
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(logs)) if folder.exists() else []


def refusal(file: Path, *, replace: bool = True) -> str:
    """The one line with which a restore is refused."""
    with pytest.raises(UserError) as refused:
        restore(file, replace=replace)
    assert len(refused.value.faults) == 1
    return str(refused.value).splitlines()[0]


def forged(clinic: Place, out: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Path:
    """A backup that says something else about itself."""
    real = Manifest.of_payload
    with monkeypatch.context() as patched, clinic.entered():
        patched.setattr(Manifest, "of_payload", lambda self, *said: real(replace(self, **changes), *said))
        patched.setattr(making, "prove", lambda file, folder: making.Proof(True, True))
        return back_up(out).file


@pytest.mark.requirement("H24", "RET-4")
def test_what_is_restored_is_what_was_there(clinic: Place, backup: Path, places: Places) -> None:
    with clinic.entered():
        before, chain = contents(), verify()
    other = places.bare()
    with other.entered():
        done = restore(backup)
        after = contents()
        require_triggers()
        assert (verify().seals, verify().faults, chain.faults) == (chain.seals, [], [])
        assert chain.seals == 1 and verify().events == chain.events > 20
    assert {name: after[name] for name in after if name not in ENDED} == {
        name: before[name] for name in before if name not in ENDED
    }
    assert set(after) == set(before)
    old = set(before["clinic_auditevent"] if is_postgres() else map(repr, before["clinic_auditevent"]))
    new = set(after["clinic_auditevent"] if is_postgres() else map(repr, after["clinic_auditevent"]))
    assert old < new
    assert done.aside == "" and done.waiting == [] and done.whole


def test_numbers_go_on_where_they_were(clinic: Place, backup: Path, places: Places) -> None:
    with clinic.entered():
        last = AuditEvent.objects.order_by("pk").last()
    with places.bare().entered():
        restore(backup)
        ids = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
        assert last is not None and max(ids) > last.pk and len(ids) == len(set(ids))
        fact = Fact.objects.first()
        assert fact is not None
        with pytest.raises((IntegrityError, Exception), match="never deleted"):
            fact.delete()


def test_nobody_is_signed_in_to_what_was_restored(clinic: Place, backup: Path, places: Places) -> None:
    with places.bare().entered():
        marked = restore(backup).marked
        assert (marked.sessions, marked.tokens) == (1, 1)
        assert Session.objects.count() == 0
        assert Token.objects.filter(ended_at=None).count() == 0
        told = AuditEvent.objects.filter(operation="restored").get()
        assert told.context["backed_up_at"] == "2026-11-26T08:12:00+00:00"


@pytest.mark.requirement("H24")
def test_nothing_is_sent_until_somebody_confirms(
    clinic: Place, backup: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setitem(
        __import__("foramen.clinic.work.registry", fromlist=["HANDLERS"]).HANDLERS, "letter", sent.append
    )
    with places.bare().entered():
        restore(backup)
        row = Installation.objects.get()
        assert is_reconciling() and (row.restored_at, row.backed_up_at) == (clock.now(), clock.now())
        run_once()
        assert sent == [] and outbox.waiting().count() == 1
        with saying({}):
            note_confirmed("Dr L. Vance")
        assert not is_reconciling()
        run_once()
        assert sent == [{}] and outbox.waiting().count() == 0


@pytest.mark.one_database
def test_restored_again_it_waits_again(clinic: Place, backup: Path, places: Places, tmp_path: Path) -> None:
    other = places.bare()
    with other.entered():
        restore(backup)
        note_confirmed("Dr L. Vance")
        again = back_up(tmp_path / "two.backup").file
    with other.entered():
        restore(again, replace=True)
        assert is_reconciling() and Installation.objects.get().confirmed_by == ""


def test_the_file_is_for_its_owner_and_sealed(clinic: Place, backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    whole = backup.read_bytes()
    assert b"Sorrel" not in whole and b"SQLite" not in whole and b"clinic_" not in whole
    assert names(clinic.folder) in ([], ["foramen.sqlite3"])
    assert [path.name for path in backup.parent.iterdir() if path.is_file()] == ["one.backup"]


@pytest.mark.one_database
def test_into_a_folder_it_gets_a_name_of_its_own(clinic: Place, tmp_path: Path) -> None:
    with clinic.entered():
        assert back_up(tmp_path).file.name == "foramen-2026-11-26T081200Z.backup"


def test_what_is_replaced_is_kept(clinic: Place, backup: Path) -> None:
    with clinic.entered():
        before = contents()
        aside = restore(backup, replace=True).aside
        assert is_reconciling()
    if is_postgres():
        with clinic.entered(), connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO {aside.removeprefix('schema ')}")
            assert contents() == before
        return
    kept = Path(aside)
    assert (kept.parent, kept.name) == (clinic.folder, "foramen.sqlite3.before-20261126T081200Z")
    (clinic.folder / "foramen.sqlite3").unlink()
    kept.rename(clinic.folder / "foramen.sqlite3")
    with clinic.entered():
        assert contents() == before


def test_a_check_changes_nothing(clinic: Place, backup: Path) -> None:
    with unchanged(clinic):
        manifest, proof = check(backup)
        assert (proof.restored, proof.whole) == (True, True)
        assert manifest.rows["clinic_visit"] == 1 and manifest.rows["clinic_person"] == 12


class TestRefused:
    """Each in one line, with nothing changed."""

    def test_where_something_is(self, clinic: Place, backup: Path) -> None:
        with unchanged(clinic):
            assert "already" in refusal(backup, replace=False)

    @pytest.mark.one_database
    def test_a_newer_schema(self, clinic: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        newer = forged(
            clinic,
            tmp_path / "n",
            monkeypatch,
            software="9.1.0",
            migrations=("clinic.0001_initial", "clinic.0999_later"),
        )
        with unchanged(clinic):
            assert "newer Foramen (9.1.0) than this one (0.1.0)" in refusal(newer)

    @pytest.mark.one_database
    def test_another_engine(self, clinic: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        other = forged(clinic, tmp_path / "o", monkeypatch, engine="oracle")
        with unchanged(clinic):
            assert "this backup is of another engine" in refusal(other)

    def test_a_clock_behind_the_last_event(self, clinic: Place, backup: Path, time: Time) -> None:
        time.at -= timedelta(minutes=2)
        with unchanged(clinic):
            assert "the clock of this machine is behind the last event" in refusal(backup)

    @pytest.mark.one_database
    def test_the_wrong_key(self, clinic: Place, backup: Path, settings: Any) -> None:
        settings.FORAMEN_KEYS = KEYS.replace("A" * 42, "C" * 42)
        with unchanged(clinic):
            assert "this is the wrong key" in refusal(backup)
        settings.FORAMEN_KEYS = KEYS.replace("k-tests ", "k-other ")
        with unchanged(clinic):
            assert "key" in refusal(backup)

    @pytest.mark.one_database
    def test_cut_short(self, clinic: Place, backup: Path) -> None:
        whole = backup.read_bytes()
        for length in (0, 10, 200, len(whole) // 2, len(whole) - 1):
            backup.write_bytes(whole[:length])
            with unchanged(clinic):
                assert refusal(backup).endswith(("this is not a backup", "this backup is cut short"))

    @pytest.mark.one_database
    def test_one_byte_changed(self, clinic: Place, backup: Path) -> None:
        whole = bytearray(backup.read_bytes())
        whole[len(whole) // 2] ^= 1
        backup.write_bytes(whole)
        with unchanged(clinic):
            assert "damaged in chunk 1 of" in refusal(backup)

    def test_while_a_worker_runs(self, clinic: Place, backup: Path, time: Time) -> None:
        with clinic.entered():
            Installation.objects.update_or_create(pk=1, defaults={"worker_at": time.at - timedelta(seconds=40)})
        with unchanged(clinic):
            assert "a worker still runs" in refusal(backup)
        time.at += timedelta(seconds=10)
        with clinic.entered():
            restore(backup, replace=True)

    def test_while_somebody_is_connected(self, clinic: Place, backup: Path) -> None:
        with clinic.entered(), clinic.entered(), connection.cursor() as other:
            other.execute("SELECT count(*) FROM clinic_visit")
            inner = connection.connection
            with clinic.entered():
                assert connection.connection is not inner
                said = refusal(backup)
        assert "still runs on this database" in said or "somebody is connected" in said

    @pytest.mark.one_database
    @pytest.mark.parametrize("step", ["replace", "link", "fsync"])
    def test_a_full_disk(self, clinic: Place, backup: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
        def full(*_given: Any, **_named: Any) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with clinic.entered():
            before = contents()
            with monkeypatch.context() as patched:
                patched.setattr(*(Path, "replace") if step == "replace" else (os, step), full)
                assert "the disk is full; nothing was changed" in refusal(backup)
            assert contents() == before

    def test_a_full_disk_while_it_is_made(self, clinic: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_handle: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        with clinic.entered(), pytest.raises(OutputError, match="the disk is full"):
            back_up(tmp_path / "two.backup")
        assert [path for path in tmp_path.iterdir() if path.is_file()] == []

    @pytest.mark.one_database
    def test_a_place_that_cannot_be_written(self, clinic: Place, backup: Path, tmp_path: Path) -> None:
        with clinic.entered():
            with pytest.raises(OutputError, match="a file is there already"):
                back_up(backup)
            with pytest.raises(OutputError, match="there is no such folder"):
                back_up(tmp_path / "none" / "one.backup")

    @pytest.mark.one_database
    def test_without_a_key_ring(self, clinic: Place, tmp_path: Path, settings: Any) -> None:
        settings.FORAMEN_KEYS = ""
        with clinic.entered(), pytest.raises(UserError, match="key ring"):
            back_up(tmp_path / "two.backup")
        assert not (tmp_path / "two.backup").exists()


@pytest.mark.one_database
def test_a_copy_that_is_not_what_was_copied_gets_no_name(
    clinic: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Manifest.of_payload
    monkeypatch.setattr(
        Manifest, "of_payload", lambda self, *said: real(replace(self, rows=self.rows | {"clinic_fact": 1}), *said)
    )
    with clinic.entered(), pytest.raises(BackupError, match="clinic_fact: 1 rows, and"):
        back_up(tmp_path / "one.backup")
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.one_database
def test_an_audit_that_was_tampered_with_is_copied_and_told(clinic: Place, tmp_path: Path) -> None:
    """It is evidence, and the backup before may be older than it."""
    from foramen.clinic.records.triggers import without_triggers

    with clinic.entered():
        with without_triggers():
            AuditEvent.objects.filter(pk=3).update(operation="delete")
        made = back_up(tmp_path / "one.backup")
    assert (made.proof.restored, made.proof.whole) == (True, False)


def test_an_older_backup_is_restored_and_then_migrated(
    places: Places, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first version, which had no row of the installation yet."""
    from django.core.management import call_command

    from foramen.clinic.records.installation import note_restored_before

    old, new = places.bare(), places.bare()
    old.folder.mkdir()
    with old.entered():
        call_command("migrate", "clinic", "0001", interactive=False, verbosity=0)
        call_command("migrate", "sessions", interactive=False, verbosity=0)
        file = back_up(tmp_path / "old.backup").file
    with new.entered():
        done = restore(file)
        assert done.waiting[0] == "clinic.0002_records_and_evidence"
        assert "clinic_installation" not in connection.introspection.table_names()
        call_command("migrate", interactive=False, verbosity=0)
        note_restored_before()
        assert is_reconciling() and missing_triggers() == ()
        note_confirmed("Dr L. Vance")
        note_restored_before()
        assert not is_reconciling()


def test_a_database_of_a_newer_version_is_not_migrated(places: Places, empty_template: Place) -> None:
    with places.copy_of(empty_template).entered():
        require_not_newer()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('clinic', '0999_x', '2027-01-01')"
            )
        with pytest.raises(UserError, match="of a newer Foramen") as refused:
            require_not_newer()
        assert refused.value.faults[0].received == "clinic.0999_x"


@pytest.mark.one_database
def test_what_killed_processes_left_is_cleared_away(clinic: Place, backup: Path, tmp_path: Path) -> None:
    import platform

    dead = 2**22 + 1
    left = clinic.folder / f".copy.{platform.node()}.{dead}.abc"
    left.mkdir(parents=True)
    (left / "copy.sqlite3").write_bytes(b"rows")
    alive = clinic.folder / f".copy.{platform.node()}.{os.getpid()}.abc"
    alive.mkdir()
    partial = tmp_path / f".two.backup.{platform.node()}.{dead}.partial"
    partial.touch()
    with clinic.entered():
        back_up(tmp_path / "two.backup")
    assert (left.exists(), alive.exists(), partial.exists()) == (False, True, False)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15), ("psql (PostgreSQL) 17.0\n", 17),
        ("pg_dump (PostgreSQL) 9.6.24\n", 9), ("a shell that says nothing\n", 0),
    ],
)  # fmt: skip
def test_programs_of_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, version: int) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(f"#!/bin/sh\nprintf '%s' '{said}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "INSTALLED", tmp_path / "none")
    if version:
        assert programs.find_program("pg_dump", version) == program
        with pytest.raises(BackupError, match=f"older than the server\n  received: {version}; the server is 18"):
            programs.find_program("pg_dump", 18)
    with pytest.raises(BackupError, match="pg_restore is not on this machine"):
        programs.find_program("pg_restore", 9)


def test_the_manifest_says_what_is_in_it(clinic: Place) -> None:
    with clinic.entered():
        told = json.loads(describe(connection).to_json())
        assert told["rows"]["clinic_fact"] == Fact.objects.count() > 10
        assert told["last_event"] == AuditEvent.objects.count()
        assert {"auth.0001_initial", "clinic.0001_initial"} < set(told["migrations"])
        assert datetime.fromisoformat(told["last_event_at"]) == clock.now()
        assert len(told["head"]) == 64


def test_what_is_there_is_not_looked_for_after_a_failure(clinic: Place, backup: Path, places: Places) -> None:
    """A restore into nothing that fails leaves nothing."""
    other = places.bare()
    backup.write_bytes(backup.read_bytes()[:-1])
    with other.entered():
        refusal(backup)
    assert not other.folder.exists()
    assert restoring.ALIVE.total_seconds() == 45


@pytest.mark.requirement("DEI-7")
def test_who_was_erased_after_the_backup_is_erased_again(
    clinic: Place, backup: Path, places: Places, tmp_path: Path, settings: Any
) -> None:
    settings.FORAMEN_SEALS_DIR = str(tmp_path)
    with clinic.entered():
        pseudonym = Patient.objects.get().pseudonym
    (tmp_path / "erased").write_text(f"{uuid4()}\n{pseudonym}\n")
    with places.bare().entered():
        assert restore(backup).marked.erased == 1
        found = Patient.objects.get()
        assert (found.data_key, found.number_mark, found.is_erased) == ("", "", True)
    (tmp_path / "erased").write_text("Sorrel\n")
    with places.bare().entered():
        assert "is no pseudonym" in refusal(backup)


@pytest.mark.one_database
def test_the_commands(clinic: Place, places: Places, tmp_path: Path) -> None:
    """What each prints is held against the manual by its own test; here is how each of them ends."""
    file = str(tmp_path / "one.backup")
    ahead = {"FORAMEN_DEMO": "yes", "FORAMEN_CLOCK_OFFSET": "99999999"}
    made = clinic.run("backup", "--out", file, **ahead)
    assert (made.returncode, made.stderr) == (0, ""), made.stderr
    assert "proven: restored into a scratch place" in made.stdout
    again = clinic.run("migrate", "--backup", file, **ahead)
    assert (again.returncode, again.stdout, again.stderr.count("a file is there already")) == (2, "", 1)
    other = places.bare()
    back = other.run("restore", file, **ahead)
    assert (back.returncode, back.stdout.count("1 sessions and 1 tokens of the backup were ended")) == (0, 1)
    assert other.run("restore", "--confirm", **ahead).stdout == "confirmed: things are sent again\n"
    assert other.run("restore", "--confirm", **ahead).stdout == "nothing waits to be confirmed\n"
    behind = other.run("restore", file, "--replace")
    assert (behind.returncode, "the clock of this machine is behind" in behind.stderr) == (2, True)
    assert other.run("restore", **ahead).returncode == other.run("restore", file, "--confirm", **ahead).returncode == 2


def test_a_wrong_ring_and_a_server_that_is_gone_are_told_in_one_line(clinic: Place, backup: Path) -> None:
    """A backup that is sealed with a ring of somebody else would be opened by nobody on the day."""
    other = KEYS.replace("k-tests ", "k-other ")
    for command in (("backup", "--out", str(backup.parent / "x.backup")), ("migrate",)):
        told = clinic.run(*command, FORAMEN_KEYS=other)
        assert (told.returncode, told.stdout) == (2, "")
        assert told.stderr.startswith("FORAMEN_KEYS: a key that this database was sealed with is not in the ring\n")
    assert not (backup.parent / "x.backup").exists()
    gone = f"postgresql://nobody@/none?host={backup.parent}"
    for more in ([], ["--check"]):
        told = clinic.run("restore", str(backup), *more, FORAMEN_DATABASE_URL=gone)
        assert told.returncode == 2
        assert told.stderr.startswith("FORAMEN_DATABASE_URL: the database cannot be reached\n")

"""What stands between an installation and serving, and what `foramen check` says: each thing, and what to do."""

import base64
import hashlib
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from foramen.catalogue.policies import POLICIES
from foramen.catalogue.site_record import record_of
from foramen.cli.serving import check_address
from foramen.clinic.checks import database, installed, policies, running
from foramen.clinic.checks import settings as set_up
from foramen.clinic.checks.check import Check, NotReadyError, ask_all
from foramen.clinic.checks.everything import CHECKS
from foramen.clinic.checks.places import NETWORK, file_system_of
from foramen.clinic.environment import SETTINGS
from foramen.clinic.models import AuditEvent, Delegation, Installation, Job, Outgoing, Person, PolicyRecord
from foramen.clinic.records import outbox
from foramen.clinic.records.beginning import NewUser, add_user
from foramen.clinic.rights.roles import Role
from foramen.clinic.work.loop import beat
from foramen.kernel.errors import UserError
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.test_cli_clinic import data, fault, migrated, port, run, settings

__all__ = ["data", "migrated", "port"]
SERVICE = settings(Path("data"), FORAMEN_HTTPS="yes", FORAMEN_HOSTS="clinic.example.org")


def wrong(ask: Any) -> str:
    """What a check finds to be wrong."""
    with pytest.raises(NotReadyError) as found:
        ask()
    return str(found.value)


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value", "ask", "what"),
        [
            ("SECRET_KEY", "x" * 60, set_up.check_secret, "this secret can be guessed"),
            ("SECRET_KEY", "demonstration only, not secret " * 3, set_up.check_secret, "this secret can be guessed"),
            ("DEBUG", True, set_up.check_debug, "pages of errors would show records"),
            ("ALLOWED_HOSTS", ["*"], set_up.check_hosts, "have to be named one by one"),
            ("ALLOWED_HOSTS", ["*.example.org"], set_up.check_hosts, "have to be named one by one"),
            ("ALLOWED_HOSTS", ["a.example.org", ""], set_up.check_hosts, "have to be named one by one"),
            ("FORAMEN_CLOCK_OFFSET", 60.0, set_up.check_clock_offset, "only a demonstration has a clock of its own"),
            ("FORAMEN_LETTERS_DIR", "/nowhere", set_up.check_other_folders, "FORAMEN_LETTERS_DIR: this folder cannot"),
            ("FORAMEN_SEALS_DIR", "/nowhere", set_up.check_other_folders, "FORAMEN_SEALS_DIR: this folder cannot"),
        ],
    )
    def test_what_is_not_safe(self, settings: Any, name: str, value: Any, ask: Any, what: str) -> None:
        settings.FORAMEN_DEMO = False
        settings.SECRET_KEY = "only-for-tests-" * 4
        settings.FORAMEN_CLOCK_OFFSET = 0.0
        ask()
        setattr(settings, name, value)
        assert what in wrong(ask)

    def test_a_data_folder_that_everybody_can_read(self, settings: Any, tmp_path: Path) -> None:
        settings.FORAMEN_DATA_DIR = tmp_path
        for mode, safe in ((0o700, True), (0o750, True), (0o755, False), (0o701, False)):
            tmp_path.chmod(mode)
            assert safe or "everybody on this machine can read" in wrong(set_up.check_data_folder)
            assert not safe or set_up.check_data_folder() == str(tmp_path)

    def test_a_full_disk(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(set_up, "free_space", lambda folder: set_up.LEAST_FREE - 1)
        assert "511 MiB free" in wrong(set_up.check_disk)

    def test_a_file_that_pages_load_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        storage = SimpleNamespace(
            hashed_files={"a.css": "a.1.css", "b.css": "b.2.css"}, exists=lambda n: n == "a.1.css"
        )
        monkeypatch.setattr(set_up, "staticfiles_storage", storage)
        assert "1 of them" in wrong(set_up.check_static)

    def test_plain_http_is_for_this_machine_alone(self, settings: Any) -> None:
        for address, mine in (("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("192.0.2.7", False)):
            settings.FORAMEN_HTTPS = True
            check_address(address)
            settings.FORAMEN_HTTPS = False
            assert mine or "only this machine may be served" in wrong(partial(check_address, address))
            assert not mine or check_address(address) is None


class TestWhereSqliteLies:
    MOUNTS = "/dev/sda1 / ext4 rw 0 0\nserver:/srv /srv nfs4 rw 0 0\n/dev/sdb1 /srv/local xfs rw 0 0\n" + (
        "//nas/x /mnt/my\\040share cifs rw 0 0\nme@far: /far fuse.sshfs rw 0 0\n"
    )

    @pytest.mark.parametrize(
        ("folder", "kind"),
        [
            ("/srv/clinic/data", "nfs4"), ("/srv/local/data", "xfs"), ("/var/lib", "ext4"), ("/srvother", "ext4"),
            ("/mnt/my share/data", "cifs"), ("/far", "fuse.sshfs"),
        ],
    )  # fmt: skip
    def test_the_deepest_mount_counts(self, folder: str, kind: str) -> None:
        assert file_system_of(Path(folder), self.MOUNTS) == kind

    def test_a_network_share_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(set_up, "_is_sqlite", lambda: True)
        for kind in ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"):
            assert kind in NETWORK
            monkeypatch.setattr(set_up, "file_system_of", lambda folder, kind=kind: kind)
            assert "SQLite is not safe on a network share" in wrong(set_up.check_local_disk)
        monkeypatch.setattr(set_up, "_is_sqlite", lambda: False)
        assert set_up.check_local_disk() == "the database is a server of its own"


class TestTheDatabase:
    def test_a_postgresql_that_forgets(self, db: None) -> None:
        """The private server of the tests runs without fsync."""
        if connection.vendor == "postgresql":
            assert "fsync is off" in wrong(database.check_durable)
            with connection.cursor() as cursor:
                cursor.execute("SET synchronous_commit = off")
            assert "fsync is off, synchronous_commit is off" in wrong(database.check_durable)
        else:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous")
                assert cursor.fetchone() == (2,)

    def test_a_real_database_is_never_shown_as_a_demonstration(self, hospital: Hospital) -> None:
        hospital.site.code = "north"
        hospital.site.save()
        assert "would show the codes of its accounts" in wrong(lambda: database.check_not_mixed(demo=True))
        assert database.check_not_mixed(demo=False) == "no demonstration"

    def test_a_demonstration_is_never_a_service(self, hospital: Hospital) -> None:
        """Its sites and its accounts, as the demonstration names them."""
        assert database.check_not_mixed(demo=True) == "a demonstration"
        assert "whose passwords everybody knows" in wrong(lambda: database.check_not_mixed(demo=False))


class TestWhatHappensByItself:
    @pytest.mark.requirement("H17")
    def test_no_worker(self, hospital: Hospital) -> None:
        assert "no worker has ever run" in wrong(running.check_worker)
        beat()
        assert running.check_worker().startswith("last seen")
        hospital.time.at += timedelta(minutes=16)
        assert "no worker is running" in wrong(running.check_worker)

    def test_jobs_that_fail_or_are_late(self, hospital: Hospital) -> None:
        job = Job.objects.create(name="seal", due_at=hospital.time.at)
        assert running.check_jobs() == "1 known"
        hospital.time.at += timedelta(minutes=16)
        assert "jobs are late" in wrong(running.check_jobs)
        Job.objects.filter(pk=job.pk).update(failed="ValueError")
        assert "seal: ValueError" in wrong(running.check_jobs)

    def test_what_waits_to_go_out(self, hospital: Hospital) -> None:
        one = outbox.put("letter", {})
        assert running.check_outbox() == "1 waiting"
        hospital.time.at += timedelta(minutes=16)
        assert "what has to go out is late" in wrong(running.check_outbox)
        Outgoing.objects.filter(pk=one.pk).update(given_up_at=hospital.time.at)
        assert "1 letter" in wrong(running.check_outbox)

    @pytest.mark.requirement("H24")
    def test_a_restore_that_waits(self, hospital: Hospital) -> None:
        outbox.put("letter", {})
        hospital.time.at += timedelta(minutes=16)
        Installation.objects.create(pk=1, restored_at=hospital.time.at)
        assert "nothing is sent" in wrong(running.check_restored)
        assert running.check_outbox() == "1 waiting", "it is late because nobody has confirmed"


class TestPolicies:
    def test_how_many_and_the_next_review(self, hospital: Hospital) -> None:
        active = PolicyRecord.objects.filter(state="active").count()
        first = min(policy.load().content.review_by for policy in POLICIES.values())
        assert policies.check_policies().startswith(f"{active} in force, the first review is that of ")
        assert first.isoformat() >= policies.check_policies().rpartition(" ")[2]

    @pytest.mark.requirement("H07")
    def test_a_file_that_is_not_the_one_that_was_signed_is_named(
        self, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One digit of the file of a policy is another one."""
        policy = POLICIES["steroids"]
        changed = replace(policy.load(), digest="0" * 64)
        monkeypatch.setattr(type(policy), "load", lambda self, version=None: changed, raising=True)
        monkeypatch.setattr("foramen.clinic.rules.policies._read", lambda policy, text, where: _unread(policy, text))
        assert "the policy file is not the one that was signed: its content has changed" in wrong(
            policies.check_policies
        )

    @pytest.mark.requirement("H07")
    def test_a_review_that_is_late(self, hospital: Hospital) -> None:
        hospital.time.at += timedelta(days=3650)
        assert "a policy in force should have been reviewed" in wrong(policies.check_policies)


def _unread(policy: str, text: str) -> Any:
    return POLICIES[policy].in_force(record_of(text, policy))


class TestTheFiles:
    def test_one_flipped_byte_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A package as pip installs it, with the digests that pip writes down."""
        names = ("foramen/library/policies/steroids.toml", "foramen/__init__.py")
        record = []
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(b"as it was")
            digest = base64.urlsafe_b64encode(hashlib.sha256(b"as it was").digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},9")
        (tmp_path / "foramen-1.dist-info").mkdir()
        (tmp_path / "foramen-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: foramen\nVersion: 1\n")
        (tmp_path / "foramen-1.dist-info" / "RECORD").write_text("\n".join(record))
        monkeypatch.setattr(sys, "path", [str(tmp_path)])
        assert installed.check_files() == "2 files"
        (tmp_path / names[0]).write_bytes(b"as iu was")
        assert names[0] in wrong(installed.check_files) and names[1] not in wrong(installed.check_files)


def test_what_rests_on_what_is_wrong_is_not_asked() -> None:
    def bad() -> str:
        raise NotReadyError.single("wrong")

    def never() -> str:
        raise AssertionError

    first = (Check("a", bad, serving=True), Check("b", lambda: "fine"))
    found = list(ask_all([first, (Check("c", never),)]))
    assert [(one.name, one.says, [str(fault) for fault in one.faults]) for one in found] == [
        ("a", "", ["wrong"]), ("b", "fine", []), ("c", "", ["not asked, because of what is wrong above"]),
    ]  # fmt: skip


def test_every_check_has_a_name_of_its_own() -> None:
    names = [one.name for group in CHECKS for one in group]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.one_database
class TestTheCommands:
    def test_a_new_installation_and_what_is_wrong_with_it(self, data: Path) -> None:
        done = run(data, "check")
        assert (done.returncode, done.stdout.count("WRONG"), done.stderr) == (1, 1, "")
        assert "WRONG  worker: no worker has ever run\n         try: start it: foramen worker\n" in done.stdout
        run(data, "worker", "--once")
        done = run(data, "check")
        assert (done.returncode, "WRONG" in done.stdout) == (0, False)
        with sqlite3.connect(data / "foramen.sqlite3") as found:
            found.execute("DROP TRIGGER foramen_insert_clinic_fact")
        assert "WRONG  audit: foramen_insert_clinic_fact: this trigger is missing" in run(data, "check").stdout

    def test_without_a_database(self, tmp_path: Path) -> None:
        done = run(tmp_path / "none", "check", FORAMEN_SECRET_KEY="short")
        assert done.returncode == 1 and not (tmp_path / "none").exists()
        assert "WRONG  length of secret" in done.stdout and "WRONG  database: FORAMEN_DATA_DIR" in done.stdout

    def test_every_reason_not_to_serve_is_told_at_once(self, data: Path, port: int) -> None:
        data.chmod(0o755)
        more = {"FORAMEN_HOSTS": "*", "FORAMEN_CLOCK_OFFSET": "60"}
        done = run(data, "serve", "--port", str(port), **more)
        assert fault(done).startswith("FORAMEN_HOSTS:")
        assert done.stderr.count("  try: ") == 3 and "FORAMEN_CLOCK_OFFSET" in done.stderr and "chmod o=" in done.stderr
        assert not (data / "static").exists()

    @pytest.mark.requirement("AUD-4")
    def test_a_clock_behind_the_last_event(self, data: Path, port: int) -> None:
        with sqlite3.connect(data / "foramen.sqlite3") as found:
            found.execute(
                'INSERT INTO clinic_auditevent (at, "table", operation, row, context) '
                "VALUES ('2999-01-01 00:00:00', 'x', 'read', '', '{}')"
            )
        assert "clock" in fault(run(data, "serve", "--port", str(port)))

    @pytest.mark.requirement("ASVS V13.4.2")
    def test_what_django_asks_of_a_service_holds(self, data: Path) -> None:
        told = SERVICE | {"FORAMEN_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "foramen.clinic.settings"}
        asked = ["check", "--deploy", "--fail-level", "WARNING", "--database", "default"]
        command = [sys.executable, "-m", "django", *asked]
        done = subprocess.run(command, capture_output=True, text=True, env=told)
        assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr


class TestAccounts:
    NEW = NewUser("m.dahl", "M. Dahl", "example", (Role.NURSE, Role.LEAD, Role.NURSE))

    def test_an_account_with_its_roles_from_today_on(self, hospital: Hospital) -> None:
        password = add_user(self.NEW)
        person = Person.objects.get(username="m.dahl")
        assert person.check_password(password) and len(password) >= 12
        held = Delegation.objects.filter(person=person, site=hospital.site, first_day=TODAY, last_day=None)
        assert sorted(one.role for one in held) == ["lead", "nurse"]
        told = AuditEvent.objects.filter(table="clinic_person", row=person.pk.hex, operation="insert").get()
        assert told.context["verb"] == "user add" and password not in str(told.new)

    @pytest.mark.parametrize(
        ("changed", "what"),
        [
            ({"username": "M Dahl"}, "ACCOUNT: this cannot be the name of an account"),
            ({"username": "dahl"}, "ACCOUNT: this account is there already, or was once"),
            ({"site": "south"}, "--site: there is no such site"),
        ],
    )
    def test_one_that_cannot_be(self, hospital: Hospital, changed: dict[str, str], what: str) -> None:
        before = Person.objects.count()
        with pytest.raises(UserError, match=what):
            add_user(replace(self.NEW, **changed))
        assert Person.objects.count() == before


def test_everything_that_is_asked_of_the_environment_is_in_the_table() -> None:
    """The manual lists what the program reads. Few files touch the environment at all, and each name is listed."""
    root = Path(__file__).parents[2] / "src" / "foramen"
    texts = {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8") for file in root.rglob("*.py")}
    asking = {name for name, text in texts.items() if "os.environ" in text or "getenv" in text}
    assert asking <= {
        "clinic/environment.py", "clinic/wsgi.py", "cli/serving.py", "cli/__init__.py", "clinic/backup/programs.py",
    }  # fmt: skip
    named = {one for name in asking for one in re.findall(r'environ(?:\.get\(|\[)"(FORAMEN_\w+)"', texts[name])}
    assert named == {"FORAMEN_SECRET_KEY", "FORAMEN_TRACEBACK"}
    assert named <= {one.name for one in SETTINGS}

"""Backups under load and restores that are killed: nothing that claims to be a backup and is not, no half database."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from foramen.cli import serving
from foramen.clinic.backup.making import back_up
from foramen.clinic.backup.restoring import check, restore
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.verbs import perform
from foramen.clinic.facts.referral import ReferralAsked
from foramen.clinic.models import AuditEvent, Fact, Patient, Referral, Request
from foramen.clinic.records.chain import seal_all
from foramen.clinic.records.chain_check import verify
from foramen.clinic.records.installation import is_reconciling
from foramen.clinic.rights.roles import Role
from foramen.kernel.errors import UserError
from tests.clinic.conftest import Time
from tests.clinic.hospital import L5_LEFT, SCREENING, Hospital, build
from tests.clinic.installations import Place, Places, ask, contents, empty_template, is_postgres, lasting, places

__all__ = ["empty_template", "lasting", "places"]

pytestmark = pytest.mark.soak
KILLS = 50
PROCESSES, THREADS = 5, 10
BACKUPS, MIGRATIONS = 4, 12
CHANCE = random.Random(6)


def forked(run: Callable[[], Any]) -> int:
    """The number of a process that does this and ends; 0 is done, 1 is not. It is the first of a group of its own."""
    connections.close_all()
    if (child := os.fork()) == 0:
        os.setsid()
        try:
            run()
        except BaseException:  # noqa: BLE001 - nothing goes on behind it
            os._exit(1)
        os._exit(0)
    return child


def killed(run: Callable[[], Any], after: float) -> bool:
    """Whether it was killed; else it had ended. Half of the time the programs that it started go on without it."""
    child = forked(run)
    time.sleep(after)
    if CHANCE.random() < 0.5 and os.getpgid(child) == child:
        os.killpg(child, signal.SIGKILL)
    else:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def seconds(run: Callable[[], Any]) -> float:
    began = time.monotonic()
    _, status = os.waitpid(forked(run), 0)
    assert status == 0
    return time.monotonic() - began


def alone(place: Place) -> None:
    """Waits until what killed processes had started has ended."""
    if not is_postgres():
        return
    name = place.database
    asked = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' OR application_name ~ '^(psql|pg_)'"
    for _ in range(200):
        if ask(asked) == [(0,)]:
            return
        time.sleep(0.05)
    pytest.fail("something still works in the database")


def entered(place: Place, run: Callable[[], Any]) -> Callable[[], Any]:
    def inside() -> Any:
        with place.entered():
            return run()

    return inside


@pytest.fixture
def full(places: Places, empty_template: Place) -> Place:
    """A clinic with enough in it that a copy takes a moment."""
    place = places.copy_of(empty_template)
    with place.entered():
        build(Time(datetime.now(UTC)))
        AuditEvent.objects.bulk_create(
            AuditEvent(
                at=datetime.now(UTC), table="clinic_fact", operation="insert", row=str(n), new={"said": "x" * 300}
            )
            for n in range(40_000)
        )
        seal_all()
    return place


def test_backup_killed_at_random_points(full: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()

    def one() -> None:
        with full.entered():
            back_up(out / "one.backup")

    whole = seconds(one)
    (out / "one.backup").unlink()
    with full.entered():
        before, tally = contents(), 0
    for _ in range(KILLS):
        tally += killed(one, CHANCE.uniform(0, whole * 1.1))
        if (out / "one.backup").exists():
            with full.entered():
                _, proof = check(out / "one.backup")
                assert proof.restored and proof.whole
            (out / "one.backup").unlink()
    assert tally > KILLS / 2
    alone(full)
    with full.entered():
        assert contents() == before
        back_up(out / "one.backup")
        assert [path.name for path in out.iterdir()] == ["one.backup"]
        assert [path.name for path in full.folder.iterdir() if path.name.startswith(".copy")] == []


def test_restore_killed_at_random_points(full: Place, places: Places, empty_template: Place, tmp_path: Path) -> None:
    """Afterwards the old database is there as it was, or the restored one, whole and marked; both can be served."""
    with full.entered():
        file = back_up(tmp_path / "one.backup").file
    other = places.copy_of(empty_template)
    with other.entered():
        build(Time(datetime.now(UTC)))
        before = contents()
    pristine = places.copy_of(other)

    def one() -> None:
        with other.entered():
            restore(file, replace=True)

    whole = seconds(one)
    done = tally = 0
    for _ in range(KILLS):
        other = places.copy_of(pristine)
        tally += killed(one, CHANCE.uniform(0, whole * 1.1))
        alone(other)
        with other.entered():
            serving.check_ready()
            if is_reconciling():
                done += 1
                assert AuditEvent.objects.filter(table="clinic_fact").count() == 40_000
                assert AuditEvent.objects.filter(operation="restored").count() == 1
            else:
                assert contents() == before
    with other.entered():
        restore(file, replace=True)
        assert is_reconciling()
    assert tally > KILLS / 2 and done < KILLS


def test_backups_while_fifty_clients_write(places: Places, empty_template: Place, tmp_path: Path) -> None:
    place = places.copy_of(empty_template)
    with place.entered():
        hospital = build(Time(datetime.now(UTC)))
        patients = [hospital.visit(f"{hour}:00").patient for hour in range(8, 8 + PROCESSES)]
        facts = Fact.objects.count()
    writers = [forked(entered(place, lambda patient=patient: write(place, hospital, patient))) for patient in patients]
    files = []
    try:
        with place.entered():
            for number in range(BACKUPS):
                time.sleep(1)
                seal_all()
                files.append(back_up(tmp_path / f"{number}.backup").file)
            written = Request.objects.count()
    finally:
        for writer in writers:
            os.killpg(writer, signal.SIGKILL)
            os.waitpid(writer, 0)
    alone(place)
    counts = [restored_whole(places.bare(), file, facts) for file in files]
    assert counts == sorted(set(counts)) and counts[0] > 0
    assert written >= counts[-1]


def test_migrating_killed_at_random_points(places: Places, tmp_path: Path) -> None:
    """It is not served until it is whole, and goes on from where it was."""
    first = places.bare()
    first.folder.mkdir()
    with first.entered():
        MigrationExecutor(connection).migrate([("clinic", "0001_initial"), ("sessions", "0001_initial")])
    whole, states = seconds(entered(places.copy_of(first), serving.migrate)), set()
    for _ in range(MIGRATIONS):
        place = places.copy_of(first)
        killed(entered(place, serving.migrate), CHANCE.uniform(0, whole * 1.1))
        alone(place)
        with place.entered():
            states.add(ready())
            serving.migrate()
            assert ready() == "ready"
            connection.close()
    assert states <= {
        "ready",
        "the database is not of this version of Foramen",
        "the database does not write its audit",
    }
    assert len(states) > 1


def ready() -> str:
    try:
        serving.check_ready()
    except UserError as error:
        return str(error).splitlines()[0]
    return "ready"


def write(place: Place, hospital: Hospital, patient: Patient) -> None:
    """Ten people who refer one patient again and again, until somebody kills them."""
    threads = [threading.Thread(target=entered(place, lambda: refer(hospital, patient))) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def refer(hospital: Hospital, patient: Patient) -> None:
    asked = {"asked": [L5_LEFT], "indication": "sciatica", "referrer": "Dr J. Whitlow", "imaging": SCREENING["mri"]}
    content = ReferralAsked.model_validate(asked, strict=False)
    person = hospital.people["lind"]
    while True:
        perform(Act(person, hospital.site, frozenset({Role.COORDINATOR})), "refer", patient.pk, content)
        time.sleep(0.05)


def restored_whole(place: Place, file: Path, facts: int) -> int:
    """How many referrals a backup holds. Each has its fact, its request that was answered, and their three events."""
    with place.entered():
        restore(file)
        assert verify().faults == []
        asked = Request.objects.filter(verb="refer")
        made = {UUID(one.result["key"]) for one in asked}
        rows = set(Referral.objects.filter(pk__in=made).values_list("pk", flat=True))
        assert rows == made and len(made) == asked.count()
        assert Referral.objects.count() == len(made) + PROCESSES
        assert Fact.objects.filter(referral__in=made).count() == len(made) == Fact.objects.count() - facts
        keys = AuditEvent.objects.filter(table="clinic_fact", context__verb="refer").values_list(
            "context__key", flat=True
        )
        assert {UUID(key) for key in keys} == {one.key for one in asked} and len(keys) == len(made)
        return len(made)

"""The worker: what goes out is tried until it is sent or given up, jobs come again, and no two workers do one thing."""

import os
import signal
import subprocess
import time as wall
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, transaction

from foramen.clinic.models import AuditEvent, Installation, Job, Letter, Outgoing
from foramen.clinic.records import outbox
from foramen.clinic.records.installation import note_confirmed
from foramen.clinic.work import jobs, registry
from foramen.clinic.work.loop import StoppedError, Worker, beat, run_forever, run_once
from tests.clinic.conftest import Time
from tests.clinic.hospital import Hospital
from tests.clinic.journey import Journey
from tests.clinic.test_cli_clinic import FORAMEN, data, migrated, run, settings

__all__ = ["data", "migrated"]
HOUR = timedelta(hours=1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What a handler of the kind “test” was handed; it fails where the content says so. There are no jobs."""
    found: list[Any] = []

    def handle(content: dict[str, Any]) -> None:
        found.append(content)
        if content.get("fails"):
            raise ZeroDivisionError("of Sorrel, Nadia")

    monkeypatch.setitem(registry.HANDLERS, "test", handle)
    monkeypatch.setattr(registry, "JOBS", {})
    monkeypatch.setattr(jobs, "JOBS", registry.JOBS)
    monkeypatch.setattr("foramen.clinic.work.loop.JOBS", registry.JOBS)
    yield found


def put(**content: Any) -> Outgoing:
    with transaction.atomic():
        return outbox.put("test", content)


def only() -> Outgoing:
    return Outgoing.objects.get()


class TestTheOutbox:
    def test_everything_that_is_due_is_sent_once(self, hospital: Hospital, sent: list[Any]) -> None:
        with transaction.atomic():
            outbox.put("test", {"n": 3}, due_at=hospital.time.at + HOUR)
        put(n=1), put(n=2)
        assert run_once() == 2
        assert run_once() == 0
        hospital.time.at += HOUR
        assert run_once() == 1
        assert (sorted(one["n"] for one in sent[:2]), sent[2:]) == ([1, 2], [{"n": 3}])

    @pytest.mark.requirement("H17")
    def test_what_fails_is_tried_after_growing_pauses_and_then_given_up(
        self, hospital: Hospital, sent: list[Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        put(fails=True)
        begun, pauses = hospital.time.at, []
        while only().given_up_at is None:
            run_once()
            assert run_once() == 0
            pauses.append((only().due_at - hospital.time.at) / timedelta(minutes=1))
            hospital.time.at = max(hospital.time.at, only().due_at)
        assert pauses[:-1] == [1, 2, 4, 8, 16, 32, 60]
        assert (len(sent), only().attempts, only().failed) == (8, 8, "ZeroDivisionError")
        assert only().given_up_at - begun == timedelta(minutes=123)
        assert "Sorrel" not in caplog.text
        hospital.time.at += 100 * HOUR
        assert run_once() == 0
        outbox.try_again(only())
        run_once()
        assert len(sent) == 9

    def test_one_that_fails_does_not_keep_the_others(self, hospital: Hospital, sent: list[Any]) -> None:
        put(n=1, fails=True), put(n=2)
        assert (run_once(), {one["n"] for one in sent}) == (1, {1, 2})

    def test_what_nobody_knows_is_kept_and_told(self, hospital: Hospital, sent: list[Any]) -> None:
        outbox.put("unheard of", {})
        assert run_once() == 0
        assert (only().done_at, only().failed) == (None, "NoHandlerError")

    def test_what_kills_every_worker_is_given_up(self, hospital: Hospital, sent: list[Any]) -> None:
        put()
        for _ in range(outbox.LIMIT):
            assert len(outbox.take(1)) == 1
            hospital.time.at += outbox.LEASE
        assert outbox.take(1) == []
        assert (only().failed, only().given_up_at) == (outbox.KILLED, hospital.time.at)

    def test_what_takes_longer_than_the_lease_is_still_held(self, hospital: Hospital, sent: list[Any]) -> None:
        put()
        (one,) = outbox.take(1)
        for _ in range(3):
            hospital.time.at += outbox.LEASE - timedelta(seconds=1)
            outbox.hold(one)
        assert outbox.take(1) == []
        assert AuditEvent.objects.filter(table="clinic_outgoing", operation="update").count() == 1, (
            "no event for a hold"
        )

    @pytest.mark.requirement("H24")
    def test_a_restored_copy_sends_nothing_until_it_is_confirmed(self, hospital: Hospital, sent: list[Any]) -> None:
        put()
        Installation.objects.create(pk=1, restored_at=hospital.time.at, backed_up_at=hospital.time.at - HOUR)
        assert (run_once(), sent) == (0, [])
        note_confirmed("vance")
        assert (run_once(), sent) == (1, [{}])


class TestTheEnd:
    def test_between_two_things(self, hospital: Hospital, sent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        put(n=1), put(n=2)
        worker = Worker()
        monkeypatch.setitem(registry.HANDLERS, "test", lambda content: worker.stop.set())
        assert worker.drain().sent == 1
        assert outbox.waiting().count() == 1

    def test_in_the_middle_of_something_it_is_put_back(
        self, hospital: Hospital, sent: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def told_to_end(content: dict[str, Any]) -> None:
            raise StoppedError

        put()
        monkeypatch.setitem(registry.HANDLERS, "test", told_to_end)
        with pytest.raises(StoppedError):
            run_once()
        assert (only().attempts, only().taken_at, only().done_at) == (0, None, None)
        assert len(outbox.take(1)) == 1, "another worker takes it at once"


class TestJobs:
    @pytest.fixture
    def runs(self, sent: list[Any], time: Time) -> list[Any]:
        """When the job ran; it fails as long as `sent` says so."""
        found: list[Any] = []

        def job() -> None:
            found.append(time.at)
            if sent:
                raise ZeroDivisionError

        registry.JOBS["hourly"] = registry.Recurring("hourly", HOUR, job)
        return found

    def test_it_comes_again(self, hospital: Hospital, runs: list[Any]) -> None:
        begun = hospital.time.at
        for _ in range(5):
            run_once()
            hospital.time.at += timedelta(minutes=30)
        assert [one - begun for one in runs] == [timedelta(), HOUR, 2 * HOUR]

    def test_a_failure_is_kept_and_tried_again_soon(self, hospital: Hospital, runs: list[Any], sent: list[Any]) -> None:
        sent.append("fail")
        run_once()
        assert (Job.objects.get().failed, Job.objects.get().done_at) == ("ZeroDivisionError", None)
        sent.clear()
        hospital.time.at += jobs.SOON
        run_once()
        assert (Job.objects.get().failed, len(runs)) == ("", 2)

    def test_no_two_workers_do_it_at_once_and_a_dead_one_gives_it_up(self, hospital: Hospital, runs: list[Any]) -> None:
        (mine,) = jobs.due()
        assert list(jobs.due()) == []
        hospital.time.at += outbox.LEASE - timedelta(seconds=1)
        jobs.hold(mine)
        hospital.time.at += timedelta(seconds=1)
        assert list(jobs.due()) == []
        hospital.time.at += outbox.LEASE
        (theirs,) = jobs.due()
        jobs.done(mine)
        assert Job.objects.get().taken_at == theirs.taken_at, "who has lost it does not end it for the other"

    def test_a_clock_that_was_set_back_stops_no_job(self, hospital: Hospital, runs: list[Any]) -> None:
        run_once()
        hospital.time.at -= timedelta(days=2)
        run_once()
        assert len(runs) == 2


def test_a_sign_of_life_is_one_row_and_no_event(hospital: Hospital) -> None:
    beat()
    events = AuditEvent.objects.count()
    hospital.time.at += HOUR
    beat()
    assert [one.worker_at for one in Installation.objects.all()] == [hospital.time.at]
    assert AuditEvent.objects.count() == events


def test_sessions_that_have_ended_are_cleared(hospital: Hospital) -> None:
    from foramen.clinic.work.tidying import clear_ended_sessions

    for n, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=n, expire_date=hospital.time.at + timedelta(days=days))
    clear_ended_sessions()
    assert [one.session_key for one in Session.objects.all()] == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone_is_waited_for(time: Time, sent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Gone twice; then what has waited is sent."""
    put()
    worker, answers = Worker(), iter([OperationalError("gone"), OperationalError("gone"), None])
    take = outbox.take

    def taken(limit: int) -> Any:
        if (gone := next(answers, None)) is not None:
            raise gone
        if sent:
            worker.stop.set()
        return take(limit)

    monkeypatch.setattr(outbox, "take", taken)
    monkeypatch.setattr("foramen.clinic.work.loop.GONE_SECONDS", 0.01)
    monkeypatch.setattr(worker, "_beat", lambda ended: None)
    run_forever(worker)
    assert (sent, worker.tally.sent) == ([{}], 1)


class TestLetters:
    @pytest.fixture
    def letter(self, hospital: Hospital) -> Letter:
        journey = Journey(hospital)
        journey.at("2026-11-12T15:10")
        visit = journey.visit("2026-11-26T09:30:00")
        journey.screen(visit)
        return journey.letter(visit)

    def test_a_sheet_is_written_whole_and_once(self, letter: Letter, tmp_path: Path, settings: Any) -> None:
        settings.FORAMEN_LETTERS_DIR = str(tmp_path)
        run_once()
        (file,) = tmp_path.iterdir()
        text, made = file.read_text(encoding="utf-8"), file.stat().st_mtime_ns
        assert letter.content["patient"]["name"] in text and text.rstrip().endswith("</html>")
        assert "<script" not in text and "/static/" not in text and "--ink" in text
        named = [letter.content["patient"][name] for name in ("name", "number")] + [letter.visit.number]
        assert file.name == f"letter-{letter.pk.hex}.html" and not any(one in file.name for one in named)
        outbox.put("letter", {"letter": str(letter.pk)})
        run_once()
        assert ([one.name for one in tmp_path.iterdir()], file.stat().st_mtime_ns) == ([file.name], made)

    @pytest.mark.requirement("H06")
    def test_one_that_no_longer_holds_is_not_written(self, letter: Letter, tmp_path: Path, settings: Any) -> None:
        settings.FORAMEN_LETTERS_DIR = str(tmp_path)
        type(letter.visit).objects.filter(pk=letter.visit_id).update(letter=letter.number + 1)
        assert run_once() > 0
        assert list(tmp_path.iterdir()) == []
        assert Outgoing.objects.get().done_at is not None

    def test_a_folder_that_cannot_be_written_to_is_tried_again(self, letter: Letter, settings: Any) -> None:
        settings.FORAMEN_LETTERS_DIR = "/nowhere"
        run_once()
        assert (only().failed, only().done_at) == ("FileNotFoundError", None)


@pytest.mark.one_database
class TestTheCommand:
    def test_once_does_what_is_due(self, data: Path) -> None:
        first, again = run(data, "worker", "--once"), run(data, "worker", "--once")
        assert first.returncode == again.returncode == 0
        assert "failed 0" in first.stdout and first.stdout != "jobs 0, sent 0, failed 0\n"
        assert again.stdout == "jobs 0, sent 0, failed 0\n"

    def test_it_ends_when_it_is_told_to(self, data: Path) -> None:
        worker = subprocess.Popen([*FORAMEN, "worker"], env=settings(data), stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None and worker.stdout.readline().startswith("Working")
        os.kill(worker.pid, signal.SIGTERM)
        begun = wall.monotonic()
        worker.communicate(timeout=30)
        assert (worker.returncode, wall.monotonic() - begun < 15) == (0, True)

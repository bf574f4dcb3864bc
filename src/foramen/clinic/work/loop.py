"""The loop of a worker: jobs that are due, then what waits in the outbox, one after the other.

Any number of workers may run, in any number of processes. What one has taken no other one does, as long as it is alive;
what it held when it was killed another one takes when the lease has ended.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from threading import Event, Thread

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from foramen.clinic import clock
from foramen.clinic.logs import log, log_error
from foramen.clinic.models import Installation, Job, Outgoing
from foramen.clinic.records import outbox
from foramen.clinic.records.context import saying
from foramen.clinic.records.installation import is_reconciling
from foramen.clinic.work import jobs
from foramen.clinic.work.registry import HANDLERS, JOBS

LOOK_SECONDS = 2.0
"""Between two looks for something that is due."""

PULSE_SECONDS = 15.0
"""Between two signs of life."""

GONE_SECONDS = 2.0
"""Between two tries to reach a database that is gone."""

import_module("foramen.clinic.work.everything")


class StoppedError(BaseException):
    """The worker has to end now, in the middle of something; that is put back, for another worker."""


class NoHandlerError(LookupError):
    """Nothing in this version of Foramen knows what to do with it."""


@dataclass
class Tally:
    """What a worker has done."""

    jobs: int = 0
    sent: int = 0
    failed: int = 0


class Worker:
    """One worker. `stop` ends it between two things. `holding` keeps the lease of what it is at."""

    def __init__(self) -> None:
        self.stop = Event()
        self.tally = Tally()
        self.holding: Callable[[], None] | None = None

    def drain(self) -> Tally:
        """Do everything that is due, until nothing is left or somebody says stop."""
        with saying({"shown_as": "the worker"}):
            self._do_jobs()
            while not self.stop.is_set() and not is_reconciling() and (taken := outbox.take(1)):
                self._send(taken[0])
        return self.tally

    def _do_jobs(self) -> None:
        for job in jobs.due():
            with self._at(partial(jobs.hold, job), partial(jobs.put_back, job)):
                self._do_job(job)
            if self.stop.is_set():
                return

    def _do_job(self, job: Job) -> None:
        try:
            JOBS[job.name].run()
        except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs are done
            self.tally.failed += 1
            log_error("job failed", error, job=job.name)
            jobs.failed(job, type(error).__name__)
            return
        jobs.done(job)
        self.tally.jobs += 1

    def _send(self, one: Outgoing) -> None:
        with self._at(partial(outbox.hold, one), partial(outbox.put_back, one)):
            try:
                _handle(one)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are sent
                self._not_sent(one, error)
                return
            outbox.done(one)
            self.tally.sent += 1

    def _not_sent(self, one: Outgoing, error: Exception) -> None:
        self.tally.failed += 1
        ended = outbox.failed(one, type(error).__name__)
        event, level = ("given up", logging.ERROR) if ended else ("not sent", logging.WARNING)
        log_error(event, error, level, kind=one.kind, outgoing=str(one.pk), attempt=one.attempts)

    @contextmanager
    def _at(self, hold: Callable[[], None], put_back: Callable[[], None]) -> Iterator[None]:
        """While something is being done: it is held, and put back where the worker has to end."""
        self.holding = hold
        try:
            yield
        except StoppedError:
            put_back()
            raise
        finally:
            self.holding = None

    @contextmanager
    def pulse(self) -> Iterator[None]:
        """Signs of life from a thread of its own, however long something takes."""
        ended = Event()
        thread = Thread(target=self._beat, args=[ended], name="pulse", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _beat(self, ended: Event) -> None:
        while True:
            try:
                beat()
                if (holding := self.holding) is not None:
                    holding()
            except DatabaseError as error:
                log_error("no sign of life", error, logging.WARNING)
            finally:
                connections.close_all()
            if ended.wait(PULSE_SECONDS):
                return


def _handle(one: Outgoing) -> None:
    handler = HANDLERS.get(one.kind)
    if handler is None:
        raise NoHandlerError(one.kind)
    handler(one.content)


def beat() -> None:
    """A worker is alive."""
    now = clock.now()
    if not Installation.objects.filter(pk=1).update(worker_at=now):
        Installation.objects.bulk_create([Installation(pk=1, worker_at=now)], ignore_conflicts=True)


def run_once() -> int:
    """Do everything that is due now, and return how many things were done."""
    tally = Worker().drain()
    return tally.jobs + tally.sent


def run_forever(worker: Worker) -> None:
    """Do what is due, as it becomes due, until somebody says stop. A database that is gone is waited for."""
    gone = False
    with worker.pulse():
        while not worker.stop.is_set():
            try:
                close_old_connections()
                worker.drain()
            except DatabaseError as error:
                connections.close_all()
                if not gone:
                    log_error("database gone", error, logging.WARNING)
                gone = True
                worker.stop.wait(GONE_SECONDS)
                continue
            if gone:
                log("database back")
                gone = False
            worker.stop.wait(LOOK_SECONDS)

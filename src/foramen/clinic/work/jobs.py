"""When each recurring job is due, and which worker is at it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q

from foramen.clinic import clock
from foramen.clinic.models import Job
from foramen.clinic.records.outbox import LEASE
from foramen.clinic.work.registry import JOBS

SOON = timedelta(minutes=5)
"""When a job that failed is tried again, at the latest."""


def due() -> Iterator[Job]:
    """The jobs that are due, each for this worker alone. A job that is new gets its row; two workers make one."""
    now = clock.now()
    known = Job.objects.in_bulk(list(JOBS))
    if new := [Job(name=name, due_at=now) for name in JOBS if name not in known]:
        Job.objects.bulk_create(new, ignore_conflicts=True)
        known = Job.objects.in_bulk(list(JOBS))
    for job in sorted(known.values(), key=lambda one: (one.due_at, one.name)):
        if _claim(job):
            yield job


def _claim(job: Job) -> bool:
    """A worker that was killed holds a job until its lease ends. A clock that was set back makes a job due too."""
    now = clock.now()
    if now < job.due_at <= now + JOBS[job.name].every:
        return False
    free = Q(taken_at=None) | Q(taken_at__lte=now - LEASE)
    if not Job.objects.filter(free, name=job.name, due_at=job.due_at).update(taken_at=now):
        return False
    job.taken_at = now
    return True


def hold(job: Job) -> None:
    """The worker that took it is still at it: its lease begins anew."""
    now = clock.now()
    if Job.objects.filter(name=job.name, taken_at=job.taken_at).update(taken_at=now):
        job.taken_at = now


def done(job: Job) -> None:
    """It was done, and is due again."""
    now = clock.now()
    mine = Job.objects.filter(name=job.name, taken_at=job.taken_at)
    mine.update(done_at=now, due_at=now + JOBS[job.name].every, taken_at=None, failed="")


def failed(job: Job, error_class: str) -> None:
    """It was not done: it is tried again soon. `error_class` says what kind of error it was."""
    again = clock.now() + min(JOBS[job.name].every, SOON)
    mine = Job.objects.filter(name=job.name, taken_at=job.taken_at)
    mine.update(due_at=again, taken_at=None, failed=error_class[:80])


def put_back(job: Job) -> None:
    """The worker ends before it was done: another one takes it at once."""
    Job.objects.filter(name=job.name, taken_at=job.taken_at).update(taken_at=None)

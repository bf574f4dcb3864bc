"""Whether what has to happen by itself happens: the worker, what waits to go out, the seals."""

from datetime import timedelta

from django.db.models import Count

from foramen.clinic import clock
from foramen.clinic.checks.check import NotReadyError
from foramen.clinic.models import Job
from foramen.clinic.records import outbox
from foramen.clinic.records.chain import last_seal, last_seal_age
from foramen.clinic.records.installation import installation, is_reconciling

LATE = timedelta(minutes=15)
"""How late something may be that happens by itself (H17)."""

START_IT = "start it: foramen worker"


def worker_is_late() -> bool:
    """Whether no worker has given a sign of life for too long."""
    seen = installation().worker_at
    return seen is None or clock.now() - seen > LATE


def check_worker() -> str:
    """A worker gives a sign of life a few times a minute."""
    seen = installation().worker_at
    if seen is None:
        raise NotReadyError.single("no worker has ever run", remedy=START_IT)
    if worker_is_late():
        raise NotReadyError.single("no worker is running", received=f"last seen {seen.isoformat()}", remedy=START_IT)
    return f"last seen {seen.isoformat(timespec='seconds')}"


def check_jobs() -> str:
    """Jobs that failed, or that nobody has come to."""
    failed = list(Job.objects.exclude(failed="").order_by("name"))
    if failed:
        raise NotReadyError.single(
            "a job fails", received=", ".join(f"{one.name}: {one.failed}" for one in failed),
            remedy="the log of the worker says where",
        )  # fmt: skip
    late = Job.objects.filter(due_at__lt=clock.now() - LATE).count()
    if late:
        raise NotReadyError.single("jobs are late", received=str(late), remedy=START_IT)
    return f"{Job.objects.count()} known"


def check_restored() -> str:
    """A restored copy sends nothing until somebody has confirmed it (H24)."""
    if is_reconciling():
        raise NotReadyError.single(
            "this copy was restored and nobody has confirmed it: nothing is sent",
            remedy="enter what came after the backup, then: foramen restore --confirm",
        )
    return "no restore waits"


def check_outbox() -> str:
    """What waits, what is late, and what nobody tries any longer."""
    given_up = outbox.given_up().values_list("kind").annotate(Count("pk")).order_by("kind")
    if given_up:
        raise NotReadyError.single(
            "something could not be sent, and was given up", received=", ".join(f"{n} {kind}" for kind, n in given_up),
            remedy="mend what the log of the worker says, then: foramen worker --again",
        )  # fmt: skip
    waits = outbox.waiting().count()
    if not is_reconciling() and outbox.waiting().filter(due_at__lt=clock.now() - LATE).exists():
        raise NotReadyError.single("what has to go out is late", received=f"{waits} waiting", remedy=START_IT)
    return f"{waits} waiting"


def check_seals() -> str:
    """For how long events of the audit have waited for their seal (AUD-8)."""
    age, last = last_seal_age(), last_seal()
    if age is not None and age > LATE:
        raise NotReadyError.single(
            "the audit is not sealed", received=f"the oldest event without a seal is {_hours(age)} old",
            remedy=START_IT,
        )  # fmt: skip
    return f"last seal {last.number} of {last.at.isoformat(timespec='seconds')}" if last else "nothing to seal yet"


def _hours(age: timedelta) -> str:
    return f"{age / timedelta(hours=1):.1f} h"

"""Side effects: put down in the transaction of their cause, done afterwards by a worker.

A cause that is rolled back leaves nothing to be sent; a cause that is stored is sent at least once, or is given up
after `LIMIT` tries, and then listed until somebody has looked at it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from foramen.clinic import clock
from foramen.clinic.models import Outgoing
from foramen.kernel.errors import Defect

LEASE = timedelta(minutes=10)
"""How long a worker has for what it took, unless it holds on to it; then another one may take it."""

LIMIT = 8
"""How often something is tried."""

PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Between two tries: twice as long each time. All of them take about two hours."""

KILLED = "killed"
"""Why something failed whose worker did not come back from the last try."""


def put(kind: str, content: dict[str, Any], due_at: datetime | None = None) -> Outgoing:
    """Put something down to be done, with its cause; from `due_at` on, or at once. Raises Defect where there is no
    transaction to share."""
    if not connection.in_atomic_block:
        raise Defect("what goes out has to be put down in the transaction of its cause")
    now = clock.now()
    return Outgoing.objects.create(kind=kind, content=content, made_at=now, due_at=due_at or now)


def waiting() -> QuerySet[Outgoing]:
    """What is neither done nor given up."""
    return Outgoing.objects.filter(done_at=None, given_up_at=None)


def given_up() -> QuerySet[Outgoing]:
    """What nobody tries any longer."""
    return Outgoing.objects.filter(done_at=None).exclude(given_up_at=None)


def take(limit: int) -> Sequence[Outgoing]:
    """Up to `limit` of what waits, oldest first, for this worker alone until its lease ends."""
    now = clock.now()
    free = waiting().filter(Q(due_at__lte=now) & (Q(taken_at=None) | Q(taken_at__lte=now - LEASE)))
    free.filter(attempts__gte=LIMIT).update(given_up_at=now, failed=KILLED)
    return [one for one in free.order_by("due_at", "made_at", "id")[:limit] if _claim(one, now)]


def _claim(one: Outgoing, now: Any) -> bool:
    """Whoever counts the attempt up has it; another worker that saw the same number does not."""
    mine = waiting().filter(pk=one.pk, attempts=one.attempts)
    if not mine.update(attempts=F("attempts") + 1, taken_at=now):
        return False
    one.attempts, one.taken_at = one.attempts + 1, now
    return True


def hold(one: Outgoing) -> None:
    """The worker that took it is still at it: its lease begins anew."""
    waiting().filter(pk=one.pk, attempts=one.attempts).update(taken_at=clock.now())


def done(one: Outgoing) -> None:
    """It is sent."""
    Outgoing.objects.filter(pk=one.pk).update(done_at=clock.now())


def failed(one: Outgoing, error_class: str) -> bool:
    """It was not sent: it is tried again after a pause, and given up after the last try; returns whether it is.
    `error_class` says what kind of error it was; its message may hold a patient's value."""
    now, mine = clock.now(), waiting().filter(pk=one.pk, attempts=one.attempts)
    if one.attempts >= LIMIT:
        return bool(mine.update(given_up_at=now, failed=error_class[:80]))
    pause = min(PAUSE * 2 ** (one.attempts - 1), LONGEST_PAUSE)
    mine.update(due_at=now + pause, taken_at=None, failed=error_class[:80])
    return False


def put_back(one: Outgoing) -> None:
    """The worker ends before it has come to it: another one takes it at once, and no try is counted."""
    mine = waiting().filter(pk=one.pk, attempts=one.attempts)
    mine.update(attempts=F("attempts") - 1, taken_at=None)


def try_again(one: Outgoing) -> None:
    """Somebody has mended what was wrong: what was given up is tried again, from the first try on."""
    Outgoing.objects.filter(pk=one.pk, done_at=None).update(
        given_up_at=None, taken_at=None, attempts=0, due_at=clock.now()
    )

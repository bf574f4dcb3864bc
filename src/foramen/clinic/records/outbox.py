"""Side effects: put down in the transaction of their cause, done afterwards by a worker.

A cause that is rolled back leaves nothing to be sent; a cause that is stored is sent at least once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q

from foramen.clinic import clock
from foramen.clinic.models import Outgoing
from foramen.kernel.errors import Defect

LEASE = timedelta(minutes=10)
"""How long a worker has for what it took; then another one may take it."""


def put(kind: str, content: dict[str, Any], due_at: datetime | None = None) -> Outgoing:
    """Put something down to be done, with its cause; from `due_at` on, or at once. Raises Defect where there is no
    transaction to share."""
    if not connection.in_atomic_block:
        raise Defect("what goes out has to be put down in the transaction of its cause")
    now = clock.now()
    return Outgoing.objects.create(kind=kind, content=content, made_at=now, due_at=due_at or now)


def take(limit: int) -> Sequence[Outgoing]:
    """Up to `limit` of what waits, oldest first, for this worker alone until its lease ends."""
    now = clock.now()
    free = Q(done_at=None, given_up_at=None, due_at__lte=now) & (Q(taken_at=None) | Q(taken_at__lte=now - LEASE))
    waiting = Outgoing.objects.filter(free).order_by("due_at", "made_at", "id")[:limit]
    return [one for one in waiting if _claim(one, now)]


def _claim(one: Outgoing, now: Any) -> bool:
    """Whoever counts the attempt up has it; another worker that saw the same number does not."""
    mine = Outgoing.objects.filter(pk=one.pk, attempts=one.attempts, done_at=None)
    return bool(mine.update(attempts=F("attempts") + 1, taken_at=now))


def done(one: Outgoing) -> None:
    """It is sent."""
    Outgoing.objects.filter(pk=one.pk).update(done_at=clock.now())

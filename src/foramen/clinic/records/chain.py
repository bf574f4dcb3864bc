"""The chain over the audit (AUD-8): events are sealed in batches, and each seal holds the digest of the one before.

A seal is the SHA-256 of its own fields and of the whole digest of every event that it covers. Beside it stand the
marks: of each event its number, and how its digest begins. The seal says that something was changed, the marks say
what: which event is not as it was, is gone, or was put in. Whoever changes an event and its mark still has to change
the seal; and whoever makes all seals anew is found out by the head, which is kept elsewhere (`records.heads`).
"""

import hashlib
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from itertools import islice

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from foramen.clinic import clock
from foramen.clinic.models import AuditEvent, Seal
from foramen.clinic.records.event_digests import Numbered, digests
from foramen.kernel.digests import canonical_json

AT_ONCE = 10_000
"""Events that one seal covers at most."""

NOTHING = "0" * 64
"""What stands in the first seal for the one before."""

MARK = 16
"""Digits of an event's digest that its mark holds. It only has to tell events of one seal apart: the seal is of all."""

PATIENCE, LOOK = 5.0, 0.02
"""Seconds: how long sealing waits for those who are writing, and how often it looks."""

_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'clinic_auditevent'::regclass AND mode = 'RowExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pid IS DISTINCT FROM pg_backend_pid()
"""


def seal_events(limit: int = AT_ONCE) -> Seal | None:
    """Seal the events since the last seal, up to `limit` of them. None where there are none, where somebody is writing
    for longer than this waits, or where somebody else sealed them at the same moment."""
    before = last_seal()
    first = before.last + 1 if before else 1
    lines = list(islice(digests(first, _settled(first)), limit))
    if not lines:
        return None
    seal = Seal(
        number=before.number + 1 if before else 1, first=lines[0][0], last=lines[-1][0], events=len(lines),
        previous=before.sha256 if before else NOTHING, marks=marks_of(lines), at=clock.now(),
    )  # fmt: skip
    seal.sha256 = seal_digest(seal, lines)
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
    except IntegrityError:
        return None
    return seal


def seal_all() -> Sequence[Seal]:
    """Seal whatever waits, seal after seal."""
    return tuple(iter(seal_events, None))


def last_seal() -> Seal | None:
    return Seal.objects.order_by("number").last()


def last_seal_age() -> timedelta | None:
    """For how long the oldest event that no seal covers has waited; None where none waits."""
    before = last_seal()
    waiting = AuditEvent.objects.filter(pk__gt=before.last if before else 0).order_by("pk").values_list("at", flat=True)
    oldest = waiting.first()
    return None if oldest is None else max(clock.now() - oldest, timedelta())


def seal_digest(seal: Seal, lines: Iterable[Numbered]) -> str:
    """Of the fields of a seal and the events that it covers; gaps between their numbers are ordinary."""
    told = {name: getattr(seal, name) for name in ("number", "previous", "first", "last", "events")}
    total = hashlib.sha256(canonical_json(told | {"at": seal.at.astimezone(UTC).isoformat()}))
    for number, sha256 in lines:
        total.update(f"\n{number} {sha256}".encode())
    return total.hexdigest()


def marks_of(lines: Iterable[Numbered]) -> str:
    return "\n".join(f"{number} {sha256[:MARK]}" for number, sha256 in lines)


def _settled(first: int) -> int:
    """The last number up to which every event is there that ever will be; before `first` where that is not known.

    SQLite lets one write at a time. In PostgreSQL a number is given before its event is seen, and a later one may be
    seen first. Whoever was given a number holds a lock on the table until the event is there or never will be: those
    who hold one now are waited for. The oldest running transaction (`pg_snapshot_xmin`) would not do: a number may be
    given before the transaction has its own.
    """
    last: int = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    if last < first or connection.vendor != "postgresql":
        return last
    ends, writing = time.monotonic() + PATIENCE, _writers()
    while writing:
        if time.monotonic() > ends:
            return first - 1
        time.sleep(LOOK)
        writing &= _writers()
    return last


def _writers() -> set[str]:
    """The transactions of others that may have been given the number of an event which is not seen yet."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {str(row[0]) for row in cursor.fetchall()}

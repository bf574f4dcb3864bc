"""This installation: whether it was restored from a backup and nobody has confirmed since that it is as it should be.

Until then nothing is sent: what waits to go out in a restored copy may have gone out already (H24).
"""

from datetime import datetime

from foramen.clinic import clock
from foramen.clinic.models import AuditEvent, Installation

RESTORED = "restored"
"""Operation of the event that a restore writes."""


def installation() -> Installation:
    """The one row; a database in which nothing has run yet is without it."""
    return Installation.objects.first() or Installation()


def is_reconciling() -> bool:
    """Whether a restore waits to be confirmed: nothing is sent meanwhile."""
    return restore_to_confirm() is not None


def restore_to_confirm() -> Installation | None:
    """The row while a restore waits to be confirmed, for the notice on every page."""
    return Installation.objects.filter(restored_at__isnull=False, confirmed_at=None).first()


def last_pulse() -> datetime | None:
    """When a worker was last alive."""
    return Installation.objects.values_list("worker_at", flat=True).first()


def note_confirmed(by: str) -> Installation:
    """What came after the backup is entered again, and things may be sent. `by` is who says so."""
    found = installation()
    found.confirmed_at, found.confirmed_by = clock.now(), by
    found.save()
    return found


def note_restored_before() -> None:
    """A backup of a version that had no such row yet was restored, and then migrated: its event says so."""
    event = AuditEvent.objects.filter(operation=RESTORED).order_by("-pk").first()
    if event is not None and not Installation.objects.filter(restored_at__isnull=False).exists():
        told = {"restored_at": event.at, "backed_up_at": datetime.fromisoformat(event.context["backed_up_at"])}
        Installation.objects.update_or_create(pk=1, defaults=told)

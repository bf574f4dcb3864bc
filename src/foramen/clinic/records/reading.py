"""Who looked at whose record: reading leaves an event too.

Where nothing can be written, because the disk is full or somebody else is writing for long, records can still be read:
what has to be noted waits in this process, and is noted before the next reading that can be.
"""

import logging
from collections import deque
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, transaction

from foramen.clinic import clock
from foramen.clinic.logs import log_error
from foramen.clinic.models import AuditEvent, Patient
from foramen.clinic.records.events import READ
from foramen.clinic.rights.gatekeeper import ClinicRequest

MOST = 10_000
"""Readings that may wait; the oldest is lost when there are more."""

_WAITING: deque[Mapping[str, Any]] = deque(maxlen=MOST)


def note_reading(request: ClinicRequest, patient: Patient, what: str) -> None:
    """Write down that this page of a patient's record was opened. `what` is the page in words, such as “letter”.

    For the views of a whole record, once for each page that is shown; not for the fragments that refresh it.
    """
    _WAITING.append({
        "at": clock.now(), "table": Patient._meta.db_table, "operation": READ, "row": patient.pk.hex,
        "context": context_of_reading(request, what), "patient": patient.pk,
    })  # fmt: skip
    try:
        _note_all()
    except OperationalError as error:
        log_error("reading not noted yet", error, logging.WARNING, waiting=len(_WAITING))


def context_of_reading(request: ClinicRequest, what: str) -> dict[str, Any]:
    """Who looks at what, for an event of it."""
    return {
        "person": request.person.pk.hex, "shown_as": str(request.person), "role": ", ".join(sorted(request.roles)),
        "site": request.at_site.pk.hex, "what": what, "page": request.path,
    }  # fmt: skip


def _note_all() -> None:
    """Those that have waited with the new one, in their order."""
    while _WAITING:
        one = _WAITING.popleft()
        try:
            with transaction.atomic():
                AuditEvent.objects.create(**one)
        except OperationalError:
            _WAITING.appendleft(one)
            raise

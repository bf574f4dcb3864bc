"""Two words for monitors. A proxy and a supervisor ask for the first, whoever is called at night for the second."""

import time
from collections.abc import Callable
from http import HTTPStatus
from threading import Lock

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from foramen.clinic.checks.database import check_tables
from foramen.clinic.checks.running import worker_is_late
from foramen.clinic.records import outbox
from foramen.clinic.records.checks import missing_triggers
from foramen.kernel.errors import UserError

FRESH_SECONDS = 60
"""How long an answer about tables and triggers is repeated: finding out takes a while."""

OK, WRONG, GONE, UNKNOWN = "ok", "wrong", "gone", "unknown"


class Remembered:
    """A question whose good answer is believed for a while. One thread asks, the others wait for it."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self.ask = ask
        self.until = 0.0
        self.lock = Lock()

    def __call__(self) -> bool:
        with self.lock:
            if time.monotonic() < self.until:
                return True
            if self.ask():
                self.until = time.monotonic() + FRESH_SECONDS
                return True
        return False

    def forget(self) -> None:
        """Ask anew the next time."""
        self.until = 0.0


def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """The process answers. Nothing else is asked: not the database."""
    return JsonResponse({"process": OK})


def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """Whether records can be read and written, whether the database writes its audit, and whether a worker is there.
    503 unless all of it holds."""
    told = dict.fromkeys(("database", "tables", "audit", "worker", "outbox"), UNKNOWN)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        told["database"] = OK
        told["tables"] = OK if TABLES() else WRONG
        if told["tables"] == OK:
            told |= _records()
    except (DatabaseError, InterfaceError):
        told["database"] = GONE
    whole = all(word == OK for name, word in told.items() if name != "outbox")
    return JsonResponse(told, status=HTTPStatus.OK if whole else HTTPStatus.SERVICE_UNAVAILABLE)


def _records() -> dict[str, str]:
    return {
        "audit": OK if TRIGGERS() else WRONG,
        "worker": "late" if worker_is_late() else OK,
        "outbox": "given up" if outbox.given_up().exists() else OK,
    }


def _has_tables() -> bool:
    try:
        check_tables()
    except UserError:
        return False
    return True


TABLES, TRIGGERS = Remembered(_has_tables), Remembered(lambda: not missing_triggers())

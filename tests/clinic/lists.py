"""Rows for tests of lists, and how many queries a page runs."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foramen.clinic.models import Visit
from foramen.clinic.rules import readiness
from tests.clinic.hospital import Hospital

SLOTS = [
    (f"{hour:02d}:{minute:02d}", room) for room in ("fl1", "fl2", "ct") for hour in range(10, 16) for minute in (0, 30)
]


def queries(client: Client, path: str) -> list[str]:
    """The queries of a page that answers."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return [one["sql"] for one in captured.captured_queries]


def counts(client: Client, path: str, add: Callable[[int], None], sizes: tuple[int, ...] = (1, 3, 30)) -> list[int]:
    """How many queries a page runs with so many rows; `add(n)` makes the n-th row, from 0."""
    found, made = [], 0
    for size in sizes:
        while made < size:
            add(made)
            made += 1
        found.append(len(queries(client, path)))
    return found


def booked(hospital: Hospital, n: int, **patient: str) -> Visit:
    """The n-th of many booked visits of a day, with what the rules say of it."""
    start, room = SLOTS[n]
    visit = hospital.visit(start, room, **({"family_name": f"Name{n:02d}"} | patient))
    hospital.walk(visit, "arrival")
    readiness.refresh(visit)
    return visit

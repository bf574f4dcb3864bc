"""Nothing can be written just now: what is sent is not saved and told so, and records can be read all the same."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from foramen.clinic.models import AuditEvent, Patient
from foramen.clinic.records import patience, reading
from foramen.clinic.records.database import is_out_of_reach
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.test_api import DETAILS, api_of, register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("H24")]


@pytest.fixture
def impatient(db: None) -> Iterator[None]:
    """As in a process that serves, with less patience still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patience, "REQUEST_SECONDS", 0.2)
        if connection.vendor == "sqlite":
            connection.execute_wrappers.append(patience._wait_no_longer)
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
        yield
        if connection.vendor == "sqlite":
            connection.execute_wrappers.remove(patience._wait_no_longer)
        connection.close()


@contextmanager
def somebody_writes_for_long() -> Iterator[None]:
    """Another program has begun to write, and does not end."""
    name = str(connection.settings_dict["NAME"])
    other: Any = (
        sqlite3.connect(name, isolation_level=None)
        if connection.vendor == "sqlite"
        else psycopg.connect(dbname=name, user="postgres", host=connection.settings_dict["HOST"], autocommit=True)
    )
    begin = (
        "BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN; LOCK TABLE clinic_auditevent IN EXCLUSIVE MODE"
    )
    other.execute(begin)
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_what_is_sent_is_not_saved_and_told_so(hospital: Hospital, client: Client, impatient: None) -> None:
    client.raise_request_exception = False
    nurse, program, key = signed_in(client, hospital.people["dahl"]), api_of(hospital, "dahl"), uuid4()
    program.client.raise_request_exception = False
    form = DETAILS | {"key": str(uuid4()), "number": "7000 0002", "language": "en"}
    with somebody_writes_for_long():
        page = nurse.post("/patients/new/", form)
        said = program.post(register(hospital), DETAILS, key)
    assert (page.status_code, page.headers.get("Retry-After")) == (503, "5"), page.content
    assert "What you sent was not saved" in page.content.decode() and "late entry" in page.content.decode()
    assert (said.status_code, said.headers["Retry-After"]) == (503, "5")
    assert said.json()["faults"][0]["what"] == "not saved: the database cannot be reached"
    assert Patient.objects.count() == 0
    assert program.post(register(hospital), DETAILS, key).json()["again"] is False


def test_a_record_is_read_and_the_reading_is_noted_later(hospital: Hospital, client: Client, impatient: None) -> None:
    visit, other = hospital.visit(), hospital.visit("10:00")
    nurse = signed_in(client, hospital.people["dahl"])
    with somebody_writes_for_long():
        assert nurse.get(f"/patients/{visit.patient.pk}/").status_code == 200
    noted = AuditEvent.objects.filter(operation="read")
    assert (noted.count(), len(reading._WAITING)) == (0, 1)
    assert nurse.get(f"/patients/{other.patient.pk}/").status_code == 200
    assert [one.patient for one in noted.order_by("pk")] == [visit.patient.pk, other.patient.pk]
    assert len(reading._WAITING) == 0


def test_all_waiting_of_a_request_together_is_short(hospital: Hospital, impatient: None) -> None:
    """On SQLite each attempt would wait anew; the patience is that of the whole request."""
    if connection.vendor != "sqlite":
        return
    begun = time.monotonic()
    with somebody_writes_for_long(), patience.patience():
        for _ in range(5):
            with pytest.raises(OperationalError):
                Patient.objects.update(language="en")
    assert time.monotonic() - begun < 5 * 0.2


def test_a_fault_of_ours_is_not_said_to_be_the_database(hospital: Hospital) -> None:
    with pytest.raises(Exception, match="nowhere") as wrong, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere")
    assert not is_out_of_reach(wrong.value)
    assert is_out_of_reach(OperationalError("gone")) and is_out_of_reach(InterfaceError("closed"))
    assert not is_out_of_reach(ZeroDivisionError())

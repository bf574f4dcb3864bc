"""What monitors are told: whether the process answers, and whether the service can do its work."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from foramen.clinic.models import Outgoing
from foramen.clinic.pages.health import views
from foramen.clinic.records import outbox, triggers
from foramen.clinic.work.loop import beat
from tests.clinic.hospital import Hospital

ALL_WELL = {"database": "ok", "tables": "ok", "audit": "ok", "worker": "ok", "outbox": "ok"}


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    views.TABLES.forget()
    views.TRIGGERS.forget()


def test_the_process_answers_without_the_database(client: Client) -> None:
    """No database is allowed in this test."""
    answer = client.get("/health")
    assert (answer.status_code, answer.json(), answer.headers["Cache-Control"]) == (200, {"process": "ok"}, "no-store")


@pytest.mark.requirement("H17")
def test_ready_means_that_a_worker_was_there_a_quarter_of_an_hour_ago(client: Client, hospital: Hospital) -> None:
    assert (client.get("/ready").status_code, client.get("/ready").json()["worker"]) == (503, "late")
    beat()
    hospital.time.at += timedelta(minutes=15)
    assert (client.get("/ready").status_code, client.get("/ready").json()) == (200, ALL_WELL)
    hospital.time.at += timedelta(seconds=1)
    assert (client.get("/ready").status_code, client.get("/ready").json()) == (503, ALL_WELL | {"worker": "late"})


def test_what_was_given_up_is_told_and_takes_nobody_out_of_service(client: Client, hospital: Hospital) -> None:
    beat()
    outbox.put("letter", {})
    Outgoing.objects.update(given_up_at=hospital.time.at)
    assert (client.get("/ready").status_code, client.get("/ready").json()["outbox"]) == (200, "given up")


def test_ready_means_that_the_database_writes_its_audit(client: Client, hospital: Hospital) -> None:
    """A good answer is believed for a minute, a bad one is asked anew."""
    beat()
    triggers.remove()
    assert (client.get("/ready").status_code, client.get("/ready").json()["audit"]) == (503, "wrong")
    triggers.install()
    assert client.get("/ready").status_code == 200
    triggers.remove()
    assert client.get("/ready").status_code == 200
    triggers.install()


def test_a_database_of_another_version(client: Client, hospital: Hospital) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    told = client.get("/ready")
    assert (told.status_code, told.json()["tables"], told.json()["audit"]) == (503, "wrong", "unknown")


def test_it_is_asked_on_plain_http_inside_the_machine(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health").status_code == 200
    assert client.get("/sign-in/").status_code == 301

"""Who looked at whose record, who signed in and who could not, is written down too (AUD-2)."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from allauth.mfa import signals as second_factor
from django.contrib.auth import authenticate
from django.db import DatabaseError, connection
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from foramen.clinic.models import AuditEvent, Person
from foramen.clinic.records.reading import note_reading
from foramen.clinic.records.speaking import AuditContext
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import Hospital

PASSWORD = "four invented words here"


def request_of(hospital: Hospital, who: str) -> ClinicRequest:
    request: Any = RequestFactory().get("/patients/1/")
    request.person, request.at_site = hospital.people[who], hospital.site
    request.roles = frozenset({Role.NURSE})
    return cast(ClinicRequest, request)


def of_accounts() -> list[AuditEvent]:
    wanted = ("sign-in", "sign-out", "failed")
    return list(AuditEvent.objects.filter(operation__in=wanted).order_by("id"))


@pytest.fixture
def dahl(hospital: Hospital) -> Person:
    person = hospital.people["dahl"]
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.mark.requirement("AUD-2")
def test_reading_a_record_says_who_whose_what_and_when(hospital: Hospital) -> None:
    patient = hospital.visit().patient
    note_reading(request_of(hospital, "dahl"), patient, "letter")
    event = AuditEvent.objects.get(operation="read")
    assert (event.patient, event.row, event.at) == (patient.pk, patient.pk.hex, hospital.time.at)
    said = {name: event.context[name] for name in ("person", "shown_as", "role", "what", "page")}
    assert said == {
        "person": hospital.people["dahl"].pk.hex, "shown_as": "R. Dahl", "role": "nurse", "what": "letter",
        "page": "/patients/1/",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_reading_is_stored_at_once_and_holds_nothing_up(hospital: Hospital) -> None:
    patient = hospital.visit().patient
    note_reading(request_of(hospital, "dahl"), patient, "history")
    assert not connection.in_atomic_block
    assert AuditEvent.objects.filter(operation="read").count() == 1


def test_a_record_that_cannot_be_logged_is_not_shown(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = hospital.visit().patient

    def full(**_row: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(AuditEvent, "objects", SimpleNamespace(create=full))
    with pytest.raises(DatabaseError):
        note_reading(request_of(hospital, "dahl"), patient, "letter")


@pytest.mark.requirement("AUD-2", "ASVS V16.3.1")
def test_signing_in_and_out_are_events(dahl: Person) -> None:
    client = Client()
    assert client.login(username="dahl", password=PASSWORD)
    client.logout()
    assert [(one.operation, one.row, one.context["shown_as"]) for one in of_accounts()] == [
        ("sign-in", dahl.pk.hex, "R. Dahl"),
        ("sign-out", dahl.pk.hex, "R. Dahl"),
    ]


@pytest.mark.requirement("AUD-2", "DEI-8", "ASVS V16.3.1")
@pytest.mark.parametrize("typed", ["dahl", "nobody", PASSWORD])
def test_a_sign_in_that_fails_is_an_event_without_what_was_typed(dahl: Person, typed: str) -> None:
    request = RequestFactory().post("/sign-in/")
    assert authenticate(request, username=typed, password="not " + PASSWORD) is None
    event = of_accounts()[-1]
    assert (event.operation, event.row) == ("failed", dahl.pk.hex if typed == "dahl" else "")
    assert event.context == {"what": "password", "page": "/sign-in/"}
    everything = " ".join(f"{one.old} {one.new} {one.context}" for one in AuditEvent.objects.all())
    assert PASSWORD not in everything


def test_signing_in_changes_nothing_else_in_the_audit(dahl: Person) -> None:
    before = AuditEvent.objects.count()
    assert Client().login(username="dahl", password=PASSWORD)
    assert AuditEvent.objects.count() == before + 1


@pytest.mark.requirement("AUD-2")
@pytest.mark.parametrize(
    ("signal", "said"),
    [
        (second_factor.authenticator_added, "second factor added"),
        (second_factor.authenticator_removed, "second factor taken away"),
        (second_factor.authenticator_reset, "second factor made anew"),
    ],
)
def test_a_second_factor_that_changes_is_an_event(dahl: Person, signal: Signal, said: str) -> None:
    signal.send(sender=Person, request=RequestFactory().get("/"), user=dahl, authenticator=None)
    event = AuditEvent.objects.get(operation="factor")
    assert (event.row, event.context["what"], event.context["shown_as"]) == (dahl.pk.hex, said, "R. Dahl")


def test_a_code_that_is_wrong_is_a_failed_sign_in(dahl: Person) -> None:
    request = RequestFactory().post("/sign-in/code/")
    second_factor.authentication_failed.send(sender=Person, request=request, user=dahl, authenticator=None)
    event = AuditEvent.objects.get(operation="failed")
    assert (event.row, event.context) == (dahl.pk.hex, {"what": "second factor", "page": "/sign-in/code/"})


def test_what_is_written_outside_of_a_verb_names_who_is_signed_in(dahl: Person) -> None:
    request = RequestFactory().post("/account/password/")
    request.user = dahl

    def change(_request: HttpRequest) -> HttpResponse:
        dahl.set_password("another four invented words")
        dahl.save()
        return HttpResponse()

    AuditContext(change)(request)
    event = AuditEvent.objects.filter(table="clinic_person", operation="update").latest("id")
    assert (event.context["shown_as"], event.context["page"]) == ("R. Dahl", "/account/password/")

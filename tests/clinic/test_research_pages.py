"""The pages of consent to research: where it stands, signing, taking back, and who may."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.models import AuditEvent, Fact, Patient, Visit
from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import Hospital
from tests.clinic.lists import counts, queries
from tests.clinic.people import signed_in
from tests.clinic.test_research_consent import ALL, now_of, sign, withdraw
from tests.clinic.test_research_consent import words as said_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(hospital: Hospital, client: Client) -> Client:
    return signed_in(client, hospital.people["dahl"])


@pytest.fixture
def patient(hospital: Hospital) -> Patient:
    visit = hospital.visit()
    Visit.objects.filter(pk=visit.pk).update(needle_in_at=hospital.local("09:00") - timedelta(days=30))
    return visit.patient


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def send(client: Client, asked: Patient, what: str, **said: Any) -> Any:
    told = {"key": str(uuid4()), "patient": str(asked.pk), "seen": "0"} | said
    return client.post(f"/patients/{asked.pk}/research/{what}/", told)


SIGNED = {"form": "Research, version 3", "language": "de", "use": "yes", "new_data": "yes", "contact": "no"}


@pytest.mark.requirement("H31", "DEI-7")
def test_a_consent_and_its_withdrawal_are_on_the_patients_page_at_once(nurse: Client, patient: Patient) -> None:
    overview, page = f"/patients/{patient.pk}/", f"/patients/{patient.pk}/research/"
    assert "never asked" in words(nurse, overview)
    assert "0 of 1 treatments in a snapshot made now" in words(nurse, page)
    assert send(nurse, patient, "sign", **SIGNED).status_code == 302
    assert "What is on record may be used yes since 26 Nov 2026" in words(nurse, overview)
    assert "May be contacted for research no since" in words(nurse, overview)
    assert "1 of 1 treatments in a snapshot made now" in words(nurse, page)
    assert send(nurse, patient, "withdraw", scopes=["use"], told_by="by letter").status_code == 302
    assert "0 of 1 treatments in a snapshot made now" in words(nurse, page)
    told = words(nurse, page)
    assert "Taken back by letter: use of what is on record" in told
    assert "Signed Research, version 3, German: use of what is on record, new data" in told
    assert "Calls and questionnaires after a treatment are care" in told


def test_what_is_missing_is_said_and_what_was_typed_stays(nurse: Client, patient: Patient) -> None:
    answer = send(nurse, patient, "sign", **(SIGNED | {"use": ""}))
    assert answer.status_code == 422
    assert 'value="Research, version 3"' in answer.content.decode()
    for wrong in ({}, {"scopes": ["use"]}, {"scopes": ["everything"], "told_by": "by letter"}):
        assert send(nurse, patient, "withdraw", reason="moved away", **wrong).status_code == 422
    assert Fact.objects.filter(kind__startswith="research").count() == 0


def test_a_consent_that_has_not_seen_a_withdrawal_is_shown_it_first(
    hospital: Hospital, nurse: Client, patient: Patient
) -> None:
    seen = sign(hospital, patient).pk
    withdraw(hospital, patient, ALL, who="lind")
    answer = send(nurse, patient, "sign", **(SIGNED | {"seen": str(seen)}))
    assert answer.status_code == 409 and "Taken back by phone" in answer.content.decode()
    assert now_of(patient) == (False, False, False)
    again = re.search(r'name="seen" value="(\d+)"', answer.content.decode())
    assert again and send(nurse, patient, "sign", **(SIGNED | {"seen": again[1]})).status_code == 302


def test_a_form_of_another_patient_is_refused(hospital: Hospital, nurse: Client, patient: Patient) -> None:
    other = hospital.visit("10:00").patient
    assert send(nurse, patient, "sign", **(SIGNED | {"patient": str(other.pk)})).status_code == 409
    assert said_by(patient) == ()


def test_what_was_recorded_for_somebody_else_is_made_void_from_the_page(
    hospital: Hospital, nurse: Client, patient: Patient
) -> None:
    fact = sign(hospital, patient)
    page = f"/patients/{patient.pk}/research/"
    assert f"/facts/{fact.pk}/correct/" in nurse.get(page).content.decode()
    told = {"key": str(uuid4()), "patient": str(patient.pk), "reason": "signed by somebody else"}
    answer = nurse.post(f"/facts/{fact.pk}/void/", told)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "made void by R. Dahl: signed by somebody else" in words(nurse, page)
    assert "never asked" in words(nurse, page)


def test_who_looks_and_who_signs(hospital: Hospital, client: Client, patient: Patient) -> None:
    for who, look, write in (("lind", 200, 302), ("okafor", 200, 302), ("ferro", 200, 403), ("byrd", 403, 403)):
        signed_in(client, hospital.people[who])
        assert client.get(f"/patients/{patient.pk}/research/").status_code == look, who
        assert send(client, patient, "withdraw", scopes=["use"], told_by="by phone").status_code == write, who
    events = AuditEvent.objects.filter(operation="read", context__what="consent to research").order_by("id")
    assert [one.context["shown_as"] for one in events] == ["S. Lind", "Dr H. Okafor", "T. Ferro"]
    signed_in(client, hospital.people["elsewhere"], hospital.other)
    assert client.get(f"/patients/{patient.pk}/research/").status_code == 404


def test_the_page_runs_the_same_queries_however_long_the_history(
    hospital: Hospital, nurse: Client, patient: Patient
) -> None:
    def add(n: int) -> None:
        hospital.time.at += timedelta(minutes=1)
        sign(hospital, patient, contact="no" if n % 2 else "yes")

    path = f"/patients/{patient.pk}/research/"
    queries(nurse, path)
    found = counts(nurse, path, add, sizes=(1, 3, 12))
    assert found == [found[0]] * 3


def test_the_pages_hold_at_every_width_and_for_a_screen_reader(hospital: Hospital, browser_page: BrowserPage) -> None:
    patient = hospital.visit().patient
    sign(hospital, patient, contact="no")
    hospital.time.at += timedelta(days=2)
    withdraw(hospital, patient, ["new_data"])
    page = browser_page(hospital.people["dahl"])
    page.goto(f"/patients/{patient.pk}/research/")
    page.get_by_role("button", name="Record the consent").click()
    assert page.get_by_text("Not saved. Look at this again:").is_visible()
    check_page(page, "research-wrong", (390, 1440))
    page.goto(f"/patients/{patient.pk}/research/")
    check_page(page, "research", (390, 1440))

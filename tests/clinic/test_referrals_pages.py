"""From the referral to the order on the pages: found or registered, entered, decided, ordered, waiting."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.models import Fact, Order, Patient, Referral
from tests.clinic.hospital import Hospital
from tests.clinic.lists import booked, counts
from tests.clinic.people import signed_in

PERSON = {
    "number": "9004 3317", "family_name": "Alder", "given_name": "Signe", "born": "1995-04-02", "sex": "female",
    "phone": "", "email": "", "language": "en",
}  # fmt: skip
ASKED = {
    "referrer": "Dr J. Whitlow", "service": "orthopaedics", "indication": "sciatica, left leg", "urgency": "soon",
    "decides_level": "radiologist", "preauthorisation": "granted", "preauthorisation_number": "PA-1",
    "mri_on": "2026-10-14", "mri_accession": "MR-1", "mri_regions": ["lumbar"], "note": "",
    "place_1": "root:L5", "side_1": "left", "route_1": "transforaminal",
}  # fmt: skip
DECIDED = {
    "decision": "accepted", "modality": "fluoroscopy", "variant": "no", "numbering": "", "reason": "",
    "place_1": "root:L5", "side_1": "left", "route_1": "transforaminal",
}  # fmt: skip
ORDERED = {
    "modality": "fluoroscopy", "quantity": "2", "note": "",
    "place_1": "root:L5", "side_1": "left", "route_1": "transforaminal",
}  # fmt: skip


def send(client: Client, path: str, content: dict[str, Any], **more: Any) -> Any:
    return client.post(path, content | {"key": uuid4()} | more)


@pytest.fixture
def clerk(hospital: Hospital) -> Client:
    return signed_in(Client(), hospital.people["lind"])


@pytest.fixture
def doctor(hospital: Hospital) -> Client:
    return signed_in(Client(), hospital.people["okafor"])


@pytest.fixture
def patient(hospital: Hospital, clerk: Client) -> Patient:
    answer = send(clerk, "/referrals/new/", PERSON)
    found = Patient.objects.get()
    assert answer.headers["Location"] == f"/referrals/new/{found.pk}/"
    return found


@pytest.fixture
def referral(clerk: Client, patient: Patient) -> Referral:
    answer = send(clerk, f"/referrals/new/{patient.pk}/", ASKED, patient=patient.pk)
    found = Referral.objects.get()
    assert answer.headers["Location"] == f"/referrals/{found.pk}/"
    return found


def test_a_referral_is_entered_as_it_was_told(referral: Referral, clerk: Client) -> None:
    told = Fact.objects.get(kind="referral").content
    assert told["asked"] == [{"root": "L5", "level": None, "side": "left", "route": "transforaminal"}]
    assert told["imaging"] == {"accession": "MR-1", "on": "2026-10-14", "regions": ["lumbar"]}
    assert (referral.state, referral.urgency) == ("new", "soon")
    page = clerk.get(f"/referrals/{referral.pk}/").content.decode()
    assert "L5 root left, transforaminal" in page and "waiting for triage" in page


def test_triage_order_and_waiting_follow(referral: Referral, clerk: Client, doctor: Client) -> None:
    who = {"patient": referral.patient_id}
    assert send(doctor, f"/referrals/{referral.pk}/triage/", DECIDED, **who).status_code == 302
    page = doctor.get(f"/referrals/{referral.pk}/").content.decode()
    assert "Place an order" in page and 'value="root:L5" selected' in page
    assert send(clerk, f"/referrals/{referral.pk}/order/", ORDERED, **who).status_code == 302
    order = Order.objects.get()
    assert (order.targets_text, order.quantity) == ("L5 root left, transforaminal", 2)
    assert send(clerk, f"/orders/{order.pk}/add-on/", {}, **who).status_code == 302
    order.refresh_from_db()
    assert order.waiting_since is not None
    page = clerk.get(f"/referrals/{referral.pk}/").content.decode()
    assert "Book a slot" in page and "Waiting for a slot since" in page and "Ask for a slot today" not in page


def test_what_differs_from_what_was_asked_needs_words(referral: Referral, doctor: Client) -> None:
    sent = DECIDED | {"decision": "level changed", "place_1": "root:S1", "patient": referral.patient_id}
    answer = send(doctor, f"/referrals/{referral.pk}/triage/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "“level changed” needs a reason" in page
    assert 'value="root:S1" selected' in page, "what was typed stays"
    assert page.count("<title>Error:") == 1
    assert not Fact.objects.filter(kind="triage").exists()
    sent["reason"] = "the S1 root is compressed"
    assert send(doctor, f"/referrals/{referral.pk}/triage/", sent).status_code == 302


def test_a_declined_referral_treats_nothing_and_takes_no_order(
    referral: Referral, clerk: Client, doctor: Client
) -> None:
    sent = DECIDED | {"decision": "declined", "reason": "no nerve is touched", "patient": referral.patient_id}
    assert send(doctor, f"/referrals/{referral.pk}/triage/", sent).status_code == 302
    assert Fact.objects.get(kind="triage").content["targets"] == []
    page = clerk.get(f"/referrals/{referral.pk}/").content.decode()
    assert "A declined referral has none." in page and "Place an order" not in page
    answer = send(clerk, f"/referrals/{referral.pk}/order/", ORDERED, patient=referral.patient_id)
    assert answer.status_code == 422 and not Order.objects.exists()


def test_an_order_for_the_other_side_is_refused(referral: Referral, clerk: Client, doctor: Client) -> None:
    who = {"patient": referral.patient_id}
    send(doctor, f"/referrals/{referral.pk}/triage/", DECIDED, **who)
    answer = send(clerk, f"/referrals/{referral.pk}/order/", ORDERED | {"side_1": "right"}, **who)
    assert answer.status_code == 422 and "rder and triage differ" in answer.content.decode()
    assert not Order.objects.exists()


def test_both_sides_are_two_targets(clerk: Client, patient: Patient) -> None:
    sent = ASKED | {"place_1": "level:L4/L5", "side_1": "both", "route_1": "facet", "patient": patient.pk}
    assert send(clerk, f"/referrals/new/{patient.pk}/", sent).status_code == 302
    sides = [one["side"] for one in Fact.objects.get(kind="referral").content["asked"]]
    assert sides == ["left", "right"]


def test_a_form_that_is_wrong_comes_back_as_it_was_typed(clerk: Client, patient: Patient) -> None:
    sent = ASKED | {"indication": "", "mri_on": "31 October", "place_1": "root:L9", "patient": patient.pk}
    answer = send(clerk, f"/referrals/new/{patient.pk}/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count("<title>Error:") == 1
    assert 'href="#id_indication"' in page and 'href="#id_mri_on"' in page and 'href="#id_place_1"' in page
    assert 'value="31 October"' in page and 'value="Dr J. Whitlow"' in page
    assert not Referral.objects.exists()


def test_a_number_that_is_taken_is_refused(clerk: Client, patient: Patient) -> None:
    answer = send(clerk, "/referrals/new/", PERSON | {"family_name": "Else"})
    assert answer.status_code == 422 and "nother patient here has this number" in answer.content.decode()
    assert Patient.objects.count() == 1


def test_a_form_of_another_patient_is_a_conflict(clerk: Client, patient: Patient) -> None:
    assert send(clerk, f"/referrals/new/{patient.pk}/", ASKED, patient=uuid4()).status_code == 409
    assert not Referral.objects.exists()


def test_who_may_decide_is_asked_and_nobody_else(hospital: Hospital, referral: Referral, clerk: Client) -> None:
    page = clerk.get(f"/referrals/{referral.pk}/").content.decode()
    assert "A radiologist decides." in page and 'action="/referrals/' not in page
    assert send(clerk, f"/referrals/{referral.pk}/triage/", DECIDED).status_code == 403
    technologist = signed_in(Client(), hospital.people["ferro"])
    assert technologist.get("/referrals/new/").status_code == 403
    assert "New referral" not in technologist.get("/referrals/").content.decode()


def test_the_second_session_is_decided_by_a_radiologist(hospital: Hospital, doctor: Client) -> None:
    order = hospital.visit().order
    Order.objects.filter(pk=order.pk).update(used=1)
    path = f"/orders/{order.pk}/repeat/"
    sent = {"decision": "repeat", "reason": "", "patient": order.patient_id}
    answer = send(doctor, path, sent)
    assert answer.status_code == 422 and "This field is required." in answer.content.decode()
    assert send(doctor, path, sent | {"reason": "half gone after one week"}).status_code == 302
    page = doctor.get(f"/referrals/{order.referral_id}/").content.decode()
    assert "Second session: repeat." in page and "half gone after one week" in page


@pytest.mark.parametrize("path", ["/referrals/", "/referrals/?q=name&state=accepted&sort=name"])
def test_the_list_runs_the_same_queries_however_long(hospital: Hospital, clerk: Client, path: str) -> None:
    found = counts(clerk, path, lambda n: booked(hospital, n))
    assert found == [found[0]] * 3


def test_the_list_is_narrowed_by_state_and_urgency(hospital: Hospital, referral: Referral, clerk: Client) -> None:
    hospital.visit(family_name="Heron")

    def names(query: str) -> list[str]:
        page = clerk.get(f"/referrals/?{query}").content.decode()
        return re.findall(r'<th scope="row"><a [^>]*>([^,<]+),', page)

    assert names("state=new") == ["Alder"] and names("urgency=routine") == ["Heron"]
    assert names("state=declined") == [] and set(names("")) == {"Alder", "Heron"}


def test_another_sites_referral_is_as_unknown_as_none(hospital: Hospital, client: Client) -> None:
    visit = hospital.visit()
    client = signed_in(client, hospital.people["elsewhere"])
    for key in (visit.order.referral_id, uuid4()):
        assert client.get(f"/referrals/{key}/").status_code == 404
    assert client.get(f"/referrals/new/{visit.patient_id}/").status_code == 404
    assert "Sorrel" not in client.get("/referrals/new/?q=sorrel").content.decode()

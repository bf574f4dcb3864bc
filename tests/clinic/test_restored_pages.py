"""After a restore: every page says so until the lead has confirmed it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.models import AuditEvent, Installation
from foramen.clinic.records.installation import is_reconciling
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in

NOTICE = "Restored from a backup of Thu 26 Nov 06:12"


@pytest.fixture
def restored(hospital: Hospital) -> Installation:
    now = hospital.time.now()
    return Installation.objects.create(restored_at=now, backed_up_at=now - timedelta(hours=3))


@pytest.mark.requirement("H24")
def test_every_page_says_so_until_the_lead_confirms(client: Client, hospital: Hospital, restored: Installation) -> None:
    nurse = signed_in(client, hospital.people["dahl"])
    assert all(NOTICE in nurse.get(page).content.decode() for page in ("/", "/patients/", "/restored/"))
    assert "The lead confirms it here" in nurse.get("/restored/").content.decode()
    lead = signed_in(Client(), hospital.people["vance"])
    assert "Confirm: what is missing is entered" in lead.get("/restored/").content.decode()
    told = lead.post("/restored/confirm/", {"key": str(uuid4())}, follow=True).content.decode()
    assert "Confirmed. What waited is sent now." in told and NOTICE not in told
    assert "confirmed Thu 26 Nov 09:12 by Dr L. Vance" in told
    assert not is_reconciling() and NOTICE not in nurse.get("/").content.decode()
    event = AuditEvent.objects.filter(table="clinic_installation", operation="update").get()
    assert (event.context["verb"], event.context["shown_as"]) == ("confirm_restored", "Dr L. Vance")


def test_only_the_lead_confirms(client: Client, hospital: Hospital, restored: Installation) -> None:
    for name in ("dahl", "okafor", "lind", "hale", "byrd"):
        assert (
            signed_in(Client(), hospital.people[name]).post("/restored/confirm/", {"key": str(uuid4())}).status_code
            == 403
        )
    assert is_reconciling()


def test_it_is_confirmed_once(client: Client, hospital: Hospital, restored: Installation) -> None:
    lead = signed_in(client, hospital.people["vance"])
    assert lead.post("/restored/confirm/", {"key": str(uuid4())}).status_code == 302
    again = lead.post("/restored/confirm/", {"key": str(uuid4())})
    assert (again.status_code, "nothing waits to be confirmed" in again.content.decode().lower()) == (422, True)


def test_where_nothing_was_restored_nothing_is_said(client: Client, hospital: Hospital) -> None:
    nurse = signed_in(client, hospital.people["dahl"])
    assert "Restored from a backup of" not in nurse.get("/").content.decode()
    assert "was never restored" in nurse.get("/restored/").content.decode()
    assert not is_reconciling()

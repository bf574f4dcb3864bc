"""The day board: what stands on it, at how many queries, and what is done from it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foramen.clinic.models import Order, Task, Visit
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.people import signed_in


def test_smoke(hospital: Hospital, client: Client) -> None:
    hospital.visit()
    client = signed_in(client, hospital.people["dahl"])
    for path in ("/", "/board/2026-11-26/", "/board/2026-11-26/fl1/", "/board/2026-11-26/sheet/", "/bookings/", "/bookings/waiting/", "/referrals/", "/patients/", "/referrals/new/", "/patients/new/"):
        answer = client.get(path)
        print(path, answer.status_code)
        assert answer.status_code == 200
    v = Visit.objects.get()
    for path in (f"/patients/{v.patient_id}/", f"/patients/{v.patient_id}/change/", f"/referrals/{v.order.referral_id}/", f"/referrals/new/{v.patient_id}/", f"/orders/{v.order_id}/book/", f"/bookings/{v.pk}/move/", f"/bookings/{v.pk}/cancel/"):
        answer = client.get(path)
        print(path, answer.status_code)
        assert answer.status_code == 200

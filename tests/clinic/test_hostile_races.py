"""One patient in two rooms at the same moment: booked by two people on two orders, and moved."""

import pytest

from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.models import AuditEvent, Patient, Visit
from tests.clinic.hospital import Hospital
from tests.clinic.journey import Journey
from tests.clinic.test_visits_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
ROOMS = ("fl1", "fl2")


def test_one_patient_is_not_booked_into_two_rooms_at_once(hospital: Hospital) -> None:
    journey = Journey(hospital)
    patient = journey.patient()
    for hour in range(10, 15):
        orders = [journey.order(patient) for _ in ROOMS]
        results = at_once(*(
            lambda order=order, room=room, hour=hour: journey.do(
                "lind", "book", order, journey.slot(f"{hour}:00", room)
            )
            for order, room in zip(orders, ROOMS, strict=True)
        ))  # fmt: skip
        assert refusals(results) == [WrongInputError]
    assert Visit.objects.filter(patient=patient).count() == 5
    # Waiting for the patient's turn changes nothing about the patient, and is no event.
    assert Patient.objects.get().version == patient.version
    assert AuditEvent.objects.filter(row=str(patient.pk.hex), operation="update").count() == 0

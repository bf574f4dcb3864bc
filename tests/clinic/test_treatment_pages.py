"""The page of a treatment: who sees what, what is refused, and that nothing is stored then."""

import pytest
from django.test import Client

from foramen.clinic.models import Visit
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.treatment import STEPS, Day


def client_of(hospital: Hospital, who: str) -> Client:
    """A browser of somebody who is signed in."""
    return signed_in(Client(), hospital.people[who])


def address(visit: Visit) -> str:
    return f"/visits/{visit.pk}/treatment/"


@pytest.mark.parametrize("until", [name for name, *_ in STEPS] + ["home"])
def test_the_page_stands_at_every_step_of_the_day(hospital: Hospital, until: str) -> None:
    visit = Day(hospital).walk(until).visit
    for who in ("dahl", "ferro", "okafor", "lind"):
        answer = client_of(hospital, who).get(address(visit))
        assert answer.status_code == 200
        assert "Sorrel, Nadia" in answer.content.decode()

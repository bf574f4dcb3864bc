"""Forms of the page of a treatment, sent as its page would."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from foramen.catalogue.instants import Moment
from foramen.clinic.models import Fact, Visit
from foramen.clinic.rules import gates
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.treatment import Day

CONSENT = {
    "form": "6", "language": "en", "off_label_asked": "no", "targets_1_where": "transforaminal|L5",
    "targets_1_side": "left", "plan": "1",
}  # fmt: skip
GIVEN = {
    "number": "1", "steroid_product": "dexamethasone", "steroid_strength": "10 mg/mL", "steroid_volume": "1",
    "steroid_mass": "10", "anaesthetic_product": "bupivacaine", "anaesthetic_strength": "0.25 %",
    "anaesthetic_volume": "1", "anaesthetic_mass": "2.5", "contrast_product": "iopamidol",
    "contrast_strength": "300 mg I/mL", "contrast_volume": "0.5", "contrast_mass": "150",
    "contrast_spread": "along the root",
}  # fmt: skip


def client_of(hospital: Hospital, who: str) -> Client:
    """A browser of somebody who is signed in."""
    return signed_in(Client(), hospital.people[who])


def address(visit: Visit) -> str:
    return f"/visits/{visit.pk}/treatment/"


def send(hospital: Hospital, visit: Visit, who: str, step: str, **entered: Any) -> HttpResponse:
    """Send one form as its page would."""
    data = {"key": str(uuid4()), "patient": str(visit.patient_id)} | entered
    return client_of(hospital, who).post(f"{address(visit)}{step}/", data)


def gate_form(hospital: Hospital, visit: Visit, who: str, rule: str) -> dict[str, str]:
    """The hidden fields of the form to go on in spite of a rule, as the page shows it to somebody now."""
    page = said(client_of(hospital, who).get(f"{address(visit)}?gate=time_out"))
    return hidden_in(page, f"Go on in spite of {rule}")


def hidden_in(page: str, label: str) -> dict[str, str]:
    """The hidden fields of a form on a page, by the words that name the form."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.S) if f'aria-label="{label}"' in one)
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def stored(visit: Visit) -> int:
    return Fact.objects.filter(visit=visit).count()


def said(answer: HttpResponse) -> str:
    return answer.content.decode()


def subject_of(day: Day, rule: str) -> str:
    """What a rule that stands in the way of the time-out is about, in its own words."""
    judged = gates.judge(day.now, day.facts, "time_out", Moment(day.hospital.time.at, "Europe/Zurich"))
    return next(one.subject for one in judged.in_the_way() if one.rule == rule)

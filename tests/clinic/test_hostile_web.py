"""Attempts with a browser: whoever sees no patients asks every address; a colleague of another site sends our keys;
what is typed everywhere is looked for in the log; a sign-in is asked to lead elsewhere."""

import logging
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from foramen.clinic.models import Delegation, Fact, Judgement, Letter, PolicyRecord, Request, Visit
from foramen.clinic.urls import ROUTES
from foramen.clinic.work.loop import beat
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.people import signed_in
from tests.clinic.treatment import Day

pytestmark = pytest.mark.one_database

CANARY = "Zanzibarcanary"
EVIL = ("https://evil.example/", "//evil.example", "/\\evil.example", "http:///evil.example", "javascript:alert(1)")
PASSWORD = "a long enough password"
SOME = 2
"""So many facts of a visit stand for all of them."""


def addresses(visit: Visit) -> Iterator[str]:
    """Every page with every key of a record that fits there, and some that do not. The API has tokens of its own. The
    worker is there: without it, one address says that the service is not ready."""
    beat()
    rows = [visit.patient_id, visit.order_id, visit.order.referral_id, *Letter.objects.values_list("pk", flat=True)[:1]]
    tried: dict[str, list[Any]] = {
        "key": [*rows, visit.pk], "visit_id": [visit.pk], "pk": [visit.radiologist_id, *PolicyRecord.objects.all()[:1]],
        "fact_id": list(Fact.objects.filter(visit=visit).values_list("pk", flat=True))[:SOME], "on": ["2026-11-26"],
        "code": ["fl1"], "step": ["deviation", "arrive"], "policy": ["before-needle"], "since": [0],
        "timepoint": ["two_days"], "kind": ["html"],
    }  # fmt: skip
    tried["pk"] = [getattr(one, "pk", one) for one in tried["pk"]]
    for route in ROUTES:
        if route.name == "account_logout" or route.name.startswith("api-"):
            continue
        parts = re.split(r"<\w+:(\w+)>", route.address)
        for chosen in product(*(tried[name] for name in parts[1::2])):
            yield "/" + "".join(text + str(key) for text, key in zip(parts[::2], (*chosen, ""), strict=True))


def answers(client: Client, address: str, data: dict[str, Any]) -> Iterator[HttpResponse]:
    """The whole page, the part of it that a script asks for, and what a form gets."""
    yield client.get(address)
    yield client.get(address, headers={"HX-Request": "true"})
    yield client.post(address, data | {"key": str(uuid4())})


@pytest.mark.requirement("ASVS V8.2.2", "ASVS V8.2.3")
@pytest.mark.parametrize("who", ["roe", "stone", "byrd", "hale"])
def test_whoever_sees_no_patients_reads_no_name_at_any_address(hospital: Hospital, who: str) -> None:
    """Reader, statistician, analyst, administrator: pages, parts, errors and refusals."""
    visit = Day(hospital).walk("discharge").visit
    client = signed_in(Client(raise_request_exception=False), hospital.people[who])
    wrong = []
    for address in addresses(visit):
        for answer in answers(client, address, {"patient": str(visit.patient_id)}):
            text = answer.content.decode(errors="replace")
            if answer.status_code >= 500 or any(one in text for one in ("Sorrel", visit.patient.number)):
                wrong.append((address, answer.status_code))
    assert wrong == []


@pytest.mark.requirement("ASVS V8.4.1", "ASVS V8.2.2")
def test_our_keys_open_nothing_at_another_site(hospital: Hospital) -> None:
    """A person with every role there, with our rows in the address and in what is sent."""
    visit = Day(hospital).walk("discharge").visit
    other = hospital.people["elsewhere"]
    for role in ("radiologist", "lead", "coordinator", "technologist", "admin"):
        Delegation.objects.create(person=other, site=hospital.other, role=role, first_day=TODAY)
    client = signed_in(Client(raise_request_exception=False), other)
    room, person = str(hospital.rooms["fl1"].pk), str(hospital.people["okafor"].pk)
    data = {
        "patient": str(visit.patient_id), "room": room, "radiologist": person, "technologist": person, "version": "1",
        "on": "2026-11-26", "start": "2026-11-26T15:00", "slot": f"{room}|2026-11-26T15:00|30",
        "site": str(visit.site_id), "reason": "because I want it so", "person": person,
    }  # fmt: skip
    before, wrong = counts(), []
    for address in addresses(visit):
        for answer in answers(client, address, data):
            text = answer.content.decode(errors="replace")
            ours = ("Sorrel", visit.patient.number, "Okafor", "R. Dahl", "Fluoroscopy 1")
            if answer.status_code >= 500 or any(one in text for one in ours):
                wrong.append((address, answer.status_code))
    assert (wrong, counts()) == ([], before)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Fact, Judgement, Letter, Visit, Request))


@pytest.mark.requirement("DEI-8", "ASVS V16.2.5")
def test_nothing_that_is_typed_is_logged(hospital: Hospital) -> None:
    """Names and words in every field of every form, in addresses, in headers; refused, wrong, or no form at all."""
    visit = Day(hospital).walk("needle_in").visit
    typed = dict.fromkeys(
        ("reason", "what", "family_name", "given_name", "number", "born", "note", "version", "login", "password",
         "code", "words", "username", "accession", "text", "late_why", "initials", "left_with", "q", "form", "person"),
        CANARY,
    )  # fmt: skip
    with Heard() as said:
        client = signed_in(Client(raise_request_exception=False), hospital.people["okafor"])
        for address in addresses(visit):
            list(answers(client, address, typed | {"patient": str(visit.patient_id)}))
        client.post("/api/visit/x/arrive", {"x": CANARY}, content_type="application/json")
        Client().post("/sign-in/", typed)
        Client(enforce_csrf_checks=True).post("/sign-in/", typed)
    assert [one for one in said if CANARY in one or "Sorrel" in one] == []


class Heard:
    """Everything that is logged with what is logged of an error, by any logger that a service writes out."""

    def __enter__(self) -> list[str]:
        said: list[str] = []
        self.handler = logging.Handler()
        self.handler.emit = lambda record: said.append(logging.Formatter().format(record))  # type: ignore[method-assign]
        names = [one for one in list(logging.root.manager.loggerDict) if not one.startswith("django.request")]
        self.loggers = [logging.getLogger(), *map(logging.getLogger, names)]
        for one in self.loggers:
            one.addHandler(self.handler)
        return said

    def __exit__(self, *_: object) -> None:
        for one in self.loggers:
            one.removeHandler(self.handler)


@pytest.mark.requirement("ASVS V3.7.2", "ASVS V7.2.4")
@pytest.mark.parametrize("elsewhere", EVIL)
def test_a_sign_in_leads_to_no_other_place(hospital: Hospital, client: Client, elsewhere: str) -> None:
    person = hospital.people["dahl"]
    person.set_password(PASSWORD)
    person.save()
    old = client.get("/sign-in/", {"next": elsewhere}).client.session.session_key
    answer = client.post("/sign-in/", {"login": "dahl", "password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/start/"
    assert client.session.session_key not in (None, old), "a session that was there before is not the one that is in"
    assert client.get("/sign-in/", {"next": elsewhere}).headers["Location"] == "/start/"
    assert client.post(f"/sign-out/?next={elsewhere}", {"next": elsewhere}).headers["Location"] == "/sign-in/"

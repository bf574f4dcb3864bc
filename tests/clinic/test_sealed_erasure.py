"""Erasing what names a patient: a canary in every sealed place is in no byte before, and nowhere to be read after."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from foramen.clinic.classified import LEAVES, is_free_text
from foramen.clinic.domain.asked import Erasure
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.facts.referral import ReferralAsked
from foramen.clinic.models import AuditEvent, Draft, Fact, Judgement, Letter, Patient, SearchMark, Task, Visit
from foramen.clinic.models.facts import is_words
from foramen.clinic.records.erasures import keep_erased_list
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.records.finding import find_patients
from foramen.clinic.records.history import events_of, lines_of
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules import readiness
from foramen.clinic.sealed.fields import ErasedError
from foramen.clinic.sealed.words import erased, join, split
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.test_sealed_migration import whole_database

CANARY = "quetzal"
NUMBER, PHONE, BORN = "9977 5533", "079 555 99 88", date(1931, 7, 9)
MARKS = ("quetzal", "9977 5533", "555 99 88", "1931-07-09", "9 Jul 1931", "9 July 1931")
REASON = "the patient asked for it, article 17"


@pytest.fixture
def visit(hospital: Hospital) -> Visit:
    """A visit that is over, with a canary wherever somebody can type."""
    visit = hospital.visit(
        family_name="Quetzal", given_name="Quetzalina", number=NUMBER, phone=PHONE, born=BORN, email="q@quetzal.example"
    )
    said = {
        "screening": {
            "no_allergies": False, "allergies": [f"{CANARY} feathers"], "driver": f"{CANARY}'s aunt",
            "asked_of": f"uncle {CANARY}", "surgery": [f"by Dr {CANARY}"], "no_surgery": False,
        },
        "pregnancy": {"reason": CANARY}, "level": {"numbering": CANARY}, "way_home": {"person": CANARY},
        "given": {"note": CANARY, "needle": CANARY},
    }  # fmt: skip
    hospital.walk(visit, "way_home", **said)
    hospital.sign(visit, "deviation", "09:30", Role.NURSE, {"what": CANARY, "reason": CANARY})
    about = {"site": visit.site, "patient": visit.patient, "visit": visit}
    who, now, day = hospital.people["dahl"], hospital.time.at, hospital.time.at.date()
    head = {"name": CANARY, "born": "9 July 1931", "number": NUMBER}
    Letter.objects.create(
        **about, kind="hold plan", number=1, start=visit.start, language="en", made_at=now, by=who,
        content={"patient": head},
    )  # fmt: skip
    Draft.objects.create(**about, kind="screening", content={"driver": CANARY}, saved_by=who, saved_at=now)
    Judgement.objects.create(
        **about, verb="book", occasion="plan", policy="p", policy_version="1", policy_sha256="0", record_sha256="0",
        outcome="OK", content={"told": [CANARY]}, asked_at=now, shown_to=who,
    )  # fmt: skip
    Task.objects.create(
        **about, kind="adverse deviation", label="follow", due_on=day, opens_on=day, closes_on=day, state="done",
        content={"deviations": [CANARY]},
    )  # fmt: skip
    readiness.refresh(visit)
    Visit.objects.filter(pk=visit.pk).update(state="home")
    return Visit.objects.get(pk=visit.pk)


def marks_in(text: str) -> list[str]:
    return [one for one in MARKS if one.lower() in text.lower()]


def erase(hospital: Hospital, patient: Patient, who: str = "vance", **said: Any) -> None:
    told = {"number": NUMBER.replace(" ", ""), "reason": REASON, "version": patient.version} | said
    perform(hospital.act(who), "erase_identifiers", patient.pk, Erasure(**told))


def read_everything(visit: Visit) -> str:
    """What every row about a patient says through its attributes, and the history."""
    rows: list[Any] = [Patient.objects.get(pk=visit.patient_id), Visit.objects.get(pk=visit.pk)]
    for model in (Fact, Letter, Draft, Judgement, Task):
        rows += model.objects.filter(patient=visit.patient_id)
    told = [[str(getattr(row, field.attname)) for field in row._meta.concrete_fields] for row in rows]
    lines = lines_of(list(events_of(visit.patient)), visit.site, {})
    return "\n".join(map(str, [*told, rows[0].name, *lines, facts_of_visit(visit)]))


def pages_of(hospital: Hospital, visit: Visit) -> dict[str, Any]:
    letter = Letter.objects.get(visit=visit)
    client = signed_in(Client(), hospital.people["vance"])
    paths = [
        "/", "/patients/", "/patients/?q=quetzal", "/bookings/?first=", "/bookings/?q=quetzal&first=", "/referrals/",
        f"/patients/{visit.patient_id}/", f"/patients/{visit.patient_id}/history/", f"/letters/{letter.pk}/",
        f"/referrals/{visit.order.referral_id}/", f"/visits/{visit.pk}/screening/", f"/visits/{visit.pk}/treatment/",
        "/board/2026-11-26/sheet/",
    ]  # fmt: skip
    return {path: client.get(path) for path in paths}


def test_before_erasure_no_byte_of_the_database_holds_a_canary_in_the_clear(hospital: Hospital, visit: Visit) -> None:
    assert set(marks_in(read_everything(visit))) == set(MARKS) - {"9 Jul 1931"}
    assert all(one.status_code == 200 for one in pages_of(hospital, visit).values())
    assert marks_in(whole_database()) == []


def test_after_erasure_nothing_yields_a_canary(hospital: Hospital, visit: Visit) -> None:
    erase(hospital, visit.patient)
    patient = Patient.objects.get(pk=visit.patient_id)
    assert (patient.data_key, patient.number_mark, patient.born, patient.family_name) == ("", "", None, "(erased)")
    assert patient.name == f"erased, {patient.pseudonym.hex[:8]}"
    assert marks_in(read_everything(visit)) == marks_in(whole_database()) == []
    for path, answer in pages_of(hospital, visit).items():
        assert answer.status_code == (410 if path.startswith("/letters/") else 200), path
        shown = answer.content.decode().replace('value="quetzal"', "").replace("q=quetzal", "")
        assert marks_in(shown) == [], path
    assert (
        f"erased, {patient.pseudonym.hex[:8]}" in pages_of(hospital, visit)[f"/patients/{patient.pk}/"].content.decode()
    )


def test_coded_facts_stay_and_words_read_erased(hospital: Hospital, visit: Visit) -> None:
    before = {one.pk: one.content for one in Fact.objects.filter(patient=visit.patient)}
    erase(hospital, visit.patient)
    facts = facts_of_visit(Visit.objects.get(pk=visit.pk))
    given: Any = facts.each("given")[0].content
    assert (given.note, given.spot.root, given.drugs[0].mass) == ("(erased)", "L5", "10 mg")
    screening: Any = facts.last("screening").content
    assert (screening.allergies, screening.driver, screening.tendency) == (["(erased)"], "(erased)", "no")
    assert {one.pk for one in Fact.objects.filter(patient=visit.patient)} == set(before)


def test_it_is_written_down_who_erased_and_why(hospital: Hospital, visit: Visit) -> None:
    erase(hospital, visit.patient)
    event = AuditEvent.objects.get(operation="erased")
    assert (event.context["shown_as"], event.context["why"], event.patient) == ("Dr L. Vance", REASON, visit.patient_id)
    (line,) = [one for one in lines_of(list(events_of(visit.patient)), visit.site, {}) if "erased what" in one.what]
    assert (line.who, line.why) == ("Dr L. Vance", REASON)
    assert not SearchMark.objects.filter(patient=visit.patient).exists()
    assert find_patients(visit.site, "quetzal").patients == find_patients(visit.site, NUMBER).patients == []
    Patient.objects.create(site=visit.site, number=NUMBER, family_name="A", given_name="B", born=BORN, sex="female")


def test_nothing_more_is_written_about_an_erased_patient(hospital: Hospital, visit: Visit) -> None:
    erase(hospital, visit.patient)
    asked = ReferralAsked(indication="sciatica", referrer="Dr W")
    with pytest.raises(ErasedError):
        perform(hospital.act("lind"), "refer", visit.patient_id, asked)
    with pytest.raises(OutOfOrderError, match="erased already"):
        erase(hospital, Patient.objects.get(pk=visit.patient_id))


@pytest.mark.parametrize(
    ("what", "raises", "says"),
    [
        ({"who": "okafor"}, NotAllowedError, "roles"), ({"number": "9977 5534"}, WrongInputError, "not the number"),
        ({"state": "booked"}, OutOfOrderError, "a visit is to come"),
        ({"task": "open"}, OutOfOrderError, "a task is open"),
    ],
)  # fmt: skip
def test_who_may_not_or_what_goes_on_keeps_a_patient(
    hospital: Hospital, visit: Visit, what: dict[str, Any], raises: type[Exception], says: str
) -> None:
    Visit.objects.filter(pk=visit.pk).update(state=what.pop("state", "home"))
    Task.objects.update(state=what.pop("task", "done"))
    with pytest.raises(raises, match=says):
        erase(hospital, visit.patient, **what)
    assert Patient.objects.get(pk=visit.patient_id).family_name == "Quetzal"


def test_the_page_says_what_happens_and_asks_for_the_number(hospital: Hospital, visit: Visit) -> None:
    client = signed_in(Client(), hospital.people["vance"])
    path = f"/patients/{visit.patient_id}/erase/"
    page = client.get(path).content.decode()
    assert "Erase for ever" in page and "Nobody can take it back" in page
    sent = {"number": "1", "reason": REASON, "version": visit.patient.version, "patient": visit.patient_id}
    wrong = client.post(path, sent | {"key": uuid4()})
    assert wrong.status_code == 422 and "nothing is erased" in wrong.content.decode()
    done = client.post(path, sent | {"key": uuid4(), "number": NUMBER})
    assert (done.status_code, Patient.objects.get(pk=visit.patient_id).is_erased) == (302, True)
    assert client.get(f"/patients/{visit.patient_id}/change/").status_code == 302


def test_every_leaf_that_is_words_is_taken_out_and_put_back() -> None:
    for name in LEAVES:
        kind, _, path = name.partition(".")
        steps = path.split(".")
        content: Any = CANARY
        for step in reversed(steps):
            content = {step: content}
        whole = {"list": [content], **content}
        rest, words = split(whole, lambda at, kind=kind: is_words(kind, at.removeprefix("list.")))
        assert (CANARY not in json.dumps(rest)) == is_free_text(kind, path), name
        assert join(rest, words) == whole, name
        assert CANARY not in json.dumps(erased(rest)) or not words
    assert {name.partition(".")[0] for name in LEAVES} <= set(KINDS)


def test_the_worker_keeps_the_list_of_the_erased_from_which_a_restore_erases_again(
    hospital: Hospital, visit: Visit, tmp_path: Path
) -> None:
    with override_settings(FORAMEN_SEALS_DIR=str(tmp_path)):
        keep_erased_list()
        assert not (tmp_path / "erased").exists()
        erase(hospital, visit.patient)
        for _ in range(2):
            keep_erased_list()
    assert (tmp_path / "erased").read_text() == f"{visit.patient.pseudonym}\n"

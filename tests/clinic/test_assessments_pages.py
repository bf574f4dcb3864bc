"""Entering answers: the list of what is due, the form of a time point, correcting, and the patient's timeline."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.models import Task, Visit
from foramen.clinic.pages.patients.course import course_of
from foramen.clinic.pages.patients.timeline import timeline_of
from foramen.clinic.records.versions import save_changes
from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.lists import counts, queries
from tests.clinic.people import signed_in
from tests.clinic.test_assessments_core import PAIN_3, VERSION, WHOLE, answer, stored, treated
from tests.clinic.test_research_pages import words

__all__ = ["treated"]

pytestmark = pytest.mark.django_db

HEAD = {"nrs-pain.version": VERSION, "infiltration-outcome.version": VERSION, "mode": "phone", "language": "en"}
FILLED = {
    "nrs-pain.pain": "8", "infiltration-outcome.change": "a_little_worse", "infiltration-outcome.again": "no",
    "infiltration-outcome.side_effects": ["flush", "poor_sleep"], "infiltration-outcome.satisfaction": "",
}  # fmt: skip


@pytest.fixture
def nurse(hospital: Hospital, client: Client) -> Client:
    return signed_in(client, hospital.people["dahl"])


def send(client: Client, visit: Visit, timepoint: str = "two_days", **said: Any) -> Any:
    told = HEAD | {"key": str(uuid4()), "patient": str(visit.patient_id)} | said
    return client.post(f"/visits/{visit.pk}/answers/{timepoint}/", told)


def due(hospital: Hospital, n: int, days: int = 0) -> Task:
    visit = hospital.visit(f"{7 + n // 12:02d}:{n % 12 * 5:02d}", family_name=f"Name{n:02d}")
    day = TODAY + timedelta(days=days)
    return Task.objects.create(
        site=hospital.site, patient=visit.patient, visit=visit, kind="two_days", label="2 days", due_on=day,
        opens_on=day, closes_on=day + timedelta(days=1),
    )  # fmt: skip


def test_a_page_of_answers_is_stored_and_leaves_the_list(nurse: Client, treated: Visit) -> None:
    path = f"/visits/{treated.pk}/answers/two_days/"
    assert path in nurse.get("/answers/").content.decode()
    assert send(nurse, treated, **FILLED, no_more="on").status_code == 302
    assert [one.content["answers"] for one in stored(treated)] == [
        {"pain": 8}, {"change": "a_little_worse", "side_effects": ["flush", "poor_sleep"], "again": "no"},
    ]  # fmt: skip
    assert path not in nurse.get("/answers/").content.decode()
    overview = words(nurse, f"/patients/{treated.patient_id}/")
    assert "by phone: pain 8; change: a little worse; side effects: warm or red face, poor sleep; again: no" in overview
    assert "What is wrong in one, or was left open, is entered by correcting it" in words(nurse, path)


@pytest.mark.requirement("H20", "H32")
def test_what_cannot_be_is_refused_and_what_was_typed_stays(nurse: Client, treated: Visit) -> None:
    both = {"infiltration-outcome.side_effects": ["none", "flush"]}
    old = {"nrs-pain.version": "2025-01-01"}
    wrong = [{"nrs-pain.pain": bad} for bad in ("11", "-1", "5.5", "5 ", "NaN", "٥")]
    for one in (*wrong, both, old, {"infiltration-outcome.change": "cured"}, {"mode": "link"}, {"mode": ""}):
        answer = send(nurse, treated, **(FILLED | one))
        assert answer.status_code == 422, one
        assert re.search(r'value="a_little_worse"[^>]* checked|value="cured"', answer.content.decode()) or (
            "infiltration-outcome.change" in one
        ), one
    nothing = send(nurse, treated)
    assert nothing.status_code == 422 and "Nothing was answered" in nothing.content.decode()
    assert stored(treated) == []


def test_the_page_says_where_the_pain_of_the_day_is_scored(hospital: Hospital, nurse: Client) -> None:
    visit = hospital.visit()
    told = words(nurse, f"/visits/{visit.pk}/answers/before/")
    assert "is scored in the record of the treatment" in told and "How strong do you expect" in told
    assert nurse.get(f"/visits/{visit.pk}/answers/no-such/").status_code == 404
    assert send(nurse, visit, "week", **FILLED).status_code == 422


def test_an_answer_is_corrected_with_its_questions_and_both_stay(nurse: Client, treated: Visit) -> None:
    send(nurse, treated, **FILLED)
    fact = stored(treated)[-1]
    path = f"/facts/{fact.pk}/answers/"
    assert path in nurse.get(f"/visits/{treated.pk}/answers/").content.decode()
    page = nurse.get(path).content.decode()
    assert re.search(r'value="poor_sleep"[^>]* checked', page) and re.search(r'value="no"[^>]* checked', page)
    told = {name: value for name, value in FILLED.items() if name.startswith("infiltration")}
    told |= {"infiltration-outcome.satisfaction": "neither", "key": str(uuid4()), "patient": str(treated.patient_id)}
    for wrong in ({"reason": "why"}, {"infiltration-outcome.side_effects": ["none", "faint"]}):
        answer = nurse.post(path, told | {"reason": "told once more on the phone"} | wrong)
        assert answer.status_code == 422
    answer = nurse.post(path, told | {"reason": "told once more on the phone", "key": str(uuid4())})
    assert (answer.status_code, answer["Location"]) == (302, f"/visits/{treated.pk}/answers/")
    new = stored(treated)[-1]
    assert (new.corrects_id, new.content["answers"]["satisfaction"]) == (fact.pk, "neither")
    assert nurse.get(path).status_code == 404, "only what stands is corrected"


@pytest.mark.requirement("H01")
def test_a_form_of_another_patient_stores_nothing(hospital: Hospital, nurse: Client, treated: Visit) -> None:
    other = hospital.visit("11:00")
    assert send(nurse, treated, **FILLED, patient=str(other.patient_id)).status_code == 409
    assert stored(treated) == []


def test_the_list_is_due_first_narrowed_paged_and_runs_the_same_queries(hospital: Hospital, nurse: Client) -> None:
    queries(nurse, "/answers/")
    found = counts(nurse, "/answers/", lambda n: due(hospital, n, days=-n), sizes=(1, 3, 27))
    assert found == [found[0]] * 3
    listed = re.findall(r">Name(\d\d), Nadia<", nurse.get("/answers/").content.decode())
    assert listed == [f"{n:02d}" for n in range(26, 1, -1)]
    due(hospital, 27, days=3)
    late = nurse.get("/answers/?when=late&contact=two_days").content.decode()
    assert "25 contacts found" in " ".join(late.split()) and "25 days late" in late
    assert "Name27" in nurse.get("/answers/?page=2").content.decode()
    assert "Name27" not in nurse.get("/answers/?when=now&page=2").content.decode()
    assert "No contact fits" in nurse.get("/answers/?contact=week").content.decode()


def test_who_may_and_another_site(hospital: Hospital, client: Client, treated: Visit) -> None:
    form = f"/visits/{treated.pk}/answers/two_days/"
    for who, expected in (("ferro", 200), ("lind", 200), ("roe", 403), ("stone", 403), ("byrd", 403), ("hale", 403)):
        signed_in(client, hospital.people[who])
        assert {client.get(path).status_code for path in ("/answers/", form)} == {expected}, who
    signed_in(client, hospital.people["elsewhere"], hospital.other)
    assert client.get(form).status_code == 404
    assert "Nobody is waiting" in client.get("/answers/").content.decode()


def test_the_timeline_draws_answers_by_their_road_and_leaves_out_what_was_recalled(
    hospital: Hospital, treated: Visit
) -> None:
    hospital.time.at += timedelta(days=1)
    answer(hospital, treated, PAIN_3, WHOLE, proxy=True)
    save_changes(Visit.objects.get(pk=treated.pk), pain_before=None)
    shown = timeline_of(course_of(treated.patient, TODAY + timedelta(days=3)))
    assert shown is not None
    assert [(one.score, one.mode, one.numbered) for one in shown.points] == [(3, "clinic", True), (3, "phone", False)]
    assert shown.points[-1].says == "29 Nov 2026: pain 3, by phone, 1 day late, by somebody else for the patient"
    assert shown.points[0].x < shown.points[1].x


def test_a_call_is_entered_at_every_width_without_a_script(
    hospital: Hospital, treated: Visit, browser_page: BrowserPage
) -> None:
    page, plain = browser_page(hospital.people["dahl"]), browser_page(hospital.people["dahl"], script=False)
    for one in (page, plain):
        one.goto("/answers/")
        one.get_by_role("link", name="Enter answers of Sorrel, Nadia, 2 days").wait_for()
    check_page(page, "answers-due", (390, 1440))
    plain.get_by_role("link", name="Enter answers of Sorrel, Nadia, 2 days").click()
    page.goto(f"/visits/{treated.pk}/answers/two_days/")
    check_page(page, "answers-form", (390, 1440))
    plain.get_by_role("radio", name="4", exact=True).check()
    plain.get_by_role("button", name="Store the answers").click()
    plain.get_by_text("The answers are stored").wait_for()
    page.goto(f"/visits/{treated.pk}/answers/")
    check_page(page, "answers-visit", (390, 1440))
    page.goto(f"/patients/{treated.patient_id}/")
    check_page(page, "answers-patient", (390, 1440))

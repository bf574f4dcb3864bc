"""A reviewer reads in words who did what, when and why, and finds a given change in three clicks (AUD-9)."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from foramen.clinic.domain.asked import Correction, Voiding
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import AuditEvent, Fact, Patient, Visit
from foramen.clinic.records.context import acting
from foramen.clinic.records.history import GROUPS, Line, events_of, lines_of, people_of
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import Role
from tests.clinic.browser import BrowserPage, check_page
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in

REASON = "misread on the paper form"


def read(patient: Patient, **narrowed: object) -> list[Line]:
    return list(lines_of(list(events_of(patient, **narrowed)), patient.site, people_of(patient.site)))


def corrected(hospital: Hospital, start: str = "09:30") -> Visit:
    """A visit whose pain before was 7, then 6, then void; each a minute after the other."""
    visit = hospital.visit(start)
    fact = hospital.walk(visit, "time_out_technologist")["pain_before"]
    wanted = Correction(content={"time": "before", "score": 6}, reason=REASON)
    done = perform(hospital.act("dahl"), "correct", str(fact.pk), wanted)
    hospital.time.at += timedelta(minutes=1)
    perform(hospital.act("vance"), "void", done.key, Voiding(reason="another patient's score"))
    return visit


@pytest.mark.requirement("AUD-9")
def test_a_correction_reads_as_a_sentence_and_a_void_says_what_stood(hospital: Hospital) -> None:
    visit = corrected(hospital)
    void, correction = read(visit.patient, group="corrections")
    assert (correction.who, correction.role, correction.doing) == ("R. Dahl", "nurse", "Correct")
    assert correction.what == "corrected pain before from 7 to 6"
    assert correction.why == REASON
    assert (correction.old, correction.new) == ({"score": "7"}, {"score": "6"})
    assert (void.who, void.what, void.why) == ("Dr L. Vance", "made pain before void", "another patient's score")
    assert void.old["score"] == "6"
    assert void.at - correction.at == timedelta(minutes=1)


def test_what_was_signed_reads_in_the_words_of_the_service(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "needle_in")
    told = {line.what: line.new for line in read(visit.patient, group="facts")}
    assert told["recorded consent"]["targets"] == "L5 root left, transforaminal"
    assert told["recorded screening"]["confirmed at"] == "Thu 26 November 2026, 08:35"
    assert told["recorded screening"]["no allergies"] == "yes"
    assert told["recorded pain before"]["score"] == "7"
    assert told["recorded order"]["quantity"] == "2"
    assert told["recorded plan"]["targets"].startswith("L5 root left, transforaminal, drugs kind steroid")


def test_a_row_that_changes_shows_only_what_differs_with_names_and_local_times(hospital: Hospital) -> None:
    visit = hospital.visit()
    with acting(hospital.act("lind", why="the scanner is down"), "move", Role.COORDINATOR):
        save_changes(visit, room=hospital.rooms["ct"], start=hospital.local("10:00"), state="arrived")
    line = read(visit.patient, group="rows")[0]
    assert (line.what, line.why, line.role) == (f"changed visit {visit.number}", "the scanner is down", "coordinator")
    assert line.old == {
        "room": "Fluoroscopy 1", "start": "Thu 26 November 2026, 09:30", "state": "booked",
    }  # fmt: skip
    assert line.new == {"room": "CT", "start": "Thu 26 November 2026, 10:00", "state": "arrived"}


def test_a_row_that_only_counts_up_is_no_event(hospital: Hospital) -> None:
    visit = hospital.visit()
    count = AuditEvent.objects.count()
    save_changes(visit)
    assert (visit.version, AuditEvent.objects.count()) == (2, count)


def test_what_nobody_is_named_for_came_from_outside(hospital: Hospital) -> None:
    visit = hospital.visit()
    Visit.objects.filter(pk=visit.pk).update(minutes=20)
    line = read(visit.patient)[0]
    assert (line.who, line.old, line.new) == ("outside the service", {"minutes": "30"}, {"minutes": "20"})


@pytest.mark.requirement("AUD-9")
def test_a_history_is_narrowed_by_person_and_day_and_never_to_another_patient(hospital: Hospital) -> None:
    visit = corrected(hospital)
    corrected(hospital, "10:00")
    dahl, vance = hospital.people["dahl"].pk, hospital.people["vance"].pk
    by_dahl = read(visit.patient, person=dahl, group="facts")
    assert [line.what for line in by_dahl] == ["corrected pain before from 7 to 6"]
    assert [line.what for line in read(visit.patient, person=vance, group="facts")] == ["made pain before void"]
    today = date(2026, 11, 26)
    assert len(read(visit.patient, group="corrections", first=today, last=today)) == 2
    assert read(visit.patient, group="corrections", last=today - timedelta(days=1)) == []
    assert read(visit.patient, group="corrections", first=today + timedelta(days=1)) == []


def test_every_event_is_in_one_group_and_corrections_are_facts_too(hospital: Hospital) -> None:
    visit = corrected(hospital)
    every = {event.pk for event in events_of(visit.patient)}
    parts = [{event.pk for event in events_of(visit.patient, group=name)} for name in GROUPS if name != "corrections"]
    assert sum(map(len, parts)) == len(every)
    assert set.union(*parts) == every


def test_three_lines_take_as_many_queries_as_one(hospital: Hospital) -> None:
    visit = corrected(hospital)
    events = list(events_of(visit.patient, group="corrections"))
    counts = []
    for some in (events[:1], events):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            lines_of(some, visit.site, people_of(visit.site))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4


@pytest.fixture
def reviewer(hospital: Hospital, client: Client) -> Client:
    return signed_in(client, hospital.people["vance"], hospital.site)


@pytest.mark.requirement("AUD-9")
def test_the_page_leads_to_a_correction_in_three_clicks(hospital: Hospital, reviewer: Client) -> None:
    """History; “corrections and voids”; Show."""
    visit = corrected(hospital)
    address = f"/patients/{visit.patient.pk}/history/"
    page = reviewer.get(address).content.decode()
    assert '<option value="corrections">corrections and voids</option>' in page
    narrowed = reviewer.get(address, {"group": "corrections", "person": hospital.people["dahl"].pk.hex})
    assert narrowed.status_code == 200
    rows = re.findall(r"<tr id=\"event-\d+\">(.*?)</tr>", narrowed.content.decode(), re.DOTALL)
    assert len(rows) == 1
    text = " ".join(re.sub(r"<[^>]+>", " ", rows[0]).split())
    assert text == (
        "Thu 26 Nov 09:12 R. Dahl nurse corrected pain before from 7 to 6, because: misread on the paper form "
        "Correct score: 7 score: 6"
    )


@pytest.mark.requirement("AUD-2")
def test_looking_at_the_history_is_in_the_history(hospital: Hospital, reviewer: Client) -> None:
    visit = hospital.visit()
    page = reviewer.get(f"/patients/{visit.patient.pk}/history/", {"group": "reads"}).content.decode()
    assert "looked at: history" in page
    assert "Dr L. Vance" in page


def test_a_history_of_another_site_is_as_unknown_as_none(hospital: Hospital, client: Client) -> None:
    visit = hospital.visit()
    elsewhere = signed_in(client, hospital.people["elsewhere"], hospital.other)
    for key in (visit.patient.pk, hospital.site.pk):
        assert elsewhere.get(f"/patients/{key}/history/").status_code == 404
    assert AuditEvent.objects.filter(operation="read").count() == 0


def test_the_page_asks_as_many_queries_for_many_lines_as_for_few(hospital: Hospital, reviewer: Client) -> None:
    few, many = hospital.visit(), hospital.visit("10:00")
    hospital.walk(many, "discharge")
    counts = []
    for visit in (few, many, few):
        with CaptureQueriesContext(connection) as asked:
            assert reviewer.get(f"/patients/{visit.patient.pk}/history/").status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_what_cannot_be_read_in_the_address_narrows_nothing(hospital: Hospital, reviewer: Client) -> None:
    visit = hospital.visit()
    asked = {"group": "x", "person": "nobody", "first": "yesterday", "page": "-1"}
    page = reviewer.get(f"/patients/{visit.patient.pk}/history/", asked)
    assert page.status_code == 200
    assert "recorded order" in page.content.decode()


def test_a_deleted_look_at_history_does_not_exist(hospital: Hospital, reviewer: Client) -> None:
    visit = hospital.visit()
    assert reviewer.post(f"/patients/{visit.patient.pk}/history/").status_code == 405
    assert Fact.objects.filter(patient=visit.patient).count() == 3


def test_the_page_is_usable_by_everybody_and_asks_for_nothing_elsewhere(
    hospital: Hospital, browser_page: BrowserPage
) -> None:
    """Two choices and a press lead to the correction, with and without script."""
    visit = corrected(hospital)
    for script in (True, False):
        page = browser_page(hospital.people["vance"], hospital.site, script=script)
        page.goto(f"/patients/{visit.patient.pk}/history/")
        page.get_by_label("What").select_option("corrections")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("row")).to_have_count(3)
        expect(page.get_by_role("row").nth(2)).to_contain_text("corrected pain before from 7 to 6")
        if script:
            check_page(page, "history")

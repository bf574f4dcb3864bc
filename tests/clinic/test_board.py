"""The day board: what stands on it, at how many queries, and what is done from it."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.models import Crew, Fact, Order, Person, Room, Visit
from foramen.clinic.rules import readiness
from foramen.clinic.sealed.fields import sealed_changes
from tests.clinic.board_day import late, treatment_day, wait
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.lists import booked, counts, queries
from tests.clinic.people import signed_in

BOARD = "/board/2026-11-26/"


@pytest.fixture
def nurse(hospital: Hospital, client: Client) -> Client:
    return signed_in(client, hospital.people["dahl"])


def text_of(answer: object) -> str:
    """The words of a page, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", ["/", BOARD, f"{BOARD}fl1/", f"{BOARD}sheet/", f"{BOARD}fl1/add-on/?at=2026-11-26T15:30"]
)
def test_the_number_of_queries_does_not_grow_with_the_visits(hospital: Hospital, nurse: Client, path: str) -> None:
    def add(n: int) -> None:
        visit = booked(hospital, n)
        late(visit, "1 week", 3)
        order = visit.order
        order.waiting_since = hospital.local("08:20")
        order.save()

    found = counts(nurse, path, add)
    assert found == [found[0]] * 3


def test_nothing_fresh_is_judged_again(hospital: Hospital, nurse: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    booked(hospital, 0)
    monkeypatch.setattr("foramen.clinic.rules.readiness._found", lambda *_: pytest.fail("the rules were asked"))
    assert nurse.get("/").status_code == 200


def test_a_visit_stands_with_state_target_place_and_gates(hospital: Hospital, nurse: Client) -> None:
    treatment_day(hospital)
    page = text_of(nurse.get("/"))
    assert "09:30 Heron, Josef 47 F, 4000 0007 arrived 08:50" in page
    assert "L5 root left , transforaminal order 1 of 2" in page
    assert "HOLD until 10:00. Apixaban: last dose Mon 23 Nov 07:00. 75 h end today at 10:00" in page
    assert "07:30 Plover, Anna L5 root left, pain 7 to 3 home 08:41" in page
    assert "Time-out 09:08, valid until 09:23. Needle-in 09:11." in page
    assert page.index("Sorrel, Nadia") < page.index("now 09:12") < page.index("Juniper, Kofi")


def test_the_counters_count_what_is_there(hospital: Hospital, nurse: Client) -> None:
    treatment_day(hospital)
    page = text_of(nurse.get("/"))
    assert "1 Late follow-ups oldest 3 days past window" in page
    assert "2 Add-ons waiting oldest asked 08:20" in page
    assert "Free slots first at 09:30" in page
    assert "red flag" not in page.lower()


def test_another_day_has_no_now_and_does_not_ask_by_itself(hospital: Hospital, nurse: Client) -> None:
    page = nurse.get("/board/2026-11-27/").content.decode()
    assert "nowline" not in page and "hx-get" not in page and "Friday 27 November 2026" in page
    assert 'hx-trigger="every 30s"' in nurse.get("/").content.decode()


@pytest.mark.parametrize(
    "path", ["/board/tomorrow/", "/board/2026-13-01/", "/board/0001-01-01/", "/board/9999-12-31/", f"{BOARD}nowhere/"]
)
def test_what_is_no_day_and_no_room_is_not_found(hospital: Hospital, nurse: Client, path: str) -> None:
    assert nurse.get(path).status_code == 404


def test_a_room_of_another_site_is_as_unknown_as_none(hospital: Hospital, nurse: Client) -> None:
    Room.objects.create(
        site=hospital.other, code="lake", name="Lake room", modality="CT", opens="08:00", closes="12:00"
    )
    answers = [nurse.get(f"{BOARD}{code}/") for code in ("lake", "nowhere")]
    assert [one.status_code for one in answers] == [404, 404]
    assert "Lake room" not in nurse.get("/").content.decode()


def test_a_fragment_is_the_room_alone_and_says_what_got_worse(hospital: Hospital, nurse: Client) -> None:
    heron = treatment_day(hospital)["Heron"]
    fetch = {"HTTP_HX_REQUEST": "true"}
    before = f"{heron.pk.hex[:8]}1"
    page = nurse.get(f"{BOARD}fl2/?seen={before}", **fetch).content.decode()
    assert page.lstrip().startswith("<section") and "<html" not in page
    assert 'role="status"' in page and "Heron, Josef: HOLD. HOLD until 10:00." in page
    again = re.search(r"seen=(\w+)", page)
    assert again and 'role="status"' not in nurse.get(f"{BOARD}fl2/?seen={again[1]}", **fetch).content.decode()
    assert nurse.get(f"{BOARD}fl2/?seen=rubbish%00x", **fetch).status_code == 200


def move_form(page: str) -> dict[str, str]:
    """The fields of the form behind the button that proposes another slot."""
    form = re.search(r'<form method="post" action="([^"]+/move/)"[^>]*>(.*?)</form>', page, re.S)
    assert form, "no slot is proposed"
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])) | {"action": form[1]}


def test_a_hold_is_moved_to_the_slot_in_which_it_is_over(hospital: Hospital, nurse: Client) -> None:
    heron = treatment_day(hospital)["Heron"]
    page = nurse.get("/").content.decode()
    assert "Move to 10:00, this room" in page and "fits Heron, Josef" in page
    sent = move_form(page)
    answer = nurse.post(sent.pop("action"), sent)
    assert answer.status_code == 302 and answer.headers["Location"].endswith(f"#v-{heron.pk}")
    heron.refresh_from_db()
    assert (heron.start, heron.letter) == (hospital.local("10:00"), 2)
    assert "Letter 2 must be acknowledged." in text_of(nurse.get("/"))
    said = Fact.objects.get(visit=heron, kind="moved")
    assert said.content["reason"].startswith("HOLD until 10:00.")


def test_the_proposal_is_of_the_visit_that_was_seen(hospital: Hospital, nurse: Client) -> None:
    heron = treatment_day(hospital)["Heron"]
    sent = move_form(nurse.get("/").content.decode())
    Visit.objects.filter(pk=heron.pk).update(version=heron.version + 1)
    answer = nurse.post(sent.pop("action"), sent)
    heron.refresh_from_db()
    assert answer.status_code == 409 and heron.start == hospital.local("09:30")


def test_a_slot_that_was_taken_meanwhile_is_refused_with_the_page(hospital: Hospital, nurse: Client) -> None:
    treatment_day(hospital)
    sent = move_form(nurse.get("/").content.decode())
    hospital.visit("10:00", "fl2")
    answer = nurse.post(sent.pop("action"), sent)
    assert answer.status_code == 422 and "Fluoroscopy 2 is taken from 10:00 to 10:30" in text_of(answer)


def test_who_may_not_book_sees_no_way_to(hospital: Hospital, client: Client) -> None:
    heron = treatment_day(hospital)["Heron"]
    client = signed_in(client, hospital.people["ferro"])
    page = client.get("/").content.decode()
    assert "Heron, Josef" in page and "Place add-on" not in page and "Move to" not in page
    assert client.post(f"/bookings/{heron.pk}/move/", {}).status_code == 403
    assert client.get(f"{BOARD}fl2/add-on/").status_code == 403


@pytest.mark.parametrize("who", ["roe", "stone", "byrd", "hale"])
def test_nobody_beside_the_care_team_sees_the_board(hospital: Hospital, client: Client, who: str) -> None:
    booked(hospital, 0)
    client = signed_in(client, hospital.people[who])
    for path in ("/", BOARD, f"{BOARD}sheet/", "/bookings/", "/referrals/", "/patients/"):
        assert client.get(path).status_code == 403


def test_an_add_on_is_placed_in_a_free_slot_it_fits(hospital: Hospital, nurse: Client) -> None:
    order = wait(hospital, "Teasel")
    Order.objects.filter(pk=wait(hospital, "Grebe", "fl2").pk).update(modality="CT")
    path = f"{BOARD}fl1/add-on/"
    page = text_of(nurse.get(path, {"at": "2026-11-26T10:30"}))
    assert "Teasel, Ines" in page and "Grebe, Ines" not in page
    sent = {"key": uuid4(), "patient": order.patient_id, "order": order.pk, "at": "2026-11-26T10:30"}
    answer = nurse.post(path, sent)
    visit = Visit.objects.get(order=order, state="booked")
    assert (visit.start, visit.add_on, visit.room.code) == (hospital.local("10:30"), True, "fl1")
    assert answer.headers["Location"] == f"{BOARD}#v-{visit.pk}"
    order.refresh_from_db()
    assert order.waiting_since is None
    assert nurse.post(path, sent).status_code == 302, "sent twice"
    assert Visit.objects.filter(order=order, state="booked").count() == 1


def test_a_slot_that_is_not_free_offers_nobody(hospital: Hospital, nurse: Client) -> None:
    wait(hospital, "Teasel")
    hospital.visit("10:30", "fl1")
    page = text_of(nurse.get(f"{BOARD}fl1/add-on/", {"at": "2026-11-26T10:30"}))
    assert "This slot is not free" in page and "Teasel" not in page


def test_a_patient_of_another_page_is_not_booked(hospital: Hospital, nurse: Client) -> None:
    order, other = wait(hospital, "Teasel"), hospital.visit("11:00").patient
    sent = {"key": uuid4(), "patient": other.pk, "order": order.pk, "at": "2026-11-26T10:30"}
    assert nurse.post(f"{BOARD}fl1/add-on/", sent).status_code == 409
    assert not Visit.objects.filter(order=order, state="booked").exists()


def test_the_crew_is_set_by_those_who_plan(hospital: Hospital, client: Client) -> None:
    path, okafor = f"{BOARD}fl2/crew/", hospital.people["okafor"]
    assert signed_in(Client(), hospital.people["dahl"]).get(path).status_code == 403
    client = signed_in(client, hospital.people["lind"])
    assert "Dr H. Okafor" in client.get(path).content.decode()
    sent = {"key": uuid4(), "radiologist": okafor.pk, "technologist": ""}
    assert client.post(path, sent).status_code == 302
    crew = Crew.objects.get(room__code="fl2", on=TODAY)
    assert (crew.radiologist, crew.technologist) == (okafor, None)
    assert client.post(path, sent | {"key": uuid4(), "version": 7}).status_code == 409


def test_somebody_of_another_role_cannot_be_crew(hospital: Hospital, client: Client) -> None:
    client = signed_in(client, hospital.people["vance"])
    nurse: Person = hospital.people["dahl"]
    answer = client.post(f"{BOARD}fl2/crew/", {"key": uuid4(), "radiologist": nurse.pk, "technologist": ""})
    assert answer.status_code == 422 and not Crew.objects.filter(room__code="fl2").exists()


@pytest.mark.requirement("H24", "USR-4")
def test_the_day_sheet_never_leaves_a_blank(hospital: Hospital, nurse: Client) -> None:
    treatment_day(hospital)
    page = text_of(nurse.get(f"{BOARD}sheet/"))
    assert "Heron, Josef 47 F, 4000 0007" in page and "Latex apixaban, last Mon 23 Nov 07:00" in page
    assert "Juniper, Kofi 47 F, 4000 0004 L5 root left transforaminal, order 1 of 2 none none" in page
    assert "not asked yet not asked yet" in page, "Thistle has not been screened"
    assert "HOLD until 10:00." in page and "State of 09:12 . Older than 11:00: ask the nurse." in page


def test_the_day_sheet_prints_everything_that_is_not_ok_the_gravest_first(hospital: Hospital, nurse: Client) -> None:
    whys = [
        {"outcome": outcome, "word": word, "says": word, "cell": cell}
        for outcome, word, cell in (
            ("HOLD", "HOLD until 10:00.", "Blood"), ("STOP", "STOP, consent.", "Consent"),
            ("STOP", "STOP, level and side disagree.", "Level/side"),
        )
    ]  # fmt: skip
    visit = hospital.visit()
    shown = sealed_changes(visit, {"readiness": {"cells": [], "why": whys}, "readiness_until": None})
    Visit.objects.filter(pk=visit.pk).update(**shown)
    page = text_of(nurse.get(f"{BOARD}sheet/"))
    assert "STOP, consent. STOP, level and side disagree. HOLD until 10:00." in page


def test_the_sheet_of_a_day_without_visits_says_so(hospital: Hospital, nurse: Client) -> None:
    Room.objects.filter(site=hospital.site).exclude(code="fl1").update(breaks=[])
    page = text_of(nurse.get("/board/2026-11-20/sheet/"))
    assert page.count("no visit on this day") == 3


def test_a_search_leaves_no_name_in_the_queries_of_the_log(
    hospital: Hospital, nurse: Client, caplog: pytest.LogCaptureFixture
) -> None:
    booked(hospital, 0, family_name="Quetzal")
    caplog.set_level("DEBUG", logger="foramen")
    assert queries(nurse, "/patients/?q=quetzal")
    assert "quetzal" not in caplog.text.lower()


def test_a_time_out_that_one_has_signed_says_who_has_not(hospital: Hospital, nurse: Client) -> None:
    visit = hospital.visit("09:00", "fl1")
    hospital.walk(visit, "time_out_radiologist")
    Visit.objects.filter(pk=visit.pk).update(state="room")
    readiness.refresh(visit)
    page = text_of(nurse.get("/"))
    assert "Time-out open: T. Ferro signed 09:07. Dr H. Okafor has not signed." in page
    assert "1 of 2 Time-out" in page


def test_a_letter_that_nobody_confirmed_stops_and_shows_where_to(hospital: Hospital, nurse: Client) -> None:
    visit = hospital.visit("10:00", "fl1")
    hospital.walk(visit, "plan", letter_read=None)
    Visit.objects.filter(pk=visit.pk).update(state="arrived")
    readiness.refresh(visit)
    answer = nurse.get("/")
    assert "STOP, letter not confirmed." in text_of(answer) and "1 STOP today first at 10:00" in text_of(answer)
    assert f'href="/visits/{visit.pk}/screening/read/">Confirm the letter</a>' in answer.content.decode()


def test_a_move_to_another_room_changes_both_rooms_in_one_answer(hospital: Hospital, nurse: Client) -> None:
    day = treatment_day(hospital)
    heron = day["Heron"]
    hospital.visit("10:00", "fl2")
    Visit.objects.filter(pk=day["Rowan"].pk).update(state="cancelled")
    page = nurse.get("/").content.decode()
    assert "Move to 10:00, Fluoroscopy 1" in page
    sent = move_form(page)
    answer = nurse.post(sent.pop("action"), sent, HTTP_HX_REQUEST="true").content.decode()
    assert re.findall(r'<section class="room" id="room-(\w+)"( hx-swap-oob="true")?', answer) == [
        ("fl2", ""), ("fl1", ' hx-swap-oob="true"'),
    ]  # fmt: skip
    assert f'id="p-{heron.pk}" autofocus' in answer and "Letter 2 must be acknowledged." in answer


def test_a_refused_move_comes_back_in_the_middle_of_the_page(hospital: Hospital, nurse: Client) -> None:
    treatment_day(hospital)
    sent = move_form(nurse.get("/").content.decode())
    hospital.visit("10:00", "fl2")
    answer = nurse.post(sent.pop("action"), sent, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#main")

"""Lists of visits and of waiting orders; a slot for an order; a visit moved or cancelled."""

import re
from datetime import UTC, date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.models import Fact, Room, Visit
from foramen.clinic.pages.bookings.slots import free_slots
from tests.clinic.board_day import wait
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.lists import booked, counts
from tests.clinic.people import signed_in


@pytest.fixture
def nurse(hospital: Hospital, client: Client) -> Client:
    return signed_in(client, hospital.people["dahl"])


def rows(client: Client, path: str) -> list[str]:
    """Family names in the order in which a list shows them."""
    return re.findall(r'<th scope="row"><a [^>]*>([^,<]+),', client.get(path).content.decode())


@pytest.mark.parametrize("path", ["/bookings/", "/bookings/?q=name", "/bookings/?first=2026-11-26"])
def test_the_list_runs_the_same_queries_however_long(hospital: Hospital, nurse: Client, path: str) -> None:
    found = counts(nurse, path, lambda n: booked(hospital, n))
    assert found == [found[0]] * 3


def test_the_waiting_list_runs_the_same_queries_however_long(hospital: Hospital, nurse: Client) -> None:
    def add(n: int) -> None:
        order = booked(hospital, n).order
        order.waiting_since = hospital.local("08:20")
        order.save()

    found = counts(nurse, "/bookings/waiting/", add)
    assert found == [found[0]] * 3


def test_a_list_is_cut_in_pages_and_keeps_its_filter(hospital: Hospital, nurse: Client) -> None:
    made = [booked(hospital, n) for n in range(27)]
    last = [one.patient.family_name for one in sorted(made, key=lambda one: (one.start, one.pk))[:2]]
    first = nurse.get("/bookings/?q=name&sort=latest").content.decode()
    assert "27 visits" in first and 'href="?q=name&amp;sort=latest&amp;page=2"' in first
    assert rows(nurse, "/bookings/?q=name&sort=latest&page=2") == last[::-1]
    for page in ("0", "3", "-1", "x", "٣", "99999999999"):
        assert rows(nurse, f"/bookings/?page={page}")[0] == last[0]


def test_the_list_is_narrowed_and_sorted_on_the_server(hospital: Hospital, nurse: Client) -> None:
    heron = hospital.visit("09:30", "fl2", family_name="Heron", given_name="Josef", number="4158 2093")
    hospital.visit("10:00", "fl1", family_name="Alder", given_name="Signe")
    Visit.objects.filter(pk=heron.pk).update(state="arrived")
    room = hospital.rooms["fl2"].pk
    found = ("q=41582093", "q=4158 2093", "q=josef her", "q=HERON, JOS", "q=41582093&sort=latest", "q=hér jös")
    for asked in (*found, f"room={room}", "state=arrived"):
        assert rows(nurse, f"/bookings/?{asked}") == ["Heron"], asked
    assert rows(nurse, "/bookings/?q=4158 20") == rows(nurse, "/bookings/?q=he") == [], "parts"
    assert rows(nurse, "/bookings/?sort=latest") == ["Alder", "Heron"]
    assert rows(nurse, "/bookings/?first=2026-11-27") == []
    assert rows(nurse, "/bookings/?last=2026-11-26") == ["Heron", "Alder"]
    assert rows(nurse, f"/bookings/?radiologist={hospital.people['ito'].pk}") == []


def test_the_list_begins_with_today(hospital: Hospital, nurse: Client) -> None:
    old = hospital.visit("09:30", "fl2", family_name="Heron")
    hospital.visit("10:00", "fl1", family_name="Alder")
    Visit.objects.filter(pk=old.pk).update(start=old.start - timedelta(days=1))
    assert rows(nurse, "/bookings/") == ["Alder"]
    assert rows(nurse, "/bookings/?first=") == ["Heron", "Alder"]


def test_a_filter_that_cannot_be_read_says_so_and_narrows_nothing(hospital: Hospital, nurse: Client) -> None:
    hospital.visit()
    page = nurse.get("/bookings/?first=yesterday&room=here&sort=nonsense").content.decode()
    assert "Enter a valid date." in page and "Sorrel, Nadia" in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_said_to_be_wrong(hospital: Hospital, nurse: Client, day: str) -> None:
    order = wait(hospital, "Teasel")
    for path in (f"/bookings/?first={day}", f"/bookings/?last={day}", f"/patients/?born={day}"):
        assert "Look at the year." in nurse.get(path).content.decode()
    answer = nurse.get(f"/orders/{order.pk}/book/?on={day}")
    assert answer.status_code == 200 and "Free slots on Thursday 26 November" in answer.content.decode()


def test_another_sites_visits_are_nowhere(hospital: Hospital, client: Client) -> None:
    visit = hospital.visit()
    client = signed_in(client, hospital.people["elsewhere"])
    assert rows(client, "/bookings/") == []
    for path in (f"/bookings/{visit.pk}/move/", f"/bookings/{visit.pk}/cancel/", f"/orders/{visit.order_id}/book/"):
        mine, unknown = client.get(path), client.get(re.sub(r"[0-9a-f-]{36}", str(uuid4()), path))
        assert (mine.status_code, unknown.status_code) == (404, 404)


def test_a_slot_is_booked_for_an_order(hospital: Hospital, nurse: Client) -> None:
    order = wait(hospital, "Teasel")
    path, room = f"/orders/{order.pk}/book/", hospital.rooms["fl1"]
    page = nurse.get(path).content.decode()
    value = f"{room.pk}|2026-11-26T09:30|30"
    assert value in page and str(hospital.rooms["ct"].pk) not in page, "only rooms with the modality of the order"
    sent = {"key": uuid4(), "patient": order.patient_id, "slot": value, "radiologist": ""}
    assert nurse.post(path, sent).status_code == 302
    visit = Visit.objects.get(order=order, state="booked")
    assert (visit.start, visit.minutes, visit.radiologist) == (hospital.local("09:30"), 30, hospital.people["okafor"])


def test_a_slot_that_is_taken_comes_back_with_what_was_typed(hospital: Hospital, nurse: Client) -> None:
    order, room = wait(hospital, "Teasel"), hospital.rooms["fl1"]
    hospital.visit("09:30", "fl1")
    value = f"{room.pk}|2026-11-26T09:30|30"
    ito = hospital.people["ito"].pk
    sent = {"key": uuid4(), "patient": order.patient_id, "slot": value, "radiologist": ito}
    answer = nurse.post(f"/orders/{order.pk}/book/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Fluoroscopy 1 is taken from 09:30 to 10:00" in page
    assert re.search(rf'value="{re.escape(value)}"[^>]*checked', page), "the choice stays"
    assert re.search(rf'value="{ito}" selected', page)
    assert not Visit.objects.filter(order=order, state="booked").exists()


@pytest.mark.parametrize("slot", ["", "nonsense", "a|b|c", "||", "x|2026-11-26T09:30|30"])
def test_a_slot_that_is_none_is_refused(hospital: Hospital, nurse: Client, slot: str) -> None:
    order = wait(hospital, "Teasel")
    answer = nurse.post(f"/orders/{order.pk}/book/", {"key": uuid4(), "patient": order.patient_id, "slot": slot})
    assert answer.status_code == 422


def test_moving_within_a_day_asks_why(hospital: Hospital, nurse: Client) -> None:
    visit = booked(hospital, 0)
    path, room = f"/bookings/{visit.pk}/move/", hospital.rooms["fl2"]
    sent = {
        "patient": visit.patient_id, "slot": f"{room.pk}|2026-11-26T11:00|30", "version": visit.version, "reason": "",
    }  # fmt: skip
    answer = nurse.post(path, sent | {"key": uuid4()})
    assert answer.status_code == 422 and "less than a day away: moving it needs a reason" in answer.content.decode()
    assert nurse.post(path, sent | {"key": uuid4(), "reason": "the patient asked"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.start, visit.room) == (hospital.local("11:00"), room)


def test_a_visit_is_cancelled_with_a_reason(hospital: Hospital, nurse: Client) -> None:
    visit = booked(hospital, 0)
    path = f"/bookings/{visit.pk}/cancel/"
    sent = {"patient": visit.patient_id, "version": visit.version, "reason": "ill"}
    answer = nurse.post(path, sent | {"key": uuid4()})
    assert answer.status_code == 422 and ">\nill</textarea>" in answer.content.decode()
    assert nurse.post(path, sent | {"key": uuid4(), "reason": "has a fever since yesterday"}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert Fact.objects.get(visit=visit, kind="cancelled").content["reason"] == "has a fever since yesterday"


def test_a_stale_cancellation_is_a_conflict(hospital: Hospital, nurse: Client) -> None:
    visit = booked(hospital, 0)
    sent = {"key": uuid4(), "patient": visit.patient_id, "version": visit.version, "reason": "has a fever today"}
    Visit.objects.filter(pk=visit.pk).update(version=visit.version + 1)
    assert nurse.post(f"/bookings/{visit.pk}/cancel/", sent).status_code == 409
    visit.refresh_from_db()
    assert visit.state == "booked"


def slots_of(hospital: Hospital, room: Room, **day: object) -> list[str]:
    room.refresh_from_db()
    visits = Visit.objects.filter(room=room)
    on = day.get("on", TODAY)
    return [f"{one.local:%H:%M}" for one in free_slots(room, on, "Europe/Zurich", visits, hospital.local("09:12"))]  # type: ignore[arg-type]


def test_free_slots_leave_out_breaks_visits_and_the_past(hospital: Hospital) -> None:
    room = hospital.rooms["fl1"]
    room.breaks = [{"from": "12:00", "to": "13:00", "words": "room closed"}]
    room.closes = "14:15"
    room.save()
    hospital.visit("10:30", "fl1")
    assert slots_of(hospital, room) == ["09:30", "10:00", "11:00", "11:30", "13:00", "13:30"]


def test_a_visit_that_is_not_on_the_grid_leaves_whole_slots(hospital: Hospital) -> None:
    room = hospital.rooms["fl1"]
    room.closes = "12:00"
    room.save()
    hospital.visit("10:45", "fl1")
    assert slots_of(hospital, room) == ["09:30", "10:00", "11:15"]


def test_slots_of_a_day_on_which_clocks_change_are_local_times(hospital: Hospital) -> None:
    room = hospital.rooms["fl1"]
    room.opens, room.closes = "01:00", "05:00"
    room.save()
    room.refresh_from_db()
    found = free_slots(room, date(2027, 3, 28), "Europe/Zurich", [], hospital.local("09:12"))
    assert [f"{one.local:%H:%M}" for one in found] == ["01:00", "01:30", "03:00", "03:30", "04:00", "04:30"]
    assert found[2].start.astimezone(UTC).hour == 1

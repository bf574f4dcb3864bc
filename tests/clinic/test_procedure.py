"""Needle-in and needle-out: what they use and make, and that they do so once (RP-1, FU-1, FU-2, FU-8, H17, H18)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from foramen.clinic.domain import follow_up
from foramen.clinic.domain.errors import GateError, NotAllowedError, OutOfOrderError, StaleError, WrongInputError
from foramen.clinic.domain.follow_up import FollowUpError
from foramen.clinic.models import Fact, Order, Site, Task, Visit
from foramen.clinic.records.versions import save_changes
from foramen.kernel.errors import DataError
from tests.clinic.hospital import Hospital
from tests.clinic.treatment import Day

MONDAY_TO_FRIDAY = {
    "first": "2026-01-01", "last": "2027-12-31",
    "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
}  # fmt: skip


def tasks(visit: Visit) -> list[tuple[str, date, date, date]]:
    found = Task.objects.filter(visit=visit, state=Task.State.OPEN).order_by("due_on")
    return [(one.kind, one.due_on, one.opens_on, one.closes_on) for one in found]


def november(day: int) -> date:
    return date(2026, 11, day)


# --- needle-in ---


def test_needle_in_uses_one_of_the_order_and_nothing_else_does(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    assert Order.objects.get(pk=day.visit.order_id).used == 0
    day.do("needle_in", at="09:11")
    assert (Order.objects.get().used, Order.objects.get().state) == (1, "open")
    assert (day.now.state, day.now.needle_in_at) == ("room", hospital.local("09:11"))
    day.do("needle_out", at="09:20")
    assert Order.objects.get().used == 1


def test_a_second_needle_in_is_refused_and_uses_nothing(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    with pytest.raises(OutOfOrderError, match="recorded already"):
        day.do("needle_in")
    assert Order.objects.get().used == 1


def test_the_last_injection_uses_the_order_up(hospital: Hospital) -> None:
    day = Day(hospital)
    save_changes(day.visit.order, quantity=1)
    day.walk("record_given")
    assert (Order.objects.get().used, Order.objects.get().state) == (1, Order.State.USED)


def test_an_order_that_is_used_up_is_stopped_before_the_needle(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    save_changes(Order.objects.get(), used=2)
    with pytest.raises((GateError, OutOfOrderError)):
        day.do("needle_in")
    assert (day.now.needle_in_at, Order.objects.get().used) == (None, 2)


def test_the_skin_is_marked_with_what_the_room_has(hospital: Hospital) -> None:
    day = Day(hospital).walk("localise")
    with pytest.raises(WrongInputError, match="no CT"):
        day.do("localise", by="CT")
    day.do("localise", by="palpation")
    assert day.facts.has("localised")


# --- needle-out and its calls ---


def test_needle_out_makes_the_two_calls_and_not_the_third(hospital: Hospital) -> None:
    """Thursday: without a calendar the days are kept and flagged."""
    day = Day(hospital).walk("score_pain/after")
    assert tasks(day.visit) == [
        ("two_days", november(28), november(27), november(29)), ("week", date(2026, 12, 3), date(2026, 12, 1),
                                                                 date(2026, 12, 6)),
    ]  # fmt: skip
    assert all("no calendar" in one.content["flag"] for one in Task.objects.filter(visit=day.visit))
    assert (day.now.state, day.now.needle_out_at) == (Visit.State.RECOVERY, hospital.local("09:20"))


def test_saturday_is_moved_to_friday_where_the_site_has_a_calendar(hospital: Hospital) -> None:
    """As the page of the closed procedure shows: Fri 27 Nov, moved from Sat 28 Nov."""
    save_changes(hospital.site, parameters=hospital.site.parameters | {"working_days": MONDAY_TO_FRIDAY})
    day = Day(hospital).walk("score_pain/after")
    assert [(kind, due) for kind, due, *_ in tasks(day.visit)] == [
        ("two_days", november(27)), ("week", date(2026, 12, 3)),
    ]  # fmt: skip
    assert "moved from Saturday 2026-11-28" in Task.objects.get(visit=day.visit, kind="two_days").content["moved"]


@pytest.mark.parametrize(
    ("zone", "at", "two_days"),
    [
        ("Europe/Zurich", "2026-11-26T22:55:00+00:00", november(28)),  # 23:55 of the 26th
        ("Europe/Zurich", "2026-11-26T23:05:00+00:00", november(29)),  # 00:05 of the 27th
        ("America/Chicago", "2026-11-27T05:55:00+00:00", november(28)),  # 23:55 of the 26th, the 27th in UTC
        ("Africa/Cairo", "2026-11-26T21:55:00+00:00", november(28)),
        ("Europe/Zurich", "2026-10-25T22:55:00+00:00", date(2026, 10, 27)),  # the day on which clocks go back
        ("Europe/Zurich", "2026-03-29T21:55:00+00:00", date(2026, 3, 31)),  # the day on which they go forward
        ("Africa/Cairo", "2027-04-29T21:55:00+00:00", date(2027, 5, 1)),  # 23:55 before a day that has no midnight
        ("Africa/Cairo", "2027-04-29T22:05:00+00:00", date(2027, 5, 2)),  # 01:05 of that day
    ],
)
def test_days_are_counted_from_the_local_date_of_needle_out(
    hospital: Hospital, zone: str, at: str, two_days: date
) -> None:
    day = Day(hospital)
    day.visit.site = Site.objects.create(code="zone", name="Zone", service="Spine", zone=zone)
    act = hospital.act("okafor")
    object.__setattr__(act, "at", datetime.fromisoformat(at))
    with_date = {one.kind: one.due_on for one in follow_up.make_tasks(act, day.visit)}
    assert with_date == {"two_days": two_days, "week": two_days + timedelta(days=5)}


@pytest.mark.requirement("H17")
def test_needle_out_five_minutes_before_midnight(hospital: Hospital) -> None:
    """Through the verb: the time-out and the needle are late in the evening as well."""
    day = Day(hospital).walk("sign_time_out/technologist")
    for name, at in (
        ("sign_time_out/technologist", "23:40"), ("sign_time_out/radiologist", "23:41"), ("localise", "23:42"),
        ("needle_in", "23:45"), ("needle_out", "23:55"),
    ):  # fmt: skip
        day.do(name, at=at)
    assert [due for _, due, *_ in tasks(day.visit)] == [november(28), date(2026, 12, 3)]


@pytest.mark.requirement("H17")
@pytest.mark.parametrize("broken", ["schedule", "calendar", "database"])
def test_without_its_calls_no_needle_out_is_stored(
    hospital: Hospital, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = Day(hospital).walk("needle_out")
    before = day.stored()

    def refuse(*_told: Any, **_more: Any) -> Any:
        raise DataError.single("the schedule cannot be read")

    if broken == "schedule":
        monkeypatch.setattr(follow_up.due, "due", refuse)
    elif broken == "calendar":
        save_changes(hospital.site, parameters=hospital.site.parameters | {"working_days": {"first": "never"}})
    else:
        Task.objects.create(
            site=hospital.site, patient=day.visit.patient, visit=day.visit, kind="week", label="1 week",
            due_on=november(28), opens_on=november(28), closes_on=november(28),
        )  # fmt: skip
    with pytest.raises(FollowUpError, match="needle-out is not recorded"):
        day.do("needle_out", act={"site": Site.objects.get(pk=hospital.site.pk)})
    assert (day.stored(), day.now.needle_out_at, day.now.state) == (before, None, "room")
    assert not Task.objects.filter(visit=day.visit, kind="two_days").exists()


@pytest.mark.requirement("H18")
@pytest.mark.django_db(transaction=True)
def test_eight_who_take_the_needle_out_at_once_make_one_set_of_calls(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_out")
    hospital.time.at = hospital.local("09:20")
    start = Barrier(8)

    def one(turn: int) -> str:
        start.wait(30)
        try:
            day.do("needle_out", who=("okafor", "ferro")[turn % 2])
        except (OutOfOrderError, StaleError) as refused:
            return type(refused).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(one, range(8)))
    assert answers["done"] == 1
    assert Fact.objects.filter(visit=day.visit, kind="needle_out").count() == 1
    assert Counter(Task.objects.filter(visit=day.visit).values_list("kind", flat=True)) == {"two_days": 1, "week": 1}


@pytest.mark.django_db(transaction=True)
def test_eight_who_put_the_needle_in_at_once_use_one_injection(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    hospital.time.at = hospital.local("09:11")
    start = Barrier(8)

    def one(_turn: int) -> str:
        start.wait(30)
        try:
            day.do("needle_in")
        except (OutOfOrderError, StaleError) as refused:
            return type(refused).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(one, range(8)))
    assert (answers["done"], Order.objects.get().used) == (1, 1)
    assert Fact.objects.filter(visit=day.visit, kind="needle_in").count() == 1


# --- broken off with the needle in ---


def test_broken_off_with_the_needle_in_goes_on_to_recovery(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    with pytest.raises(NotAllowedError):
        day.do("break_off", who="dahl", stage="with the needle in", reason="vasovagal reaction")
    day.do("break_off", at="09:13", who="okafor", stage="with the needle in", reason="vasovagal reaction")
    assert (day.now.state, day.now.needle_out_at) == (Visit.State.RECOVERY, hospital.local("09:13"))
    assert [kind for kind, *_ in tasks(day.visit)] == ["two_days", "week"]
    assert Order.objects.get().used == 1
    with pytest.raises(OutOfOrderError, match="recorded already"):
        day.do("needle_out")


def test_what_was_broken_off_is_still_sent_home_by_the_gates(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    day.do("break_off", at="09:13", who="okafor", stage="with the needle in", reason="vasovagal reaction")
    for name, at in (
        ("score_pain/after", "09:30"), ("end_observation", "09:55"), ("test_walk", "09:56"), ("tell_way_home", "09:57"),
        ("give_instructions", "09:58"),
    ):  # fmt: skip
        day.do(name, at=at)
    with pytest.raises(OutOfOrderError, match="Given"):
        day.do("discharge", at="10:00")
    day.do("record_given", drugs=[], note="broken off before anything was injected")
    day.do("discharge", at="10:00")
    assert day.now.state == Visit.State.HOME


def test_an_adverse_event_has_an_onset_that_has_been(hospital: Hospital) -> None:
    day = Day(hospital)
    said = {
        "what": "headache", "grade": 2, "onset": datetime(2026, 11, 26, 12, tzinfo=UTC), "outcome": "recovering",
        "relation": "possible",
    }  # fmt: skip
    with pytest.raises(WrongInputError) as refused:
        day.do("report_adverse_event", who="dahl", **said)
    assert refused.value.faults[0].where == "onset"
    with pytest.raises(WrongInputError, match="grade 5"):
        day.do("report_adverse_event", who="dahl", **(said | {"outcome": "died", "onset": hospital.local("08:00")}))
    day.do("report_adverse_event", who="dahl", **(said | {"onset": hospital.local("08:00")}))
    assert day.stored() == 1

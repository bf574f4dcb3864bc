"""Booking, moving, cancelling: a slot is one patient's, and whatever changes it asks the rules anew."""

from datetime import UTC, datetime, timedelta

import pytest

from foramen.clinic.domain.errors import GateError, NotAllowedError, OutOfOrderError, StaleError, UnknownError
from foramen.clinic.domain.places import words
from foramen.clinic.models import Crew, Delegation, Fact, Judgement, Order, Task, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.records.ordered import ordered_targets
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.journey import IDENTITY, SCREENED, Journey, told

REPEAT = {"decision": "repeat", "reason": "half as much pain for two weeks"}
REASON = "the patient asked for it"


@pytest.fixture
def journey(hospital: Hospital) -> Journey:
    return Journey(hospital)


def other_patient(journey: Journey, number: str = "7730 5562") -> Order:
    return journey.order(journey.patient(number=number, family_name="Thistle", given_name="Jonas"))


def given(journey: Journey, order: Order, day: datetime, **changes: object) -> Visit:
    """A first session on an order that is over, on an earlier day."""
    visit = Visit.objects.create(
        site=order.site, order=order, patient=order.patient, room=journey.hospital.rooms["fl1"], number="V-first",
        start=day, state_at=day, needle_in_at=day, needle_out_at=day + timedelta(minutes=9), state="home",
        radiologist=journey.hospital.people["okafor"], targets_text=order.targets_text, **changes,
    )  # fmt: skip
    Order.objects.filter(pk=order.pk).update(used=1, ordered_on=day.date())
    order.refresh_from_db()
    journey.hospital.sign(visit, "needle_in", "09:11", "radiologist", {}, days=(day.date() - TODAY).days)
    return visit


# --- booking --------------------------------------------------------------------------------------------------------


def test_a_visit_is_booked_in_a_free_slot(journey: Journey) -> None:
    order = journey.order()
    journey.do("dahl", "ask_add_on", order)
    visit = journey.visit("10:00", order, add_on=True)
    assert (visit.number, visit.state, visit.minutes, visit.letter) == ("2026-0001", "booked", 30, 0)
    assert visit.start == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert visit.radiologist == journey.hospital.people["okafor"]
    assert (visit.add_on, visit.targets_text) == (True, "L5 root left, transforaminal")
    order.refresh_from_db()
    assert order.waiting_since is None


def test_what_the_rules_say_while_planning_is_stored_and_stops_nobody(journey: Journey) -> None:
    visit = journey.visit("10:00")
    stored = Judgement.objects.filter(visit=visit, verb="book")
    outcomes = {one.policy: one.outcome for one in stored}
    assert outcomes["antithrombotics"] == "STOP"
    assert outcomes["repeat-orders"] == "OK"
    assert {one.occasion for one in stored} == {"plan"}
    assert all(len(one.policy_sha256) == 64 for one in stored)


@pytest.mark.parametrize(
    ("start", "room", "expected"),
    [
        ("09:00", "fl1", ("start", "this slot is in the past")),
        ("07:00", "fl1", ("start", "this slot is in the past")),
        ("16:15", "fl1", ("start", "Fluoroscopy 1 is open from 07:30 to 16:30")),
        ("2026-11-27T07:00:00", "fl1", ("start", "Fluoroscopy 1 is open from 07:30 to 16:30")),
        ("10:00", "ct", ("room", "CT has CT, and the order asks for fluoroscopy")),
        ("2029-11-26T10:00:00", "fl1", ("start", "this is more than two years ahead")),
        ("2026-11-27T10:00:30", "fl1", ("start", "this is no time of a slot")),
    ],
)
def test_a_slot_that_cannot_be_is_refused(
    journey: Journey, start: str, room: str, expected: tuple[str, str]
) -> None:  # fmt: skip
    error = journey.refused("lind", "book", journey.order(), journey.slot(start, room))
    assert expected in told(error)
    assert Visit.objects.count() == 0


@pytest.mark.requirement("T6")
def test_a_local_time_that_does_not_exist_is_refused_with_the_reason(journey: Journey) -> None:
    journey.at("2027-03-20T09:00")
    journey.hospital.rooms["fl1"].opens = "00:00"
    journey.hospital.rooms["fl1"].save()
    error = journey.refused("lind", "book", journey.order(), journey.slot("2027-03-28T02:30:00"))
    assert told(error) == [("start", "clocks went forward: this local time does not exist")]


def test_a_break_of_the_room_takes_nobody(journey: Journey) -> None:
    room = journey.hospital.rooms["fl1"]
    room.breaks = [{"from": "12:00", "to": "13:00", "words": "room closed"}]
    room.save()
    order = journey.order()
    error = journey.refused("lind", "book", order, journey.slot("11:45"))
    assert told(error) == [("start", "Fluoroscopy 1 takes nobody from 12:00 to 13:00: room closed")]
    assert journey.visit("11:30", order).minutes == 30


@pytest.mark.parametrize(("start", "minutes"), [("10:00", 30), ("10:15", 30), ("09:45", 30), ("09:30", 120)])
def test_the_whole_slot_is_taken_not_only_its_start(journey: Journey, start: str, minutes: int) -> None:
    journey.visit("10:00")
    error = journey.refused("lind", "book", other_patient(journey), journey.slot(start, minutes=minutes))
    assert told(error) == [("start", "Fluoroscopy 1 is taken from 10:00 to 10:30")]


def test_slots_that_touch_are_both_free(journey: Journey) -> None:
    journey.visit("10:00")
    assert journey.visit("10:30", other_patient(journey)).state == "booked"


def test_a_patient_is_in_one_room_at_a_time(journey: Journey) -> None:
    patient = journey.patient()
    journey.visit("10:00", journey.order(patient))
    error = journey.refused("lind", "book", journey.order(patient), journey.slot("10:15", "fl2"))
    assert told(error) == [("start", "this patient has another visit from 10:00 to 10:30")]


def test_an_add_on_is_of_today(journey: Journey) -> None:
    error = journey.refused("lind", "book", journey.order(), journey.slot("2026-11-27T10:00:00", add_on=True))
    assert told(error) == [("start", "an add-on is for today")]


def test_who_performs_is_a_radiologist_of_the_site(journey: Journey) -> None:
    people, order = journey.hospital.people, journey.order()
    error = journey.refused("lind", "book", order, journey.slot("10:00", radiologist=str(people["dahl"].pk)))
    assert told(error) == [("radiologist", "R. Dahl is not a lead or a radiologist here on that day")]
    error = journey.refused("lind", "book", order, journey.slot("10:00", radiologist=str(people["elsewhere"].pk)))
    assert isinstance(error, UnknownError)
    assert journey.visit("10:00", order, radiologist=str(people["vance"].pk)).radiologist == people["vance"]


def test_a_technologist_books_nothing(journey: Journey) -> None:
    assert isinstance(journey.refused("ferro", "book", journey.order(), journey.slot("10:00")), NotAllowedError)


def test_a_room_of_another_site_is_unknown(journey: Journey) -> None:
    room = journey.hospital.rooms["fl1"]
    room.site = journey.hospital.other
    room.save()
    error = journey.refused("lind", "book", journey.order(), journey.slot("10:00"))
    assert isinstance(error, UnknownError)
    assert told(error) == [("room", "there is no such room here")]


# --- repeat orders --------------------------------------------------------------------------------------------------


def test_one_visit_of_an_order_is_to_come_at_a_time(journey: Journey) -> None:
    order = journey.order()
    journey.visit("10:00", order)
    order.refresh_from_db()
    error = journey.refused("lind", "book", order, journey.slot("14:00"))
    assert told(error) == [("", "visit 2026-0001 on this order is still to come")]


def test_a_second_session_waits_for_a_radiologists_decision_made_after_the_first(journey: Journey) -> None:
    order = journey.order()
    given(journey, order, datetime(2026, 11, 5, 8, 0, tzinfo=UTC))
    error = journey.refused("lind", "book", order, journey.slot("10:00"))
    assert isinstance(error, OutOfOrderError)
    assert told(error)[0][1] == (
        "the second session of an order is released by a radiologist's decision to repeat, made after the first"
    )
    journey.do("okafor", "decide_repeat", order, {"decision": "no repeat", "reason": "no better than before"})
    assert isinstance(journey.refused("lind", "book", order, journey.slot("10:00")), OutOfOrderError)
    journey.do("okafor", "decide_repeat", order, REPEAT)
    assert journey.visit("10:00", order).state == "booked"


def test_too_few_days_between_sessions_hold_a_booking(journey: Journey) -> None:
    order = journey.order()
    given(journey, order, datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    journey.do("okafor", "decide_repeat", order, REPEAT)
    error = journey.refused("lind", "book", order, journey.slot("10:00"))
    assert isinstance(error, GateError)
    assert error.faults[0].what.endswith("not before Fri 4 December 2026.")
    assert (Visit.objects.filter(state="booked").count(), error.decisions[0]["outcome"]) == (0, "HOLD")
    assert journey.visit("2026-12-04T10:00:00", order).state == "booked"


def test_a_used_up_order_needs_a_new_one(journey: Journey) -> None:
    order = journey.order()
    Order.objects.filter(pk=order.pk).update(used=2)
    order.refresh_from_db()
    error = journey.refused("lind", "book", order, journey.slot("10:00"))
    assert told(error) == [("", "all 2 sessions of order 2026-0001 are used")]


def test_an_order_that_no_longer_holds_is_not_booked(journey: Journey) -> None:
    order = journey.order()
    Order.objects.filter(pk=order.pk).update(ordered_on=TODAY - timedelta(days=200))
    order.refresh_from_db()
    error = journey.refused("lind", "book", order, journey.slot("10:00"))
    assert isinstance(error, GateError)
    assert error.faults[0].what.startswith("The order no longer holds: a new order is needed.")


def test_the_second_session_may_be_at_another_level(journey: Journey) -> None:
    """RP-1. What the first one treated stays what it was."""
    order = journey.order()
    first = given(journey, order, datetime(2026, 11, 5, 8, 0, tzinfo=UTC))
    half = REPEAT | {"targets": [{"root": "S1", "side": "left"}]}
    assert told(journey.refused("okafor", "decide_repeat", order, half)) == [
        ("targets.0", "this target leaves something open")
    ]
    s1 = {"root": "S1", "side": "left", "route": "transforaminal"}
    none = {"decision": "no repeat", "reason": "no better than before", "targets": [s1]}
    assert told(journey.refused("okafor", "decide_repeat", order, none)) == [
        ("targets", "nothing is treated without a repeat")
    ]
    journey.do("okafor", "decide_repeat", order, REPEAT | {"targets": [s1]})
    second = journey.visit("10:00", order)
    assert second.targets_text == "S1 root left, transforaminal"
    assert [words(ordered_targets(facts_of_visit(one))) for one in (first, second)] == [
        "L5 root left, transforaminal", "S1 root left, transforaminal",
    ]  # fmt: skip


# --- moving and cancelling ------------------------------------------------------------------------------------------


def test_a_visit_moves_to_another_slot_and_says_so(journey: Journey) -> None:
    visit = journey.visit("10:00")
    journey.do("lind", "move", visit, journey.slot("14:00", "fl2", version=visit.version, reason=REASON))
    visit.refresh_from_db()
    assert (visit.room.code, visit.start) == ("fl2", datetime(2026, 11, 26, 13, 0, tzinfo=UTC))
    moved = Fact.objects.get(visit=visit, kind="moved").content
    assert (moved["from_room"], moved["room"], moved["reason"]) == ("Fluoroscopy 1", "Fluoroscopy 2", REASON)
    assert Judgement.objects.filter(visit=visit, verb="move", policy="antithrombotics").count() == 1
    assert journey.visit("10:00", other_patient(journey)).state == "booked"


def test_within_a_day_a_move_needs_a_reason(journey: Journey) -> None:
    visit = journey.visit("10:00")
    error = journey.refused("lind", "move", visit, journey.slot("14:00", version=visit.version))
    assert told(error) == [("reason", "this visit is less than a day away: moving it needs a reason")]
    later = journey.visit("2026-12-03T10:00:00", other_patient(journey))
    journey.do("lind", "move", later, journey.slot("2026-12-03T14:00:00", version=later.version))
    assert Visit.objects.get(pk=later.pk).start == datetime(2026, 12, 3, 13, 0, tzinfo=UTC)


def test_a_stale_move_is_refused_with_what_stands(journey: Journey) -> None:
    visit = journey.visit("10:00")
    seen = visit.version
    journey.do("lind", "move", visit, journey.slot("14:00", version=seen, reason=REASON))
    error = journey.refused("dahl", "move", visit, journey.slot("15:00", version=seen, reason=REASON))
    assert isinstance(error, StaleError)
    assert error.theirs["start"] == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    assert Visit.objects.get(pk=visit.pk).start == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


def test_whoever_has_arrived_moves_to_a_later_slot_of_the_day_only(journey: Journey) -> None:
    visit = journey.visit("10:00")
    Visit.objects.filter(pk=visit.pk).update(state="ready")
    for start in ("09:30", "2026-11-27T10:00:00"):
        error = journey.refused("lind", "move", visit, journey.slot(start, version=visit.version, reason=REASON))
        assert told(error) == [("start", "this patient has arrived: only a later slot of the same day is possible")]
    journey.do("lind", "move", visit, journey.slot("11:00", version=visit.version, reason=REASON))
    assert Visit.objects.get(pk=visit.pk).state == "arrived"


def test_the_slot_it_has_is_no_move(journey: Journey) -> None:
    visit = journey.visit("10:00")
    error = journey.refused("lind", "move", visit, journey.slot("10:00", version=visit.version, reason=REASON))
    assert told(error) == [("start", "this is the slot it has")]


@pytest.mark.parametrize("verb", ["move", "cancel"])
def test_after_the_needle_a_visit_stays(journey: Journey, verb: str) -> None:
    visit = journey.visit("10:00")
    Visit.objects.filter(pk=visit.pk).update(needle_in_at=journey.hospital.time.at, state="room")
    content = journey.slot("14:00", version=1, reason=REASON) if verb == "move" else {"version": 1, "reason": REASON}
    error = journey.refused("lind", verb, visit, content)
    assert isinstance(error, OutOfOrderError)
    assert told(error) == [("", "the needle has been in: this visit can neither be moved nor cancelled")]


def test_a_cancelled_visit_gives_its_slot_and_its_session_back(journey: Journey) -> None:
    order = journey.order()
    visit = journey.visit("10:00", order)
    journey.screen(visit, driver="")
    visit.refresh_from_db()
    with pytest.raises(ValueError, match="reason"):
        journey.do("lind", "cancel", visit, {"version": visit.version, "reason": "ill"})
    journey.do("lind", "cancel", visit, {"version": visit.version, "reason": REASON})
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert Fact.objects.get(visit=visit, kind="cancelled").content == {"reason": REASON}
    assert [one.state for one in Task.objects.filter(visit=visit)] == ["void"]
    order.refresh_from_db()
    assert journey.visit("10:00", order).state == "booked"
    error = journey.refused("lind", "cancel", visit, {"version": visit.version, "reason": REASON})
    assert told(error) == [("", "this visit is cancelled")]


def test_the_session_of_a_repeat_is_not_moved_too_near_to_the_first(journey: Journey) -> None:
    order = journey.order()
    given(journey, order, datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    journey.do("okafor", "decide_repeat", order, REPEAT)
    visit = journey.visit("2026-12-04T10:00:00", order)
    error = journey.refused("lind", "move", visit, journey.slot("2026-12-02T10:00:00", version=visit.version))
    assert isinstance(error, GateError)
    assert Visit.objects.get(pk=visit.pk).start == datetime(2026, 12, 4, 9, 0, tzinfo=UTC)


# --- crew -----------------------------------------------------------------------------------------------------------


def test_a_new_radiologist_of_the_crew_performs_what_is_still_to_come(journey: Journey) -> None:
    people, visit = journey.hospital.people, journey.visit("10:00")
    room = journey.hospital.rooms["fl1"]
    set_to = {"on": "2026-11-26", "radiologist": str(people["ito"].pk), "technologist": str(people["ferro"].pk)}
    journey.do("lind", "set_crew", room, set_to | {"version": 1})
    visit.refresh_from_db()
    assert visit.radiologist == people["ito"]
    error = journey.refused("lind", "set_crew", room, set_to | {"version": 1})
    assert isinstance(error, StaleError)


def test_a_crew_is_made_of_people_with_the_role(journey: Journey) -> None:
    people, room = journey.hospital.people, journey.hospital.rooms["ct"]
    wrong = {"on": "2026-11-26", "radiologist": str(people["vance"].pk), "technologist": str(people["dahl"].pk)}
    error = journey.refused("lind", "set_crew", room, wrong)
    assert told(error) == [("technologist", "R. Dahl is not a technologist here on that day")]
    assert Crew.objects.filter(room=room).count() == 0


def test_visits_of_another_site_are_unknown(journey: Journey) -> None:
    visit, hospital = journey.visit("10:00"), journey.hospital
    for role in ("coordinator", "nurse"):
        Delegation.objects.create(
            person=hospital.people["lind"], site=hospital.other, role=role, first_day="2025-01-01"
        )
    for name, content in (
        ("move", journey.slot("14:00", version=1, reason=REASON)),
        ("cancel", {"version": 1, "reason": REASON}),
        ("save_screening", {"version": 0, "content": {}}),
        ("sign_screening", IDENTITY | {"screening": SCREENED}),
        ("make_letter", {}),
        ("acknowledge_letter", {"number": 1, "how": "phone"}),
        ("arrive", {"identifiers": ["name", "date of birth"]}),
        ("ask_list_again", {"changed": "no"}),
    ):
        error = journey.refused("lind", name, visit, content, site=hospital.other)
        assert (type(error), told(error)) == (UnknownError, [("", "there is no such visit here")])


def test_a_move_is_told_in_the_history_and_never_made_void(journey: Journey) -> None:
    visit = journey.visit("10:00")
    journey.do("lind", "move", visit, journey.slot("14:00", version=visit.version, reason=REASON))
    moved = Fact.objects.get(visit=visit, kind="moved")
    error = journey.refused("vance", "void", moved, {"reason": "it was another patient"})
    assert told(error) == [("", "Moved is never void")]
    assert Fact.objects.filter(kind="moved").count() == 1

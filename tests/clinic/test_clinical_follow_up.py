"""CLINICAL.md 5: what needle-out makes and what a session that never began does not (FU-2, FU-8), the set of two (RP-1
to RP-4), and the task that a deviation leaves behind."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from foramen.clinic.domain.corrections import Correction
from foramen.clinic.domain.errors import GateError, OutOfOrderError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Judgement, Order, PolicyRecord, Task, Visit
from foramen.clinic.records.versions import save_changes
from foramen.kernel.digests import text_digest
from tests.clinic.hospital import L5_LEFT, Hospital
from tests.clinic.journey import Journey
from tests.clinic.test_procedure import MONDAY_TO_FRIDAY
from tests.clinic.test_rules_policies import text_of
from tests.clinic.test_visits import given
from tests.clinic.treatment import Day

REPEAT = {"decision": "repeat", "reason": "better for two weeks, and back since"}
ADVERSE = "adverse deviation"


def calls(visit: Visit) -> dict[str, date]:
    return {one.kind: one.due_on for one in Task.objects.filter(visit=visit).exclude(kind="driver")}


# --- FU-2 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "due", "says"),
    [
        ({}, date(2026, 11, 27), "moved from Saturday 2026-11-28, no working day, to Friday 2026-11-27"),
        ({"closed": ["2026-11-27"], "extra": ["2026-11-29"]}, date(2026, 11, 29), "to Sunday 2026-11-29"),
        ({"extra": ["2026-11-29"]}, date(2026, 11, 27), "to Friday 2026-11-27"),  # a tie: the earlier one
        ({"closed": ["2026-11-27"]}, date(2026, 11, 28), "the window has none: the date is kept"),
        ({"last": "2026-11-27"}, date(2026, 11, 28), "no calendar of working days covers this day"),
    ],
    ids=["moved", "the only one", "a tie", "none in the window", "not covered"],
)
def test_fu_2_a_day_off_moves_inside_the_window_or_is_kept_and_said(
    hospital: Hospital, calendar: dict[str, Any], due: date, says: str
) -> None:
    """Needle-out on Thursday 26 November: due on Saturday, window Friday to Sunday."""
    parameters = hospital.site.parameters | {"working_days": MONDAY_TO_FRIDAY | calendar}
    save_changes(hospital.site, parameters=parameters)
    day = Day(hospital).walk("score_pain/after")
    task = Task.objects.get(visit=day.visit, kind="two_days")
    assert task.due_on == due
    assert says in task.content["moved"] + task.content["flag"]
    assert (task.opens_on, task.closes_on) == (date(2026, 11, 27), date(2026, 11, 29))


# --- FU-8 ---------------------------------------------------------------------------------------------------


def test_fu_8_a_visit_that_is_cancelled_has_no_calls_and_ends_what_was_asked(hospital: Hospital) -> None:
    journey = Journey(hospital)
    visit = journey.visit("2026-12-03T10:00:00")
    journey.do("lind", "cancel", visit, {"reason": "the patient is ill", "version": visit.version})
    assert calls(visit) == {}
    assert set(Task.objects.filter(visit=visit).values_list("state", flat=True)) == {"void"}


def test_fu_8_broken_off_before_the_needle_voids_what_was_made(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    Task.objects.create(
        site=day.visit.site, patient=day.visit.patient, visit=day.visit, kind="two_days", label="2 days",
        due_on=date(2026, 11, 28), opens_on=date(2026, 11, 27), closes_on=date(2026, 11, 29),
    )  # fmt: skip
    day.do("break_off", who="okafor", at="09:10", stage="before the needle", reason="the patient fainted")
    assert Task.objects.get(visit=day.visit, kind="two_days").state == "void"
    assert Order.objects.get(pk=day.visit.order_id).used == 0


def test_fu_8_broken_off_with_the_needle_in_is_called_like_any_other(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    day.do("break_off", who="okafor", at="09:14", stage="with the needle in", reason="the patient fainted")
    assert calls(day.visit) == {"two_days": date(2026, 11, 28), "week": date(2026, 12, 3)}
    assert Order.objects.get(pk=day.visit.order_id).used == 1


# --- RP -----------------------------------------------------------------------------------------------------


def test_rp_1_a_session_broken_off_before_the_needle_leaves_both_places(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    day.do("break_off", who="okafor", at="09:10", stage="before the needle", reason="the patient fainted")
    journey = Journey(hospital)
    order = Order.objects.get(pk=day.visit.order_id)
    journey.do("lind", "book", order, journey.slot("2026-12-03T10:00:00"))
    assert Visit.objects.filter(order=order, state="booked").count() == 1


def test_rp_1_a_third_session_needs_a_new_order(hospital: Hospital) -> None:
    journey = Journey(hospital)
    order = journey.order()
    Order.objects.filter(pk=order.pk).update(used=2, state="used")
    order.refresh_from_db()
    journey.do("okafor", "decide_repeat", order, REPEAT)
    assert isinstance(journey.refused("lind", "book", order, journey.slot("10:00")), OutOfOrderError)


@pytest.mark.parametrize("name", ["repeat_min_days", "order_valid_days"])
def test_rp_3_what_the_site_has_not_set_a_person_decides(hospital: Hospital, name: str) -> None:
    """Booked it is, with the decision open; without it nobody arrives for it."""
    text = "\n".join(line for line in text_of("repeat-orders").splitlines() if not line.startswith(name))
    PolicyRecord.objects.filter(site=hospital.site, policy="repeat-orders").update(
        text=text, text_sha256=text_digest(text)
    )
    journey = Journey(hospital)
    order = journey.order()
    given(journey, order, datetime(2026, 11, 5, 8, 0, tzinfo=UTC))
    journey.do("okafor", "decide_repeat", order, REPEAT)
    visit = journey.visit("10:00", order)
    stored = Judgement.objects.get(visit=visit, verb="book", policy="repeat-orders")
    open_ = [one for one in stored.content["decisions"] if one["outcome"] == "DECIDE"]
    assert [(one["rule"], one["override"]["class"]) for one in open_] == [("RP-3", "O1")]
    journey.screen(visit, no_medicines=True, medicines=[], confirmed_at="2026-11-26T09:10:00+01:00")
    journey.read(visit, journey.letter(visit).number)
    hospital.time.at = hospital.local("09:30")
    error = journey.refused("dahl", "arrive", visit, {"identifiers": ["name", "date of birth"]})
    assert isinstance(error, GateError)
    assert [one["rule"] for one in error.decisions] == ["RP-3"]


@pytest.mark.parametrize("who", ["dahl", "lind", "ferro"])
def test_rp_4_nobody_but_a_radiologist_releases_the_second_session(hospital: Hospital, who: str) -> None:
    journey = Journey(hospital)
    order = journey.order()
    given(journey, order, datetime(2026, 11, 5, 8, 0, tzinfo=UTC))
    journey.refused(who, "decide_repeat", order, REPEAT)
    journey.refused(who, "book", order, journey.slot("10:00"))
    assert not Visit.objects.filter(order=order, state="booked").exists()


# --- the task of an adverse deviation -----------------------------------------------------------------------


def test_an_adverse_deviation_is_a_task_for_the_radiologist(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_out")
    day.do("note_deviation", who="ferro", what="needle too deep", reason="the patient moved", adverse=True)
    task = Task.objects.get(visit=day.visit, kind=ADVERSE)
    assert (task.state, task.due_on, task.content) == (
        "open", date(2026, 11, 26), {"for": "okafor", "deviations": ["needle too deep"]},
    )  # fmt: skip
    day.do("note_deviation", who="ferro", what="a second one", reason="the patient moved", adverse=True)
    day.do("note_deviation", who="ferro", what="harmless", reason="the form was lost")
    task.refresh_from_db()
    assert task.content["deviations"] == ["needle too deep", "a second one"]


def test_what_was_given_at_another_place_is_followed_by_the_radiologist(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    why = {"why": "the needle was on the right, seen on the image"}
    day.do("record_given", at="09:15", spot=L5_LEFT | {"side": "right"}, act=why)
    (told,) = Task.objects.get(visit=day.visit, kind=ADVERSE).content["deviations"]
    assert told.startswith("this is another place than the planned one")


def test_the_task_outlives_a_session_that_is_broken_off(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    day.do("note_deviation", who="okafor", what="skin marked on the right", reason="wrong image", adverse=True)
    day.do("break_off", who="okafor", at="09:10", stage="before the needle", reason="the side is not clear")
    assert Task.objects.get(visit=day.visit, kind=ADVERSE).state == "open"


def test_a_deviation_that_is_corrected_to_an_adverse_one_is_followed_too(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_out")
    day.do("note_deviation", who="ferro", what="contrast in a vein", reason="seen on the image")
    (known,) = day.facts.each("deviation")
    content = {"what": "contrast in a vein", "reason": "seen on the image", "adverse": True}
    wanted = Correction(content=content, reason="it may have harmed the patient")
    perform(hospital.act("ferro"), "correct", str(known.fact.pk), wanted)
    assert Task.objects.get(visit=day.visit, kind=ADVERSE).state == "open"

"""Vectors V1 to V9 of the time arithmetic, the same under every time zone of the server."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from foramen.catalogue.decision import Outcome
from foramen.catalogue.instants import day_of
from tests.catalogue.questions import ask, local, medicine, only, question

CHICAGO, ZURICH, CAIRO = "America/Chicago", "Europe/Zurich", "Africa/Cairo"


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"], autouse=True)
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone the server believes to be in."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def planned(name: str, zone: str, start: str, dose: str | None = None, **more: Any) -> Any:
    """Asked two weeks before; half a day before, where a last dose is given."""
    begin = datetime.fromisoformat(start)
    asked = begin - (timedelta(hours=12) if dose else timedelta(days=14))
    entry = medicine(
        name, dose, coordination={**medicine("x", agreed=True)["coordination"], "at": datetime(2026, 1, 5)}
    )
    return only(ask(question(entry, zone=zone, start=start, asked=asked.isoformat(), occasion="plan", **more)))


@pytest.mark.requirement("V1", "T2", "H04")
def test_v1_spring_71_hours_are_held_for_an_hour_more() -> None:
    found = planned("rivaroxaban", CHICAGO, "2026-03-10T09:00:00", dose="2026-03-07T09:00:00")
    assert (found.outcome, local(found.until)) == (Outcome.HOLD, "2026-03-10T10:00")
    assert "71 h since the last dose" in found.reasons[0]
    assert local(found.moments["latest_last_dose"]) == "2026-03-07T08:00"


@pytest.mark.requirement("V2", "T3")
def test_v2_spring_apixaban() -> None:
    found = planned("apixaban", CHICAGO, "2026-03-10T09:00:00")
    assert local(found.moments["latest_last_dose"]) == "2026-03-07T05:00"


@pytest.mark.requirement("V3", "T3")
def test_v3_autumn_the_rule_by_the_clock_is_the_earlier_one() -> None:
    found = planned("rivaroxaban", CHICAGO, "2026-11-03T09:00:00")
    latest = found.moments["latest_last_dose"]
    assert local(latest) == "2026-10-31T09:00"
    assert datetime(2026, 11, 3, 15) - latest.utc.replace(tzinfo=None) == timedelta(hours=73)


@pytest.mark.requirement("V4")
def test_v4_zurich_spring() -> None:
    found = planned("rivaroxaban", ZURICH, "2027-03-30T08:00:00")
    assert local(found.moments["latest_last_dose"]) == "2027-03-27T07:00"


@pytest.mark.requirement("V5")
def test_v5_zurich_autumn() -> None:
    renal: Any = {"measure": "creatinine clearance", "value": 90, "unit": "mL/min", "on": datetime(2027, 10, 1).date()}
    found = planned("dabigatran", ZURICH, "2027-11-02T08:00:00", renal=renal)
    latest = found.moments["latest_last_dose"]
    assert (found.rule, local(latest)) == ("AC-12a", "2027-10-29T08:00")
    assert datetime(2027, 11, 2, 7) - latest.utc.replace(tzinfo=None) == timedelta(hours=97)


@pytest.mark.requirement("V6", "V7", "T4")
@pytest.mark.parametrize(
    ("out", "earliest"),
    [("2026-03-07T16:00:00", "2026-03-08T17:00"), ("2026-10-31T16:00:00", "2026-11-01T16:00")],
    ids=["v6 spring", "v7 autumn"],
)
def test_v6_and_v7_restarts_across_a_change_of_clocks(out: str, earliest: str) -> None:
    end = datetime.fromisoformat(out)
    found = only(ask(question(
        medicine("rivaroxaban", (end - timedelta(days=4)).isoformat()), zone=CHICAGO, occasion="discharge",
        start=(end - timedelta(minutes=30)).isoformat(), asked=(end + timedelta(hours=1)).isoformat(),
        procedure={"needle_out": end},
    )))  # fmt: skip
    assert local(found.moments["earliest_restart"]) == earliest


@pytest.mark.requirement("V8")
@pytest.mark.parametrize("field", ["last_dose", "start", "restart"])
def test_v8_a_day_without_midnight_neither_crashes_nor_moves(field: str) -> None:
    """Cairo, 2027-04-30: local midnight to 00:59 does not exist."""
    if field == "last_dose":
        found = only(ask(question(medicine("Eliquis", "2027-04-30", agreed=True), zone=CAIRO,
                                  start="2027-05-04T09:00:00", asked="2027-05-04T09:00:00")))  # fmt: skip
        assert found.outcome is Outcome.OK
        over = found.moments["over_held_from"]
        assert day_of(type(over)(over.utc - timedelta(hours=147), CAIRO)) == datetime(2027, 4, 30).date()
        assert over.utc - timedelta(hours=147) == datetime(2027, 4, 29, 22, tzinfo=over.utc.tzinfo)
    elif field == "start":
        found = planned("Eliquis", CAIRO, "2027-04-30T09:00:00")
        assert local(found.until) == "2027-04-30T01:00"
        assert "from Tue 27 April 2027 to Thu 29 April 2027, and none on Fri 30 April 2027" in found.advice[1]
    else:
        found = only(ask(question(medicine("warfarin", "2027-04-20"), zone=CAIRO, occasion="discharge",
                                  start="2027-04-29T15:00:00", asked="2027-04-29T17:00:00",
                                  procedure={"needle_out": datetime(2027, 4, 29, 15, 30)})))  # fmt: skip
        assert local(found.moments["usual_restart"]) == "2027-04-30T01:00"


@pytest.mark.requirement("V9", "T5")
def test_v9_a_dose_known_by_its_day_alone() -> None:
    found = only(ask(question(medicine("apixaban", "2026-05-04"), start="2026-05-08T02:30:00", occasion="arrival",
                              asked="2026-05-08T02:00:00")))  # fmt: skip
    assert found.outcome is Outcome.HOLD
    assert "74 h 30 min since the last dose" in found.reasons[0]
    assert local(found.until) == "2026-05-08T03:00"


def test_the_answer_is_the_same_to_the_last_character_wherever_the_server_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = question(medicine("Plavix"), medicine("Advil"), zone=CHICAGO, occasion="plan", start="2026-03-10T09:00:00",
                    asked="2026-02-20T09:00:00", procedure={"level": "C6/C7"})  # fmt: skip
    here = json.dumps(ask(data).to_json())
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    assert json.dumps(ask(data).to_json()) == here
    assert "2026-03-03T08:00:00-06:00" in here

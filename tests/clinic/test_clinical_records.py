"""CLINICAL.md 9.1 and 9.4 where one test was missing: a clock that goes back (AUD-4), rights of the past (AUD-10), and
vectors of the clock on a machine that stands in another zone (H04)."""

import time as machine
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from foramen.catalogue.instants import Moment
from foramen.clinic.domain.asked import RoleEnded, RoleGiven
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import AuditEvent, Delegation, Patient, Person
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.gates import judge
from tests.clinic.hospital import SCREENING, TODAY, Hospital
from tests.clinic.journey import Journey
from tests.clinic.test_rules_antithrombotics import CHICAGO, agreed, at, booked, clock, planned


@pytest.mark.requirement("AUD-4")
def test_aud_4_a_clock_that_goes_back_is_an_event(hospital: Hospital) -> None:
    journey = Journey(hospital)
    journey.patient(number="1")
    hospital.time.at -= timedelta(hours=1)
    journey.patient(number="2")
    journey.patient(number="3")
    told = list(AuditEvent.objects.filter(operation="clock"))
    assert [(one.context["shown_as"], one.context["what"]) for one in told] == [("the server", "the clock went back")]
    assert datetime.fromisoformat(told[0].context["from"]) - datetime.fromisoformat(told[0].context["to"]) == timedelta(
        hours=1
    )
    rows = AuditEvent.objects.filter(table="clinic_patient", operation="insert").order_by("pk")
    assert [Patient.objects.get(pk=one.patient).number for one in rows] == ["1", "2", "3"]


def replayed(person: Person, on: date) -> set[str]:
    """The roles of a person on a day, from what the audit alone has kept until then."""
    rows: dict[str, dict[str, str]] = {}
    for event in AuditEvent.objects.filter(table=Delegation._meta.db_table).order_by("pk"):
        if event.at.date() <= on:
            rows[event.row] = rows.get(event.row, {}) | event.new
    return {
        row["role"] for row in rows.values()
        if UUID(row["person_id"]) == person.pk and row["first_day"] <= str(on) and str(on) <= (row["last_day"] or "9")
    }  # fmt: skip


@pytest.mark.requirement("AUD-10")
def test_aud_10_the_rights_of_every_past_day_equal_their_replay(hospital: Hospital) -> None:
    person, site = hospital.people["moss"], hospital.site
    days = [TODAY + timedelta(days=n) for n in range(8)]
    given = RoleGiven(person=person.pk, role=Role.TECHNOLOGIST, first_day=days[1], last_day=days[6])
    key = perform(hospital.act("hale"), "give_role", site.pk, given).key
    hospital.time.at += timedelta(days=3)
    version = Delegation.objects.get(pk=key).version
    perform(hospital.act("hale"), "end_role", key, RoleEnded(last_day=days[4], version=version))
    hospital.time.at += timedelta(days=4)
    both = {"nurse", "technologist"}
    expected = [{"nurse"}, both, both, both, both, {"nurse"}, {"nurse"}, {"nurse"}]
    assert [set(person.roles_at(site, day)) for day in days] == expected
    assert [replayed(person, day) for day in days] == expected


@pytest.fixture(params=["Pacific/Kiritimati", "Pacific/Honolulu"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in one zone, and whoever looks at the page in another; the site is in a third."""
    monkeypatch.setenv("TZ", request.param)
    machine.tzset()
    with timezone.override("Asia/Kathmandu"):
        yield
    monkeypatch.undo()
    machine.tzset()


@pytest.mark.requirement("H04", "V1", "T2")
@pytest.mark.usefixtures("elsewhere")
def test_h04_a_hold_over_a_change_of_the_clocks_wherever_the_machine_stands(hospital: Hospital) -> None:
    """V1: Chicago, rivaroxaban, 71 hours at the booked start."""
    start = at("2026-03-10T09:00:00-05:00")
    medicine = {
        "name": "rivaroxaban", "last_dose_at": "2026-03-07T09:00:00-06:00", "stopped": True, "agreement": agreed(start),
    }  # fmt: skip
    visit = booked(hospital, CHICAGO, start, medicine)
    hospital.sign(
        visit, "screening", "20:00", Role.NURSE,
        SCREENING | {"no_medicines": False, "medicines": [medicine], "confirmed_at": "2026-03-08T12:00:00-05:00"},
        days=(date(2026, 3, 8) - TODAY).days,
    )  # fmt: skip
    (row,) = planned(visit, "2026-03-09T12:00:00-05:00").rows
    assert row.decision.outcome.value == "HOLD"
    assert (clock(row.decision.until), clock(row.latest_permitted)) == ("2026-03-10 10:00", "2026-03-07 08:00")


RESTARTS = (
    ("V6", "2026-03-07T16:00:00-06:00", "2026-03-08 17:00"),
    ("V7", "2026-10-31T16:00:00-05:00", "2026-11-01 16:00"),
)


@pytest.mark.requirement("H04", "V6", "V7", "T4")
@pytest.mark.parametrize(("out", "earliest"), [one[1:] for one in RESTARTS], ids=[one[0] for one in RESTARTS])
def test_h04_the_restart_over_a_change_of_the_clocks(hospital: Hospital, out: str, earliest: str) -> None:
    start = at(out) - timedelta(minutes=10)
    last = (start - timedelta(days=5)).isoformat()
    medicine = {"name": "apixaban", "last_dose_at": last, "stopped": True, "agreement": agreed(start)}
    visit = booked(hospital, CHICAGO, start, medicine)
    _sign_at(hospital, visit, "screening", start - timedelta(hours=1), SCREENING | {
        "no_medicines": False, "medicines": [medicine], "confirmed_at": (start - timedelta(hours=2)).isoformat(),
    })  # fmt: skip
    for kind, when in (("needle_in", start), ("needle_out", at(out))):
        _sign_at(hospital, visit, kind, when, {})
    now = Moment(at(out) + timedelta(minutes=40), CHICAGO)
    judged = judge(visit, facts_of_visit(visit), "discharge", now).by_policy["antithrombotics"]
    found = [one.moments["earliest_restart"] for one in judged.decisions if "earliest_restart" in one.moments]
    assert [clock(one) for one in found] == [earliest]


def _sign_at(hospital: Hospital, visit: object, kind: str, when: datetime, content: dict[str, object]) -> None:
    """A fact at an instant: the helper of the hospital counts from the local day of the tests."""
    away = when - hospital.local("00:00")
    hours, minutes = divmod(away.seconds // 60, 60)
    hospital.sign(visit, kind, f"{hours:02d}:{minutes:02d}", Role.NURSE, content, days=away.days)  # type: ignore[arg-type]

"""Arrival: a patient whom nobody takes home is stopped here, not after the injection (G-DRIVER, CLINICAL.md 4)."""

import pytest

from foramen.clinic.domain.errors import GateError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.facts.day import Arrived
from foramen.clinic.facts.recovery import WayHomeTold
from foramen.clinic.models import Fact, Judgement, Visit
from tests.clinic.hospital import SCREENING, Hospital

HERE = Arrived(identifiers=["name", "date of birth"])


def screened(hospital: Hospital, driver: str) -> Visit:
    visit = hospital.visit()
    hospital.walk(visit, "arrival", screening=SCREENING | {"driver": driver})
    return visit


def test_nobody_who_takes_the_patient_home_stops_at_the_desk_and_an_answer_lets_pass(hospital: Hospital) -> None:
    visit = screened(hospital, "none")
    with pytest.raises(GateError, match=r"G-DRIVER.*Nobody takes the patient home"):
        perform(hospital.act("dahl"), "arrive", visit.pk, HERE)
    assert not Fact.objects.filter(visit=visit, kind="arrival").exists()
    assert Judgement.objects.filter(visit=visit, verb="arrive", outcome="STOP").exists()
    perform(hospital.act("dahl"), "tell_way_home", visit.pk, WayHomeTold(how="named person", person="Elsa Heron"))
    perform(hospital.act("dahl"), "arrive", visit.pk, HERE)
    visit.refresh_from_db()
    assert visit.state == "arrived"


def test_an_answer_that_is_open_stops_there_too(hospital: Hospital) -> None:
    visit = screened(hospital, "")
    with pytest.raises(GateError, match="G-DRIVER"):
        perform(hospital.act("dahl"), "arrive", visit.pk, HERE)

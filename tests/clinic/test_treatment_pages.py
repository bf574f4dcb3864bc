"""The page of a treatment: who sees what, what is refused, and that nothing is stored then."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from foramen.catalogue.units import amount_of
from foramen.clinic.domain.places import place_of, target_faults
from foramen.clinic.facts.content import Spot
from foramen.clinic.models import AuditEvent
from foramen.clinic.pages.treatment import spine
from foramen.clinic.records.events import READ
from foramen.kernel.errors import DataError
from tests.clinic.hospital import L5_LEFT, Hospital
from tests.clinic.treatment import DRUGS, EVERYBODY, STEPS, TIME_OUT, Day
from tests.clinic.treatment_forms import CONSENT, GIVEN, address, client_of, said, send, stored

pytestmark = pytest.mark.one_database
"""Of the pages; the verbs behind them are tested on both databases."""

SEEING = {"nurse", "technologist", "radiologist", "lead", "coordinator"}


@pytest.mark.parametrize("until", [name for name, *_ in STEPS] + ["home"])
def test_the_page_stands_at_every_step_of_the_day(hospital: Hospital, until: str) -> None:
    visit = Day(hospital).walk(until).visit
    for who in ("dahl", "ferro", "okafor", "lind"):
        answer = client_of(hospital, who).get(address(visit))
        assert answer.status_code == 200
        assert "Sorrel, Nadia" in said(answer)


@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_only_who_cares_for_patients_sees_it(hospital: Hospital, role: str) -> None:
    visit = Day(hospital).arrive().visit
    answer = client_of(hospital, EVERYBODY[role]).get(address(visit))
    assert answer.status_code == (200 if role in SEEING else 403)


def test_another_site_gets_the_404_of_an_unknown_visit(hospital: Hospital) -> None:
    visit = Day(hospital).arrive().visit
    elsewhere = client_of(hospital, "elsewhere")
    assert elsewhere.get(address(visit)).status_code == 404
    assert elsewhere.get(f"/visits/{uuid4()}/treatment/").status_code == 404


@pytest.mark.requirement("H02")
def test_the_wrong_side_on_the_consent_is_refused(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent")
    before = day.stored()
    answer = send(hospital, day.visit, "dahl", "consent", **CONSENT | {"targets_1_side": "right"})
    assert answer.status_code == 422
    assert 'href="#consent-targets_1_where">' in said(answer), "the summary leads to the field"
    assert "names other targets than the plan" in said(answer)
    assert day.stored() == before
    assert send(hospital, day.visit, "dahl", "consent", **CONSENT).status_code == 303
    assert day.stored() == before + 1


@pytest.mark.requirement("H01")
def test_a_form_of_another_patient_is_refused(hospital: Hospital) -> None:
    one, other = Day(hospital), Day.__new__(Day)
    one.walk("score_pain/before")
    other.hospital, other.visit = hospital, hospital.visit(start="10:00", family_name="Ash", given_name="Tomas")
    other.walk("score_pain/before")
    before = stored(one.visit), stored(other.visit)
    answer = send(hospital, one.visit, "dahl", "pain-before", score="5", patient=str(other.visit.patient_id))
    assert answer.status_code == 409
    assert (stored(one.visit), stored(other.visit)) == before


def test_an_impossible_mass_comes_back_with_what_was_typed(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    before = day.stored()
    answer = send(hospital, day.visit, "okafor", "given", **GIVEN | {"steroid_volume": "0.5", "steroid_mass": "50"})
    assert answer.status_code == 422
    assert day.stored() == before
    page = said(answer)
    assert "The record was not saved: 1 value is impossible" in page
    assert 'href="#given-steroid_mass">' in page, "the summary leads to the field"
    assert "L5 root left: 50 mg is not 10 mg/mL × 0.5 mL. That makes 5 mg.</a>" in page
    assert "50 mg is not 10 mg/mL × 0.5 mL = 5 mg." in page
    assert "Ten times too much, or the volume is wrong." in page
    assert 'value="50"' in page
    assert send(hospital, day.visit, "okafor", "given", **GIVEN).status_code == 303


@pytest.mark.parametrize("mass", ["", "ten", "1e1", "10,0", "-10"])
def test_a_mass_that_cannot_be_read_is_no_mass(hospital: Hospital, mass: str) -> None:
    day = Day(hospital).walk("record_given")
    answer = send(hospital, day.visit, "okafor", "given", **GIVEN | {"steroid_mass": mass})
    assert answer.status_code == 422
    assert not day.facts.has("given")


def test_the_mass_is_checked_while_it_is_typed(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    entered = GIVEN | {"kind": "steroid", "steroid_mass": "100", "patient": str(day.visit.patient_id)}
    answer = client_of(hospital, "okafor").post(f"{address(day.visit)}check/", entered)
    assert "100 mg is not 10 mg/mL × 1 mL = 10 mg." in said(answer)
    assert not day.facts.has("given")


def test_a_dose_needs_its_unit(hospital: Hospital) -> None:
    day = Day(hospital).walk("record_given")
    answer = send(hospital, day.visit, "ferro", "dose", value_0="486")
    assert answer.status_code == 422
    assert "choose the unit" in said(answer)
    assert send(hospital, day.visit, "ferro", "dose", value_0="486", unit_0="mGy·cm²").status_code == 303


@pytest.mark.parametrize(("who", "step"), [
    ("dahl", "time-out-technologist"), ("lind", "time-out-radiologist"), ("dahl", "given"), ("ferro", "level"),
    ("ferro", "add-target"), ("lind", "needle-in"),
])  # fmt: skip
def test_a_role_that_may_not_has_no_form_and_is_refused(hospital: Hospital, who: str, step: str) -> None:
    day = Day(hospital).walk("sign_time_out")
    assert f'id="form-{step}"' not in said(client_of(hospital, who).get(address(day.visit)))
    before = day.stored()
    entered = TIME_OUT | GIVEN | {
        "approach": "transforaminal", "where": "S1", "side": "left", "next_number": "2",
        "imaging_1_where": "transforaminal|L5", "imaging_1_side": "left", "patient_says_1_side": "left",
        "variant": "no",
    }  # fmt: skip
    assert send(hospital, day.visit, who, step, **entered).status_code in (403, 422)
    assert day.stored() == before


def test_a_late_entry_keeps_both_times(hospital: Hospital) -> None:
    day = Day(hospital).walk("score_pain/before")
    hospital.time.at = hospital.local("09:30")
    late = {"score": "7", "late_at": "2026-11-26T08:58", "late_why": "The network was down"}
    assert send(hospital, day.visit, "dahl", "pain-before", **late | {"late_why": "late"}).status_code == 422
    assert send(hospital, day.visit, "dahl", "pain-before", **late).status_code == 303
    known: Any = day.facts.last("pain_before")
    assert (known.fact.happened_at, known.fact.recorded_at) == (hospital.local("08:58"), hospital.local("09:30"))
    assert "entered late at Thu 26 Nov 09:30" in said(client_of(hospital, "dahl").get(address(day.visit)))


def test_a_correction_points_back_and_a_void_leaves_nothing(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out")
    old: Any = day.facts.last("pain_before")
    client = client_of(hospital, "dahl")
    page = said(client.get(f"/facts/{old.fact.pk}/correct/"))
    assert 'value="7"' in page
    entered = {"patient": str(day.visit.patient_id), "time": "before", "score": "8", "mode": "clinic"}
    for reason, status in (("short", 422), ("Misheard the number", 302)):
        sent = entered | {"key": str(uuid4()), "reason": reason}
        assert client.post(f"/facts/{old.fact.pk}/correct/", sent).status_code == status
    new: Any = day.facts.last("pain_before")
    assert (new.content.score, new.fact.corrects_id, new.fact.reason) == (8, old.fact.pk, "Misheard the number")
    assert client.get(f"/facts/{old.fact.pk}/correct/").status_code == 404, "only the newest is corrected"


@pytest.mark.parametrize("kind", ["pain_before", "consent", "level", "plan", "given", "arrival", "pregnancy"])
def test_every_kind_of_fact_has_a_form_to_correct_it(hospital: Hospital, kind: str) -> None:
    day = Day(hospital).walk("score_pain/after")
    known = day.facts.last(kind)
    assert known is not None
    assert client_of(hospital, "okafor").get(f"/facts/{known.fact.pk}/correct/").status_code == 200


def test_a_target_is_added_and_taken_out(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent")
    add = {"approach": "transforaminal", "where": "S1", "side": "left", "next_number": "2"}
    assert send(hospital, day.visit, "okafor", "add-target", **add).status_code == 422, "the order says L5 alone"
    add |= {"why": "Both roots are inflamed"}
    assert send(hospital, day.visit, "okafor", "add-target", **add).status_code == 303
    assert [one.root for one in day.facts.last("plan").content.targets] == ["L5", "S1"]
    take_out = {"target": "S1-left-transforaminal", "next_number": "3"}
    assert send(hospital, day.visit, "okafor", "map-target", **take_out).status_code == 303
    plan = day.facts.last("plan").content
    assert (plan.number, [one.root for one in plan.targets]) == (3, ["L5"])


def test_a_level_that_its_approach_does_not_have_is_refused(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent")
    answer = send(
        hospital, day.visit, "okafor", "add-target", approach="pars", where="S1", side="left", next_number="2"
    )
    assert answer.status_code == 422
    assert "S1 is no place for pars" in said(answer)


def test_a_change_by_two_people_at_once_is_noticed(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent")
    change = {"approach": "transforaminal", "where": "S1", "side": "left", "next_number": "2", "why": "Both roots hurt"}
    assert send(hospital, day.visit, "okafor", "add-target", **change).status_code == 303
    answer = send(hospital, day.visit, "okafor", "add-target", **change | {"where": "L4"})
    assert answer.status_code in (409, 422)
    assert [one.root for one in day.facts.last("plan").content.targets] == ["L5", "S1"]


def test_the_same_number_of_queries_for_one_target_and_for_three(
    hospital: Hospital, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = Day(hospital).walk("sign_consent")
    client = client_of(hospital, "okafor")
    client.get(address(day.visit))

    with CaptureQueriesContext(connection) as captured:
        client.get(address(day.visit))
    first = len(captured)
    for number, root in ((2, "S1"), (3, "L4")):
        send(
            hospital, day.visit, "okafor", "add-target", approach="transforaminal", where=root, side="left",
            next_number=str(number), why="All three roots hurt",
        )  # fmt: skip
    with django_assert_num_queries(first):
        client.get(address(day.visit))


def test_looking_at_a_record_is_written_down(hospital: Hospital) -> None:

    day = Day(hospital).arrive()
    client_of(hospital, "okafor").get(address(day.visit))
    event = AuditEvent.objects.filter(patient=day.visit.patient_id, operation=READ).last()
    assert event is not None
    assert event.context["what"] == "treatment"


def test_a_part_without_the_frame_for_a_swap(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    part = said(client_of(hospital, "dahl").get(address(day.visit), headers={"HX-Request": "true"}))
    assert '<div id="record">' in part
    assert "<title>Treatment of 26 Nov 2026, Sorrel, Nadia" in part
    assert "<html" not in part


def test_every_place_of_the_map_can_be_planned() -> None:
    for key, target in spine.targets().items():
        spot = Spot.model_validate(target.spot)
        assert list(target_faults([spot])) == []
        assert spine.key_of(place_of(spot)) == key
    assert len(spine.targets()) == 128
    drawn = spine.spine_map((), (), fixed=False)
    ids = re.findall(r'id="(target-[^"]+)"', drawn)
    assert len(ids) == len(set(ids)) == 128
    assert "target-Co-midline-coccyx" in ids


def test_the_coccyx_can_be_chosen_on_the_map_and_in_the_form(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    page = client_of(hospital, "okafor").get(address(day.visit)).content.decode()
    assert 'id="ap-coccyx" value="coccyx"' in page
    assert '<option value="Co">coccyx</option>' in page
    send(
        hospital, day.visit, "okafor", "map-target", target="Co-midline-coccyx", next_number="1",
        why="The pain is at the coccyx",
    )  # fmt: skip
    client = client_of(hospital, "okafor")
    assert 'target--on" id="target-Co-midline-coccyx"' in client.get(address(day.visit)).content.decode()


def test_the_same_form_sent_twice_is_recorded_once(hospital: Hospital) -> None:
    day = Day(hospital).walk("score_pain/before")
    before, key = day.stored(), str(uuid4())
    for _ in range(2):
        assert send(hospital, day.visit, "dahl", "pain-before", score="7", key=key).status_code == 303
    assert day.stored() == before + 1


@pytest.mark.parametrize("entered", [{}, {"score": "11"}, {"score": "7", "not_obtainable": "asleep"}])
def test_a_pain_score_is_a_score_or_a_reason(hospital: Hospital, entered: dict[str, str]) -> None:
    day = Day(hospital).walk("score_pain/before")
    assert send(hospital, day.visit, "dahl", "pain-before", **entered).status_code == 422
    assert not day.facts.has("pain_before")


def test_a_visit_that_is_broken_off_says_so(hospital: Hospital) -> None:
    day = Day(hospital).walk("score_pain/before")
    broken = {"stage": "before the needle", "reason": "The patient has a fever"}
    assert send(hospital, day.visit, "dahl", "break-off", **broken).status_code == 303
    page = said(client_of(hospital, "dahl").get(address(day.visit)))
    assert "before the needle: The patient has a fever" in page
    assert send(hospital, day.visit, "dahl", "pain-before", score="7").status_code == 422


def test_an_adverse_event_is_reported_with_its_onset(hospital: Hospital) -> None:
    day = Day(hospital).walk("score_pain/after")
    hospital.time.at = hospital.local("09:30")
    event = {
        "what": "Fainted", "grade": "1", "onset": "2026-11-26T09:22", "outcome": "recovered", "relation": "possible",
    }  # fmt: skip
    assert send(hospital, day.visit, "dahl", "adverse-event", **event | {"onset": ""}).status_code == 422
    assert send(hospital, day.visit, "dahl", "adverse-event", **event).status_code == 303
    assert day.facts.last("adverse_event").content.onset == hospital.local("09:22")


@pytest.mark.parametrize(("kind", "corrected", "voided"), [
    ("needle_in", False, False), ("review_nurse", False, True), ("pain_before", True, True),
])  # fmt: skip
def test_what_the_server_timed_is_not_corrected(hospital: Hospital, kind: str, corrected: bool, voided: bool) -> None:
    day = Day(hospital).walk("score_pain/after")
    page = said(client_of(hospital, "okafor").get(f"/facts/{day.facts.last(kind).fact.pk}/correct/"))
    assert ("Sign the correction" in page, "Void it" in page) == (corrected, voided)


def test_a_consent_to_an_earlier_plan_is_open_again_and_says_why(hospital: Hospital) -> None:
    """A step that reads done while the time-out stops for it is a loop without a way out."""
    day = Day(hospital).walk("sign_time_out")
    okafor = client_of(hospital, "okafor")
    assert "sign it again" not in said(okafor.get(address(day.visit)))
    day.do("plan_session", number=2, targets=[L5_LEFT | {"drugs": DRUGS}])
    assert "plan was changed since: sign it again" in said(okafor.get(address(day.visit)))
    day.do("sign_consent", plan=2)
    page = said(okafor.get(address(day.visit)))
    assert "sign it again" not in page
    assert "ask again: the answer is older" in page
    day.do("ask_consent_again")
    assert "ask again: the answer is older" not in said(okafor.get(address(day.visit)))


def test_a_strength_shows_how_it_is_written_and_a_bare_number_says_so(hospital: Hospital) -> None:
    visit = Day(hospital).walk("sign_time_out").visit
    page = said(client_of(hospital, "okafor").get(address(visit) + "?target=1"))
    assert page.count('placeholder="10 mg/mL"') == 2
    assert page.count('placeholder="300 mg I/mL"') == 1
    with pytest.raises(DataError, match="10 mg/mL"):
        amount_of("10", "strength")

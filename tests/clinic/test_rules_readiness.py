"""What lists show of a visit: nine cells before the needle and five in recovery (SCREENS.md 4 and 13), with reasons."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from foramen.catalogue.instants import Moment
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules import readiness
from foramen.clinic.sealed.fields import sealed_changes
from tests.clinic.hospital import L5_LEFT, STORY, Hospital

NINE = ("Allergies", "Blood", "Cut", "Driver", "MRI", "Consent", "Level/side", "Pain before", "Time-out")
FIVE = ("Pain after", "Observe", "Walks", "Driver", "Restart")
AT = {kind: at for kind, at, _, _ in STORY} | {"discharge": "09:58"}
AGREED = {
    "name": "Dr A. Sable", "role": "prescriber", "channel": "phone", "at": "2026-11-11T14:20:00+01:00",
    "start": "2026-11-26T09:30:00+01:00", "answer": "may stop",
}  # fmt: skip
APIXABAN = {"name": "Eliquis", "last_dose_at": "2026-11-23T07:00:00+01:00", "stopped": True, "agreement": AGREED}
WARFARIN = {"name": "Coumadin", "last_dose_at": "2026-11-20T08:00:00+01:00", "stopped": True, "agreement": AGREED}


def taking(*medicines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"screening": {"no_medicines": False, "medicines": list(medicines)} | more}


def shown(hospital: Hospital, until: str, at: str = "", **instead: dict[str, Any] | None) -> Visit:
    """A visit just before a step, with what its list shows then."""
    visit = hospital.visit()
    hospital.walk(visit, until, **instead)
    hospital.time.at = hospital.local(at or AT[until])
    readiness.refresh(visit)
    return visit


def looks(visit: Visit) -> dict[str, str]:
    return {one["name"]: one["outcome"] for one in visit.readiness["cells"]}


def whys(visit: Visit) -> list[tuple[str, str]]:
    return [(one["cell"], one["word"]) for one in visit.readiness["why"]]


BEFORE_NEEDLE: tuple[tuple[str, str], ...] = (
    ("screening", "later later later later later later later later later"),
    ("arrival", "OK NA OK OK later later later later later"),
    ("list_again", "OK later OK OK later later later later later"),
    ("consent", "OK NA OK OK later STOP later later later"),
    ("consent_again", "OK NA OK OK later later later later later"),
    ("pregnancy", "OK NA OK OK later OK later later later"),
    ("review_nurse", "OK NA OK OK OK OK later later later"),
    ("level", "OK NA OK OK OK OK later later later"),
    ("pain_before", "OK NA OK OK OK OK OK later later"),
    ("time_out_technologist", "OK NA OK OK OK OK OK OK later"),
    ("time_out_radiologist", "OK NA OK OK OK OK OK OK later"),
    ("localised", "OK NA OK OK OK OK OK OK OK"),
)
"""The cells before each step of a day on which nothing is wrong."""


@pytest.mark.parametrize(("until", "expected"), BEFORE_NEEDLE)
def test_the_nine_cells_follow_the_pathway(hospital: Hospital, until: str, expected: str) -> None:
    visit = shown(hospital, until)
    assert looks(visit) == dict(zip(NINE, expected.split(), strict=True))


RECOVERY: tuple[tuple[str, str], ...] = (
    ("pain_after", "STOP HOLD later OK NA"),
    ("observed", "OK OK later OK NA"),
    ("way_home", "OK OK OK OK NA"),
    ("discharge", "OK OK OK OK NA"),
)


@pytest.mark.parametrize(("until", "expected"), RECOVERY)
def test_the_five_cells_of_recovery(hospital: Hospital, until: str, expected: str) -> None:
    visit = shown(hospital, until)
    assert looks(visit) == dict(zip(FIVE, expected.split(), strict=True))


def test_a_hold_says_when_it_ends_and_why_as_on_the_board(hospital: Hospital) -> None:
    visit = shown(hospital, "review_nurse", "09:12", **taking(APIXABAN))
    assert visit.readiness["why"] == [
        {
            "outcome": "HOLD", "word": "HOLD until 10:00.", "cell": "Blood",
            "says": "Apixaban: last dose Mon 23 Nov 07:00. 75 h end today at 10:00; at 09:30 it is 74 h 30 min.",
        }
    ]  # fmt: skip
    assert visit.readiness["cells"][1]["until"] == "2026-11-26T09:00:00+00:00"


def test_a_hold_that_has_ended_is_over_in_the_list_too(hospital: Hospital) -> None:
    visit = shown(hospital, "review_nurse", "09:12", **taking(APIXABAN))
    late = hospital.local("10:00")
    readiness.keep_fresh([visit], late - timedelta(seconds=1))
    assert looks(visit)["Blood"] == "HOLD"
    readiness.keep_fresh([visit], late)
    assert looks(visit)["Blood"] == "OK"


def test_an_inr_of_the_day_that_is_missing_stops_while_the_visit_is_booked(hospital: Hospital) -> None:
    visit = shown(hospital, "arrival", "08:37", **taking(WARFARIN))
    assert looks(visit)["Blood"] == "STOP"
    assert ("Blood", "STOP, warfarin.") in whys(visit)


def test_the_same_inr_is_a_task_on_the_day_before(hospital: Hospital) -> None:
    visit = shown(hospital, "arrival", "08:37", **taking(WARFARIN))
    visit.start += timedelta(days=1)
    readiness.refresh(visit)
    assert looks(visit)["Blood"] == "HOLD"


def test_allergies_that_nobody_answered_stop(hospital: Hospital) -> None:
    visit = shown(hospital, "arrival", screening={"no_allergies": False})
    assert looks(visit)["Allergies"] == "STOP"
    assert ("Allergies", "STOP, allergies not answered.") in whys(visit)


def test_a_patient_whom_nobody_takes_home_is_stopped(hospital: Hospital) -> None:
    assert looks(shown(hospital, "arrival", screening={"driver": "none"}))["Driver"] == "STOP"


def test_public_transport_is_for_the_radiologist_to_decide(hospital: Hospital) -> None:
    visit = shown(hospital, "level", screening={"driver": "bus and train"})
    assert looks(visit)["Driver"] == "DECIDE"
    assert ("Driver", "DECIDE, way home.") in whys(visit)


def test_a_consent_for_the_other_side_stops_before_the_level_is_determined(hospital: Hospital) -> None:
    visit = shown(hospital, "review_nurse", consent={"targets": [L5_LEFT | {"side": "right"}]})
    assert looks(visit)["Level/side"] == "STOP"
    assert ("Level/side", "STOP, level and side disagree.") in whys(visit)


def test_no_mri_is_for_the_radiologist_to_decide(hospital: Hospital) -> None:
    visit = shown(hospital, "review_nurse", screening={"mri": {}}, mri_review=None)
    assert looks(visit)["MRI"] == "later"
    hospital.sign(visit, "referral", "08:49", Role.COORDINATOR, {"indication": "sciatica", "referrer": "Dr J. Whitlow"})
    readiness.refresh(visit)
    assert looks(visit)["MRI"] == "DECIDE"
    assert ("MRI", "DECIDE, no MRI.") in whys(visit)


def test_one_signature_of_a_time_out_says_who_is_missing(hospital: Hospital) -> None:
    visit = shown(hospital, "time_out_radiologist")
    (cell,) = [one for one in visit.readiness["cells"] if one["name"] == "Time-out"]
    assert (cell["word"], cell["says"]) == ("1 of 2", "T. Ferro signed 09:07. Dr H. Okafor has not signed.")


def test_a_time_out_that_has_run_out_stops(hospital: Hospital) -> None:
    visit = shown(hospital, "needle_in")
    assert visit.readiness_until == hospital.local("09:23") + timedelta(seconds=1)
    readiness.keep_fresh([visit], hospital.local("09:24"))
    assert looks(visit)["Time-out"] == "STOP"


def test_while_the_needle_is_in_the_list_shows_what_held_when_it_went_in(hospital: Hospital) -> None:
    visit = shown(hospital, "localised")
    hospital.sign(visit, "needle_in", "09:11", Role.RADIOLOGIST, {})
    hospital.time.at = hospital.local("09:40")
    readiness.refresh(visit)
    assert (looks(visit)["Time-out"], visit.readiness_until) == ("OK", None)
    fresh = readiness.cells(visit, facts_of_visit(visit), Moment(hospital.time.at, "Europe/Zurich"))
    assert {one.name: one.outcome for one in fresh} == looks(visit)


def test_an_answer_that_changed_after_the_review_is_said(hospital: Hospital) -> None:
    visit = shown(hospital, "level")
    screening = facts_of_visit(visit).last("screening")
    assert screening is not None
    hospital.sign(visit, "screening", "08:54", Role.NURSE, screening.fact.content)
    readiness.refresh(visit)
    assert ("", "STOP, ABCD changed after the review.") in whys(visit)


def test_a_letter_that_no_longer_holds_is_said(hospital: Hospital) -> None:
    visit = shown(hospital, "arrival")
    visit.letter = 2
    readiness.refresh(visit)
    assert whys(visit) == [("", "STOP, letter not confirmed.")]


def test_observation_in_recovery_is_a_hold_with_its_end(hospital: Hospital) -> None:
    visit = shown(hospital, "observed", "09:31")
    assert whys(visit) == [("Observe", "HOLD until 09:50.")]
    assert visit.readiness_until == hospital.local("09:50")


def test_what_was_given_and_cannot_be_is_said_in_recovery(hospital: Hospital) -> None:
    tenfold = {
        "kind": "steroid",
        "product": "dexamethasone",
        "strength": "10 mg/mL",
        "volume": "1 mL",
        "mass": "100 mg",
    }
    visit = shown(hospital, "discharge", given={"drugs": [tenfold]})
    assert any(word.startswith("STOP, given") for _, word in whys(visit))


def test_a_visit_that_is_over_shows_nothing(hospital: Hospital) -> None:
    visit = shown(hospital, "arrival")
    visit.state = Visit.State.CANCELLED
    readiness.refresh(visit)
    assert (visit.readiness, visit.readiness_until) == ({"cells": [], "why": []}, None)


def test_a_policy_that_is_not_in_force_stops_its_cells_and_breaks_no_page(hospital: Hospital) -> None:
    hospital.site.policy_records.filter(policy="before-needle").update(text_sha256="0" * 64)
    visit = shown(hospital, "needle_in")
    assert {name for name, look in looks(visit).items() if look == "STOP"} == {
        "MRI", "Consent", "Level/side", "Pain before", "Time-out",
    }  # fmt: skip


def test_a_refresh_is_kept_and_does_not_count_the_row_up(hospital: Hospital) -> None:
    visit = shown(hospital, "arrival")
    kept = Visit.objects.get(pk=visit.pk)
    assert (kept.readiness, kept.readiness_until, kept.version) == (visit.readiness, visit.readiness_until, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_that_is_up_to_date_asks_nothing(hospital: Hospital, django_assert_num_queries: Any, count: int) -> None:
    visits = [hospital.visit(f"{10 + n}:00") for n in range(count)]
    for visit in visits:
        hospital.walk(visit, "arrival")
        readiness.refresh(visit)
    found = list(Visit.objects.all())
    with django_assert_num_queries(0):
        readiness.keep_fresh(found, hospital.time.at)
    assert len(found) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_that_is_not_is_asked_anew_with_the_same_queries_at_any_length(
    hospital: Hospital, django_assert_num_queries: Any, count: int
) -> None:
    visits = [hospital.visit(f"{10 + n}:00") for n in range(count)]
    for visit in visits:
        hospital.walk(visit, "arrival")
        readiness.refresh(visit)
    found = list(Visit.objects.all())
    late = max(one.start for one in found)
    for visit in found:
        visit.readiness_until = late
    with django_assert_num_queries(10):
        readiness.keep_fresh(found, late)
    assert [one.readiness_until > late for one in found] == [True] * count


def test_the_day_of_the_procedure_is_that_of_the_site(hospital: Hospital) -> None:
    """At 00:30 in Zurich it is still the day before in Chicago."""
    visit = shown(hospital, "arrival", "08:37", **taking(WARFARIN))
    visit.start = datetime.fromisoformat("2026-11-27T09:30:00+01:00")
    hospital.time.at = datetime.fromisoformat("2026-11-27T00:30:00+01:00")
    readiness.refresh(visit)
    assert looks(visit)["Blood"] == "STOP"
    visit.site.zone = "America/Chicago"
    readiness.refresh(visit)
    assert looks(visit)["Blood"] == "HOLD"


def test_an_allergy_is_compared_with_the_plan_as_soon_as_there_is_one(hospital: Hospital) -> None:
    told = {"no_allergies": False, "allergies": ["iodine"]}
    assert looks(shown(hospital, "plan", screening=told))["Allergies"] == "later"
    visit = hospital.visit("10:00")
    hospital.walk(visit, "consent", screening=told)
    hospital.time.at = hospital.local("08:45")
    readiness.refresh(visit)
    assert looks(visit)["Allergies"] == "STOP"


def test_an_allergy_that_no_list_knows_passes_when_the_nurse_says_what_it_concerns(hospital: Hospital) -> None:
    told = {"no_allergies": False, "allergies": ["walnut oil"]}
    assert looks(shown(hospital, "level", screening=told))["Allergies"] == "STOP"
    hospital.time.at = hospital.local("08:56")
    visit = hospital.visit("10:00")
    hospital.walk(visit, "level", screening=told | {"allergies_concern": {"walnut oil": "none of these"}})
    readiness.refresh(visit)
    assert looks(visit)["Allergies"] == "OK"


def booked_until_its_start(hospital: Hospital) -> Visit:
    """A visit of 10:00 that nobody has touched since 09:12."""
    visit = hospital.visit("10:00")
    hospital.walk(visit, "arrival")
    readiness.refresh(visit)
    return Visit.objects.get(pk=visit.pk)


def test_what_a_list_asks_anew_is_kept_for_the_next_look(hospital: Hospital, django_assert_num_queries: Any) -> None:
    tomorrow = hospital.time.at + timedelta(days=1)
    readiness.keep_fresh([booked_until_its_start(hospital)], tomorrow)
    (kept,) = Visit.objects.all()
    assert kept.readiness_until is not None and kept.readiness_until > tomorrow
    with django_assert_num_queries(0):
        readiness.keep_fresh([kept], tomorrow)


@pytest.mark.parametrize("changed", [{"version": 2}, {"readiness_until": None}])
def test_a_list_that_was_read_before_a_verb_does_not_overwrite_what_the_verb_has_kept(
    hospital: Hospital, changed: dict[str, Any]
) -> None:
    read = booked_until_its_start(hospital)
    Visit.objects.filter(pk=read.pk).update(**sealed_changes(read, {"readiness": {"cells": [], "why": []}}), **changed)
    readiness.keep_fresh([read], hospital.time.at + timedelta(days=1))
    assert Visit.objects.get(pk=read.pk).readiness == {"cells": [], "why": []}


def test_just_after_an_instant_a_list_shows_what_is_new_and_leaves_keeping_it_to_a_verb_under_way(
    hospital: Hospital,
) -> None:
    visit = shown(hospital, "review_nurse", "09:12", **taking(APIXABAN))
    stored, late = Visit.objects.get(pk=visit.pk), hospital.local("10:00")
    stored.readiness_until = late
    Visit.objects.filter(pk=visit.pk).update(readiness_until=late)
    readiness.keep_fresh([stored], late)
    assert stored.readiness["cells"][1]["outcome"] == "OK"
    assert Visit.objects.get(pk=visit.pk).readiness["cells"][1]["outcome"] == "HOLD"

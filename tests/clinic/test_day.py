"""The day until the needle: who may do what, what agrees with what, and how the patient becomes ready."""

from typing import Any

import pytest
from pydantic import ValidationError

from foramen.clinic.domain.day import next_plan
from foramen.clinic.domain.errors import GateError, NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.models import Delegation, Fact, Judgement, Order, Task, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, Role
from tests.clinic.hospital import L5_LEFT, SAID, Hospital
from tests.clinic.treatment import DRUGS, EVERYBODY, STEPS, Day

NURSE, TECHNOLOGIST = frozenset({Role.NURSE}), frozenset({Role.TECHNOLOGIST})
ALLOWED: dict[str, frozenset[Role]] = {
    "plan_session": DOCTORS,
    "sign_consent": NURSE | DOCTORS,
    "ask_consent_again": NURSE | DOCTORS,
    "ask_pregnancy": NURSE | TECHNOLOGIST | DOCTORS,
    "review_mri": DOCTORS,
    "review_screening": NURSE | DOCTORS,
    "determine_level": DOCTORS,
    "score_pain": NURSE | DOCTORS,
    "sign_time_out": TECHNOLOGIST | DOCTORS,
    "localise": TECHNOLOGIST | DOCTORS,
    "needle_in": TECHNOLOGIST | DOCTORS,
    "record_given": DOCTORS,
    "type_dose": TECHNOLOGIST | DOCTORS,
    "needle_out": TECHNOLOGIST | DOCTORS,
    "note_event": NURSE | DOCTORS,
    "end_observation": NURSE | DOCTORS,
    "test_walk": NURSE,
    "tell_way_home": NURSE | TECHNOLOGIST | DOCTORS | {Role.COORDINATOR},
    "give_instructions": NURSE | DOCTORS,
    "discharge": NURSE | DOCTORS,
    "break_off": NURSE | TECHNOLOGIST | DOCTORS,
    "note_deviation": NURSE | TECHNOLOGIST | DOCTORS,
    "report_adverse_event": NURSE | TECHNOLOGIST | DOCTORS,
}
"""Who may do what on the day. Nobody who only reads, counts or administers touches a patient."""

OTHERS: dict[str, dict[str, Any]] = {
    "type_dose": {"values": [{"quantity": "fluoroscopy time", "value": "41", "unit": "s"}]},
    "note_event": {"what": "faint, lay down, better"},
    "break_off": {"stage": "before the needle", "reason": "the patient felt faint"},
    "note_deviation": {"what": "marked twice", "reason": "first mark was wiped off"},
    "report_adverse_event": {
        "what": "vasovagal reaction", "grade": 1, "onset": "2026-11-26T08:00:00+01:00", "outcome": "recovered",
        "relation": "probable",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "role"), [(verb, role) for verb, roles in ALLOWED.items() for role in Role if role not in roles]
)
def test_nobody_in_another_role_does_it(hospital: Hospital, verb: str, role: Role) -> None:
    day = Day(hospital)
    content = OTHERS.get(verb) or next(one[3] for one in STEPS if one[0].partition("/")[0] == verb)
    said = {"screening": 1} if verb == "review_screening" else content
    with pytest.raises(NotAllowedError):
        day.do(verb, who=EVERYBODY[role], **said)
    assert day.stored() == 0


def test_the_roles_of_every_verb_of_the_day_are_those_of_this_table() -> None:
    assert {name: VERBS[name].roles for name in ALLOWED} == ALLOWED


def test_a_nurse_of_the_other_site_finds_no_such_visit(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent")
    with pytest.raises(Exception, match="no such visit"):
        day.do("sign_consent", who="elsewhere", act={"site": hospital.other})


# --- consent, pregnancy, reviews, level ---


def test_a_consent_names_the_plan_in_force_and_its_targets(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_consent")
    with pytest.raises(WrongInputError, match="another plan") as of_plan:
        day.do("sign_consent", plan=2)
    with pytest.raises(WrongInputError, match="other targets") as of_side:
        day.do("sign_consent", targets=[L5_LEFT | {"side": "right"}])
    assert [of_plan.value.faults[0].where, of_side.value.faults[0].where] == ["plan", "targets"]
    assert not day.facts.has("consent")


def test_a_consent_before_there_is_a_plan_is_out_of_order(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    with pytest.raises(OutOfOrderError, match="Plan"):
        day.do("sign_consent")


def test_cannot_be_pregnant_needs_its_reason(hospital: Hospital) -> None:
    day = Day(hospital).walk("ask_pregnancy")
    with pytest.raises(WrongInputError) as refused:
        day.do("ask_pregnancy", answer="cannot be pregnant")
    assert refused.value.faults[0].where == "reason"
    day.do("ask_pregnancy", answer="cannot be pregnant", reason="after the menopause")
    assert day.facts.has("pregnancy")


def test_nurse_and_performing_radiologist_review_as_two_people(hospital: Hospital) -> None:
    day = Day(hospital).walk("determine_level")
    assert [day.facts.has(kind) for kind in ("review_nurse", "review_radiologist")] == [True, True]
    with pytest.raises(NotAllowedError, match="performing radiologist"):
        day.do("review_screening/radiologist", who="ito")


def test_one_person_with_both_roles_reviews_once(hospital: Hospital) -> None:
    Delegation.objects.create(
        person=hospital.people["okafor"], site=hospital.site, role=Role.NURSE, first_day="2025-01-01"
    )
    day = Day(hospital).walk("review_screening/nurse")
    day.do("review_screening/radiologist", who="okafor")
    assert day.facts.has("review_radiologist")
    assert not day.facts.has("review_nurse")


def test_a_review_is_of_the_screening_that_stands(hospital: Hospital) -> None:
    day = Day(hospital).walk("review_screening/nurse")
    with pytest.raises(WrongInputError, match="changed"):
        day.do("review_screening/nurse", screening=1)
    assert not day.facts.has("review_nurse")


def test_another_mri_than_the_one_of_the_screening_is_refused(hospital: Hospital) -> None:
    day = Day(hospital).walk("review_mri")
    with pytest.raises(WrongInputError) as refused:
        day.do("review_mri", accession="MR-2")
    assert refused.value.faults[0].where == "accession"


def test_only_the_performing_radiologist_determines_the_level(hospital: Hospital) -> None:
    day = Day(hospital).walk("determine_level")
    with pytest.raises(NotAllowedError):
        day.do("determine_level", who="ito")
    with pytest.raises(WrongInputError, match="counted"):
        day.do("determine_level", variant="yes")


def test_pain_that_cannot_be_had_is_missing_and_not_zero(hospital: Hospital) -> None:
    day = Day(hospital).walk("score_pain/before")
    day.do("score_pain/before", score=None, not_obtainable="does not understand the scale")
    assert day.now.pain_before is None
    day.do("score_pain/before", score=0, not_obtainable="")
    assert day.now.pain_before == 0
    with pytest.raises(ValidationError):
        day.do("score_pain/before", score=11)


def test_the_patient_is_ready_when_nothing_before_the_time_out_is_missing(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    seen = []
    for name, _who, at, _content in STEPS[:9]:
        day.do(name, at=at)
        seen.append(day.now.state)
    assert seen == ["arrived"] * 8 + ["ready"]


# --- the plan ---


def planned(**changes: Any) -> dict[str, Any]:
    return L5_LEFT | {"drugs": DRUGS} | changes


def test_plans_are_numbered_and_a_number_is_never_used_twice(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    with pytest.raises(WrongInputError, match="next number"):
        day.do("plan_session", number=2)
    day.do("plan_session")
    with pytest.raises(WrongInputError, match="next number"):
        day.do("plan_session")
    day.do("plan_session", number=2, targets=[planned(no_contrast="")])
    assert (day.now.plan, next_plan(day.visit)) == (2, 3)
    last = day.facts.last("plan")
    assert last is not None
    Fact.objects.create(
        site=hospital.site, patient=day.visit.patient, visit=day.visit, kind="plan", content={}, by=last.fact.by,
        role=last.fact.role, happened_at=last.fact.happened_at, recorded_at=last.fact.recorded_at, void=True,
        corrects=last.fact, reason="of another patient",
    )  # fmt: skip
    assert next_plan(day.visit) == 3


RIGHT = planned(side="right")


def test_another_place_than_the_ordered_one_needs_the_performing_radiologist_and_a_reason(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    with pytest.raises(NotAllowedError):
        day.do("plan_session", who="ito", targets=[RIGHT], act={"why": "pain changed to the right"})
    with pytest.raises(WrongInputError) as refused:
        day.do("plan_session", targets=[RIGHT])
    assert refused.value.faults[0].where == "why"
    assert "L5 root left, transforaminal" in refused.value.faults[0].what
    day.do("plan_session", targets=[RIGHT], act={"why": "pain changed to the right"})
    assert day.now.targets_text == "L5 root right, transforaminal"


@pytest.mark.parametrize(
    ("targets", "where"),
    [
        ([planned(side=None)], "targets.0"),
        ([planned(route=None)], "targets.0"),
        ([planned(root=None)], "targets.0"),
        ([planned(), planned()], "targets.1"),
        ([planned(side="midline")], "targets.0.side"),
    ],
)
def test_a_target_that_is_open_or_stands_twice_is_refused(hospital: Hospital, targets: Any, where: str) -> None:
    day = Day(hospital).arrive()
    with pytest.raises(WrongInputError) as refused:
        day.do("plan_session", targets=targets, act={"why": "as the patient says"})
    assert where in [one.where for one in refused.value.faults]
    assert not day.facts.has("plan")


def test_both_sides_are_two_targets(hospital: Hospital) -> None:
    day = Day(hospital).arrive()
    half = [DRUGS[0] | {"volume": "0.5 mL", "mass": "5 mg"}, *DRUGS[1:]]
    both = [planned(drugs=half), planned(drugs=half, side="right")]
    day.do("plan_session", targets=both, act={"why": "pain on both sides since Monday"})
    assert day.now.targets_text == "L5 root both sides, transforaminal, 2 targets"


@pytest.mark.parametrize(
    "free_text", [{"level": "L4/5 R"}, {"root": "L9"}, {"side": "both"}, {"side": "R"}, {"route": "needle"}]
)
def test_places_are_codes_and_never_free_text(hospital: Hospital, free_text: dict[str, str]) -> None:
    day = Day(hospital).arrive()
    with pytest.raises(ValidationError):
        day.do("plan_session", targets=[planned(**free_text)])


def test_two_plans_at_once_do_not_both_get_the_number(hospital: Hospital) -> None:
    """Whoever looked at an older row is told so."""
    day = Day(hospital).arrive()
    stale = Visit.objects.get(pk=day.visit.pk)
    day.do("plan_session")
    with pytest.raises(Exception, match="somebody else saved"):
        save_changes(stale, plan=1)


# --- breaking off before the needle ---


def test_broken_off_before_the_needle_uses_nothing_and_makes_no_calls(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    day.do("break_off", who="dahl", **OTHERS["break_off"])
    assert day.now.state == Visit.State.ABORTED
    assert Order.objects.get(pk=day.visit.order_id).used == 0
    assert not Task.objects.filter(visit=day.visit).exclude(state=Task.State.VOID).exists()
    with pytest.raises(OutOfOrderError, match="broken off"):
        day.do("needle_in")


def test_a_stage_that_is_not_so_is_refused(hospital: Hospital) -> None:
    day = Day(hospital).walk("needle_in")
    with pytest.raises(WrongInputError, match="not in"):
        day.do("break_off", who="okafor", stage="with the needle in", reason="the patient felt faint")


# --- what a gate keeps ---


def test_a_gate_that_stays_shut_keeps_what_it_said_and_nothing_else(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out/technologist", sign_consent=None, ask_consent_again=None)
    before = day.stored()
    with pytest.raises(GateError) as refused:
        day.do("sign_time_out/technologist")
    assert "G-CONSENT" in {one["rule"] for one in refused.value.decisions}
    assert {one["override"]["class"] for one in refused.value.decisions if one["rule"] == "G-CONSENT"} == {"O0"}
    assert day.stored() == before
    kept = Judgement.objects.filter(visit=day.visit, verb="sign_time_out", policy="before-needle")
    assert [(one.outcome, one.shown_to.username) for one in kept] == [("STOP", "ferro")]


def test_what_was_said_aloud_is_six_answers() -> None:
    assert set(SAID) == {"procedure", "level", "side", "allergies", "consent", "images"}

"""Who may go on in spite of what, and what an override holds for (CLINICAL.md 1.2 and 1.3)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from foramen.catalogue.decision import Decision, Occasion
from foramen.catalogue.instants import Moment
from foramen.clinic import clock
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.facts.overriding import Overridden
from foramen.clinic.models import Delegation, Fact, Judgement, Visit
from foramen.clinic.records.facts import facts_of_visit, record
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.gates import judge, pass_gate, standing_in_the_way
from tests.clinic.hospital import TODAY, Hospital

POSSIBLE = {"pregnancy": {"answer": "possible"}}
NO_REVIEW = {"mri_review": None}
SHORT = {"screening": {"no_medicines": False, "medicines": [{
    "name": "Eliquis", "last_dose_at": "2026-11-23T07:00:00+01:00", "stopped": True,
    "agreement": {"name": "Dr A. Sable", "role": "prescriber", "channel": "phone", "at": "2026-11-11T14:20:00+01:00",
                  "start": "2026-11-26T09:30:00+01:00", "answer": "may stop"}}]}}  # fmt: skip


def stopped(hospital: Hospital, instead: dict[str, Any], occasion: Occasion = "time_out") -> tuple[Visit, Decision]:
    """A visit before its time-out, and the one decision that stands in the way of it."""
    visit = hospital.visit()
    hospital.walk(visit, "time_out_technologist", **instead)
    hospital.time.at = hospital.local("09:07")
    (decision,) = left(hospital, visit, occasion)
    return visit, decision


def left(hospital: Hospital, visit: Visit, occasion: Occasion = "time_out") -> list[Decision]:
    facts = facts_of_visit(visit)
    judged = judge(visit, facts, occasion, Moment(hospital.time.at, "Europe/Zurich"))
    return list(standing_in_the_way(judged, visit, facts))


def overriding(visit: Visit, decision: Decision, **changes: Any) -> Overridden:
    assert decision.override is not None
    told = {
        "rule": decision.rule, "subject": decision.subject, "outcome": decision.outcome.value,
        "override": decision.override.name, "occasion": decision.occasion, "reasons": list(decision.reasons),
        "start": visit.start, "plan": visit.plan, "code": "benefit outweighs risk",
        "words": "discussed with the patient", "authenticated_at": clock.now(),
    }  # fmt: skip
    return Overridden.model_validate(told | changes, strict=False)


def sign(
    hospital: Hospital, visit: Visit, decision: Decision, who: str, role: Role, channel: Any = "page", **changes: Any
) -> Fact:
    """A signature as it stands in the record, whoever managed to put it there."""
    act = Act(hospital.people[who], hospital.site, frozenset({role}), at=hospital.time.at, channel=channel)
    about = {"patient": visit.patient, "referral": visit.order.referral, "order": visit.order, "visit": visit}
    return record(act, "override", overriding(visit, decision, **changes), role, **about)


OKAFOR, ITO, VANCE = ("okafor", Role.RADIOLOGIST), ("ito", Role.RADIOLOGIST), ("vance", Role.LEAD)
NURSE, TECHNOLOGIST, ADMIN = ("dahl", Role.NURSE), ("ferro", Role.TECHNOLOGIST), ("hale", Role.ADMIN)

CLASSES: tuple[tuple[str, list[tuple[str, Role]], bool, bool], ...] = (
    ("nobody", [], False, False),
    ("the performing radiologist", [OKAFOR], True, False),
    ("another radiologist", [ITO], False, False),
    ("the lead", [VANCE], False, False),
    ("the performing radiologist and another", [OKAFOR, ITO], True, True),
    ("the lead and the performing radiologist", [VANCE, OKAFOR], True, True),
    ("two who do not perform", [ITO, VANCE], False, False),
    ("the performing radiologist twice, in two sessions", [OKAFOR, OKAFOR], True, False),
    ("the performing radiologist and a nurse", [OKAFOR, NURSE], True, False),
    ("the performing radiologist and a technologist", [OKAFOR, TECHNOLOGIST], True, False),
    ("the performing radiologist and an administrator", [OKAFOR, ADMIN], True, False),
    ("a nurse", [NURSE], False, False),
    ("a technologist", [TECHNOLOGIST], False, False),
    ("an administrator", [ADMIN], False, False),
)
"""Who signed, and whether that is enough for class O1 and for class O2."""


@pytest.mark.parametrize(("signed", "one", "two"), [case[1:] for case in CLASSES], ids=[case[0] for case in CLASSES])
@pytest.mark.parametrize(
    ("instead", "outcome", "wanted"),
    [(NO_REVIEW, "DECIDE", "O1"), (POSSIBLE, "STOP", "O2"), (SHORT, "HOLD", "O2")],
    ids=["DECIDE O1", "STOP O2", "HOLD O2"],
)
def test_a_decision_is_overridden_by_those_of_its_class_and_by_nobody_else(
    hospital: Hospital,
    instead: dict[str, Any],
    outcome: str,
    wanted: str,
    signed: list[tuple[str, Role]],
    one: bool,
    two: bool,
) -> None:
    visit, decision = stopped(hospital, instead)
    assert (decision.outcome.value, decision.override and decision.override.name) == (outcome, wanted)
    for who, role in signed:
        sign(hospital, visit, decision, who, role)
    assert (left(hospital, visit) == []) is (one if wanted == "O1" else two)


@pytest.mark.parametrize("signed", [[OKAFOR], [OKAFOR, ITO], [OKAFOR, VANCE]])
def test_nobody_overrides_class_o0(hospital: Hospital, signed: list[tuple[str, Role]]) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "time_out_technologist", consent_again=None)
    hospital.time.at = hospital.local("09:07")
    (decision,) = left(hospital, visit)
    for who, role in signed:
        sign(hospital, visit, decision, who, role, override="O1")
    assert [one.rule for one in left(hospital, visit)] == ["G-CONSENT"]


def test_an_override_through_the_interface_counts_for_nothing(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    sign(hospital, visit, decision, *OKAFOR, channel="api")
    assert left(hospital, visit) != []


OTHERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("another rule", {"rule": "G-PAIN0"}),
    ("another thing", {"subject": "consent"}),
    ("another occasion", {"occasion": "needle_in"}),
    ("another start", {"start": "2026-11-26T10:00:00+01:00"}),
    ("another plan", {"plan": 2}),
    ("other reasons", {"reasons": ["It is not recorded who looked at the MRI."]}),
    ("another class", {"override": "O2"}),
)


@pytest.mark.parametrize("changes", [one[1] for one in OTHERS], ids=[one[0] for one in OTHERS])
def test_an_override_is_of_one_rule_at_one_time_for_what_it_said(hospital: Hospital, changes: dict[str, Any]) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    sign(hospital, visit, decision, *OKAFOR, **changes)
    assert [one.rule for one in left(hospital, visit)] == ["G-MRI"]


def test_an_override_of_a_hold_outlives_the_minutes_that_pass(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, SHORT)
    for who, role in (OKAFOR, ITO):
        sign(hospital, visit, decision, who, role)
    hospital.time.at += timedelta(minutes=9)
    assert left(hospital, visit) == []


def test_a_hold_counted_from_now_is_overridden_as_well(hospital: Hospital) -> None:
    unknown = SHORT["screening"]["medicines"][0] | {"last_dose_at": None, "last_dose_unknown": True}
    visit, decision = stopped(hospital, {"screening": {"no_medicines": False, "medicines": [unknown]}})
    for who, role in (OKAFOR, ITO):
        sign(hospital, visit, decision, who, role)
    hospital.time.at += timedelta(minutes=9)
    assert left(hospital, visit) == []


def test_a_screening_that_is_signed_anew_voids_an_override(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    sign(hospital, visit, decision, *OKAFOR)
    screening = facts_of_visit(visit).last("screening")
    assert screening is not None
    hospital.sign(visit, "screening", "09:07", Role.NURSE, screening.fact.content)
    assert "G-MRI" in {one.rule for one in left(hospital, visit)}


def test_another_value_of_the_laboratory_voids_an_override(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, SHORT)
    for who, role in (OKAFOR, ITO):
        sign(hospital, visit, decision, who, role)
    screening = facts_of_visit(visit).last("screening")
    assert screening is not None
    later = [SHORT["screening"]["medicines"][0] | {"last_dose_at": "2026-11-23T20:00:00+01:00"}]
    hospital.sign(visit, "screening", "09:07", Role.NURSE, screening.fact.content | {"medicines": later})
    assert "AC-13" in {one.rule for one in left(hospital, visit)}


# --- the verb -------------------------------------------------------------------------------------------------------


def test_the_performing_radiologist_overrides_and_the_gate_opens(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision))
    pass_gate(hospital.act("ferro"), visit, facts_of_visit(visit), "time_out", "sign_time_out")
    assert Judgement.objects.filter(policy="before-needle", outcome="DECIDE").count() == 1
    visit.refresh_from_db()
    cells = {one["name"]: one for one in visit.readiness["cells"]}
    assert (cells["MRI"]["outcome"], cells["MRI"]["says"]) == ("OK", "MRI: decided, see record.")


def test_class_o2_takes_two_people_by_the_verb_too(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, POSSIBLE)
    perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision))
    assert left(hospital, visit) != []
    with pytest.raises(NotAllowedError, match="signed this already"):
        perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision))
    perform(hospital.act("vance"), "override", visit.pk, overriding(visit, decision))
    assert left(hospital, visit) == []


@pytest.mark.parametrize("who", ["dahl", "ferro", "lind", "roe", "stone", "byrd", "hale"])
def test_no_other_role_overrides(hospital: Hospital, who: str) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    with pytest.raises(NotAllowedError):
        perform(hospital.act(who), "override", visit.pk, overriding(visit, decision))
    assert not Fact.objects.filter(kind="override").exists()


@pytest.mark.parametrize("who", ["ito", "vance"])
def test_another_radiologist_alone_does_not_override_class_o1(hospital: Hospital, who: str) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    with pytest.raises(NotAllowedError, match="only the performing radiologist"):
        perform(hospital.act(who), "override", visit.pk, overriding(visit, decision))


def test_an_account_of_the_interface_does_not_override(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    with pytest.raises(NotAllowedError, match="only a person does this"):
        perform(hospital.act("okafor", channel="api"), "override", visit.pk, overriding(visit, decision))


def test_what_nobody_may_override_cannot_be_signed_away(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "time_out_technologist", consent_again=None)
    hospital.time.at = hospital.local("09:07")
    (decision,) = left(hospital, visit)
    with pytest.raises(NotAllowedError, match="nobody may override G-CONSENT"):
        perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision, override="O1"))


@pytest.mark.parametrize(
    "changes",
    [{"reasons": ["something else"]}, {"plan": 2}, {"start": "2026-11-26T10:00:00+01:00"}, {"outcome": "HOLD"}],
)
def test_what_is_overridden_is_what_was_read(hospital: Hospital, changes: dict[str, Any]) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    with pytest.raises(WrongInputError, match="has changed since it was shown"):
        perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision, **changes))


def test_what_does_not_stand_in_the_way_is_not_overridden(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    with pytest.raises(WrongInputError, match="nothing stands in the way"):
        perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision, rule="G-PAIN0"))


def test_a_visit_that_is_over_has_nothing_to_override(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    Visit.objects.filter(pk=visit.pk).update(state=Visit.State.CANCELLED)
    with pytest.raises(OutOfOrderError):
        perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision))


def test_an_override_is_never_entered_late(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, NO_REVIEW)
    act = hospital.act("okafor", happened_at=hospital.time.at - timedelta(minutes=5), why="the network was down")
    with pytest.raises(WrongInputError, match="never entered late"):
        perform(act, "override", visit.pk, overriding(visit, decision))


@pytest.mark.parametrize("words", ["", "ok", "..........", "         x"])
def test_an_override_has_a_reason_in_words(words: str) -> None:
    told = {
        "rule": "G-MRI", "outcome": "DECIDE", "override": "O1", "occasion": "time_out", "reasons": [], "plan": 1,
        "start": "2026-11-26T09:30:00+01:00", "code": "other", "words": words,
    }  # fmt: skip
    with pytest.raises(ValueError, match="words"):
        Overridden.model_validate(told, strict=False)


def test_a_nurse_who_is_also_a_radiologist_is_still_one_person(hospital: Hospital) -> None:
    nurse = hospital.people["okafor"]
    Delegation.objects.create(person=nurse, site=hospital.site, role=Role.NURSE, first_day=TODAY)
    visit, decision = stopped(hospital, POSSIBLE)
    for _ in range(2):
        sign(hospital, visit, decision, "okafor", Role.RADIOLOGIST, code="other", words=f"reason number {uuid4()}")
    assert left(hospital, visit) != []

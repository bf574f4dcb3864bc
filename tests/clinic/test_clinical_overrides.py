"""Who goes on in spite of what, by the verb and for every role (CLINICAL.md 1.1, 1.2), and what a record of it and of
every evaluation holds (1.3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from foramen.clinic.domain.errors import NotAllowedError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import AuditEvent, Fact, Judgement
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import Hospital
from tests.clinic.test_rules_overrides import NO_REVIEW, POSSIBLE, SHORT, left, overriding, stopped
from tests.clinic.treatment import EVERYBODY, Day

ADVIL = {"screening": {"no_medicines": False, "tendency": "yes", "medicines": [
    {"name": "Advil", "last_dose_at": "2026-11-25T20:00:00+01:00", "stopped": True}]}}  # fmt: skip
WRONG_SIDE = {"level": {"imaging": [{"root": "L5", "side": "right"}]}}
NO_CONSENT_TODAY = {"consent_again": None}

CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "DECIDE O1": (NO_REVIEW, "DECIDE", "O1"),
    "HOLD O1": (ADVIL, "HOLD", "O1"),
    "STOP O1": (WRONG_SIDE, "STOP", "O1"),
    "HOLD O2": (SHORT, "HOLD", "O2"),
    "STOP O2": (POSSIBLE, "STOP", "O2"),
    "STOP O0": (NO_CONSENT_TODAY, "STOP", "O0"),
}
PEOPLE = (*((who, role) for role, who in EVERYBODY.items()), ("ito", Role.RADIOLOGIST))
"""One of each role; okafor performs, ito is a second radiologist."""


def may_sign(who: str, wanted: str) -> bool:
    if wanted == "O1":
        return who == "okafor"
    return wanted == "O2" and who in ("okafor", "ito", "vance")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("who", [who for who, _ in PEOPLE])
def test_each_role_overrides_by_the_verb_what_its_class_lets_it(
    hospital: Hospital, case: tuple[dict[str, Any], str, str], who: str
) -> None:
    instead, outcome, wanted = case
    visit, decision = stopped(hospital, instead)
    assert (decision.outcome.value, decision.override and decision.override.name) == (outcome, wanted)
    asked = overriding(visit, decision, **({"override": "O1"} if wanted == "O0" else {}))
    if may_sign(who, wanted):
        perform(hospital.act(who), "override", visit.pk, asked)
    else:
        with pytest.raises(NotAllowedError):
            perform(hospital.act(who), "override", visit.pk, asked)
    assert Fact.objects.filter(kind="override").count() == may_sign(who, wanted)
    assert (left(hospital, visit) == []) is (wanted == "O1" and who == "okafor")


@pytest.mark.requirement("ASVS V2.3.5")
@pytest.mark.parametrize("instead", [SHORT, POSSIBLE], ids=["HOLD O2", "STOP O2"])
@pytest.mark.parametrize(
    ("first", "second", "opens"),
    [("okafor", "ito", True), ("vance", "okafor", True), ("ito", "vance", False)],
)
def test_class_o2_opens_with_the_performing_radiologist_and_a_second_one(
    hospital: Hospital, instead: dict[str, Any], first: str, second: str, opens: bool
) -> None:
    visit, decision = stopped(hospital, instead)
    for who in (first, second):
        perform(hospital.act(who), "override", visit.pk, overriding(visit, decision))
    assert (left(hospital, visit) == []) is opens


@pytest.mark.requirement("ASVS V7.5.3")
@pytest.mark.parametrize("minutes", [None, -6, 1])
def test_whoever_overrides_has_just_given_the_password(hospital: Hospital, minutes: int | None) -> None:
    """1.3: the time of re-authentication. None, too long ago and in the future are none."""
    visit, decision = stopped(hospital, NO_REVIEW)
    given = None if minutes is None else hospital.time.at + timedelta(minutes=minutes)
    with pytest.raises(NotAllowedError, match="own password"):
        perform(hospital.act("okafor"), "override", visit.pk, overriding(visit, decision, authenticated_at=given))
    assert left(hospital, visit) != []


def test_an_override_records_class_person_role_password_reason_and_what_it_is_for(hospital: Hospital) -> None:
    visit, decision = stopped(hospital, POSSIBLE)
    for who in ("okafor", "vance"):
        perform(hospital.act(who), "override", visit.pk, overriding(visit, decision))
    signed = list(Fact.objects.filter(kind="override").order_by("pk"))
    assert [(one.by.username, one.role) for one in signed] == [("okafor", "radiologist"), ("vance", "lead")]
    for one in signed:
        assert {name: one.content[name] for name in ("rule", "outcome", "override", "occasion", "plan", "code")} == {
            "rule": "G-PREGNANCY", "outcome": "STOP", "override": "O2", "occasion": "time_out", "plan": 1,
            "code": "benefit outweighs risk",
        }  # fmt: skip
        assert one.content["words"] == "discussed with the patient"
        assert one.content["reasons"] == list(decision.reasons)
        assert datetime.fromisoformat(one.content["authenticated_at"]) == hospital.time.at
        assert datetime.fromisoformat(one.content["start"]) == visit.start
        assert one.recorded_at == hospital.time.at
    assert AuditEvent.objects.filter(context__verb="override", table__endswith="fact").count() == 2


KEPT = {
    "rule", "subject", "outcome", "occasion", "asked", "until", "moments", "reasons", "findings", "override", "printed",
    "resolved", "source", "inputs", "scope", "stamp",
}  # fmt: skip


def test_an_evaluation_records_policy_digests_inputs_with_their_source_and_who_saw_it(hospital: Hospital) -> None:
    day = Day(hospital).walk("sign_time_out/radiologist")
    rows = list(Judgement.objects.filter(visit=day.visit, verb="sign_time_out"))
    assert {one.policy for one in rows} == {
        "antithrombotics", "steroids", "steroid-dose", "anaesthetics", "before-needle", "repeat-orders", "pathway",
    }  # fmt: skip
    for row in rows:
        assert row.shown_to.username == "ferro"
        for decision in row.content["decisions"]:
            assert set(decision) >= KEPT
            stamp = decision["stamp"]
            assert (stamp["version"], stamp["sha256"], stamp["record_sha256"]) == (
                row.policy_version, row.policy_sha256, row.record_sha256,
            )  # fmt: skip
            assert len(stamp["sha256"]) == 64
            assert stamp["tzdata"]
            assert decision["scope"] == "this procedure at this time only"
            assert {"utc", "local", "zone"} <= set(decision["asked"])
    (blood,) = (one for one in rows if one.policy == "antithrombotics")
    told = {one["name"]: one for one in blood.content["told"]}
    said = told["medications.none"]
    assert (said["value"], said["source"], bool(said["recorded"])) == (True, "R. Dahl, nurse", True)

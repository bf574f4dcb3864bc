"""Gates of the day: on a day on which nothing is wrong they let pass, and with anything missing, wrong or old they do
not. Rules, outcomes and override classes are those of CLINICAL.md section 4 and 2.7."""

from datetime import date, timedelta
from typing import Any

import pytest

from foramen.catalogue.decision import Decision, Occasion
from foramen.catalogue.instants import Moment
from foramen.clinic.domain.errors import GateError
from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.models import Judgement, Order, Visit
from foramen.clinic.records.facts import facts_of_visit, record
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules import asking
from foramen.clinic.rules.gates import judge, pass_gate, standing_in_the_way
from tests.clinic.hospital import BUPIVACAINE, CONTRAST, DEXAMETHASONE, L5_LEFT, Hospital

BEFORE: dict[Occasion, tuple[str, str]] = {
    "arrival": ("arrival", "08:37"), "time_out": ("time_out_technologist", "09:07"),
    "needle_in": ("needle_in", "09:11"), "discharge": ("discharge", "09:58"),
}  # fmt: skip
"""The step that a gate stands before, and when it is asked."""

KENALOG = {
    "kind": "steroid", "product": "Kenalog", "strength": "40 mg/mL", "volume": "1 mL", "mass": "40 mg",
}  # fmt: skip


def plan_with(*drugs: dict[str, str], **place: str) -> dict[str, Any]:
    return {"plan": {"targets": [L5_LEFT | place | {"drugs": list(drugs)}]}}


def in_the_way(hospital: Hospital, visit: Visit, occasion: Occasion, at: str) -> dict[str, Decision]:
    """What stands in the way, by rule."""
    facts = facts_of_visit(visit)
    judged = judge(visit, facts, occasion, Moment(hospital.local(at), visit.site.zone))
    return {one.rule: one for one in standing_in_the_way(judged, visit, facts)}


def walked(hospital: Hospital, occasion: Occasion, **instead: dict[str, Any] | None) -> tuple[Visit, str]:
    step, at = BEFORE[occasion]
    visit = hospital.visit()
    hospital.walk(visit, step, **instead)
    return visit, at


@pytest.mark.parametrize("occasion", ["arrival", "time_out", "needle_in"])
def test_a_day_on_which_nothing_is_wrong_passes(hospital: Hospital, occasion: Occasion) -> None:
    visit, at = walked(hospital, occasion)
    assert in_the_way(hospital, visit, occasion, at) == {}


def test_discharge_waits_for_the_written_instructions_alone(hospital: Hospital) -> None:
    visit, at = walked(hospital, "discharge")
    assert {rule: (one.outcome.value, one.override and one.override.name) for rule, one in
            in_the_way(hospital, visit, "discharge", at).items()} == {"G-DC": ("STOP", "O1")}  # fmt: skip


MISSING: tuple[tuple[str, Occasion, str, str, str], ...] = (
    ("screening", "time_out", "G-ABCD", "STOP", "O0"),
    ("screening", "time_out", "antithrombotics", "STOP", "O0"),
    ("screening", "time_out", "AN-3", "STOP", "O0"),
    ("letter_read", "arrival", "G-LETTER", "STOP", "O0"),
    ("letter_read", "time_out", "G-LETTER", "STOP", "O0"),
    ("letter_read", "needle_in", "G-LETTER", "STOP", "O0"),
    ("list_again", "time_out", "AC-LIST", "STOP", "O2"),
    ("list_again", "needle_in", "AC-LIST", "STOP", "O2"),
    ("plan", "time_out", "G-LEVEL", "STOP", "O0"),
    ("plan", "time_out", "ST-4", "STOP", "O0"),
    ("consent", "time_out", "G-CONSENT", "STOP", "O0"),
    ("consent", "needle_in", "G-CONSENT", "STOP", "O0"),
    ("consent_again", "time_out", "G-CONSENT", "STOP", "O0"),
    ("pregnancy", "time_out", "G-PREGNANCY", "STOP", "O0"),
    ("pregnancy", "needle_in", "G-PREGNANCY", "STOP", "O0"),
    ("mri_review", "time_out", "G-MRI", "DECIDE", "O1"),
    ("review_nurse", "time_out", "G-ABCD", "STOP", "O0"),
    ("review_radiologist", "needle_in", "G-ABCD", "STOP", "O0"),
    ("level", "time_out", "G-LEVEL", "STOP", "O0"),
    ("pain_before", "time_out", "G-PAIN0", "DECIDE", "O1"),
    ("pain_before", "needle_in", "G-PAIN0", "DECIDE", "O1"),
    ("time_out_technologist", "needle_in", "G-TIMEOUT", "STOP", "O0"),
    ("time_out_radiologist", "needle_in", "G-TIMEOUT", "STOP", "O0"),
    ("given", "discharge", "ST-4", "STOP", "O0"),
    ("needle_out", "discharge", "G-DC", "STOP", "O0"),
    ("pain_after", "discharge", "G-PAIN1", "STOP", "O1"),
    ("walks", "discharge", "G-AMB", "STOP", "O0"),
    ("way_home", "discharge", "G-DRIVER", "STOP", "O0"),
)


@pytest.mark.parametrize(("kind", "occasion", "rule", "outcome", "override"), MISSING)
def test_a_fact_that_is_left_out_never_passes(
    hospital: Hospital, kind: str, occasion: Occasion, rule: str, outcome: str, override: str
) -> None:
    left_out = {kind: None} | ({"review_nurse": None, "review_radiologist": None} if kind == "screening" else {})
    visit, at = walked(hospital, occasion, **left_out)
    found = in_the_way(hospital, visit, occasion, at)[rule]
    assert (found.outcome.value, found.override and found.override.name) == (outcome, override)


WRONG: tuple[tuple[str, dict[str, Any], Occasion, str, str, str], ...] = (
    ("wrong side in the images", {"level": {"imaging": [{"root": "L5", "side": "right"}]}}, "time_out", "G-LEVEL",
     "STOP", "O1"),
    ("wrong root in the images", {"level": {"imaging": [{"root": "L4", "side": "left"}]}}, "time_out", "G-LEVEL",
     "STOP", "O1"),
    ("the patient says the other side", {"level": {"patient_says": [{"side": "right"}]}}, "time_out", "G-LEVEL",
     "STOP", "O1"),
    ("consent for the other side", {"consent": {"targets": [L5_LEFT | {"side": "right"}]}}, "needle_in", "G-LEVEL",
     "STOP", "O1"),
    ("plan at the other side", plan_with(DEXAMETHASONE, BUPIVACAINE, CONTRAST, side="right"), "time_out", "G-LEVEL",
     "STOP", "O1"),
    ("a level where the plan has a root", {"consent": {"targets": [{"level": "L4/L5", "side": "left",
     "route": "transforaminal"}]}}, "time_out", "G-LEVEL", "STOP", "O0"),
    ("variant that nobody has counted", {"level": {"variant": "yes"}}, "time_out", "G-LEVEL", "STOP", "O1"),
    ("variant not looked for", {"level": {"variant": "unknown"}}, "time_out", "G-LEVEL", "STOP", "O0"),
    ("consent for another plan", {"consent": {"plan": 2}}, "time_out", "G-CONSENT", "STOP", "O0"),
    ("consent taken back", {"consent_again": {"withdrawn": "yes"}}, "time_out", "G-CONSENT", "STOP", "O0"),
    ("pregnancy possible", {"pregnancy": {"answer": "possible"}}, "time_out", "G-PREGNANCY", "STOP", "O2"),
    ("cannot be pregnant, without a reason", {"pregnancy": {"answer": "cannot be pregnant"}}, "time_out", "G-PREGNANCY",
     "STOP", "O0"),
    ("the list has changed", {"list_again": {"changed": "yes"}}, "time_out", "AC-LIST", "STOP", "O2"),
    ("allergies not answered", {"screening": {"no_allergies": False}}, "time_out", "G-ABCD", "STOP", "O0"),
    ("allergies: none, and one", {"screening": {"allergies": ["latex"]}}, "time_out", "G-ABCD", "STOP", "O0"),
    ("NKDA is no answer", {"screening": {"no_allergies": False, "allergies": ["NKDA"]}}, "time_out", "G-ABCD",
     "STOP", "O0"),
    ("surgery not answered", {"screening": {"no_surgery": False}}, "time_out", "G-ABCD", "STOP", "O0"),
    ("driver not answered", {"screening": {"driver": ""}}, "time_out", "G-ABCD", "STOP", "O0"),
    ("driver not answered", {"screening": {"driver": ""}}, "arrival", "G-DRIVER", "STOP", "O0"),
    ("nobody drives", {"screening": {"driver": "none"}}, "arrival", "G-DRIVER", "STOP", "O0"),
    ("allergic to what is planned", {"screening": {"no_allergies": False, "allergies": ["Marcaine"]}}, "time_out",
     "AN-3", "STOP", "O2"),
    ("allergic to something nobody knows", {"screening": {"no_allergies": False, "allergies": ["zyx"]}}, "time_out",
     "AN-3", "STOP", "O0"),
    ("no MRI", {"screening": {"mri": {}}, "mri_review": None}, "time_out", "G-MRI", "DECIDE", "O1"),
    ("MRI of the neck", {"screening": {"mri": {"accession": "MR-1", "regions": ["cervical"]}}}, "time_out", "G-MRI",
     "DECIDE", "O1"),
    ("another MRI was looked at", {"mri_review": {"accession": "MR-2"}}, "time_out", "G-MRI", "DECIDE", "O1"),
    ("an impossible mass", plan_with(DEXAMETHASONE | {"mass": "100 mg"}, BUPIVACAINE, CONTRAST), "time_out", "ST-4",
     "STOP", "O0"),
    ("a particulate steroid at a lumbar root", plan_with(KENALOG, BUPIVACAINE, CONTRAST), "time_out", "ST-TYPE",
     "STOP", "O2"),
    ("a particulate steroid at a cervical root", plan_with(KENALOG, BUPIVACAINE, CONTRAST, root="C6"), "time_out",
     "ST-TYPE", "STOP", "O0"),
    ("the list says none and names some", {"screening": {"medicines": [{"name": "Eliquis"}]}}, "time_out",
     "antithrombotics", "STOP", "O0"),
    ("the list is empty", {"screening": {"no_medicines": False}}, "time_out", "antithrombotics", "STOP", "O0"),
    ("nobody knows when the list was gone through", {"screening": {"confirmed_at": None}}, "time_out", "AC-LIST",
     "STOP", "O2"),
    ("an older list", {"screening": {"confirmed_at": "2026-10-26T08:00:00+01:00"}}, "time_out", "AC-LIST",
     "STOP", "O2"),
    ("a name that nobody recognises", {"screening": {"no_medicines": False, "medicines": [{"name": "Vesdrin"}]}},
     "time_out", "AC-00-unrecognised", "STOP", "O2"),
    ("an older letter was read", {"letter_read": {"number": 2}}, "time_out", "G-LETTER", "STOP", "O0"),
    ("another patient's name only", {"time_out_technologist": {"identifiers": ["name"]}}, "needle_in", "G-TIMEOUT",
     "STOP", "O0"),
    ("the side was not said right", {"time_out_radiologist": {"side": "differs"}}, "needle_in", "G-TIMEOUT",
     "STOP", "O0"),
    ("signed for another plan", {"time_out_technologist": {"plan": 2}}, "needle_in", "G-TIMEOUT", "STOP", "O0"),
    ("signed in another room", {"time_out_technologist": {"room": "ct"}}, "needle_in", "G-TIMEOUT", "STOP", "O0"),
    ("it is not known in which room", {"time_out_technologist": {"room": ""}, "time_out_radiologist": {"room": ""}},
     "needle_in", "G-TIMEOUT", "STOP", "O0"),
    ("does not walk", {"walks": {"walks": "no"}}, "discharge", "G-AMB", "STOP", "O0"),
    ("weak leg and public transport", {"walks": {"motor_weakness": "yes"}, "way_home": {"how": "public transport",
     "person": ""}}, "discharge", "G-DRIVER", "DECIDE", "O1"),
    ("nobody takes the patient home", {"way_home": {"how": "none", "person": ""}}, "discharge", "G-DRIVER",
     "STOP", "O0"),
    ("given ten times as much", {"given": {"drugs": [DEXAMETHASONE | {"strength": "100 mg/mL", "mass": "100 mg"},
     BUPIVACAINE, CONTRAST]}}, "discharge", "ST-5", "STOP", "O0"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("instead", "occasion", "rule", "outcome", "override"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_a_fact_that_is_wrong_or_old_never_passes(
    hospital: Hospital, instead: dict[str, Any], occasion: Occasion, rule: str, outcome: str, override: str
) -> None:
    visit, at = walked(hospital, occasion, **instead)
    found = in_the_way(hospital, visit, occasion, at)[rule]
    assert (found.outcome.value, found.override and found.override.name) == (outcome, override)


def test_a_time_out_holds_for_fifteen_minutes_and_not_a_second_longer(hospital: Hospital) -> None:
    visit, _ = walked(hospital, "needle_in")
    facts, signed = facts_of_visit(visit), hospital.local("09:08")
    for seconds, stopped in ((15 * 60, False), (15 * 60 + 1, True)):
        judged = judge(visit, facts, "needle_in", Moment(signed + timedelta(seconds=seconds), "Europe/Zurich"))
        assert ("G-TIMEOUT" in {one.rule for one in judged.in_the_way()}) is stopped


def test_signing_the_time_out_does_not_wait_for_the_time_out(hospital: Hospital) -> None:
    visit, at = walked(hospital, "time_out")
    assert "G-TIMEOUT" in in_the_way(hospital, visit, "needle_in", at)
    assert in_the_way(hospital, visit, "time_out", at) == {}


def test_one_person_in_both_roles_is_no_time_out(hospital: Hospital) -> None:
    visit, at = walked(hospital, "needle_in", time_out_technologist=None)
    said = {"identifiers": ["name", "date of birth"], "plan": 1, "room": "fl1"} | dict.fromkeys(
        ("procedure", "level", "side", "allergies", "consent", "images"), "agrees"
    )
    hospital.people["ferro"] = hospital.people["okafor"]
    hospital.sign(visit, "time_out_technologist", "09:09", Role.TECHNOLOGIST, said)
    found = in_the_way(hospital, visit, "needle_in", at)["G-TIMEOUT"]
    assert found.reasons[0].startswith("A time-out needs two people")


def test_an_answer_that_is_signed_anew_voids_both_reviews(hospital: Hospital) -> None:
    visit, at = walked(hospital, "needle_in")
    screening = facts_of_visit(visit).last("screening")
    assert screening is not None
    hospital.sign(visit, "screening", "09:10", Role.NURSE, screening.fact.content)
    assert "G-ABCD" in in_the_way(hospital, visit, "needle_in", at)


def test_a_review_by_another_radiologist_than_the_performing_one_is_none(hospital: Hospital) -> None:
    visit, at = walked(hospital, "time_out")
    visit.radiologist = hospital.people["ito"]
    found = in_the_way(hospital, visit, "time_out", at)
    assert {"G-ABCD", "G-MRI"} <= set(found)


def test_a_coccyx_names_its_place_itself_and_passes(hospital: Hospital) -> None:
    coccyx = {"side": "midline", "route": "coccyx"}
    visit = hospital.visit()
    order = {"targets": [coccyx], "modality": "fluoroscopy", "quantity": 2}
    hospital.sign(visit, "order", "07:30", Role.RADIOLOGIST, order, visit=None, days=-15)
    hospital.walk(
        visit, "needle_in", plan={"targets": [coccyx | {"drugs": [DEXAMETHASONE, BUPIVACAINE, CONTRAST]}]},
        consent={"targets": [coccyx]}, level={"imaging": [{"side": "midline"}], "patient_says": [{"side": "midline"}]},
    )  # fmt: skip
    assert in_the_way(hospital, visit, "needle_in", "09:11") == {}


def test_a_step_that_is_entered_late_counts_from_when_it_was_and_says_so(hospital: Hospital) -> None:
    visit, at = walked(hospital, "time_out", pregnancy=None)
    act = hospital.act("dahl", happened_at=hospital.local("08:47"), why="entered from the paper form")
    content = KINDS["pregnancy"].model_validate({"answer": "not pregnant"}, strict=False)
    record(act, "pregnancy", content, Role.NURSE, patient=visit.patient, order=visit.order, visit=visit)
    judged = judge(visit, facts_of_visit(visit), "time_out", Moment(hospital.local(at), "Europe/Zurich"))
    assert judged.in_the_way() == ()
    (found,) = [one for one in judged.decisions if one.rule == "G-PREGNANCY"]
    (told,) = [one for one in found.inputs if one.name == "pregnancy" and isinstance(one.value, dict)]
    assert told.recorded == "2026-11-26T08:47:00+01:00"
    assert "entered late at" in told.source


def test_a_lead_who_performs_signs_as_a_radiologist(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.people["okafor"] = hospital.people["vance"]
    visit.radiologist = hospital.people["vance"]
    hospital.walk(visit, "needle_in")
    assert in_the_way(hospital, visit, "needle_in", "09:11") == {}


@pytest.mark.parametrize("occasion", ["arrival", "time_out", "needle_in"])
def test_a_gate_is_asked_on_the_booked_day_and_on_no_other(hospital: Hospital, occasion: Occasion) -> None:
    visit, at = walked(hospital, occasion)
    visit.start += timedelta(days=1)
    found = in_the_way(hospital, visit, occasion, at)
    assert {"repeat-orders"} <= set(found)
    assert all(one.outcome.value == "STOP" for one in found.values())


def test_an_order_that_is_used_up_stops_the_arrival(hospital: Hospital) -> None:
    visit, at = walked(hospital, "arrival")
    Order.objects.filter(pk=visit.order_id).update(quantity=1)
    visit.order.refresh_from_db()
    earlier = hospital.local("09:30") - timedelta(days=30)
    Visit.objects.create(
        site=visit.site, order=visit.order, patient=visit.patient, room=visit.room, number="V-0", start=earlier,
        state=Visit.State.HOME, state_at=earlier, needle_in_at=earlier, needle_out_at=earlier, targets_text="",
    )  # fmt: skip
    found = in_the_way(hospital, visit, "arrival", at)
    assert (found["RP-1"].outcome.value, found["RP-1"].override and found["RP-1"].override.name) == ("STOP", "O0")


def test_a_session_broken_off_before_the_needle_uses_nothing_of_the_order(hospital: Hospital) -> None:
    visit, at = walked(hospital, "arrival")
    Order.objects.filter(pk=visit.order_id).update(quantity=1)
    visit.order.refresh_from_db()
    earlier = hospital.local("09:30") - timedelta(days=30)
    Visit.objects.create(
        site=visit.site, order=visit.order, patient=visit.patient, room=visit.room, number="V-0", start=earlier,
        state=Visit.State.ABORTED, state_at=earlier, targets_text="",
    )  # fmt: skip
    assert "RP-1" not in in_the_way(hospital, visit, "arrival", at)


def test_steroids_of_earlier_visits_are_shown_with_their_days(hospital: Hospital) -> None:
    visit, at = walked(hospital, "time_out")
    earlier = hospital.local("09:30") - timedelta(days=30)
    before = Visit.objects.create(
        site=visit.site, order=visit.order, patient=visit.patient, room=visit.room, number="V-0", start=earlier,
        state=Visit.State.HOME, state_at=earlier, needle_in_at=earlier, needle_out_at=earlier, targets_text="",
    )  # fmt: skip
    given = {"number": 1, "spot": L5_LEFT, "drugs": [DEXAMETHASONE]}
    hospital.sign(before, "given", "09:30", Role.RADIOLOGIST, given, days=-30)
    judged = judge(visit, facts_of_visit(visit), "time_out", Moment(hospital.local(at), "Europe/Zurich"))
    (total,) = [one for one in judged.decisions if one.rule == "ST-10"]
    day = date(2026, 10, 27)
    assert [one for one in total.information if f"{day.day} October {day.year}" in one and "dexamethasone 10 mg" in one]


def test_an_error_while_judging_is_stop_and_nobody_passes(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_question: object) -> dict[str, Any]:
        raise ZeroDivisionError("Nadia Sorrel")

    visit, at = walked(hospital, "needle_in")
    monkeypatch.setattr(asking, "TOLD", {**asking.TOLD, "before-needle": breaks})
    found = in_the_way(hospital, visit, "needle_in", at)
    assert {rule: (one.outcome.value, one.override and one.override.name) for rule, one in found.items()} == {
        "before-needle": ("STOP", "O0")
    }
    assert found["before-needle"].reasons == ("engine error: ZeroDivisionError; tell whoever runs Foramen",)


def test_a_gate_that_stays_shut_says_what_and_keeps_what_was_said(hospital: Hospital) -> None:
    visit, at = walked(hospital, "time_out", consent=None)
    hospital.time.at = hospital.local(at)
    facts = facts_of_visit(visit)
    with pytest.raises(GateError) as refused:
        pass_gate(hospital.act("ferro"), visit, facts, "time_out", "sign_time_out")
    assert {one["rule"] for one in refused.value.decisions} == {"G-CONSENT", "G-LEVEL"}
    assert Judgement.objects.count() == 0
    refused.value.keep()
    kept = Judgement.objects.get(visit=visit, policy="before-needle")
    assert (kept.verb, kept.occasion, kept.outcome, kept.shown_to) == (
        "sign_time_out", "time_out", "STOP", hospital.people["ferro"],
    )  # fmt: skip
    assert len(kept.policy_sha256) == len(kept.record_sha256) == 64
    told = [kept.content["told"][place] for place in kept.content["decisions"][0]["inputs"]]
    assert {"procedure", "mri"} <= {one["name"] for one in told}
    (mri,) = [one for one in told if one["name"] == "mri" and isinstance(one["value"], dict)]
    assert (mri["source"], mri["recorded"]) == ("R. Dahl, nurse", "2026-11-26T08:35:00+01:00")


def test_a_gate_that_opens_keeps_what_was_said_too(hospital: Hospital) -> None:
    visit, at = walked(hospital, "needle_in")
    hospital.time.at = hospital.local(at)
    pass_gate(hospital.act("okafor"), visit, facts_of_visit(visit), "needle_in", "needle_in")
    assert sorted(Judgement.objects.values_list("policy", flat=True)) == [
        "anaesthetics", "antithrombotics", "before-needle", "pathway", "repeat-orders", "steroid-dose", "steroids",
    ]  # fmt: skip

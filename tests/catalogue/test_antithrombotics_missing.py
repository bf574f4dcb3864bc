"""What is missing, unreadable, stale or impossible never passes (CLINICAL 2.7), and nothing passes by absence."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foramen.catalogue.antithrombotics import judge as judging
from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs
from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.decision import Outcome, Override
from foramen.catalogue.document import load_document
from foramen.catalogue.instants import moment_of
from foramen.catalogue.policy import read_inputs
from foramen.catalogue.site_record import InForce
from foramen.kernel.errors import DataError, DefinitionError
from tests.catalogue.questions import IN_FORCE, SITE, answer, ask, local, medicine, only, question, set_by_site

HELD = medicine("Eliquis", "2026-05-16", agreed=True)
LATER = datetime(2026, 5, 20, 9, 1)
GATES = ("arrival", "time_out", "needle_in", "discharge")


def listed(**medications: Any) -> Any:
    return answer(ask(question(HELD, medications=medications)), "AC-LIST")


@pytest.mark.parametrize("missing", ["confirmed", "asked_by", "asked_of"])
def test_a_list_that_is_not_confirmed_stops(missing: str) -> None:
    found = listed(**{missing: None})
    assert (found.outcome, found.override) == (Outcome.STOP, Override.O2)


@pytest.mark.parametrize(("days", "outcome"), [(30, "OK"), (31, "STOP")])
def test_a_list_older_than_the_site_allows_stops(days: int, outcome: str) -> None:
    confirmed = datetime(2026, 5, 20 - days, 9) if days < 20 else datetime(2026, 4, 50 - days, 9)
    assert listed(confirmed=confirmed).outcome.name == outcome


def test_without_a_limit_of_the_site_only_a_list_of_the_day_counts_as_new() -> None:
    unset = set_by_site({})
    old = {"confirmed": datetime(2026, 5, 19, 9)}
    assert answer(ask(question(HELD), unset), "AC-LIST").outcome is Outcome.OK
    assert answer(ask(question(HELD, medications=old), unset), "AC-LIST").outcome is Outcome.DECIDE


@pytest.mark.parametrize("changed", ["yes", "unknown"])
def test_a_list_that_may_have_changed_stops(changed: str) -> None:
    assert listed(changed=changed).outcome is Outcome.STOP


@pytest.mark.parametrize("occasion", GATES)
def test_at_a_gate_somebody_has_asked_whether_the_list_has_changed(occasion: str) -> None:
    yesterday = {"confirmed": datetime(2026, 5, 19, 9), "changed": None}
    found = ask(question(HELD, occasion=occasion, medications=yesterday))
    assert answer(found, "AC-LIST").outcome is Outcome.STOP
    today = answer(ask(question(HELD, occasion=occasion, medications={"changed": None})), "AC-LIST")
    assert (today.outcome, today.override) == (Outcome.STOP, Override.O2)
    nothing = ask(question(occasion=occasion, medications={"changed": None}))
    assert nothing.outcome is Outcome.STOP


@pytest.mark.parametrize("missing", ["start", "level", "route"])
@pytest.mark.parametrize("occasion", ["plan", *GATES])
def test_without_start_level_or_route_everything_stops(missing: str, occasion: str) -> None:
    asked = "2026-05-19T09:00:00" if occasion == "plan" else "2026-05-20T09:00:00"
    found = ask(question(HELD, occasion=occasion, asked=asked, procedure={missing: None}))
    assert found.outcome is Outcome.STOP
    stopped = answer(found, "AC-PROCEDURE")
    assert (stopped.override, missing in stopped.reasons[0]) == (Override.O0, True)


def test_without_a_date_of_birth_a_row_that_needs_the_stratum_stops() -> None:
    entry = medicine("ibuprofen", "2026-05-10T09:00:00")
    assert only(ask(question(entry, patient={"born": None}))).outcome is Outcome.STOP
    assert only(ask(question(HELD, patient={"born": None}))).outcome is Outcome.OK


def test_a_last_dose_nobody_knows_counts_as_taken_now() -> None:
    for entry in (medicine("Eliquis", agreed=True), medicine("Eliquis", "unknown", agreed=True)):
        found = only(ask(question(entry)))
        assert (found.outcome, local(found.until)) == (Outcome.HOLD, "2026-05-23T12:00")


@pytest.mark.parametrize("name", ["aspirin", "Aggrenox"])
def test_an_indication_nobody_knows_is_for_a_person_to_decide(name: str) -> None:
    found = only(ask(question(medicine(name, "2026-01-01", agreed=True))))
    assert (found.outcome, "latest_last_dose" in found.moments) == (Outcome.DECIDE, False)


def test_a_thromboembolic_risk_nobody_states_takes_the_longer_hold_and_a_decision() -> None:
    dose = "2026-05-13T09:00:00"
    for risk in ("unknown", None):
        found = only(ask(question(medicine("Plavix", dose, agreed=True), patient={"thromboembolic_risk": risk})))
        assert (found.outcome, found.resolved.startswith("168 h")) == (Outcome.DECIDE, True)
    short = question(medicine("Plavix", "2026-05-15T09:00:00", agreed=True), patient={"thromboembolic_risk": None})
    assert only(ask(short)).outcome is Outcome.HOLD


@pytest.mark.requirement("H03")
def test_none_needs_a_positive_answer() -> None:
    declared = ask(question())
    assert declared.outcome is Outcome.NA
    assert answer(declared, "AC-LIST").reasons == (
        "No antithrombotic, NSAID or supplement declared on Wed 20 May 2026, asked by nurse, answered by patient.",
    )
    empty = ask(question(medications={"none": False}))
    assert (empty.outcome, empty.decisions[0].override) == (Outcome.STOP, Override.O0)
    both = ask(question(HELD, medications={"none": True}))
    assert both.outcome is Outcome.STOP


# --- bad input: the field, what was received, what to enter ---------------------------------------------------------


def refused(data: dict[str, Any]) -> str:
    """What is said about an input that cannot be; the same question to the engine is STOP."""
    now = moment_of(data["asked"], data["zone"], which="earlier", where="asked")
    used = set_by_site(SITE)
    with pytest.raises(DataError) as error:
        inputs = read_inputs(AntithromboticInputs, data)
        ANTITHROMBOTICS.check_answerable(used, inputs, now, inputs.occasion)
    stopped = ANTITHROMBOTICS.gate(used, data, now, data["occasion"])
    assert [(one.outcome, one.override) for one in stopped.decisions] == [(Outcome.STOP, Override.O0)]
    assert stopped.decisions[0].reasons
    return str(error.value)


@pytest.mark.parametrize(
    "value", ["1,1", "11", 11, "1.1%", "١.١", "NaN", "nan", "", "0.4", "20.01", "1.111", "-1.1", "1e0", True]
)
def test_an_inr_that_is_no_inr_is_refused(value: Any) -> None:
    said = refused(
        question(
            medicine("warfarin", "2026-05-14", agreed=True), inr=[{"value": value, "at": datetime(2026, 5, 20, 7)}]
        )
    )  # type: ignore[arg-type]
    assert "inr[1].value" in said
    assert "INR" in said


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('value = "1,1"', "this is no INR: write it with the digits 0 to 9 and one point, such as 1.1\n  rec"),
        ("value = 11", "an INR has a decimal point: write 11.0, or 1.1 if that is what the report says"),
        ('value = "١.١"', "inr[1].value: this is no INR"),
        ("value = nan", "inr[1].value: this is no INR"),
        ('value = "1.1%"', "a percentage (Quick) is not an INR"),
        ("value = 20.5", "no INR is below 0.5 or above 20: look at the report again"),
    ],
)  # fmt: skip
def test_the_message_names_field_received_and_what_to_enter(tmp_path: Path, line: str, expected: str) -> None:
    path = tmp_path / "inputs.toml"
    path.write_text(f'zone = "Europe/Zurich"\n[[inr]]\n{line}\nat = 2026-05-20T07:00:00\n', encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        load_document(path, AntithromboticInputs)
    assert expected in str(error.value)


def test_all_faults_of_an_inputs_file_come_together(tmp_path: Path) -> None:
    path = tmp_path / "inputs.toml"
    path.write_text(
        """zone = "Europe/Bern"
        [procedure]
        level = "L4L5"
        route = "oblique"
        start = "tomorrow"
        [renal]
        measure = "creatinine clearance"
        value = 80
        unit = "mg/dL"
        on = 2026-05-01
        [[medicines]]
        name = "Eliquis"
        last_dose = "this morning"
        [[medicines]]
        nmae = "Plavix"
        """
    )
    with pytest.raises(DefinitionError) as error:
        load_document(path, AntithromboticInputs)
    said = str(error.value)
    for expected in (
        "zone: this is no time zone: write an IANA name such as Europe/Zurich",
        "procedure.level", "procedure.route: this word is not known here", "procedure.start: this is no date with time",
        "renal.unit: this unit does not convert: creatinine clearance is entered in mL/min\n  received: 'mg/dL'",
        "medicines[1].last_dose: this is no time of a dose", "medicines[2].name: this key is required",
        "medicines[2].nmae: unknown key\n  received: nmae\n  try: did you mean “name”?",
    ):  # fmt: skip
        assert expected in said, expected


def test_serum_creatinine_is_no_renal_function(tmp_path: Path) -> None:
    path = tmp_path / "inputs.toml"
    path.write_text('zone = "UTC"\n[renal]\nmeasure = "creatinine"\nvalue = 1.1\nunit = "mg/dL"\non = 2026-05-01\n')
    with pytest.raises(DefinitionError, match=r"renal\.measure: this word is not known here"):
        load_document(path, AntithromboticInputs)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (question(medicine("Eliquis", "2026-05-20T09:01:00")), "medicines[1].last_dose: this is in the future"),
        (question(HELD, medicine("Plavix", "2026-05-21")), "last_dose: this is in the future\n  received: 2026-05-21"),
        (
            question(medicine("Eliquis", "2026-05-20T10:00:00"), occasion="discharge", asked="2026-05-20T11:00:00",
                     procedure={"needle_out": datetime(2026, 5, 20, 9, 30)}),
            "medicines[1].last_dose: this last dose is after the procedure\n  received: 2026-05-20T10:00:00",
        ),
        (question(HELD, occasion="plan"), "procedure.start: the start has passed"),
        (question(HELD, medications={"confirmed": LATER}), "medications.confirmed: this is in the future"),
        (question(HELD, procedure={"needle_out": LATER}), "procedure.needle_out: this is in the future"),
        (question(HELD, inr=[{"value": "1.1", "at": datetime(2026, 5, 20, 9, 1)}]), "inr[1].at: this is in the future"),  # type: ignore[arg-type]
        (question(HELD, patient={"born": date(2026, 5, 21)}), "patient.born: this is in the future"),
        (question(HELD, patient={"born": date(1902, 5, 21)}), "patient.born: nobody is born on this day"),
        (question(medications={"none": False}), "medications.none: the list of medicines is empty, and nobody"),
        (question(HELD, medications={"none": True}), "medications.none: the list says none, and there are"),
        (
            question(medicine("Eliquis", "2026-03-08T02:30:00"), zone="America/Chicago", asked="2026-03-10T09:00:00",
                     start="2026-03-10T09:00:00"),
            "medicines[1].last_dose: clocks went forward: this local time does not exist",
        ),
        (
            question(medicine("Eliquis", "2026-11-01T01:30:00"), zone="America/Chicago", asked="2026-11-03T09:00:00",
                     start="2026-11-03T09:00:00"),
            "medicines[1].last_dose: clocks went back: this local time occurs twice",
        ),
        (
            question(medicine("Eliquis", "2026-05-16", coordination=medicine("x", agreed=True)["coordination"]
                              | {"at": datetime(2026, 5, 21)})),
            "medicines[1].coordination.at: this is in the future",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_stops(data: dict[str, Any], expected: str) -> None:
    assert expected in refused(data)


def test_a_dose_of_today_known_by_its_day_is_not_in_the_future() -> None:
    found = only(ask(question(medicine("Eliquis", "2026-05-20", agreed=True))))
    assert (found.outcome, local(found.until)) == (Outcome.HOLD, "2026-05-24T03:00")
    assert "may have been taken until" in found.reasons[0]


# --- the version in force -------------------------------------------------------------------------------------------


def past_review(asked: str) -> Any:
    dose = datetime.fromisoformat(asked) - timedelta(days=4)
    entry = medicine("Eliquis", dose.isoformat(), agreed=True)
    return ask(question(entry, asked=asked, start=asked, patient={"born": date(1970, 1, 1)}))


def test_past_its_review_a_version_says_so_in_every_result() -> None:
    before, after = past_review("2028-06-30T09:00:00"), past_review("2028-07-01T09:00:00")
    assert before.banners == ("Example record, made for demonstration: no service has put this policy in force.",)
    assert after.banners[1:] == ("This version was to be reviewed by Fri 30 June 2028. It may be out of date.",)
    assert all(after.banners[1] in decision.alerts for decision in after.decisions)
    assert before.outcome == after.outcome is Outcome.OK


@pytest.mark.parametrize(("asked", "outcome"), [("2028-08-29T09:00:00", "OK"), ("2028-08-30T09:00:00", "DECIDE")])
def test_sixty_days_past_its_review_every_result_is_for_a_person_to_decide(asked: str, outcome: str) -> None:
    found = past_review(asked)
    assert {decision.outcome.name for decision in found.decisions} == {outcome}


def test_an_outdated_version_never_softens_and_does_not_let_none_pass() -> None:
    late = {"asked": "2028-12-01T09:00:00", "start": "2028-12-01T09:00:00"}
    held = only(ask(question(medicine("Eliquis", "2028-12-01T07:00:00", agreed=True), **late)))  # type: ignore[arg-type]
    assert (held.outcome, held.override) == (Outcome.HOLD, Override.O2)
    assert ask(question(**late)).outcome is Outcome.DECIDE  # type: ignore[arg-type]


def in_force(**policy: str) -> InForce[Any]:
    record = IN_FORCE.record
    signed = record.content.policy.model_copy(update=policy)
    content = record.content.model_copy(update={"policy": signed})
    return InForce(IN_FORCE.policy, type(record)(record.path, content, record.digest))


@pytest.mark.parametrize("change", [{"digest": "0" * 64}, {"version": "2018-01"}, {"id": "another"}])
def test_a_file_that_is_not_the_signed_one_is_not_evaluated(change: dict[str, str]) -> None:
    found = ask(question(HELD), in_force(**change))
    assert [(one.outcome, one.override) for one in found.decisions] == [(Outcome.STOP, Override.O0)]


@pytest.mark.requirement("H07")
def test_one_changed_cell_of_the_file_and_nothing_is_evaluated(tmp_path: Path) -> None:
    text = IN_FORCE.policy.path.read_text(encoding="utf-8")
    path = tmp_path / "2019-03.toml"
    path.write_text(
        text.replace('check = "75 h", floor = "75 h"', 'check = "74 h", floor = "74 h"').replace("147 h", "146 h")
    )
    tampered = load_document(path, ANTITHROMBOTICS.content)
    found = ask(question(HELD), InForce(tampered, IN_FORCE.record))
    assert [one.outcome for one in found.decisions] == [Outcome.STOP]
    assert "its content has changed" in found.decisions[0].reasons[0]


def test_a_decision_that_could_not_read_what_it_was_told_records_it_all_the_same() -> None:
    found = ask(question(medicine("Eliquis", "2026-05-20T09:01:00")))
    (stopped,) = found.to_json()["decisions"]
    told = {one["name"]: one["value"] for one in stopped["inputs"]}
    assert told["medicines"][0]["last_dose"] == "2026-05-20T09:01:00"
    unread = ANTITHROMBOTICS.gate(IN_FORCE, {"zone": "UTC", "inr": [{"value": float("nan")}]}, found.asked, "arrival")
    assert unread.outcome is Outcome.STOP
    assert json.dumps(unread.to_json(), allow_nan=False)


def test_a_table_of_names_that_is_not_the_signed_one_is_not_used() -> None:
    record = IN_FORCE.record
    for rests_on in ([], [record.content.rests_on[0].model_copy(update={"digest": "0" * 64})]):
        content = record.content.model_copy(update={"rests_on": rests_on})
        changed: InForce[Any] = InForce(IN_FORCE.policy, type(record)(record.path, content, record.digest))
        assert ask(question(HELD), changed).outcome is Outcome.STOP


def test_an_error_of_the_engine_is_stop_and_names_no_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError("Josef Heron, born 1957-03-02")

    monkeypatch.setattr(judging, "list_decision", broken)
    found = ask(question(HELD))
    (stopped,) = found.decisions
    assert (found.outcome, stopped.override) == (Outcome.STOP, Override.O0)
    assert stopped.reasons == ("engine error: ZeroDivisionError; tell whoever runs Foramen",)
    assert "Heron" not in json.dumps(found.to_json())


def test_a_rule_that_gives_no_result_is_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_procedure", lambda case: iter(()))
    monkeypatch.setattr("foramen.catalogue.antithrombotics.policy.decide", lambda case, names: iter(()))
    assert ask(question(HELD)).outcome is Outcome.STOP


@pytest.mark.requirement("T1")
def test_every_decision_carries_both_digests_and_the_time_zone_version() -> None:
    for decision in ask(question(HELD, medicine("Wundermittel"))).decisions:
        stamp = decision.to_json()["stamp"]
        assert stamp["sha256"] == IN_FORCE.policy.digest
        assert stamp["record_sha256"] == IN_FORCE.record.digest
        assert [one["id"] for one in stamp["rests_on"]] == ["names"]
        assert stamp["tzdata"]
        assert decision.asked is not None
        assert decision.occasion == "needle_in"

"""The gates: elapsed hours at and around every printed limit, INR, agreement, ranges, restarts from needle-out."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from foramen.catalogue.decision import Outcome, Override
from foramen.catalogue.instants import moment_text
from tests.catalogue.questions import IN_FORCE, SITE, answer, ask, local, medicine, only, question, set_by_site

NEEDLE = datetime(2026, 5, 20, 9)
ROWS = [row for row in IN_FORCE.content.rows if row.drug and row.hold.check]
FIXED = [row for row in ROWS if not row.hold.is_range]
RANGES = [row for row in ROWS if row.hold.is_range]
RAISED = {"bleeding": {"tendency": "yes"}}


def circumstances(row: Any) -> dict[str, dict[str, Any]]:
    """Answers for which a row holds."""
    when = row.when
    changes: dict[str, dict[str, Any]] = {}
    if when.get("stratum") == ["HIGH"]:
        changes["bleeding"] = {"tendency": "yes"}
    if "thromboembolic_risk" in when:
        changes["patient"] = {"thromboembolic_risk": when["thromboembolic_risk"][0]}
    if "renal_function" in when and when["renal_function"] != ["unknown"]:
        value = 80 if when["renal_function"] == ["normal"] else 40
        unit = {"measure": "creatinine clearance", "unit": "mL/min", "on": datetime(2026, 5, 1).date()}
        changes["renal"] = {"value": value, **unit}
    return changes


def hours_before(hours: float, **more: Any) -> dict[str, Any]:
    return {"last_dose": NEEDLE - timedelta(hours=hours), **more}


def at_needle(row: Any, since: timedelta, **more: dict[str, Any]) -> Any:
    """The decision of a row at needle-in, so long after the last dose, with everything else as it should be."""
    indication = row.when.get("indication", ["unknown"])[0]
    entry = medicine(row.drug, agreed=row.coordination, indication=indication, last_dose=None)
    entry["last_dose"] = NEEDLE - since
    if row.when.get("thromboembolic_risk") == ["high"]:
        entry["coordination"] = {**entry["coordination"], "thromboembolic_risk": "high"}
    changes = circumstances(row) | more
    if row.inr_at_most is not None:
        changes["inr"] = [{"value": "1.1", "at": NEEDLE - timedelta(hours=1), "report": "L-1"}]  # type: ignore[assignment]
    return only(ask(question(entry, **changes)))


@pytest.mark.parametrize("row", FIXED, ids=lambda row: row.id)
def test_the_gate_passes_at_the_limit_and_not_one_second_below(row: Any) -> None:
    passed = Outcome.DECIDE if row.always_decide else Outcome.OK
    limit = timedelta(hours=row.hold.check)
    assert at_needle(row, limit).outcome is passed
    assert at_needle(row, limit).rule == row.id
    for short in (timedelta(minutes=1), timedelta(seconds=1)):
        held = at_needle(row, limit - short)
        assert held.outcome is Outcome.HOLD
        assert held.until is not None and held.until.utc >= held.asked.utc
        assert local(held.until) == "2026-05-20T09:01"
        assert held.override is (Override.O2 if row.coordination else Override.O1)


@pytest.mark.parametrize("row", RANGES, ids=lambda row: row.id)
def test_inside_a_printed_range_a_person_decides_and_below_it_is_held(row: Any) -> None:
    check, floor = timedelta(hours=row.hold.check), timedelta(hours=row.hold.floor)
    minute = timedelta(minutes=1)
    assert at_needle(row, check).outcome is (Outcome.DECIDE if row.always_decide else Outcome.OK)
    for since in (check - minute, floor):
        found = at_needle(row, since)
        assert (found.outcome, found.override) == (Outcome.DECIDE, Override.O1)
    held = at_needle(row, floor - minute)
    assert held.outcome is Outcome.HOLD
    assert held.until.utc == held.asked.utc + check - floor + minute
    assert local(held.moments["decide_from"]) == "2026-05-20T09:01"


@pytest.mark.parametrize("row", RANGES, ids=lambda row: row.id)
def test_the_lower_end_of_a_range_is_not_offered_to_stratum_high(row: Any) -> None:
    held = at_needle(row, timedelta(hours=row.hold.floor), **RAISED)
    assert held.outcome is Outcome.HOLD
    assert "decide_from" not in held.moments
    assert held.resolved.startswith(f"{row.hold.check} h")


@pytest.mark.requirement("T9")
def test_nothing_is_rounded_74_hours_59_minutes_are_not_75() -> None:
    found = only(ask(question(medicine("Eliquis", "2026-05-17T06:01:00", agreed=True))))
    assert found.reasons[0].startswith("Apixaban: 74 h 59 min since the last dose now; 75 h are asked for.")
    assert found.printed == "hold “3 days or 75 h”; restart “24 h”"
    assert found.source.endswith("Table 1, Eliquis (apixaban)")


def test_at_arrival_the_booked_start_counts_and_from_the_time_out_on_the_clock() -> None:
    dose = medicine("Eliquis", "2026-05-17T06:00:00", agreed=True)
    early = {"asked": "2026-05-20T08:40:00"}
    assert only(ask(question(dose, occasion="arrival", **early))).outcome is Outcome.OK  # type: ignore[arg-type]
    assert only(ask(question(dose, occasion="time_out", **early))).outcome is Outcome.HOLD  # type: ignore[arg-type]
    later_dose = medicine("Eliquis", "2026-05-17T06:30:00", agreed=True)
    for occasion in ("arrival", "time_out", "needle_in"):
        late = only(ask(question(later_dose, occasion=occasion, asked="2026-05-20T09:30:00")))
        assert late.outcome is Outcome.OK


@pytest.mark.parametrize(
    ("value", "at", "outcome"),
    [
        ("1.2", "2026-05-20T07:00:00", Outcome.OK),
        ("1.21", "2026-05-20T07:00:00", Outcome.STOP),
        ("1.1", "2026-05-20T00:00:00", Outcome.OK),
        ("1.1", "2026-05-19T23:59:59", Outcome.STOP),
        ("11.0", "2026-05-20T07:00:00", Outcome.STOP),
    ],
)
def test_the_inr_is_of_the_local_date_and_at_most_1_2(value: str, at: str, outcome: Outcome) -> None:
    inr: Any = [{"value": value, "at": datetime.fromisoformat(at), "report": "L-1"}]
    found = only(ask(question(medicine("warfarin", "2026-05-14", agreed=True), inr=inr)))
    assert found.outcome is outcome
    assert found.override is (Override.O2 if outcome is Outcome.STOP else None)


def test_of_several_inrs_of_the_day_the_last_counts() -> None:
    inr: Any = [{"value": "1.1", "at": datetime(2026, 5, 20, 7)}, {"value": "1.4", "at": datetime(2026, 5, 20, 8)}]
    assert only(ask(question(medicine("warfarin", "2026-05-14", agreed=True), inr=inr))).outcome is Outcome.STOP


def test_an_inr_does_not_shorten_the_five_days() -> None:
    inr: Any = [{"value": "1.0", "at": datetime(2026, 5, 20, 7), "report": "L-1"}]
    found = only(ask(question(medicine("warfarin", "2026-05-16T09:00:00", agreed=True), inr=inr)))
    assert found.outcome is Outcome.HOLD


@pytest.mark.parametrize(
    ("occasion", "outcome", "override"),
    [("arrival", "DECIDE", "O1"), ("time_out", "STOP", "O2"), ("needle_in", "STOP", "O2")],
)
def test_without_the_prescribers_answer_a_person_decides_and_from_the_time_out_on_it_stops(
    occasion: str, outcome: str, override: str
) -> None:
    found = only(ask(question(medicine("Brilinta", "2026-05-14"), occasion=occasion)))
    assert (found.outcome.name, found.override.name) == (outcome, override)  # type: ignore[union-attr]


def test_a_prescriber_who_says_no_is_a_decision_for_people_and_no_instruction() -> None:
    refusal = {"coordination": {**medicine("x", agreed=True)["coordination"], "answer": "may not stop"}}
    dose = medicine("Brilinta", "2026-05-14", **refusal)
    assert only(ask(question(dose, occasion="arrival"))).outcome is Outcome.DECIDE
    for gate in ("time_out", "needle_in"):
        stopped = only(ask(question(dose, occasion=gate)))
        assert (stopped.outcome, stopped.override) == (Outcome.STOP, Override.O2)
    planned = ask(question(medicine("Brilinta", **refusal), occasion="plan", start="2026-06-10T09:00:00"))
    assert only(planned).advice == (
        "Do not stop ticagrelor (your box says Brilinta) on your own. Your doctors decide about it, and we call you.",
    )


def test_going_on_with_aspirin_is_a_decision_never_an_ok() -> None:
    entry = medicine("aspirin", "2026-05-20T07:00:00", indication="primary", to_continue=True)
    found = only(ask(question(entry)))
    assert (found.outcome, found.override) == (Outcome.DECIDE, Override.O1)
    ibuprofen = medicine("ibuprofen", "2026-05-20T07:00:00", to_continue=True)
    assert only(ask(question(ibuprofen, **RAISED))).outcome is Outcome.HOLD


def test_over_held_is_said_beyond_72_hours_more_and_only_of_coordinated_agents() -> None:
    edge = NEEDLE - timedelta(hours=75 + 72)
    for dose, said in ((edge, False), (edge - timedelta(minutes=1), True)):
        alerts = only(ask(question(medicine("Eliquis", dose.isoformat(), agreed=True)))).alerts
        assert any(alert.startswith("Over-held: off apixaban") for alert in alerts) is said
    assert any("Over-held" in alert for alert in discharged(medicine("Eliquis", "2026-05-12T09:00:00")).alerts)
    weeks = medicine("aspirin", "2026-04-01", indication="primary")
    assert not any("Over-held" in alert for alert in only(ask(question(weeks))).alerts)


def test_a_day_alone_counts_late_for_the_hold_and_early_for_over_holding() -> None:
    found = only(ask(question(medicine("Eliquis", "2026-05-14", agreed=True))))
    assert found.outcome is Outcome.OK
    assert local(found.moments["over_held_from"]) == "2026-05-20T03:00"
    assert any("Over-held" in alert for alert in found.alerts)


@pytest.mark.requirement("T6")
def test_a_dose_in_the_fold_of_autumn_that_nobody_can_place_counts_as_the_later_one() -> None:
    dose = {"at": datetime(2026, 11, 1, 1, 30), "clock": "unknown"}
    found = only(ask(question(
        medicine("Lovenox", dose, agreed=True), zone="America/Chicago", start="2026-11-02T01:00:00",
        asked="2026-11-02T01:00:00",
    )))  # fmt: skip
    assert found.outcome is Outcome.HOLD
    assert local(found.until) == "2026-11-02T01:30"


def test_a_patient_in_another_zone_is_told_both_and_asked_which() -> None:
    zone = {"patient": {"zone": "America/New_York"}}
    inputs = {"zone": "America/Chicago", "start": "2026-05-20T09:00:00", "asked": "2026-05-20T09:00:00"}
    unclear = ask(question(medicine("Eliquis", "2026-05-17T06:30:00", agreed=True), **inputs, **zone))  # type: ignore[arg-type]
    assert unclear.outcome is Outcome.STOP
    assert "say in which one this is" in unclear.decisions[0].reasons[0]
    dose = {"at": datetime(2026, 5, 17, 6, 30), "zone": "America/New_York"}
    found = only(ask(question(medicine("Eliquis", dose, agreed=True), **inputs, **zone)))  # type: ignore[arg-type]
    assert found.outcome is Outcome.OK
    day = only(ask(question(medicine("Eliquis", "2026-05-17", agreed=True), **inputs, **zone)))  # type: ignore[arg-type]
    assert local(day.until) == "2026-05-21T03:00"


# --- restarts -------------------------------------------------------------------------------------------------------


def discharged(entry: dict[str, Any], out: str | None = "2026-05-20T09:30:00", **more: Any) -> Any:
    procedure = {"needle_out": datetime.fromisoformat(out)} if out else {}
    changes = more.pop("changes", {})
    asked = more.pop("asked", "2026-05-20T11:00:00")
    return only(ask(question(entry, occasion="discharge", asked=asked, procedure=procedure, **changes), **more))


@pytest.mark.requirement("T4")
def test_without_needle_out_no_restart_is_told() -> None:
    found = discharged(medicine("Eliquis", "2026-05-16", agreed=True), out=None)
    assert (found.outcome, found.override) == (Outcome.STOP, Override.O0)
    assert "earliest_restart" not in found.moments
    assert found.advice == ("Do not start apixaban (your box says Eliquis) again until we tell you when.",)


@pytest.mark.parametrize(
    ("name", "more", "earliest", "usual"),
    [
        ("apixaban", {}, "2026-05-21T09:30", "2026-05-21T09:30"),
        ("Lovenox", {}, "2026-05-20T21:30", "2026-05-21T09:30"),
        ("Plavix", {"dose": "75 mg", "loading_dose": "no"}, "2026-05-20T21:30", "2026-05-21T09:30"),
        ("Plavix", {"dose": "75mg", "loading_dose": "unknown"}, "2026-05-21T09:30", "2026-05-21T09:30"),
        ("Plavix", {"dose": "300 mg", "loading_dose": "no"}, "2026-05-21T09:30", "2026-05-21T09:30"),
        ("Plavix", {"loading_dose": "no"}, "2026-05-21T09:30", "2026-05-21T09:30"),
        ("warfarin", {}, "2026-05-20T15:30", "2026-05-21T00:00"),
    ],
)
def test_restarts_are_counted_from_needle_out(name: str, more: dict[str, str], earliest: str, usual: str) -> None:
    found = discharged(medicine(name, "2026-05-01", agreed=True, **more))
    assert found.outcome is Outcome.OK
    assert (local(found.moments["earliest_restart"]), local(found.moments["usual_restart"])) == (earliest, usual)
    assert moment_text(found.moments["earliest_restart"]) in found.advice[0]
    assert any("has not been started again" in todo.what for todo in found.todos)


def test_warfarin_after_a_late_case_waits_at_least_six_hours() -> None:
    found = discharged(
        medicine("warfarin", "2026-05-01", agreed=True), out="2026-05-20T22:00:00", asked="2026-05-20T23:00:00"
    )
    assert local(found.moments["earliest_restart"]) == local(found.moments["usual_restart"]) == "2026-05-21T04:00"


def test_the_earlier_restart_of_a_range_is_not_offered_to_stratum_high() -> None:
    found = discharged(medicine("Lovenox", "2026-05-01", agreed=True), changes=RAISED)
    assert local(found.moments["earliest_restart"]) == "2026-05-21T09:30"


def test_what_was_not_stopped_is_not_started_again() -> None:
    for entry in (medicine("Celebrex"), medicine("ibuprofen")):
        found = discharged(entry)
        assert (found.outcome, found.moments) == (Outcome.NA, {})
    continued = discharged(medicine("aspirin", indication="primary", to_continue=True))
    assert (continued.outcome, continued.moments) == (Outcome.NA, {})


def test_a_drug_of_no_row_is_started_again_by_decision() -> None:
    assert discharged(medicine("fish oil")).outcome is Outcome.DECIDE
    assert discharged(medicine("edoxaban")).outcome is Outcome.STOP


# --- drugs of no row, combinations, one drug twice ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rule", "outcome", "override"),
    [
        ("edoxaban", "AC-00-anticoagulant", "STOP", "O2"), ("Persantine", "AC-00-antiplatelet", "STOP", "O2"),
        ("alteplase", "AC-00-thrombolytic", "STOP", "O2"), ("Feldene", "AC-00-nsaid", "DECIDE", "O1"),
        ("garlic", "AC-00-supplement", "DECIDE", "O1"), ("Zoloft", "AC-00-serotonergic", "DECIDE", "O1"),
        ("Wundermittel", "AC-00-unrecognised", "STOP", "O2"),
    ],
)  # fmt: skip
def test_drugs_of_no_row_are_answered_by_their_class(name: str, rule: str, outcome: str, override: str) -> None:
    found = only(ask(question(medicine(name, "2026-01-01", agreed=True))))
    assert (found.rule, found.outcome.name, found.override.name) == (rule, outcome, override)  # type: ignore[union-attr]
    assert (found.printed, found.moments) == ("not in this service's policy", {})


@pytest.mark.parametrize(
    ("name", "figure"),
    [("oxaprozin", "10 days"), ("piroxicam", "10 days"), ("dipyridamole", "2 days"),
     ("Sintrom", "3 days and a normal INR"), ("heparin", "6 h intravenous")],
)  # fmt: skip
def test_figures_of_others_are_shown_beside_and_decide_nothing(name: str, figure: str) -> None:
    found = only(ask(question(medicine(name, "2026-01-01", agreed=True))))
    assert any("not in this service's policy" in line and figure in line for line in found.information)


def test_ticlopidine_is_shown_with_the_figures_of_others() -> None:
    found = only(ask(question(medicine("Ticlid", "2026-05-14", agreed=True))))
    assert found.outcome is Outcome.DECIDE
    assert any(
        "Policy of this service: 5 days. Other published sources: 10-14 days. Decision required" in line
        for line in found.information
    )


def test_each_component_of_a_combination_is_judged_and_the_product_too() -> None:
    found = ask(question(medicine("CoPlavix", "2026-05-15T09:00:00", agreed=True, indication="primary")))
    assert answer(found, "AC-01a").outcome is Outcome.HOLD
    assert answer(found, "AC-15a").outcome is Outcome.HOLD
    excedrin = ask(question(medicine("Excedrin", "2026-05-01", indication="primary")))
    assert answer(excedrin, "AC-01a").outcome is Outcome.OK
    assert answer(excedrin, "AC-00-combination").outcome is Outcome.DECIDE


def test_one_drug_under_two_names_is_one_and_the_later_dose_counts() -> None:
    found = only(ask(question(
        medicine("Plavix", "2026-05-12T09:00:00", agreed=True),
        medicine("clopidogrel", "2026-05-14T09:00:00", agreed=True),
    )))  # fmt: skip
    assert local(found.until) == "2026-05-21T09:00"
    assert found.subject == "clopidogrel (told as Plavix)"
    assert any("one drug, listed 2 times" in alert for alert in found.alerts)
    unknown = only(
        ask(question(medicine("Plavix", "2026-05-01", agreed=True), medicine("Grepid", "unknown", agreed=True)))
    )
    assert unknown.reasons[0].startswith("The last dose is not known")


def test_entries_that_say_different_things_give_the_strictest_answer() -> None:
    found = only(ask(question(
        medicine("aspirin", "2026-05-18T09:00:00", indication="primary"), medicine("ASA", "2026-05-18T09:00:00"),
        occasion="arrival",
    )))  # fmt: skip
    assert (found.rule, found.outcome) == ("AC-01c", Outcome.HOLD)
    assert found.printed.startswith("AC-01a: hold “6 days”; restart “24 h” / AC-01c: hold no number")
    assert {one.outcome for one in found.findings} == {Outcome.HOLD, Outcome.DECIDE}
    assert any("every row has to allow it" in alert for alert in found.alerts)


# --- the stratum ----------------------------------------------------------------------------------------------------


def ibuprofen(**changes: Any) -> Any:
    in_force = changes.pop("in_force", None)
    return answer_on_ibuprofen(ask(question(medicine("ibuprofen", "2026-05-19T08:00:00"), **changes), in_force))


def answer_on_ibuprofen(found: Any) -> tuple[str, str]:
    decision = next(one for one in found.decisions if one.rule.startswith("AC-02"))
    return decision.rule, decision.outcome.name


LOW, HIGH, ASSUMED = ("AC-02-low", "OK"), ("AC-02", "OK"), ("AC-02", "DECIDE")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, LOW),
        ({"bleeding": {"tendency": "yes"}}, HIGH),
        ({"bleeding": {"liver_cirrhosis": "yes"}}, HIGH),
        ({"bleeding": {"advanced_liver_disease": "yes"}}, HIGH),
        ({"bleeding": {"advanced_renal_disease": "yes"}}, HIGH),
        ({"bleeding": {"raised": "bleeds after every tooth"}}, HIGH),
        ({"bleeding": {"tendency": "unknown"}}, ASSUMED),
        ({"bleeding": {"advanced_renal_disease": None}}, ASSUMED),
        ({"bleeding": {"tendency": "unknown", "liver_cirrhosis": "yes"}}, HIGH),
        ({"procedure": {"level": "C6/C7"}}, HIGH),
        ({"procedure": {"level": "C7/T1", "route": "transforaminal"}}, HIGH),
        ({"procedure": {"level": "C6/C7", "steroid": "no"}}, ASSUMED),
        ({"procedure": {"level": "C5", "route": "medial branch"}}, ASSUMED),
        ({"procedure": {"level": "T8"}}, ASSUMED),
        ({"procedure": {"level": "thoracic", "route": "facet"}}, ASSUMED),
        ({"procedure": {"level": "L5/S1", "route": "facet"}}, LOW),
        ({"procedure": {"level": "sacral", "route": "caudal"}}, LOW),
        ({"patient": {"born": datetime(1956, 5, 20).date()}}, HIGH),
        ({"patient": {"born": datetime(1956, 5, 21).date()}}, LOW),
    ],
)
def test_the_stratum_by_each_factor(change: dict[str, Any], expected: tuple[str, str]) -> None:
    assert ibuprofen(**change) == expected


def test_old_age_that_the_site_has_not_set_is_for_a_person_from_65() -> None:
    unset = set_by_site({key: value for key, value in SITE.items() if key != "old_age_years"})
    assert ibuprofen(patient={"born": datetime(1961, 5, 21).date()}, in_force=unset) == LOW
    assert ibuprofen(patient={"born": datetime(1961, 5, 20).date()}, in_force=unset) == ASSUMED


def test_somebody_born_on_29_february_has_the_birthday_on_1_march_in_common_years() -> None:
    born = {"born": datetime(1956, 2, 29).date()}
    day = {"start": "2026-02-28T09:00:00", "asked": "2026-02-28T09:00:00"}
    dose = medicine("ibuprofen", "2026-02-26T09:00:00")
    assert answer_on_ibuprofen(ask(question(dose, patient=born, **day))) == LOW  # type: ignore[arg-type]
    day = {"start": "2026-03-01T09:00:00", "asked": "2026-03-01T09:00:00"}
    assert answer_on_ibuprofen(ask(question(dose, patient=born, **day))) == HIGH  # type: ignore[arg-type]


def test_nobody_is_for_a_person_to_decide_by_age_alone() -> None:
    unset = set_by_site({"medlist_max_age_days": 30})
    old = {"born": datetime(1940, 1, 1).date()}
    found = only(ask(question(medicine("Eliquis", "2026-05-16", agreed=True), patient=old), unset))
    assert found.outcome is Outcome.OK


@pytest.mark.parametrize("other", ["aspirin", "Eliquis", "cilostazol", "edoxaban", "dipyridamole"])
def test_another_blood_thinner_raises_the_stratum(other: str) -> None:
    found = ask(question(medicine("ibuprofen", "2026-05-19T08:00:00"), medicine(other, "2026-05-01")))
    assert answer_on_ibuprofen(found) == HIGH


@pytest.mark.parametrize("other", ["Aleve", "Celebrex", "Feldene"])
def test_two_nsaids_are_for_a_person_to_decide(other: str) -> None:
    found = ask(question(medicine("ibuprofen", "2026-05-19T08:00:00"), medicine(other, "2026-05-01")))
    assert answer_on_ibuprofen(found) == ASSUMED


def test_a_second_drug_does_not_settle_what_is_unknown_about_the_patient() -> None:
    entries = [medicine("ibuprofen", "2026-05-19T08:00:00")]
    unknown = {"tendency": "unknown"}
    assert answer_on_ibuprofen(ask(question(*entries, bleeding=unknown))) == ASSUMED
    entries.append(medicine("aspirin", "2026-05-01", indication="primary"))
    assert answer_on_ibuprofen(ask(question(*entries, bleeding=unknown))) == ASSUMED


@pytest.mark.parametrize(
    ("renal", "site", "expected"),
    [
        ((50, 89), {}, "AC-12a"), ((49, 89), {}, "AC-12b"), ((80, 90), {}, "AC-12a"), ((80, 91), {}, "AC-12c"),
        ((80, 0), {"lab_max_age_days": None}, "AC-12a"), ((80, 1), {"lab_max_age_days": None}, "AC-12c"),
        ((80, 1), {"dabigatran_impaired_crcl": None}, "AC-12c"), (None, {}, "AC-12c"),
    ],
)  # fmt: skip
def test_renal_function_for_dabigatran(renal: tuple[int, int] | None, site: dict[str, Any], expected: str) -> None:
    values = {key: value for key, value in (SITE | site).items() if value is not None}
    changes: dict[str, Any] = {}
    if renal is not None:
        day = NEEDLE.date() - timedelta(days=renal[1])
        changes["renal"] = {"measure": "creatinine clearance", "value": renal[0], "unit": "mL/min", "on": day}
    found = only(ask(question(medicine("Pradaxa", "2026-05-01", agreed=True), **changes), set_by_site(values)))
    assert found.rule == expected


def test_a_measured_value_can_make_renal_disease_advanced_and_never_undo_a_yes() -> None:
    site = set_by_site(SITE | {"advanced_renal_crcl": 30})
    for value, told, expected in ((29, "no", HIGH), (30, "yes", HIGH), (30, "unknown", LOW), (29, "unknown", HIGH)):
        renal = {"measure": "creatinine clearance", "value": value, "unit": "mL/min", "on": NEEDLE.date()}
        assert ibuprofen(renal=renal, bleeding={"advanced_renal_disease": told}, in_force=site) == expected

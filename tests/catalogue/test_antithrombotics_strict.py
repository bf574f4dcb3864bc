"""Answers that contradict each other, are of another visit, another person or another zone: the stricter one holds."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs
from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.decision import WORST_FIRST, Moment, Outcome, Override
from foramen.catalogue.instants import moment_of
from foramen.catalogue.site_record import InForce
from tests.catalogue.questions import IN_FORCE, SITE, agreed, answer, ask, local, medicine, only, question, set_by_site

PLAN = {"asked": "2026-05-02T11:00:00", "occasion": "plan"}
OUT: dict[str, Any] = {
    "asked": "2026-05-20T11:00:00", "occasion": "discharge", "procedure": {"needle_out": datetime(2026, 5, 20, 9, 30)},
}  # fmt: skip
DECIDED = {"name": "Dr Vance", "role": "radiologist", "at": datetime(2026, 5, 1), "words": "stop it"}
REFUSED = agreed(answer="may not stop")
WARFARIN = medicine("warfarin", "2026-05-10", agreed=True)


def inr(*values: tuple[str, int], report: str = "L-1") -> Any:
    return [{"value": value, "at": datetime(2026, 5, 20, 7, minute), "report": report} for value, minute in values]


def stop_words(advice: tuple[str, ...]) -> list[str]:
    return [one for one in advice if "Take the last" in one or "Take none" in one or "take the last" in one]


# --- one drug in several entries, several drugs in one tablet -------------------------------------------------------


def test_one_drug_for_two_uses_is_told_to_stop_only_if_every_row_allows_it() -> None:
    primary = medicine("aspirin", indication="primary")
    secondary = medicine("Aspirin Cardio", indication="secondary", agreed=True)
    for entries in permutations((primary, secondary)):
        found = only(ask(question(*entries, **PLAN)))
        assert stop_words(found.advice) == []
        assert "AC-01a: hold “6 days”" in found.printed
        assert "AC-01b: hold “4 days (determined individually)”" in found.printed
        assert "144 h" in found.resolved and "96 h" in found.resolved
        assert found.rule == "AC-01b"
    decided = [{**one, "decided": DECIDED} for one in (primary, secondary)]
    agreed_all = [{**one, "coordination": agreed()} for one in decided]
    told = only(ask(question(*agreed_all, **PLAN)))
    assert told.advice[0].endswith("on Wed 13 May 2026, at any hour.")
    assert local(told.moments["latest_last_dose"]) == "2026-05-14T09:00"


def test_the_order_of_the_list_changes_nothing() -> None:
    entries = [
        medicine("aspirin", "2026-05-15T09:00:00", indication="primary"), medicine("ASA", "2026-05-15T09:00:00"),
        medicine("DuoPlavin", "2026-05-10T09:00:00", indication="secondary", agreed=True),
    ]  # fmt: skip
    seen = set()
    for ordered in permutations(entries):
        found = ask(question(*ordered, occasion="arrival"))
        seen.add(tuple(sorted((one.rule, one.outcome.name, one.printed, str(one.until)) for one in found.decisions)))
    assert len(seen) == 1


def test_a_combination_tablet_has_one_advice_the_earliest_last_dose_and_the_latest_restart() -> None:
    entry = medicine("DuoPlavin", indication="primary", agreed=True)
    aspirin, clopidogrel = ask(question(entry, **PLAN)).decisions[1:]
    assert aspirin.advice == clopidogrel.advice
    assert aspirin.advice[0] == (
        "Take the last aspirin and clopidogrel (your box says DuoPlavin) on Tue 12 May 2026, at any hour."
    )
    assert local(aspirin.moments["instructed_last_dose"]) == "2026-05-12T23:59"
    dose = medicine("DuoPlavin", "2026-05-01", indication="primary", dose="75 mg", loading_dose="no", agreed=True)
    for one in ask(question(dose, **OUT)).decisions[1:]:
        assert local(one.moments["earliest_restart"]) == "2026-05-21T09:30"
    alone = only(ask(question({**dose, "name": "Plavix"}, **OUT)))
    assert local(alone.moments["earliest_restart"]) == "2026-05-20T21:30"


# --- the prescriber -------------------------------------------------------------------------------------------------


def rank(outcome: Outcome) -> int:
    return WORST_FIRST.index(outcome)


@pytest.mark.parametrize("occasion", ["arrival", "time_out", "needle_in"])
@pytest.mark.parametrize("name", ["Brilinta", "aspirin"])
def test_a_refusal_is_at_least_as_strong_as_no_answer(name: str, occasion: str) -> None:
    silent = medicine(name, "2026-05-10", indication="secondary")
    refusing = {**silent, "coordination": REFUSED}
    none, refused = (only(ask(question(one, occasion=occasion))) for one in (silent, refusing))
    assert rank(refused.outcome) <= rank(none.outcome)
    both = only(ask(question(silent, refusing, occasion=occasion)))
    said = " ".join(both.reasons)
    assert "may not be stopped" in said and "Nobody has recorded" in said
    if occasion != "arrival":
        assert (refused.outcome, refused.override) == (Outcome.STOP, Override.O2)


@pytest.mark.parametrize(
    "change",
    [{"role": "referring physician"}, {"role": "primary physician"}, {"start": datetime(2026, 5, 27, 9)},
     {"start": None}],
)  # fmt: skip
def test_only_the_prescriber_and_only_for_this_booked_start_agrees(change: dict[str, Any]) -> None:
    entry = medicine("Eliquis", "2026-05-15", coordination=agreed() | change)
    assert only(ask(question(entry))).outcome is Outcome.STOP
    assert only(ask(question(medicine("Eliquis", "2026-05-15", agreed=True)))).outcome is Outcome.OK


def test_a_decision_for_another_start_lets_no_instruction_leave() -> None:
    entry = medicine("aspirin", indication="secondary", agreed=True)
    for start, told in ((datetime(2026, 5, 20, 9), True), (datetime(2026, 5, 13, 9), False)):
        found = only(ask(question({**entry, "decided": {**DECIDED, "start": start}}, **PLAN)))
        assert bool(stop_words(found.advice)) is told


@pytest.mark.parametrize("role", ["nurse", "trainee", "technologist", "lead", "Radiologist"])
def test_only_the_performing_radiologist_decides(role: str) -> None:
    with pytest.raises(ValidationError, match=r"decided\.role"):
        AntithromboticInputs.model_validate(question(medicine("aspirin", decided={**DECIDED, "role": role})))


def test_a_high_risk_of_a_clot_counts_only_in_the_prescribers_record() -> None:
    high: Any = {"patient": {"thromboembolic_risk": "high"}}
    dose = "2026-05-15T08:00:00"
    told = only(ask(question(medicine("Plavix", dose, agreed=True), **high)))
    assert (told.rule, told.outcome) == ("AC-15a-unknown", Outcome.HOLD)
    stated = medicine("Plavix", dose, coordination={**agreed(), "thromboembolic_risk": "high"})
    assert only(ask(question(stated, **high))).rule == "AC-15b"
    assert only(ask(question(stated))).rule == "AC-15a-unknown"
    elsewhere = {**stated, "coordination": {**stated["coordination"], "role": "referring physician"}}
    assert only(ask(question(elsewhere, **high))).rule == "AC-15a-unknown"


# --- another visit, another day, another zone -----------------------------------------------------------------------


def refused(data: dict[str, Any]) -> str:
    found = ask(data)
    assert [(one.outcome, one.override) for one in found.decisions] == [(Outcome.STOP, Override.O0)]
    return " ".join(found.decisions[0].reasons)


@pytest.mark.parametrize(
    ("needle", "out"),
    [({"needle_out": datetime(2026, 5, 6, 16)}, "procedure.needle_out"),
     ({"needle_out": datetime(2026, 5, 19, 23, 59)}, "procedure.needle_out"),
     ({"needle_in": datetime(2026, 5, 19, 9), "needle_out": datetime(2026, 5, 20, 9)}, "procedure.needle_in"),
     ({"needle_in": datetime(2026, 5, 20, 9, 31)}, "needle-out is before needle-in")],
)  # fmt: skip
def test_a_needle_of_another_visit_is_refused(needle: dict[str, Any], out: str) -> None:
    data = question(medicine("Eliquis", "2026-05-02", agreed=True), **(OUT | {"procedure": OUT["procedure"] | needle}))
    assert out in refused(data)


def test_a_needle_in_the_night_after_is_of_this_visit() -> None:
    night = {"asked": "2026-05-21T02:00:00", "procedure": {"needle_out": datetime(2026, 5, 21, 1)}}
    found = only(ask(question(medicine("Eliquis", "2026-05-02", agreed=True), **(OUT | night))))
    assert local(found.moments["earliest_restart"]) == "2026-05-22T01:00"


@pytest.mark.parametrize("occasion", ["arrival", "time_out", "needle_in"])
@pytest.mark.parametrize("asked", ["2026-05-19T09:00:00", "2026-05-21T00:00:00", "2026-06-20T09:00:00"])
def test_a_gate_on_another_day_stops(occasion: str, asked: str) -> None:
    found = answer(ask(question(medicine("Celebrex"), occasion=occasion, asked=asked)), "AC-PROCEDURE")
    assert (found.outcome, found.override) == (Outcome.STOP, Override.O0)
    assert "is booked for Wed 20 May 2026" in found.reasons[0]


def test_the_zone_of_the_instant_does_not_move_the_day() -> None:
    data = question(
        WARFARIN, zone="Asia/Kolkata", start="2026-05-20T02:00:00", asked="2026-05-20T02:00:00",
        inr=[{"value": "1.1", "at": datetime(2026, 5, 19, 10), "report": "L-1"}],  # type: ignore[arg-type]
    )  # fmt: skip
    now = moment_of(datetime(2026, 5, 20, 2), "Asia/Kolkata", where="now")
    here, there = (ANTITHROMBOTICS.gate(IN_FORCE, data, one, "needle_in") for one in (now, Moment(now.utc, "UTC")))
    assert here.to_json() == there.to_json()
    assert here.outcome is Outcome.STOP


@pytest.mark.parametrize(
    ("site", "patient", "ends"),
    [("Europe/Zurich", "America/Los_Angeles", "2026-05-16T23:59"), ("Europe/Zurich", "Asia/Tokyo", "2026-05-16T16:59")],
)
def test_a_patient_elsewhere_is_told_the_day_that_ends_first_in_both_zones(site: str, patient: str, ends: str) -> None:
    entry = medicine("Eliquis", agreed=True)
    found = only(ask(question(entry, **PLAN, zone=site, patient={"zone": patient})))  # type: ignore[arg-type]
    assert local(found.moments["instructed_last_dose"]) == ends
    assert f"({site}), which is " in found.advice[0] and f"({patient}) for you" in found.advice[0]
    assert "at any hour" not in found.advice[0]
    assert not any("from " in one for one in found.advice[:2])


# --- INR, renal function, dates -------------------------------------------------------------------------------------


def test_of_two_inrs_of_one_instant_the_worse_counts_in_any_order() -> None:
    for values in permutations((("2.5", 0), ("1.1", 0))):
        found = only(ask(question(WARFARIN, inr=inr(*values))))
        assert (found.outcome, found.override) == (Outcome.STOP, Override.O2)


def test_inrs_of_one_day_on_both_sides_of_the_limit_are_for_a_person() -> None:
    found = only(ask(question(WARFARIN, inr=inr(("2.5", 0), ("1.1", 5)))))
    assert found.outcome is Outcome.DECIDE
    assert any("both sides of the limit" in one for one in found.alerts)
    assert only(ask(question(WARFARIN, inr=inr(("1.2", 0), ("1.1", 5))))).outcome is Outcome.OK


def test_an_inr_at_a_gate_has_the_number_of_its_report() -> None:
    bare = [{"value": "1.1", "at": datetime(2026, 5, 20, 7)}]
    found = only(ask(question(WARFARIN, inr=bare)))  # type: ignore[arg-type]
    assert (found.outcome, found.override) == (Outcome.STOP, Override.O2)


@pytest.mark.parametrize(("told", "rule"), [("no", "AC-12a"), ("yes", "AC-12c"), ("unknown", "AC-12c")])
def test_a_normal_value_beside_advanced_renal_disease_is_not_known(told: str, rule: str) -> None:
    renal = {"measure": "creatinine clearance", "value": 88, "unit": "mL/min", "on": date(2026, 5, 1)}
    entry = medicine("Pradaxa", "2026-05-01", agreed=True)
    found = only(ask(question(entry, renal=renal, bleeding={"advanced_renal_disease": told})))
    assert (found.rule, found.outcome is Outcome.DECIDE) == (rule, rule == "AC-12c")


@pytest.mark.parametrize(
    ("days", "site", "outcome"), [(60, {}, "OK"), (61, {}, "DECIDE"), (61, {"last_dose_max_age_days": 90}, "OK")]
)
def test_a_last_dose_long_ago_is_asked_back(days: int, site: dict[str, int], outcome: str) -> None:
    dose = (datetime(2026, 5, 20, 8) - timedelta(days=days)).isoformat()
    found = only(ask(question(medicine("Eliquis", dose, agreed=True)), set_by_site(SITE | site)))
    assert found.outcome.name == outcome
    assert any("is this date right?" in one for one in found.reasons) is (outcome == "DECIDE")


# --- what is not known is never easier ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["aspirin", "Aggrenox"])
def test_an_unknown_indication_waits_as_long_as_a_known_one(name: str) -> None:
    for hours, outcome in ((143, Outcome.HOLD), (144, Outcome.DECIDE)):
        dose = (datetime(2026, 5, 20, 9) - timedelta(hours=hours)).isoformat()
        found = only(ask(question(medicine(name, dose, agreed=True))))
        assert found.outcome is outcome
    assert stop_words(only(ask(question(medicine(name, agreed=True), **PLAN))).advice) == []


def test_an_unknown_last_dose_beside_a_later_known_one_counts_from_the_later() -> None:
    today = medicine("Eliquis", "2026-05-20", agreed=True)
    found = only(ask(question(today, medicine("apixaban", "unknown", agreed=True))))
    assert local(found.until) == "2026-05-24T03:00"


def test_raising_the_stratum_settles_nothing_and_a_blank_reason_is_none() -> None:
    dose = medicine("ibuprofen", "2026-05-01T08:00:00")
    raised = only(ask(question(dose, bleeding={"liver_cirrhosis": "unknown", "raised": "bruises"})))
    assert (raised.rule, raised.outcome) == ("AC-02", Outcome.DECIDE)
    with pytest.raises(ValidationError, match=r"bleeding.raised"):
        AntithromboticInputs.model_validate(question(dose, bleeding={"raised": " "}))


@pytest.mark.parametrize("missing", ["source", "recorded"])
def test_at_a_gate_somebody_has_answered_the_questions_about_bleeding(missing: str) -> None:
    dose = medicine("ibuprofen", "2026-05-01T08:00:00")
    found = only(ask(question(dose, bleeding={missing: None})))
    assert (found.outcome, found.override) == (Outcome.STOP, Override.O2)
    eliquis = medicine("Eliquis", "2026-05-15", agreed=True)
    assert only(ask(question(eliquis, bleeding={missing: None}))).outcome is Outcome.OK


# --- what is never stopped ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sertraline", "fish oil", "piroxicam"])
def test_of_what_the_policy_never_stops_it_is_asked_whether_it_was(name: str) -> None:
    kept = only(ask(question(medicine(name, stopped=False), **OUT)))
    assert (kept.outcome, kept.advice) == (Outcome.NA, (f"Go on taking {name} as before.",))
    unknown = only(ask(question(medicine(name), **OUT)))
    assert unknown.outcome is Outcome.DECIDE
    assert unknown.advice[0].startswith(f"Tell us whether you have stopped {name}.")
    stopped = only(ask(question(medicine(name, stopped=True), **OUT)))
    assert (stopped.outcome, stopped.moments) == (Outcome.DECIDE, {})


def test_aspirin_that_the_prescriber_did_not_let_stop_is_gone_on_with() -> None:
    entry = medicine("aspirin", "2026-05-20T07:00:00", indication="secondary", coordination=REFUSED)
    found = only(ask(question(entry, **OUT)))
    assert (found.outcome, found.moments) == (Outcome.NA, {})
    assert found.advice == ("Go on taking aspirin as before.",)


def test_going_on_where_the_policy_does_not_foresee_it_is_a_decision_without_a_word_about_stopping() -> None:
    found = only(ask(question(medicine("Eliquis", to_continue=True, agreed=True), **PLAN)))
    assert Outcome.DECIDE in {one.outcome for one in found.findings}
    assert stop_words(found.advice) == []
    both = medicine("aspirin", "2026-05-19T08:00:00", indication="primary", stopped=True, to_continue=True)
    assert "medicines[1].to_continue" in refused(question(both))


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Caprin", "Norgesic", "norgesic forte", "Actron", "Anacin", "Bufferin"])
def test_a_name_that_means_different_drugs_stops_and_asks_for_the_generic(name: str) -> None:
    found = only(ask(question(medicine(name))))
    assert (found.rule, found.outcome) == ("AC-00-unrecognised", Outcome.STOP)
    assert "This name may mean" in found.reasons[0] and "Enter the generic name" in found.reasons[0]


@pytest.mark.parametrize(
    "name", ["aspirin free", "no aspirin", "stopped warfarin", "without ibuprofen", "5-ASA", "mesalazine"]
)
def test_after_a_no_nothing_is_suggested(name: str) -> None:
    found = only(ask(question(medicine(name))))
    assert found.outcome is Outcome.STOP
    assert "Did you mean" not in found.reasons[0]


@pytest.mark.parametrize("name", ["paracetamol", "Acetaminophen", "Tylenol", "Dafalgan"])
@pytest.mark.parametrize("more", [{}, PLAN, OUT])
def test_a_painkiller_that_is_none_of_the_policys_is_information(name: str, more: dict[str, Any]) -> None:
    found = only(ask(question(medicine(name), **more)))
    assert (found.rule, found.outcome, found.override) == ("AC-00-simple-analgesic", Outcome.NA, None)
    assert "not an antithrombotic and not an NSAID" in found.reasons[0]
    assert found.advice == found.todos == ()
    assert answer(ask(question(medicine("Combogesic"))), "AC-02-low")


# --- what is shown and recorded -------------------------------------------------------------------------------------


def test_every_decision_holds_the_whole_list_and_the_answers_about_bleeding() -> None:
    found = ask(question(medicine("Advil", "2026-05-01"), medicine("Plavix", "2026-05-01", agreed=True)))
    for decision in found.decisions:
        inputs = {one.name: one for one in decision.inputs}
        assert (inputs["medicines[1].name"].value, inputs["medicines[2].name"].value) == ("Advil", "Plavix")
        assert (inputs["bleeding.tendency"].source, inputs["bleeding.tendency"].recorded) == (
            "patient", "2026-05-20T09:00:00",
        )  # fmt: skip


def test_a_file_that_the_policy_rests_on_is_reviewed_in_time_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = ANTITHROMBOTICS.rests_on["names"](None)
    content = shorter.content.model_copy(update={"review_by": date(2026, 3, 1)})
    old = type(shorter)(shorter.path, content, shorter.digest)
    monkeypatch.setitem(ANTITHROMBOTICS.rests_on, "names", lambda _: old)  # type: ignore[arg-type]
    found = ask(question(medicine("Celebrex")))
    assert found.banners[1:] == ("This version was to be reviewed by Sun 1 March 2026. It may be out of date.",)
    assert found.outcome is Outcome.DECIDE


def test_a_record_that_is_no_example_counts_from_its_day_on() -> None:
    record = IN_FORCE.record
    content = record.content.model_copy(update={"example": False})
    used = InForce(IN_FORCE.policy, type(record)(record.path, content, record.digest))
    assert "signed on a day to come" in " ".join(ask(question(medicine("Celebrex")), used).decisions[0].reasons)
    later = {"asked": "2026-07-01T09:00:00", "start": "2026-07-01T09:00:00"}
    assert ask(question(medicine("Celebrex"), **later), used).outcome is Outcome.OK  # type: ignore[arg-type]


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_a_year_that_nobody_means_is_refused(year: int) -> None:
    entry = medicine("Eliquis", agreed=True)
    for data in (
        question({**entry, "last_dose": datetime(year, 5, 1)}), question({**entry, "last_dose": date(year, 5, 1)}),
        question(entry, procedure={"start": datetime(year, 5, 1)}), question(entry, patient={"born": date(year, 5, 1)}),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match="no year before 1900 or after 2200"):
            AntithromboticInputs.model_validate(data)
    now = Moment(datetime(year, 5, 1, tzinfo=UTC), "UTC")
    found = ANTITHROMBOTICS.plan(IN_FORCE, question(entry), now)
    assert found.outcome is Outcome.STOP
    assert not any("engine error" in one for one in found.decisions[0].reasons)


def test_the_next_day_is_told_as_a_day() -> None:
    found = only(ask(question(medicine("warfarin", "2026-05-10", agreed=True), **OUT)))
    assert "Usually it is started on Thu 21 May 2026." in found.advice[0]


@pytest.mark.parametrize("level", ["L1/L1", "L4/L5", "C7/T1", "C7/C8", "C8/T1", "T12/L1", "L5/S1", "L5/L6", "L6/S1"])
def test_a_level_of_neighbours_is_accepted(level: str) -> None:
    AntithromboticInputs.model_validate(question(procedure={"level": level}))


@pytest.mark.parametrize("level", ["L5/C3", "S5/C1", "T12/C1", "L4/S1", "C6/C8", "L4/L6", "C8/L6"])
def test_a_level_of_two_that_are_no_neighbours_is_refused(level: str) -> None:
    with pytest.raises(ValidationError, match="no neighbours"):
        AntithromboticInputs.model_validate(question(procedure={"level": level}))


def test_only_words_of_the_source_stand_in_quotation_marks() -> None:
    plavix = only(ask(question(medicine("Plavix", "2026-05-01", agreed=True))))
    assert plavix.printed == "hold “7 days”; restart in short 75 mg 12 h; loading dose 24 h"
    own = {one.id: one.printed for one in IN_FORCE.content.ambiguities}
    assert own["A3"] == "days as the unit"
    assert own["A1"] == "“3 days or 75 h”"

"""What must hold for every question: later doses, higher strata, more drugs, fewer answers never make anything easier.

Outcomes are compared on the lattice STOP > HOLD > DECIDE > OK > NA.
"""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.catalogue.decision import WORST_FIRST, Outcome
from tests.catalogue.questions import ANSWERED_NO, IN_FORCE, ask, medicine, question

NEEDLE = datetime(2026, 5, 20, 9)
LISTED = sorted({str(row.drug) for row in IN_FORCE.content.rows if row.drug})
NAMES = [*LISTED, "edoxaban", "garlic", "Feldene", "Excedrin", "CoPlavix", "Wundermittel", "sertraline"]
OCCASIONS = st.sampled_from(["plan", "arrival", "time_out", "needle_in", "discharge"])

doses = st.one_of(
    st.none(),
    st.just("unknown"),
    st.integers(0, 400).map(lambda hours: NEEDLE - timedelta(hours=hours)),
    st.integers(1, 15).map(lambda days: (NEEDLE - timedelta(days=days)).date()),
)
entries = st.builds(
    lambda name, dose, agreed, indication, more: medicine(name, agreed=agreed, indication=indication, **more)
    | ({} if dose is None else {"last_dose": dose}),
    st.sampled_from(NAMES), doses, st.booleans(), st.sampled_from(["primary", "secondary", "unknown"]),
    st.sampled_from([{}, {"stopped": True}, {"to_continue": True}, {"dose": "75 mg", "loading_dose": "no"}]),
)  # fmt: skip
answers = st.sampled_from(["yes", "no", "unknown"])
factors = st.fixed_dictionaries(dict.fromkeys(ANSWERED_NO, answers))
levels = st.sampled_from(["C6/C7", "T8", "L4/L5"])


@st.composite
def questions(draw: st.DrawFn, size: int = 3) -> dict[str, Any]:
    """A question in which everything may be answered or not. Planning is asked a day before, so doses lie before it."""
    listed = draw(st.lists(entries, min_size=1, max_size=size))
    occasion = draw(OCCASIONS)
    changes: dict[str, Any] = {"bleeding": draw(factors), "procedure": {"level": draw(levels)}}
    changes["patient"] = {"thromboembolic_risk": draw(st.sampled_from(["high", "not high", "unknown"]))}
    if draw(st.booleans()):
        changes["renal"] = {
            "measure": "creatinine clearance", "unit": "mL/min", "value": draw(st.sampled_from([30, 80])),
            "on": (NEEDLE - timedelta(days=draw(st.sampled_from([1, 200])))).date(),
        }  # fmt: skip
    if draw(st.booleans()):
        changes["inr"] = [{"value": draw(st.sampled_from(["1.1", "1.3"])), "at": NEEDLE - timedelta(hours=2)}]
    asked = NEEDLE
    if occasion == "discharge":
        changes["procedure"]["needle_out"] = NEEDLE + timedelta(minutes=20)
        asked = NEEDLE + timedelta(hours=1)
    start = NEEDLE + timedelta(minutes=1)
    return question(*listed, asked=asked.isoformat(), start=start.isoformat(), occasion=occasion, **changes)


def rank(outcome: Outcome) -> int:
    """0 is the worst."""
    return WORST_FIRST.index(outcome)


@settings(max_examples=150, deadline=None)
@given(questions(), entries)
def test_adding_a_drug_never_improves_the_combined_outcome(data: dict[str, Any], more: dict[str, Any]) -> None:
    before = ask(data).outcome
    after = ask(data | {"medicines": [*data["medicines"], more]}).outcome
    assert rank(after) <= rank(before)


REMOVABLE = [
    ("procedure", "start"), ("procedure", "level"), ("procedure", "route"), ("procedure", "steroid"),
    ("procedure", "needle_out"), ("patient", "born"), ("patient", "thromboembolic_risk"), ("medications", "confirmed"),
    ("medications", "asked_by"), ("medications", "asked_of"), ("medications", "changed"), ("bleeding", "tendency"),
    ("bleeding", "liver_cirrhosis"), ("bleeding", "advanced_renal_disease"), ("renal", None), ("inr", None),
    ("medicines", "last_dose"), ("medicines", "indication"), ("medicines", "coordination"),
]  # fmt: skip


def without(data: dict[str, Any], section: str, key: str | None) -> dict[str, Any]:
    if key is None:
        return {name: value for name, value in data.items() if name != section}
    if section == "medicines":
        return data | {section: [{name: value for name, value in one.items() if name != key} for one in data[section]]}
    return data | {section: {name: value for name, value in data[section].items() if name != key}}


@settings(max_examples=150, deadline=None)
@given(questions(), st.sampled_from(REMOVABLE))
def test_removing_an_answer_never_lets_anything_pass(data: dict[str, Any], removed: tuple[str, str | None]) -> None:
    before = ask(data).outcome
    if before in (Outcome.STOP, Outcome.HOLD, Outcome.DECIDE):
        assert ask(without(data, *removed)).outcome not in (Outcome.OK, Outcome.NA)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LISTED), st.integers(0, 20_000), st.integers(0, 600), factors, OCCASIONS)
def test_a_later_last_dose_never_gives_an_earlier_start(
    name: str, minutes: int, later: int, bleeding: dict[str, str], occasion: str
) -> None:
    def start(since: int) -> datetime:
        dose = {"last_dose": NEEDLE - timedelta(minutes=since), "stopped": True}
        entry = medicine(name, agreed=True, indication="primary") | dose
        asked = NEEDLE - timedelta(minutes=occasion == "plan")
        found = ask(question(entry, occasion="arrival" if occasion == "discharge" else occasion, bleeding=bleeding,
                             asked=asked.isoformat(), inr=[{"value": "1.1", "at": NEEDLE - timedelta(hours=2)}]))  # type: ignore[arg-type]  # fmt: skip
        ends = [one.until.utc for decision in found.decisions for one in decision.findings if one.until is not None]
        return max(ends, default=datetime(1970, 1, 1, tzinfo=found.asked.utc.tzinfo))

    earlier_dose, later_dose = minutes + 1 + later, minutes + 1
    assert start(later_dose) >= start(earlier_dose)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(LISTED), st.integers(0, 400), st.sampled_from(list(ANSWERED_NO)), OCCASIONS)
def test_a_higher_stratum_never_has_a_shorter_hold(name: str, hours: int, factor: str, occasion: str) -> None:
    entry = medicine(name, agreed=True, indication="primary") | {"last_dose": NEEDLE - timedelta(hours=hours + 1)}
    asked = {"asked": NEEDLE.isoformat(), "start": (NEEDLE + timedelta(minutes=1)).isoformat(), "occasion": occasion}
    procedure = {"needle_out": NEEDLE} if occasion == "discharge" else {}
    low, high = (
        ask(question(entry, bleeding={factor: value}, procedure=procedure, **asked)).decisions[-1]
        for value in ("no", "yes")
    )
    assert rank(high.outcome) <= rank(low.outcome) or Outcome.NA in (low.outcome, high.outcome)
    if low.until is not None:
        assert high.until is not None
        assert high.until >= low.until
    if "earliest_restart" in low.moments:
        assert high.moments["earliest_restart"] >= low.moments["earliest_restart"]
    if "latest_last_dose" in low.moments:
        assert high.moments["latest_last_dose"] <= low.moments["latest_last_dose"]


@settings(max_examples=100, deadline=None)
@given(questions(size=6))
def test_every_question_gets_an_answer_of_the_policy_and_every_part_is_recorded(data: dict[str, Any]) -> None:
    found = ask(data)
    assert not any("engine error" in reason for decision in found.decisions for reason in decision.reasons)
    for decision in found.decisions:
        assert decision.reasons
        assert decision.inputs
        assert (decision.outcome is Outcome.HOLD) <= (decision.until is not None)
        assert (decision.outcome in (Outcome.STOP, Outcome.HOLD, Outcome.DECIDE)) == (decision.override is not None)

"""What the antithrombotic policy gives when one thing is not told: asked of the program when the page is made."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from docs.markdown import table
from docs.worked_examples import for_example
from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.decision import Judgement, Occasion, strictest
from foramen.catalogue.instants import moment_of
from foramen.catalogue.site_record import InForce

OPENING = """\
Nothing passes by absence. Each line takes a lumbar interlaminar injection with everything told and every hold over,
and leaves out one thing, at a site that has set nothing. Rule AC-PROCEDURE asks for start, level and approach,
AC-LIST for the list of medicines, the rows for the rest. While planning, what cannot exist yet is HOLD with a task
instead."""

ZONE = "Europe/Zurich"
START = datetime(2026, 5, 20, 9, 0)
ASKED = datetime(2026, 5, 20, 8, 40)
TOLD = datetime(2026, 5, 20, 8, 0)
OLD = datetime(2026, 5, 5, 8, 0)
"""A last dose before which every hold is over."""

AGREED = {
    "name": "a doctor", "role": "prescriber", "channel": "phone", "at": datetime(2026, 5, 2, 9, 0), "start": START,
    "answer": "may stop", "thromboembolic_risk": "not high",
}  # fmt: skip
LIST = {"confirmed": TOLD, "asked_by": "nurse", "asked_of": "patient", "changed": "no"}
FACTORS = ("tendency", "liver_cirrhosis", "advanced_liver_disease", "advanced_renal_disease")
NONE = {"source": "patient", "recorded": TOLD, **dict.fromkeys(FACTORS, "no")}
INR = {"value": "1.1", "at": TOLD, "report": "L-1"}
BASE: Mapping[str, Any] = {
    "zone": ZONE,
    "procedure": {"start": START, "level": "L4/L5", "route": "interlaminar", "steroid": "yes"},
    "patient": {"born": date(1970, 5, 2), "thromboembolic_risk": "not high"},
    "medications": LIST,
    "bleeding": NONE,
    "inr": [INR],
}


def without(told: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """What was told, but for some of it."""
    return {key: value for key, value in told.items() if key not in keys}


def drug(name: str, *left_out: str, **changed: Any) -> dict[str, Any]:
    """A medicine with everything told, but for what is left out or changed."""
    told = {"name": name, "last_dose": OLD, "stopped": True, "indication": "primary", "coordination": AGREED}
    return without({**told, **changed}, *left_out)


APIXABAN = [drug("apixaban")]
Case = tuple[str, Mapping[str, Any], list[dict[str, Any]]]
CASES: tuple[Case, ...] = (
    ("nothing: all is told (apixaban)", {}, APIXABAN),
    ("that the list was gone through with the patient", {"medications": {"changed": "no"}}, APIXABAN),
    ("whether it has changed since", {"medications": {**LIST, "changed": "unknown"}}, APIXABAN),
    ("the list itself: it is empty, and nobody said that there are none", {}, []),
    ("a name: “blood thinner” is in no table", {}, [drug("blood thinner")]),
    ("start of the procedure", {"procedure": without(BASE["procedure"], "start")}, APIXABAN),
    ("level", {"procedure": without(BASE["procedure"], "level")}, APIXABAN),
    ("approach", {"procedure": without(BASE["procedure"], "route")}, APIXABAN),
    ("last dose", {}, [drug("apixaban", "last_dose")]),
    ("the prescriber's answer", {}, [drug("apixaban", "coordination")]),
    ("for which booked start it was given", {}, [drug("apixaban", coordination=without(AGREED, "start"))]),
    ("what aspirin is taken for", {}, [drug("aspirin", "indication")]),
    ("what Aggrenox is taken for", {}, [drug("Aggrenox", "indication")]),
    ("renal function (dabigatran)", {}, [drug("dabigatran")]),
    ("INR of the day (warfarin)", {"inr": []}, [drug("warfarin")]),
    ("number of its laboratory report", {"inr": [without(INR, "report")]}, [drug("warfarin")]),
    (
        "thromboembolic risk (clopidogrel)", {"patient": without(BASE["patient"], "thromboembolic_risk")},
        [drug("clopidogrel", coordination=without(AGREED, "thromboembolic_risk"))],
    ),
    ("a factor of bleeding (ibuprofen)", {"bleeding": without(NONE, "tendency")}, [drug("ibuprofen")]),
    ("who answered about bleeding, and when", {"bleeding": without(NONE, "source", "recorded")}, [drug("ibuprofen")]),
    ("date of birth (ibuprofen)", {"patient": without(BASE["patient"], "born")}, [drug("ibuprofen")]),
)  # fmt: skip


def missing_answers() -> str:
    """The section: each thing left out, with the result at arrival and from the time-out on."""
    in_force = for_example(ANTITHROMBOTICS, ANTITHROMBOTICS.load(), {})
    rows = [
        [what, *(_told(asked(in_force, {**changed, "medicines": medicines}, gate)) for gate in ("arrival", "time_out"))]
        for what, changed, medicines in CASES
    ]
    heads = ["not told", "at arrival", "from the time-out on"]
    return f"## When something is not told\n\n{OPENING}\n\n{table(heads, rows)}\n\n{CLOSING}"


def asked(in_force: InForce[Any], changed: Mapping[str, Any], gate: Occasion) -> Judgement:
    """The answer of the program to the question with everything told, but for what is changed."""
    return ANTITHROMBOTICS.gate(in_force, {**BASE, **changed}, moment_of(ASKED, ZONE, where="asked"), gate)


def _told(found: Judgement) -> str:
    worst = [one for one in found.decisions if one.outcome is found.outcome]
    override = strictest(one.override for one in worst)
    return f"**{found.outcome.value}**{f' {override.name}' if override else ''}"


CLOSING = """\
A last dose that nobody knows counts as taken now. At discharge, restarts are told only from a recorded needle-out:
without it the result is STOP, O0. An INR that is not of the procedure's local date counts as none; one below 0.5 or
above 20, without a decimal point, or in percent is refused. A last dose in the future or after the procedure is
refused."""

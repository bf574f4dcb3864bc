"""Questions to the policies made of tables: where everything is told and in order, and one change at a time.

Times are written as texts and read as a TOML document would give them.
"""

from datetime import date, datetime
from functools import cache
from typing import Any

from foramen.catalogue.decision import Decision, Judgement, Occasion
from foramen.catalogue.document import Document
from foramen.catalogue.instants import moment_of
from foramen.catalogue.policies import find_policy
from foramen.catalogue.site_record import InForce, load_example

ZONE = "Europe/Zurich"
DAY = "2026-11-26"
Data = dict[str, Any]


def at(clock: str, day: str = DAY) -> datetime:
    """A local time of the site."""
    return datetime.fromisoformat(f"{day}T{clock}")


@cache
def _shipped(policy: str) -> InForce[Any]:
    return find_policy(policy).in_force(load_example(policy))


def in_force(policy: str, parameters: Data | None = None) -> InForce[Any]:
    """The shipped policy under the example record, or under one that sets these values and no other."""
    shipped = _shipped(policy)
    if parameters is None:
        return shipped
    content = shipped.record.content.model_copy(update={"parameters": parameters})
    return InForce(shipped.policy, Document(shipped.record.path, content, shipped.record.digest))


def assess(
    policy: str,
    told: Data,
    occasion: Occasion = "needle_in",
    now: datetime | None = None,
    parameters: Data | None = None,
) -> Judgement:
    """What the policy says, asked at 09:00 of the day unless another time is given."""
    moment = moment_of(now or at("09:00:00"), ZONE, which="earlier", where="now")
    whole = {"zone": ZONE, "procedure": {"start": at("09:00:00")}} | told
    asked = find_policy(policy)
    if occasion == "plan":
        return asked.plan(in_force(policy, parameters), whole, moment)
    return asked.gate(in_force(policy, parameters), whole, moment, occasion)


def decision(rule: str, judgement: Judgement) -> Decision:
    """The one decision of a rule."""
    (found,) = [one for one in judgement.decisions if one.rule == rule]
    return found


def said(found: Decision) -> tuple[str, str | None]:
    """Outcome and override class."""
    return found.outcome.value, found.override.name if found.override else None


def changed(data: Data, path: str, value: Any) -> Data:
    """A copy of a question with one value changed; `a.b.0.c` leads into sections and lists. None: left out."""
    copy = _copied(data)
    *way, last = path.split(".")
    part: Any = copy
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    if isinstance(part, list):
        if value is None:
            del part[int(last)]
        else:
            part[int(last)] = value
    elif value is None:
        part.pop(last, None)
    else:
        part[last] = value
    return copy


def _copied(part: Any) -> Any:
    """A copy in which nothing is shared, not even what stands at two places of the original."""
    if isinstance(part, dict):
        return {name: _copied(value) for name, value in part.items()}
    return [_copied(one) for one in part] if isinstance(part, list) else part


# --- parts of questions --------------------------------------------------------------------------------------------


def steroid(
    product: str = "dexamethasone", strength: str = "10 mg/mL", volume: str = "1 mL", mass: str = "10 mg"
) -> Data:
    return {"kind": "steroid", "product": product, "strength": strength, "volume": volume, "mass": mass}


def anaesthetic(
    product: str = "bupivacaine", strength: str = "0.25 %", volume: str = "1 mL", mass: str = "2.5 mg"
) -> Data:
    return {"kind": "anaesthetic", "product": product, "strength": strength, "volume": volume, "mass": mass}


def contrast(volume: str = "0.5 mL", mass: str = "150 mg I") -> Data:
    return {"kind": "contrast", "product": "iopamidol", "strength": "300 mg I/mL", "volume": volume, "mass": mass}


def target(*drugs: Data, route: str = "transforaminal", side: str = "left", **place: str) -> Data:
    where = place if place else {"root": "L5"}
    return {"route": route, "side": side, "drugs": list(drugs), **where}


def signature(person: str, role: str, clock: str, day: str = DAY) -> Data:
    return {"person": person, "role": role, "at": at(clock, day)}


PLACE = {"route": "transforaminal", "root": "L5", "side": "left"}

STEROIDS: Data = {"targets": [target(steroid())], "ledger": {"none": True}}

ANAESTHETICS: Data = {
    "patient": {"born": date(1980, 1, 1)},
    "allergies": {"none": True},
    "contrast": {"use": "contrast"},
    "targets": [target(contrast(), anaesthetic())],
}

BEFORE_NEEDLE: Data = {
    "procedure": {
        "start": at("09:15:00"), "patient": "5520", "room": "1", "radiologist": "okafor", "plan": "2",
        "guidance": "fluoroscopy",
    },
    "targets": [PLACE],
    "ordered": [PLACE],
    "consented": [PLACE],
    "imaging": [{"root": "L5", "side": "left"}],
    "patient_says": [{"side": "left"}],
    "mri": {
        "accession": "41180", "on": date(2026, 10, 14), "regions": ["lumbar"],
        "reviewed": signature("okafor", "radiologist", "08:50:00"),
    },
    "abcd": {
        "allergies": "none", "blood": "none", "cut": "none", "driver": "sister", "answered": at("08:41:00"),
        "nurse": signature("dahl", "nurse", "08:52:00"), "radiologist": signature("okafor", "radiologist", "08:52:00"),
    },
    "vertebrae": {"variant": "no", "determined": at("08:55:00")},
    "consent": {"signed": at("15:00:00", "2026-11-25"), "plan": "2", "withdrawn": "no"},
    "pregnancy": {"answer": "not pregnant", "asked": at("08:45:00")},
    "pain_before": {"score": 7, "at": at("08:58:00")},
    "time_out": {
        "technologist": signature("ferro", "technologist", "09:00:00"),
        "radiologist": signature("okafor", "radiologist", "09:01:00"),
        "identifiers": ["name", "date of birth"],
        "said": dict.fromkeys(("procedure", "level", "side", "allergies", "consent", "images"), "agrees"),
        "room": "1", "patient": "5520", "plan": "2",
    },
}  # fmt: skip

RESTART = {"drug": "clopidogrel", "earliest": at("21:00:00"), "usual": at("09:00:00", "2026-11-27")}

START, OUT = "2026-11-26T08:40:00", "2026-11-26T09:00:00"
DIGESTS = ("a" * 64, "b" * 64)


def answer_at_discharge(rule: str, subject: str, outcome: str, **moments: str) -> Data:
    """One decision of the antithrombotic policy at discharge, cut down to what is compared."""
    return {
        "rule": rule, "subject": subject, "outcome": outcome, "occasion": "discharge",
        "asked": {"utc": "2026-11-26T08:20:00+00:00"}, "moments": {name: {"utc": utc} for name, utc in moments.items()},
        "advice": [], "stamp": {"policy": "antithrombotics", "sha256": DIGESTS[0], "record_sha256": DIGESTS[1]},
        "inputs": [{"name": "procedure.start", "value": START}, {"name": "procedure.needle_out", "value": OUT}],
    }  # fmt: skip


NOTHING_HELD: Data = {"decisions": [answer_at_discharge("AC-LIST", "the list of medicines", "NA")]}
CLOPIDOGREL: Data = {
    "decisions": [
        answer_at_discharge("AC-LIST", "the list of medicines", "OK"),
        answer_at_discharge(
            "AC-15a", "clopidogrel (told as Plavix)", "OK",
            earliest_restart="2026-11-26T20:00:00+00:00", usual_restart="2026-11-27T08:00:00+00:00",
        ),
    ]
}  # fmt: skip

AFTER_NEEDLE: Data = {
    "procedure": {
        "start": at("08:40:00"), "radiologist": "okafor", "needle_in": at("08:44:00"), "needle_out": at("09:00:00"),
    },
    "patient": {"born": date(1980, 1, 1), "motor_weakness": "no"},
    "targets": [target(anaesthetic("lidocaine", "1 %", "1 mL", "10 mg"))],
    "way_home": {"how": "named person", "person": "daughter"},
    "time_out": {
        "technologist": signature("ferro", "technologist", "08:37:00"),
        "radiologist": signature("okafor", "radiologist", "08:38:00"),
    },
    "pain_after": {"score": 3, "at": at("09:05:00")},
    "recovery": {"start": at("09:02:00"), "going_on": "yes"},
    "ambulation": {"walks": "yes", "nurse": signature("dahl", "nurse", "09:31:00")},
    "instructions": {
        "version": "9", "language": "English", "handed_to": "patient",
        "parts": ["what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number"],
        "restarts": [RESTART], "policy_sha256": DIGESTS[0], "record_sha256": DIGESTS[1],
    },
    "restarts": {"judgement": CLOPIDOGREL},
}  # fmt: skip

REPEAT_ORDERS: Data = {
    "procedure": {"start": at("09:00:00"), "visit": "V2"},
    "order": {
        "id": "0511", "on": date(2026, 10, 20), "quantity": 2,
        "sessions": [{"on": date(2026, 11, 5), "needle_in": "yes"}],
    },
    "records": {"screening": "V2", "abcd": "V2", "mri_review": "V2", "time_out": "V2"},
    "repeat": {"decision": "repeat", "signed": signature("okafor", "radiologist", "16:00:00", "2026-11-19")},
}  # fmt: skip

TRIAL: Data = {
    "procedure": {"start": at("08:40:00"), "needle_out": at("09:00:00")},
    "enrolment": {
        "trial": "ct-or-fluoroscopy",
        "participant": "017",
        "arm": "CT",
        "consent_version": "3",
        "consented": at("09:00:00", "2026-11-01"),
        "allocated": at("09:00:00", "2026-11-02"),
        "withdrawn": "no",
    },
    "targets": [
        target(
            steroid(strength="4 mg/mL", volume="2 mL", mass="8 mg"), anaesthetic("lidocaine", "1 %", "1 mL", "10 mg")
        )
    ],
    "methylprednisolone": {"none": True},
    "recovery": {"start": at("09:00:00"), "going_on": "yes"},
}

"""Questions to the antithrombotic policy: a patient of whom everything is known, and one change at a time.

Times are written as texts here and read as a TOML document would give them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs
from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.decision import Decision, Judgement
from foramen.catalogue.document import Document
from foramen.catalogue.inputs import moment_entered
from foramen.catalogue.instants import Moment, local_of
from foramen.catalogue.site_record import InForce, SiteRecord, load_example

ANSWERED_NO = dict.fromkeys(("tendency", "liver_cirrhosis", "advanced_liver_disease", "advanced_renal_disease"), "no")
SITE = {
    "old_age_years": 70,
    "medlist_max_age_days": 30,
    "lab_max_age_days": 90,
    "dabigatran_impaired_crcl": 50,
    "dabigatran_impaired_egfr": 50,
}
IN_FORCE = ANTITHROMBOTICS.in_force(load_example("antithrombotics"))


def set_by_site(parameters: Mapping[str, int]) -> InForce[Any]:
    """The shipped policy under a record with other parameters."""
    record = IN_FORCE.record
    content = record.content.model_copy(update={"parameters": dict(parameters)})
    changed: Document[SiteRecord] = Document(record.path, content, record.digest)
    return InForce(IN_FORCE.policy, changed)


def agreed(at: str = "2026-05-01T09:00:00", answer: str = "may stop") -> dict[str, Any]:
    """What the prescriber said."""
    return {
        "name": "Dr Sable", "role": "prescriber", "channel": "phone", "at": datetime.fromisoformat(at),
        "answer": answer,
    }  # fmt: skip


def medicine(name: str, last_dose: str | dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One entry of the list. `agreed=True`: the prescriber has agreed."""
    entry: dict[str, Any] = {"name": name}
    if isinstance(last_dose, str) and last_dose != "unknown":
        entry["last_dose"] = datetime.fromisoformat(last_dose) if "T" in last_dose else date.fromisoformat(last_dose)
    elif last_dose is not None:
        entry["last_dose"] = last_dose
    if more.pop("agreed", False):
        entry["coordination"] = agreed()
    return entry | more


def _for_start(entry: dict[str, Any], start: str | None) -> dict[str, Any]:
    """What was agreed and decided is for the booked start, unless the entry says for which."""
    if start is None:
        return entry
    said = {
        part: {"start": datetime.fromisoformat(start)} | entry[part]
        for part in ("coordination", "decided")
        if part in entry
    }
    return entry | said


def question(
    *medicines: dict[str, Any],
    asked: str = "2026-05-20T09:00:00",
    occasion: str = "needle_in",
    start: str | None = "2026-05-20T09:00:00",
    zone: str = "Europe/Zurich",
    **changes: dict[str, Any],
) -> dict[str, Any]:
    """Plain data of one question; `changes` add to the sections of the same name."""
    now = datetime.fromisoformat(asked)
    medicines = tuple(_for_start(one, start) for one in medicines)
    procedure: dict[str, Any] = {"level": "L4/L5", "route": "interlaminar", "steroid": "yes"}
    if start is not None:
        procedure["start"] = datetime.fromisoformat(start)
    data: dict[str, Any] = {
        "zone": zone,
        "asked": now,
        "occasion": occasion,
        "procedure": procedure,
        "patient": {"born": date(1970, 5, 2), "thromboembolic_risk": "not high"},
        "medications": {
            "confirmed": now, "asked_by": "nurse", "asked_of": "patient", "changed": "no", "none": not medicines,
        },
        "bleeding": {**ANSWERED_NO, "source": "patient", "recorded": now},
        "medicines": list(medicines),
    }  # fmt: skip
    for name, change in changes.items():
        merged = {**data[name], **change} if isinstance(data.get(name), dict) else change
        data[name] = (
            {key: value for key, value in merged.items() if value is not None} if isinstance(merged, dict) else merged
        )
    return data


def ask(data: dict[str, Any], in_force: InForce[Any] | None = None) -> Judgement:
    """The answer to a question, under a record in which the site has set every parameter unless another is given."""
    inputs = AntithromboticInputs.model_validate(data)
    assert inputs.asked is not None
    now = moment_entered(inputs.asked, inputs.zone, "procedure", "asked")
    used = in_force or set_by_site(SITE)
    if inputs.occasion == "plan":
        return ANTITHROMBOTICS.plan(used, inputs, now)
    return ANTITHROMBOTICS.gate(used, inputs, now, inputs.occasion)


def answer(found: Judgement, rule: str) -> Decision:
    """The one decision of a rule."""
    (decision,) = (decision for decision in found.decisions if decision.rule == rule)
    return decision


def only(found: Judgement) -> Decision:
    """The one decision on a drug."""
    (decision,) = (decision for decision in found.decisions if decision.rule != "AC-LIST")
    return decision


def local(moment: Moment | None) -> str:
    """What the clocks of the site show."""
    return "" if moment is None else local_of(moment).strftime("%Y-%m-%dT%H:%M")

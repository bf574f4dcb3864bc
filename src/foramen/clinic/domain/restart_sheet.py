"""The sheet to take home: when each medicine is started again, exactly as the policy gives it at discharge."""

from datetime import UTC, datetime
from typing import Any

from foramen.catalogue.decision import Judgement
from foramen.catalogue.gates.restarts import Discharge, Instant, read_discharge, restarts_given
from foramen.catalogue.instants import Moment
from foramen.clinic.domain.sheets import EMERGENCY, head_of, instant_told, needle_times, policy_told
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts
from foramen.clinic.rules.hold_plan import WHOLE

EXPECT = (
    "The place may be sore for a day or two, and the old pain may come back until the injection works. That takes a "
    "few days; it is not a sign that something is wrong."
)
TODAY = (
    "Do not drive and do not work with machines today. Walk with somebody beside you while a leg feels weak or numb.",
    "Take the plaster off tomorrow. No bath and no swimming until then; a shower is fine.",
    "We call you in two days and ask how you are, and whether you have started your medicines again.",
)
CALL = "More pain than before after three days, a red or wet wound, bruises that grow, or any question"
"""Words of the sheet that no policy prints. They stand in each sheet as they were when it was made."""


def restart_content(visit: Visit, facts: Facts, judgement: Judgement, made_at: datetime) -> dict[str, Any]:
    """Everything that the sheet prints. `restarts` are in the form in which the instructions are signed."""
    found = read_discharge(judgement.to_json())
    words = {one.subject.partition(" (")[0]: list(one.advice) for one in judgement.decisions}
    restarts = [] if found is None else _restarts(visit, found)
    return head_of(visit, made_at) | {
        "restarts": [one | {"says": words.get(one["drug"], [])} for one in restarts],
        "going_on": _going_on(judgement, {one["drug"] for one in restarts}),
        "needle": needle_times(visit, facts),
        "expect": EXPECT,
        "today": TODAY,
        "call": CALL,
        "emergency": EMERGENCY,
        "policy": policy_told(judgement.decisions[0].stamp),
    }


def _restarts(visit: Visit, found: Discharge) -> list[dict[str, Any]]:
    return [
        {
            "drug": one.drug, "earliest": _utc(one.earliest), "usual": _utc(one.usual), "words": one.words,
            "earliest_told": _told(visit, one.earliest), "usual_told": _told(visit, one.usual),
        }
        for one in restarts_given(found)
    ]  # fmt: skip


def _going_on(judgement: Judgement, restarted: set[str]) -> list[str]:
    """What is said about medicines that were not stopped."""
    others = [one for one in judgement.decisions if one.rule not in WHOLE]
    return [said for one in others if one.subject.partition(" (")[0] not in restarted for said in one.advice]


def _utc(instant: Instant | None) -> str | None:
    return instant.utc.astimezone(UTC).isoformat() if instant else None


def _told(visit: Visit, instant: Instant | None) -> dict[str, str] | None:
    return instant_told(Moment(instant.utc.astimezone(UTC), visit.site.zone)) if instant else None

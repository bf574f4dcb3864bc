"""What evaluating a policy gives: an outcome on one lattice, with everything needed to trust it or to override it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal

from foramen.catalogue.instants import Moment as Moment

Occasion = Literal["plan", "arrival", "time_out", "needle_in", "discharge"]
"""When a rule is asked: while planning, from the booking on, or at one of the gates of the day."""

OCCASIONS: dict[Occasion, str] = {
    "plan": "planning",
    "arrival": "at arrival",
    "time_out": "at the time-out",
    "needle_in": "at needle-in",
    "discharge": "at discharge",
}

SUPPORT = "This supports the decision of the clinicians who treat the patient; it does not replace it."


class Outcome(Enum):
    """The five outcomes. There is no sixth: an error of the engine is STOP."""

    OK = "OK"
    HOLD = "HOLD"
    DECIDE = "DECIDE"
    STOP = "STOP"
    NA = "NA"


WORST_FIRST = (Outcome.STOP, Outcome.HOLD, Outcome.DECIDE, Outcome.OK, Outcome.NA)
"""How outcomes combine: the first of these that occurs."""


class Override(Enum):
    """Who may go on in spite of an outcome."""

    O0 = "nobody; correct the data or put a new policy version in force"
    O1 = "the radiologist performing the procedure"
    O2 = "two persons: the performing radiologist, and a second radiologist or the lead"


STRICTEST_FIRST = (Override.O0, Override.O2, Override.O1)


@dataclass(frozen=True, slots=True)
class Input:
    """What a rule was told: `value` as it was entered, by whom or from where, and when. None: it was not told."""

    name: str
    value: object
    source: str = ""
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """What has to happen, by when at the latest; a date is a local date of the site."""

    what: str
    by: Moment | date | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A file that a decision rests on beside the policy, such as the table of drug names."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which definitions were in force: the policy file and the site's signed record of it."""

    policy: str
    version: str
    digest: str
    record_digest: str
    review_by: date
    tzdata: str
    rests_on: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found: several make a Decision, and the worst of them is its outcome."""

    outcome: Outcome
    reason: str
    override: Override | None = None
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of one rule.

    `rule` is its id and `subject` what it was asked about. `printed` is the text of the source, `source` its place,
    `resolved` the value the rule uses, in words. `until` is when a HOLD ends. `moments` are named instants:
    latest_last_dose, decide_from, earliest_restart, usual_restart. `advice` is what a nurse would say to the patient.
    `information` is shown beside, never merged: what other sources print. `inputs` is everything the rule was told.
    `override` is None where there is nothing to override. `asked` and `occasion` say when it was asked and for what.
    `findings` are the single results behind the outcome, where there are several.
    """

    rule: str
    outcome: Outcome
    reasons: tuple[str, ...]
    stamp: Stamp
    subject: str = ""
    printed: str = ""
    resolved: str = ""
    source: str = ""
    until: Moment | None = None
    moments: Mapping[str, Moment] = field(default_factory=dict)
    advice: tuple[str, ...] = ()
    todos: tuple[Todo, ...] = ()
    information: tuple[str, ...] = ()
    override: Override | None = None
    inputs: tuple[Input, ...] = ()
    alerts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    asked: Moment | None = None
    occasion: Occasion = "plan"

    def to_json(self) -> dict[str, Any]:
        """Plain data with everything a record of this evaluation has to hold that a pure function can know."""
        return {
            "rule": self.rule,
            "subject": self.subject,
            "outcome": self.outcome.value,
            "occasion": self.occasion,
            "asked": _plain(self.asked),
            "until": _plain(self.until),
            "moments": _plain(self.moments),
            "reasons": list(self.reasons),
            "findings": [_finding(one) for one in self.findings],
            "override": _override(self.override),
            "printed": self.printed,
            "resolved": self.resolved,
            "source": self.source,
            "advice": list(self.advice),
            "todos": [{"what": todo.what, "by": _plain(todo.by)} for todo in self.todos],
            "information": list(self.information),
            "alerts": list(self.alerts),
            "inputs": [_input(one) for one in self.inputs],
            "scope": "this procedure at this time only",
            "stamp": _stamp(self.stamp),
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """All decisions of one policy on one occasion; all are shown, and the worst is the outcome."""

    decisions: tuple[Decision, ...]
    occasion: Occasion
    asked: Moment
    banners: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return worst(decision.outcome for decision in self.decisions)

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "occasion": self.occasion,
            "asked": _plain(self.asked),
            "banners": list(self.banners),
            "support": SUPPORT,
            "decisions": [decision.to_json() for decision in self.decisions],
        }


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The combined outcome of several rules. None at all is STOP: nothing passes by absence."""
    found = set(outcomes)
    return next((outcome for outcome in WORST_FIRST if outcome in found), Outcome.STOP)


def strictest(overrides: Iterable[Override | None]) -> Override | None:
    """Who may override several findings together: whoever may override the strictest of them."""
    found = set(overrides)
    return next((override for override in STRICTEST_FIRST if override in found), None)


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first; those of one outcome stay in their order."""
    return tuple(sorted(findings, key=lambda finding: WORST_FIRST.index(finding.outcome)))


def latest_end(findings: Iterable[Finding]) -> Moment | None:
    """When the last of several HOLDs ends."""
    return max((finding.until for finding in findings if finding.until is not None), default=None)


def _plain(value: object) -> Any:
    """A value of an input or a result as JSON can hold it."""
    if isinstance(value, Moment):
        return value.to_json()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (str, int)) else str(value)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "override": finding.override.name if finding.override else None,
        "until": _plain(finding.until),
    }


def _override(override: Override | None) -> dict[str, str] | None:
    return None if override is None else {"class": override.name, "who": override.value}


def _input(one: Input) -> dict[str, Any]:
    return {"name": one.name, "value": _plain(one.value), "source": one.source, "recorded": one.recorded}


def _stamp(stamp: Stamp) -> dict[str, Any]:
    return {
        "policy": stamp.policy,
        "version": stamp.version,
        "sha256": stamp.digest,
        "record_sha256": stamp.record_digest,
        "review_by": stamp.review_by.isoformat(),
        "tzdata": stamp.tzdata,
        "rests_on": [{"id": one.id, "version": one.version, "sha256": one.digest} for one in stamp.rests_on],
    }

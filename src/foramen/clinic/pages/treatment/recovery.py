"""Recovery and the way home: the five gates of discharge, the restarts, the follow-up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from foramen.catalogue.decision import Decision
from foramen.clinic.pages.treatment.panels import Forms, StepLine, done
from foramen.clinic.pages.treatment.record import Record
from foramen.clinic.pages.treatment.sequence import clock_text
from foramen.clinic.rules import gates, readiness

STEPS = ("pain-after", "observed", "walks", "way-home", "instructions")
"""The steps of the five gates, in the order of the strip."""


@dataclass(frozen=True, slots=True)
class HomeGate:
    """One gate of discharge: what the rules say, and the step that answers it."""

    outcome: str
    says: str
    line: StepLine
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Restart:
    """When one drug may be taken again, as the policy gives it now."""

    drug: str
    rule: str
    printed: str
    earliest: Any
    usual: Any
    advice: Sequence[str]


def recovery_parts(forms: Forms) -> dict[str, Any]:
    """What the page shows once the needle is out."""
    record = forms.record
    home = tuple(_home_gates(forms))
    return {
        "home": home, "home_outcome": _together(home), "held": _held(home),
        "events": [done("Event", known) for known in record.facts.each("observation_event")],
        "event_form": forms.get("event"), "discharge": forms.line("discharge"), "restarts": tuple(_restarts(record)),
        "took": _took(record),
    }  # fmt: skip


def _home_gates(forms: Forms) -> Iterator[HomeGate]:
    record = forms.record
    cells = readiness.cells(record.visit, record.facts, record.now)
    for step, cell in zip(STEPS, cells[-len(STEPS) :], strict=False):
        line = forms.line(step)
        waits = step == "instructions" and line.fact is None and cell.outcome in ("OK", "NA")
        yield HomeGate("later" if waits else cell.outcome, cell.says, line, cell.until)


def _held(home: Sequence[HomeGate]) -> str:
    """Until when observation holds the patient; empty where it does not."""
    observed = home[STEPS.index("observed")] if home else None
    until = observed.until if observed and observed.outcome == "HOLD" else None
    return f"until {clock_text(until)}" if until else ""


def _together(home: Sequence[HomeGate]) -> tuple[str, str]:
    """The gravest of the gates, and until when it holds."""
    for outcome in ("STOP", "HOLD", "DECIDE", "later"):
        found = [one for one in home if one.outcome == outcome]
        ends = [one.until for one in found if one.until is not None]
        if found:
            return outcome, f"{outcome} until {clock_text(max(ends))}" if ends else outcome
    return "OK", "OK"


def _restarts(record: Record) -> Iterator[Restart]:
    judged = gates.judge(record.visit, record.facts, "discharge", record.now)
    for one in judged.by_policy["antithrombotics"].decisions if "antithrombotics" in judged.by_policy else ():
        if "earliest_restart" in one.moments:
            yield _restart(one)


def _restart(one: Decision) -> Restart:
    earliest, usual = one.moments["earliest_restart"].utc, one.moments.get("usual_restart")
    return Restart(one.subject, one.rule, one.printed, earliest, usual.utc if usual else None, one.advice)


def _took(record: Record) -> str:
    """How long the needle was in."""
    came, went = record.visit.needle_in_at, record.visit.needle_out_at
    if came is None or went is None:
        return ""
    minutes, seconds = divmod((went - came) // timedelta(seconds=1), 60)
    return f"{minutes} min {seconds} s"

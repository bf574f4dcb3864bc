"""One cell of readiness: a gate of a visit as lists show it, and how a decision becomes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from foramen.catalogue.decision import Decision, Finding, Moment, Outcome
from foramen.catalogue.instants import day_of, local_of
from foramen.clinic.rules.hold_words import short_moment
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.overrides import is_overridden

Look = Literal["OK", "NA", "HOLD", "DECIDE", "STOP", "later"]
"""The five outcomes, and later: a step that is not reached. Later is no outcome; its gate returns STOP."""

DECIDED = "decided"
"""In place of the outcome, where somebody who may has gone on in spite of it."""
OPEN: tuple[Look, ...] = ("STOP", "HOLD", "DECIDE")


@dataclass(frozen=True, slots=True)
class Cell:
    """A gate of a visit. `says` is what was found and what to do; `until` when a HOLD ends; `topic` and `word` begin
    the reason: “STOP, no consent.”, or in the cell “1 of 2” in place of the outcome."""

    name: str
    outcome: Look
    says: str = ""
    until: datetime | None = None
    topic: str = ""
    word: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a visit keeps it."""
        until = self.until.isoformat() if self.until else None
        return {"name": self.name, "outcome": self.outcome, "says": self.says, "until": until, "word": self.word}


def later(name: str, says: str = "", word: str = "") -> Cell:
    """A step that is not reached."""
    return Cell(name, "later", says, word=word)


def worst_of(cells: Sequence[Cell]) -> Cell:
    """The gravest of several cells of one name, with what all that are as grave say."""
    order: list[Look] = ["STOP", "HOLD", "DECIDE", "later", "OK", "NA"]
    gravest = min(cells, key=lambda one: order.index(one.outcome))
    same = [one for one in cells if one.outcome == gravest.outcome]
    ends = [one.until for one in same if one.until is not None]
    says = " ".join(dict.fromkeys(one.says for one in same if one.says))
    return Cell(gravest.name, gravest.outcome, says, max(ends, default=None), gravest.topic, gravest.word)


def cell_of(name: str, decision: Decision, question: Question, topic: str) -> Cell:
    """A decision as a cell: what stands in the way, worst first, and what has to happen. One that was overridden by
    those who may is decided."""
    if is_overridden(decision, question.visit, question.facts, anywhere=True):
        return Cell(
            name, "OK", f"{decision.subject[:1].upper()}{decision.subject[1:]}: decided, see record.", word=DECIDED
        )
    until = decision.until if decision.outcome is Outcome.HOLD else None
    return Cell(name, _look(decision.outcome), says_of(decision), until.utc if until else None, topic)


def says_of(decision: Decision) -> str:
    """The findings of the outcome, and while planning what has to happen."""
    found = decision.findings or tuple(Finding(decision.outcome, one) for one in decision.reasons)
    reasons = [one.reason for one in found if one.outcome is decision.outcome]
    todos = [f"{one.what}." if not one.what.endswith(".") else one.what for one in decision.todos]
    waiting = todos if decision.outcome in (Outcome.HOLD, Outcome.DECIDE) else []
    return " ".join(dict.fromkeys((*reasons, *waiting)))


def _look(outcome: Outcome) -> Look:
    looks: dict[Outcome, Look] = {
        Outcome.OK: "OK", Outcome.NA: "NA", Outcome.HOLD: "HOLD", Outcome.DECIDE: "DECIDE", Outcome.STOP: "STOP",
    }  # fmt: skip
    return looks[outcome]


def why_of(cell: Cell, zone: str, now: Moment) -> dict[str, str]:
    """A reason as lists show it: the outcome with its instant or its topic in bold, then the sentences."""
    if cell.outcome == "HOLD" and cell.until is not None:
        word = f"HOLD until {clock_text(Moment(cell.until, zone), now)}."
    else:
        word = f"{cell.outcome}, {cell.topic or cell.name.lower()}."
    return {"outcome": cell.outcome, "word": word, "says": cell.says, "cell": cell.name}


def clock_text(moment: Moment, now: Moment) -> str:
    """10:00 where it is today, else with the day."""
    today = day_of(moment) == day_of(Moment(now.utc, moment.zone))
    return f"{local_of(moment):%H:%M}" if today else short_moment(moment)

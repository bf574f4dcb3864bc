"""The restarts that the antithrombotic policy gives at discharge, read from its judgement and never typed again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from foramen.catalogue.decision import Outcome, worst

POLICY, LIST_RULE = "antithrombotics", "AC-LIST"
Digest = Field(pattern="^[0-9a-f]{64}$")


class _Read(BaseModel):
    """Of a judgement only what is compared is read; the rest is for people."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Instant(_Read):
    utc: AwareDatetime


class Stamped(_Read):
    policy: Literal["antithrombotics"]
    sha256: str = Digest
    record_sha256: str = Digest


class Entry(_Read):
    name: str
    value: Any = None


class Answer(_Read):
    """One decision of the judgement."""

    rule: str
    subject: str
    outcome: Outcome
    occasion: Literal["discharge"]
    asked: Instant
    moments: Mapping[str, Instant]
    advice: list[str]
    stamp: Stamped
    inputs: list[Entry]


class Discharge(_Read):
    """The judgement of the antithrombotic policy at discharge, as `--json` prints it."""

    decisions: list[Answer] = Field(min_length=1)

    @property
    def outcome(self) -> Outcome:
        """Combined here again: what is written at the head of the judgement is not relied on."""
        return worst(one.outcome for one in self.decisions)

    @property
    def digests(self) -> tuple[str, str]:
        stamp = self.decisions[0].stamp
        return stamp.sha256, stamp.record_sha256

    def entered(self, name: str) -> set[str | None]:
        """What the decisions were told of one input, such as procedure.needle_out; None: one was not told it."""
        told = [{one.name: str(one.value) for one in answer.inputs} for answer in self.decisions]
        return {inputs.get(name) for inputs in told}


@dataclass(frozen=True, slots=True)
class RestartGiven:
    """When one drug is started again; without times, what is told instead."""

    drug: str
    earliest: Instant | None
    usual: Instant | None
    words: str


def read_discharge(data: Mapping[str, Any]) -> Discharge | None:
    """A judgement; None where it is not a whole one of the antithrombotic policy at discharge."""
    try:
        found = Discharge.model_validate(data)
    except ValidationError:
        return None
    whole = any(one.rule == LIST_RULE for one in found.decisions)
    of_one = len({(one.stamp, one.asked) for one in found.decisions}) == 1
    timed = all(_is_timed(one) for one in found.decisions)
    return found if whole and of_one and timed else None


def _is_timed(one: Answer) -> bool:
    """A drug that may be started again has both times."""
    times = [name in one.moments for name in ("earliest_restart", "usual_restart")]
    return all(times) or (not any(times) and (one.rule == LIST_RULE or one.outcome is not Outcome.OK))


def restarts_given(found: Discharge) -> Iterator[RestartGiven]:
    """Each drug that was stopped. One without times has the words that its patient is told."""
    for one in found.decisions:
        drug = one.subject.partition(" (")[0]
        if "earliest_restart" in one.moments:
            yield RestartGiven(drug, one.moments["earliest_restart"], one.moments["usual_restart"], "")
        elif one.rule != LIST_RULE and one.outcome is Outcome.DECIDE:
            yield RestartGiven(drug, None, None, " ".join(one.advice))

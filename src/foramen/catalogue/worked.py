"""Worked examples of a policy file: questions with the answers that must come out of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from foramen.catalogue.decision import Decision, Judgement, Moment
from foramen.catalogue.definition import Number, ParameterName
from foramen.catalogue.document import Part
from foramen.catalogue.inputs import Inputs
from foramen.catalogue.instants import local_of, moment_text

Word = Literal["OK", "HOLD", "DECIDE", "STOP", "NA"]


class Expected(Part):
    """What one rule has to answer. What is left out is not looked at."""

    rule: str = Field(description="id of the rule")
    outcome: Word = Field(description="its outcome")
    until: datetime | None = Field(None, description="local time of the site at which a HOLD ends")
    moments: dict[str, datetime] = Field({}, description="local times of the site, by name, such as latest_last_dose")
    override: Literal["O0", "O1", "O2"] | None = Field(None, description="class of the override")
    says: str = Field("", description="words that stand in one of the reasons")


class Worked(Part):
    """A worked example; its question says when and for what it is asked."""

    title: str = Field(description="what it shows")
    parameters: dict[ParameterName, Number] = Field({}, description="what the site has set")
    given: Inputs = Field(description="the question")
    outcome: Word = Field(description="the outcome of all rules together")
    expect: list[Expected] = Field(min_length=1, description="the answers of single rules")


def differences(example: Worked, found: Judgement) -> Iterator[str]:
    """What an example expects and what came out, where they differ."""
    if found.outcome.value != example.outcome:
        yield f"together: expected {example.outcome}, found {found.outcome.value}"
    for expected in example.expect:
        answers = [decision for decision in found.decisions if decision.rule == expected.rule]
        if len(answers) != 1:
            rules = ", ".join(decision.rule for decision in found.decisions)
            yield f"{expected.rule}: expected once, found among {rules}"
        else:
            yield from (f"{expected.rule}: {text}" for text in _unlike(expected, answers[0]))


def _unlike(expected: Expected, found: Decision) -> Iterator[str]:
    if found.outcome.value != expected.outcome:
        yield f"expected {expected.outcome}, found {found.outcome.value}"
    if expected.until is not None:
        yield from _other_time("until", expected.until, found.until)
    for name, local in expected.moments.items():
        yield from _other_time(name, local, found.moments.get(name))
    if expected.override is not None and (found.override is None or found.override.name != expected.override):
        yield f"expected override {expected.override}, found {found.override.name if found.override else 'none'}"
    if not any(expected.says in reason for reason in found.reasons):
        yield f"no reason says “{expected.says}”"


def _other_time(name: str, expected: datetime, found: Moment | None) -> Iterator[str]:
    if found is None or local_of(found).replace(tzinfo=None, fold=0) != expected:
        yield f"{name}: expected {expected:%Y-%m-%d %H:%M}, found {moment_text(found) if found else 'none'}"

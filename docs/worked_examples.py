"""Worked examples of policies, run when the page is made: question and answer in words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from docs.definition_parts import bullets, entries
from docs.markdown import code
from foramen.catalogue.decision import OCCASIONS, WORST_FIRST, Decision, Judgement
from foramen.catalogue.definition import Number
from foramen.catalogue.document import Document
from foramen.catalogue.inputs import moment_entered
from foramen.catalogue.instants import moment_text
from foramen.catalogue.policy import Policy
from foramen.catalogue.site_record import InForce, Signed, load_example
from foramen.catalogue.worked import Worked, differences
from foramen.cli.policy_text import MOMENTS

OPENING = """\
Each is a question with the answer that the program gives; `foramen policy check` runs them all and refuses the file
if one comes out differently. They are asked with the values of the site that they name, and no others. Names and
times are invented."""


def worked_examples(policy: Policy[Any, Any], document: Document[Any]) -> Iterator[str]:
    """The section of the worked examples."""
    yield f"## Worked examples\n\n{OPENING}"
    for example in policy.examples(document.content):
        found = answered(policy, document, example)
        yield f"### {example.title}"
        yield bullets(_asked(example, found), _question(example))
        yield "\n".join(_answer(found))


def for_example(policy: Policy[Any, Any], document: Document[Any], set_: Mapping[str, Number]) -> InForce[Any]:
    """A file as a site would put it in force that has set these values, signed by nobody."""
    record = load_example(policy.id)
    signed = Signed(id=document.content.id, version=document.content.version, digest=document.digest)
    content = record.content.model_copy(update={"policy": signed, "parameters": dict(set_)})
    return InForce(document, replace(record, content=content))


def answered(policy: Policy[Any, Any], document: Document[Any], example: Worked) -> Judgement:
    """What the program answers. A page with an answer that the file does not expect is not made."""
    given, in_force = example.given, for_example(policy, document, example.parameters)
    if given.asked is None:
        raise ValueError(f"{document.path}: “{example.title}” does not say when it is asked")
    now = moment_entered(given.asked, given.zone, "procedure", "asked")
    plan = given.occasion == "plan"
    found = policy.plan(in_force, given, now) if plan else policy.gate(in_force, given, now, given.occasion)
    if other := list(differences(example, found)):
        raise ValueError(f"{document.path}: “{example.title}” does not come out: {'; '.join(other)}")
    return found


def _asked(example: Worked, found: Judgement) -> str:
    values = ", ".join(f"{code(name)} = {value}" for name, value in example.parameters.items())
    site = f" The site has set {values}." if values else ""
    when = "while planning" if found.occasion == "plan" else OCCASIONS[found.occasion]
    return f"Asked {when}, on {moment_text(found.asked)}.{site}"


def _question(example: Worked) -> Iterator[str]:
    given = example.given.model_dump(exclude_unset=True)
    for name, value in given.items():
        if name not in ("zone", "asked", "occasion"):
            yield from entries(name, value)


def _answer(found: Judgement) -> Iterator[str]:
    yield f"**Answer: {found.outcome.value}**\n"
    for decision in sorted(found.decisions, key=lambda one: WORST_FIRST.index(one.outcome)):
        yield f"- {_headline(decision)}"
        yield from (f"  - {line}" for line in _lines(decision, found))


def _headline(decision: Decision) -> str:
    until = f", until {moment_text(decision.until)}" if decision.until else ""
    override = f"; {decision.override.name}" if decision.override else ""
    return f"**{decision.outcome.value}** {decision.rule}, {decision.subject}{until}{override}"


def _lines(decision: Decision, found: Judgement) -> Iterator[str]:
    yield from decision.reasons
    yield from (f"Note: {alert}" for alert in decision.alerts if alert not in found.banners)
    for name, moment in decision.moments.items():
        if name in MOMENTS and not (name == "usual_restart" and moment == decision.moments.get("earliest_restart")):
            yield f"{MOMENTS[name]} {moment_text(moment)}"
    if decision.advice:
        yield f"To the patient: “{' '.join(decision.advice)}”"

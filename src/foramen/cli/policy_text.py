"""Policies and their answers as text for people, 80 columns wide. Computes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import groupby
from textwrap import fill
from typing import Any

from foramen.catalogue.decision import (
    OCCASIONS,
    SUPPORT,
    WORST_FIRST,
    Decision,
    Judgement,
    Moment,
    Todo,
)
from foramen.catalogue.definition import Parameter
from foramen.catalogue.document import Document
from foramen.catalogue.instants import day_text, local_of, moment_text
from foramen.catalogue.policy import Line, Policy
from foramen.catalogue.site_record import InForce

WIDTH, LABEL = 80, 16

MOMENTS = {
    "latest_last_dose": "Last dose by",
    "decide_from": "To decide from",
    "over_held_from": "Over-held from",
    "earliest_restart": "Again from",
    "usual_restart": "Usually again",
}
"""Moments that are shown, by name; the others stand in the sentences."""


def explained(policy: Policy[Any, Any], in_force: InForce[Any], inputs: Any, found: Judgement) -> str:
    """A judgement: the outcome, each decision with the words for the phone, what to do next."""
    content, stamp = in_force.content, in_force.stamp
    asked = f"{moment_text(found.asked)}, {OCCASIONS[found.occasion]}"
    parts = [
        content.title,
        *(_paragraph(f"! {banner}", "  ") for banner in found.banners),
        "",
        *(_entry(label, text) for label, text in (*policy.heading(inputs), ("Asked", asked))),
        _entry("Together", f"{found.outcome.value} ({_counts(found)})"),
        *(_entry("Set by the site", text) for text in [_set_by_site(in_force)] if text),
        "",
    ]
    said: set[tuple[str, ...]] = set()
    for decision in sorted(found.decisions, key=lambda one: WORST_FIRST.index(one.outcome)):
        parts += [*_decision(decision, found, repeated=decision.advice in said), ""]
        said |= {decision.advice} - {()}
    parts += [*_next(found), "-" * WIDTH, _paragraph(SUPPORT)]
    parts.append(_paragraph(f"Policy of this service: {stamp.policy} {stamp.version}, digest {stamp.digest}; "
                            f"record {stamp.record_digest}; time zones {stamp.tzdata}."))  # fmt: skip
    return "\n".join(parts) + "\n"


def _set_by_site(in_force: InForce[Any]) -> str:
    """The values that stand behind the result because no source prints them; and those that nobody has set."""
    values = {one: in_force.parameter(one.name) for one in in_force.content.parameters}
    said = [f"{one.name} {value} {one.unit}" for one, value in values.items() if value is not None]
    unset = [one.name for one, value in values.items() if value is None]
    return "; ".join([*said, *([f"not set: {', '.join(unset)}"] if unset else [])])


def _counts(found: Judgement) -> str:
    counts = Counter(decision.outcome for decision in found.decisions)
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in WORST_FIRST if counts[outcome])


def _decision(decision: Decision, found: Judgement, *, repeated: bool) -> Iterator[str]:
    yield "-" * WIDTH
    head = f"{decision.outcome.value}  {decision.subject or decision.rule}"
    room = WIDTH - len(decision.rule) - 2
    yield f"{head:<{room}}  {decision.rule}" if len(head) <= room else f"{head}  {decision.rule}"
    if decision.until is not None:
        yield _entry("Until", moment_text(decision.until))
    yield from _listed("Tell the patient", () if repeated else decision.advice)
    yield from _listed("Why", _reasons(decision))
    yield from _listed("Note", (alert for alert in decision.alerts if alert not in found.banners))
    for name, moment in decision.moments.items():
        if name in MOMENTS and not (name == "usual_restart" and moment == decision.moments.get("earliest_restart")):
            yield _entry(MOMENTS[name], moment_text(moment))
    for label, text in (("Printed", decision.printed), ("Used", decision.resolved), ("Source", decision.source)):
        if text:
            yield _entry(label, text)
    yield from _listed("For information", decision.information)
    if decision.override is not None:
        yield _entry("To go on anyway", f"{decision.override.name}: {decision.override.value}")


def _reasons(decision: Decision) -> Iterator[str]:
    """Each with its outcome, where they differ."""
    found = {finding.reason: finding.outcome.value for finding in decision.findings}
    several = len(set(found.values())) > 1
    for reason in decision.reasons:
        yield f"{found[reason]}: {reason}" if several and reason in found else reason


def _next(found: Judgement) -> Iterator[str]:
    """All tasks in the order in which they are due."""
    todos = dict.fromkeys(todo for decision in found.decisions for todo in decision.todos)
    if todos:
        ordered = sorted(todos, key=lambda todo: _due(todo))
        yield "-" * WIDTH
        yield "What to do next"
        yield from (_paragraph(f"- {_by(todo)}{todo.what}", "  ", start="  ", rest="    ") for todo in ordered)
        yield ""


def _due(todo: Todo) -> datetime:
    if isinstance(todo.by, Moment):
        return local_of(todo.by).replace(tzinfo=None)
    return datetime.combine(todo.by, time.max) if todo.by is not None else datetime.max


def _by(todo: Todo) -> str:
    if isinstance(todo.by, Moment):
        return f"By {moment_text(todo.by)}: "
    return f"By {day_text(todo.by)}: " if isinstance(todo.by, date) else ""


# --- policies themselves --------------------------------------------------------------------------------------------


def shown(policy: Policy[Any, Any], document: Document[Any]) -> str:
    """A policy: what it is for, its sources, what a site has to set, every rule, and the notes."""
    content = document.content
    parts = [content.title, _paragraph(content.about), ""]
    parts += [_entry("Policy", f"{content.id} {content.version}"), f"  Digest\n    {document.digest}"]
    parts += [_entry("Review by", day_text(content.review_by)), ""]
    parts += [*_listed("Sources", (f"{one.key}: {one.citation}" for one in content.sources)), ""]
    parts += [*_listed("What a site sets, because no source prints it", map(_parameter, content.parameters)), ""]
    for line in policy.lines(content):
        parts += [*_line(line), ""]
    for heading, notes in groupby(policy.notes(content), key=lambda note: note[0]):
        parts += ["-" * WIDTH, *_listed(heading, (text for _, text in notes)), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _parameter(parameter: Parameter) -> str:
    suggestion = f" Others: {parameter.suggestion}." if parameter.suggestion else ""
    return f"{parameter.name} ({parameter.unit}): {parameter.about}. Not set: {parameter.unset}.{suggestion}"


def _line(line: Line) -> Iterator[str]:
    yield "-" * WIDTH
    yield _paragraph(f"{line.rule}  {line.when}", "  ")
    for label, text in (
        ("Printed", line.printed),
        ("Used", line.resolved),
        ("Why", line.reason),
        ("Source", line.source),
    ):
        if text:
            yield _entry(label, text)


def overview(policies: Iterable[tuple[Policy[Any, Any], Document[Any]]]) -> str:
    """One entry for each policy of the library."""
    parts = []
    for policy, document in policies:
        content = document.content
        parts.append(f"{policy.id} {content.version}")
        parts.append(_paragraph(content.title, start="  ", rest="  "))
        parts.append(f"  review by {day_text(content.review_by)}, digest {document.digest[:12]}…")
    return "\n".join(parts) + "\n"


# --- lines ----------------------------------------------------------------------------------------------------------


def _entry(label: str, text: str) -> str:
    return fill(text, WIDTH, initial_indent=f"  {label:<{LABEL}}", subsequent_indent=" " * (LABEL + 2))


def _listed(label: str, texts: Iterable[str]) -> Iterator[str]:
    lines = list(texts)
    if lines:
        yield f"  {label}"
        yield from (_paragraph(text, start="    - ", rest="      ") for text in lines)


def _paragraph(text: str, indent: str = "", *, start: str = "", rest: str | None = None) -> str:
    return fill(text, WIDTH, initial_indent=start, subsequent_indent=indent if rest is None else rest)

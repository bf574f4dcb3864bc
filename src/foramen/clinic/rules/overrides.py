"""Whether somebody who may has gone on in spite of a decision (CLINICAL 1.2, 1.3).

An override holds for one rule, about one thing, at one occasion, for one booked start and one plan, and for what the
rule said then: another value of the laboratory, another list, plan or slot voids it, also a slot that is taken back.
Nobody is counted twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from foramen.catalogue.decision import Decision, Override, strictest
from foramen.clinic.facts.overriding import Overridden
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts, Known
from foramen.clinic.rights.roles import DOCTORS, Role

Signature = tuple[Known, Overridden]
"""A fact with what it holds."""

RUNNING = (
    (
        re.compile(r"\b\d+ h(?: \d+ min)? since the last dose (?:now|at (?:the booked )?needle-in)"),
        "… since the last dose",
    ),
    (re.compile(r"counts as taken now: (\d+) h from then is [^.]*"), r"counts as taken now: \1 h from then"),
    (re.compile(r"\bObserved \d+ h(?: \d+ min)?"), "Observed …"),
)
"""What runs on with the clock while nothing else has changed."""


def is_overridden(decision: Decision, visit: Visit, facts: Facts, *, anywhere: bool = False) -> bool:
    """Whether a decision is overridden by those who may; `anywhere`: for whichever occasion, as lists show it."""
    wanted = decision.override
    if wanted is None or wanted is Override.O0:
        return False
    by_class: dict[Override, set[UUID]] = {}
    for known, signed in signatures(decision, visit, facts, anywhere=anywhere):
        by_class.setdefault(Override[signed.override], set()).add(known.fact.by_id)
    return any(_is_enough(strictest((wanted, signed)), visit, people) for signed, people in by_class.items())


def _is_enough(wanted: Override | None, visit: Visit, people: set[UUID]) -> bool:
    performing = visit.radiologist_id is not None and visit.radiologist_id in people
    return performing and (wanted is Override.O1 or len(people) > 1)


def signatures(decision: Decision, visit: Visit, facts: Facts, *, anywhere: bool = False) -> Sequence[Signature]:
    """The signatures under an override of exactly this, by those who may sign one."""
    holding = (one for one in _holding(decision, visit, facts) if _may_sign(one[0]))
    return tuple(one for one in holding if anywhere or _is_for(decision, one[1]))


def _may_sign(known: Known) -> bool:
    """A radiologist or the lead, in person: never an account of the interface."""
    return Role(known.fact.role) in DOCTORS and known.fact.channel == "page"


def _holding(decision: Decision, visit: Visit, facts: Facts) -> Iterator[Signature]:
    """The overrides of exactly what the decision says, signed after the screening that stands and the last move."""
    since = max((one.fact.pk for kind in ("screening", "moved") if (one := facts.last(kind))), default=0)
    for known in facts.each("override"):
        newer = known.fact.pk > since
        if newer and isinstance(known.content, Overridden) and is_same(decision, known.content, visit):
            yield known, known.content


def is_same(decision: Decision, content: Overridden, visit: Visit) -> bool:
    """Whether an override is of this rule, about the same thing, for this start and plan, and of the same reasons."""
    return (content.rule, content.subject, content.start, content.plan) == (
        decision.rule, decision.subject, visit.start, visit.plan,
    ) and steady(content.reasons) == steady(decision.reasons)  # fmt: skip


def as_shown(decision: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    """What an override of a decision (as JSON) is of, word for word; plain data, for a form that shows it."""
    wanted = decision["override"]
    return {
        "rule": decision["rule"], "subject": decision["subject"], "outcome": decision["outcome"],
        "override": wanted["class"] if wanted else "", "occasion": decision["occasion"],
        "reasons": list(decision["reasons"]), "start": visit.start.isoformat(), "plan": visit.plan,
    }  # fmt: skip


def says_the_same(shown: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether two of `as_shown` differ in nothing but what runs on with the clock."""
    return {**shown, "reasons": steady(shown["reasons"])} == {**now, "reasons": steady(now["reasons"])}


def _is_for(decision: Decision, content: Overridden) -> bool:
    wanted = decision.override.name if decision.override else ""
    return (content.occasion, content.override) == (decision.occasion, wanted)


def steady(reasons: Sequence[str]) -> tuple[str, ...]:
    """Reasons without what runs on with the clock: an override does not end because a minute has passed."""
    return tuple(_steady(one) for one in reasons)


def _steady(reason: str) -> str:
    for pattern, instead in RUNNING:
        reason = pattern.sub(instead, reason)
    return reason

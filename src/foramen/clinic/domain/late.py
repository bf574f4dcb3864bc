"""Late entries: what was done on paper while the service was down, with both times kept.

A late entry says when it was and why it comes late. It keeps the order of the pathway and never lies in the future or
before the step that it follows. A gate that would have let nobody pass is judged for that time, and stored with a
deviation: what happened has happened. Only a radiologist says so, in person, of something that is over for a while;
what is being done now waits for its gate. A time-out that was entered late is none for a needle that goes in now.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from foramen.catalogue.decision import Decision, Occasion
from foramen.catalogue.instants import Moment, moment_text
from foramen.clinic.domain import adverse, pathway
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import NotAllowedError, WrongInputError
from foramen.clinic.domain.signing import sign
from foramen.clinic.facts.procedure import Deviation
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.clinic.rules import gates

WHO = frozenset({Role.NURSE, *DOCTORS})
"""Who enters late; a technologist only the own signature of a time-out, which nobody else can give."""

SHORTEST = 10
"""A reason has at least so many characters."""

OVER = timedelta(minutes=15)
"""Past a gate that says no, a late entry tells of what is over for so long. A proposal; no source prints it."""


def check(act: Act, kind: str, facts: Facts) -> None:
    """Raise an error unless this is no late entry, or one that may be made."""
    if act.happened_at is None:
        return
    if not act.roles & (WHO | ({Role.TECHNOLOGIST} if kind == "time_out_technologist" else set())):
        raise NotAllowedError.single("only a nurse or a radiologist enters late", remedy="ask one of them")
    check_reason(act, "say why it is entered late")
    if act.happened_at > act.at:
        raise WrongInputError.single(
            "this is in the future", where="happened_at", received=_told(act, act.happened_at),
            remedy="enter when it was, as the paper says",
        )  # fmt: skip
    _check_order(act, kind, facts)


def check_reason(act: Act, wanted: str) -> None:
    """Raise WrongInputError unless the act has a reason in words."""
    if len(act.why.strip()) < SHORTEST or not any(one.isalnum() for one in act.why):
        raise WrongInputError.single(wanted, where="why", remedy=f"at least {SHORTEST} characters, in words")


def _check_order(act: Act, kind: str, facts: Facts) -> None:
    before = [known.fact for name in pathway.STEPS[kind].needs if (known := facts.last(name)) is not None]
    latest = max(before, key=lambda fact: fact.happened_at, default=None)
    if latest is not None and act.when < latest.happened_at:
        raise WrongInputError.single(
            f"this is before {pathway.label_of(latest.kind)}, which comes first", where="happened_at",
            received=_told(act, act.when), remedy=f"not before {_told(act, latest.happened_at)}",
        )  # fmt: skip


def pass_gate(act: Act, visit: Visit, facts: Facts, occasion: Occasion, verb: str) -> None:
    """The gate of a verb. It lets nobody pass; of a late entry it says what it would have said, as a deviation."""
    if act.happened_at is None:
        gates.pass_gate(act, visit, facts, occasion, verb)
        return
    judged = gates.judge(visit, facts, occasion, Moment(act.when, visit.site.zone))
    gates.store(act, visit, judged, verb)
    left = gates.standing_in_the_way(judged, visit, facts)
    check_past_gate(act, left, occasion)
    if said := [f"{one.rule} {one.outcome.value}" for one in left]:
        note(act, visit, f"Entered late; at that time the rules would have said: {', '.join(said)}")


def check_past_gate(act: Act, left: Sequence[Decision], occasion: Occasion) -> None:
    """Raise an error unless a late entry may be made although these decisions let nobody pass. A technologist's own
    signature of a time-out lets no needle in by itself: the radiologist's entry of the needle does."""
    if not left:
        return
    rules = ", ".join(dict.fromkeys(one.rule for one in left))
    if act.channel != "page":
        raise NotAllowedError.single(
            f"only a person enters late, on a page, what {rules} would have stopped", remedy="have a radiologist do it"
        )
    if occasion != "time_out" and not act.roles & DOCTORS:
        raise NotAllowedError.single(
            f"only a radiologist enters late what {rules} would have stopped", remedy="have a radiologist do it"
        )
    check_over(act, f"{rules} would have stopped this")


def check_over(act: Act, why: str) -> None:
    """Raise WrongInputError where a late entry tells of what is hardly over."""
    if act.at - act.when < OVER:
        raise WrongInputError.single(
            f"{why}, and it is said to have been less than {OVER.seconds // 60} minutes ago", where="happened_at",
            received=_told(act, act.when), remedy="what is being done now waits for its gate",
        )  # fmt: skip


def note(act: Act, visit: Visit, what: str, **more: Any) -> None:
    """Record a deviation beside what is being recorded, with the reason of the act; `more` is the rest of it."""
    said = Deviation(what=what, reason=act.why, **more)
    sign(act, visit, "deviation", said, act.role_for(frozenset(Role)))
    if said.adverse:
        adverse.ask_to_follow(act, visit, said.what)


def _told(act: Act, instant: datetime) -> str:
    return moment_text(Moment(instant, act.site.zone))

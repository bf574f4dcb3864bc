"""The list of medicines as a whole: an empty one says nothing, an old one is asked again (2.7)."""

from collections.abc import Iterator
from datetime import timedelta

from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.information import compared, comparisons_of
from foramen.catalogue.decision import Decision, Finding, Outcome, Override, Todo, by_severity, strictest
from foramen.catalogue.instants import day_of, day_text

RULE = "AC-LIST"


def list_decision(case: Case) -> Decision:
    """Whether the list may be relied on; does not apply beyond that where the patient takes nothing, and said so."""
    findings = by_severity([*_faults(case), _answer(case)])
    return Decision(
        RULE, findings[0].outcome, tuple(one.reason for one in findings), case.in_force.stamp, "the list of medicines",
        override=strictest(one.override for one in findings), findings=findings,
        inputs=case.told,
        todos=tuple(_todos(case)),
        information=tuple(compared(one) for one in comparisons_of(case.policy, None) if case.planning),
    )  # fmt: skip


def _answer(case: Case) -> Finding:
    told, confirmed = case.inputs.medications, case.times.confirmed
    day = day_text(day_of(confirmed)) if confirmed else "a day nobody recorded"
    asked = f"on {day}, asked by {told.asked_by or 'nobody recorded'}, answered by {told.asked_of or 'nobody recorded'}"
    if told.none:
        return Finding(Outcome.NA, f"No antithrombotic, NSAID or supplement declared {asked}.")
    number = len(case.inputs.medicines)
    return Finding(Outcome.OK, f"{number} medicine{'s' * (number > 1)} on the list, gone through {asked}.")


def _faults(case: Case) -> Iterator[Finding]:
    told = case.inputs.medications
    if case.times.confirmed is None or not told.asked_by or not told.asked_of:
        yield _stop("The list is not confirmed: enter when it was gone through, who asked and who answered.")
    else:
        yield from _age(case, case.days_since(day_of(case.times.confirmed)))
    if told.changed in ("yes", "unknown"):
        yield _stop("The list may have changed since it was confirmed: go through it again.")
    elif told.changed is None and not case.planning:
        yield _stop("Whether anything has changed since the list was confirmed has not been asked: ask, and record it.")


def _age(case: Case, days: int) -> Iterator[Finding]:
    limit = case.parameter("medlist_max_age_days")
    if limit is None and days:
        text = (
            f"The list is {days} days old, and this site has not set how old it may be: decide, or go through it again."
        )
        yield Finding(Outcome.DECIDE, text, Override.O1)
    elif limit is not None and days > limit:
        yield _stop(f"The list is {days} days old; at most {limit} are allowed: go through it again.")


def _stop(reason: str) -> Finding:
    return Finding(Outcome.STOP, reason, Override.O2)


def _todos(case: Case) -> Iterator[Todo]:
    """The list is asked again on the day, and before it gets too old for it."""
    if not case.planning or case.times.start is None:
        return
    yield Todo("Ask at arrival whether any medicine, painkiller or supplement has changed since.", case.day)
    limit, confirmed = case.parameter("medlist_max_age_days"), case.times.confirmed
    if limit is not None and confirmed is not None and (case.day - day_of(confirmed)).days > limit:
        first = case.day - timedelta(days=int(limit))
        yield Todo(f"Go through the whole list again on {day_text(first)} or later: it will be too old.", case.day)

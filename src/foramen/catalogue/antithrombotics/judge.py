"""The decisions of the antithrombotic policy: the procedure, the list, each drug, each name that nobody recognises."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from foramen.catalogue.antithrombotics.advice import advice_of
from foramen.catalogue.antithrombotics.asked import Asked, find_asked
from foramen.catalogue.antithrombotics.basis import basis_of
from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.hold import hold_findings, inr_disagrees, over_held, still_to_come
from foramen.catalogue.antithrombotics.information import information_of
from foramen.catalogue.antithrombotics.list_rule import list_decision
from foramen.catalogue.antithrombotics.restart import course_of, restart_findings, restart_text, restart_together
from foramen.catalogue.antithrombotics.shown import printed_text, resolved_text, source_text
from foramen.catalogue.antithrombotics.todos import todos_of
from foramen.catalogue.antithrombotics.together import Together, put_together
from foramen.catalogue.antithrombotics.unlisted import unlisted_decisions
from foramen.catalogue.decision import (
    WORST_FIRST,
    Decision,
    Finding,
    Moment,
    Outcome,
    Override,
    by_severity,
    latest_end,
    strictest,
)
from foramen.catalogue.drugs import NameIndex
from foramen.catalogue.instants import day_of, day_text, held_until


def decide(case: Case, names: NameIndex) -> Iterator[Decision]:
    """All decisions on one question. Each is shown; the worst is the outcome."""
    yield from _procedure(case)
    yield list_decision(case)
    if case.planning and case.times.start is None:
        return
    found = [tuple(find_asked(case, taken)) for taken in case.listing.taken]
    for rows, together in zip(found, put_together(found), strict=True):
        yield _drug(rows, together)
    yield from unlisted_decisions(case, names)


def _procedure(case: Case) -> Iterator[Decision]:
    """The start, level and route of the procedure: without them nothing passes (2.7), nor on another day."""
    procedure = case.inputs.procedure
    missing = [name for name in ("start", "level", "route") if getattr(procedure, name) is None]
    reasons = (*(f"The {name} of the procedure is missing: enter it." for name in missing), *_another_day(case))
    if reasons:
        findings = tuple(Finding(Outcome.STOP, reason, Override.O0) for reason in reasons)
        yield Decision(
            "AC-PROCEDURE", Outcome.STOP, reasons, case.in_force.stamp, "the procedure", override=Override.O0,
            findings=findings, inputs=case.told,
        )  # fmt: skip


def _another_day(case: Case) -> Iterator[str]:
    """A gate is of the booked local date; a patient may leave on the day after."""
    booked, today = case.booked_day, day_of(case.now)
    late = timedelta(days=case.occasion == "discharge")
    if not case.planning and booked is not None and not booked <= today <= booked + late:
        yield (
            f"The injection is booked for {day_text(booked)}, and this is asked on {day_text(today)}: enter the start "
            "of this injection, and go through everything again."
        )


def _drug(rows: Sequence[Asked], together: Together) -> Decision:
    """Every row that the entries of a drug ask for, with all findings; the worst comes first and gives its name, in
    whatever order the entries stand."""
    answers = [(asked, tuple(_findings(asked, together))) for asked in rows]
    answers.sort(key=lambda answer: _rank(*answer))
    findings = dict.fromkeys(finding for _, found in answers for finding in found)
    return _decision([asked for asked, _ in answers], together, by_severity(findings))


def _rank(asked: Asked, findings: tuple[Finding, ...]) -> tuple[int, float, int, str]:
    """The worst outcome first, of two HOLDs the one that ends later, then the one that finds more."""
    until = latest_end(findings)
    worst = min(WORST_FIRST.index(one.outcome) for one in findings)
    found = sum(one.outcome not in (Outcome.OK, Outcome.NA) for one in findings)
    return worst, -until.utc.timestamp() if until else 0.0, -found, asked.row.id


def _findings(asked: Asked, together: Together) -> Iterator[Finding]:
    return restart_findings(asked, together) if asked.case.occasion == "discharge" else hold_findings(asked)


def _decision(rows: Sequence[Asked], together: Together, findings: tuple[Finding, ...]) -> Decision:
    asked, case = rows[0], together.case
    until = latest_end(findings)
    return Decision(
        rule=asked.row.id,
        outcome=findings[0].outcome,
        reasons=tuple(
            dict.fromkeys((*(one.reason for one in findings), *(said for one in rows for said in basis_of(one))))
        ),
        stamp=case.in_force.stamp,
        subject=asked.taken.named,
        printed=_of_each(rows, lambda one: printed_text(one.row)),
        resolved=_of_each(rows, lambda one: f"{resolved_text(one.row)}; {restart_text(one)}"),
        source=" and ".join(dict.fromkeys(source_text(case.policy, one.row) for one in rows)),
        until=until,
        moments=dict(_moments(asked, together)),
        advice=advice_of(together),
        todos=tuple(dict.fromkeys(todo for one in rows for todo in todos_of(one, together, until))),
        information=tuple(dict.fromkeys(line for one in rows for line in information_of(one))),
        override=strictest(finding.override for finding in findings),
        inputs=case.told,
        alerts=tuple(dict.fromkeys(alert for one in rows for alert in _alerts(one, together, differing=len(rows) > 1))),
        findings=findings,
    )


def _of_each(rows: Sequence[Asked], text: Callable[[Asked], str]) -> str:
    """One text, or one for each row behind its name."""
    if len(rows) == 1:
        return text(rows[0])
    return " / ".join(f"{one.row.id}: {text(one)}" for one in sorted(rows, key=lambda one: one.row.id))


def _moments(asked: Asked, together: Together) -> Iterator[tuple[str, Moment]]:
    """Instants by name; those that follow from a last dose only where that dose is known and final."""
    hold, dose = asked.row.hold, asked.dose
    by, latest = together.last_dose_by, together.latest
    if asked.stays or (asked.case.occasion == "discharge" and course_of(asked) == "went on"):
        return
    if asked.latest is not None and latest is not None and by is not None and asked.case.occasion != "discharge":
        yield "latest_last_dose", latest
        yield "instructed_last_dose", by
    if dose is not None and hold.check and not still_to_come(asked, dose):
        if asked.floor < hold.check:
            yield "decide_from", held_until(dose.latest, asked.floor)
        if asked.row.coordination and hold.max_off is not None:
            yield "over_held_from", held_until(dose.earliest, hold.max_off)
    if course_of(asked) == "stopped":
        yield from restart_together(together).items()


def _alerts(asked: Asked, together: Together, *, differing: bool) -> Iterator[str]:
    if (text := over_held(asked)) is not None:
        yield text
    if inr_disagrees(asked):
        yield "INRs of this day stand on both sides of the limit."
    if len(asked.medicines) > 1:
        yield f"{asked.taken.named} is one drug, listed {len(asked.medicines)} times: the latest last dose counts."
    if differing:
        yield f"The entries of {asked.name} say different things about what it is for: every row has to allow it."
    if len({one.name for one in together.rows}) > 1:
        yield f"{together.name} are taken in one tablet: the earliest last dose and the latest restart count for both."

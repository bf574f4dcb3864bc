"""The decisions of the antithrombotic policy: the procedure, the list, each drug, each name that nobody recognises."""

from collections.abc import Iterator

from foramen.catalogue.antithrombotics.advice import advice_of, last_dose_by
from foramen.catalogue.antithrombotics.asked import Asked, find_asked
from foramen.catalogue.antithrombotics.basis import basis_of
from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.hold import hold_findings, over_held, still_to_come
from foramen.catalogue.antithrombotics.information import information_of, inputs_of
from foramen.catalogue.antithrombotics.list_rule import list_decision
from foramen.catalogue.antithrombotics.listing import Taken
from foramen.catalogue.antithrombotics.restart import restart_findings, restart_moments, restart_text
from foramen.catalogue.antithrombotics.shown import printed_text, resolved_text, source_text
from foramen.catalogue.antithrombotics.todos import todos_of
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
from foramen.catalogue.instants import held_until


def decide(case: Case, names: NameIndex) -> Iterator[Decision]:
    """All decisions on one question. Each is shown; the worst is the outcome."""
    yield from _procedure(case)
    yield list_decision(case)
    if case.planning and case.times.start is None:
        return
    for taken in case.listing.taken:
        yield _drug(case, taken)
    yield from unlisted_decisions(case, names)


def _procedure(case: Case) -> Iterator[Decision]:
    """The start, level and route of the procedure: without them nothing passes (2.7)."""
    procedure = case.inputs.procedure
    missing = [name for name in ("start", "level", "route") if getattr(procedure, name) is None]
    if missing:
        reasons = tuple(f"The {name} of the procedure is missing: enter it." for name in missing)
        findings = tuple(Finding(Outcome.STOP, reason, Override.O0) for reason in reasons)
        yield Decision(
            "AC-PROCEDURE", Outcome.STOP, reasons, case.in_force.stamp, "the procedure", override=Override.O0,
            findings=findings, inputs=inputs_of(case, ()),
        )  # fmt: skip


def _drug(case: Case, taken: Taken) -> Decision:
    """The row that the entries of a drug ask for; where they differ, the one with the worst answer and all findings."""
    answers = [(asked, tuple(_findings(asked))) for asked in find_asked(case, taken)]
    asked, _ = min(answers, key=lambda answer: _rank(answer[1]))
    findings = dict.fromkeys(finding for _, found in answers for finding in found)
    return _decision(asked, by_severity(findings), differing=len(answers) > 1)


def _rank(findings: tuple[Finding, ...]) -> tuple[int, float]:
    """The worst outcome first, and of two HOLDs the one that ends later."""
    until = latest_end(findings)
    return min(WORST_FIRST.index(one.outcome) for one in findings), -until.utc.timestamp() if until else 0.0


def _findings(asked: Asked) -> Iterator[Finding]:
    return restart_findings(asked) if asked.case.occasion == "discharge" else hold_findings(asked)


def _decision(asked: Asked, findings: tuple[Finding, ...], *, differing: bool) -> Decision:
    case, row = asked.case, asked.row
    return Decision(
        rule=row.id,
        outcome=findings[0].outcome,
        reasons=(*(finding.reason for finding in findings), *basis_of(asked)),
        stamp=case.in_force.stamp,
        subject=asked.taken.named,
        printed=printed_text(row),
        resolved=f"{resolved_text(row)}; {restart_text(asked)}",
        source=source_text(case.policy, row),
        until=latest_end(findings),
        moments=dict(_moments(asked)),
        advice=advice_of(asked),
        todos=tuple(todos_of(asked, latest_end(findings))),
        information=tuple(information_of(asked)),
        override=strictest(finding.override for finding in findings),
        inputs=inputs_of(case, asked.medicines),
        alerts=tuple(_alerts(asked, differing=differing)),
        findings=findings,
    )


def _moments(asked: Asked) -> Iterator[tuple[str, Moment]]:
    """Instants by name; those that follow from a last dose only where that dose is known and final."""
    hold, dose = asked.row.hold, asked.dose
    by = last_dose_by(asked)
    if asked.stays:
        return
    if asked.latest is not None and by is not None and asked.case.occasion != "discharge":
        yield "latest_last_dose", asked.latest
        yield "instructed_last_dose", by
    if dose is not None and hold.check and not still_to_come(asked, dose):
        if asked.floor < hold.check:
            yield "decide_from", held_until(dose.latest, asked.floor)
        if asked.row.coordination and hold.max_off is not None:
            yield "over_held_from", held_until(dose.earliest, hold.max_off)
    yield from restart_moments(asked).items()


def _alerts(asked: Asked, *, differing: bool) -> Iterator[str]:
    if (text := over_held(asked)) is not None:
        yield text
    if len(asked.medicines) > 1:
        yield f"{asked.taken.named} is one drug, listed {len(asked.medicines)} times: the latest last dose counts."
    if differing:
        yield f"The entries of {asked.name} say different things about what it is for: the strictest answer is used."

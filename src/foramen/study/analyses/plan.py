"""All analyses of a study planned; in a partial run without what the snapshot does not hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from foramen.kernel.errors import Fault, NotHeldError, UserError
from foramen.study.analyses.choice import plan_analysis
from foramen.study.analyses.task import Context, Task
from foramen.study.analysis_definition import Agreement, Analysis, Compare, Describe, Mixed, Normality, Within
from foramen.study.held import Lack, concerns


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An analysis that a partial run does without, or one of its outcomes or findings, at one time point or at all."""

    analysis: str
    outcome: str | None
    timepoint: str | None
    reason: str


@dataclass
class Planned:
    """Tasks by analysis, what a partial run leaves out, and what is wrong."""

    analyses: list[tuple[str, tuple[Task, ...]]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def plan_analyses(context: Context) -> Planned:
    """Plan every analysis. What is not held has been found before and is no fault here."""
    planned = Planned()
    for i, analysis in enumerate(context.frame.study.analyses):
        try:
            tasks = plan_analysis(context, analysis, f"analyses[{i + 1}] ({analysis.name})")
            planned.analyses.append((analysis.name, tuple(tasks)))
        except NotHeldError:
            continue
        except UserError as error:
            planned.faults += error.faults
    return planned


def plan_partly(context: Context, found: Sequence[Lack]) -> Planned:
    """Plan what is left of every analysis without what is not held."""
    planned, held = Planned(), _held(context, found)
    study = context.frame.study
    kept = [
        outcome.model_copy(update={"timepoints": list(held[outcome.name])})
        for outcome in study.outcomes
        if outcome.name in held
    ]
    rest = replace(context, frame=replace(context.frame, study=study.model_copy(update={"outcomes": kept})))
    for i, analysis in enumerate(study.analyses):
        _plan_rest(rest, analysis, f"analyses[{i + 1}] ({analysis.name})", found, held, planned)
    return planned


def _plan_rest(
    context: Context, analysis: Analysis, where: str, found: Sequence[Lack], held: "Held", planned: Planned
) -> None:
    missing = [lack for lack in found if concerns(lack, analysis)]
    left = _without(analysis, held, missing) if missing else analysis
    try:
        if left is not None:
            planned.analyses.append((analysis.name, tuple(plan_analysis(context, left, where))))
            planned.left_out += dict.fromkeys(_left_out(analysis, lack) for lack in missing)
    except UserError as error:
        if not missing:
            planned.faults += error.faults
        left = None
    if left is None and missing:
        reasons = dict.fromkeys(_said(lack) for lack in missing)
        planned.left_out.append(LeftOut(analysis.name, None, None, "; ".join(reasons)))


Held = Mapping[str, tuple[str, ...]]
"""The outcomes that are held, each with the time points at which it is; none for what is known once."""


def _held(context: Context, found: Sequence[Lack]) -> Held:
    gone = {(lack.outcome, lack.timepoint) for lack in found}
    left = {
        outcome.name: tuple(at for at in outcome.timepoints if (outcome.name, at) not in gone)
        for outcome in context.frame.study.outcomes
        if (outcome.name, None) not in gone
    }
    once = {outcome.name for outcome in context.frame.study.outcomes if not outcome.timepoints}
    return {name: times for name, times in left.items() if times or name in once}


def _without(analysis: Analysis, held: Held, missing: Sequence[Lack]) -> Analysis | None:
    """The analysis without what is not held; None where nothing that means the same is left."""
    if isinstance(analysis, Agreement):
        gone = {lack.finding for lack in missing}
        findings = [name for name in analysis.findings if name not in gone]
        return analysis.model_copy(update={"findings": findings}) if findings else None
    if any(lack.analysis is not None for lack in missing):
        return None
    if isinstance(analysis, Mixed):
        times = [at for at in analysis.timepoints or held.get(analysis.outcome, ()) if at in held[analysis.outcome]]
        return analysis.model_copy(update={"timepoints": times}) if len(times) > 1 else None
    if isinstance(analysis, Describe | Compare | Within | Normality):
        return _of_outcomes(analysis, held)
    return None


def _of_outcomes(analysis: Describe | Compare | Within | Normality, held: Held) -> Analysis | None:
    by = analysis.by
    if by is not None and (by.outcome not in held or (by.at is not None and by.at not in held[by.outcome])):
        return None
    least = 2 if isinstance(analysis, Within) else 1
    asked = {name: _times(analysis, held, name) for name in analysis.outcomes if name in held}
    outcomes = [name for name, times in asked.items() if times is None or len(times) >= least]
    times = None if analysis.timepoints is None else [at for at in analysis.timepoints if _measured(at, outcomes, held)]
    return analysis.model_copy(update={"outcomes": outcomes, "timepoints": times}) if outcomes else None


def _times(analysis: Describe | Compare | Within | Normality, held: Held, name: str) -> list[str] | None:
    """The time points left of an outcome in an analysis; None for what is known once."""
    if not held[name]:
        return None
    return [at for at in held[name] if analysis.timepoints is None or at in analysis.timepoints]


def _measured(at: str, outcomes: Sequence[str], held: Held) -> bool:
    return any(at in held[name] for name in outcomes)


def _left_out(analysis: Analysis, lack: Lack) -> LeftOut:
    return LeftOut(analysis.name, lack.outcome or lack.finding, lack.timepoint, _said(lack))


def _said(lack: Lack) -> str:
    return f"{lack.fault.what}: {lack.fault.received}" if lack.fault.received else lack.fault.what

"""All analyses of a study planned, and what becomes of those that name what the snapshot does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from foramen.kernel.errors import Fault, NotHeldError, UserError
from foramen.study.analyses.choice import Asked, plan_analysis
from foramen.study.analyses.task import Context, Task
from foramen.study.analysis_definition import Agreement
from foramen.study.definition import Study


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An analysis, or one of its outcomes, that the snapshot cannot serve."""

    analysis: str
    outcome: str | None
    reason: str


@dataclass
class Planned:
    """Tasks by analysis; what is left out of a partial run; what is wrong; which analyses name what is not held."""

    analyses: list[tuple[str, tuple[Task, ...]]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    not_held: list[str] = field(default_factory=list)


def plan_analyses(context: Context, *, partial: bool) -> Planned:
    """Plan every analysis. `partial` lets go of what is not held; everything else that is wrong stays a fault."""
    planned = Planned()
    for i, analysis in enumerate(context.frame.study.analyses):
        where = f"analyses[{i + 1}] ({analysis.name})"
        try:
            planned.analyses.append((analysis.name, tuple(plan_analysis(context, analysis, where))))
        except NotHeldError as error:
            if partial:
                _plan_rest(context, analysis, where, error, planned)
            else:
                planned.faults += error.faults
                planned.not_held.append(analysis.name)
        except UserError as error:
            planned.faults += error.faults
    return planned


def _plan_rest(context: Context, analysis: Asked, where: str, error: NotHeldError, planned: Planned) -> None:
    """What is left of an analysis without the outcomes or findings that are not held; nothing, where all are needed."""
    key = "findings" if isinstance(analysis, Agreement) else "outcomes"
    names = getattr(analysis, key, [])
    if len(names) < 2 or analysis.missing == "complete":
        planned.left_out.append(LeftOut(analysis.name, None, _said(error)))
        return
    kept = []
    for name in names:
        try:
            plan_analysis(context, analysis.model_copy(update={key: [name]}), where)
            kept.append(name)
        except NotHeldError as missing:
            planned.left_out.append(LeftOut(analysis.name, name, _said(missing)))
    if kept:
        rest = analysis.model_copy(update={key: kept})
        planned.analyses.append((analysis.name, tuple(plan_analysis(context, rest, where))))


def _said(error: NotHeldError) -> str:
    return "; ".join(f"{fault.what}: {fault.received}" for fault in error.faults)


def falling_away(study: Study, planned: Planned) -> Sequence[Fault]:
    """Which tables and figures rest on what is not held, and what can be done."""
    titles = [shown.title for shown in (*study.tables, *study.figures) if set(shown.analyses) & set(planned.not_held)]
    if not planned.not_held:
        return []
    what = "with what the snapshot does not hold, these would fall away or lose lines"
    remedy = "import the missing columns, or run what is left with --partial"
    return [Fault(what, "tables and figures", "; ".join(titles) or ", ".join(planned.not_held), remedy)]

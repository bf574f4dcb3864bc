"""What a study names and the snapshot does not hold: found before anything is planned, all of it at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from foramen.kernel.errors import Fault, NotHeldError, UserError
from foramen.study.analyses.task import Context, grouping, one_group
from foramen.study.analysis_definition import (
    Agreement,
    Analysis,
    Ancova,
    Compare,
    Correlate,
    Logistic,
    Mixed,
    OutcomeAt,
    Transition,
)
from foramen.study.definition import Outcome, Study
from foramen.study.display_definition import FigureWanted, TableWanted

FALLING_AWAY = "with what the snapshot does not hold, these would fall away or lose lines"
"""What the fault says that lists tables and figures."""

Named = tuple[str, Sequence[str] | None]
"""An outcome and the time points that are asked of it; None for all it has."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is not held: an outcome, at a time point if it has any, or what one analysis names by itself."""

    fault: Fault
    outcome: str | None = None
    timepoint: str | None = None
    analysis: str | None = None
    finding: str | None = None


def lacks(context: Context) -> list[Lack]:
    """Everything that is not held, in the order of the document."""
    study = context.frame.study
    found = [lack for outcome in study.outcomes for lack in _of_outcome(context, outcome)]
    return found + [lack for i, analysis in enumerate(study.analyses) for lack in _of_analysis(context, analysis, i)]


def _of_outcome(context: Context, outcome: Outcome) -> Iterator[Lack]:
    for at in outcome.timepoints or (None,):
        try:
            context.measure(outcome.name, at, "")
        except NotHeldError as error:
            yield from (Lack(fault, outcome.name, at) for fault in error.faults)
        except UserError:
            continue  # wrong in another way, which planning says


def _of_analysis(context: Context, analysis: Analysis, number: int) -> Iterator[Lack]:
    """Findings of readers and variables of models, which no outcome stands for; groups of which there is only one."""
    where = f"analyses[{number + 1}] ({analysis.name})"
    if isinstance(analysis, Compare) and (fault := _one_group(context, analysis, where)) is not None:
        yield Lack(fault, analysis=analysis.name)
    for variable, at, reader in _own(analysis):
        try:
            context.frame.source(variable, where, at=at, reader=reader)
        except NotHeldError as error:
            finding = variable if isinstance(analysis, Agreement) else None
            yield from (Lack(fault, analysis=analysis.name, finding=finding) for fault in error.faults)
        except UserError:
            continue


def _one_group(context: Context, analysis: Compare, where: str) -> Fault | None:
    """What is not wrong with the document: the snapshot has rows of one group alone, as in a first year.

    Levels that the document names are its own doing, and so is whatever keeps the groups from being found.
    """
    named_by = analysis.by if analysis.by is not None else context.frame.study.groups
    if named_by is None or named_by.levels is not None:
        return None
    try:
        group = grouping(context, analysis.by, where)
    except UserError:
        return None  # not held, which its outcome says, or wrong in another way, which planning says
    return one_group(group, where) if group is not None else None


def _own(analysis: Analysis) -> list[tuple[str, str | None, str | None]]:
    if isinstance(analysis, Agreement):
        return [(finding, None, reader) for finding in analysis.findings for reader in analysis.readers]
    if isinstance(analysis, Logistic):
        return [(p.variable, p.at, p.reader) for p in analysis.predictors]
    if isinstance(analysis, Mixed | Ancova):
        return [(p.variable, p.at, p.reader) for p in analysis.covariates]
    return []


def named(analysis: Analysis) -> list[Named]:
    """The outcomes an analysis asks for, each with its time points."""
    if isinstance(analysis, Agreement):
        return []
    if isinstance(analysis, Transition | Correlate):
        return [_one(analysis.first), _one(analysis.second)]
    if isinstance(analysis, Logistic):
        return [_one(analysis.outcome)]
    if isinstance(analysis, Mixed):
        return [(analysis.outcome, analysis.timepoints)]
    if isinstance(analysis, Ancova):
        return [(analysis.outcome, [analysis.at, analysis.baseline])]
    by = [_one(analysis.by)] if analysis.by else []
    return [*((name, analysis.timepoints) for name in analysis.outcomes), *by]


def _one(asked: OutcomeAt) -> Named:
    return asked.outcome, [asked.at] if asked.at else None


def concerns(lack: Lack, analysis: Analysis) -> bool:
    """Whether an analysis asks for what is not held."""
    if lack.analysis is not None:
        return lack.analysis == analysis.name
    return any(
        lack.outcome == outcome and (lack.timepoint is None or at is None or lack.timepoint in at)
        for outcome, at in named(analysis)
    )


def falling_away(study: Study, found: Sequence[Lack]) -> list[Fault]:
    """Which tables and figures would fall away or lose lines, and what can be done."""
    if not found:
        return []
    wanted: list[TableWanted | FigureWanted] = [*study.tables, *study.figures]
    titles = [shown.title for shown in wanted if _loses(study, shown, found)]
    remedy = "import the missing columns, or run what is left with --partial"
    return [
        Fault(FALLING_AWAY, "tables and figures", "; ".join(titles) or "none of those that the document names", remedy)
    ]


def _loses(study: Study, shown: TableWanted | FigureWanted, found: Iterable[Lack]) -> bool:
    analyses = [analysis for analysis in study.analyses if analysis.name in shown.analyses]
    return any(concerns(lack, analysis) and shows(shown, lack) for lack in found for analysis in analyses)


def shows(shown: TableWanted | FigureWanted, lack: Lack) -> bool:
    """Whether a table or figure would show what is not held, if its analyses had it."""
    subject = lack.outcome or lack.finding
    outcome = subject is None or shown.outcomes is None or subject in shown.outcomes
    return outcome and (lack.timepoint is None or shown.timepoints is None or lack.timepoint in shown.timepoints)


def together_by_cause(faults: Iterable[Fault]) -> list[Fault]:
    """Each thing that is wrong once, where it is first, and in how many more places."""
    places: dict[Fault, list[str]] = {}
    for fault in faults:
        places.setdefault(replace(fault, where=""), []).append(fault.where)
    return [replace(fault, where=_some(list(dict.fromkeys(where)))) for fault, where in places.items()]


def _some(places: Sequence[str]) -> str:
    more = len(places) - 1
    return places[0] if not more else f"{places[0]} and {more} more place{'s' if more > 1 else ''}"

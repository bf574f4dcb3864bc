"""What a study document says about itself: names given twice, and references that lead nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from foramen.kernel.errors import Fault, UserError
from foramen.statistics.definitions import resolve
from foramen.study.analysis_definition import Agreement, Analysis
from foramen.study.definition import Study
from foramen.study.display_definition import FigureWanted, TableWanted
from foramen.study.held import named


def inner_faults(study: Study) -> list[Fault]:
    """Everything that can be found without a snapshot."""
    faults = [
        *_twice("outcome", [o.name for o in study.outcomes]),
        *_twice("analysis", [a.name for a in study.analyses]),
    ]
    faults += _twice("time point", [t.name for t in study.timepoints])
    for i, table in enumerate(study.tables):
        faults += _shown_faults(study, table, f"tables[{i + 1}]")
    for i, figure in enumerate(study.figures):
        faults += _shown_faults(study, figure, f"figures[{i + 1}]")
    try:
        resolve(study.preset, study.definitions)
    except UserError as error:
        faults += error.faults
    return faults


def _twice(kind: str, names: Sequence[str]) -> Iterator[Fault]:
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Fault(f"two of them: {kind} “{name}”", "names", name, "rename one")


def _shown_faults(study: Study, shown: TableWanted | FigureWanted, where: str) -> Iterator[Fault]:
    yield from _unknown("analysis", shown.analyses, [a.name for a in study.analyses], f"{where}.analyses")
    analyses = [analysis for analysis in study.analyses if analysis.name in shown.analyses]
    subjects = dict.fromkeys(name for analysis in analyses for name in _subjects(analysis))
    yield from _unknown("outcome of these analyses", shown.outcomes or [], list(subjects), f"{where}.outcomes")
    planned = [timepoint.name for timepoint in study.timepoints]
    yield from _unknown("time point", shown.timepoints or [], planned, f"{where}.timepoints")


def _subjects(analysis: Analysis) -> list[str]:
    return analysis.findings if isinstance(analysis, Agreement) else [outcome for outcome, _ in named(analysis)]


def _unknown(kind: str, names: Iterable[str], known: Sequence[str], where: str) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            yield Fault(f"no such {kind}", where, name, f"did you mean “{near[0]}”?" if near else ", ".join(known))

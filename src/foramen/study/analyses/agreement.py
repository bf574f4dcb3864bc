"""Agreement of readers on imaging findings."""

from collections.abc import Sequence
from functools import partial
from itertools import combinations

from foramen.kernel.errors import DefinitionError, Fault, raise_all
from foramen.statistics.icc import bland_altman, icc
from foramen.statistics.kappa import cohen_kappa, percent_agreement
from foramen.statistics.multirater import fleiss_kappa, gwet_ac1, krippendorff_alpha
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable
from foramen.statistics.tables import CountTable
from foramen.study.analyses.task import Context, Desk, Task, attempt
from foramen.study.analysis_definition import Agreement
from foramen.study.engines.request import Condition, Counts, Key, Moments
from foramen.study.frame import Source, together

PAIRED = ("percent_agreement", "cohen_kappa", "bland_altman")
JOINT = ("gwet_ac1", "fleiss_kappa", "krippendorff_alpha")
OF_NUMBERS = ("icc", "bland_altman")


def agreement_tasks(context: Context, analysis: Agreement, where: str) -> list[Task]:
    """Per finding: one task per pair of readers, one for all readers, one for the intraclass correlation."""
    tasks: list[Task] = []
    for finding in analysis.findings:
        sources = [context.frame.source(finding, where, reader=reader) for reader in analysis.readers]
        _check(analysis, sources[0], where)
        if paired := [m for m in analysis.measures if m in PAIRED]:
            for one, other in combinations(range(len(sources)), 2):
                tasks.append(_counted(context, analysis, finding, sources, (one, other), paired))
        if joint := [m for m in analysis.measures if m in JOINT]:
            tasks.append(_counted(context, analysis, finding, sources, range(len(sources)), joint))
        if "icc" in analysis.measures:
            tasks.append(_icc(context, analysis, finding, sources))
    return tasks


def _check(analysis: Agreement, source: Source, where: str) -> None:
    faults = [
        Fault(f"{measure} needs a number", f"{where}.measures", source.variable.name, "ask kappa of a category")
        for measure in analysis.measures
        if measure in OF_NUMBERS and source.variable.kind == "category"
    ]
    raise_all(DefinitionError, faults)


def _counted(
    context: Context,
    analysis: Agreement,
    finding: str,
    sources: Sequence[Source],
    readers: Sequence[int],
    measures: Sequence[str],
) -> Task:
    request = Counts(tuple(sources[i].key for i in readers), _where(context, analysis, sources))
    dimensions = {"finding": finding, "reader": analysis.readers[readers[0]]}
    dimensions["against"] = ", ".join(analysis.readers[i] for i in readers[1:])

    def finish(desk: Desk) -> list[Statistic]:
        table = desk.counts(request)
        desk.keep(table, request, **dimensions)
        rows = []
        for measure in measures:
            rows += attempt(partial(_measured, context, analysis, measure, table), measure, **dimensions)
        return rows

    return Task((request,), finish)


def _where(context: Context, analysis: Agreement, sources: Sequence[Source]) -> Condition:
    recorded = [source.recorded for source in sources] if analysis.missing == "complete" else []
    return together(context.population.where, *recorded)


def _measured(context: Context, analysis: Agreement, measure: str, table: CountTable) -> list[Statistic]:
    level = context.level
    match measure:
        case "percent_agreement":
            return [percent_agreement(table, level=level, method=context.methods["proportion_interval"])]
        case "cohen_kappa":
            chosen: Sequence[str] = analysis.weights or [context.methods["kappa_weights"]]
            kappas = [(w, row) for w in chosen for row in cohen_kappa(table, weights=w, level=level)]
            return [row.describing(weights=weights) for weights, row in kappas]
        case "bland_altman":
            return bland_altman(table, level=level)
        case "gwet_ac1":
            return gwet_ac1(table, level=level)
        case "fleiss_kappa":
            return fleiss_kappa(table, level=level)
    return [krippendorff_alpha(table, metric=analysis.metric)]


def _icc(context: Context, analysis: Agreement, finding: str, sources: Sequence[Source]) -> Task:
    columns = tuple(Key(source.axis, source.column) for source in sources)
    request = Moments((), columns, _where(context, analysis, sources))
    dimensions = {"finding": finding, "reader": ", ".join(analysis.readers)}

    def finish(desk: Desk) -> list[Statistic]:
        moments = desk.ask(request)
        assert isinstance(moments, MomentTable)
        desk.keep(moments, request, **dimensions)
        return attempt(partial(icc, moments, level=context.level), "icc", **dimensions)

    return Task((request,), finish)

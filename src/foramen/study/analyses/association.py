"""Two outcomes of the same units: correlation, and transitions between classes."""

from collections.abc import Callable
from functools import partial

from foramen.kernel.errors import DefinitionError
from foramen.statistics.correlation import pearson, spearman
from foramen.statistics.result import Statistic
from foramen.statistics.tables import CountTable
from foramen.study.analyses.task import (
    UNDEFINED,
    Context,
    Desk,
    Task,
    attempt,
    by_group,
    count_row,
    keys_with_group,
    left_out_tasks,
)
from foramen.study.analysis_definition import Correlate, Transition
from foramen.study.engines.request import Counts
from foramen.study.measure import Measure, check_doses, derive_together

Rows = Callable[[CountTable, str], list[Statistic]]


def correlate_tasks(context: Context, analysis: Correlate, where: str) -> list[Task]:
    """Correlations over everybody and within each group."""
    first, second = _both(context, analysis, where)
    for measure in (first, second):
        if measure.kind == "responder" or measure.axis.labels:
            raise DefinitionError.single("a correlation needs numbers", where=where, received=measure.outcome.name)

    def rows(table: CountTable, group: str) -> list[Statistic]:
        dimensions = {**first.dimensions, "against": _named(second), "group": group}
        return [
            row for test in analysis.tests for row in attempt(partial(_test, context, test, table), test, **dimensions)
        ]

    return _tasks(context, analysis, first, second, rows)


def _test(context: Context, test: str, table: CountTable) -> Statistic:
    if test == "pearson":
        return pearson(table, level=context.level)
    methods = context.methods
    return spearman(table, method=methods["spearman_interval"], p_method=methods["spearman_p"], level=context.level)


def transition_tasks(context: Context, analysis: Transition, where: str) -> list[Task]:
    """Counts from every class of the first to every class of the second."""
    first, second = _both(context, analysis, where)
    for measure in (first, second):
        if not measure.axis.labels:
            raise DefinitionError.single(
                "transitions need classes", where=where, received=measure.outcome.name, remedy="give the outcome bands"
            )
    dimensions = {**second.dimensions, "against": _named(first)}

    def rows(table: CountTable, group: str) -> list[Statistic]:
        complete = table.complete()
        found = dict(complete.cells)
        return [
            Statistic(
                name="transition",
                method="count of units in one class first and another second; denominator: units with both",
                estimate=float(found.get((one, other), 0)),
                n=found.get((one, other), 0),
                denominator=complete.total,
                inputs=table.digest,
            ).describing(
                **dimensions, group=group, category=table.axes[1].label(other), from_category=table.axes[0].label(one)
            )
            for one in table.levels("first")
            for other in table.levels("second")
        ]

    return _tasks(context, analysis, first, second, rows)


def _both(context: Context, analysis: Correlate | Transition, where: str) -> tuple[Measure, Measure]:
    first = context.measure(analysis.first.outcome, analysis.first.at, f"{where}.first")
    second = context.measure(analysis.second.outcome, analysis.second.at, f"{where}.second")
    check_doses(first, second, where)
    return first, second


def _named(measure: Measure) -> str:
    return " ".join(filter(None, (measure.outcome.name, measure.timepoint)))


def _tasks(
    context: Context, analysis: Correlate | Transition, first: Measure, second: Measure, rows: Rows
) -> list[Task]:
    request = Counts(
        keys_with_group(context.population.group, *first.keys, *second.keys),
        context.where(analysis.missing, (first, second)),
    )

    def finish(desk: Desk) -> list[Statistic]:
        made = []
        for label, raw in by_group(desk.counts(request), overall=True):
            table = derive_together(raw, {"first": first, "second": second})
            dimensions = {**first.dimensions, "against": _named(second), "group": label}
            desk.keep(table, request, **dimensions)
            made += rows(table, label)
            if undefined := raw.total - table.total:
                desk.keep(raw, request, **dimensions)
                made.append(count_row("undefined", UNDEFINED, undefined, raw, dimensions))
        return made

    lost = left_out_tasks(context, analysis.missing, (first, second), context.population.group)
    return [Task((request,), finish), *lost]

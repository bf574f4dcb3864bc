"""Describe outcomes by group and time point; advisory tests of normality."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from foramen.snapshot.codebook import SUPPRESSED
from foramen.statistics.describe import count, describe, frequencies
from foramen.statistics.normality import lilliefors, shapiro
from foramen.statistics.proportions import responder_percent, zero_event_upper_bound
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, Code, CountTable
from foramen.study.analyses.task import (
    UNDEFINED,
    Context,
    Desk,
    Task,
    attempt,
    by_group,
    check_missing_rule,
    count_row,
    grouping,
    keys_with_group,
    left_out_tasks,
    not_grouped,
)
from foramen.study.analysis_definition import Describe, Normality
from foramen.study.engines.request import ALWAYS, Case, Condition, Counts, Key, Recorded
from foramen.study.measure import Measure

NORMALITY = {"shapiro": shapiro, "lilliefors": lilliefors}


def describe_tasks(context: Context, analysis: Describe, where: str) -> list[Task]:
    """One task per outcome and time point."""
    measures = context.measures(analysis.outcomes, analysis.timepoints, where)
    check_missing_rule(analysis.missing, measures, where)
    kept = context.where(analysis.missing, measures)
    group = grouping(context, analysis.by, where)

    def task(measure: Measure) -> Task:
        request = Counts(keys_with_group(group, *measure.keys), kept)
        outside = _outside_request(measure, group, kept)

        def finish(desk: Desk) -> list[Statistic]:
            counted = desk.counts(request)
            rows = _outside_rows(desk, outside, measure, analysis) if outside else []
            for label, raw in by_group(counted, overall=analysis.overall):
                dimensions = {**measure.dimensions, "group": label}
                table = measure.derive(raw)
                desk.keep(table, request, **dimensions)
                described = partial(_described, context, measure, table, analysis.missing)
                rows += attempt(described, "describe", **dimensions)
                rows += _undefined_rows(desk, request, measure, raw, dimensions)
            return rows + (not_grouped(desk, request, counted, measure.dimensions) if analysis.by else [])

        return Task((request, outside) if outside else (request,), finish)

    return [*(task(measure) for measure in measures), *left_out_tasks(context, analysis.missing, measures, group)]


def _outside_request(measure: Measure, group: Key | None, kept: Condition) -> Counts | None:
    """Answers that were given but do not count, because their day is outside the window or unknown."""
    follow = measure.sources[-1]
    if follow.window == ALWAYS:
        return None
    flag = Case(((follow.recorded, 0), (Recorded(follow.column), 1)), 0)
    return Counts(keys_with_group(group, Key(Axis("is outside"), flag, 2)), kept)


def _outside_rows(desk: Desk, request: Counts, measure: Measure, analysis: Describe) -> list[Statistic]:
    counted = "they count as no" if measure.outcome.kind == "recorded" else "they are among the missing"
    text = f"count of answers whose day is outside the window or unknown; {counted}"
    rows = []
    for label, part in by_group(desk.counts(request), overall=analysis.overall):
        dimensions = {**measure.dimensions, "group": label}
        desk.keep(part, request, **dimensions)
        rows.append(count_row("outside_window", text, dict(part.cells).get((1,), 0), part, dimensions))
    return rows


def _described(context: Context, measure: Measure, table: CountTable, missing: str) -> list[Statistic]:
    interval, level = context.methods["proportion_interval"], context.level
    if measure.kind == "responder":
        rule = "failure" if missing == "failure" else "available"
        row = responder_percent(table, level=level, method=interval, missing=rule)
        none = [zero_event_upper_bound(table, level=level)] if row.n == 0 and row.denominator else []
        return [row, *none, *count(table)[1:]]
    if measure.kind == "category":
        return [*frequencies(table, level=level, method=interval), *_bounds_of_nobody(table, level)]
    return describe(table, quantile=context.methods["quantile"], level=level)


def _bounds_of_nobody(table: CountTable, level: float) -> list[Statistic]:
    """For each declared category that nobody has: how frequent it may still be."""
    (axis,) = table.axes
    found = {code for (code,), _ in table.cells}
    if not table.complete().total:
        return []
    empty = table.recode(axis.name, Axis(axis.name, suppressed=axis.suppressed), _never)
    absent = [code for code in table.levels(axis.name) if code not in found]
    bound = replace(zero_event_upper_bound(empty, level=level), inputs=table.digest)
    return [bound.describing(category=axis.label(code)) for code in absent]


def _never(code: Code) -> Code:
    """0 for every recorded category, what is hidden as it is."""
    return code if code is None or code == SUPPRESSED else 0


def _undefined_rows(
    desk: Desk, request: Counts, measure: Measure, raw: CountTable, dimensions: Mapping[str, str]
) -> list[Statistic]:
    undefined = measure.undefined(raw)
    if not undefined:
        return []
    desk.keep(raw, request, **dimensions)
    return [count_row("undefined", UNDEFINED, undefined, raw, dimensions)]


def normality_tasks(context: Context, analysis: Normality, where: str) -> list[Task]:
    """Tests of normality of numbers, within each group."""
    measures = context.measures(analysis.outcomes, analysis.timepoints, where)
    kept = context.where(analysis.missing, measures)
    group = grouping(context, analysis.by, where)

    def task(measure: Measure) -> Task:
        request = Counts(keys_with_group(group, *measure.keys), kept)

        def finish(desk: Desk) -> list[Statistic]:
            rows = []
            for label, raw in by_group(desk.counts(request), overall=analysis.overall):
                table = measure.derive(raw)
                dimensions = {**measure.dimensions, "group": label}
                desk.keep(table, request, **dimensions)
                for test in analysis.tests:
                    rows += attempt(partial(NORMALITY[test], table), test, **dimensions)
            return rows

        return Task((request,), finish)

    return [*(task(measure) for measure in measures), *left_out_tasks(context, analysis.missing, measures, group)]

"""Tests over time within each group: every two time points, or all of them together."""

from collections.abc import Sequence
from functools import partial
from itertools import combinations

from foramen.kernel.errors import DefinitionError
from foramen.statistics.exact import mcnemar
from foramen.statistics.repeated import friedman, friedman_pairs
from foramen.statistics.result import Statistic
from foramen.statistics.signed import wilcoxon
from foramen.statistics.student import paired_t
from foramen.statistics.sums import RankSums
from foramen.statistics.tables import Code, CountTable
from foramen.study.analyses.task import (
    Context,
    Desk,
    Task,
    attempt,
    by_group,
    grouping,
    keys_with_group,
    left_out_tasks,
)
from foramen.study.analysis_definition import Within
from foramen.study.engines.request import Condition, Counts, Key, Ranks
from foramen.study.measure import Measure, derive_together
from foramen.study.population import ALL

PAIRED_TESTS = ("paired_t", "wilcoxon", "mcnemar")
RANKED_TESTS = ("friedman", "friedman_pairs")


def within_tasks(context: Context, analysis: Within, where: str) -> list[Task]:
    """Per outcome: one task per two time points, and one for the tests over all of them."""
    tasks: list[Task] = []
    group = grouping(context, analysis.by, where)
    for name in analysis.outcomes:
        measures = context.measures([name], analysis.timepoints, where)
        _check(analysis, measures, where)
        kept = context.where(analysis.missing, measures)
        if paired := [test for test in analysis.tests if test in PAIRED_TESTS]:
            for first, second in combinations(measures, 2):
                tasks.append(_paired(context, analysis, group, (first, second), kept, paired))
        if ranked := [test for test in analysis.tests if test in RANKED_TESTS]:
            tasks += _ranked(context, analysis, group, measures, kept, ranked, where)
        tasks += left_out_tasks(context, analysis.missing, measures, group, outcome=name)
    return tasks


def _check(analysis: Within, measures: Sequence[Measure], where: str) -> None:
    if len(measures) < 2:
        raise DefinitionError.single(
            "tests over time need an outcome with at least two time points",
            where=where,
            received=", ".join(analysis.outcomes),
            remedy="give the outcome more timepoints",
        )
    for test in analysis.tests:
        wanted = "responder" if test == "mcnemar" else "number"
        if measures[0].kind != wanted:
            raise DefinitionError.single(
                f"{test} is a test of a {wanted}", where=f"{where}.tests", received=measures[0].outcome.name
            )


def _paired(
    context: Context,
    analysis: Within,
    group: Key | None,
    pair: tuple[Measure, Measure],
    kept: Condition,
    tests: Sequence[str],
) -> Task:
    first, second = pair
    request = Counts(keys_with_group(group, *first.keys, *second.keys), kept)
    dimensions = {**second.dimensions, "against": first.timepoint or ""}

    def finish(desk: Desk) -> list[Statistic]:
        rows = []
        for label, raw in by_group(desk.counts(request), overall=analysis.overall):
            table = derive_together(raw, {"first": first, "second": second})
            desk.keep(table, request, **dimensions, group=label)
            for test in tests:
                rows += attempt(partial(_test, context, test, table), test, **dimensions, group=label)
        return rows

    return Task((request,), finish)


def _test(context: Context, test: str, table: CountTable) -> Statistic | list[Statistic]:
    if test == "paired_t":
        return paired_t(table, level=context.level)
    if test == "mcnemar":
        return mcnemar(table, method=context.methods["mcnemar"])
    methods = context.methods
    return wilcoxon(table, method=methods["wilcoxon"], zeros=methods["wilcoxon_zeros"], level=context.level)


def _ranked(
    context: Context,
    analysis: Within,
    group: Key | None,
    measures: Sequence[Measure],
    kept: Condition,
    tests: Sequence[str],
    where: str,
) -> list[Task]:
    columns = tuple(m.key(where, m.timepoint) for m in measures)
    dimensions = {"outcome": measures[0].outcome.name}

    def task(request: Ranks, labels: Sequence[tuple[Code, str]]) -> Task:
        def finish(desk: Desk) -> list[Statistic]:
            sums = desk.ask(request)
            assert isinstance(sums, RankSums)
            desk.keep(sums, request, **dimensions)
            rows = []
            for code, label in labels:
                for test in tests:
                    rows += attempt(partial(_rank_test, context, test, sums, code), test, **dimensions, group=label)
            return rows

        return Task((request,), finish)

    tasks = []
    if analysis.overall or group is None:
        tasks.append(task(Ranks(None, columns, kept), [(0, ALL)]))
    if group is not None:
        tasks.append(task(Ranks(group, columns, kept), group.axis.labels))
    return tasks


def _rank_test(context: Context, test: str, sums: RankSums, code: Code) -> list[Statistic]:
    if test == "friedman":
        return friedman(sums, group=code)
    methods = context.methods
    return friedman_pairs(sums, group=code, method=methods["friedman_pairs"], adjust=methods["friedman_adjustment"])

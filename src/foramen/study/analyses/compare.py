"""Compare groups at each time point: tests and effects."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations

from foramen.kernel.errors import DefinitionError, StatisticError
from foramen.statistics.contingency import chi_square, trend
from foramen.statistics.exact import fisher
from foramen.statistics.ranks import dunn, kruskal_wallis, mann_whitney
from foramen.statistics.result import Statistic
from foramen.statistics.risk import number_needed_to_treat, odds_ratio, risk_difference, risk_ratio
from foramen.statistics.student import t_test
from foramen.statistics.tables import Code, CountTable
from foramen.study.analyses.task import (
    Context,
    Desk,
    Task,
    attempt,
    check_missing_rule,
    grouping,
    left_out_tasks,
    not_grouped,
    one_group,
)
from foramen.study.analysis_definition import Compare
from foramen.study.engines.request import Counts, Key
from foramen.study.measure import DOSES, VALUE, Measure
from foramen.study.population import GROUP

Made = Statistic | Sequence[Statistic]
Pair = tuple[Code, Code]

KINDS = {
    "t": ("number",),
    "mann_whitney": ("number", "category"),
    "kruskal_wallis": ("number", "category"),
    "dunn": ("number", "category"),
    "chi_square": ("category", "responder"),
    "fisher": ("category", "responder"),
    "trend": ("responder",),
    "risk_difference": ("responder",),
    "risk_ratio": ("responder",),
    "odds_ratio": ("responder",),
    "number_needed_to_treat": ("responder",),
}
"""Which kinds of outcome each test can be asked of."""


def compare_tasks(context: Context, analysis: Compare, where: str) -> list[Task]:
    """One task per outcome and time point; every test takes the same count table."""
    measures = context.measures(analysis.outcomes, analysis.timepoints, where)
    check_missing_rule(analysis.missing, measures, where)
    kept = context.where(analysis.missing, measures)
    group = _compared(context, analysis, where)
    pairs = _pairs(group, context.population.reference if analysis.by is None else None, analysis.pairs)

    def task(measure: Measure) -> Task:
        request = Counts((group, *(key for key in measure.keys if key != group)), kept)
        _check_tests(analysis, measure, where)

        def finish(desk: Desk) -> list[Statistic]:
            raw = desk.counts(request)
            derived = measure.derive(raw)
            table, measured = _filled(derived, analysis.missing), _measured(measure, derived)
            rows = []
            for test in analysis.tests:
                used = _graded(table) if measure.kind == "category" and test in GRADED else table
                desk.keep(used, request, **measure.dimensions)
                rows += _tested(context, test, measure, used, pairs, measured)
            if analysis.missing == "failure":
                rows = [_said(row, derived.slice(VALUE, None), "missing counted as failure") for row in rows]
            undefined = _undefined(measure, raw)
            rows = [_said(row, undefined, "left out: baseline 0 or below, relative change undefined") for row in rows]
            return rows + (not_grouped(desk, request, raw, measure.dimensions) if analysis.by else [])

        return Task((request,), finish)

    return [*(task(measure) for measure in measures), *left_out_tasks(context, analysis.missing, measures, group)]


def _compared(context: Context, analysis: Compare, where: str) -> Key:
    """The groups, of which there have to be several."""
    group = grouping(context, analysis.by, where)
    if group is None:
        raise DefinitionError.single(
            "there is nothing to compare: the study has no groups",
            where=where,
            remedy="add [groups], or `by` an outcome",
        )
    if (fault := one_group(group, where)) is not None:
        raise DefinitionError(fault)
    return group


def _check_tests(analysis: Compare, measure: Measure, where: str) -> None:
    for test in analysis.tests:
        if measure.kind not in KINDS[test]:
            raise DefinitionError.single(
                f"{test} cannot compare a {measure.kind}",
                where=f"{where}.tests",
                received=measure.outcome.name,
                remedy=f"it compares a {' or a '.join(KINDS[test])}; put this outcome in an analysis of its own",
            )


def _pairs(group: Key, reference: Code, wanted: str) -> list[Pair]:
    codes = [code for code, _ in group.axis.labels]
    if reference is None:
        reference = codes[0]
    if wanted == "all":
        return [(second, first) for first, second in combinations(codes, 2)]
    return [(code, reference) for code in codes if code != reference]


def _filled(table: CountTable, missing: str) -> CountTable:
    """Under missing = failure, an absent response becomes a 0 before any test sees it."""
    if missing != "failure":
        return table
    axis = table.axis(VALUE)
    return table.derive((VALUE,), axis, lambda code: 0 if code is None else code)


def _undefined(measure: Measure, raw: CountTable) -> CountTable:
    """The units whose relative change is undefined, by group."""
    defined = dict(measure.defined(raw).cells)
    return CountTable.build(raw.axes, [(c, n) for c, n in raw.cells if c not in defined]).margin(GROUP)


def _said(row: Statistic, apart: CountTable, text: str) -> Statistic:
    """Warn of units treated apart, as many as are in the groups the row is about."""
    about, axis = dict(row.about), apart.axis(GROUP)
    groups = [about[key] for key in ("group", "against") if key in about] or [label for _, label in axis.labels]
    count = sum(n for (code,), n in apart.cells if axis.label(code) in groups)
    return row.warned(f"{count} {text}") if count else row


def _measured(measure: Measure, derived: CountTable) -> set[Code]:
    """The groups whose dose was recorded in this quantity; of anything else, all groups."""
    if measure.sources[-1].variable.table == DOSES and measure.outcome.kind != "recorded":
        return {group for (group, _), _ in derived.complete().cells}
    return set(derived.levels(GROUP))


def _tested(
    context: Context, test: str, measure: Measure, table: CountTable, pairs: Sequence[Pair], measured: set[Code]
) -> list[Statistic]:
    axis, rows = table.axis(GROUP), []
    if test in OVERALL:
        compared = partial(OVERALL[test], context, table)
        asked = partial(_of_one_quantity, [code for code, _ in axis.labels], measured, compared)
        return attempt(asked, test, **measure.dimensions)
    for group, against in pairs:
        names = {"group": axis.label(group), "against": axis.label(against)}
        compared = partial(PAIRED[test], context, table, group, against)
        asked = partial(_of_one_quantity, (group, against), measured, compared)
        rows += attempt(asked, test, **measure.dimensions, **names)
    return rows


def _of_one_quantity(groups: Sequence[Code], measured: set[Code], compared: Callable[[], Made]) -> Made:
    """The test, unless a quantity that one group has would be held against another quantity of the other."""
    if len(groups) > 1 and len(measured.intersection(groups)) == 1:
        raise StatisticError.single("recorded in one group only: another quantity is not compared")
    return compared()


def _graded(table: CountTable) -> CountTable:
    """A category's codes are its grades, in the order of the code book; rank tests read them as numbers."""
    return replace(table, axes=tuple(replace(a, labels=()) if a.name == VALUE else a for a in table.axes))


GRADED = ("mann_whitney", "kruskal_wallis", "dunn")

OVERALL: dict[str, Callable[[Context, CountTable], Made]] = {
    "kruskal_wallis": lambda _, table: kruskal_wallis(table),
    "dunn": lambda context, table: dunn(table, method=context.methods["kruskal_pairs"]),
    "chi_square": lambda context, table: chi_square(table, method=context.methods["chi_square"]),
    "fisher": lambda _, table: fisher(table),
    "trend": lambda _, table: trend(table, scores=range(len(table.levels(GROUP)))),
}

PAIRED: dict[str, Callable[[Context, CountTable, Code, Code], Made]] = {
    "t": lambda c, t, g, a: t_test(t, method=c.methods["t"], group=g, against=a, level=c.level),
    "mann_whitney": lambda c, t, g, a: mann_whitney(
        t, method=c.methods["mann_whitney"], group=g, against=a, level=c.level
    ),
    "risk_difference": lambda c, t, g, a: risk_difference(
        t, group=g, against=a, level=c.level, method=c.methods["risk_difference_interval"]
    ),
    "risk_ratio": lambda c, t, g, a: risk_ratio(t, group=g, against=a, level=c.level),
    "odds_ratio": lambda c, t, g, a: odds_ratio(t, group=g, against=a, level=c.level),
    "number_needed_to_treat": lambda c, t, g, a: number_needed_to_treat(
        t, group=g, against=a, level=c.level, method=c.methods["risk_difference_interval"]
    ),
}

"""Models of scores from moment tables: the mixed model over time and the analysis of covariance."""

from collections.abc import Mapping, Sequence
from functools import partial

from foramen.kernel.errors import DefinitionError
from foramen.statistics.ancova import ancova
from foramen.statistics.mixed import mixed_model
from foramen.statistics.result import Statistic
from foramen.statistics.sums import MomentTable
from foramen.study.analyses.predictors import Covariate, covariate
from foramen.study.analyses.task import Context, Desk, Task, attempt, left_out_tasks
from foramen.study.analysis_definition import Ancova, Mixed, Predictor
from foramen.study.engines.request import Moments
from foramen.study.measure import Measure


def mixed_tasks(context: Context, analysis: Mixed, where: str) -> list[Task]:
    """One task: score ~ time × group + covariates."""
    measures = context.measures([analysis.outcome], analysis.timepoints, where)
    _check(measures, where, least=2)
    group = context.population.group
    covariates = _covariates(context, analysis.covariates, where)
    # A blank keeps the names of scores apart from those of covariates, which are variables.
    names = {f"the score {m.timepoint}": m.timepoint or "" for m in measures}
    scores = {name: m.key(where, name) for name, m in zip(names, measures, strict=True)}
    columns = (*(key for c in covariates for key in c.design), *scores.values())
    request = Moments((group,) if group else (), columns, context.population.where)
    dimensions = {"outcome": analysis.outcome, "model": analysis.name}

    def finish(desk: Desk) -> list[Statistic]:
        moments = _moments(desk, request, dimensions)
        fitted = partial(
            mixed_model,
            moments,
            scores=list(scores),
            covariates=[key.name for c in covariates for key in c.design],
            group=group.axis if group else None,
            reference=context.population.reference,
            covariance=analysis.covariance,
            df_method=context.methods["mixed_df"],
            level=context.level,
            labels=names,
        )
        return attempt(fitted, "mixed_model", **dimensions)

    return [Task((request,), finish)]


def ancova_tasks(context: Context, analysis: Ancova, where: str) -> list[Task]:
    """One task: follow-up ~ baseline + group + covariates."""
    follow = context.measure(analysis.outcome, analysis.at, where)
    baseline = context.measure(analysis.outcome, analysis.baseline, where)
    _check([follow, baseline], where, least=2)
    group = context.population.group
    if group is None:
        raise DefinitionError.single("an analysis of covariance compares groups", where=where, remedy="add [groups]")
    covariates = _covariates(context, analysis.covariates, where)
    keys = (
        *(key for c in covariates for key in c.design),
        baseline.key(where, "the baseline"),
        follow.key(where, "the follow-up"),
    )
    request = Moments((group,), keys, context.where(analysis.missing, [follow, baseline]))
    dimensions = {**follow.dimensions, "model": analysis.name}

    def finish(desk: Desk) -> list[Statistic]:
        fitted = partial(
            ancova,
            _moments(desk, request, dimensions),
            outcome="the follow-up",
            baseline="the baseline",
            covariates=[key.name for c in covariates for key in c.design],
            group=group.axis,
            reference=context.population.reference,
            level=context.level,
        )
        return attempt(fitted, "ancova", **dimensions)

    return [Task((request,), finish), *left_out_tasks(context, analysis.missing, [follow, baseline], group)]


def _check(measures: Sequence[Measure], where: str, *, least: int) -> None:
    if len(measures) < least:
        raise DefinitionError.single(
            "this model needs two time points of the score", where=where, remedy="add timepoints"
        )
    for measure in measures:
        if measure.kind != "number":
            raise DefinitionError.single("this model explains a number", where=where, received=measure.outcome.name)


def _covariates(context: Context, predictors: Sequence[Predictor], where: str) -> list[Covariate]:
    return [covariate(context.frame, p, f"{where}.covariates[{i + 1}]") for i, p in enumerate(predictors)]


def _moments(desk: Desk, request: Moments, dimensions: Mapping[str, str]) -> MomentTable:
    moments = desk.ask(request)
    assert isinstance(moments, MomentTable)
    desk.keep(moments, request, **dimensions)
    return moments

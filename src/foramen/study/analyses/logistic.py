"""Binary logistic models: by covariate patterns while there are few rows, by aggregate Newton steps beyond."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from foramen.kernel.errors import DefinitionError
from foramen.statistics.bootstrap import bootstrap_optimism
from foramen.statistics.classification import auc, confusion
from foramen.statistics.covariate_patterns import Term
from foramen.statistics.firth import fit_firth
from foramen.statistics.logistic import model_fit, odds_ratios
from foramen.statistics.logistic_fit import Fit, fit_patterns, fit_scores
from foramen.statistics.model_performance import calibration, hosmer_lemeshow, performance, roc, roc_curve
from foramen.statistics.result import Statistic
from foramen.statistics.sums import ScoreSums
from foramen.statistics.tables import Axis, Code, CountTable
from foramen.study.analyses.predictors import Covariate, covariate
from foramen.study.analyses.task import Context, Desk, Task, attempt
from foramen.study.analysis_definition import Logistic
from foramen.study.engines.request import Binned, Counts, Key, Scores, Weighted
from foramen.study.frame import together
from foramen.study.measure import BINARY, Measure

PATTERN_ROWS = 10_000
"""Up to this many rows the covariate patterns are counted; beyond, each Newton step is one aggregate query."""

BITS = 30
"""Fixed point of the score sums at most: 1e-9 per row, far below the sampling error of any model."""

BINS = 4096
"""Bins per unit of the linear predictor when the area under the curve is taken from the engine's counts."""

RISK_GROUPS = 10


@dataclass(frozen=True)
class Model:
    """A resolved model: its outcome, its covariates, and what identifies it in `about`."""

    analysis: Logistic
    outcome: Measure
    covariates: tuple[Covariate, ...]
    where: str

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for covariate in self.covariates for term in covariate.terms)

    @property
    def outcome_key(self) -> Key:
        return self.outcome.key(self.where, "the outcome")

    @property
    def dimensions(self) -> dict[str, str]:
        return {**self.outcome.dimensions, "model": self.analysis.name}


def logistic_tasks(context: Context, analysis: Logistic, where: str) -> list[Task]:
    """One task: fit, odds ratios, fit statistics, performance."""
    outcome = context.measure(analysis.outcome.outcome, analysis.outcome.at, f"{where}.outcome")
    if outcome.kind != "responder":
        raise DefinitionError.single(
            "a logistic model explains a responder", where=where, received=analysis.outcome.outcome
        )
    covariates = tuple(
        covariate(context.frame, predictor, f"{where}.predictors[{i + 1}]")
        for i, predictor in enumerate(analysis.predictors)
    )
    model = Model(analysis, outcome, covariates, where)
    if context.rows <= PATTERN_ROWS:
        return [_pattern_task(context, model)]
    return [_score_task(context, model)]


def _pattern_task(context: Context, model: Model) -> Task:
    keys = (*(c.source.key for c in model.covariates), model.outcome_key)
    request = Counts(keys, context.population.where)

    def finish(desk: Desk) -> list[Statistic]:
        table = desk.counts(request)
        desk.keep(table, request, **model.dimensions)
        fit = fit_firth(table, model.terms) if model.analysis.firth else fit_patterns(table, model.terms)
        interval = context.methods["proportion_interval"]
        cutoff, optimism = float(model.analysis.cutoff), model.analysis.optimism
        steps: dict[str, Callable[[], Statistic | Sequence[Statistic]]] = {
            "odds_ratio": partial(
                odds_ratios, fit, level=context.level, method=context.methods["logistic_interval"], table=table
            ),
            "model_fit": partial(model_fit, fit),
            "hosmer_lemeshow": partial(hosmer_lemeshow, table, fit, groups=RISK_GROUPS),
            "performance": partial(
                performance,
                table,
                fit,
                cutoff=cutoff,
                level=context.level,
                method=interval,
                auc_method=context.methods["auc_interval"],
            ),
        }
        steps |= _drawn(context, model, table, fit)
        rows = [row for name, step in steps.items() for row in attempt(step, name, **model.dimensions)]
        if optimism is not None:
            drawn = partial(bootstrap_optimism, table, model.terms, draws=optimism.draws, seed=optimism.seed)
            rows += attempt(drawn, "bootstrap_optimism", **model.dimensions)
        return rows

    return Task((request,), finish)


def _figures(context: Context, model: Model) -> set[str]:
    """The kinds of figure that the document wants of this model."""
    figures = context.frame.study.figures
    return {figure.kind for figure in figures if model.analysis.name in figure.analyses}


def _drawn(context: Context, model: Model, table: CountTable, fit: Fit) -> dict[str, Callable[[], Sequence[Statistic]]]:
    """The points of curves. They are many and of use in a figure only, so a figure has to ask for them."""
    wanted, interval = _figures(context, model), context.methods["proportion_interval"]
    steps: dict[str, Callable[[], Sequence[Statistic]]] = {
        "roc": partial(roc, table, fit, level=context.level, method=interval),
        "calibration": partial(calibration, table, fit, groups=RISK_GROUPS, level=context.level, method=interval),
    }
    return {kind: step for kind, step in steps.items() if kind in wanted}


def _score_task(context: Context, model: Model) -> Task:
    everybody = Counts((), context.population.where)
    design = tuple(key for c in model.covariates for key in c.design)

    # A row's product of two codes and a weight has to fit 64 bits.
    reach = max(c.source.reach for c in model.covariates)
    bits = max(4, min(BITS, 61 - 2 * reach.bit_length()))

    def request(beta: Sequence[float]) -> Scores:
        return Scores(model.outcome_key, design, tuple(beta), bits, context.population.where)

    def finish(desk: Desk) -> list[Statistic]:
        def score(beta: Sequence[float]) -> ScoreSums:
            sums = desk.ask(request(beta))
            assert isinstance(sums, ScoreSums)
            return sums

        fit = fit_scores(score, model.terms, denominator=desk.counts(everybody).total)
        wald = partial(odds_ratios, fit, level=context.level, method="wald")
        rows = [*attempt(wald, "odds_ratio", **model.dimensions)]
        rows += attempt(partial(model_fit, fit), "model_fit", **model.dimensions)
        rows += _not_offered(context, model)
        return rows if fit.error else rows + _large_performance(context, model, fit, desk)

    return Task((everybody,), finish)


def _large_performance(context: Context, model: Model, fit: Fit, desk: Desk) -> list[Statistic]:
    """Area and confusion counts from the engine, by the linear predictor in fixed point, in bins from the cut-off up
    and down: one table serves both."""
    terms, constant, bits = _predictor(model, fit)
    cut = math.log(float(model.analysis.cutoff) / (1 - float(model.analysis.cutoff)))
    binned = Binned(terms, constant - round(cut * 2**bits), max(1, 2**bits // BINS))
    where = together(context.population.where, *(c.source.recorded for c in model.covariates))
    request = Counts((model.outcome_key, Key(Axis("prediction"), binned)), where)
    ranked = desk.counts(request)
    reached = ranked.recode("prediction", Axis("predicted", labels=BINARY), _from_cutoff_up)
    predicted = reached.margin("predicted", model.outcome_key.name)
    for table in (ranked, predicted):
        desk.keep(table, request, **model.dimensions)
    interval, area_interval = context.methods["proportion_interval"], context.methods["auc_interval"]
    rows = attempt(partial(confusion, predicted, level=context.level, method=interval), "confusion", **model.dimensions)
    area = attempt(partial(auc, ranked, level=context.level, method=area_interval), "auc", **model.dimensions)
    if "roc" in _figures(context, model):
        curve = partial(
            roc_curve, ranked, level=context.level, method=interval, probability=lambda number: _chance(cut, number)
        )
        rows += attempt(curve, "roc", **model.dimensions)
    text = f"predictions within 1/{BINS} on the logit scale count as ties"
    return rows + [row.warned(text) for row in area]


def _chance(cut: float, number: int) -> float:
    """The predicted probability from which a bin holds rows."""
    return 0.5 + math.tanh((cut + number / BINS) / 2) / 2


def _from_cutoff_up(number: Code) -> Code:
    """Whether a bin lies at or above the cut-off."""
    return int(number >= 0) if isinstance(number, int) else None


def _predictor(model: Model, fit: Fit) -> tuple[Weighted, int, int]:
    """The linear predictor per code with integer coefficients, and the bits of their fixed point: as many as keep the
    predictor of every row below 2**53."""
    keys = [key for c in model.covariates for key in c.design]
    reaches = [c.source.reach if key.term == c.source.arithmetic else 1 for c in model.covariates for key in c.design]
    slopes = [slope / 10**term.decimals for slope, term in zip(fit.coefficients[1:], fit.terms[1:], strict=True)]
    largest = abs(fit.coefficients[0]) + sum(abs(s) * reach for s, reach in zip(slopes, reaches, strict=True))
    bits = 51 - math.ceil(math.log2(largest + 1))
    terms = tuple((round(slope * 2**bits), key.term) for slope, key in zip(slopes, keys, strict=True))
    return terms, round(fit.coefficients[0] * 2**bits), bits


def _not_offered(context: Context, model: Model) -> list[Statistic]:
    """What needs covariate patterns is said to be missing, never left out without a word."""
    asked = {
        "hosmer_lemeshow": True,
        "firth": model.analysis.firth,
        "bootstrap_optimism": model.analysis.optimism is not None,
        "calibration": "calibration" in _figures(context, model),
        "profile_interval": context.methods["logistic_interval"] == "profile",
    }
    text = f"not computed beyond {PATTERN_ROWS:,} rows, where covariate patterns are too many; intervals are Wald's"
    return [
        Statistic(name=name, method=name.replace("_", " "), error=text).describing(**model.dimensions)
        for name, wanted in asked.items()
        if wanted
    ]

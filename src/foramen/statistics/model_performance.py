"""How well a logistic model predicts: probabilities per pattern, calibration by risk groups, discrimination."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from foramen.kernel.errors import StatisticError
from foramen.statistics.arguments import require_axes
from foramen.statistics.classification import auc, confusion
from foramen.statistics.covariate_patterns import Patterns, covariate_patterns, probabilities
from foramen.statistics.logistic_fit import Fit
from foramen.statistics.normal import chi_square_tail
from foramen.statistics.proportions import percent
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, Cell, CountTable

_SAME = 1e-9

MOST_POINTS = 200
"""More points than this no drawn curve can show; a curve of more is thinned evenly along its course."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """How many failures and successes there were among rows with one predicted probability."""

    probability: float
    failures: int
    successes: int

    @property
    def n(self) -> int:
        return self.failures + self.successes


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Rows of similar predicted probability: how many, how many successes, and how many the model expects."""

    n: int
    successes: int
    expected: float


def predictions(table: CountTable, fit: Fit) -> tuple[Prediction, ...]:
    """Predicted probabilities in increasing order with what happened, over the complete rows of a table with the fit's
    covariates and outcome (the one it was fitted to, or new patients). Empty when the fit has no estimates.

    Patterns whose linear predictors differ by less than 1e-9 count as one prediction.
    """
    return () if fit.error else predicted(covariate_patterns(table, fit.terms[1:]), fit.coefficients)


def predicted(patterns: Patterns, coefficients: Sequence[float]) -> tuple[Prediction, ...]:
    """`predictions` for a design that is already made."""
    if not len(patterns.units):
        return ()
    predictor = patterns.design @ np.array(coefficients)
    order = np.argsort(predictor, kind="stable")
    starts = np.flatnonzero(np.diff(predictor[order], prepend=-np.inf) > _SAME)
    failures = np.add.reduceat(patterns.failures[order], starts)
    successes = np.add.reduceat(patterns.successes[order], starts)
    chances = probabilities(predictor[order][starts])
    return tuple(Prediction(float(p), int(f), int(s)) for p, f, s in zip(chances, failures, successes, strict=True))


def ranked_outcomes(predicted: Sequence[Prediction]) -> CountTable:
    """The (outcome, rank of the prediction) table of which the area under the ROC curve is a function."""
    cells: list[tuple[Cell, int]] = []
    for rank, prediction in enumerate(predicted):
        cells += [((0, rank), prediction.failures), ((1, rank), prediction.successes)]
    return CountTable.build([Axis("outcome"), Axis("prediction")], cells)


def performance(
    table: CountTable, fit: Fit, *, cutoff: float, level: float, method: str, auc_method: str
) -> list[Statistic]:
    """Rows `accuracy`, `sensitivity`, `specificity`, `ppv`, `npv` at a cut-off and `auc`, on the patients of the table.

    A success is predicted from a probability of at least `cutoff`, to 1e-9. `method` is the interval of the
    percentages, `auc_method` that of the area. On the patients the model was fitted to all are too good by what
    `bootstrap_optimism` estimates.
    """
    if not 0 < cutoff < 1:
        raise StatisticError.single("a cut-off lies between 0 and 1", received=str(cutoff), remedy="0.5, for example")
    found = predictions(table, fit)
    classified = confusion(_classified(found, cutoff), level=level, method=method)
    rows = [replace(row, method=f"{row.method}; positive from probability {cutoff:g}") for row in classified]
    area = auc(ranked_outcomes(found), level=level, method=auc_method)
    rows.append(replace(area, denominator=table.total))
    return [_of_this(row, table, fit) for row in rows]


def risk_groups(table: CountTable, fit: Fit, *, groups: int = 10) -> tuple[RiskGroup, ...]:
    """About `groups` groups of equal size by increasing predicted probability.

    Rows of equal probability are never split. A block joins the running group while that holds fewer than n/groups
    (rounded) and at least half of the block still fits; otherwise it starts the next. A last group of no more than half
    that size joins the one before. This is the rule of SAS; R packages cut at quantiles of the probabilities
    instead, and their statistic differs.
    """
    found = predictions(table, fit)
    total = sum(prediction.n for prediction in found)
    target = int(total / groups + 0.5)
    parts: list[list[Prediction]] = []
    held = target
    for prediction in found:
        if held >= target or held + prediction.n // 2 > target:
            parts.append([])
            held = 0
        parts[-1].append(prediction)
        held += prediction.n
    if len(parts) > 1 and held <= int(total / groups / 2):
        short = parts.pop()
        parts[-1].extend(short)
    return tuple(_risk_group(part) for part in parts)


def roc_curve(ranked: CountTable, *, level: float, method: str, probability: Callable[[int], float]) -> list[Statistic]:
    """Rows `roc_sensitivity` and `roc_specificity` for each corner of the curve of an (outcome, rank) table.

    From the cut that calls nobody positive to the one that calls everybody so; `point` counts them. Cuts on a straight
    piece of the curve are left out: the area under the rest is the same, and equals `auc`. Percentages with an interval
    for proportions (`method`); `probability` gives that of a rank, from which a success is predicted at the cut.
    """
    outcome, _ = require_axes(ranked, "outcome", "rank")
    successes, failures = (dict(ranked.complete().slice(outcome, code).cells) for code in (1, 0))
    positives, negatives = sum(successes.values()), sum(failures.values())
    course = [(0, 0, 1.0)]
    for rank in sorted({code for (code,) in (*successes, *failures) if isinstance(code, int)}, reverse=True):
        false, true, _ = course[-1]
        course.append((false + failures.get((rank,), 0), true + successes.get((rank,), 0), probability(rank)))
    corners = _corners(course)
    rows = []
    for place, (false, true, cut) in enumerate(_thinned(corners)):
        found = {
            "roc_sensitivity": ("predicted among the positive", true, positives),
            "roc_specificity": ("not predicted among the negative", negatives - false, negatives),
        }
        for name, (meaning, count, total) in found.items():
            row = percent(name, count, total, level=level, method=method)
            text = f"{meaning}, {row.method}; {_from_cut(place, cut)}"
            rows.append(replace(row, method=text, inputs=ranked.digest).describing(point=str(place + 1)))
    return rows


def _from_cut(place: int, cut: float) -> str:
    return f"positive from probability {cut:.6g}" if place else "nobody positive"


def _corners(course: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """The points where a curve turns, with its ends."""
    kept: list[tuple[int, int, float]] = []
    for point in course:
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _straight(a: tuple[int, int, float], b: tuple[int, int, float], c: tuple[int, int, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])


def _thinned(corners: Sequence[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    if len(corners) <= MOST_POINTS:
        return list(corners)
    last = len(corners) - 1
    return [corners[round(i * last / (MOST_POINTS - 1))] for i in range(MOST_POINTS)]


def roc(table: CountTable, fit: Fit, *, level: float, method: str) -> list[Statistic]:
    """`roc_curve` of a model on the patients of the table."""
    if fit.error:
        return [Statistic(name="roc_sensitivity", method="ROC curve", inputs=table.digest, error=fit.error)]
    found = predictions(table, fit)
    rows = roc_curve(
        ranked_outcomes(found), level=level, method=method, probability=lambda rank: found[rank].probability
    )
    return [_of_this(row, table, fit) for row in rows]


def calibration(table: CountTable, fit: Fit, *, groups: int = 10, level: float, method: str) -> list[Statistic]:
    """Rows `calibration_observed` and `calibration_expected`, in per cent, for each of the `risk_groups`.

    `point` counts the groups by increasing risk. Observed is the percentage of successes with an interval for
    proportions; expected is the mean predicted probability, and its `n` is the size of the group.
    """
    if fit.error:
        return [Statistic(name="calibration_observed", method="calibration", inputs=table.digest, error=fit.error)]
    rows = []
    for place, group in enumerate(risk_groups(table, fit, groups=groups)):
        observed = percent("calibration_observed", group.successes, group.n, level=level, method=method)
        expected = Statistic(
            name="calibration_expected",
            method=f"mean predicted probability in per cent, {groups} groups by risk, equal risks together",
            estimate=100 * group.expected / group.n,
            n=group.n,
            denominator=group.n,
        )
        rows += [replace(row, inputs=table.digest).describing(point=str(place + 1)) for row in (observed, expected)]
    return rows


def hosmer_lemeshow(table: CountTable, fit: Fit, *, groups: int = 10) -> Statistic:
    """The Hosmer–Lemeshow test of calibration over `risk_groups`, ten as a rule (Hosmer and Lemeshow 1980).

    Chi-square over the successes and failures of each group against the model's expectation, degrees of freedom two
    fewer than groups formed. Meant for the patients the model was fitted to. With few patients it finds nothing, with
    many it rejects every model.
    """
    row = Statistic(
        name="hosmer_lemeshow",
        method=f"Hosmer–Lemeshow chi-square, {groups} groups by risk, equal risks together",
        n=fit.n,
        denominator=table.total,
        inputs=table.digest,
    )
    if fit.error:
        return replace(row, error=fit.error)
    formed = risk_groups(table, fit, groups=groups)
    row = replace(row, n=sum(group.n for group in formed))
    if len(formed) < 3:
        return replace(row, error=f"only {len(formed)} groups of different risk can be formed; the test needs three")
    if not all(0 < group.expected < group.n for group in formed):
        return replace(row, error="a group has a predicted probability of 0 or 1, so its expected counts are 0")
    chi_square = sum((g.successes - g.expected) ** 2 * g.n / (g.expected * (g.n - g.expected)) for g in formed)
    p, log10_p = chi_square_tail(chi_square, len(formed) - 2)
    row = replace(row, statistic=chi_square, df=float(len(formed) - 2), p=p, log10_p=log10_p)
    return _warned_if_sparse(row, formed)


def _risk_group(part: Sequence[Prediction]) -> RiskGroup:
    return RiskGroup(sum(x.n for x in part), sum(x.successes for x in part), sum(x.n * x.probability for x in part))


def _warned_if_sparse(row: Statistic, formed: Sequence[RiskGroup]) -> Statistic:
    expected = [count for group in formed for count in (group.expected, group.n - group.expected)]
    sparse = sum(count < 5 for count in expected)
    return row.warned(f"{sparse} of {len(expected)} expected counts are below 5") if sparse else row


def _classified(found: Sequence[Prediction], cutoff: float) -> CountTable:
    cells: list[tuple[Cell, int]] = []
    for prediction in found:
        positive = int(prediction.probability >= cutoff - _SAME)
        cells += [((positive, 0), prediction.failures), ((positive, 1), prediction.successes)]
    return CountTable.build([Axis("predicted"), Axis("observed")], cells)


def _of_this(row: Statistic, table: CountTable, fit: Fit) -> Statistic:
    """The row under the digest of the patterns; without estimates it says why instead."""
    row = replace(row, inputs=table.digest)
    return replace(row, estimate=None, lower=None, upper=None, warning=None, error=fit.error) if fit.error else row

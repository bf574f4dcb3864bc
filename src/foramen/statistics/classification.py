"""How well a yes/no prediction or a score tells who will have the outcome."""

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from scipy import special

from foramen.kernel.errors import StatisticError
from foramen.kernel.rounding import rounded
from foramen.statistics.arguments import require_axes, require_codes, require_method
from foramen.statistics.normal import normal_quantile
from foramen.statistics.proportions import percent
from foramen.statistics.result import Statistic
from foramen.statistics.scores import numeric
from foramen.statistics.tables import Code, CountTable

AUC_INTERVALS: Mapping[str, str] = {
    "delong": "DeLong 1988, cut at 0 and 1",
    "delong_logit": "DeLong 1988 on the logit scale",
}


def confusion(table: CountTable, *, level: float, method: str) -> list[Statistic]:
    """Accuracy, sensitivity, specificity, PPV and NPV of (predicted, observed), code 1 positive and 0 negative.

    Percentages with an interval for proportions (`method`, see `proportion_interval`). As for every percentage, `n` is
    the numerator and `denominator` what it is a percentage of.
    """
    predicted, observed = require_axes(table, "predicted", "observed")
    require_codes(table, predicted, 0, 1)
    require_codes(table, observed, 0, 1)
    used = table.complete()
    found = dict(used.cells)
    true_positive, false_positive = found.get((1, 1), 0), found.get((1, 0), 0)
    false_negative, true_negative = found.get((0, 1), 0), found.get((0, 0), 0)
    rates = {
        "accuracy": ("correct predictions", true_positive + true_negative, used.total),
        "sensitivity": ("predicted among the positive", true_positive, true_positive + false_negative),
        "specificity": ("not predicted among the negative", true_negative, true_negative + false_positive),
        "ppv": ("positive among the predicted", true_positive, true_positive + false_positive),
        "npv": ("negative among the not predicted", true_negative, true_negative + false_negative),
    }
    left_out = table.total - used.total
    warning = f"{left_out} without prediction or outcome are left out" if left_out else None
    rows = {
        meaning: percent(name, successes, total, level=level, method=method)
        for name, (meaning, successes, total) in rates.items()
    }
    return [
        replace(row, method=f"{meaning}, {row.method}", inputs=table.digest, warning=warning)
        for meaning, row in rows.items()
    ]


def auc(table: CountTable, *, level: float, method: str) -> Statistic:
    """Area under the ROC curve of an (outcome, score) table: outcome 1 positive and 0 negative, higher scores positive.

    The area is the Mann–Whitney probability that a positive scores higher than a negative, ties counting half. It is
    below one half when low scores predict the outcome; pROC turns such a curve round by itself, we do not. The variance
    is that of DeLong, DeLong and Clarke-Pearson 1988 from each score's placement among the others. `delong`: normal
    interval cut at 0 and 1, as in pROC; `delong_logit`: on the logit scale, never outside 0 and 1 (Pepe 2003).
    """
    outcome, score = require_axes(table, "outcome", "score")
    require_codes(table, outcome, 0, 1)
    require_method("auc_interval", method)
    used = table.complete()
    negatives, positives = (_by_score(used.slice(outcome, code)) for code in (0, 1))
    row = Statistic(
        name="auc",
        method=f"Mann–Whitney area, ties half; interval {AUC_INTERVALS[method]}",
        n=used.total,
        denominator=table.total,
        inputs=table.digest,
    )
    if not (negatives and positives):
        return replace(
            row, error=f"all recorded units have the same “{outcome}”, so nothing can be told apart by {score}"
        )
    area, spread_of_positives = _placements(positives, negatives)
    _, spread_of_negatives = _placements(negatives, positives)
    row = replace(row, estimate=float(area))
    if spread_of_positives is None or spread_of_negatives is None:
        return row.warned("no interval: one of the outcomes occurs only once")
    deviation = math.sqrt(spread_of_positives + spread_of_negatives)
    if not deviation:
        return row.warned("no interval: the scores tell the outcomes apart without overlap or not at all")
    lower, upper = _area_interval(float(area), normal_quantile(level) * deviation, method)
    return replace(row, lower=lower, upper=upper, level=level)


def counts_from_rates(
    sensitivity: float, specificity: float, positives: int, negatives: int, digits: int
) -> CountTable:
    """The (predicted, observed) counts whose rounded percentages are the printed ones.

    `sensitivity` and `specificity` are percentages as printed with `digits` decimals (64.3 with 1), among `positives`
    and `negatives`. Refuses rates that no count gives, and those that several give.
    """
    true_positive = _count_behind(sensitivity, positives, digits, "sensitivity")
    true_negative = _count_behind(specificity, negatives, digits, "specificity")
    rows: dict[Code, list[int]] = {
        0: [true_negative, positives - true_positive],
        1: [negatives - true_negative, true_positive],
    }
    return CountTable.from_matrix(rows, [0, 1], row="predicted", column="observed")


def _count_behind(rate: float, total: int, digits: int, name: str) -> int:
    printed = rounded(rate, digits)
    fitting = [count for count in range(total + 1) if rounded(Fraction(100 * count, total or 1), digits) == printed]
    if len(fitting) != 1:
        raise StatisticError.single(
            f"{'no' if not fitting else 'more than one'} count gives this {name}",
            received=f"{printed} % of {total}",
            remedy="check the total, or give the percentage with as many decimals as were printed",
        )
    return fitting[0]


def _by_score(table: CountTable) -> dict[int, int]:
    """Counts by the code of the score: only its order matters, and integers sort faster than fractions."""
    (axis,) = table.axes
    return {numeric(axis, code): count for (code,), count in table.cells}


def _placements(own: Mapping[int, int], others: Mapping[int, int]) -> tuple[Fraction, Fraction | None]:
    """Mean over `own` scores of the share of `others` below, ties half, and the squared standard error of that mean.

    For the negatives this is the mirrored area, with the same spread. A single score has no spread (None).
    """
    n, other_n = sum(own.values()), sum(others.values())
    doubled: dict[int, int] = {}
    below = 0
    for value in sorted({*own, *others}):
        doubled[value] = 2 * below + others.get(value, 0)
        below += others.get(value, 0)
    total = sum(count * doubled[value] for value, count in own.items())
    squares = sum(count * doubled[value] ** 2 for value, count in own.items())
    spread = Fraction(n * squares - total**2, 4 * other_n**2 * n**2 * (n - 1)) if n > 1 else None
    return Fraction(total, 2 * n * other_n), spread


def _area_interval(area: float, reach: float, method: str) -> tuple[float, float]:
    if method == "delong":
        return max(0.0, area - reach), min(1.0, area + reach)
    centre, half = float(special.logit(area)), reach / (area * (1 - area))
    return float(special.expit(centre - half)), float(special.expit(centre + half))

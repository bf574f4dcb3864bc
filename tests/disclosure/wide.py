"""A study that asks for every kind of analysis there is, and people to run it on."""

from collections.abc import Mapping, Sequence

import numpy as np

from foramen.snapshot.codebook import SUPPRESSED
from tests.study.small import EACH

HEAD = """
[groups]
variable = "arm"
levels = ["A", "B"]
[[timepoints]]
name = "before"
[[timepoints]]
name = "after"
days = [20, 40]
[[timepoints]]
name = "late"
[[outcomes]]
name = "nrs"
kind = "score"
variable = "nrs"
timepoints = ["before", "after", "late"]
[[outcomes]]
name = "age"
kind = "score"
variable = "age"
[[outcomes]]
name = "half"
kind = "responder"
variable = "nrs"
baseline = "before"
relief_percent = 50
timepoints = ["after", "late"]
[[outcomes]]
name = "class"
kind = "category"
variable = "nrs"
baseline = "before"
bands_of = "relief_percent"
bands = [
  { label = "worse", below = 0 },
  { label = "less", at_least = 0, below = 50 },
  { label = "half", at_least = 50 },
]
timepoints = ["after", "late"]
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[[outcomes]]
name = "there"
kind = "recorded"
variable = "nrs"
timepoints = ["after"]
[[figures]]
kind = "roc"
title = "ROC"
analyses = ["explained"]
[[figures]]
kind = "calibration"
title = "Calibration"
analyses = ["explained"]
"""


def _analysis(name: str, kind: str, missing: str, rest: str) -> str:
    return f'[[analyses]]\nname = "{name}"\nkind = "{kind}"\nmissing = "{missing}"\n{rest}\n'


_OUTCOMES = 'outcomes = ["nrs", "age", "half", "class", "sex", "there"]'
_BY = 'by = { outcome = "half", at = "late" }'
_PAIR = 'first = { outcome = "nrs", at = "after" }\nsecond = { outcome = "nrs", at = "late" }'
_READERS = 'readers = ["r1", "r2"]\n'

WIDE = (
    EACH
    + HEAD
    + _analysis("described", "describe", "available", _OUTCOMES)
    + _analysis("whole", "describe", "complete", 'outcomes = ["nrs", "sex"]')
    + _analysis("failed", "describe", "failure", 'outcomes = ["half"]')
    + _analysis("split", "describe", "available", f'outcomes = ["sex", "age"]\n{_BY}')
    + _analysis("split_tests", "compare", "available", f'outcomes = ["sex"]\ntests = ["chi_square", "fisher"]\n{_BY}')
    + _analysis(
        "scores", "compare", "available",
        'outcomes = ["nrs", "age"]\ntests = ["t", "mann_whitney", "kruskal_wallis", "dunn"]',
    )
    + _analysis(
        "classes", "compare", "available", 'outcomes = ["class", "sex"]\ntests = ["chi_square", "mann_whitney"]'
    )
    + _analysis(
        "responses", "compare", "failure",
        'outcomes = ["half"]\ntests = ["chi_square", "fisher", "trend", "risk_difference", "risk_ratio", "odds_ratio", '
        '"number_needed_to_treat"]',
    )
    + _analysis(
        "over_time", "within", "available",
        'outcomes = ["nrs"]\ntests = ["paired_t", "wilcoxon", "friedman", "friedman_pairs"]',
    )
    + _analysis("changed", "within", "complete", 'outcomes = ["half"]\ntests = ["mcnemar"]')
    + _analysis("normal", "normality", "available", 'outcomes = ["nrs"]\ntests = ["shapiro", "lilliefors"]')
    + _analysis("moved", "transition", "complete", _PAIR.replace('"nrs"', '"class"'))
    + _analysis("together", "correlate", "complete", _PAIR + '\ntests = ["spearman", "pearson"]')
    + _analysis(
        "graded", "agreement", "available",
        f'findings = ["grade"]\n{_READERS}measures = ["percent_agreement", "cohen_kappa", "gwet_ac1", "fleiss_kappa", '
        '"krippendorff_alpha"]',
    )
    + _analysis(
        "measured", "agreement", "available", f'findings = ["slip"]\n{_READERS}measures = ["icc", "bland_altman"]'
    )
    + _analysis(
        "explained", "logistic", "complete",
        'outcome = { outcome = "half", at = "late" }\npredictors = [{ variable = "age" }, { variable = "sex" }]\n'
        "optimism = { draws = 20, seed = 1 }",
    )
    + _analysis("mixed", "mixed", "available", 'outcome = "nrs"\ncovariance = "random_intercept"')
    + _analysis("adjusted", "ancova", "complete", 'outcome = "nrs"\nat = "late"\nbaseline = "before"')
)  # fmt: skip


def wide_columns(chance: np.random.Generator, people: int) -> Mapping[str, Sequence[int | None]]:
    """Rows with ties, answers outside the window, missing ones and ones withheld at the source."""

    def holes(values: Sequence[int]) -> list[int | None]:
        fates = chance.random(people)
        return [None if f < 0.05 else SUPPRESSED if f < 0.06 else int(v) for f, v in zip(fates, values, strict=True)]

    before = chance.integers(0, 11, people)
    after = np.clip(before - chance.integers(-2, 9, people), 0, 10)
    grade = chance.choice(3, people, p=[0.1, 0.4, 0.5])
    return {
        "sex": holes(chance.integers(0, 2, people)),
        "age": holes(chance.integers(20, 80, people)),
        "arm": [int(a) for a in chance.choice(3, people, p=[0.5, 0.45, 0.05])],
        "nrs__before": holes(before),
        "nrs__after": holes(after),
        "nrs__after__day": [int(d) for d in chance.integers(18, 42, people)],
        "nrs__late": holes(np.clip(after + chance.integers(-2, 3, people), 0, 10)),
        "grade__r1": holes(grade),
        "grade__r2": holes(np.where(chance.random(people) < 0.8, grade, chance.integers(0, 3, people))),
        "slip__r1": holes(chance.integers(0, 100, people)),
        "slip__r2": holes(chance.integers(0, 100, people)),
    }

"""A printed table of four prediction models recomputed from its own sensitivities and specificities.

134 patients after CT-guided pars injection; 56 had success at 15 minutes, 73 at one month (Kajdi and others, Table 3).
"""

from dataclasses import dataclass

import pytest

from foramen.kernel.errors import StatisticError
from foramen.kernel.rounding import rounded
from foramen.statistics.classification import confusion, counts_from_rates


@dataclass(frozen=True)
class Model:
    """The counts behind the printed rates, and all five rates in the order of `confusion`: recomputed and as printed.

    Counts are true positives, false negatives, true negatives, false positives.
    """

    name: str
    successes: int
    failures: int
    counts: tuple[int, int, int, int]
    computed: tuple[str, ...]
    printed: tuple[str, ...]


MODELS = [
    Model("15 min, reader 1", 56, 78, (36, 20, 60, 18),
          ("71.6", "64.3", "76.9", "66.7", "75.0"), ("72.0", "64.3", "76.9", "66.7", "75.0")),
    Model("15 min, reader 2", 56, 78, (35, 21, 63, 15),
          ("73.1", "62.5", "80.8", "70.0", "75.0"), ("73.0", "62.5", "80.8", "70.0", "75.0")),
    Model("1 month, reader 1", 73, 61, (53, 20, 38, 23),
          ("67.9", "72.6", "62.3", "69.7", "65.5"), ("68.0", "72.6", "62.3", "69.6", "65.5")),
    Model("1 month, reader 2", 73, 61, (52, 21, 37, 24),
          ("66.4", "71.2", "60.7", "68.4", "63.8"), ("66.4", "71.2", "60.7", "68.4", "63.8")),
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_table_3_follows_from_sensitivity_and_specificity(model: Model) -> None:
    sensitivity, specificity = map(float, model.printed[1:3])
    table = counts_from_rates(sensitivity, specificity, model.successes, model.failures, 1)
    hits, misses, rejections, alarms = model.counts
    assert table.matrix("predicted", "observed") == [[rejections, misses], [alarms, hits]]
    rows = confusion(table, level=0.95, method="wilson")
    assert tuple(rounded(row.estimate, 1) for row in rows if row.estimate is not None) == model.computed


def test_what_the_table_prints_otherwise_lies_within_one_rounding_of_its_counts() -> None:
    """Three accuracies were rounded to whole per cents; 69.6 for 53 of 76 is a slip in the last digit."""
    differing = [
        (printed, computed)
        for model in MODELS
        for printed, computed in zip(model.printed, model.computed, strict=True)
        if printed != computed
    ]
    assert differing == [("72.0", "71.6"), ("73.0", "73.1"), ("68.0", "67.9"), ("69.6", "69.7")]
    assert all(abs(float(printed) - float(computed)) < 0.5 for printed, computed in differing)


def test_swapped_groups_could_not_have_given_model_1() -> None:
    with pytest.raises(StatisticError, match="no count gives this sensitivity"):
        counts_from_rates(64.3, 76.9, 78, 56, 1)

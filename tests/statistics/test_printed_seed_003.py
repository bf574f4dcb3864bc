"""A printed trial recomputed from its printed counts.

Awad Bessar et al., "Comparing CT-guided and fluoroscopic-guided interventions for chronic low back pain management: a
randomized trial", tables 1, 2, 5 and 6: group A (fluoroscopy, n = 100), group B (CT, n = 100). All p values are
uncorrected Pearson, including those whose expected counts are small.
"""

import pytest

from foramen.kernel.rounding import rounded
from foramen.statistics.contingency import chi_square
from foramen.statistics.exact import fisher
from foramen.statistics.tables import CountTable

PRINTED = {
    "table 1, gender: male, female": ((46, 54), (44, 56), "0.776"),
    "table 1, L3 root: no, bilateral": ((94, 6), (95, 5), "0.756"),
    "table 1, L4 root: no, unilateral, bilateral": ((21, 43, 36), (20, 38, 42), "0.672"),
    "table 1, L5 root: no, unilateral, bilateral": ((10, 47, 43), (12, 42, 46), "0.754"),
    "table 2, roots injected: 1-2, 3-4, 5-6": ((73, 21, 6), (70, 25, 5), "0.778"),
    "table 2, side: none, right, left, bilateral": ((22, 21, 15, 42), (25, 19, 12, 44), "0.880"),
    "table 5, complications: none, abscess, discitis and neuritis, hematoma": ((99, 1, 0, 0), (96, 1, 1, 2), "0.385"),
    "table 5, contrast extravasation: negative, positive": ((95, 5), (95, 5), "1.000"),
    "table 5, morphine before: 0 mg, 10 mg": ((96, 4), (98, 2), "0.407"),
    "table 5, morphine at one month: 0 mg, 20 mg": ((100, 0), (99, 1), "0.316"),
    "table 6, satisfaction with results, from very unsatisfied": ((1, 5, 49, 45), (1, 6, 58, 35), "0.552"),
}
COMPLICATIONS = "table 5, complications: none, abscess, discitis and neuritis, hematoma"
MORPHINE = "table 5, morphine at one month: 0 mg, 20 mg"


def two_arms(a: tuple[int, ...], b: tuple[int, ...]) -> CountTable:
    return CountTable.from_matrix({"A": a, "B": b}, range(len(a)), row="arm")


@pytest.mark.parametrize(("a", "b", "printed"), PRINTED.values(), ids=PRINTED)
def test_printed_p_is_uncorrected_pearson(a: tuple[int, ...], b: tuple[int, ...], printed: str) -> None:
    row = chi_square(two_arms(a, b), method="pearson")
    assert row.p is not None and rounded(row.p, 3) == printed
    assert row.n == 200


def test_satisfaction_with_the_procedure_does_not_follow_from_its_printed_counts() -> None:
    """Table 6 prints .870, but its rows add up to 96 and 97; the lost row restored as 4 and 3 gives the printed p."""
    as_printed = chi_square(two_arms((0, 6, 63, 27), (1, 6, 65, 25)), method="pearson")
    assert as_printed.p is not None and rounded(as_printed.p, 3) == "0.776"
    assert as_printed.n == 193
    restored = chi_square(two_arms((0, 4, 6, 63, 27), (1, 3, 6, 65, 25)), method="pearson")
    assert restored.p is not None and rounded(restored.p, 3) == "0.870"


def test_five_of_the_printed_tests_rest_on_small_expected_counts() -> None:
    rows = [chi_square(two_arms(a, b), method="pearson") for a, b, _ in PRINTED.values()]
    rows.append(chi_square(two_arms((0, 6, 63, 27), (1, 6, 65, 25)), method="pearson"))
    assert sum(row.warning is not None for row in rows) == 5


@pytest.mark.parametrize(("name", "exact"), [(COMPLICATIONS, "0.495"), (MORPHINE, "1.000")])
def test_exact_p_where_expected_counts_are_small(name: str, exact: str) -> None:
    a, b, _ = PRINTED[name]
    row = fisher(two_arms(a, b))
    assert row.p is not None and rounded(row.p, 3) == exact


def test_yates_does_not_give_the_printed_p() -> None:
    row = chi_square(two_arms((46, 54), (44, 56)), method="yates")
    assert row.p is not None and rounded(row.p, 3) == "0.887"

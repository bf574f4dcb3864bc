"""P-values and intervals against scipy and statsmodels, and against a flipped digit."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as oracle_mcnemar

from foramen.kernel import rounding
from tests.evidence.small import check, examined, facts, only, table

REUSED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)

GROUPS = '[{ count = "A", of = "a" }, { count = "B", of = "b" }]'
Counts = Sequence[int]


def rounded(value: float, places: int) -> str:
    return rounding.rounded(float(value), places)


def crossed(kind: str, a: Counts, b: Counts, p: object, sizes: tuple[int, int] | None = None) -> str:
    rows: dict[str, list[object]] = {f"row {i}": [one, other] for i, (one, other) in enumerate(zip(a, b, strict=True))}
    of_a, of_b = sizes or (sum(a), sum(b))
    text = facts(a=of_a, b=of_b, p=p) + table("t", ["A", "B"], rows)
    return text + check(kind, groups=GROUPS, tests='[{ table = "t", p = "p" }]')


COLUMN = st.lists(st.integers(1, 60), min_size=3, max_size=3)


@REUSED
@given(COLUMN, COLUMN)
def test_chi_square_agrees_with_scipy_and_a_flipped_digit_differs(tmp_path: Path, a: list[int], b: list[int]) -> None:
    p = stats.chi2_contingency([a, b], correction=False).pvalue
    assert only(examined(tmp_path, crossed("chi_square", a, b, rounded(p, 3)))).verdict == "agrees"
    flipped = rounded((p + 0.1) % 1, 3)
    assert only(examined(tmp_path, crossed("chi_square", a, b, flipped))).verdict == "differs"


def test_yates_is_told_apart_from_the_uncorrected_test(tmp_path: Path) -> None:
    yates = rounded(stats.chi2_contingency([[46, 54], [44, 56]], correction=True).pvalue, 3)
    finding = only(examined(tmp_path, crossed("chi_square", (46, 54), (44, 56), yates)))
    assert (finding.verdict, finding.recomputed) == ("agrees", "0.887")
    assert "Yates" in finding.method


def test_a_p_that_is_fishers_is_told(tmp_path: Path) -> None:
    exact = rounded(stats.fisher_exact([[9, 1], [4, 6]]).pvalue, 3)
    finding = only(examined(tmp_path, crossed("chi_square", (9, 1), (4, 6), exact)))
    assert finding.verdict == "differs"
    assert finding.reason.endswith("Fisher's exact test returns it")
    assert only(examined(tmp_path, crossed("fisher", (9, 1), (4, 6), exact))).verdict == "agrees"


def test_a_p_that_is_a_chi_square_is_told(tmp_path: Path) -> None:
    p = rounded(stats.chi2_contingency([[9, 1], [4, 6]], correction=False).pvalue, 3)
    finding = only(examined(tmp_path, crossed("fisher", (9, 1), (4, 6), p)))
    assert (finding.verdict, finding.recomputed) == ("differs", "0.057")
    assert finding.reason.endswith("; chi-square returns it")


@REUSED
@given(COLUMN, COLUMN, st.integers(0, 9), st.integers(0, 9))
def test_a_lost_row_is_found_wherever_it_makes_the_printed_p(
    tmp_path: Path, a: list[int], b: list[int], lost_a: int, lost_b: int
) -> None:
    assume(lost_a or lost_b)
    whole = rounded(stats.chi2_contingency([[*a, lost_a], [*b, lost_b]], correction=False).pvalue, 3)
    assume(whole != rounded(stats.chi2_contingency([a, b], correction=False).pvalue, 3))
    text = crossed("chi_square", a, b, whole, (sum(a) + lost_a, sum(b) + lost_b))
    finding = only(examined(tmp_path, text))
    assert finding.verdict == "differs"
    assert f"an unprinted fourth row of {lost_a} and {lost_b} returns the printed {whole}" in finding.reason


@pytest.mark.parametrize("sizes", [(96, 97), (95, 100)])
def test_no_row_is_made_up_where_none_is_lost_or_too_many_are_counted(tmp_path: Path, sizes: tuple[int, int]) -> None:
    finding = only(examined(tmp_path, crossed("chi_square", (0, 6, 63, 27), (1, 6, 65, 25), "0.870", sizes)))
    assert finding.reason == "the printed counts give 0.776"


def test_a_table_in_which_all_are_alike_cannot_be_tested(tmp_path: Path) -> None:
    finding = only(examined(tmp_path, crossed("chi_square", (5, 0), (7, 0), "1.000")))
    assert finding.verdict == "cannot be checked"
    assert "fewer than two levels" in finding.reason


def test_counts_that_are_not_printed_leave_nothing_to_test(tmp_path: Path) -> None:
    """One empty cell in each group: the columns are as long as each other and still of different categories."""
    text = facts(a=20, b=20, p="0.5") + table("t", ["A", "B"], {"x": [5, ""], "y": ["", 5], "z": [15, 15]})
    text += check("chi_square", groups=GROUPS, tests='[{ table = "t", p = "p" }]')
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.reason) == ("cannot be checked", "a count of t is not printed")


def summaries(p: str, group: tuple[object, ...], against: tuple[object, ...]) -> str:
    names = ("mean", "sd", "n")
    values = {
        f"{name}_{side}": value
        for side, part in (("a", group), ("b", against))
        for name, value in zip(names, part, strict=True)
    }
    parts = {side: "{ " + ", ".join(f'{name} = "{name}_{side}"' for name in names) + " }" for side in "ab"}
    return facts(p=p, **values) + check("t", group=parts["a"], against=parts["b"], p='"p"')


@REUSED
@given(
    st.integers(-50, 50), st.integers(-50, 50), st.integers(5, 90), st.integers(5, 90), st.integers(3, 80),
    st.integers(3, 80), st.booleans(),
)  # fmt: skip
def test_t_agrees_with_scipy_even_from_rounded_summaries(
    tmp_path: Path, mean: int, other: int, sd: int, other_sd: int, n: int, other_n: int, equal: bool
) -> None:
    """The exact summaries end in 0.05; what is printed has one decimal, and still the printed p is within reach."""
    exact = [value / 10 + 0.05 for value in (mean, sd, other, other_sd)]
    p = stats.ttest_ind_from_stats(exact[0], exact[1], n, exact[2], exact[3], other_n, equal_var=equal).pvalue
    shown = [rounded(value, 1) for value in exact]
    text = summaries(rounded(p, 3), (shown[0], shown[1], n), (shown[2], shown[3], other_n))
    assert only(examined(tmp_path, text)).verdict == "agrees"


def test_t_tells_which_of_the_two_tests_gives_the_printed_p(tmp_path: Path) -> None:
    group, against = ("10.00", "1.00", 8), ("12.00", "6.00", 40)
    student, welch = (
        stats.ttest_ind_from_stats(10, 1, 8, 12, 6, 40, equal_var=equal).pvalue for equal in (True, False)
    )
    for p, name in ((student, "Student"), (welch, "Welch")):
        finding = only(examined(tmp_path, summaries(rounded(p, 3), group, against)))
        assert (finding.verdict, finding.reason.split(" from ")[0]) == ("agrees", f"by {name}")
    finding = only(examined(tmp_path, summaries("0.290", group, against)))
    assert finding.verdict == "differs"
    assert finding.recomputed == f"{rounded(student, 3)} (Student), {rounded(welch, 3)} (Welch)"


def test_equal_printed_means_can_have_a_p_of_1(tmp_path: Path) -> None:
    finding = only(examined(tmp_path, summaries("1.000", ("5.0", "2.0", 30), ("5.0", "2.1", 30))))
    assert finding.verdict == "agrees"


def test_a_t_test_of_single_values_cannot_be_checked(tmp_path: Path) -> None:
    finding = only(examined(tmp_path, summaries("0.5", ("5.0", "2.0", 1), ("5.0", "2.1", 1))))
    assert finding.verdict == "cannot be checked"


def mcnemar_text(first: int, second: int, of: int, p: str) -> str:
    keys = {"first": '"first"', "second": '"second"', "of": '"of"', "p": '"p"'}
    return facts(first=first, second=second, of=of, p=p) + check("mcnemar", **keys)


@REUSED
@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_mcnemar_finds_the_table_that_statsmodels_tested(
    tmp_path: Path, both: int, lost: int, gained: int, neither: int
) -> None:
    assume(lost + gained)
    p = oracle_mcnemar([[neither, gained], [lost, both]], exact=True).pvalue
    text = mcnemar_text(both + lost, both + gained, both + lost + gained + neither, rounded(p, 3))
    finding = only(examined(tmp_path, text))
    assert finding.verdict == "agrees"
    assert f"{lost} lost and {gained} gained (exact)" in finding.reason


def test_a_change_that_the_totals_do_not_allow_differs(tmp_path: Path) -> None:
    finding = only(examined(tmp_path, mcnemar_text(56, 73, 134, "0.450")))
    assert (finding.verdict, finding.reason) == (
        "differs", "no number lost and gained between 56 and 73 of 134 gives it",
    )  # fmt: skip


def correlation(lower: str, upper: str, r: str = "0.61", n: int = 134) -> str:
    keys = {"r": '"r"', "lower": '"lower"', "upper": '"upper"', "n": '"n"'}
    return facts(r=r, lower=lower, upper=upper, n=n) + check("correlation_interval", **keys)


def test_the_interval_of_a_correlation_by_fisher_is_scipys(tmp_path: Path) -> None:
    rng = [(i, (i * 7) % 31) for i in range(31)]
    found = stats.pearsonr(*zip(*rng, strict=True))
    low, high = found.confidence_interval(0.95)
    text = correlation(rounded(low, 3), rounded(high, 3), rounded(found.statistic, 4), len(rng))
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.reason) == ("agrees", f"Fisher's z give it for {rounded(found.statistic, 4)}")


@pytest.mark.parametrize(("lower", "upper"), [("0.39", "0.71"), ("0.49", "0.77")])
def test_a_flipped_limit_of_a_correlation_differs(tmp_path: Path, lower: str, upper: str) -> None:
    finding = only(examined(tmp_path, correlation(lower, upper)))
    assert (finding.verdict, finding.reason) == ("differs", "none of the definitions gives it")


@pytest.mark.parametrize(("p", "verdict"), [("0.021", "agrees"), ("0.012", "differs"), ("< 0.001", "differs")])
def test_the_p_of_a_correlation(tmp_path: Path, p: str, verdict: str) -> None:
    """r = 0.30 in 59 pairs: t = 2.374 with 57 degrees of freedom."""
    assert rounded(2 * stats.t.sf(0.30 * (57 / (1 - 0.09)) ** 0.5, 57), 3) == "0.021"
    text = facts(r="0.30", n=59, p=p) + check("correlation_p", r='"r"', n='"n"', p='"p"')
    assert only(examined(tmp_path, text)).verdict == verdict


def ratio(value: str, lower: str, upper: str, p: str) -> dict[str, str]:
    keys = {"ratio": '"r"', "lower": '"lower"', "upper": '"upper"', "p": '"p"'}
    return {"text": facts(r=value, lower=lower, upper=upper, p=p) + check("ratio_interval", **keys)}


@pytest.mark.parametrize(
    ("value", "lower", "upper", "p", "verdicts"),
    [
        ("2.72", "1.00", "7.39", "0.050", ["agrees", "agrees"]),
        ("2.72", "1.00", "7.39", "0.020", ["agrees", "differs"]),
        ("2.27", "1.00", "7.39", "0.050", ["differs", "differs"]),
        ("2.72", "7.39", "1.00", "0.050", ["differs"]),
        ("1.2", "0.0", "9.0", "0.9", ["cannot be checked"]),
        ("1.00", "0.50", "2.00", "1.000", ["agrees", "agrees"]),
    ],
)
def test_a_ratio_lies_in_the_middle_of_its_wald_interval(
    tmp_path: Path, value: str, lower: str, upper: str, p: str, verdicts: list[str]
) -> None:
    """exp(1 ± 1): the interval of an odds ratio of e whose standard error is 1/1.96."""
    found = examined(tmp_path, ratio(value, lower, upper, p)["text"]).findings
    assert [one.verdict for one in found] == verdicts


ORACLES = {
    "chi_square": ("5.99", "[2]", stats.chi2.sf(5.99, 2)),
    "t": ("−2.10", "[48]", 2 * stats.t.sf(2.10, 48)),
    "z": ("1.96", "[]", 2 * stats.norm.sf(1.96)),
    "f": ("3.11", "[2, 87.5]", stats.f.sf(3.11, 2, 87.5)),
}


@pytest.mark.parametrize("distribution", ORACLES)
def test_a_p_value_from_its_statistic(tmp_path: Path, distribution: str) -> None:
    statistic, df, p = ORACLES[distribution]
    text = facts(s=statistic, right=rounded(p, 3), wrong=rounded(p + 0.01, 3))
    text += check("p_value", statistic='"s"', distribution=f'"{distribution}"', df=df, p='["right", "wrong"]')
    assert [one.verdict for one in examined(tmp_path, text).findings] == ["agrees", "differs"]


def test_a_rank_test_beside_medians_cannot_be_checked(tmp_path: Path) -> None:
    text = facts(p="0.030") + check("rank_test", test='"Mann–Whitney"', p='["p"]')
    assert only(examined(tmp_path, text)).verdict == "cannot be checked"

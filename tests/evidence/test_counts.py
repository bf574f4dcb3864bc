"""Percentages, sums and categories: right ones agree, a flipped digit differs, and the reason says what is wrong."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foramen.evidence.checks.proportions import counts_behind
from foramen.evidence.printed import Printed
from foramen.kernel.rounding import rounded
from tests.evidence.small import check, examined, facts, only, table

REUSED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@pytest.mark.parametrize(
    ("count", "of", "printed", "verdict", "says"),
    [
        (58, 134, "43.3%", "agrees", "58 of 134 is 43.284 %"),
        (58, 134, "54.3%", "differs", "58 of 134 is 43.284 %"),
        (10, 134, "7.4", "differs", "cut off instead of rounded"),
        (73, 134, "55", "differs", "rounded twice, over 54.5"),
        (1, 8, "12", "agrees", "1 of 8 is 12.50 %"),
        (1, 8, "13", "agrees", "1 of 8 is 12.50 %"),
        (135, 134, "100", "differs", "135 is not a part of 134"),
        (0, 0, "0", "differs", "0 is not a part of 0"),
        (1, 2000, "< 0.1%", "agrees", "1 of 2000"),
    ],
)
def test_a_percentage(tmp_path: Path, count: int, of: int, printed: str, verdict: str, says: str) -> None:
    text = facts(k=count, n=of, p=printed) + check("percent", count='"k"', of='"n"', printed='["p"]')
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.at) == (verdict, "p")
    assert says in finding.reason


def test_a_percentage_of_the_others(tmp_path: Path) -> None:
    text = facts(k=54, n=134, p="59.7%")
    text += check("percent", count='"k"', all_but="true", of='"n"', printed='["p"]')
    assert only(examined(tmp_path, text)).reason == "80 of 134 is 59.701 %"


@REUSED
@given(st.integers(1, 400), st.data())
def test_every_true_percentage_agrees_and_the_next_one_differs(tmp_path: Path, of: int, data: st.DataObject) -> None:
    count, places = data.draw(st.integers(0, of)), data.draw(st.integers(0, 3))
    right = rounded(100 * count / of, places)
    wrong = rounded(float(right) + 2 * 10**-places, places)
    text = facts(k=count, n=of, right=right, wrong=wrong)
    text += check("percent", count='"k"', of='"n"', printed='["right", "wrong"]')
    assert [one.verdict for one in examined(tmp_path, text).findings] == ["agrees", "differs"]


GROUPS = '[{ count = "A n", percent = "A %", of = "n" }]'


def test_a_table_is_checked_cell_by_cell_and_empty_cells_are_left_alone(tmp_path: Path) -> None:
    text = facts(n=50) + table("t", ["A n", "A %"], {"yes": [20, "40%"], "no": [29, "58%"], "unknown": [1, ""]})
    text += check("percents", tables='["t"]', groups=GROUPS)
    text += check("categories", tables='["t"]', groups=GROUPS)
    found = examined(tmp_path, text).findings
    assert [(one.check, one.at, one.verdict) for one in found] == [
        ("percents", "t, yes, A %", "agrees"), ("percents", "t, no, A %", "agrees"), ("categories", "t, A n", "agrees"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "verdict", "reason"),
    [
        (30, "agrees", "20 + 30 = 50"),
        (26, "differs", "20 + 26 = 46 of 50: 4 are not accounted for"),
        (33, "differs", "20 + 33 = 53 of 50: 3 too many"),
    ],
)
def test_categories_and_who_is_lost(tmp_path: Path, last: int, verdict: str, reason: str) -> None:
    text = facts(n=50) + table("t", ["A n"], {"yes": [20], "no": [last]})
    text += check("categories", tables='["t"]', groups='[{ count = "A n", of = "n" }]')
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("terms", "total", "verdict"),
    [
        (("155", "134"), "289", "agrees"),
        (("155", "134"), "288", "differs"),
        (("33.3%", "33.3%", "33.3%"), "100%", "agrees"),
        (("33.3%", "33.3%", "33.1%"), "100.0%", "differs"),
        (("23.1", "6.7", "12"), "41.8", "agrees"),
    ],
)
def test_a_sum_allows_the_rounding_of_its_terms_and_no_more(
    tmp_path: Path, terms: tuple[str, ...], total: str, verdict: str
) -> None:
    names = {f"t{i}": term for i, term in enumerate(terms)}
    text = facts(**names, total=total) + check("sum", terms=str([*names]), total='"total"')
    assert only(examined(tmp_path, text)).verdict == verdict


def test_a_sum_to_a_number_that_is_not_printed(tmp_path: Path) -> None:
    text = facts(a="54.3%", b="56.3%") + check("sum", terms='["a", "b"]', to="100")
    finding = only(examined(tmp_path, text))
    assert (finding.verdict, finding.printed, finding.recomputed) == ("differs", "54.3% + 56.3%", "110.6")
    assert finding.reason == "54.3% + 56.3% = 110.6, not 100"


@pytest.mark.parametrize(("other", "verdict"), [("45.7%", "agrees"), ("45.6%", "agrees"), ("45.5%", "differs")])
def test_a_number_that_is_not_printed_is_exact(tmp_path: Path, other: str, verdict: str) -> None:
    text = facts(a="54.3%", b=other) + check("sum", terms='["a", "b"]', to="100")
    assert only(examined(tmp_path, text)).verdict == verdict


def test_rows_of_a_table_add_up_column_by_column(tmp_path: Path) -> None:
    rows: dict[str, list[object]] = {"all": [56, "41.8"], "half": [31, "23.1"], "more": [9, "6.7"], "whole": [17, "12"]}
    text = table("t", ["n", "%"], rows)
    text += check("row_sum", table='"t"', rows='["half", "more", "whole"]', total='"all"', columns='["n", "%"]')
    assert [(one.at, one.verdict) for one in examined(tmp_path, text).findings] == [
        ("t, all, n", "differs"), ("t, all, %", "agrees"),
    ]  # fmt: skip


@given(st.integers(1, 300), st.integers(0, 2), st.data())
def test_the_counts_behind_a_percentage_are_those_of_brute_force(of: int, places: int, data: st.DataObject) -> None:
    units = data.draw(st.integers(0, 100 * 10**places))
    printed = Printed.read(rounded(units / 10**places, places))
    expected = [
        count for count in range(of + 1) if abs(100 * count / of - units / 10**places) < 0.5 / 10**places + 1e-9
    ]
    assert list(counts_behind(printed, of)) == expected


@pytest.mark.parametrize(
    ("size", "percent", "verdict", "says"),
    [
        (12, "83%", "agrees", "10 of 12, and no other count"),
        (12, "84%", "differs", "no whole number of 12 gives it; 10 of 12 is 83%, 11 of 12 is 92%"),
        (263, "79%", "cannot be checked", "any of 207 to 209"),
        (19, "57.9%", "agrees", "11 of 19"),
        (60, "40.1%", "differs", "24 of 60 is 40.0%, 25 of 60 is 41.7%"),
    ],
)
def test_percentages_without_counts(tmp_path: Path, size: int, percent: str, verdict: str, says: str) -> None:
    text = table("t", ["n", "better"], {"group": [size, percent]})
    text += check("attainable", table='"t"', of='"n"', percents='["better"]')
    finding = only(examined(tmp_path, text))
    assert finding.verdict == verdict
    assert says in finding.reason


@pytest.mark.parametrize(
    ("size", "percent", "given_away"), [(12, "83%", True), (60, "50.0%", False), (40, "0%", False)]
)
def test_only_small_cells_that_are_given_away_are_remarked_upon(
    tmp_path: Path, size: int, percent: str, given_away: bool
) -> None:
    text = table("t", ["n", "better"], {"group": [size, percent]})
    text += check("attainable", table='"t"', of='"n"', percents='["better"]')
    assert ("(H28)" in only(examined(tmp_path, text)).remark) is given_away


MODELS = ["sensitivity", "specificity", "accuracy", "ppv", "npv"]


def models(tmp_path: Path, *cells: object) -> dict[str, str]:
    text = facts(yes=56, no=78) + table("t", MODELS, {"model": [*cells]})
    text += check("prediction", table='"t"', rows='["model"]', positives='"yes"', negatives='"no"')
    return {one.at.split(", ")[-1]: one.verdict for one in examined(tmp_path, text).findings}


def test_predictive_values_follow_from_sensitivity_and_specificity(tmp_path: Path) -> None:
    assert set(models(tmp_path, "64.3%", "76.9%", "71.6%", "66.7%", "75.0%").values()) == {"agrees"}
    flipped = models(tmp_path, "64.3%", "76.9%", "71.6%", "66.9%", "76.0%")
    assert [name for name, verdict in flipped.items() if verdict == "differs"] == ["ppv", "npv"]


def test_a_sensitivity_that_no_count_gives_leaves_nothing_to_compute(tmp_path: Path) -> None:
    assert models(tmp_path, "64.5%", "76.9%", "71.6%", "66.7%", "75.0%") == {
        "sensitivity": "differs", "specificity": "agrees",
    }  # fmt: skip


@pytest.mark.parametrize(("accuracy", "verdict"), [("65%", "agrees"), ("66%", "agrees"), ("67%", "differs")])
def test_a_coarse_sensitivity_leaves_several_counts_and_each_is_tried(
    tmp_path: Path, accuracy: str, verdict: str
) -> None:
    """64 % of 560 is any of 356 to 361: with 60 of 78, 416 to 421 of 638 are right, 65.2 to 66.0 %."""
    text = facts(yes=560, no=78) + table("t", MODELS, {"model": ["64%", "76.9%", accuracy, "", ""]})
    text += check("prediction", table='"t"', rows='["model"]', positives='"yes"', negatives='"no"')
    finding = examined(tmp_path, text).findings[-1]
    assert (finding.verdict, finding.recomputed) == (verdict, "65% or 66%")

"""What tables call things, with how many decimals, and what their notes say: once, in good English."""

import pytest

from foramen.report.figures.words import text as in_figure
from foramen.report.layouts.coverage import untold
from foramen.report.layouts.listing import listing_of
from foramen.report.layouts.notes import shown
from foramen.report.layouts.supplement import supplements
from foramen.report.layouts.told import tells_interval, tells_p, told
from foramen.report.style import load_style
from foramen.report.table import Value
from foramen.snapshot.codebook import Variable
from foramen.statistics.result import Statistic
from foramen.statistics.risk import ends_through_infinity, number_needed_to_treat
from foramen.statistics.tables import Axis, CountTable
from tests.report.drawing import column, laid_out, parts, text
from tests.report.tables import AGE, CLASSES, COLUMNS, GROUPS, HALF, NRS, SEX, TIMES, analysis, table
from tests.study.small import VARIABLES

# Numbers needed to treat


def two_groups(yes: int, n: int, other: int, of: int) -> dict[str, list[int | None]]:
    """So many with half of the pain gone of so many in group A, then in group B."""
    after = [2] * yes + [8] * (n - yes) + [2] * other + [8] * (of - other)
    return {"arm": [0] * n + [1] * of, "nrs__before": [8] * (n + of), "nrs__after": after}


NEEDED = (
    analysis("relief", "describe", "half"),
    analysis("tested", "compare", "half", 'tests = ["risk_difference", "number_needed_to_treat"]'),
)
HALF_AFTER = HALF.replace('["after", "late"]', '["after"]')


@pytest.mark.parametrize(
    ("columns", "printed"),
    [(two_groups(35, 50, 15, 51), ["2.5 (harm)", "1.8 to 4.7"]),
     (two_groups(15, 51, 35, 50), ["2.5 (benefit)", "1.8 to 4.7"]),
     (two_groups(20, 50, 25, 50), ["10.0 (benefit)", "harm 10.8 to ∞ to benefit 3.5"])],
)  # fmt: skip
def test_a_number_needed_to_treat_is_positive_and_says_benefit_or_harm(asked, columns, printed) -> None:
    parts_ = TIMES, HALF_AFTER, *NEEDED
    body = laid_out(asked(GROUPS, *parts_, table("proportions", "relief tested"), columns=columns))
    row = next(row for row in body.rows if row.head[0] == "Number needed to treat, B vs A")
    assert [text(cell) for cell in row.cells[1:3]] == printed
    assert not any("holds 0" in note.text for note in body.notes)
    listed = laid_out(asked(GROUPS, *parts_, table("listing", "relief tested"), columns=columns))
    line = next(row for row in listed.rows if row.head[0] == "Number needed to treat")
    assert [text(cell) for cell in line.cells[:2]] == printed


@pytest.mark.parametrize("yes", range(15, 36))
def test_the_ends_of_an_interval_through_infinity_are_read_as_they_were_said(yes: int) -> None:
    axes = (Axis("group", labels=((1, "A"), (2, "B"))), Axis("outcome", labels=((0, "no"), (1, "yes"))))
    table_of = CountTable.build(axes, [((1, 1), yes), ((1, 0), 50 - yes), ((2, 1), 25), ((2, 0), 25)])
    row = number_needed_to_treat(table_of, group=1, against=2, level=0.95, method="newcombe")
    ends = ends_through_infinity(row.warning or "")
    assert (ends is None) == (row.lower is not None)
    if ends is not None:
        benefit, harm = ends
        assert benefit is not None and harm is not None and min(benefit, harm) > 0
        assert f"NNTB {benefit} to ∞ to NNTH {harm}" in (row.warning or "")


# Several units of one person

SEVERAL: dict[str, list[int | None]] = {**COLUMNS, "patient_id": [1, 1, 2, 3, 4, 5, 6, 7]}


@pytest.mark.parametrize(
    ("layout", "analyses", "said"),
    [("volume", "who", "treated as independent."),
     ("characteristics", "who", "treated as independent."),
     ("characteristics", "who sexes", "treated as independent: p-values are too small."),
     ("characteristics", "ages old", "treated as independent: intervals are too short and p-values are too small."),
     ("proportions", "who", "treated as independent: intervals are too short.")],
)  # fmt: skip
def test_units_of_one_person_are_said_once_of_what_the_table_shows(asked, layout, analyses, said) -> None:
    known = (
        analysis("who", "describe", "sex"), analysis("sexes", "compare", "sex", 'tests = ["fisher"]'),
        analysis("ages", "describe", "age"), analysis("old", "compare", "age", 'tests = ["t"]'),
    )  # fmt: skip
    material = asked(GROUPS, SEX, AGE, *known, table(layout, analyses), columns=SEVERAL)
    body = laid_out(material)
    notes = [note.text for note in body.notes if "persons with" in note.text]
    assert notes == [f"2 of 8 treatments are of persons with more than one and are {said}"]
    supplement = listing_of(material, untold(material, told(material, body.rows)))
    assert sum("persons with" in note.text for note in supplement.notes) == 1
    entry = material.entry("units_of_persons_with_several")
    assert entry is not None and entry.place not in shown(supplement)


@pytest.mark.parametrize(
    ("printed", "p", "interval"),
    [("0.030", True, False), ("p = 0.030", True, False), ("−0.3 (−1.2; 0.7)", False, True), ("−1.2; 0.7", False, True),
     ("−0.3", False, False), ("0.7", False, False), ("49 / 100", False, False)],
)  # fmt: skip
def test_a_printed_text_is_known_by_what_it_tells(printed: str, p: bool, interval: bool) -> None:
    row = Statistic(name="mean_difference", method="m", estimate=-0.3, lower=-1.2, upper=0.7, p=0.03)
    style = load_style("european_radiology")
    assert (tells_p(style, row, printed), tells_interval(style, row, printed)) == (p, interval)


# Decimals


def test_median_and_range_have_the_decimals_that_any_quantile_of_the_variable_needs(asked) -> None:
    summary = 'summary = ["median_iqr", "range"]'
    whole = {"age": [1, 2, 3, 4, 5, 6, 7], "arm": [0] * 7}
    halves = {"age": [1, 2, 3, 4, 5, 6, 7, 8], "arm": [0] * 8}
    for columns, printed in ((whole, ["4 (2 to 6)", "1 to 7"]), (halves, ["4.5 (2.3 to 6.8)", "1.0 to 8.0"])):
        body = laid_out(
            asked(AGE, analysis("who", "describe", "age"), table("characteristics", "who", summary), columns=columns)
        )
        assert [cell for cell in column(body, 0).values() if cell][:2] == printed


def test_the_same_variable_has_the_same_decimals_in_every_table(asked) -> None:
    scores = analysis("before", "describe", "nrs", 'timepoints = ["before"]')
    later = analysis("later", "describe", "nrs", 'timepoints = ["after"]')
    summary = 'summary = ["median_iqr"]'
    columns = {"nrs__before": [1, 2, 3, 4, 5, 6, 7], "nrs__after": [1, 2, 2, 3, 4, 5, None]}
    wanted = table("scores", "before", summary), table("scores", "later", summary)
    material = asked(TIMES, NRS, scores, later, *wanted, columns=columns)
    assert column(laid_out(material), 0) == {"Before": "4.0 (2.0 to 6.0)"}
    assert column(laid_out(material, 1), 0)["1 month"].startswith("2.5 (")


def test_a_list_has_the_same_decimals_in_estimate_and_bounds(asked) -> None:
    material = asked(TIMES, NRS, HALF, CLASSES, analysis("all", "describe", "nrs half class"), table("listing", "all"))
    body = laid_out(material)
    for row in body.rows:
        texts = [text(cell) for cell in row.cells[:2]] if row.cells else []
        bounds = texts[1].removeprefix("up to ").split(" to ") if len(texts) > 1 and texts[1] else []
        assert len({len(number.partition(".")[2]) for number in (texts[0], *bounds)} if bounds else {0}) == 1, texts


def test_percentages_of_tables_are_those_of_figures(asked) -> None:
    material = asked(TIMES, HALF, analysis("relief", "describe", "half"), table("proportions", "relief"))
    for part in (part for part in parts(laid_out(material)) if isinstance(part, Value) and "/" not in part.text):
        entry = material.at(part.row)
        if entry.row.name == "responder_percent" and " to " not in part.text:
            assert part.text == in_figure(material, entry)


GRADES: dict[str, list[int | None]] = {
    "sex": [0] * 12,
    "slip__r1": [10, 20, 30, 40, 52, 60, 70, 81, 90, 0, 5, 15],
    "slip__r2": [11, 20, 29, 42, 50, 60, 72, 80, 90, 0, 5, 14],
}
READERS = """
[[analyses]]
name = "readers"
kind = "agreement"
missing = "available"
findings = ["slip"]
readers = ["r1", "r2"]
measures = ["icc", "bland_altman"]
"""


def test_an_icc_has_three_decimals_and_its_grade_is_of_the_printed_number(asked) -> None:
    material = asked(SEX, READERS, table("agreement", "readers"), columns=GRADES)
    body = laid_out(material)
    (icc,) = column(body, 1).values()
    (entry,) = material.entries("icc_a_1")
    assert icc == material.style.estimate_text(entry.row, 3)
    left = listing_of(material, untold(material, told(material, body.rows)))
    assert column(left, 0)["ICC(C,1), reader 1 and reader 2"].startswith("0.99")
    assert len(column(left, 0)["ICC(C,1), reader 1 and reader 2"]) == len("0.999")


# Notes


def test_counts_of_one_are_said_in_the_singular_and_like_remarks_stand_together(asked) -> None:
    columns = {
        "arm": [0] * 6 + [1] * 6,
        "nrs__before": [8, 8, 6, 4, 5, 7, 8, 8, 6, 4, 5, 7],
        "nrs__after": [4, 8, 3, 2, 1, 5, 8, 8, 6, 1, 2, 3],
    }
    tested = analysis("time", "within", "nrs", 'tests = ["wilcoxon"]', "overall = false")
    parts_ = GROUPS, TIMES, NRS, analysis("scores", "describe", "nrs"), tested, table("scores", "scores time")
    notes = [note.text for note in laid_out(asked(*parts_, columns=columns)).notes]
    (one,) = [note for note in notes if note.startswith("1 of 6")]
    (more,) = [note for note in notes if note.startswith("3 of 6")]
    assert one.startswith("1 of 6 differences is zero (") and more.startswith("3 of 6 differences are zero (")
    columns["nrs__after"] = [8, 8, 3, 2, 1, 5, 8, 8, 6, 1, 2, 3]
    notes = [note.text for note in laid_out(asked(*parts_, columns=columns)).notes if "zero" in note.text]
    assert len([note for note in notes if "differences are zero" in note]) == 1
    assert "2 of 6 differences are zero (" in notes[-1] and "; 3 of 6 (" in notes[-1]


def test_a_test_that_failed_says_why_and_no_more(asked) -> None:
    columns = {**COLUMNS, "age": [None] * 8}
    analyses = analysis("who", "describe", "age"), analysis("ages", "compare", "age", 'tests = ["kruskal_wallis"]')
    body = laid_out(asked(GROUPS, AGE, *analyses, table("characteristics", "who ages"), columns=columns))
    kruskal = [note.text for note in body.notes if "Kruskal" in note.text]
    assert kruskal == ["Not computed: fewer than two groups have anybody with a value (Kruskal–Wallis H, Age, years)."]


def test_what_fails_for_one_reason_stands_once_in_the_supplement(asked) -> None:
    columns = {"sex": [0, 1], "age": [None, None]}
    material = asked(SEX, AGE, analysis("who", "describe", "age"), table("characteristics", "who"), columns=columns)
    left = [material.at(place).row.name for place in untold(material, [])]
    assert left == ["n", "missing", "mean"]


# Words


def test_what_a_correlation_is_with_has_its_label(asked) -> None:
    both = """
[[analyses]]
name = "both"
kind = "correlate"
missing = "complete"
first = { outcome = "nrs", at = "before" }
second = { outcome = "nrs", at = "after" }
tests = ["spearman"]
"""
    body = laid_out(asked(TIMES, NRS, both, table("listing", "both")))
    assert [row.head[0] for row in body.rows] == [
        "Pain, Before: Spearman’s ρ, against pain, 1 month", "All: left out, an answer missing",
    ]  # fmt: skip


def test_groups_that_are_a_yes_or_a_no_say_of_what(asked) -> None:
    by = 'by = { outcome = "half", at = "after" }'
    tested = analysis("ages", "compare", "age", by, 'tests = ["mann_whitney"]')
    body = laid_out(asked(TIMES, HALF, AGE, tested, table("listing", "ages")))
    assert body.rows[0].head == ("Age, years, half of the pain gone, 1 month: yes vs no",)
    assert "Chance of the higher value in the first group" in column(body, 0)


def test_the_supplement_stands_by_table_and_the_rest_together(asked) -> None:
    analyses = (
        analysis("scores", "describe", "nrs"), analysis("tested", "compare", "nrs", 'tests = ["mann_whitney"]'),
        analysis("who", "describe", "age"), analysis("sexes", "describe", "sex"),
    )  # fmt: skip
    material = asked(GROUPS, TIMES, NRS, AGE, SEX, *analyses, table("scores", "scores tested"))
    body = laid_out(material)
    groups = supplements(material, told(material, body.rows))
    assert list(groups) == ["T: further numbers", "Numbers that no table was asked for"]
    rest = listing_of(material, groups["Numbers that no table was asked for"])
    assert [row.head[0] for row in rest.rows if row.kind == "group" and row.level == 0] == ["Who", "Sexes"]


CURVED = (*VARIABLES, Variable("bmi", "patients", "number"))


def test_points_of_a_curve_that_a_figure_draws_are_told(asked) -> None:
    columns = {
        "age": [30, 34, 41, 45, 47, 52, 55, 58, 61, 66, 70, 74], "nrs__before": [8] * 12,
        "nrs__after": [2, 6, 8, 2, 8, 2, 8, 8, 2, 3, 1, 7],
    }  # fmt: skip
    model = """
[[analyses]]
name = "model"
kind = "logistic"
missing = "complete"
outcome = { outcome = "half", at = "after" }
predictors = [{ variable = "age" }]
[[figures]]
title = "F"
kind = "roc"
analyses = ["model"]
"""
    material = asked(TIMES, HALF_AFTER, model, table("performance", "model"), columns=columns)
    points = [e.place for name in ("roc_sensitivity", "roc_specificity") for e in material.entries(name)]
    assert len(points) > 4
    assert set(points) <= set(untold(material, []))
    drawn_points = [next(iter(material.entries(name))).place for name in ("roc_sensitivity", "roc_specificity")]
    assert not set(points) & set(untold(material, drawn_points))

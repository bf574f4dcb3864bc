"""What each layout shows of small studies, and what it says when it cannot be filled."""

from dataclasses import replace
from typing import get_args

import pytest

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts import lines
from foramen.report.layouts.agreement import KOO_LI, LANDIS_KOCH, grade
from foramen.report.layouts.choice import LAYOUTS
from foramen.report.layouts.coverage import unshown, untold
from foramen.report.layouts.listing import listing_of
from foramen.report.layouts.notes import shown
from foramen.report.material import QUANTILES, Material
from foramen.report.table import Failed
from foramen.snapshot.codebook import SUPPRESSED, Variable
from foramen.study.display_definition import Layout
from tests.report.drawing import column, drawn, laid_out, parts
from tests.report.tables import AGE, CLASSES, COLUMNS, GROUPS, HALF, NRS, SEX, TIMES, analysis, table
from tests.study.small import VARIABLES


def says(body: Body, text: str) -> bool:
    return any(text in note.text for note in body.notes)


def test_every_layout_that_a_study_can_name_is_there() -> None:
    assert set(LAYOUTS) == set(get_args(Layout))


NEEDS = {
    "characteristics": "describe", "scores": "describe", "responders": "describe", "proportions": "describe",
    "predictors": "logistic", "performance": "logistic", "agreement": "agreement", "complications": "describe",
    "satisfaction": "describe", "dose": "describe", "medication": "describe", "by_mode": "describe",
    "transition": "transition", "completeness": "describe", "volume": "describe",
}  # fmt: skip


@pytest.mark.parametrize(("layout", "kind"), NEEDS.items())
def test_a_table_without_its_analysis_says_which_kind_it_needs(asked, layout: str, kind: str) -> None:
    over_time = analysis("within", "within", "nrs", 'tests = ["wilcoxon"]')
    material = asked(TIMES, NRS, over_time, table(layout, "within"))
    with pytest.raises(NothingToShowError, match=f"kind {kind}"):
        laid_out(material)


def test_outcomes_that_no_analysis_describes_leave_nothing_to_show(asked) -> None:
    analyses = analysis("who", "describe", "sex"), analysis("ages", "compare", "age", 'tests = ["t"]')
    material = asked(GROUPS, SEX, AGE, *analyses, table("characteristics", "who ages", 'outcomes = ["age"]'))
    with pytest.raises(NothingToShowError, match="None of the outcomes wanted"):
        laid_out(material)


# Tables by group


def test_characteristics_count_the_missing_and_have_everybody_first_where_asked(asked) -> None:
    analyses = analysis("who", "describe", "age sex"), analysis("sexes", "compare", "sex", 'tests = ["fisher"]')
    body = laid_out(asked(GROUPS, AGE, SEX, *analyses, table("characteristics", "who sexes", "overall = true")))
    assert (
        "\n" + drawn(body)
        == """
Characteristic        | All, n = 8  | A, n = 4    | B, n = 4    | p
Age, years, mean ± SD | 49.3 ± 12.1 | 45.0 ± 12.9 | 55.0 ± 10.0
  Missing             | 1           | 0           | 1
Sex, n (%)            |             |             |             | 1.000^a
  Female              | 3 (42.9 %)  | 2 (50.0 %)  | 1 (33.3 %)
  Male                | 4 (57.1 %)  | 2 (50.0 %)  | 2 (66.7 %)
  Missing             | 1           | 0           | 1
a Fisher's exact test, two-sided by probability
Percentages are of those with a recorded value."""
    )


def test_three_groups_have_a_p_column_for_all_and_one_for_each_two(asked) -> None:
    columns = {**COLUMNS, "arm": [0, 0, 0, 1, 1, 1, 2, 2]}
    tests = 'tests = ["kruskal_wallis", "dunn"]'
    analyses = analysis("who", "describe", "age"), analysis("ages", "compare", "age", tests)
    groups = '[groups]\nvariable = "arm"\n'
    body = laid_out(asked(groups, AGE, *analyses, table("characteristics", "who ages"), columns=columns))
    heads = [(head.head, head.sub) for head in body.columns[3:]]
    assert heads == [("p", ""), ("p", "A vs B"), ("p", "A vs C"), ("p", "B vs C")]
    assert all(body.rows[0].cells)


def test_left_out_of_complete_cases_are_counted_below(asked) -> None:
    who = analysis("who", "describe", "age sex", missing="complete")
    body = laid_out(asked(GROUPS, AGE, SEX, who, table("characteristics", "who")))
    assert [column.sub for column in body.columns] == ["n = 4", "n = 2"]
    assert column(body, 1)["Left out, an answer missing"] == "2"


def test_what_the_source_withheld_has_a_line_of_its_own(asked) -> None:
    columns = {**COLUMNS, "age": [SUPPRESSED, *COLUMNS["age"][1:]]}
    body = laid_out(asked(AGE, analysis("who", "describe", "age"), table("characteristics", "who"), columns=columns))
    assert column(body, 0) == {"Age, years, mean ± SD": "52.5 ± 9.4", "Missing": "1", "Withheld at the source": "1"}


def test_a_responder_counts_its_missing_as_its_analysis_does(asked) -> None:
    by_rule = {}
    for rule in ("available", "failure"):
        who = analysis("who", "describe", "half", 'timepoints = ["after"]', missing=rule)
        by_rule[rule] = laid_out(asked(TIMES, HALF, who, table("characteristics", "who")))
    first, second = (column(body, 0) for body in by_rule.values())
    assert first["Half of the pain gone, 1 month, n (%)"] == "4 (66.7 %)"
    assert second["Half of the pain gone, 1 month, n (%)"] == "4 (57.1 %)"
    for found in (first, second):
        assert (found["Missing"], found["Baseline 0, change undefined"]) == ("1", "1")
    assert says(by_rule["failure"], "Missing is counted as no.")


def test_analyses_that_group_by_different_things_do_not_share_columns(asked) -> None:
    analyses = analysis("who", "describe", "age"), analysis("by_sex", "describe", "age", 'by = { outcome = "sex" }')
    material = asked(GROUPS, AGE, SEX, *analyses, table("characteristics", "who by_sex"))
    with pytest.raises(NothingToShowError, match="Who, By sex"):
        laid_out(material)


def test_of_one_value_the_mean_stands_and_the_deviation_says_why_not(asked) -> None:
    columns = {**COLUMNS, "age": [30, None, None, None, 45, 55, 65, None]}
    who = analysis("who", "describe", "age")
    body = laid_out(asked(GROUPS, AGE, who, table("characteristics", "who"), columns=columns))
    assert column(body, 0)["Age, years, mean ± SD"] == "30.0 ± not computed"
    assert says(body, "Not computed: one value only")


@pytest.mark.parametrize("name", ["mean", "sd"])
def test_a_number_withheld_takes_its_companion_along_and_says_so_once(asked, name: str) -> None:
    who = analysis("who", "describe", "age")
    material = asked(GROUPS, AGE, who, table("characteristics", "who"))
    rows = [
        replace(row, estimate=None, lower=None, upper=None, n=None, denominator=None, suppressed="from fewer than 11")
        if row.name == name and dict(row.about)["group"] == "A" else row
        for row in material.results.statistics
    ]  # fmt: skip
    hidden = replace(material, results=replace(material.results, statistics=rows))
    body = laid_out(hidden)
    assert column(body, 0)["Age, years, mean ± SD"] == "suppressed, from fewer than 11"
    assert column(body, 1)["Age, years, mean ± SD"] == "55.0 ± 10.0"
    names = [material.at(place).row.name for place in unshown(body, ["who"], hidden)]
    assert names.count(name) + names.count("sd" if name == "mean" else "mean") == 3


def test_events_nobody_had_have_a_bound_and_only_in_a_table_of_events(asked) -> None:
    columns = {"sex": [0] * 60}
    who = analysis("who", "describe", "sex")
    bodies = [
        laid_out(asked(SEX, who, table(name, "who"), columns=columns)) for name in ("complications", "satisfaction")
    ]
    assert [column(body, 0)["Male"] for body in bodies] == ["0 (0.0 %), at most 4.9 %", "0 (0.0 %)"]  # 1 - 0.05^(1/60)
    assert says(bodies[0], "At most: where nobody had it, the exact one-sided 95 % upper bound")


DOSES = (
    Variable("arm", "treatments", "category", labels=("A", "B", "C")),
    Variable("dap", "doses", "number", label="Dose-area product", unit="mGy·cm²"),
    Variable("dlp", "doses", "number", label="Dose-length product", unit="mGy·cm"),
)
DOSE = "".join(f'[[outcomes]]\nname = "{name}"\nkind = "score"\nvariable = "{name}"\n' for name in ("dap", "dlp"))


def test_doses_have_a_block_for_each_quantity_and_missing_only_where_it_was_recorded(asked) -> None:
    columns = {"arm": [0, 0, 0, 1, 1], "dap": [300, 350, None, None, None], "dlp": [None, None, None, 90, 110]}
    analyses = analysis("dose", "describe", "dap dlp"), analysis("tested", "compare", "dap", 'tests = ["mann_whitney"]')
    text = GROUPS, DOSE, *analyses, table("dose", "dose tested", 'summary = ["range"]')
    body = laid_out(asked(*text, columns=columns, variables=DOSES))
    assert drawn(body).splitlines()[:6] == [
        "Quantity                    | A, n = 3     | B, n = 2     | p",
        "Dose-area product, mGy·cm²",
        "  Range                     | 300 to 350   | not recorded | not computed",
        "  Missing                   | 1",
        "Dose-length product, mGy·cm",
        "  Range                     | not recorded | 90 to 110",
    ]
    assert says(body, "different quantities") and says(body, "another quantity is not compared")


MODE = (*VARIABLES, Variable("mode", "assessments", "category", labels=("link", "phone")))
MODE_OF = """
[[outcomes]]
name = "mode"
label = "Mode"
kind = "category"
variable = "nrs"
role = "mode"
timepoints = ["after"]
"""


def test_by_mode_tells_those_who_did_not_answer_from_those_whose_mode_is_not_known(asked) -> None:
    columns = {**COLUMNS, "nrs__after__mode": [0, 0, 1, None, 1, 1, None, 0]}
    by = analysis("by_mode", "describe", "nrs", 'timepoints = ["after"]', 'by = { outcome = "mode", at = "after" }')
    text = TIMES, NRS, MODE_OF, by, table("by_mode", "by_mode")
    assert (
        "\n" + drawn(laid_out(asked(*text, columns=columns, variables=MODE)))
        == """
Outcome                  | link, n = 3 | phone, n = 3 | Answered, mode not known | No answer
Pain, 1 month, mean ± SD | 2.0 ± 2.0   | 5.7 ± 2.5    | 1                        | 1"""
    )


def test_by_mode_refuses_another_grouping(asked) -> None:
    by = analysis("by_sex", "describe", "nrs", 'by = { outcome = "sex" }')
    with pytest.raises(NothingToShowError, match="role mode"):
        laid_out(asked(TIMES, NRS, SEX, by, table("by_mode", "by_sex")))


# Scores


OVER_TIME = analysis(
    "time", "within", "nrs", 'tests = ["friedman", "friedman_pairs", "paired_t", "wilcoxon"]', missing="complete"
)


def test_scores_have_n_where_it_is_less_and_tests_within_below(asked) -> None:
    analyses = analysis("scores", "describe", "nrs"), OVER_TIME
    text = GROUPS, TIMES, NRS, *analyses, table("scores", "scores time", 'summary = ["median_iqr"]')
    material = asked(*text, style="european_radiology")
    body = laid_out(material)
    found = column(body, 0)
    assert found["Before"] == "7.0 (4.5–8.0)"
    assert found["1 month"] == "4.0 (0.0–6.0), n = 3"
    assert found["Complete cases, n"] == "3"
    assert found["Left out of these tests, an answer missing"] == "1"
    change = material.entry("mean_change", ["time"], group="A")
    assert change is not None and change.row.estimate == -4.0
    assert found["1 month against before, mean change (95% CI), p"].startswith("−4.0 (−13.9; 5.9), p = 0.225^")
    (shift,) = [head for head in found if "Hodges–Lehmann" in head]
    assert shift.startswith("1 month against before, Hodges–Lehmann change (95% CI)^")
    assert found[shift].startswith("−4.0, p = 0.500^")
    assert says(body, "Hodges–Lehmann pseudomedian of second minus first")
    assert says(body, "Too few pairs for an interval at this level")


def test_scores_count_answers_outside_the_window(asked) -> None:
    columns = {**COLUMNS, "nrs__after__day": [30, 30, 90, None, 31, 29, 90, 35]}
    window = "days = [28, 35]"
    scores = analysis("scores", "describe", "nrs")
    body = laid_out(asked(TIMES, NRS, scores, table("scores", "scores"), columns=columns, window=window))
    assert column(body, 0)["1 month"] == "3.4 ± 3.0, n = 5"
    assert (column(body, 0)["Missing"], column(body, 0)["of whom outside the window"]) == ("3", "2")
    assert [row.level for row in body.rows[-2:]] == [2, 3]


def test_two_summaries_stand_in_two_lines_each_with_its_test(asked) -> None:
    analyses = (
        analysis("scores", "describe", "nrs"),
        analysis("tested", "compare", "nrs", 'tests = ["t", "mann_whitney"]'),
    )
    summary = 'summary = ["mean_sd", "median_iqr"]\ntimepoints = ["before"]\ndecimals = { mean = 2, quantile = 0 }'
    body = laid_out(asked(GROUPS, TIMES, NRS, *analyses, table("scores", "scores tested", summary)))
    assert [len(row.cells[3]) for row in body.rows[1:]] == [2, 2]
    assert column(body, 0) == {"Before, mean ± SD": "6.50 ± 1.91", "Before, median (IQR)": "7 (5 to 8)"}
    tests = [note.text.split(",")[0] for note in body.notes if note.mark]
    assert [text.split(":")[0] for text in tests] == [
        "t test for independent groups",
        "Hodges–Lehmann shift",
        "Mann–Whitney U",
    ]


# Responders and percentages


def test_responders_by_group_with_classes_tests_and_both_rules_for_the_missing(asked) -> None:
    analyses = (
        analysis("relief", "describe", "half class"),
        analysis("failing", "describe", "half", missing="failure"),
        analysis("tested", "compare", "half class", 'tests = ["fisher"]'),
    )
    text = (
        GROUPS,
        TIMES,
        HALF,
        CLASSES,
        *analyses,
        table("responders", "relief failing tested", 'timepoints = ["after"]'),
    )
    body = laid_out(asked(*text))
    assert [(span.text, span.columns) for span in body.spans] == [("1 month", 3)]
    assert column(body, 0) == {
        "Responders": "2 (66.7 %)", "Gone": "1 (33.3 %)", "Half": "1 (33.3 %)", "Non-responders": "1 (33.3 %)",
        "Less": "1 (33.3 %)", "All classes": "", "With an answer": "3", "Missing": "1",
        "Baseline 0, change undefined": "0", "Responders, no answer counted as non-responder": "2 (50.0 %)",
        "Counted": "4",
    }  # fmt: skip
    assert column(body, 1)["Baseline 0, change undefined"] == "1"
    assert (column(body, 2)["Responders"], column(body, 2)["All classes"]) == ("1.000^a", "1.000^b")


def test_a_class_on_both_sides_of_success_is_refused(asked) -> None:
    relief = analysis("relief", "describe", "half class")
    crossing = CLASSES.replace(
        'below = 50 }, { label = "half", at_least = 50', 'below = 40 }, { label = "half", at_least = 40'
    )
    with pytest.raises(NothingToShowError, match="“half” lies on both sides of 50 %"):
        laid_out(asked(TIMES, HALF, crossing, relief, table("responders", "relief")))


def test_proportions_have_n_of_n_interval_missing_and_effects(asked) -> None:
    analyses = (
        analysis("relief", "describe", "half"),
        analysis("tested", "compare", "half", 'tests = ["risk_difference", "chi_square", "odds_ratio"]'),
    )
    body = laid_out(asked(GROUPS, TIMES, HALF, *analyses, table("proportions", "relief tested")))
    assert [(span.text, span.columns) for span in body.spans] == [("1 month", 5), ("1 year", 5)]
    assert [column.head for column in body.columns[:5]] == [
        "n / N", "%", "95 % CI", "Missing", "Baseline 0, change undefined",
    ]  # fmt: skip
    first = {
        head: [texts[i] for texts in (column(body, k) for k in range(5)) for i in [head]] for head in column(body, 0)
    }
    assert first["A"] == ["2 / 3", "66.7", "20.8 to 93.9", "1", "0"]
    assert first["B"] == ["2 / 3", "66.7", "20.8 to 93.9", "0", "1"]
    assert first["Difference, percentage points, B vs A"][:3] == ["", "0.0", "−53.3 to 53.3"]
    assert first["Odds ratio, B vs A"][1] == "1.00"
    assert first["χ², p"][1] == "1.000^a"


def test_proportions_of_other_groupings_stand_below(asked) -> None:
    analyses = (
        analysis("relief", "describe", "half"),
        analysis("by_sex", "describe", "half", 'by = { outcome = "sex" }'),
    )
    options = 'timepoints = ["after"]'
    body = laid_out(asked(TIMES, HALF, SEX, *analyses, table("proportions", "relief by_sex", options)))
    assert column(body, 0) == {
        "Half of the pain gone": "4 / 6", "female": "2 / 3", "male": "2 / 3", "In no group": "1",
    }  # fmt: skip


def test_completeness_says_how_many_were_expected_and_answered(asked) -> None:
    kept = (
        '[[outcomes]]\nname = "kept"\nlabel = "Answered"\nkind = "recorded"\nvariable = "nrs"\ntimepoints = ["after"]\n'
    )
    columns = {**COLUMNS, "nrs__after__day": [30, 30, 90, None, 31, 29, 90, 35]}
    analyses = analysis("there", "describe", "kept nrs"), analysis("tested", "compare", "kept", 'tests = ["fisher"]')
    text = GROUPS, TIMES, NRS, kept, *analyses, table("completeness", "there tested", 'timepoints = ["after"]')
    body = laid_out(asked(*text, columns=columns, window="days = [28, 35]"))
    assert drawn(body) == "\n".join([
        "Answer            | Expected | With answer | %       | 95 % CI      | Outside the window",
        "Answered, 1 month",
        "  A               | 4        | 2           | 50.0    | 15.0 to 85.0 | 1",
        "  B               | 4        | 3           | 75.0    | 30.1 to 95.4 | 1",
        "  p               |          |             | 1.000^a",
        "Pain, 1 month",
        "  A               | 4        | 2           | 50.0    |              | 1",
        "  B               | 4        | 3           | 75.0    |              | 1",
        "a Fisher's exact test, two-sided by probability",
        "An answer outside its window does not count as one.",
    ])  # fmt: skip


def test_volume_counts_classes_with_their_sum(asked) -> None:
    body = laid_out(asked(GROUPS, SEX, analysis("who", "describe", "sex"), table("volume", "who", "overall = true")))
    assert drawn(body) == "\n".join([
        "Sex     | All, n = 8 | A, n = 4 | B, n = 4",
        "Female  | 3          | 2        | 1",
        "Male    | 4          | 2        | 2",
        "Sum     | 7          | 4        | 3",
        "Missing | 1          | 0        | 1",
    ])  # fmt: skip


TRANSITION = """
[[analyses]]
name = "moves"
kind = "transition"
missing = "complete"
first = { outcome = "class", at = "after" }
second = { outcome = "class", at = "late" }
"""


def test_transitions_add_up_by_row_by_column_and_in_all(asked) -> None:
    body = laid_out(asked(TIMES, CLASSES, TRANSITION, table("transition", "moves")))
    assert (
        "\n" + drawn(body)
        == """
                            | Relief, 1 year |      |      |
From: Relief, 1 month       | Less           | Half | Gone | Sum
Less                        | 1              | 1    | 0    | 2
Half                        | 0              | 1    | 1    | 2
Gone                        | 1              | 0    | 0    | 1
Sum                         | 2              | 2    | 1    | 5
Left out, an answer missing |                |      |      | 2""".replace(
            "Relief, 1 year |      |      |", "Relief, 1 year"
        )
    )


# Models and readers

MODELLED: dict[str, list[int | None]] = {
    "sex": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, None],
    "age": [30, 34, 41, 45, 47, 52, 55, 58, 61, 66, 70, 74, 50],
    "nrs__before": [8] * 13,
    "nrs__after": [2, 6, 8, 2, 8, 2, 8, 8, 2, 3, 1, 7, 2],
}
MODEL = """
[[analyses]]
name = "model"
title = "Who gets better"
kind = "logistic"
missing = "complete"
outcome = { outcome = "half", at = "after" }
predictors = [{ variable = "age" }, { variable = "sex" }]
"""
ALONE = analysis("alone", "describe", "age sex", 'by = { outcome = "half", at = "after" }')
TESTED = analysis("tested", "compare", "age", 'by = { outcome = "half", at = "after" }', 'tests = ["mann_whitney"]')
HALF_AFTER = HALF.replace('["after", "late"]', '["after"]')


def test_predictors_alone_and_together(asked) -> None:
    text = TIMES, HALF_AFTER, AGE, SEX, ALONE, TESTED, MODEL, table("predictors", "alone tested model")
    material = asked(*text, columns=MODELLED)
    body = laid_out(material)
    ratio = material.entry("odds_ratio", ["model"], term="sex: male against female")
    assert ratio is not None
    assert [(span.text, span.columns) for span in body.spans] == [
        ("Half of the pain gone, 1 month", 2), ("Alone", 1), ("Together", 2),
    ]  # fmt: skip
    assert [column.head for column in body.columns] == ["No", "Yes", "p", "OR (95 % CI)", "p"]
    odds = column(body, 3)
    assert odds["Female"] == "1 (reference)"
    assert odds["Male"] == material.style.estimate_text(ratio.row, 2)
    assert odds["In the model, n"] == "12 of 13"
    assert column(body, 1) == {
        "Age, years, mean ± SD": "53.4 ± 13.7", "Sex, n (%)": "", "Female": "3 (50.0 %)", "Male": "3 (50.0 %)",
        "Missing": "1", "In the model, n": "",
    }  # fmt: skip
    assert not any("mann_whitney" in name for name in unshown_names(body, material))


def test_several_models_have_a_block_each(asked) -> None:
    second = (
        MODEL.replace('"model"', '"other"')
        .replace("Who gets better", "By age and arm")
        .replace('{ variable = "sex" }', '{ variable = "arm" }')
    )
    text = TIMES, HALF_AFTER, AGE, SEX, ALONE, MODEL, second, table("predictors", "alone model other")
    body = laid_out(asked(*text, columns={**MODELLED, "arm": [0, 1] * 6 + [0]}))
    assert [row.head[0] for row in body.rows if row.kind == "group"] == ["Who gets better", "By age and arm"]
    assert [row.head[0] for row in body.rows if row.head[0] == "n"] == ["n", "n"]
    assert [column.sub for column in body.columns] == [""] * len(body.columns)
    heads = ["".join(map(str, row.head)) for row in body.rows]
    assert (
        heads.index("By age and arm") < len(heads) - 1
        and heads[heads.index("By age and arm") :].count("Sex, n (%)") == 0
    )


def test_a_model_that_cannot_be_fitted_says_so_in_its_place(asked) -> None:
    columns = {**MODELLED, "nrs__after": [2, 8] * 6 + [2]}
    body = laid_out(asked(TIMES, HALF_AFTER, AGE, SEX, MODEL, table("predictors", "model"), columns=columns))
    failed = [part for part in parts(body) if isinstance(part, Failed)]
    assert failed and all("sex" in part.reason for part in failed)
    assert says(body, "Not computed: ")


def test_performance_has_a_row_per_model_and_only_columns_there_are(asked) -> None:
    optimism = MODEL + "optimism = { draws = 20, seed = 1 }\n"
    body = laid_out(asked(TIMES, HALF_AFTER, AGE, SEX, optimism, table("performance", "model"), columns=MODELLED))
    heads = [column.head for column in body.columns]
    assert heads[:3] == ["n", "Explained variability (Nagelkerke R²), %", "Accuracy, % (95 % CI)"]
    assert "AUC, corrected for optimism" in heads
    assert column(body, 0) == {"Who gets better": "12 of 13"}


GRADES: dict[str, list[int | None]] = {
    "grade__r1": [0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1, None],
    "grade__r2": [0, 0, 1, 1, 1, 1, 2, 2, 2, 0, 2, 1],
    "grade__r3": [0, 1, 0, 1, 2, 1, 2, 2, 1, 0, 1, 1],
    "slip__r1": [10, 20, 30, 40, 52, 60, 70, 81, 90, 0, 5, 15],
    "slip__r3": [None] * 12,
    "slip__r2": [11, 20, 29, 42, 50, 60, 72, 80, 90, 0, 5, 14],
}


def agreement(findings: str, readers: str, measures: str, *more: str) -> str:
    lists = {"findings": findings, "readers": readers, "measures": measures}
    lines = [f"{key} = [{', '.join(repr(name) for name in names.split())}]" for key, names in lists.items()]
    return "\n".join(
        ["[[analyses]]", 'name = "readers"', 'kind = "agreement"', 'missing = "available"', *lines, *more, ""]
    )


def test_agreement_names_grades_and_counts_what_both_saw(asked) -> None:
    measures = agreement("grade", "r1 r2", "percent_agreement cohen_kappa", 'weights = ["none", "linear"]')
    material = asked(SEX, measures, table("agreement", "readers"), columns={**GRADES, "sex": [0] * 12})
    body = laid_out(material)
    assert [column.head for column in body.columns] == [
        "n", "Agreement, % (95 % CI)", "κ (95 % CI)", "SE", "Grade", "κ, linear weights (95 % CI)", "SE", "Grade",
    ]  # fmt: skip
    plain = material.entry("cohen_kappa", ["readers"], weights="none")
    assert plain is not None and plain.row.estimate == pytest.approx(59 / 81)
    (row,) = body.rows
    texts = [part if isinstance(part, str) else part.text for cell in row.cells for part in cell]
    assert texts[0] == "11" and texts[4] == "substantial"


def test_three_readers_stand_pair_by_pair_and_all_together(asked) -> None:
    measures = agreement("grade", "r1 r2 r3", "cohen_kappa fleiss_kappa gwet_ac1 krippendorff_alpha")
    body = laid_out(asked(SEX, measures, table("agreement", "readers"), columns={**GRADES, "sex": [0] * 12}))
    assert [(row.head[0], row.level) for row in body.rows] == [
        ("Grade", 0), ("reader 1 and reader 2", 1), ("reader 1 and reader 3", 1), ("reader 2 and reader 3", 1),
        ("reader 1, reader 2 and reader 3", 1),
    ]  # fmt: skip


def test_a_measurement_has_an_icc_with_its_grade_and_limits(asked) -> None:
    measures = agreement("slip", "r1 r2", "icc bland_altman")
    body = laid_out(asked(SEX, measures, table("agreement", "readers"), columns={**GRADES, "sex": [0] * 12}))
    heads = [column.head for column in body.columns]
    assert heads == ["n", "ICC(A,1) (95 % CI)", "Grade", "Bias (95 % CI)", "Limits of agreement"]
    assert column(body, 2) == {"Slip, mm": "excellent"}
    assert says(body, "Koo and Li")


@pytest.mark.parametrize(
    ("value", "word"),
    [(-0.2, "poor"), (0.0, "poor"), (0.004, "poor"), (0.01, "slight"), (0.20, "slight"), (0.204, "slight"),
     (0.205, "fair"), (0.40, "fair"), (0.41, "moderate"), (0.60, "moderate"), (0.61, "substantial"),
     (0.80, "substantial"), (0.81, "almost perfect"), (1.0, "almost perfect")],
)  # fmt: skip
def test_grades_of_kappa_as_seed_001_prints_them(value: float, word: str) -> None:
    assert grade(value, LANDIS_KOCH) == word


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.49, "poor"), (0.5, "moderate"), (0.74, "moderate"), (0.75, "good"), (0.89, "good"), (0.9, "excellent")],
)
def test_grades_of_icc_as_seed_001_prints_them(value: float, word: str) -> None:
    assert grade(value, KOO_LI) == word


# The listing, and what no table tells


def test_a_listing_shows_every_statistic(asked) -> None:
    analyses = analysis("scores", "describe", "nrs half"), OVER_TIME, MODEL
    text = GROUPS, TIMES, NRS, HALF, AGE, SEX, *analyses, table("listing", "scores time model")
    material = asked(*text)
    body = laid_out(material)
    nobody = {e.place for e in map(material.at, range(len(material.results.statistics))) if lines.nobody(e)}
    assert nobody and set(shown(body)) == set(range(len(material.results.statistics))) - nobody
    assert unshown(body, ["scores", "time", "model"], material) == []


def test_a_listing_keeps_to_the_outcomes_and_time_points_wanted(asked) -> None:
    scores = analysis("scores", "describe", "nrs half")
    options = 'outcomes = ["nrs"]\ntimepoints = ["after"]'
    material = asked(TIMES, NRS, HALF, scores, table("listing", "scores", options))
    found = [material.at(place).about for place in shown(laid_out(material))]
    assert {(about["outcome"], about["timepoint"]) for about in found} == {("nrs", "after")}


def test_a_listing_of_what_is_left_has_its_methods(asked) -> None:
    material = asked(TIMES, NRS, analysis("scores", "describe", "nrs"), table("scores", "scores"))
    left = unshown(laid_out(material), ["scores"], material)
    assert {material.at(place).row.name for place in left} == {
        "median", "lower_quartile", "upper_quartile", "minimum", "maximum",
    }  # fmt: skip
    body = listing_of(material, left)
    assert sorted(shown(body)) == left
    assert says(body, "Median, lower quartile, upper quartile: weighted average at (n + 1)p")
    assert untold(material, [*shown(body), *shown(laid_out(material))]) == []


def test_missing_that_a_table_does_not_show_are_not_told(asked) -> None:
    """n is shown where some are missing; a table that shows neither tells neither, unless the supplement says of how
    many another number is."""
    material = asked(TIMES, NRS, analysis("scores", "describe", "nrs"), table("scores", "scores"))

    def left(*names: str) -> set[tuple[str, str]]:
        places = [e.place for name in names for e in material.entries(name)]
        return {(material.at(p).row.name, material.at(p).about["timepoint"]) for p in untold(material, places)}

    sizes = {("n", "after"), ("missing", "after")}
    assert left("mean", "sd", *QUANTILES) == sizes
    assert not sizes & left("mean", "sd") and ("median", "after") in left("mean", "sd")


def unshown_names(body: Body, material: Material) -> set[str]:
    analyses = [a.name for a in material.study.analyses]
    return {material.at(place).row.name for place in unshown(body, analyses, material)}


def test_the_same_table_in_ama_style(asked) -> None:
    analyses = analysis("who", "describe", "age sex"), analysis("ages", "compare", "age", 'tests = ["t"]')
    material = asked(GROUPS, AGE, SEX, *analyses, table("characteristics", "who ages"), style="ama")
    assert drawn(laid_out(material)).splitlines()[:4] == [
        "Characteristic        | A, n = 4    | B, n = 4    | Difference (95% CI), B minus A | P",
        "Age, years, mean (SD) | 45.0 (12.9) | 55.0 (10.0) | 10.0 (−12.3 to 32.3)           | .30^a",
        "  Missing             | 0           | 1",
        "Sex, No. (%)",
    ]

"""Models in tables: each effect alone, adjusted means, what failed said once, what was left out never drawn hollow."""

from pathlib import Path

import pytest

from foramen.report.body import NothingToShowError
from foramen.report.layouts.choice import LAYOUTS
from foramen.report.layouts.coverage import untold
from foramen.report.layouts.told import told
from foramen.report.material import Material
from foramen.report.style import load_style
from foramen.report.table import Failed
from foramen.study.run import load_study, plan_study, run_study
from tests.report.drawing import check, column, drawn, laid_out, parts
from tests.report.tables import AGE, COLUMNS, GROUPS, HALF, HEAD, NRS, SEX, TIMES, analysis, table
from tests.study.small import snapshot

MODELLED: dict[str, list[int | None]] = {
    "sex": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, None],
    "age": [30, 34, 41, 45, 47, 52, 55, 58, 61, 66, 70, 74, 50],
    "nrs__before": [8] * 13,
    "nrs__after": [2, 6, 8, 2, 8, 2, 8, 8, 2, 3, 1, 7, 2],
}
HALF_AFTER = HALF.replace('["after", "late"]', '["after"]')


def model(name: str, *predictors: str, title: str = "") -> str:
    listed = ", ".join(f'{{ variable = "{variable}" }}' for variable in predictors)
    return f"""
[[analyses]]
name = "{name}"
title = "{title or name}"
kind = "logistic"
missing = "complete"
outcome = {{ outcome = "half", at = "after" }}
predictors = [{listed}]
"""


FULL, AGE_ALONE, SEX_ALONE = (
    model("full", "age", "sex"),
    model("age_alone", "age"),
    model("sex_alone", "sex"),
)


@pytest.mark.parametrize("named", ["full", "full age_alone sex_alone"])
def test_models_of_one_predictor_say_its_effect_alone_wherever_the_study_has_them(asked, named: str) -> None:
    text = TIMES, HALF_AFTER, FULL, AGE_ALONE, SEX_ALONE, table("predictors", named)
    material = asked(*text, columns=MODELLED)
    body = laid_out(material)
    assert [(span.text, span.columns) for span in body.spans] == [("Alone", 2), ("Together", 2)]
    assert not [row for row in body.rows if row.kind == "group"]
    alone, together = column(body, 0), column(body, 2)
    for name, term, head in (("age_alone", "age", "Age, years"), ("sex_alone", "sex: male against female", "Male")):
        (single,) = material.entries("odds_ratio", [name], term=term)
        (whole,) = material.entries("odds_ratio", ["full"], term=term)
        assert alone[head] == material.style.estimate_text(single.row, 2)
        assert together[head] == material.style.estimate_text(whole.row, 2)
    assert (alone["Female"], together["Female"]) == ("1 (reference)", "1 (reference)")


def test_models_of_one_predictor_without_one_of_several_are_one_block(asked) -> None:
    text = TIMES, HALF_AFTER, AGE_ALONE, SEX_ALONE, table("predictors", "age_alone sex_alone")
    body = laid_out(asked(*text, columns=MODELLED))
    assert [(span.text, span.columns) for span in body.spans] == [("Alone", 2)]
    assert [row.head[0] for row in body.rows] == ["Age, years", "Sex", "Female", "Male"]


def test_a_predictor_without_columns_of_counts_has_no_head_of_counts(asked) -> None:
    body = laid_out(asked(TIMES, HALF_AFTER, FULL, table("predictors", "full"), columns=MODELLED))
    assert [row.head[0] for row in body.rows] == ["Age, years", "Sex", "Female", "Male", "In the model, n"]


def test_without_such_models_groups_and_p_say_the_effect_alone(asked) -> None:
    by = 'by = { outcome = "half", at = "after" }'
    described, tested = (
        analysis("who", "describe", "age sex", by),
        analysis("ages", "compare", "age", by, 'tests = ["t"]'),
    )
    text = TIMES, HALF_AFTER, AGE, SEX, described, tested, FULL, table("predictors", "who ages full")
    body = laid_out(asked(*text, columns=MODELLED))
    assert [span.text for span in body.spans] == ["Half of the pain gone, 1 month", "Alone", "Together"]
    assert column(body, 2)["Age, years, mean ± SD"]


SEPARATED = {**MODELLED, "nrs__after": [2, 8] * 6 + [2]}


@pytest.mark.parametrize("layout", ["predictors", "performance"])
def test_a_model_that_cannot_be_fitted_says_so_once_in_a_line_with_its_n(asked, layout: str) -> None:
    material = asked(TIMES, HALF_AFTER, FULL, table(layout, "full"), columns=SEPARATED)
    body = laid_out(material)
    for row in body.rows:
        assert sum(isinstance(part, Failed) for cell in row.cells for part in cell) <= 1
    assert "12 of 13" in drawn(body)
    reasons = [note.text for note in body.notes if note.text.startswith("Not computed")]
    assert len(reasons) == 1
    assert untold(material, told(material, body.rows)) == []


# A partial run


def partial(folder: Path, *text: str, columns: dict) -> Material:
    """A study run on what a snapshot holds."""
    held = snapshot(folder / "snapshot", columns)
    path = folder / "study.toml"
    path.write_text(HEAD + "\n".join(text).replace("{window}", ""), encoding="utf-8")
    document = load_study(path)
    results = run_study(plan_study(document, held, partial=True), engine="duckdb")
    return Material(document.content, held.codebook, results, load_style("swiss"))


BMI = model("with_bmi", "age", "bmi", title="Age and body mass")


def test_a_model_left_out_has_a_line_that_says_so_and_no_row_of_blanks(tmp_path: Path) -> None:
    text = TIMES, HALF_AFTER, FULL, BMI, table("performance", "full with_bmi")
    material = partial(tmp_path, *text, columns=MODELLED)
    body = LAYOUTS["performance"](material, material.study.tables[0])
    check(body, material)
    assert column(body, 0) == {"full": "12 of 13", "Age and body mass": "left out"}


def test_predictors_of_a_model_left_out_are_no_skeleton(tmp_path: Path) -> None:
    text = TIMES, HALF_AFTER, FULL, BMI, table("predictors", "full with_bmi"), table("predictors", "with_bmi")
    material = partial(tmp_path, *text, columns=MODELLED)
    both, alone = material.study.tables
    body = LAYOUTS["predictors"](material, both)
    assert [row.head[0] for row in body.rows] == ["Age, years", "Sex", "Female", "Male", "In the model, n"]
    with pytest.raises(NothingToShowError):
        LAYOUTS["predictors"](material, alone)


# Adjusted means


ANCOVA = """
[[analyses]]
name = "adjusted"
kind = "ancova"
outcome = "nrs"
at = "after"
baseline = "before"
missing = "complete"
"""
MIXED = """
[[analyses]]
name = "mixed"
kind = "mixed"
outcome = "nrs"
covariance = "unstructured"
missing = "available"
"""
THREE: dict[str, list[int | None]] = {
    "arm": [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
    "nrs__before": [8, 7, 6, 4, 5, 8, 6, 7, 5, 9, 6, 7, 8, 5, 4],
    "nrs__after": [4, 3, 6, 2, None, 8, 3, 6, 2, 7, 1, 2, 3, 1, 0],
}
THREE_GROUPS = '[groups]\nvariable = "arm"\n'


def test_an_analysis_of_covariance_has_means_differences_against_the_reference_and_the_baseline(asked) -> None:
    material = asked(THREE_GROUPS, TIMES, NRS, ANCOVA, table("listing", "adjusted"), columns=THREE)
    body = laid_out(material)
    assert [(head.head, head.sub) for head in body.columns] == [
        ("Adjusted mean (95 % CI)", ""), ("Difference (95 % CI)", "against A"), ("p", ""),
    ]  # fmt: skip
    assert [row.head[0] for row in body.rows] == [
        "Pain, 1 month", "A (reference)", "B", "C", "C vs B", "Per unit of the score before", "Analysed, n",
        "Left out, an answer missing", "Residual standard deviation",
    ]  # fmt: skip
    means, differences, p = (column(body, i) for i in range(3))
    for group in ("B", "C"):
        (entry,) = material.entries("adjusted_mean_difference", group=group, against="A")
        assert differences[group] == material.style.estimate_text(entry.row, 1)
        assert p[group] == material.style.p_text(entry.row.p or 0)
    (slope,) = material.entries("fixed_effect", term="the baseline")
    assert differences["Per unit of the score before"] == material.style.estimate_text(slope.row, 2)
    assert (means["Analysed, n"], means["Left out, an answer missing"]) == ("14", "1")
    assert untold(material, told(material, body.rows)) == [
        e.place for e in material.entries("left_out_incomplete", group="A")
    ]


def test_nobody_left_out_is_not_said_three_times(asked) -> None:
    columns = {**THREE, "nrs__after": [4, 3, 6, 2, 3, *THREE["nrs__after"][5:]]}
    material = asked(THREE_GROUPS, TIMES, NRS, ANCOVA, table("listing", "adjusted"), columns=columns)
    body = laid_out(material)
    assert "eft out" not in drawn(body)
    assert untold(material, told(material, body.rows)) == []


def test_a_mixed_model_has_the_difference_of_change_at_each_later_time(asked) -> None:
    columns = {key: value[:10] for key, value in THREE.items()}
    material = asked(GROUPS, TIMES, NRS, MIXED, table("listing", "mixed"), columns=columns)
    body = laid_out(material)
    assert [head.head for head in body.columns] == [
        "Adjusted mean (95 % CI)", "Difference (95 % CI)", "p", "Difference of change since before (95 % CI)", "p",
    ]  # fmt: skip
    (change,) = material.entries("fixed_effect", timepoint="after", group="B")
    found = column(body, 3)
    assert found["1 month, B"] == material.style.estimate_text(change.row, 1)
    assert found["Before, B"] == ""
    assert column(body, 0)["Analysed, n"] == "10"


def test_a_mixed_model_of_one_group_has_the_change_since_the_first_time(asked) -> None:
    material = asked(TIMES, NRS, MIXED, table("listing", "mixed"), columns=THREE)
    body = laid_out(material)
    assert [head.head for head in body.columns][1:] == ["Change since before (95 % CI)", "p"]
    (change,) = material.entries("fixed_effect", timepoint="after")
    assert column(body, 1) == {
        "Before": "", "1 month": material.style.estimate_text(change.row, 1), "Analysed, n": "",
    }  # fmt: skip


def test_an_adjusted_mean_that_cannot_be_computed_says_so_once(asked) -> None:
    columns = {**THREE, "nrs__before": [5] * 15}
    material = asked(THREE_GROUPS, TIMES, NRS, ANCOVA, table("listing", "adjusted"), columns=columns)
    body = laid_out(material)
    assert sum(isinstance(part, Failed) for part in parts(body)) == 1
    assert [row.head[0] for row in body.rows] == ["Pain, 1 month", "Adjusted means"]


def test_other_analyses_beside_models_keep_the_plain_list(asked) -> None:
    pain = analysis("pain", "describe", "nrs")
    body = laid_out(asked(GROUPS, TIMES, NRS, pain, ANCOVA, table("listing", "pain adjusted"), columns=COLUMNS))
    assert body.stub == "Statistic"

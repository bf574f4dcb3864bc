"""Differences with their intervals beside p, one p in a cell, and what a p alone does not tell."""

import numpy as np
import pytest
from scipy import stats

from foramen.report.layouts.coverage import untold
from foramen.report.layouts.told import told
from tests.report.drawing import column, drawn, laid_out, text
from tests.report.tables import AGE, CLASSES, COLUMNS, GROUPS, HALF, NRS, SEX, TIMES, analysis, table

A, B = np.array([30.0, 40, 50, 60]), np.array([45.0, 55, 65])
"""Age in the two groups of `COLUMNS`."""


def says(body, text: str) -> bool:
    return any(text in note.text for note in body.notes)


def test_the_difference_of_means_stands_beside_its_p_and_says_which_minus_which(asked) -> None:
    analyses = analysis("who", "describe", "age sex"), analysis("ages", "compare", "age", 'tests = ["t"]')
    body = laid_out(asked(GROUPS, AGE, SEX, *analyses, table("characteristics", "who ages")))
    assert [(head.head, head.sub) for head in body.columns[2:]] == [
        ("Difference (95 % CI)", "B minus A"), ("p", ""),
    ]  # fmt: skip
    lower, upper = stats.ttest_ind(B, A, equal_var=False).confidence_interval()
    expected = f"{B.mean() - A.mean():.1f} ({lower:.1f} to {upper:.1f})".replace("-", "−")
    assert column(body, 2) == {
        "Age, years, mean ± SD": expected, "Missing": "", "Sex, n (%)": "", "Female": "", "Male": "",
    }  # fmt: skip


def test_beside_medians_stands_the_hodges_lehmann_difference_with_its_method(asked) -> None:
    analyses = analysis("who", "describe", "age"), analysis("ages", "compare", "age", 'tests = ["mann_whitney"]')
    parts = GROUPS, AGE, *analyses, table("characteristics", "who ages", 'summary = ["median_iqr"]')
    body = laid_out(asked(*parts))
    pairwise = np.median(np.subtract.outer(B, A))
    assert column(body, 2)["Age, years, median (IQR)"].startswith(f"{pairwise:.1f}")
    assert says(body, "Hodges–Lehmann shift: median of all pairwise differences")


def test_means_and_medians_have_their_own_difference_each(asked) -> None:
    tests = analysis("ages", "compare", "age", 'tests = ["t", "mann_whitney"]')
    summary = 'summary = ["mean_sd", "median_iqr"]'
    body = laid_out(
        asked(GROUPS, AGE, analysis("who", "describe", "age"), tests, table("characteristics", "who ages", summary))
    )
    found = column(body, 2)
    assert found["Mean ± SD"].startswith("10.0 (") and not found["Mean ± SD"].endswith("^a")
    assert found["Median (IQR)"] != found["Mean ± SD"] and "^" in found["Median (IQR)"]


@pytest.mark.parametrize("layout", ["characteristics", "scores", "responders"])
def test_the_difference_of_percentages_is_in_points_wherever_it_is_asked_for(asked, layout: str) -> None:
    analyses = (
        analysis("relief", "describe", "half class"),
        analysis("tested", "compare", "half", 'tests = ["chi_square", "risk_difference"]'),
    )
    parts = GROUPS, TIMES, HALF, CLASSES, *analyses, table(layout, "relief tested", 'timepoints = ["after"]')
    material = asked(*parts)
    entry = material.entry("risk_difference", ["tested"], timepoint="after")
    assert entry is not None and entry.row.lower is not None
    body = laid_out(material)
    differences = [text(row.cells[2]) for row in body.rows if row.cells and row.cells[2]]
    assert differences == ["0.0 (−53.3 to 53.3)^a"]
    assert says(body, "Differences of percentages are in percentage points.")


def test_grades_have_ranks_but_no_difference(asked) -> None:
    analyses = (
        analysis("relief", "describe", "class"),
        analysis("ranked", "compare", "class", 'tests = ["mann_whitney"]'),
    )
    parts = GROUPS, TIMES, CLASSES, *analyses, table("characteristics", "relief ranked", 'timepoints = ["after"]')
    body = laid_out(asked(*parts))
    assert [head.head for head in body.columns] == ["A", "B", "p"]


def test_three_groups_have_no_column_of_differences_and_the_supplement_lists_them(asked) -> None:
    columns = {**COLUMNS, "arm": [0, 0, 0, 1, 1, 1, 2, 2], "age": [30, 40, 50, 60, 45, 55, 65, 70]}
    analyses = analysis("who", "describe", "age"), analysis("ages", "compare", "age", 'tests = ["t"]')
    parts = '[groups]\nvariable = "arm"\n', AGE, *analyses, table("characteristics", "who ages")
    material = asked(*parts, columns=columns)
    body = laid_out(material)
    assert not any("Difference" in head.head for head in body.columns)
    left = [material.at(place) for place in untold(material, told(material, body.rows))]
    assert {entry.about["group"] for entry in left if entry.row.name == "mean_difference"} == {"B", "C"}


def test_of_what_only_p_is_shown_the_estimate_and_interval_are_not_told(asked) -> None:
    by = 'by = { outcome = "sex" }'
    analyses = analysis("who", "describe", "age", by), analysis("ages", "compare", "age", by, 'tests = ["t"]')
    material = asked(SEX, AGE, *analyses, table("predictors", "who ages"))
    body = laid_out(material)
    (entry,) = material.entries("mean_difference", ["ages"])
    assert column(body, 3)["Age, years, mean ± SD"].startswith(material.style.p_text(entry.row.p or 0))
    assert entry.place in untold(material, told(material, body.rows))


EXTREME: dict[str, list[int | None]] = {"sex": [0] * 20 + [1] * 20, "arm": [0] * 18 + [1] * 2 + [0] * 15 + [1] * 5}
EVEN: dict[str, list[int | None]] = {"sex": [0] * 20 + [1] * 20, "arm": ([0] * 10 + [1] * 10) * 2}


@pytest.mark.parametrize(
    ("columns", "shown", "left", "why"),
    [(EXTREME, "fisher", "chi_square", "because expected counts are below 5"),
     (EVEN, "chi_square", "fisher", "Pearson chi-square")],
)  # fmt: skip
def test_one_p_in_a_cell_the_exact_one_where_little_is_expected(asked, columns, shown, left, why) -> None:
    analyses = (
        analysis("who", "describe", "sex"),
        analysis("sexes", "compare", "sex", 'tests = ["chi_square", "fisher"]'),
    )
    material = asked(GROUPS, SEX, *analyses, table("characteristics", "who sexes"), columns=columns)
    body = laid_out(material)
    first, second = (material.entry(name, ["sexes"]) for name in (shown, left))
    assert first is not None and second is not None and first.row.p is not None
    assert column(body, 2)["Sex, n (%)"] == f"{material.style.p_text(first.row.p)}^a"
    assert says(body, why)
    places = told(material, body.rows)
    assert first.place in places and second.place in untold(material, places)


def test_the_column_of_p_alone_has_one_p_too(asked) -> None:
    by = 'by = { outcome = "sex" }'
    analyses = (
        analysis("who", "describe", "nrs", by, 'timepoints = ["before"]'),
        analysis("both", "compare", "nrs", by, 'timepoints = ["before"]', 'tests = ["t", "mann_whitney"]'),
    )
    body = laid_out(asked(TIMES, SEX, NRS, *analyses, table("predictors", "who both")))
    cells = [cell for cell in column(body, 3).values() if cell]
    assert len(cells) == 1 and ";" not in cells[0]


def test_a_line_of_several_tests_shows_one_that_could_be_computed(asked) -> None:
    columns = {"age": [5, 5, 5, 7, 7, 7], "arm": [0, 0, 0, 1, 1, 1]}
    analyses = (
        analysis("who", "describe", "age"),
        analysis("both", "compare", "age", 'tests = ["t", "mann_whitney"]'),
    )
    body = laid_out(asked(GROUPS, AGE, *analyses, table("characteristics", "who both"), columns=columns))
    assert "0.100" in drawn(body)  # 2 of the 20 orders of three and three

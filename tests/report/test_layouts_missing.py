"""Who has no number: counted once, in one place, under a true name."""

from dataclasses import replace

import pytest

from foramen.report.layouts.coverage import untold
from foramen.report.layouts.told import told
from foramen.snapshot.codebook import Variable
from foramen.study.release import release
from tests.report.drawing import column, laid_out, text
from tests.report.tables import CLASSES, COLUMNS, GROUPS, HALF, NRS, TIMES, analysis, table
from tests.study.small import VARIABLES

MODE = (*VARIABLES, Variable("mode", "assessments", "category", labels=("link", "phone")))
MODES = """
[[outcomes]]
name = "mode"
kind = "category"
variable = "nrs"
role = "mode"
timepoints = ["after"]
"""
BY_MODE = 'by = { outcome = "mode", at = "after" }'

WINDOW = "days = [28, 35]"
LATE = {**COLUMNS, "nrs__after__day": [30, 30, 90, None, 31, 29, 90, 35]}
"""After: two of B and A answered on day 90; one of them, like the one who did not answer, has 0 or nothing before."""


def counts(cells: list[str]) -> list[int]:
    """The count that each cell begins with."""
    return [int(cell.split(" ")[0]) for cell in cells]


def failing(asked, *more: str, **options):
    """Responders with their classes, where no answer is a failure."""
    analyses = (
        analysis("relief", "describe", "half", missing="failure"),
        analysis("classes", "describe", "class"),
    )
    names = table("responders", "relief classes", 'timepoints = ["after"]')
    return laid_out(asked(*more, TIMES, HALF, CLASSES, *analyses, names, **options))


def test_where_no_answer_is_a_failure_it_is_a_class_and_the_blocks_add_up(asked) -> None:
    body = failing(asked, GROUPS)
    for group in (0, 1):
        found = column(body, group)
        assert "With an answer" not in found and "Missing" not in found
        yes, gone, half, no, less, silent = counts(
            [found[head] for head in ("Responders", "Gone", "Half", "Non-responders", "Less", "No answer")]
        )
        assert (yes, no) == (gone + half, less + silent)
        assert yes + no == int(found["Counted (no answer counted as non-responder)"])
    assert column(body, 0)["No answer"] == "1 (25.0 %)"
    assert column(body, 0)["Gone"] == "1 (25.0 %)"  # of the 4 counted, not of the 3 who answered
    assert column(body, 1)["Baseline 0, change undefined"] == "1"


def test_without_groups_counts_and_percentages_add_up_too(asked) -> None:
    body = failing(asked)
    percentages = [float(cell) for cell in column(body, 1).values() if cell]
    yes, gone, half, no, less, silent = percentages
    assert (yes, no) == pytest.approx((gone + half, less + silent), abs=0.11)
    assert yes + no == 100


@pytest.mark.parametrize("layout", ["characteristics", "scores", "responders"])
def test_answers_outside_the_window_are_told_as_some_of_the_missing(asked, layout: str) -> None:
    answers = 'at_most = 4\ntimepoints = ["after", "late"]'
    low = f'[[outcomes]]\nname = "low"\nlabel = "Little pain"\nkind = "responder"\nvariable = "nrs"\n{answers}\n'
    parts = TIMES, low, analysis("low", "describe", "low"), table(layout, "low", 'timepoints = ["after"]')
    body = laid_out(asked(*parts, columns=LATE, window=WINDOW))
    found = column(body, 0)
    assert (found["Missing"], found["of whom outside the window"]) == ("3", "2")
    levels = {row.head[0]: row.level for row in body.rows}
    assert levels["of whom outside the window"] == levels["Missing"] + 1


def test_where_some_changes_are_undefined_those_outside_the_window_may_be_among_them(asked) -> None:
    relief = analysis("relief", "describe", "half", 'timepoints = ["after"]')
    parts = GROUPS, TIMES, HALF, relief, table("characteristics", "relief")
    body = laid_out(asked(*parts, columns=LATE, window=WINDOW))
    found = column(body, 1)
    assert (found["Missing"], found["Baseline 0, change undefined"]) == ("0", "1")
    assert found["Answered outside the window"] == "1"  # the one whose change is undefined, and so no part of 0


def test_in_a_failing_block_those_outside_the_window_stand_below_no_answer(asked) -> None:
    columns = {**LATE, "nrs__before": [8, 8, 6, 4, 8, 6, 5, 5]}
    body = failing(asked, columns=columns, window=WINDOW)
    heads = [row.head[0] for row in body.rows]
    assert heads[heads.index("No answer") + 1] == "of whom outside the window"
    assert (column(body, 0)["No answer"], column(body, 0)["of whom outside the window"]) == ("3", "2")


def test_a_table_of_percentages_says_that_no_answer_is_a_no(asked) -> None:
    relief = analysis("relief", "describe", "half", 'timepoints = ["after"]', missing="failure")
    body = laid_out(asked(GROUPS, TIMES, HALF, relief, table("proportions", "relief")))
    assert [note.text for note in body.notes] == ["Who did not answer is counted as a no, in N as well."]
    assert column(body, 0)["A"] == "2 / 4"


# By mode


def by_mode(asked, mode: list[int | None], *more: str, overall: bool):
    columns = {**COLUMNS, "nrs__after__mode": mode}
    by = analysis("by_mode", "describe", "nrs", 'timepoints = ["after"]', BY_MODE, f"overall = {str(overall).lower()}")
    return asked(TIMES, NRS, MODES, by, *more, table("by_mode", "by_mode"), columns=columns, variables=MODE)


def test_who_did_not_answer_has_no_mode_and_that_is_what_the_table_says(asked) -> None:
    pain = analysis("pain", "describe", "nrs")
    body = laid_out(by_mode(asked, [0, 0, 1, None, 1, 1, 0, 0], pain, overall=False))
    assert [head.head for head in body.columns] == ["link", "phone", "No answer"]
    assert set(column(body, 2).values()) == {"1"}


def test_where_nothing_counts_the_answers_the_table_says_no_more_than_it_knows(asked) -> None:
    body = laid_out(by_mode(asked, [0, 0, 1, None, 1, 1, None, 0], overall=False))
    assert [head.head for head in body.columns] == ["link", "phone", "No answer, or mode not known"]
    assert set(column(body, 2).values()) == {"2"}


def test_a_small_count_that_only_the_layout_could_work_out_stays_in_the_sum(asked) -> None:
    """40 people, one answered by a mode that is not known: released, that one must not be told from the silent."""
    columns = {"nrs__before": [5] * 60, "nrs__after": [3] * 45 + [None] * 15}
    columns["nrs__after__mode"] = [0] * 22 + [1] * 22 + [None] * 16
    by = analysis("by_mode", "describe", "nrs", 'timepoints = ["after"]', BY_MODE)
    material = asked(TIMES, NRS, MODES, by, table("by_mode", "by_mode"), columns=columns, variables=MODE)
    assert [head.head for head in laid_out(material).columns[2:]] == ["Answered, mode not known", "No answer"]
    passed = release(material.results)
    body = laid_out(replace(material, results=passed.results))
    assert [head.head for head in body.columns[2:]] == ["No answer, or mode not known"]


# Completeness


KEPT = '[[outcomes]]\nname = "kept"\nlabel = "Answered"\nkind = "recorded"\nvariable = "nrs"\ntimepoints = ["late"]\n'
PLANNED = """
[[outcomes]]
name = "planned"
kind = "category"
variable = "nrs"
timepoints = ["after"]
bands = [{ label = "pain", at_least = 3 }, { label = "less pain", below = 3 }]
"""


def test_no_answer_is_expected_of_those_for_whom_none_is_planned(asked) -> None:
    columns = {
        **COLUMNS,
        "nrs__after": [4, 0, 6, None, 8, 3, 0, 2],
        "nrs__late": [2, None, 1, None, 6, None, None, None],
    }
    late = analysis("late", "describe", "kept", 'by = { outcome = "planned", at = "after", levels = ["pain"] }')
    material = asked(TIMES, NRS, KEPT, PLANNED, late, table("completeness", "late"), columns=columns)
    body = laid_out(material)
    cells = {row.head[0]: list(map(text, row.cells)) for row in body.rows}
    assert cells["pain"][:3] == ["4", "3", "75.0"]
    assert "less pain" not in cells
    assert cells["In no group"][0] == "4"
    left = untold(material, told(material, body.rows))
    assert "zero_event_upper_bound" not in {material.at(place).row.name for place in left}

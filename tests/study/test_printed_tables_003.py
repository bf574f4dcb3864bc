"""The six tables of the trial of CT against fluoroscopy, cell by cell, from its template run on its cohort.

Awad Bessar et al., "Comparing CT-guided and fluoroscopic-guided interventions for chronic low back pain management: a
randomized trial". Group A is fluoroscopy, group B is CT.
"""

from collections.abc import Iterator

import pytest

from foramen.kernel.rounding import rounded
from foramen.study.results import Results
from foramen.study.run import Plan, run_study
from tests.study.printed_tables import (
    Cell,
    assert_printed,
    count_and_percent,
    median_and_quartiles,
    number,
    one,
    p_value,
    planned,
    unnamed_columns,
)

ARMS = {"A": "fluoroscopy", "B": "CT"}

# (table, analysis, outcome, time point, printed p, {category: (group A, group B)})
CATEGORIES = (
    ("Table 1", "participants", "sex", None, "0.776", {"male": ("46 (46.0%)", "44 (44.0%)"),
     "female": ("54 (54.0%)", "56 (56.0%)")}),
    ("Table 1", "participants", "root_l3", None, "0.756", {"no": ("94 (94.0%)", "95 (95.0%)"),
     "bilateral": ("6 (6.0%)", "5 (5.0%)")}),
    ("Table 1", "participants", "root_l4", None, "0.672", {"no": ("21 (21.0%)", "20 (20.0%)"),
     "unilateral": ("43 (43.0%)", "38 (38.0%)"), "bilateral": ("36 (36.0%)", "42 (42.0%)")}),
    ("Table 1", "participants", "root_l5", None, "0.754", {"no": ("10 (10.0%)", "12 (12.0%)"),
     "unilateral": ("47 (47.0%)", "42 (42.0%)"), "bilateral": ("43 (43.0%)", "46 (46.0%)")}),
    ("Table 2", "procedures", "roots", None, "0.778", {"1 or 2": ("73 (73.0%)", "70 (70.0%)"),
     "3 or 4": ("21 (21.0%)", "25 (25.0%)"), "5 or 6": ("6 (6.0%)", "5 (5.0%)")}),
    ("Table 2", "procedures", "sacroiliac", None, "0.880", {"no": ("22 (22.0%)", "25 (25.0%)"),
     "only right": ("21 (21.0%)", "19 (19.0%)"), "only left": ("15 (15.0%)", "12 (12.0%)"),
     "bilateral": ("42 (42.0%)", "44 (44.0%)")}),
    ("Table 5", "safety", "complication", None, "0.385", {"none": ("99 (99.0%)", "96 (96.0%)"),
     "abscess": ("1 (1.0%)", "1 (1.0%)"), "discitis and neuritis": ("0 (0.0%)", "1 (1.0%)"),
     "haematoma": ("0 (0.0%)", "2 (2.0%)")}),
    ("Table 5", "safety", "extravasation", None, "1.000", {"negative": ("95 (95.0%)", "95 (95.0%)"),
     "positive": ("5 (5.0%)", "5 (5.0%)")}),
    ("Table 5", "medication", "morphine", "before", "0.407", {"0 mg": ("96 (96.0%)", "98 (98.0%)"),
     "up to 10 mg": ("4 (4.0%)", "2 (2.0%)")}),
    ("Table 5", "medication", "morphine", "one_month", "0.316", {"0 mg": ("100 (100.0%)", "99 (99.0%)"),
     "more than 10 mg": ("0 (0.0%)", "1 (1.0%)")}),
    ("Table 6", "satisfaction", "satisfaction_procedure", "six_months", "0.870", {
     "very unsatisfied": ("0 (0.0%)", "1 (1.0%)"), "unsatisfied": ("6 (6.0%)", "6 (6.0%)"),
     "satisfied": ("63 (63.0%)", "65 (65.0%)"), "very satisfied": ("27 (27.0%)", "25 (25.0%)")}),
    ("Table 6", "satisfaction", "satisfaction_results", "six_months", "0.552", {
     "very unsatisfied": ("1 (1.0%)", "1 (1.0%)"), "unsatisfied": ("5 (5.0%)", "6 (6.0%)"),
     "satisfied": ("49 (49.0%)", "58 (58.0%)"), "very satisfied": ("45 (45.0%)", "35 (35.0%)")}),
)  # fmt: skip

# (table, locator, analysis, outcome, time point, our units in one printed unit, group A, group B, printed p)
MEDIANS = (
    ("Table 1", "Age", "participants", "age", None, 1, "50.0 (45.0–58.0)", "54.0 (45.0–60.0)", None),
    ("Table 3", "ODI before", "scores", "odi", "before", 1, "32.0 (25.0–40.0)", "30.0 (24.0–35.0)", "0.206"),
    ("Table 3", "ODI 1 month", "scores", "odi", "one_month", 1, "24.0 (20.0–30.0)", "22.0 (17.0–30.0)", "0.654"),
    ("Table 3", "ODI 3 months", "scores", "odi", "three_months", 1, "20.0 (15.0–24.0)", "20.0 (15.0–24.0)", "0.688"),
    ("Table 3", "ODI 6 months", "scores", "odi", "six_months", 1, "15.0 (12.0–20.0)", "15.0 (12.0–20.50)", "0.775"),
    ("Table 3", "VAS before", "scores", "vas", "before", 10, "6.0 (5.0–8.0)", "6.0 (5.0–8.0)", "0.500"),
    ("Table 3", "VAS 1 day", "scores", "vas", "one_day", 10, "4.0 (4.0–5.0)", "5.0 (4.0–6.0)", "0.404"),
    ("Table 3", "VAS 1 week", "scores", "vas", "one_week", 10, "4.0 (3.0–5.0)", "4.0 (3.0–5.0)", "0.084"),
    ("Table 3", "VAS 1 month", "scores", "vas", "one_month", 10, "3.0 (2.0–4.0)", "4.0 (3.0–5.0)", "0.030"),
    ("Table 3", "VAS 3 months", "scores", "vas", "three_months", 10, "3.0 (2.0–4.0)", "3.0 (2.0–4.0)", "0.041"),
    ("Table 3", "VAS 6 months", "scores", "vas", "six_months", 10, "2.50 (2.0–4.0)", "3.0 (2.0–4.0)", "0.012"),
    ("Table 4", "Operative time", "time", "operative_time", None, 1, "22.50 (19.0–30.0)", "23.0 (19.0–30.0)", "0.317"),
    ("Table 5", "Reduction of NSAIDs", "medication", "nsaid_reduction", None, 1, "70.0 (60.0–80.0)",
     "70.0 (50.0–80.0)", "0.524"),
)  # fmt: skip

OF_ALL = "the percentage is of all 100, of whom 4 and 3 have no printed answer; ours is of those who answered"
EXCLUDED = {
    "Table 4: Radiation dose, p": "two quantities, dose-area product and CTDIvol: no test compares them",
    "Table 6: satisfaction_procedure, p": "0.870 does not follow from the printed counts, which give 0.776",
    **{
        f"Table 6: satisfaction_procedure, {label}, group {group}, %": OF_ALL
        for label in ("unsatisfied", "satisfied", "very satisfied")
        for group in ARMS
    },
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return planned("ct-or-fluoroscopy", tmp_path_factory.mktemp("trial") / "snapshot")


@pytest.fixture(scope="module")
def found(plan: Plan) -> Results:
    return run_study(plan, engine="duckdb")


def _at(timepoint: str | None) -> dict[str, str]:
    return {"timepoint": timepoint} if timepoint else {}


def _categories(found: Results) -> Iterator[Cell]:
    for table, analysis, outcome, timepoint, p, rows in CATEGORIES:
        about = {"outcome": outcome, **_at(timepoint)}
        name = outcome + (f" {timepoint}" if outcome == "morphine" else "")
        for label, printed in rows.items():
            for (group, arm), text in zip(ARMS.items(), printed, strict=True):
                row = one(found, "percent", analysis=analysis, group=arm, category=label, **about)
                yield from count_and_percent(table, f"{name}, {label}, group {group}", text, row)
        yield Cell(table, f"{name}, p", p, p_value(found, "chi_square", **about))


def _medians(found: Results) -> Iterator[Cell]:
    for table, locator, analysis, outcome, timepoint, units, a, b, p in MEDIANS:
        about = {"outcome": outcome, **_at(timepoint)}
        for (group, arm), text in zip(ARMS.items(), (a, b), strict=True):
            ours = median_and_quartiles(found, divided_by=units, analysis=analysis, group=arm, **about)
            yield Cell(table, f"{locator}, median (IQR), group {group}", text, ours)
        if p is not None:
            yield Cell(table, f"{locator}, p", p, p_value(found, "mann_whitney", **about))


def _others(found: Results) -> Iterator[Cell]:
    for group, text in (("A", "51.29 ± 8.77"), ("B", "52.71 ± 10.11")):
        about = {"analysis": "participants", "outcome": "age", "group": ARMS[group]}
        ours = tuple(number(found, name, **about) for name in ("mean", "sd"))
        yield Cell("Table 1", f"Age, mean ± SD, group {group}", text, ours)
    yield Cell("Table 1", "Age, p", "0.290", p_value(found, "mean_difference", outcome="age"))
    for group, outcome, text in (
        ("A", "dose_area_product", "352.0 (270.5–415.0)"),
        ("B", "ctdi_vol", "347.5 (265.0–388.5)"),
    ):
        ours = median_and_quartiles(found, analysis="dose", outcome=outcome, group=ARMS[group])
        yield Cell("Table 4", f"Radiation dose, median (IQR), group {group}", text, ours)
    yield Cell("Table 4", "Radiation dose, p", "0.970", None)
    for outcome, printed in (("odi", ("251.976", "246.220")), ("vas", ("419.176", "384.408"))):
        for (group, arm), text in zip(ARMS.items(), printed, strict=True):
            row = one(found, "friedman", outcome=outcome, group=arm)
            assert row.statistic is not None
            assert row.p is not None
            yield Cell("Table 3", f"Fr ({outcome}), group {group}", text, (row.statistic,))
            yield Cell("Table 3", f"p0 ({outcome}), group {group}", "< 0.001", (row.p,))


def test_every_printed_cell_but_those_named(found: Results) -> None:
    assert_printed("seed 003", [*_categories(found), *_medians(found), *_others(found)], EXCLUDED)


def test_satisfaction_with_the_procedure_has_the_p_of_its_counts(found: Results) -> None:
    row = one(found, "chi_square", outcome="satisfaction_procedure")
    assert row.p is not None
    assert rounded(row.p, 3) == "0.776"
    missing = [number(found, "missing", outcome="satisfaction_procedure", group=arm) for arm in ARMS.values()]
    assert missing == [4, 3]


def test_fluoroscopy_leaves_less_pain_where_the_text_says_so(found: Results) -> None:
    for timepoint in ("one_month", "three_months", "six_months"):
        row = one(found, "mann_whitney", outcome="vas", timepoint=timepoint, group="CT", against="fluoroscopy")
        assert row.statistic is not None
        assert row.statistic > 0


def test_unlike_doses_are_never_compared(found: Results) -> None:
    """Each arm has its quantity from everybody, the other arm nothing of it, and no test names a dose."""
    doses = ("dose_area_product", "ctdi_vol")
    counts = {(arm, dose): number(found, "n", outcome=dose, group=arm) for arm in ARMS.values() for dose in doses}
    assert list(counts.values()) == [100, 0, 0, 100]
    assert [row for row in found.statistics if dict(row.about).get("outcome") in doses and row.p is not None] == []


def test_nothing_else_fails_and_every_engine_agrees(plan: Plan, found: Results) -> None:
    failed = {dict(row.about)["outcome"] for row in found.statistics if row.error}
    assert failed == {"dose_area_product", "ctdi_vol"}
    assert [step.n for step in found.flow if step.group == "all"][-1] == 200
    for engine in ("reference", "sqlite"):
        other = run_study(plan, engine=engine)
        assert (other.statistics, other.flow, other.inputs) == (found.statistics, found.flow, found.inputs)


def test_the_readme_names_every_column_the_template_needs(plan: Plan) -> None:
    assert unnamed_columns(plan) == set()

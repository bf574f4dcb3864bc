"""ROC curves, calibration and agreement matrices against the statistics and against counting by hand."""

import re
from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from foramen.report.body import NothingToShowError
from foramen.report.figures.agreement_matrix import _broken
from foramen.report.figures.choice import FIGURES
from foramen.report.figures.theme import LINE, text_width
from tests.report.drawing import made, text
from tests.report.figure_sample import (
    STUDY,
    VARIABLES,
    asking,
    changed,
    estimates,
    figure,
    marks,
    material,
    pars_injections,
    people,
    rows,
    without,
    words,
)
from tests.study.small import snapshot


def curve(spec):
    """The points of the curve in the order of the specification."""
    return [(row["x"], row["y"]) for row in marks(spec, "line")[1]["rows"]]


def test_the_area_under_the_drawn_curve_is_the_statistic():
    found = np.array(curve(figure("roc").spec)) / 100
    (area,) = estimates(material(), "auc")
    assert np.trapezoid(found[:, 1], found[:, 0]) == pytest.approx(area, abs=1e-5)
    assert f"AUC {area:.2f} (" in " ".join(words(figure("roc").spec))


def test_a_curve_runs_from_corner_to_corner_and_never_back():
    found = curve(figure("roc").spec)
    assert (found[0], found[-1]) == ((0, 0), (100, 100)) and found == sorted(found)


def test_a_point_says_from_which_probability_it_predicts():
    said = [row["say"] for row in rows(figure("roc").spec, "point")]
    assert said[0].endswith("nobody positive")
    assert all("positive from probability 0." in text for text in said[1:])


def test_the_table_of_a_long_curve_is_short():
    body = figure("roc").numbers
    heads = [row.head[0] for row in body.rows]
    assert heads[:3] == ["Relief after 1 month", "Area under the curve", "nobody predicted"]
    assert len(body.rows) == 12 < len(curve(figure("roc").spec))
    assert "results.csv has all" in body.notes[0].text


def test_the_table_of_a_curve_says_from_which_chance_with_both_shares_there():
    body = figure("roc").numbers
    assert body.stub == "Success predicted from a chance of"
    assert [column.head for column in body.columns] == ["Sensitivity, %", "n", "Specificity, %", "n"]
    statistics = material().results.statistics
    for row in body.rows[3:]:
        sensitive, specific = (statistics[row.cells[i][0].row] for i in (0, 2))
        assert (sensitive.name, specific.name) == ("roc_sensitivity", "roc_specificity")
        assert dict(sensitive.about)["point"] == dict(specific.about)["point"]
        cut = float(sensitive.method.rpartition("probability ")[2])
        assert float(row.head[0]) == pytest.approx(cut, abs=0.0005) and 0 < cut < 1


def test_the_table_of_a_calibration_has_the_intervals_that_are_drawn():
    body = figure("calibration").numbers
    assert [column.head for column in body.columns] == ["Observed, %", "95% CI", "n", "Expected, %", "n"]
    bars = [(row["low"], row["high"]) for row in rows(figure("calibration").spec, "rule")]
    printed = [row.cells[1][0].text for row in body.rows[1:]]
    assert printed == [f"{low:.1f}; {high:.1f}" for low, high in bars]


def test_calibration_points_are_the_risk_groups():
    found = rows(figure("calibration").spec, "point")
    assert [row["y"] for row in found] == pytest.approx(estimates(material(), "calibration_observed"), rel=1e-5)
    assert [row["x"] for row in found] == pytest.approx(estimates(material(), "calibration_expected"), rel=1e-5)
    sizes = [entry.row.n for entry in material().entries("calibration_expected")]
    assert sum(sizes) == next(material().entries("auc")).row.n
    bars = rows(figure("calibration").spec, "rule")
    assert all(row["low"] <= row["y"] <= row["high"] for row in bars)


@pytest.mark.parametrize("name", ["roc", "calibration"])
def test_both_axes_run_from_0_to_100_in_a_square(name):
    spec = figure(name).spec
    domains = {tuple(layer["encoding"][c]["scale"]["domain"]) for layer in marks(spec, "point") for c in ("x", "y")
               if c in layer["encoding"]}  # fmt: skip
    assert domains == {(0, 100)} and spec["width"] == spec["height"]


def test_a_withheld_risk_group_is_left_out_and_named():
    drawing = asking("calibration", without(material(), "calibration_observed", point="2"))
    assert len(rows(drawing.spec, "point")) == len(estimates(material(), "calibration_observed")) - 1
    assert drawing.notes[1].text == "Not drawn (suppressed, 1 to 10): Relief after 1 month."


@pytest.mark.parametrize("name", ["roc", "calibration"])
def test_a_model_without_estimates_says_why(name):
    failed = changed(material(), lambda row: replace(row, estimate=None, error="it does not converge"))
    with pytest.raises(NothingToShowError, match="it does not converge"):
        figure(name, failed)


def test_points_of_curves_are_computed_only_where_a_figure_asks(tmp_path):
    held = snapshot(tmp_path / "snapshot", people(60), VARIABLES)
    without_figures = STUDY[: STUDY.index("[[figures]]")]
    results = made(tmp_path, held, without_figures).results
    names = {row.name for row in results.statistics}
    assert "auc" in names and names.isdisjoint({"roc_sensitivity", "calibration_observed"})


def test_a_model_of_many_rows_has_its_curve_too_and_says_that_it_has_no_risk_groups(tmp_path, monkeypatch):
    monkeypatch.setattr("foramen.study.analyses.logistic.PATTERN_ROWS", 0)
    large = made(tmp_path, snapshot(tmp_path / "snapshot", people(), VARIABLES), STUDY)
    found = np.array(curve(figure("roc", large).spec)) / 100
    (area,) = estimates(large, "auc")
    assert np.trapezoid(found[:, 1], found[:, 0]) == pytest.approx(area, abs=1e-5)
    assert area == pytest.approx(estimates(material(), "auc")[0], abs=0.001)
    with pytest.raises(NothingToShowError, match="not computed beyond 0 rows"):
        figure("calibration", large)


def test_cells_of_a_matrix_are_the_counts_of_both_readers():
    columns = people()
    adult = [i for i, age in enumerate(columns["age"]) if age >= 18]
    wanted = Counter((columns["grade__r1"][i], columns["grade__r2"][i]) for i in adult)
    labels = ("none", "mild", "severe")
    squares = marks(figure("agreement_matrix").spec, "rect")[0]["rows"]
    assert {row["say"]: int(row["text"]) for row in squares} == {
        f"reader 1 {labels[i]}, reader 2 {labels[j]}: {wanted[i, j]}": wanted[i, j] for i in range(3) for j in range(3)
    }


def test_both_axes_of_every_matrix_have_the_names_of_the_grades():
    """Of the library’s study: ten findings, from yes and no to five grades, some in more than one word."""
    of = pars_injections()
    wanted = next(figure for figure in of.study.figures if figure.kind == "agreement_matrix")
    drawing = FIGURES["agreement_matrix"](of, wanted)
    texts = marks(drawing.spec, "text")
    down = [row["text"] for layer in texts if layer["mark"].get("align") == "left" for row in layer["rows"]]
    across = [row for layer in texts if layer["mark"].get("align") == "center" for row in layer["rows"]]
    for grade in ("none", "I", "IV", "several", "one", "peri-defect", "trans-defect", "3", "yes"):
        assert grade in down
    assert {"none", "I", "IV", "several", "one", "peri-", "defect", "3", "yes"} <= {row["text"] for row in across}
    assert all(a["x"] != b["x"] or abs(a["y"] - b["y"]) >= LINE for a, b in combinations(across, 2))
    for row in drawing.numbers.rows:
        assert not re.match(r"[1-9] (none|I|several|peri)", row.head[0])
    heads = [[text(cell) for cell in row.cells if cell] for row in drawing.numbers.rows if "across" in row.head[0]]
    assert len(heads) == 10 and heads[5] == ["none", "I", "II", "III", "IV"]


def test_words_of_a_grade_end_their_lines_where_a_word_ends_if_they_can():
    assert _broken("peri-defect", 50) == ["peri-", "defect"]
    assert _broken("no change at all", 60) == ["no change", "at all"]
    assert "".join(_broken("spondylolisthesis", 40)) == "spondylolisthesis"
    assert all(text_width(line) <= 40 for line in _broken("spondylolisthesis", 40))


def test_the_diagonal_is_framed_and_the_most_is_the_darkest():
    squares = marks(figure("agreement_matrix").spec, "rect")[0]["rows"]
    framed = [row for row in squares if row["framed"]]
    assert [(row["x"], row["y"]) for row in framed] == sorted((row["x"], row["y"]) for row in framed)
    most = max(squares, key=lambda row: int(row["text"]))
    assert most["fill"] == "#0b5468" and most["ink"] == "#ffffff"
    assert all(row["fill"] == "#ffffff" for row in squares if row["text"] == "0")


def test_kappa_stands_at_its_matrix():
    (kappa,) = estimates(material(), "cohen_kappa")
    assert f"κ {kappa:.2f} (" in " ".join(words(figure("agreement_matrix").spec))


def test_unread_cases_are_counted(tmp_path):
    columns = people()
    columns["grade__r2"] = [None if i < 7 else grade for i, grade in enumerate(columns["grade__r2"])]
    columns["age"] = [40] * len(columns["age"])
    of = made(tmp_path, snapshot(tmp_path / "snapshot", columns, VARIABLES), STUDY)
    notes = [note.text for note in figure("agreement_matrix", of).notes]
    assert "Cases without both readings are left out: Bone oedema, reader 1 and reader 2 7." in notes


def test_a_table_that_was_withheld_is_not_drawn():
    of = material()
    kept = replace(of, results=replace(of.results, inputs={}))
    with pytest.raises(NothingToShowError, match="its counts are withheld"):
        figure("agreement_matrix", kept)

"""ROC curves, calibration and agreement matrices against the statistics and against counting by hand."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from foramen.report.body import NothingToShowError
from tests.report.drawing import made
from tests.report.figure_sample import (
    STUDY,
    VARIABLES,
    asking,
    changed,
    estimates,
    figure,
    marks,
    material,
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
    assert [row.head[0] for row in body.rows][:3] == ["Relief after 1 month", "AUC", "Cut 1"]
    assert len(body.rows) == 12 < len(curve(figure("roc").spec))


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
        f"r1 {labels[i]}, r2 {labels[j]}: {wanted[i, j]}": wanted[i, j] for i in range(3) for j in range(3)
    }


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
    assert "Cases without both readings are left out: Bone oedema, r1 and r2 7." in notes


def test_a_table_that_was_withheld_is_not_drawn():
    of = material()
    kept = replace(of, results=replace(of.results, inputs={}))
    with pytest.raises(NothingToShowError, match="its counts are withheld"):
        figure("agreement_matrix", kept)

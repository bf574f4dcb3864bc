"""Trajectories and box plots: every mark stands where its statistic says, and what is withheld is not drawn."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from foramen.report.figures.axes import log_ticks, spread, stacked, staggered, ticks
from foramen.report.figures.choice import FIGURES
from foramen.report.figures.theme import LINE, SERIES, text_width, wrapped
from foramen.report.table import Withheld
from foramen.snapshot.codebook import Variable
from foramen.statistics.result import Statistic
from tests.report.drawing import made, parts
from tests.report.figure_sample import asking, changed, estimates, figure, marks, material, rows, without, words
from tests.study.small import snapshot

NRS = {"outcome": "nrs", "analysis": "scores"}


def spots(spec, panel=0):
    """The rows with a tooltip of the series of one panel, group by group."""
    panel = spec["concat"][panel] if "concat" in spec else spec
    return [layer["rows"] for layer in marks(panel, "point") if "tooltip" in layer["encoding"]]


def close(values):
    return pytest.approx(values, rel=1e-5)


def test_points_and_bars_are_the_means_and_their_intervals():
    drawn = spots(figure("trajectory").spec)
    for series, group in zip(drawn, ("CT", "Fluoroscopy"), strict=True):
        entries = [e.row for e in material().entries("mean", None, group=group, **NRS)]
        found = [(row["y"], row["low"], row["high"]) for row in series]
        assert found == [close((row.estimate, row.lower, row.upper)) for row in entries]


def test_medians_have_their_quartiles():
    drawn = spots(figure("medians").spec)
    for series, group in zip(drawn, ("CT", "Fluoroscopy"), strict=True):
        names = ("median", "lower_quartile", "upper_quartile")
        wanted = list(zip(*(estimates(material(), name, group=group, **NRS) for name in names), strict=True))
        assert [(row["y"], row["low"], row["high"]) for row in series] == [close(row) for row in wanted]


def test_unlike_units_never_share_an_axis():
    spec = figure("trajectory").spec
    assert [panel["title"] for panel in spec["concat"]] == ["Pain, 0 to 10", "Walking distance, m"]
    values = [[row["y"] for series in spots(spec, i) for row in series] for i in (0, 1)]
    assert max(values[0]) < 10 < min(values[1])


def test_groups_stand_beside_each_other_around_their_time_point():
    first, second = spots(figure("trajectory").spec)
    assert [round(row["x"]) for row in first] == [round(row["x"]) for row in second] == [0, 1, 2]
    pairs = [(a["x"], b["x"]) for a, b in zip(first, second, strict=True)]
    assert all(0 < b - a < 0.4 for a, b in pairs)
    assert [(a + b) / 2 for a, b in pairs] == close([0, 1, 2])


def test_groups_differ_by_colour_and_by_shape_and_are_named_in_the_panel():
    spec = figure("medians").spec
    looks = {(layer["mark"]["stroke"], layer["mark"]["shape"], layer["mark"]["fill"]) for layer in marks(spec, "point")}
    assert looks == {(s.colour, s.shape, s.fill) for s in SERIES[:2]}
    assert words(spec) == ["CT", "Fluoroscopy"]


def test_the_axis_holds_zero_and_the_whole_range_of_a_short_score():
    for name in ("trajectory", "medians"):
        panel = figure(name).spec.get("concat", [figure(name).spec])[0]
        (scale,) = {tuple(layer["encoding"]["y"]["scale"]["domain"]) for layer in marks(panel, "line")}
        assert scale == (0, 10)


def test_a_change_below_zero_has_a_line_at_zero():
    fallen = changed(material(), lambda row: _negated(row) if row.name == "mean" else row)
    spec = asking("trajectory", fallen, outcomes=["nrs"]).spec
    assert {row["y"] for row in marks(spec, "rule")[0]["rows"]} == {0}
    assert marks(spec, "line")[0]["encoding"]["y"]["scale"]["domain"][1] == 0


def _negated(row: Statistic) -> Statistic:
    return replace(row, estimate=-row.estimate, lower=-row.upper, upper=-row.lower)


def test_a_withheld_point_is_not_drawn_but_named():
    drawing = asking("trajectory", without(material(), "mean", outcome="nrs", timepoint="late", group="CT"))
    first, second = spots(drawing.spec)
    assert (len(first), len(second)) == (2, 3)
    assert [note.text for note in drawing.notes][1:] == ["Not drawn (suppressed, 1 to 10): Pain, 0 to 10, CT, 1 month."]
    assert sum(isinstance(part, Withheld) for part in parts(drawing.numbers)) == 3


def test_a_point_without_an_interval_keeps_its_place():
    bare = changed(material(), lambda row: replace(row, lower=None, upper=None) if row.name == "mean" else row)
    drawing = asking("trajectory", bare, outcomes=["walk"])
    assert all("low" not in row for series in spots(drawing.spec) for row in series)
    assert "Not drawn (no bar)" in drawing.notes[1].text


def split(row):
    """Each of the two groups in three, by time point."""
    about = dict(row.about)
    if row.name != "mean" or about["group"] == "all":
        return row
    return row.describing(group=f"{about['group']} {about['timepoint']}")


def test_groups_that_cannot_be_told_apart_in_one_panel_have_one_each_on_the_same_scale():
    drawing = asking("trajectory", changed(material(), split), outcomes=["nrs"])
    panels = drawing.spec["concat"]
    assert [panel["title"]["text"] for panel in panels] == [
        ["CT before"], ["Fluoroscopy before"], ["CT after"], ["Fluoroscopy after"], ["CT late"], ["Fluoroscopy late"],
    ]  # fmt: skip
    assert {" ".join(panel["title"]["subtitle"]) for panel in panels} == {"Pain, 0 to 10"}
    scales = {tuple(layer["encoding"]["y"]["scale"]["domain"]) for layer in marks(drawing.spec, "line")}
    assert scales == {(0, 10)}
    assert [len(series) for i in range(6) for series in spots(drawing.spec, i)] == [1] * 6
    assert len(drawing.numbers.rows) == 6


def test_names_beside_lines_that_end_together_stand_in_the_order_of_the_groups():
    """Whichever of the two ends higher."""

    def level(row):
        about = dict(row.about)
        if row.name == "mean" and about["group"] == "Fluoroscopy":
            return replace(row, estimate=near[about["outcome"], about["timepoint"]] + 0.05)
        return row

    means = material().entries("mean", ["scores"], group="CT")
    near = {(e.about["outcome"], e.about["timepoint"]): e.row.estimate for e in means}
    spec = asking("trajectory", changed(material(), level), outcomes=["nrs"]).spec
    named = [row for layer in marks(spec, "text") for row in layer["rows"] if row["text"] in (["CT"], ["Fluoroscopy"])]
    heights = {row["text"][0]: row["y"] for row in named}
    assert heights["CT"] > heights["Fluoroscopy"]


def test_names_beside_lines_that_end_apart_stand_where_their_lines_end():
    assert stacked([150, 20], [15, 15], 0, 200) == [150, 20]
    assert stacked([101, 100, 20], [15, 15, 15], 0, 200) == pytest.approx([93, 108, 20], abs=0.51)


LONG = ["Before the injection", "Fifteen minutes afterwards", "Following consultation", "One month afterwards",
        "Three months afterwards", "Six months afterwards"]  # fmt: skip


def test_words_of_six_time_points_do_not_run_into_each_other():
    words = [wrapped(name, 60) for name in LONG]
    for step in (45, 60, 95, 110):
        placed = staggered(words, step)
        boxes = [
            (i * step, text_width(line), k) for i, lines in enumerate(placed) for k, line in enumerate(lines) if line
        ]
        for x, wide, k in boxes:
            others = [(x2, wide2) for x2, wide2, k2 in boxes if k2 == k and x2 > x]
            assert all(x2 - x >= (wide + wide2) / 2 for x2, wide2 in others), step
    assert staggered(words, 200) == words


def test_the_axis_of_six_long_time_points_is_staggered(tmp_path):
    """In the whole figure: every line of words has its place."""
    names = [f"t{i}" for i in range(6)]
    points = "".join(f'[[timepoints]]\nname = "{n}"\nlabel = "{word}"\n' for n, word in zip(names, LONG, strict=True))
    study = f"""
        id = "six"
        title = "Six"
        unit = "treatment"
        [index]
        event = "treatment"
        which = "each"
        {points}
        [[outcomes]]
        name = "nrs"
        kind = "score"
        variable = "nrs"
        timepoints = {names}
        [[analyses]]
        name = "scores"
        kind = "describe"
        outcomes = ["nrs"]
        missing = "available"
        [[figures]]
        title = "Six"
        kind = "trajectory"
        analyses = ["scores"]
    """.replace("'", '"')
    columns = {f"nrs__{name}": [1, 2, 3] for name in names}
    variable = Variable("nrs", "assessments", "number", low=0, high=10, better="lower", label="Pain, 0 to 10")
    of = made(tmp_path, snapshot(tmp_path / "snapshot", columns, [variable]), study)
    spec = FIGURES["trajectory"](of, of.study.figures[0]).spec
    axis = marks(spec, "line")[0]["encoding"]["x"]["axis"]
    labels = json.loads(axis["labelExpr"].partition("[indexof")[0])
    step = spec["width"] / 6
    for k in range(max(map(len, labels))):
        lines = [(i * step, text_width(label[k])) for i, label in enumerate(labels) if len(label) > k and label[k]]
        assert all(b[0] - a[0] >= (a[1] + b[1]) / 2 for a, b in pairwise(lines))


def test_quantities_of_dose_have_panels_and_units_of_their_own_and_say_that_they_are_unlike(tmp_path):
    spec, notes = {}, {}
    of = made(tmp_path, snapshot(tmp_path / "snapshot", DOSES, DOSED), DOSE_STUDY)
    for wanted in of.study.figures:
        drawing = FIGURES[wanted.kind](of, wanted)
        spec[wanted.kind], notes[wanted.kind] = drawing.spec, [note.text for note in drawing.notes]
    said = (
        "Dose-area product, mGy·cm² and CTDIvol, mGy are different quantities: one says nothing about another, and "
        "each has an axis of its own."
    )
    assert said in notes["box_plot"] and said in notes["trajectory"]
    heads = ["Dose-area product, mGy·cm²", "CTDIvol, mGy"]
    for kind in ("box_plot", "trajectory"):
        assert [panel["title"] for panel in spec[kind]["concat"]] == heads
    units = [
        {layer["encoding"]["x"]["axis"]["title"] for layer in marks(panel, "rect")}
        for panel in spec["box_plot"]["concat"]
    ]
    assert units == [{"mGy·cm²"}, {"mGy"}]
    alone = of.study.figures[0].model_copy(update={"outcomes": ["ctdi"]})
    assert not any("different quantities" in note.text for note in FIGURES["box_plot"](of, alone).notes)


DOSED = (
    Variable("dap", "doses", "number", label="Dose-area product", unit="mGy·cm²", low=0, high=9000),
    Variable("ctdi", "doses", "number", label="CTDIvol", unit="mGy", low=0, high=900),
)
DOSES = {"dap": [300, 400, 350, None, None], "ctdi": [None, None, 300, 350, 410]}
DOSE_STUDY = """
    id = "dose"
    title = "Dose"
    unit = "treatment"
    [index]
    event = "treatment"
    which = "each"
    [[outcomes]]
    name = "dap"
    kind = "score"
    variable = "dap"
    [[outcomes]]
    name = "ctdi"
    kind = "score"
    variable = "ctdi"
    [[analyses]]
    name = "dose"
    kind = "describe"
    outcomes = ["dap", "ctdi"]
    missing = "available"
    [[figures]]
    title = "Boxes"
    kind = "box_plot"
    analyses = ["dose"]
    [[figures]]
    title = "Means"
    kind = "trajectory"
    analyses = ["dose"]
"""


def test_only_the_time_points_asked_for_are_drawn():
    assert [len(series) for series in spots(asking("trajectory", timepoints=["before", "late"]).spec)] == [2, 2]


def test_boxes_are_the_five_numbers():
    spec = figure("box_plot").spec
    boxes = {row["say"].split(": ")[0]: row for row in rows(spec, "rect")}
    assert len(boxes) == 6
    for place, row in boxes.items():
        group, time = place.split(", ")
        about = {**NRS, "group": group, "timepoint": {"Before": "before", "15 min": "after", "1 month": "late"}[time]}
        names = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")
        assert [row[name] for name in names] == close([estimates(material(), name, **about)[0] for name in names])
        assert row["top"] < row["y"] < row["bottom"]


def test_boxes_of_a_time_point_stand_below_its_name_and_do_not_touch():
    spec = figure("box_plot").spec
    middles = sorted({row["y"] for row in rows(spec, "rect")})
    assert all(b - a >= 20 for a, b in pairwise(middles))
    texts = {row["text"]: row["y"] for row in rows(spec, "text") if row["text"] in ("Before", "15 min", "1 month")}
    assert list(texts) == ["Before", "15 min", "1 month"]
    assert texts["Before"] < middles[0] < middles[1] < texts["15 min"] < middles[2]


def test_withheld_extremes_leave_boxes_without_whiskers():
    drawing = asking("box_plot", without(material(), "minimum", "maximum", group="CT"))
    whiskers = marks(drawing.spec, "tick")
    assert {row["say"].split(",")[0] for layer in whiskers for row in layer["rows"]} == {"Fluoroscopy"}
    assert len(rows(drawing.spec, "rect")) == 6
    assert drawing.notes[1].text.startswith("Not drawn (suppressed, 1 to 10): whiskers of Pain, 0 to 10, CT, Before")
    none = asking("box_plot", without(material(), "minimum", "maximum"))
    assert marks(none.spec, "tick") == [] and "whiskers" not in none.notes[0].text


def test_a_withheld_quartile_leaves_out_the_box():
    drawing = asking("box_plot", without(material(), "lower_quartile", timepoint="before"))
    assert len(rows(drawing.spec, "rect")) == 4 and "Before" not in words(drawing.spec)


def test_ticks_are_round_and_hold_the_values():
    assert ticks(0, 9.3) == [0, 2, 4, 6, 8, 10]
    assert ticks(0, 100) == [0, 20, 40, 60, 80, 100]
    assert ticks(-5, 1.2) == [-6, -4, -2, 0, 2]
    assert ticks(0, 0.031) == [0, 0.01, 0.02, 0.03, 0.04]
    assert ticks(0, 0)[0] <= 0 < ticks(0, 0)[-1]


def test_ticks_of_ratios():
    assert log_ticks(0.15, 7) == [0.2, 0.5, 1, 2, 5]
    assert log_ticks(0.0005, 2000) == [0.001, 0.01, 0.1, 1, 10, 100, 1000]


def test_labels_move_apart_and_stay_on_the_page():
    places = spread([50, 51, 52, 190], [15, 15, 30, 15], 0, 200)
    ordered = sorted(zip(places, [15, 15, 30, 15], strict=True))
    assert all(b[0] - a[0] >= (a[1] + b[1]) / 2 - 0.01 for a, b in pairwise(ordered))
    assert places[0] < places[1] < places[2] and max(places) <= 192.5
    assert spread([20, 80], [15, 15], 0, 100) == [20, 80]


def test_words_are_broken_where_they_would_not_fit():
    lines = wrapped("Fluoroscopy without contrast agent", 90, bold=True)
    assert " ".join(lines) == "Fluoroscopy without contrast agent" and len(lines) > 1
    assert all(text_width(line, bold=True) <= 90 or " " not in line for line in lines)
    assert LINE > 12

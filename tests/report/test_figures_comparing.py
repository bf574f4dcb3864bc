"""Forest plots and bars: lengths and places are the statistics, and nothing is drawn of what is withheld."""

from dataclasses import replace

import pytest

from tests.report.drawing import check
from tests.report.figure_sample import (
    asking,
    changed,
    estimates,
    figure,
    layers,
    marks,
    material,
    rows,
    withheld,
    without,
    words,
)


def close(values):
    return pytest.approx(values, rel=1e-5)


def scale(spec):
    (found,) = {
        (tuple(layer["encoding"]["x"]["scale"]["domain"]), layer["encoding"]["x"]["scale"].get("type", "linear"))
        for layer in marks(spec, "point")
    }
    return found


def test_squares_and_lines_are_the_odds_ratios_and_their_intervals():
    found = rows(figure("forest").spec, "point")
    wanted = [e.row for e in material().entries("odds_ratio", ["model"])]
    by_label = {row["say"].split(":")[0] + row["say"].split(":")[1]: row for row in found}
    assert len(by_label) == len(wanted) == 3
    assert sorted((r["x"], r["low"], r["high"]) for r in by_label.values()) == [
        close(row) for row in sorted((w.estimate, w.lower, w.upper) for w in wanted)
    ]


def test_ratios_have_a_logarithmic_axis_that_holds_one():
    (low, high), kind = scale(figure("forest").spec)
    assert kind == "log" and low < 1 < high
    (reference,) = (layer for layer in marks(figure("forest").spec, "rule") if "strokeDash" in layer["mark"])
    assert reference["rows"] == [{"x": 1}]


def test_terms_are_in_the_words_of_the_snapshot():
    heads = [row.head[0] for row in figure("forest").numbers.rows]
    assert heads[1:] == ["Bone oedema, reader 1: mild against none", "Bone oedema, reader 1: severe against none"]
    assert heads[0] == "Age, years" and "severe against none" in " ".join(words(figure("forest").spec))


def test_every_line_has_its_number_beside_it():
    """“0.99 (0.97; 1.02)” at the height of its square."""
    spec = figure("forest").spec
    texts = {(row["y"], row["text"]) for row in rows(spec, "text")}
    for row in rows(spec, "point"):
        assert (row["y"], row["say"].rpartition(": ")[2]) in texts


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow():
    wide = changed(material(), lambda row: replace(row, upper=1e6) if row.name == "odds_ratio" else row)
    drawing = asking("forest", wide)
    arrows = [row for row in rows(drawing.spec, "rule") if row.get("after")]
    (_, high), _ = scale(drawing.spec)
    assert len(arrows) == 3 and all(row["high"] == high for row in arrows) and high < 100
    assert "an arrow: the interval goes on" in drawing.notes[0].text


def test_a_ratio_of_zero_is_pointed_to_from_the_end_of_its_axis():
    def none(row):
        return replace(row, estimate=0.0, lower=None, upper=None) if row.name == "odds_ratio" and "severe" in dict(
            row.about)["term"] else row  # fmt: skip

    drawing = asking("forest", changed(material(), none))
    (gone,) = [row for row in rows(drawing.spec, "rule") if "y" in row and "x" not in row]
    (low, _), _ = scale(drawing.spec)
    assert gone["before"] and gone["low"] == low > 0
    assert "or the ratio is 0" in drawing.notes[0].text and "0.00" in words(drawing.spec)


def test_an_open_interval_ends_in_an_arrow_too():
    open_side = changed(material(), lambda row: replace(row, lower=None) if row.name == "odds_ratio" else row)
    found = rows(asking("forest", open_side).spec, "rule")
    assert all(row["before"] for row in found if "low" in row)


def test_percentages_of_responders_and_none_seen_has_an_upper_bound():
    spec = figure("percentages").spec
    found = {row["say"]: row for row in rows(spec, "point")}
    never = [row for row in found.values() if row.get("none")]
    entries = material().entries("zero_event_upper_bound", ["responders"], outcome="never")
    bounds = [entry.row.upper for entry in entries if entry.about["group"] != "all"]
    assert [row["high"] for row in never] == close(bounds) and all(row["low"] == 0 for row in never)
    half = [row["x"] for row in found.values() if not row.get("none")]
    shown = [v for t in ("after", "late") for g in ("CT", "Fluoroscopy")
             for v in estimates(material(), "responder_percent", outcome="half", timepoint=t, group=g)]  # fmt: skip
    assert half == close(shown)
    (low, high), kind = scale(spec)
    assert (low, kind) == (0, "linear") and max(half) < high <= 100
    assert any(text.startswith("0.0 (up to ") for text in words(spec))


def test_differences_of_risk_are_in_percentage_points_around_a_line_at_zero():
    drawing = asking("percentages", analyses=["compared"])
    wanted = [e.row for e in material().entries("risk_difference", ["compared"])]
    (squares,) = (layer["rows"] for layer in marks(drawing.spec, "point") if "tooltip" in layer["encoding"])
    assert [(r["x"], r["low"], r["high"]) for r in squares] == [
        close((100 * w.estimate, 100 * w.lower, 100 * w.upper)) for w in wanted
    ]
    assert {"x": 0} in rows(drawing.spec, "rule")
    check(drawing.numbers, material())


def test_a_difference_of_risk_says_of_which_groups_in_what_and_where_it_is_more():
    """The sample's reference is CT: 100 × (share in Fluoroscopy − share in CT)."""
    drawing = asking("percentages", analyses=["compared"])
    found = words(drawing.spec)
    assert "Risk difference, percentage points: Fluoroscopy minus CT" in " ".join(found)
    assert {"← lower in Fluoroscopy", "higher in Fluoroscopy →"} <= set(found)
    note = drawing.notes[0].text
    assert "the dashed line is at 0, no difference" in note
    assert "left of it lower in Fluoroscopy, right of it higher in Fluoroscopy" in note
    assert drawing.alt.startswith("Risk difference, percentage points: Fluoroscopy minus CT, with 95% CI")
    body = drawing.numbers
    assert body.stub == "Fluoroscopy minus CT"
    assert (body.columns[0].head, body.columns[0].sub) == ("Risk difference", "percentage points")
    shares = {g: estimates(material(), "responder_percent", outcome="half", timepoint="late", group=g)[0]
              for g in ("CT", "Fluoroscopy")}  # fmt: skip
    late = next(row for row in rows(drawing.spec, "point") if row["say"].startswith("1 month"))
    assert late["x"] == pytest.approx(shares["Fluoroscopy"] - shares["CT"], rel=1e-5)


def test_of_several_pairs_of_groups_every_line_names_its_own():
    def renamed(row):
        if row.name != "risk_difference" or dict(row.about)["timepoint"] != "late":
            return row
        return row.describing(group="Ultrasound")

    drawing = asking("percentages", changed(material(), renamed), analyses=["compared"])
    texts = words(drawing.spec)
    assert {"Fluoroscopy minus CT", "Ultrasound minus CT"} <= set(texts)
    assert {"← lower in the first group", "higher in the first group →"} <= set(texts)


def test_a_logarithmic_scale_has_no_zero_to_be_warned_of():
    scales = [layer["encoding"]["x"].get("scale", {}) for layer in layers(figure("forest").spec)]
    logarithmic = [found for found in scales if found.get("type") == "log"]
    assert logarithmic and all("zero" not in found for found in logarithmic)


def test_a_withheld_estimate_keeps_its_line_with_the_word():
    drawing = asking("percentages", without(material(), "responder_percent", outcome="half", timepoint="late"))
    assert words(drawing.spec).count("suppressed") == 2
    assert len({row["say"] for row in rows(drawing.spec, "point")}) == 4
    assert "1 month: CT" in drawing.notes[1].text


def test_what_all_lines_share_is_not_said_on_every_line():
    texts = words(asking("percentages", outcomes=["half"]).spec)
    assert texts.count("CT") == 2 and "15 min" in texts and "At least half of the pain gone" not in texts


def bars(spec, group=0):
    columns = [layer["rows"] for layer in marks(spec, "rect")]
    return columns[group]


def test_lengths_of_bars_are_the_percentages():
    spec = figure("bars").spec
    for place, group in enumerate(("CT", "Fluoroscopy")):
        wanted = [v for t in ("after", "late") for v in estimates(material(), "percent", timepoint=t, group=group)]
        lengths = [row["x2"] - row["x"] for row in bars(spec, place)]
        unit = lengths[0] / wanted[0]
        assert lengths == pytest.approx([value * unit for value in wanted], abs=0.02)


def test_groups_share_one_scale_and_begin_at_a_baseline_of_ink():
    spec = figure("bars").spec
    first, second = (estimates(material(), "percent", timepoint="late", group=g)[0] for g in ("CT", "Fluoroscopy"))
    lengths = [bars(spec, i)[5]["x2"] - bars(spec, i)[5]["x"] for i in (0, 1)]
    assert lengths[0] * second == pytest.approx(lengths[1] * first, rel=0.01)
    starts = [row["x"] for layer in marks(spec, "rule") for row in layer["rows"]]
    assert starts == [bars(spec, 0)[0]["x"], bars(spec, 1)[0]["x"]]


def test_bars_have_their_counts_at_their_ends():
    spec = figure("bars").spec
    (entry, *_) = material().entries("percent", None, timepoint="after", group="CT", category="worse")
    assert f"{entry.row.n} ({entry.row.estimate:.1f}%)" in words(spec)


def test_a_withheld_bar_is_absent_and_the_word_stands_in_its_place():
    drawing = asking("bars", without(material(), "percent", timepoint="late", category="all", group="CT"))
    assert len(bars(drawing.spec, 0)) == len(bars(drawing.spec, 1)) - 1
    assert words(drawing.spec).count("suppressed") == 1
    assert drawing.notes[1].text == "Not drawn (suppressed, 1 to 10): 1 month, all, CT."


def test_nothing_can_be_read_off_the_length_of_the_others():
    """The scale follows what is shown: with the longest bar withheld the picture does not depend on its length."""

    def long(length):
        def change(row):
            about = dict(row.about)
            if row.name != "percent" or about["category"] != "all" or about["group"] == "all":
                return row
            return withheld(replace(row, estimate=length))

        return asking("bars", changed(material(), change)).spec

    assert long(90.0) == long(10.0)


def test_many_groups_of_responders_stand_one_below_the_other():
    def split(row):
        about = dict(row.about)
        if row.name != "responder_percent" or about["group"] == "all":
            return row
        return row.describing(group=f"{about['group']} {about['timepoint']}", timepoint="late")

    spec = asking("bars", changed(material(), split), analyses=["responders"], outcomes=["half"]).spec
    assert len(marks(spec, "rect")) == 1 and len(bars(spec)) == 4
    assert {"CT after", "Fluoroscopy late"} <= set(words(spec))


def test_many_groups_of_categories_are_shown_together():
    def split(row):
        about = dict(row.about)
        if row.name != "percent" or about["group"] == "all":
            return row
        return row.describing(group=f"{about['group']} {about['category']}")

    spec = asking("bars", changed(material(), split)).spec
    assert len(marks(spec, "rect")) == 1
    wanted = [v for t in ("after", "late") for v in estimates(material(), "percent", timepoint=t, group="all")]
    lengths = [row["x2"] - row["x"] for row in bars(spec)]
    assert [length / lengths[0] for length in lengths] == pytest.approx([v / wanted[0] for v in wanted], abs=0.01)

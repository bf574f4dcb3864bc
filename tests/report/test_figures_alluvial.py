"""The alluvial diagram: heights are people, and what is withheld cannot be measured off the page."""

from dataclasses import replace
from functools import cache
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.report.body import NothingToShowError
from foramen.report.figures.choice import FIGURES
from foramen.report.figures.order import worst_first
from foramen.report.figures.ribbons import GAP, filled
from foramen.report.figures.theme import HATCH, ORDERED, PAPER
from foramen.report.table import Withheld
from foramen.study.definition import Band
from tests.report.drawing import parts
from tests.report.figure_sample import (
    asking,
    changed,
    figure,
    marks,
    material,
    pars_injections,
    rows,
    withheld,
    without,
    words,
)

FIFTEEN_MINUTES, ONE_MONTH = (16, 9, 31, 36, 32, 10), (38, 10, 25, 9, 52, 0)
"""Seed 001, Table 2, from all of the pain gone to worse."""


@cache
def paper():
    """The figure of the library's study on the cohort of the paper."""
    return seed(pars_injections())


def seed(of):
    (wanted,) = (f for f in of.study.figures if f.kind == "alluvial")
    return FIGURES["alluvial"](of, wanted)


def nodes(spec):
    """Nodes of each stage from top to bottom."""
    found = sorted(rows(spec, "rect"), key=lambda row: (row["x"], row["y"]))
    return [list(stage) for _, stage in groupby(found, key=lambda row: row["x"])]


def ribbons(spec):
    """(points from left to right, fill) of every ribbon."""
    found = []
    for layer in marks(spec, "area"):
        for _, points in groupby(layer["rows"], key=lambda row: row["r"]):
            found.append((list(points), layer["mark"]["fill"]))
    return found


def sayings(spec, fill=None):
    """What the ribbons, or those of one colour, say when pointed at."""
    areas = [layer for layer in marks(spec, "area") if fill in (None, layer["mark"]["fill"])]
    return [row["say"] for layer in areas for row in layer["transform"][0]["from"]["data"]["values"]]


def test_heights_of_nodes_are_the_people_of_the_paper():
    first, second = nodes(paper().spec)
    scale = (first[0]["y2"] - first[0]["y"]) / 16
    for stage, counts in ((first, FIFTEEN_MINUTES), (second, ONE_MONTH)):
        assert [row["y2"] - row["y"] for row in stage] == pytest.approx([n * scale for n in counts], abs=0.11)
        gaps = [b["y"] - a["y2"] for a, b in pairwise(stage)]
        assert gaps == pytest.approx([GAP] * 5, abs=0.11)


def test_nodes_are_named_with_their_numbers_best_on_top():
    texts = words(paper().spec)
    for text in (
        "16 (11.9%)",
        "38 (28.4%)",
        "0 (0.0%)",
        "At least half gone",
        "56 (41.8%)",
        "73 (54.5%)",
        "61 (45.5%)",
    ):
        assert text in texts
    assert [row["fill"] for row in nodes(paper().spec)[0]] == list(ORDERED[::-1])
    assert [row["say"].split(":")[0] for row in nodes(paper().spec)[0]][::5] == ["100 %", "worse"]


def test_ribbons_fill_the_nodes_that_they_leave_and_reach():
    spec = paper().spec
    stages = nodes(spec)
    for stage, end in zip(stages, (0, -1), strict=True):
        edges = [(points[end]["y"], points[end]["z"]) for points, _ in ribbons(spec)]
        for node in stage:
            own = sorted(edge for edge in edges if node["y"] - 0.2 <= edge[0] and edge[1] <= node["y2"] + 0.2)
            held = [bottom - top for top, bottom in own if bottom > top]
            assert sum(held) == pytest.approx(node["y2"] - node["y"], abs=0.6)
            assert all(a[1] <= b[0] + 0.2 for a, b in pairwise(own)), "ribbons lie on each other"


def test_a_ribbon_is_smooth_of_one_thickness_and_has_the_colour_of_its_origin():
    spec = paper().spec
    for points, colour in ribbons(spec):
        assert len(points) == 25
        steps = [b["y"] - a["y"] for a, b in pairwise(points)]
        assert min(steps) >= -0.11 or max(steps) <= 0.11
        thick = [point["z"] - point["y"] for point in points]
        assert max(thick) - min(thick) <= 0.21
        (origin,) = (n for n in nodes(spec)[0] if n["y"] - 0.2 <= points[0]["y"] and points[0]["z"] <= n["y2"] + 0.2)
        assert origin["fill"] == colour


def test_an_area_has_no_order_channel():
    """With one, nothing would be drawn, without an error."""
    assert all("order" not in layer["encoding"] for layer in marks(paper().spec, "area"))


def test_each_ribbon_says_whence_where_and_how_many():
    of = pars_injections()
    said = set(sayings(paper().spec))
    moved = [e for e in of.entries("transition", None, group="all") if e.row.n]
    assert said == {f"15 minutes {e.about['from_category']}, 1 month {e.about['category']}: {e.row.n}" for e in moved}


def test_the_table_beside_it_adds_up_to_the_paper():
    body = paper().numbers
    assert body.rows[-1].kind == "sum"
    assert [part.text for cell in body.rows[-1].cells[:-1] for part in cell] == [str(n) for n in ONE_MONTH]
    assert [row.cells[-1][0].text for row in body.rows[:-1]] == [str(n) for n in FIFTEEN_MINUTES]


def small(row):
    return withheld(row) if row.name == "transition" and row.n is not None and 0 < row.n < 11 else row


def test_withheld_ribbons_are_hatched_and_their_numbers_stand_nowhere():
    drawing = seed(changed(pars_injections(), small))
    hidden = [(points, fill) for points, fill in ribbons(drawing.spec) if fill == PAPER]
    assert len(hidden) == sum(isinstance(part, Withheld) for part in parts(drawing.numbers))
    assert all(text.endswith("suppressed") for text in sayings(drawing.spec, PAPER))
    assert [rule for rule in marks(drawing.spec, "rule") if rule["mark"]["color"] == HATCH]
    assert any("Hatched ribbons" in note.text for note in drawing.notes)


def test_the_picture_is_the_same_whatever_the_withheld_counts_are():
    """Move people around a square of four withheld counts: no total changes, and neither may the picture."""
    moves = {("75 to 99 %", "100 %"): -1, ("75 to 99 %", "50 to 74 %"): 1}
    moves |= {("worse", "100 %"): 1, ("worse", "50 to 74 %"): -1}

    def moved(row):
        about = dict(row.about)
        by = moves.get((about.get("from_category"), about.get("category")), 0) if row.name == "transition" else 0
        return replace(row, n=row.n + by, estimate=row.estimate + by) if by else row

    other = changed(pars_injections(), moved)
    assert seed(other).spec != paper().spec
    assert seed(changed(other, small)).spec == seed(changed(pars_injections(), small)).spec


@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=3, max_size=3), st.data())
def test_sizes_add_up_to_every_total_that_is_printed(counts, data):
    hidden = [[data.draw(st.booleans()) for _ in line] for line in counts]
    seen = [
        [None if h else n for n, h in zip(line, flags, strict=True)] for line, flags in zip(counts, hidden, strict=True)
    ]
    total = sum(map(sum, counts))
    across, down = [sum(line) for line in counts], [sum(column) for column in zip(*counts, strict=True)]
    sizes = filled(seen, across, down, total)
    assert all(size >= 0 for line in sizes for size in line)
    assert sum(map(sum, sizes)) == pytest.approx(total, abs=1e-6)
    assert [sum(column) for column in zip(*sizes, strict=True)] == pytest.approx(down, abs=1e-6)
    for line, own in zip(seen, sizes, strict=True):
        assert all(n is None or n == size for n, size in zip(line, own, strict=True))


def test_without_totals_the_rest_is_spread_evenly():
    assert filled([[20, None], [None, 30]], [None, None], [None, None], 60) == [[20, 5], [5, 30]]


def test_brackets_take_the_responders_where_the_classes_are_withheld():
    texts = words(seed(without(pars_injections(), "percent", "transition", category="75 to 99 %")).spec)
    assert "56 (41.8%)" in texts and "73 (54.5%)" in texts and "suppressed" in texts


def test_three_time_points_make_a_chain_and_other_orders_are_refused():
    of = material()
    (step,) = (a for a in of.study.analyses if a.name == "moves")
    back = step.model_copy(update={"name": "back", "first": step.second, "second": step.first})
    moved = [row for row in of.results.statistics if row.name == "transition"]
    rows_back = [_backwards(row) for row in moved]
    study = of.study.model_copy(update={"analyses": [*of.study.analyses, back]})
    results = replace(of.results, statistics=[*of.results.statistics, *rows_back])
    longer = replace(of, study=study, results=results)
    stages = nodes(asking("alluvial", longer, analyses=["moves", "back"]).spec)
    assert len(stages) == 3
    assert [row["y2"] - row["y"] for row in stages[0]] == [row["y2"] - row["y"] for row in stages[2]]
    with pytest.raises(NothingToShowError, match="do not follow one another"):
        asking("alluvial", longer, analyses=["moves", "moves"])


def _backwards(row):
    about = dict(row.about)
    return row.describing(analysis="back", category=about["from_category"], from_category=about["category"])


def test_an_alluvial_needs_transitions():
    with pytest.raises(NothingToShowError, match="needs an analysis of kind transition"):
        asking("alluvial", analyses=["classes"])


def test_which_end_is_the_better_one():
    relief = material().outcome("relief")
    assert worst_first(material(), relief)
    assert not worst_first(material(), relief.model_copy(update={"bands": relief.bands[::-1]}))
    pain = [Band(label="low", below=4), Band(label="high", at_least=4)]
    assert not worst_first(material(), relief.model_copy(update={"bands_of": "value", "bands": pain}))
    assert figure("alluvial").numbers.columns[0].head == "all"

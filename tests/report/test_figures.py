"""What holds of every figure: its numbers, its words, its size, its specification."""

import json
import re
from dataclasses import replace

import altair as alt
import pytest

from foramen.report.body import NothingToShowError
from foramen.report.figures.choice import FIGURES, flow
from foramen.report.renderers import charts
from foramen.report.style import load_style
from foramen.study.display_definition import FigureKind
from tests.report.drawing import check
from tests.report.figure_sample import WANTED, asking, changed, figure, layers, material, pars_injections, withheld

EVERY = [*WANTED, "flow"]


def drawing(name):
    return flow(material()) if name == "flow" else figure(name)


def test_every_kind_that_a_document_can_ask_for_is_drawn():
    assert list(FIGURES) == list(FigureKind.__args__)


@pytest.mark.parametrize("name", EVERY)
def test_the_table_beside_a_figure_is_whole_and_its_numbers_are_those_of_the_results(name):
    check(of_statistics(drawing(name).numbers), material())


def of_statistics(body):
    """The table with the numbers of the flow's own lines as words: they are of no statistic."""
    last = len(material().results.statistics)

    def plain(cell):
        return tuple(part.text if getattr(part, "row", -1) >= last else part for part in cell)

    return replace(body, rows=tuple(replace(row, cells=tuple(map(plain, row.cells))) for row in body.rows))


@pytest.mark.parametrize("name", EVERY)
def test_a_figure_fits_its_columns(name):
    """85 or 175 mm wide, and not higher than a page."""
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', charts.svg(drawing(name).spec)).groups()
    width, height = (float(n) / 96 * 25.4 for n in size)
    assert width <= 176 and height <= 245


@pytest.mark.parametrize("name", EVERY)
def test_a_specification_holds_all_it_needs_and_is_the_same_again(name):
    spec = drawing(name).spec
    text = json.dumps(spec, ensure_ascii=False)
    again = flow(material()) if name == "flow" else asking(name)
    assert text == json.dumps(again.spec, ensure_ascii=False)
    assert '"url"' not in text and "http" not in text.replace(spec["$schema"], "")
    assert spec["config"]["font"] == "sans-serif"
    assert all(layer["rows"] for layer in layers(spec))


@pytest.mark.parametrize("name", EVERY)
def test_a_specification_is_valid_vega_lite(name):
    """The charts are not checked while they are made."""
    alt.Chart.from_dict(drawing(name).spec, validate=True)


@pytest.mark.parametrize("name", EVERY)
def test_no_text_is_small_or_turned_and_there_is_no_legend(name):
    spec = drawing(name).spec
    sizes = re.findall(r'"(?:\w*[fF]ontSize)": (\d+)', json.dumps(spec))
    assert all(int(size) >= 12 for size in sizes) and spec["config"]["axis"]["labelAngle"] == 0
    for layer in layers(spec):
        assert layer["mark"].get("angle", 0) == 0
        legends = [
            channel.get("legend") for key, channel in layer["encoding"].items() if key in ("color", "fill", "shape")
        ]
        assert legends == [None] * len(legends)


@pytest.mark.parametrize("name", EVERY)
def test_alt_text_is_sentences_with_numbers(name):
    alt = drawing(name).alt
    assert alt.endswith(".") and len(alt) > 40 and re.search(r"\d", alt)
    assert "None" not in alt and "{" not in alt


@pytest.mark.parametrize("name", WANTED)
def test_marks_say_their_numbers_when_pointed_at(name):
    spoken = [layer for layer in layers(drawing(name).spec) if "tooltip" in layer["encoding"]]
    said = [row["say"] for layer in spoken for row in (*layer["rows"], *looked_up(layer)) if "say" in row]
    assert said and all(re.search(r"\d", text) for text in said)


def looked_up(layer):
    """Rows that a mark takes its words from, where they stand apart."""
    return [row for step in layer.get("transform", ()) if "lookup" in step for row in step["from"]["data"]["values"]]


@pytest.mark.parametrize("name", WANTED)
def test_without_any_number_there_is_a_sentence_instead_of_a_figure(name):
    empty = changed(material(), withheld)
    with pytest.raises(NothingToShowError, match=r"^There .*\.$"):
        figure(name, empty)


@pytest.mark.parametrize("name", ["trajectory", "forest", "percentages"])
def test_intervals_are_written_as_the_journal_wants_them(name):
    style = material().style.model_copy(update={"estimate_interval": "{estimate} [{lower} | {upper}]"})
    said = [row["say"] for layer in layers(figure(name, replace(material(), style=style)).spec) for row in layer["rows"]
            if "say" in row]  # fmt: skip
    assert any(re.search(r"\d \[[\d.]+ \| [\d.]+\]", text) for text in said) and not any("; " in text for text in said)


def test_a_decimal_comma_reaches_the_axes():
    style = load_style("swiss").model_copy(update={"decimal": ","})
    axes = [
        channel["axis"]["labelExpr"]
        for layer in layers(figure("forest", replace(material(), style=style)).spec)
        for channel in layer["encoding"].values()
        if isinstance(channel.get("axis"), dict)
    ]
    assert axes and all('"0,5"' in text and '"0.5"' not in text for text in axes)


def test_the_figures_of_the_library_are_drawn():
    of = pars_injections()
    for wanted in of.study.figures:
        drawn = FIGURES[wanted.kind](of, wanted)
        check(drawn.numbers, of)
        assert charts.svg(drawn.spec).startswith("<svg")


def test_the_golden_pictures_are_unchanged():
    """Small, whole pictures; `python -m tests.report.golden_figures` draws them anew after a wanted change."""
    from tests.report.golden_figures import GOLDEN, pictures

    for name, drawn in pictures().items():
        assert (GOLDEN / f"figure-{name}.svg").read_text(encoding="utf-8") == drawn, name

"""Figures as SVG, PNG and PDF: the same bytes again, whole, of their size, and nothing from elsewhere."""

import re
import struct

import pytest

from foramen.report.renderers import charts

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"x": 1, "y": 2, "text": "≥ 5 %"}, {"x": 2, "y": 3, "text": "−2"}]},
    "width": 200,
    "height": 100,
    "title": "Café",
    "config": {"font": "sans-serif", "padding": 2},
    "layer": [
        {
            "mark": {"type": "line", "clip": True},
            "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}},
        },
        {
            "mark": {"type": "text", "fontStyle": "italic", "opacity": 0.5},
            "encoding": {
                "x": {"field": "x", "type": "quantitative"},
                "y": {"field": "y", "type": "quantitative"},
                "text": {"field": "text"},
            },
        },
    ],
}
"""Clips, transparency, three fonts: everything that the converter numbers in passing."""

OTHER = {**SPEC, "title": "Another"}


@pytest.mark.parametrize("write", [charts.svg, charts.png, charts.pdf])
def test_the_same_figure_has_the_same_bytes_whatever_was_drawn_before(write):
    first = write(SPEC)
    assert write(OTHER) != first
    assert [write(SPEC) == first for _ in range(5)] == [True] * 5


def test_every_part_of_an_svg_that_is_referred_to_is_there_once():
    drawn = charts.svg(SPEC)
    defined = re.findall(r'id="([^"]+)"', drawn)
    assert defined and len(set(defined)) == len(defined)
    assert set(re.findall(r"url\(#([^)]+)\)", drawn)) == set(defined)


def test_an_svg_names_fonts_of_its_widths_and_keeps_text_as_text():
    drawn = charts.svg(SPEC)
    assert set(re.findall(r'font-family="([^"]+)"', drawn)) == {"Liberation Sans, Arimo, Arial, Helvetica, sans-serif"}
    assert "≥ 5 %" in drawn and "Café" in drawn


def test_a_pdf_is_whole_after_its_objects_were_put_in_order():
    """The table of objects points at every object, nothing refers to one that is missing, no time is in it."""
    document = charts.pdf(SPEC)
    start = int(document[document.rindex(b"startxref") :].split()[1])
    entries = re.findall(rb"^(\d{10}) \d{5} n", document[start:], re.M)
    places = [int(entry) for entry in entries]
    assert [document[place:].split(b" ", 1)[0] for place in places] == [b"%d" % (i + 1) for i in range(len(places))]
    heads = re.sub(rb"stream\n.*?\nendstream", b"", document, flags=re.S)
    assert {int(n) for n in re.findall(rb"\b(\d+) 0 R", heads)} <= set(range(1, len(places) + 1))
    assert b"/Size %d" % (len(places) + 1) in document
    assert b"Date" not in heads and b"/ID" not in heads
    assert document.count(b"/FontFile2") == 3


def test_sizes_in_print_are_those_of_the_specification():
    """One unit is 1/96 inch: 72/96 point, and 300/96 pixels of a picture."""
    width, height = (float(n) for n in re.search(r'width="([\d.]+)" height="([\d.]+)"', charts.svg(SPEC)).groups())
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", charts.pdf(SPEC)).groups()
    assert [float(n) for n in box] == pytest.approx([width * 0.75, height * 0.75], abs=0.01)
    across, down = struct.unpack(">II", charts.png(SPEC)[16:24])
    assert (across, down) == pytest.approx((width * 300 / 96, height * 300 / 96), abs=1)
    assert struct.unpack(">II", charts.png(SPEC, ppi=96)[16:24]) == pytest.approx((width, height), abs=1)


def test_nothing_is_fetched_from_elsewhere():
    with pytest.raises(ValueError, match=r"example\.org"):
        charts.svg({**SPEC, "data": {"url": "https://example.org/rows.json"}})


def test_a_figure_of_several_formats_is_drawn_once(monkeypatch):
    drawn = []
    whole = charts.vl_convert.vegalite_to_svg
    counting = lambda *spec, **options: drawn.append(spec) or whole(*spec, **options)  # noqa: E731 - a stand-in
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", counting)
    third = {**SPEC, "title": "A third"}
    charts.svg(third), charts.png(third), charts.pdf(third)
    assert len(drawn) == 1

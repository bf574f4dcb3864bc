"""The marks of an alluvial diagram."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from foramen.report.figures.axes import spread
from foramen.report.figures.panels import Layer, drawn, layered
from foramen.report.figures.ribbons import GAP, Band, Ribbon, Sizes, ribbons, stacked
from foramen.report.figures.theme import DOUBLE, HATCH, INK, INK_2, LINE, PAPER, ordered, widest, wrapped

HEIGHT = 400
"""Of the nodes of a stage with the gaps between them."""

NODE, TICK = 14, 6
HEAD = 26
"""Room above the nodes for the names of the time points."""

LABEL, BRACKET = 100, 112
"""Most that the words of a node and of a bracket may take."""

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Bracket:
    """Nodes from `start` up to, not with, `end` that belong together."""

    words: str
    start: int
    end: int
    number: str


@dataclass(frozen=True)
class Stage:
    """A column of nodes, best first: their labels, their numbers as printed, their heights in people."""

    head: str
    labels: Sequence[str]
    numbers: Sequence[str]
    heights: Sequence[float]
    brackets: tuple[Bracket, ...] = ()


@dataclass(frozen=True)
class Frame:
    """Where everything stands: the scale of people, the nodes of each stage, and the left edge of each stage."""

    scale: float
    nodes: list[list[Band]]
    lefts: list[float]


def chart(
    stages: Sequence[Stage],
    sizes: Sequence[Sizes],
    known: Sequence[Sequence[Sequence[bool]]],
    says: Sequence[Sequence[Sequence[str]]],
) -> Layer:
    """The diagram. `sizes`, `known` and `says` are by step, source and target: how thick a ribbon is, whether its count
    is printed, and what its tooltip says."""
    frame = _frame(stages)
    found = ribbons(sizes, frame.nodes, frame.scale)
    layers: list[Layer] = []
    shown = [r for r in found if known[r.stage][r.source][r.target]]
    for step, source in dict.fromkeys((r.stage, r.source) for r in shown):
        own = [r for r in shown if (r.stage, r.source) == (step, source)]
        layers.append(_areas(own, frame, says, fill=_colours(stages[step])[source], opacity=0.62))
    if hidden := [r for r in found if not known[r.stage][r.source][r.target]]:
        layers += [_areas(hidden, frame, says, fill=PAPER, stroke=HATCH, strokeWidth=0.6), _hatching(hidden, frame)]
    for place, stage in enumerate(stages):
        layers += [_nodes(stage, place, frame), *_words(stage, place, frame, len(stages))]
    for place in {0, len(stages) - 1}:
        if stages[place].brackets:
            layers += _brackets(stages[place], place, frame, left=place == 0)
    return {**layered(layers), "width": DOUBLE, "height": HEAD + HEIGHT}


def _frame(stages: Sequence[Stage]) -> Frame:
    scale = min((HEIGHT - GAP * (len(stage.heights) - 1)) / sum(stage.heights) for stage in stages)
    nodes = [[Band(b.top + HEAD, b.bottom + HEAD) for b in stacked(stage.heights, scale)] for stage in stages]
    left, right = (_room(stage) for stage in (stages[0], stages[-1]))
    step = (DOUBLE - left - right - NODE) / (len(stages) - 1)
    return Frame(scale, nodes, [round(left + i * step, 1) for i in range(len(stages))])


def _room(stage: Stage) -> float:
    """What the words beside an outer stage take."""
    words = max(widest(_lines(stage.labels, LABEL), bold=True), widest(stage.numbers)) + 10
    if not stage.brackets:
        return words
    beside = max(
        widest(_lines([b.words for b in stage.brackets], BRACKET), bold=True),
        widest([b.number for b in stage.brackets]),
    )
    return words + TICK + 14 + beside


def _lines(words: Sequence[str], width: float) -> list[str]:
    return [line for text in words for line in wrapped(text, width, bold=True)]


def _colours(stage: Stage) -> list[str]:
    return ordered(len(stage.labels))[::-1]


def _place(field: str, axis: type[alt.X] | type[alt.Y]) -> Any:
    """A channel in units of the page from the upper left corner."""
    size = DOUBLE if axis is alt.X else HEAD + HEIGHT
    scale = alt.Scale(domain=[0, size], nice=False, zero=False, reverse=axis is alt.Y)
    return axis(field, scale=scale, axis=None)


def _areas(found: Sequence[Ribbon], frame: Frame, says: Sequence[Sequence[Sequence[str]]], **look: Any) -> Layer:
    """Ribbons of one look; what each says when pointed at stands once, not at each of its points."""
    rows, said = [], []
    for i, ribbon in enumerate(found):
        edges = ribbon.edges(frame.lefts[ribbon.stage] + NODE, frame.lefts[ribbon.stage + 1])
        rows += [{"r": i, "x": x, "y": top, "z": bottom} for x, top, bottom in edges]
        said.append({"r": i, "say": says[ribbon.stage][ribbon.source][ribbon.target]})
    area = alt.Chart().mark_area(**look)
    rows_of = alt.Data(values=said)  # type: ignore[no-untyped-call]
    sayings = alt.LookupData(data=rows_of, key="r", fields=["say"])
    area = area.transform_lookup(lookup="r", from_=sayings)
    area = area.encode(x=_place("x:Q", alt.X), y=_place("y:Q", alt.Y), y2="z:Q", detail="r:N", tooltip="say:N")
    return drawn(area, rows)


def _hatching(found: Sequence[Ribbon], frame: Frame) -> Layer:
    lines = [
        {"x": x, "y": y, "x2": x2, "y2": y2}
        for ribbon in found
        for x, y, x2, y2 in ribbon.hatching(frame.lefts[ribbon.stage] + NODE, frame.lefts[ribbon.stage + 1])
    ]
    rules = alt.Chart().mark_rule(color=HATCH, strokeWidth=0.9)
    return drawn(rules.encode(x=_place("x:Q", alt.X), y=_place("y:Q", alt.Y), x2="x2:Q", y2="y2:Q"), lines)


def _nodes(stage: Stage, place: int, frame: Frame) -> Layer:
    left = frame.lefts[place]
    rows = [
        {
            "x": left,
            "x2": left + NODE,
            "y": round(b.top, 1),
            "y2": round(b.bottom, 1),
            "fill": colour,
            "say": f"{label}: {n}",
        }
        for b, colour, label, n in zip(frame.nodes[place], _colours(stage), stage.labels, stage.numbers, strict=True)
    ]
    fill = alt.Fill("fill:N", scale=None, legend=None)
    rects = alt.Chart().mark_rect()
    placed = rects.encode(
        x=_place("x:Q", alt.X), y=_place("y:Q", alt.Y), x2="x2:Q", y2="y2:Q", fill=fill, tooltip="say:N"
    )
    return drawn(placed, rows)


def _words(stage: Stage, place: int, frame: Frame, stages: int) -> list[Layer]:
    """Label and number beside each node: left of the first stage, right of all others, on paper where ribbons pass."""
    first, last = place == 0, place == stages - 1
    x = frame.lefts[place] - 8 if first else frame.lefts[place] + NODE + 8
    align: Align = "right" if first else "left"
    blocks = [wrapped(label, LABEL, bold=True) for label in stage.labels]
    heights = [LINE * (len(block) + 1.0) for block in blocks]
    middles = spread([b.middle for b in frame.nodes[place]], heights, HEAD - 4, HEAD + HEIGHT + 14)
    bold, plain = [], []
    for block, number, height, middle in zip(blocks, stage.numbers, heights, middles, strict=True):
        lines = [(x, middle - height / 2 + LINE * (i + 0.5), text) for i, text in enumerate([*block, number])]
        bold += lines[:-1]
        plain += lines[-1:]
    head = (frame.lefts[place] + (NODE if first else 0), 8.0, stage.head)
    over = [] if first or last else [_texts([*bold, *plain], align, halo=True)]
    return [
        *over,
        _texts(bold, align, bold=True),
        _texts(plain, align, colour=INK if over else INK_2),
        _texts([head], align, bold=True),
    ]


def _brackets(stage: Stage, place: int, frame: Frame, *, left: bool) -> list[Layer]:
    """Lines around nodes that belong together, beyond their words."""
    words = max(widest(_lines(stage.labels, LABEL), bold=True), widest(stage.numbers)) + 14
    inner = frame.lefts[place] - words if left else frame.lefts[place] + NODE + words
    outer = inner - TICK if left else inner + TICK
    align: Align = "right" if left else "left"
    rules, bold, plain = [], [], []
    for bracket in stage.brackets:
        top, bottom = frame.nodes[place][bracket.start].top, frame.nodes[place][bracket.end - 1].bottom
        corners = ((inner, top, outer, top), (outer, top, outer, bottom), (outer, bottom, inner, bottom))
        rules += [dict(zip(("x", "y", "x2", "y2"), (round(v, 1) for v in corner), strict=True)) for corner in corners]
        block = wrapped(bracket.words, BRACKET, bold=True)
        start = (top + bottom) / 2 - LINE * len(block) / 2
        x = outer - 6 if left else outer + 6
        bold += [(x, start + LINE * i, text) for i, text in enumerate(block)]
        plain.append((x, start + LINE * len(block), bracket.number))
    lines = alt.Chart().mark_rule(color=INK)
    placed = lines.encode(x=_place("x:Q", alt.X), y=_place("y:Q", alt.Y), x2="x2:Q", y2="y2:Q")
    return [drawn(placed, rules), _texts(bold, align, bold=True), _texts(plain, align)]


def _texts(
    lines: Sequence[tuple[float, float, str]],
    align: Align,
    *,
    bold: bool = False,
    halo: bool = False,
    colour: str = INK_2,
) -> Layer:
    """Texts at places of the page; `halo` draws only the paper around them."""
    rows = [{"x": round(x, 1), "y": round(y, 1), "text": text} for x, y, text in lines]
    look: dict[str, Any] = {"color": INK if bold else colour, "fontWeight": "bold" if bold else "normal"}
    if halo:
        look = {"color": PAPER, "stroke": PAPER, "strokeWidth": 4, "fontWeight": "bold"}
    texts = alt.Chart().mark_text(align=align, baseline="middle", **look)
    return drawn(texts.encode(x=_place("x:Q", alt.X), y=_place("y:Q", alt.Y), text="text:N"), rows)

"""The marks of a flow diagram: boxes with words, and arrows between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import altair as alt

from foramen.report.figures.panels import Layer, drawn, titled
from foramen.report.figures.theme import DOUBLE, INK, INK_2, LINE, PAPER, wrapped

INSIDE = 12
"""From the edge of a box to its words."""

EDGE = "#7d8b94"
"""The edge of a box of those excluded."""

HALF, LONG = 4.5, 8
"""Half the width of the head of an arrow, and its length."""


@dataclass(frozen=True)
class Box:
    """A box: a bold head and lines below it, broken to its width. `aside` is a box of those excluded."""

    left: float
    top: float
    width: float
    head: str
    lines: Sequence[str] = field(default=())
    aside: bool = False

    @cached_property
    def words(self) -> list[tuple[str, bool]]:
        """Its lines as they are drawn, and whether they are bold."""
        room = self.width - 2 * INSIDE
        bold = [(line, True) for line in wrapped(self.head, room, bold=True)]
        return bold + [(line, False) for text in self.lines for line in wrapped(text, room)]

    @property
    def bottom(self) -> float:
        return self.top + LINE * len(self.words) + 14

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Arrow:
    """From a place to a place; `bent` goes down half of the way, across, and down."""

    x: float
    y: float
    x2: float
    y2: float
    bent: bool = False

    @property
    def lines(self) -> list[dict[str, float]]:
        if not self.bent:
            return [_line(self.x, self.y, self.x2, self.y2)]
        half = (self.y + self.y2) / 2
        corners = [(self.x, self.y), (self.x, half), (self.x2, half), (self.x2, self.y2)]
        return [_line(*one, *other) for one, other in pairwise(corners)]

    @property
    def head(self) -> list[dict[str, float]]:
        """The corners of a triangle that points down, or to the right."""
        ends = (-HALF, HALF)
        back = [(end, -LONG) if self.y2 > self.y else (-LONG, end) for end in ends]
        return [{"x": round(self.x2 + x, 1), "y": round(self.y2 + y, 1)} for x, y in ((0.0, 0.0), *back)]


def _line(x: float, y: float, x2: float, y2: float) -> dict[str, float]:
    return {"x": round(x, 1), "y": round(y, 1), "x2": round(x2, 1), "y2": round(y2, 1)}


def chart(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Layer:
    """The diagram over the width of two columns."""
    height = max(box.bottom for box in boxes)
    x = alt.X("x:Q", scale=alt.Scale(domain=[-1, DOUBLE + 1], nice=False, zero=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-1, height + 1], nice=False, zero=False, reverse=True), axis=None)
    rules = alt.Chart().mark_rule(color=INK, strokeWidth=1.2).encode(x=x, y=y, x2="x2:Q", y2="y2:Q")
    layers = [drawn(rules, [line for arrow in arrows for line in arrow.lines])]
    corners = [{**corner, "arrow": i, "i": k} for i, arrow in enumerate(arrows) for k, corner in enumerate(arrow.head)]
    heads = alt.Chart().mark_line(filled=True, fill=INK, strokeWidth=0)
    layers.append(drawn(heads.encode(x=x, y=y, detail="arrow:N", order="i:O"), corners))
    for aside in (False, True):
        layers += _boxes([box for box in boxes if box.aside == aside], EDGE if aside else INK, x, y)
    return titled(layers, DOUBLE, height, "")


def _boxes(boxes: Sequence[Box], edge: str, x: alt.X, y: alt.Y) -> list[Layer]:
    """Frames with their words."""
    if not boxes:
        return []
    frames = [_line(box.left, box.top, box.left + box.width, box.bottom) for box in boxes]
    rects = alt.Chart().mark_rect(fill=PAPER, stroke=edge, strokeWidth=1.2)
    layers = [drawn(rects.encode(x=x, y=y, x2="x2:Q", y2="y2:Q"), frames)]
    for bold in (True, False):
        rows: list[dict[str, Any]] = [
            {"x": round(box.left + INSIDE, 1), "y": round(box.top + 7 + LINE * (i + 0.5), 1), "text": words}
            for box in boxes
            for i, (words, heavy) in enumerate(box.words)
            if heavy == bold
        ]
        if rows:
            weight, colour = ("bold", INK) if bold else ("normal", INK_2)
            look: dict[str, Any] = {"fontWeight": weight, "color": colour}
            texts = alt.Chart().mark_text(align="left", baseline="middle", **look)
            layers.append(drawn(texts.encode(x=x, y=y, text="text:N"), rows))
    return layers

"""The look of all figures: colours, marks, type and sizes; apart for colour-blind readers and in grey."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

INK, INK_2, INK_3 = "#14222b", "#41515b", "#5a6973"
GRID, HATCH, PAPER = "#d5dbde", "#87949c", "#ffffff"

SINGLE, DOUBLE = 317, 657
"""Width of a figure over one column (85 mm) and over two (175 mm), in units of 1/96 inch, without its padding."""

TEXT, LINE = 12, 15
"""Size of all text, and from one line of it to the next."""


@dataclass(frozen=True, slots=True)
class Series:
    """How one group is drawn: never by colour alone."""

    colour: str
    shape: str
    filled: bool

    @property
    def fill(self) -> str:
        return self.colour if self.filled else PAPER


SERIES = (
    Series("#0b5468", "circle", True),
    Series("#b4540a", "square", False),
    Series("#6a4c93", "triangle-up", True),
    Series("#6d7b2f", "diamond", False),
)

ORDERED = ("#8c3b12", "#b9b0a2", "#b8d3dc", "#6fa7b8", "#2a768c", "#073441")
"""Ordered outcomes, worst to best."""


def ordered(count: int) -> list[str]:
    """Colours of `count` ordered outcomes, worst first: the palette, thinned, or with steps between."""
    if count == 1:
        return [ORDERED[-1]]
    places = [i * (len(ORDERED) - 1) / (count - 1) for i in range(count)]
    if count <= len(ORDERED):
        return [ORDERED[math.ceil(place - 0.5)] for place in places]
    return [_between(place) for place in places]


def _between(place: float) -> str:
    low = min(int(place), len(ORDERED) - 2)
    share = place - low
    mixed = [a + (b - a) * share for a, b in zip(_channels(ORDERED[low]), _channels(ORDERED[low + 1]), strict=True)]
    return "#" + "".join(f"{int(value + 0.5):02x}" for value in mixed)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def config() -> dict[str, Any]:
    """The configuration that every specification carries, so that it looks the same wherever it is drawn."""
    return {
        "font": "sans-serif",
        "background": PAPER,
        "padding": 2,
        "aria": False,
        "view": {"stroke": None},
        "concat": {"spacing": 24},
        "axis": {
            "labelFontSize": TEXT, "labelColor": INK_2, "labelAngle": 0, "labelLimit": 0, "labelOverlap": False,
            "labelFlush": False,
            "titleFontSize": TEXT, "titleColor": INK, "titleFontWeight": "bold", "titleLimit": 0,
            "grid": True, "gridColor": GRID, "gridWidth": 1, "domainColor": INK, "domainWidth": 1,
            "tickColor": INK_3, "tickSize": 4, "labelPadding": 4,
        },
        "text": {"fontSize": TEXT, "color": INK_2},
        "title": {"fontSize": TEXT + 1, "color": INK, "fontWeight": "bold", "anchor": "start", "offset": 8},
    }  # fmt: skip


_NARROW, _WIDE = frozenset("ijlI.,;:'|!()[] ftr’‘·-"), frozenset("mwMW%@—…≥≤")


def text_width(text: str, *, bold: bool = False) -> float:
    """About how wide a line of text is drawn; a little more rather than less."""
    units = sum(0.32 if c in _NARROW else 0.9 if c in _WIDE else 0.7 if c.isupper() else 0.57 for c in text)
    return TEXT * units * (1.07 if bold else 1.0)


def widest(texts: Sequence[str], *, bold: bool = False) -> float:
    return max((text_width(text, bold=bold) for text in texts), default=0.0)


def wrapped(text: str, width: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most this width; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", bold=bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]

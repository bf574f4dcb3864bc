"""Figures that are lists: words on the left, and on each line a mark against an axis that all lines share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import altair as alt

from foramen.report.figures.panels import Layer, drawn
from foramen.report.figures.theme import INK, INK_2, LINE, widest, wrapped

ROW, INDENT, AIR = 24, 10, 12

T = TypeVar("T")


@dataclass(frozen=True)
class Line(Generic[T]):
    """One line; without anything to draw (`of`) it is a heading."""

    text: str
    of: T | None = None


@dataclass(frozen=True)
class Listing(Generic[T]):
    """Lines from top to bottom, their words broken at `most`."""

    lines: Sequence[Line[T]]
    most: float
    row: float = ROW

    @cached_property
    def words(self) -> list[list[str]]:
        return [wrapped(line.text, self.most, bold=line.of is None) for line in self.lines]

    @cached_property
    def _ends(self) -> list[float]:
        ends = [0.0]
        for words in self.words:
            ends.append(ends[-1] + max(self.row, LINE * len(words) + 6 if len(words) > 1 else 0))
        return ends

    @property
    def height(self) -> float:
        return self._ends[-1]

    @property
    def left(self) -> float:
        """How much room the words take, with some air before the marks."""
        plain = [
            word for line, words in zip(self.lines, self.words, strict=True) if line.of is not None for word in words
        ]
        heads = [word for line, words in zip(self.lines, self.words, strict=True) if line.of is None for word in words]
        return max(self._indent + widest(plain), widest(heads, bold=True)) + AIR

    @property
    def _indent(self) -> float:
        return INDENT if any(line.of is None for line in self.lines) else 0

    def middle(self, place: int) -> float:
        return (self._ends[place] + self._ends[place + 1]) / 2

    def marked(self) -> list[tuple[float, T]]:
        """The middle of each line that has something to draw, with what that is."""
        return [(self.middle(i), line.of) for i, line in enumerate(self.lines) if line.of is not None]

    @property
    def scale(self) -> alt.Scale:
        """Of places from top to bottom."""
        return alt.Scale(domain=[0, self.height], reverse=True, nice=False, zero=False)

    def y(self, field: str = "y:Q") -> alt.Y:
        return alt.Y(field, scale=self.scale, axis=None)

    def labels(self) -> list[Layer]:
        """The words."""
        return [self._texts(heads) for heads in (True, False) if any((line.of is None) == heads for line in self.lines)]

    def _texts(self, heads: bool) -> Layer:
        """Each line of words is a text of its own, so that long ones stand around the middle of their line."""
        rows = []
        for place, (line, words) in enumerate(zip(self.lines, self.words, strict=True)):
            if (line.of is None) == heads:
                first = self.middle(place) - LINE * (len(words) - 1) / 2
                rows += [{"y": first + LINE * i, "text": word} for i, word in enumerate(words)]
        texts = alt.Chart()
        if heads:
            texts = texts.mark_text(align="left", baseline="middle", fontWeight="bold", color=INK)
        else:
            texts = texts.mark_text(align="left", baseline="middle", color=INK_2, dx=self._indent)
        return drawn(texts.encode(x=alt.value(-self.left), y=self.y(), text="text:N"), rows)

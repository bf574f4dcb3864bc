"""A table as data: printed texts, each with the statistic it shows. Renderers arrange it and compute nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Value:
    """A printed number. `row` is the place of its statistic in the results: what “why this number” opens.

    Lines of the flow are counted on after the statistics. `derived` says how a number that is none of the statistic's
    own follows from those that are: “134 − 56”.
    """

    text: str
    row: int
    derived: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that disclosure control withheld: never 0, never blank. `text` says so and why."""

    text: str
    row: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A number that could not be computed; `text` is short, `reason` the plain sentence."""

    text: str
    reason: str
    row: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The raised letter of a note."""

    text: str


Part = str | Value | Withheld | Failed | Mark
Cell = tuple[Part, ...]
"""Printed one after another without anything between. Empty: nothing applies here."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of cells: `head` and, below it, `sub` such as “n = 100”; `row` is the place that explains `sub`."""

    head: str
    sub: str = ""
    align: Literal["left", "right"] = "right"
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A heading over `columns` neighbouring columns; empty text over columns without one."""

    text: str
    columns: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line: `head` in the first column, then a cell per column. A group has no cells; `level` indents."""

    head: Cell
    cells: tuple[Cell, ...] = ()
    level: int = 0
    kind: Literal["row", "group", "sum"] = "row"


@dataclass(frozen=True, slots=True)
class Note:
    """A line below the table; `mark` is the letter it explains, or empty."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `key` names it in addresses and files (“table-1”), `number` in print (“Table 1”).

    `spans`, when there are any, cover all columns in their order. `error` says why a table has no rows.
    """

    key: str
    number: str
    title: str
    stub: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    spans: tuple[Span, ...] = ()
    notes: tuple[Note, ...] = ()
    error: str | None = None

    def parts(self) -> Iterator[Part]:
        """Every part of every cell, in reading order."""
        for row in self.rows:
            yield from row.head
            for cell in row.cells:
                yield from cell

    def statistics(self) -> list[int]:
        """Places of the statistics shown, each once, in reading order."""
        shown = (part.row for part in self.parts() if isinstance(part, Value | Withheld | Failed))
        return list(dict.fromkeys(shown))


def cell_text(cell: Sequence[Part]) -> str:
    """A cell as one plain text, marks left out."""
    return "".join(part if isinstance(part, str) else part.text for part in cell if not isinstance(part, Mark))

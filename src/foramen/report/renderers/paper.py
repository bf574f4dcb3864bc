"""What the formats for paper share: the lines of a table's head, the notes below it, and which words stay together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from string import ascii_lowercase
from typing import Literal

from foramen.report.style import PValues
from foramen.report.table import Cell, Failed, Mark, Note, Part, Table, Value, Withheld

NUMBER = 34
"""A cell with a number that is longer than this is a sentence: its lines may end anywhere."""

Look = Literal["plain", "mark", "withheld"]

NO_BREAK, ZERO_WIDTH = "\u00a0", "\u200b"
_LONG = re.compile(r"\S{7,}")
_SPACE = re.compile(r" (?!\()")
_SHORT = re.compile(r"n \(%\)|\([^()]{1,10}\)|\w+ ± \w+| \S{1,2}$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of a table's head. It begins in `column` (the stub is 0) and covers `columns` × `rows`."""

    text: str
    column: int
    sub: str = ""
    columns: int = 1
    rows: int = 1
    align: Literal["left", "right", "center"] = "left"


def head_lines(table: Table) -> list[list[HeadCell]]:
    """The head, line by line: one line, or two where columns have a heading in common."""
    rows = 2 if table.spans else 1
    over = [span.text for span in table.spans for _ in range(span.columns)] or [""] * len(table.columns)
    own = [
        HeadCell(heading(column.head), place + 1, column.sub, rows=1 if over[place] else rows, align=column.align)
        for place, column in enumerate(table.columns)
    ]
    stub = HeadCell(heading(table.stub), 0, rows=rows)
    tall = [cell for cell in own if cell.rows == rows]
    if not table.spans:
        return [[stub, *own]]
    first = sorted([stub, *tall, *_span_cells(table)], key=lambda cell: cell.column)
    return [first, [cell for cell in own if cell.rows == 1]]


def _span_cells(table: Table) -> Iterator[HeadCell]:
    place = 1
    for span in table.spans:
        if span.text:
            yield HeadCell(heading(span.text), place, columns=span.columns, align="center")
        place += span.columns


def heading(text: str) -> str:
    """A heading of which neither “(95% CI)” nor “n (%)” is broken, and “, p” does not go to a line of its own."""
    return _SHORT.sub(lambda found: found[0].replace(" ", NO_BREAK), text)


def with_reasons(table: Table) -> Table:
    """Every number that could not be computed gets a raised letter, and the reason stands below the table."""
    reasons = list(dict.fromkeys(part.reason for part in table.parts() if isinstance(part, Failed)))
    if not reasons:
        return table
    used = {note.mark for note in table.notes}
    letters = dict(zip(reasons, (mark for mark in _letters() if mark not in used), strict=False))
    lettered = [note for note in table.notes if note.mark]
    added = [Note(reason, mark) for reason, mark in letters.items()]
    plain = [note for note in table.notes if not note.mark]
    rows = tuple(replace(row, cells=tuple(_marked(cell, letters) for cell in row.cells)) for row in table.rows)
    return replace(table, rows=rows, notes=(*lettered, *added, *plain))


def _letters() -> Iterator[str]:
    for turn in count(1):
        yield from (letter * turn for letter in ascii_lowercase)


def _marked(cell: Cell, letters: dict[str, str]) -> Cell:
    pairs = [(part, Mark(letters[part.reason])) if isinstance(part, Failed) else (part,) for part in cell]
    return tuple(part for pair in pairs for part in pair)


def part_text(part: Part) -> str:
    """What is printed of a part of a cell."""
    return part if isinstance(part, str) else part.text


def label(cell: Cell) -> Cell:
    """The head of a row, tied as a heading is."""
    return tuple(heading(part) if isinstance(part, str) else part for part in cell)


def unbroken(cell: Cell) -> Cell:
    """A number stays on one line; only before a bracket may the line end."""
    number = any(isinstance(part, Value) for part in cell)
    if not number or sum(len(part_text(part)) for part in cell) > NUMBER:
        return cell
    return tuple(_tied(part) for part in cell)


def _tied(part: Part) -> Part:
    if isinstance(part, str):
        return _SPACE.sub(NO_BREAK, part)
    return replace(part, text=_SPACE.sub(NO_BREAK, part.text)) if isinstance(part, Value) else part


def crowded(cell: Cell) -> Cell:
    """A cell of a table without room for its numbers: a long one may end its line anywhere, and does not stick out."""
    return tuple(_loose(part) if isinstance(part, str) else replace(part, text=_loose(part.text)) for part in cell)


def _loose(text: str) -> str:
    return _LONG.sub(lambda found: ZERO_WIDTH.join(found[0]), text)


def symbol_first(head: str, p: PValues) -> tuple[str, str]:
    """A heading that begins with the sign of the p-value: the sign, which the journal may slant, and the rest."""
    if p.italic and (head == p.symbol or head.startswith(f"{p.symbol} ")):
        return p.symbol, head[len(p.symbol) :]
    return "", head


def one_line(text: str) -> str:
    """Text of one paragraph that every format can hold: no line ends, no control characters."""
    return _CONTROL.sub(" ", text)


def looks(cell: Cell) -> list[tuple[Look, str]]:
    """A cell as texts and how they look; neighbours of one look are one text, as if typed."""
    found: list[tuple[Look, str]] = []
    for part in cell:
        look, text = _look(part), part_text(part)
        if found and found[-1][0] == look:
            look, text = found[-1][0], found.pop()[1] + text
        found.append((look, text))
    return found


def _look(part: Part) -> Look:
    if isinstance(part, Mark):
        return "mark"
    return "withheld" if isinstance(part, Withheld | Failed) else "plain"

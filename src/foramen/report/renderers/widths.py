"""How wide the columns of a table on paper are, and whether its page is turned.

Letters are measured by the widths of Arial in classes of like width, which is exact enough to divide a line; the
program that sets the page measures again. Times New Roman is a tenth narrower.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foramen.report.renderers.paper import NO_BREAK, head_lines, heading, label, part_text, unbroken
from foramen.report.style import Fonts
from foramen.report.table import Cell, Failed, Table, Value, Withheld

PAGE = (595.3, 841.9)
"""A4 in points."""
MARGIN = 70.9
"""Points around the text on all sides: 25 mm."""
UPRIGHT, TURNED = (side - 2 * MARGIN for side in PAGE)
"""Points that a table may be wide on an upright and on a turned page."""
TALLEST = 560.0
"""Points: with its caption, a picture of this height fills an upright page."""
PADDING = 4.0
"""Points left and right of a cell's text."""
INDENT = 10.0
"""Points by which a row of level 1 is set in."""
STEPS = 4
"""Of a column's need."""
SMALLEST = 6.5
"""Points: letters get no smaller."""

STUB, WORDS, WITHHELD = 130.0, 110.0, 75.0
"""Points that a first column, a cell of words and one that says why a number is withheld get before others get more."""
LABEL = 250.0
"""Points: a label longer than this is broken although there may be room."""
BOLD, SAFETY, TIMES = 1.07, 1.05, 0.9

_CLASSES = {
    222: "ijl|'’‘",
    278: "ft.,:;!/\\[]I " + NO_BREAK,
    333: 'r()-`“”"*',
    500: "ckvxyzsJ",
    584: "+<>=−±×÷≤≥~",
    611: "FTZ",
    690: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    944: "W%@—",
}
_WIDTH = {letter: width / 1000 for width, letters in _CLASSES.items() for letter in letters}
_OTHER = 0.556

Need = tuple[float, ...]
"""Points that break no number; that read well; that hold the whole on one line; the same of a first column."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Column widths in points, first the stub's; the size of letters in points; whether the page is turned.

    Where `whole` is false there is no room for every number on one line.
    """

    widths: tuple[float, ...]
    size: float
    turned: bool
    whole: bool = True


def table_size(fonts: Fonts) -> float:
    """The size of letters in tables: one point below the text's."""
    return fonts.size - 1.0


def fit(table: Table, fonts: Fonts) -> Fit:
    """Upright where every number fits on its line, else turned, else turned with smaller letters."""
    size = table_size(fonts)
    letter = size * SAFETY * (TIMES if fonts.body.startswith("Times") else 1)
    needs = _needs(table, letter)
    least = sum(need[0] for need in needs)
    if least <= TURNED:
        return Fit(_shared(needs, TURNED if least > UPRIGHT else UPRIGHT), size, least > UPRIGHT)
    padding = 2 * PADDING * len(needs)
    shrink = (TURNED - padding) / (least - padding)
    widths = tuple(2 * PADDING + shrink * (need[0] - 2 * PADDING) for need in needs)
    return Fit(widths, max(SMALLEST, size * shrink), turned=True, whole=size * shrink >= SMALLEST)


def _shared(needs: Sequence[Need], room: float) -> tuple[float, ...]:
    """The least for every column, then the next step of its need, as far as there is room."""
    widths = [need[0] for need in needs]
    for step in range(1, STEPS):
        more = [need[step] - width for need, width in zip(needs, widths, strict=True)]
        share = min(1.0, (room - sum(widths)) / sum(more)) if sum(more) > 0 else 0.0
        widths = [width + share * add for width, add in zip(widths, more, strict=True)]
    return tuple(widths)


def _needs(table: Table, letter: float) -> list[Need]:
    lines = [(row, letter * BOLD if row.kind == "sum" else letter) for row in table.rows if row.cells]
    stub = [_cell(label(row.head), size, STUB, row.level * INDENT) for row, size in lines]
    least, well, _, whole = _most([_words(heading(table.stub), letter), *stub])
    # A first column as narrow as its longest word would be a tower of words. Its long labels come after all else.
    least = max(least, min(whole, STUB))
    well = max(least, well)
    needs: list[Need] = [(least, well, well, max(well, min(whole, LABEL)))]
    for place, column in enumerate(table.columns):
        heads = [_words(text, letter) for text in (heading(column.head), column.sub)]
        needs.append(_most([*heads, *(_cell(row.cells[place], size, WORDS) for row, size in lines)]))
    for cell in head_lines(table)[0]:
        below = slice(cell.column, cell.column + cell.columns)
        least, well, whole, _ = _words(cell.text, letter)
        line = max(well, min(whole, WORDS))
        needs[below] = _widened(needs[below], (least, well, line, line))
    groups = [_words("".join(map(part_text, row.head)), letter)[-1] for row in table.rows if not row.cells]
    lacking = min(UPRIGHT, max(groups, default=0.0)) - sum(need[-1] for need in needs)
    needs[0] = (*needs[0][:-1], needs[0][-1] + max(0.0, lacking))
    return needs


def _most(needs: Iterable[Need]) -> Need:
    return tuple(max(parts) for parts in zip(*needs, strict=True))


def _words(text: str, letter: float) -> Need:
    """A heading, bold: two lines read well."""
    least, whole = _extent(text, letter * BOLD)
    return least, max(least, 0.6 * whole), whole, whole


def _cell(cell: Cell, letter: float, words: float, indent: float = 0.0) -> Need:
    text = "".join(map(part_text, unbroken(cell)))
    least, whole = (extent + indent for extent in _extent(text, letter))
    if any(isinstance(part, Value) for part in cell):
        return least, whole, whole, whole
    if any(isinstance(part, Withheld | Failed) for part in cell):
        whole = max(least, min(whole, WITHHELD))
    return least, max(least, min(whole, words)), whole, whole


def _extent(text: str, letter: float) -> tuple[float, float]:
    """Points of the longest word and of the whole, padding included."""
    longest = max(_width(word) for word in text.split(" "))
    return longest * letter + 2 * PADDING, _width(text) * letter + 2 * PADDING


def _width(text: str) -> float:
    """In units of the letter size."""
    return sum(_WIDTH.get(letter, _OTHER) for letter in text)


def _widened(needs: Sequence[Need], over: Need) -> list[Need]:
    """Columns are together at least as wide as the heading they have in common."""
    lacking = [max(0.0, over[i] - sum(need[i] for need in needs)) / len(needs) for i in range(STEPS)]
    return [tuple(own + more for own, more in zip(need, lacking, strict=True)) for need in needs]

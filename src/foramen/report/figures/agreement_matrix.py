"""Two readers' counts as matrices: one reading down, the other across, agreement on the diagonal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from foramen.report.body import Body, Drawing
from foramen.report.figures.gather import absent_notes, asked, nothing, why_not
from foramen.report.figures.panels import GAP, Layer, drawn, finished, layered, titled
from foramen.report.figures.theme import DOUBLE, GRID, INK, INK_2, LINE, PAPER, SINGLE, widest, wrapped
from foramen.report.figures.words import cell, estimate
from foramen.report.layouts.names import capital
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note, Row
from foramen.statistics.kappa import shared_levels
from foramen.statistics.tables import CountTable
from foramen.study.display_definition import FigureWanted

CELL = 32
"""Most that a side of a cell takes."""

LABEL = 84
"""Most that the name of a level may take beside the matrix."""

SHADES = ("#ffffff", "#e2eff2", "#b8d3dc", "#6fa7b8", "#2a768c", "#0b5468")
"""From none to the most; from the fourth on numbers are white."""

Rows = list[dict[str, Any]]
Size = tuple[float, float]
Look = tuple[Literal["normal", "bold"], Literal["left", "center"]]

NAMES = ("cohen_kappa", "percent_agreement", "gwet_ac1")


@dataclass(frozen=True)
class Matrix:
    """The counts of a pair of readers on a finding, by level, with the statistics that rest on them."""

    finding: str
    readers: tuple[str, str]
    levels: Sequence[str]
    counts: Sequence[Sequence[int]]
    unread: int
    kappa: Entry | None
    agreement: Entry | None


def agreement_matrix(material: Material, wanted: FigureWanted) -> Drawing:
    """One matrix for each finding and pair of readers, with Cohen's kappa where it was asked for."""
    found, absent = _found(material, wanted)
    if not found:
        raise nothing(absent, "count of two readers")
    notes = [Note("Numbers are cases; the darker, the more. On the framed diagonal both readers say the same.")]
    if unread := [f"{_name(material, m)} {material.style.count(m.unread)}" for m in found if m.unread]:
        notes.append(Note(f"Cases without both readings are left out: {'; '.join(unread)}."))
    spec = finished([_chart(material, found)])
    return Drawing(_alt(material, found), spec, _numbers(material, found), (*notes, *absent_notes(absent)))


def _found(material: Material, wanted: FigureWanted) -> tuple[list[Matrix], list[tuple[str, str]]]:
    """Matrices by finding and pair, from the count tables behind the statistics; a withheld table is not drawn."""
    pairs: dict[tuple[str, str, str], Entry] = {}
    for entry in (e for name in NAMES for e in material.entries(name, wanted.analyses)):
        about = entry.about
        if "," not in about["against"] and asked(wanted, about["finding"], ""):
            pairs.setdefault((about["finding"], about["reader"], about["against"]), entry)
    found, absent = [], []
    order = list(wanted.outcomes or dict.fromkeys(finding for finding, _, _ in pairs))
    for (finding, _, _), entry in sorted(pairs.items(), key=lambda item: order.index(item[0][0])):
        source = material.results.inputs.get(entry.row.inputs or "")
        table = source.table if source is not None else None
        if entry.row.suppressed is not None or not isinstance(table, CountTable):
            absent.append((why_not(entry) or "its counts are withheld", capital(material.outcome_label(finding))))
        else:
            found.append(_matrix(material, entry, table))
    return found, absent


def _matrix(material: Material, entry: Entry, table: CountTable) -> Matrix:
    codes, axis = shared_levels(table), table.axes[0]
    used = table.complete()
    cells = dict(used.cells)
    counts = [[cells.get((one, other), 0) for other in codes] for one in codes]
    about = {key: entry.about[key] for key in ("analysis", "finding", "reader", "against")}
    kappa, agreement = (material.entry(name, None, **about) for name in NAMES[:2])
    readers, levels = (about["reader"], about["against"]), [axis.label(code) for code in codes]
    return Matrix(about["finding"], readers, levels, counts, table.total - used.total, kappa, agreement)


def _name(material: Material, matrix: Matrix) -> str:
    return f"{capital(material.outcome_label(matrix.finding))}, {' and '.join(matrix.readers)}"


def _kappa(material: Material, matrix: Matrix) -> str:
    if matrix.kappa is None or why_not(matrix.kappa):
        return ""
    return f"κ {estimate(material, matrix.kappa)}"


def _chart(material: Material, found: Sequence[Matrix]) -> Layer:
    """Matrices from left to right and from top to bottom; those of a row have their heads on one line."""
    columns = 1 if len(found) == 1 else 2 if len(found) == 2 else 3
    width = SINGLE if columns == 1 else (DOUBLE - GAP * (columns - 1)) / columns
    blocks = [_Block(material, matrix, width) for matrix in found]
    squares: Rows = []
    words: dict[Look, Rows] = {}
    top = 0.0
    for start in range(0, len(blocks), columns):
        line = blocks[start : start + columns]
        heads = max(len(block.head) for block in line)
        for place, block in enumerate(line):
            left = round(place * (width + GAP), 1)
            squares += block.squares(left, top + LINE * heads)
            for look, rows in block.words(left, top + LINE * (heads - len(block.head))).items():
                words.setdefault(look, []).extend(rows)
        top += LINE * heads + max(block.height for block in line) + GAP
    size = (width * columns + GAP * (columns - 1), top - GAP)
    layers = [_cells(squares, size), *(_texts(rows, look, size) for look, rows in words.items())]
    return titled(layers, *size, "")


class _Block:
    """One matrix in its place: head, readers and kappa, names of levels, squares.

    Levels stand in words down, and across in words where they fit, else by their numbers.
    """

    def __init__(self, material: Material, matrix: Matrix, width: float) -> None:
        size, levels = len(matrix.levels), list(matrix.levels)
        numbered = [f"{i + 1}\u00a0{level}" for i, level in enumerate(levels)]
        self.matrix = matrix
        self.head = wrapped(capital(material.outcome_label(matrix.finding)), width, bold=True)
        self.said = [f"{matrix.readers[0]} down, {matrix.readers[1]} across", *filter(None, [_kappa(material, matrix)])]
        self.left = min(LABEL, widest(numbered)) + 8
        self.side = min(CELL, int((width - self.left) / size))
        fits = widest(levels) <= self.side - 4
        self.down = [wrapped(word, LABEL) for word in (levels if fits else numbered)]
        self.across = levels if fits else [str(i + 1) for i in range(size)]
        if fits:
            self.left = widest(levels) + 8

    @property
    def over(self) -> float:
        """From below the head to the squares."""
        return LINE * len(self.said) + 24

    @property
    def height(self) -> float:
        """Without the head."""
        return self.over + self.side * len(self.matrix.levels)

    def words(self, x: float, y: float) -> dict[Look, Rows]:
        """Texts by weight and alignment, of a block whose head begins at a place."""
        top = y + LINE * (len(self.head) + 0.5)
        first = y + LINE * len(self.head) + self.over
        half = self.side / 2
        return {
            ("bold", "left"): [_text(x, y + LINE * (i + 0.5), line) for i, line in enumerate(self.head)],
            ("normal", "left"): [
                *(_text(x, top + LINE * i, line) for i, line in enumerate(self.said)),
                *(
                    _text(x, first + self.side * i + half + LINE * (k - (len(lines) - 1) / 2), line)
                    for i, lines in enumerate(self.down)
                    for k, line in enumerate(lines)
                ),
            ],
            ("normal", "center"): [
                _text(x + self.left + self.side * j + half, first - 9, word) for j, word in enumerate(self.across)
            ],
        }

    def squares(self, x: float, y: float) -> Rows:
        """Shaded squares with their counts; those of the diagonal have a frame of ink."""
        matrix, side, rows = self.matrix, self.side, []
        left, top = x + self.left, y + self.over
        most = max(max(line) for line in matrix.counts) or 1
        for i, line in enumerate(matrix.counts):
            for j, count in enumerate(line):
                shade = -(-count * (len(SHADES) - 1) // most)
                x1, y1 = left + side * j, top + side * i
                place = {"x": x1, "x2": x1 + side, "y": y1, "y2": y1 + side, "a": x1 + side / 2, "b": y1 + side / 2}
                look = {"fill": SHADES[shade], "ink": PAPER if shade > 3 else INK, "framed": i == j}
                say = f"{matrix.readers[0]} {matrix.levels[i]}, {matrix.readers[1]} {matrix.levels[j]}: {count}"
                rounded = {key: round(value, 1) for key, value in place.items()}
                rows.append({**rounded, **look, "text": str(count), "say": say})
        return rows


def _text(x: float, y: float, text: str) -> dict[str, Any]:
    return {"x": round(x, 1), "y": round(y, 1), "text": text}


def _x(field: str, size: Size) -> alt.X:
    return alt.X(field, scale=alt.Scale(domain=[0, size[0]], nice=False, zero=False), axis=None)


def _y(field: str, size: Size) -> alt.Y:
    return alt.Y(field, scale=alt.Scale(domain=[0, size[1]], nice=False, zero=False, reverse=True), axis=None)


def _cells(rows: Rows, size: Size) -> Layer:
    """Squares, the frames of the diagonal above them, the counts above all."""
    place = {"x": _x("x:Q", size), "x2": "x2:Q", "y": _y("y:Q", size), "y2": "y2:Q"}
    fill, ink = alt.Fill("fill:N", scale=None, legend=None), alt.Color("ink:N", scale=None, legend=None)
    squares = alt.Chart().mark_rect(stroke=GRID, strokeWidth=1).encode(**place, fill=fill, tooltip="say:N")
    frames = alt.Chart().transform_filter("datum.framed").mark_rect(fillOpacity=0, stroke=INK, strokeWidth=1.4)
    numbers = alt.Chart().mark_text(baseline="middle")
    numbers = numbers.encode(x=_x("a:Q", size), y=_y("b:Q", size), text="text:N", color=ink)
    return layered([drawn(squares), drawn(frames.encode(**place)), drawn(numbers)], rows)


def _texts(rows: Rows, look: Look, size: Size) -> Layer:
    weight, align = look
    colour = INK if weight == "bold" else INK_2
    texts = alt.Chart().mark_text(align=align, baseline="middle", fontWeight=weight, color=colour)
    return drawn(texts.encode(x=_x("x:Q", size), y=_y("y:Q", size), text="text:N"), rows)


def _alt(material: Material, found: Sequence[Matrix]) -> str:
    parts = []
    for matrix in found:
        agreed = sum(line[i] for i, line in enumerate(matrix.counts))
        total = sum(sum(line) for line in matrix.counts)
        kappa = _kappa(material, matrix)
        same = f"the same on {agreed} of {total} cases"
        parts.append(f"{_name(material, matrix)}: {same}{f', {kappa}' if kappa else ''}")
    return f"Matrices of two readers’ counts. {'; '.join(parts)}."


def _numbers(material: Material, found: Sequence[Matrix]) -> Body:
    """Levels of the first reader down, of the second across by their place. The counts stand in the table behind κ."""
    most = max(len(matrix.levels) for matrix in found)
    rows: list[Row] = []
    for matrix in found:
        rows.append(Row((f"{_name(material, matrix)} across",), kind="group"))
        for i, line in enumerate(matrix.counts):
            cells: list[Cell] = [(material.style.count(count),) for count in line]
            blank = [()] * (most - len(cells))
            rows.append(Row((f"{i + 1} {matrix.levels[i]}",), (*cells, *blank), level=1))
        rest: list[Cell] = [()] * (most - 1)
        for words, entry in (("Cohen’s κ", matrix.kappa), ("Same reading, %", matrix.agreement)):
            if entry is not None:
                rows.append(Row((words,), (cell(material, entry, estimate(material, entry)), *rest), level=1))
    return Body("Level", tuple(Column(str(i + 1)) for i in range(most)), tuple(rows))

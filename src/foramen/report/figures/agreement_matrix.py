"""Two readers' counts as matrices: one reading down, the other across, agreement on the diagonal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from foramen.report.body import Body, Drawing
from foramen.report.figures.gather import absent_notes, asked, nothing, why_not
from foramen.report.figures.panels import GAP, Layer, drawn, finished, layered, titled
from foramen.report.figures.theme import DOUBLE, GRID, INK, INK_2, LINE, PAPER, SINGLE, text_width, widest, wrapped
from foramen.report.figures.words import cell, estimate
from foramen.report.layouts.names import capital, reader
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Note, Row
from foramen.statistics.kappa import shared_levels
from foramen.statistics.tables import CountTable
from foramen.study.display_definition import FigureWanted

CELL = 32
"""Least width and height of a cell."""

LABEL = 84
"""Most that a line of the name of a level takes, beside the matrix and above it."""

HEAD = 130
"""Least room for the name of a finding."""

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
    return f"{capital(material.outcome_label(matrix.finding))}, {' and '.join(map(reader, matrix.readers))}"


def _kappa(material: Material, matrix: Matrix) -> str:
    if matrix.kappa is None or why_not(matrix.kappa):
        return ""
    return f"κ {estimate(material, matrix.kappa)}"


def _chart(material: Material, found: Sequence[Matrix]) -> Layer:
    """Matrices from left to right as far as there is room, and below; those of a row have their heads on one line."""
    blocks = [_Block(material, matrix) for matrix in found]
    squares: Rows = []
    words: dict[Look, Rows] = {}
    top = 0.0
    for line in _lines_of(blocks):
        heads, left = max(len(block.head) for block in line), 0.0
        for block in line:
            squares += block.squares(left, top + LINE * heads)
            for look, rows in block.words(left, top + LINE * (heads - len(block.head))).items():
                words.setdefault(look, []).extend(rows)
            left = round(left + block.width + GAP, 1)
        top += LINE * heads + max(block.height for block in line) + GAP
    widths = [sum(block.width + GAP for block in line) - GAP for line in _lines_of(blocks)]
    size = (max(SINGLE, *widths), top - GAP)
    layers = [_cells(squares, size), *(_texts(rows, look, size) for look, rows in words.items())]
    return titled(layers, *size, "")


def _lines_of(blocks: "Sequence[_Block]") -> "list[list[_Block]]":
    """Blocks in their order, as many on a line as fit."""
    lines: list[list[_Block]] = []
    for block in blocks:
        if lines and sum(one.width + GAP for one in lines[-1]) + block.width <= DOUBLE:
            lines[-1].append(block)
        else:
            lines.append([block])
    return lines


class _Block:
    """One matrix in its place: head, readers and kappa, names of levels, squares.

    Levels stand in words on both sides; columns are as wide as their longest word, lines as high as their words.
    """

    def __init__(self, material: Material, matrix: Matrix) -> None:
        down, across = map(reader, matrix.readers)
        self.matrix, self.readers = matrix, (down, across)
        self.said = [f"{capital(down)} down,", f"{across} across", *filter(None, [_kappa(material, matrix)])]
        self.down = [_broken(level, LABEL) for level in matrix.levels]
        self.left = widest([line for lines in self.down for line in lines]) + 8
        words = widest([piece for level in matrix.levels for piece in _pieces(level)])
        self.side = min(max(CELL, words + 8), (DOUBLE - self.left) / len(matrix.levels))
        self.across = [_broken(level, self.side - 6) for level in matrix.levels]
        self.heights = [max(CELL, LINE * len(lines) + 4) for lines in self.down]
        self.width = max(self.left + self.side * len(matrix.levels), widest(self.said), HEAD)
        self.head = wrapped(capital(material.outcome_label(matrix.finding)), self.width, bold=True)

    @property
    def over(self) -> float:
        """From below the head to the squares."""
        return LINE * (len(self.said) + max(map(len, self.across))) + 9

    @property
    def height(self) -> float:
        """Without the head."""
        return self.over + sum(self.heights)

    def words(self, x: float, y: float) -> dict[Look, Rows]:
        """Texts by weight and alignment, of a block whose head begins at a place."""
        top = y + LINE * (len(self.head) + 0.5)
        first = y + LINE * len(self.head) + self.over
        middles = [first + sum(self.heights[:i]) + height / 2 for i, height in enumerate(self.heights)]
        return {
            ("bold", "left"): [_text(x, y + LINE * (i + 0.5), line) for i, line in enumerate(self.head)],
            ("normal", "left"): [
                *(_text(x, top + LINE * i, line) for i, line in enumerate(self.said)),
                *(
                    _text(x, middle + LINE * (k - (len(lines) - 1) / 2), line)
                    for lines, middle in zip(self.down, middles, strict=True)
                    for k, line in enumerate(lines)
                ),
            ],
            ("normal", "center"): [
                _text(x + self.left + self.side * (j + 0.5), first - 9 - LINE * (len(lines) - 1 - k), line)
                for j, lines in enumerate(self.across)
                for k, line in enumerate(lines)
            ],
        }

    def squares(self, x: float, y: float) -> Rows:
        """Shaded squares with their counts; those of the diagonal have a frame of ink."""
        matrix, rows, top = self.matrix, [], y + self.over
        most = max(max(line) for line in matrix.counts) or 1
        for i, (line, height) in enumerate(zip(matrix.counts, self.heights, strict=True)):
            for j, count in enumerate(line):
                shade = -(-count * (len(SHADES) - 1) // most)
                x1 = x + self.left + self.side * j
                place = {"x": x1, "x2": x1 + self.side, "y": top, "y2": top + height}
                place |= {"a": x1 + self.side / 2, "b": top + height / 2}
                look = {"fill": SHADES[shade], "ink": PAPER if shade > 3 else INK, "framed": i == j}
                say = f"{self.readers[0]} {matrix.levels[i]}, {self.readers[1]} {matrix.levels[j]}: {count}"
                rounded = {key: round(value, 1) for key, value in place.items()}
                rows.append({**rounded, **look, "text": str(count), "say": say})
            top += height
        return rows


def _pieces(label: str) -> list[str]:
    """Parts of a label between which a line may end: words, and what hyphens join."""
    return re.split(r" |(?<=-)", label)


def _broken(label: str, width: float) -> list[str]:
    """A label in lines of at most a width; a word that is wider ends somewhere in its middle."""
    lines = [""]
    for piece in re.findall(r" ?[^ -]*-?", label):
        for part in [piece] if text_width(piece.strip()) <= width else piece:
            if lines[-1] and text_width(lines[-1] + part) > width:
                lines.append(part.lstrip())
            else:
                lines[-1] += part
    return [line for line in lines if line] or [""]


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
    """For each finding a line with the levels of the reader across, then a line for each level of the reader down.
    The counts stand in the table behind κ."""
    most = max(len(matrix.levels) for matrix in found)
    rows: list[Row] = []
    for matrix in found:
        rows.append(Row((_name(material, matrix),), kind="group"))
        down, across = map(reader, matrix.readers)
        rows.append(_row(f"{capital(down)} down, {across} across", [(level,) for level in matrix.levels], most))
        for level, line in zip(matrix.levels, matrix.counts, strict=True):
            rows.append(_row(level, [(material.style.count(count),) for count in line], most))
        for words, entry in (("Cohen’s κ", matrix.kappa), ("Same reading, %", matrix.agreement)):
            if entry is not None:
                rows.append(_row(words, [cell(material, entry, estimate(material, entry))], most))
    return Body("Number of cases", tuple(Column("") for _ in range(most)), tuple(rows))


def _row(head: str, cells: Sequence[Cell], most: int) -> Row:
    return Row((head,), (*cells, *[()] * (most - len(cells))), level=1)

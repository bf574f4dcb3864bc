"""The geometry of an alluvial diagram: how high nodes and ribbons are, where they stand, their edges."""

from collections.abc import Sequence
from dataclasses import dataclass

POINTS = 25
"""Points along the edge of a ribbon."""

GAP = 9
"""Between two nodes of a stage."""

HATCH = 6
"""From one line of the hatching to the next."""

Counts = Sequence[Sequence[int | None]]
Sizes = list[list[float]]
Totals = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Band:
    """A node or one end of a ribbon: from `top` down to `bottom`."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Ribbon:
    """From a place in one stage to a place in the next, as thick at the end as at the beginning."""

    stage: int
    source: int
    target: int
    start: Band
    end: Band

    def edges(self, left: float, right: float) -> list[tuple[float, float, float]]:
        """(x, top, bottom) at `POINTS` places from left to right."""
        return [self._at(left, right, i / (POINTS - 1)) for i in range(POINTS)]

    def hatching(self, left: float, right: float) -> list[tuple[float, float, float, float]]:
        """Slanting lines (x, y, x2, y2) from the lower edge to the upper one."""
        thick, found = self.start.bottom - self.start.top, []
        steps = int((right - left) // HATCH)
        for i in range(steps + 1):
            share = i * HATCH / (right - left)
            ahead = share + 0.7 * thick / (right - left)
            if ahead <= 1:
                x, _, bottom = self._at(left, right, share)
                x2, top, _ = self._at(left, right, ahead)
                found.append((x, bottom, x2, top))
        return found

    def _at(self, left: float, right: float, share: float) -> tuple[float, float, float]:
        eased = share * share * (3 - 2 * share)
        move = (self.end.top - self.start.top) * eased
        x = left + (right - left) * share
        return round(x, 1), round(self.start.top + move, 1), round(self.start.bottom + move, 1)


def filled(counts: Counts, rows: Totals, columns: Totals, total: int) -> Sizes:
    """Counts with sizes in the place of those that are withheld, from nothing but what is printed.

    What is missing in the totals of rows and columns (None where those are not printed either) is spread over the
    withheld by proportional fitting from equal parts, so that a size tells no more than the totals do.
    """
    sizes = [[1.0 if count is None else float(count) for count in line] for line in counts]
    hidden = [(i, j) for i, line in enumerate(counts) for j, count in enumerate(line) if count is None]
    if not hidden:
        return sizes
    known = sum(count for line in counts for count in line if count is not None)
    targets = [(hidden, float(total - known))]
    for i, row in enumerate(rows):
        if row is not None:
            targets.append(([h for h in hidden if h[0] == i], row - sum(count or 0 for count in counts[i])))
    for j, column in enumerate(columns):
        if column is not None:
            targets.append(([h for h in hidden if h[1] == j], column - sum(line[j] or 0 for line in counts)))
    for _ in range(200):
        for cells, target in targets:
            held = sum(sizes[i][j] for i, j in cells)
            for i, j in cells:
                sizes[i][j] *= max(target, 0.0) / held if held else 0.0
    return sizes


def stacked(heights: Sequence[float], scale: float) -> list[Band]:
    """Nodes of one stage from top to bottom, with gaps between."""
    bands, top = [], 0.0
    for height in heights:
        bands.append(Band(top, top + height * scale))
        top += height * scale + GAP
    return bands


def ribbons(steps: Sequence[Sizes], nodes: Sequence[Sequence[Band]], scale: float) -> list[Ribbon]:
    """Every ribbon of some size. They leave a node in the order of where they go, and arrive in that of whence."""
    found = []
    for stage, sizes in enumerate(steps):
        arrived = [band.top for band in nodes[stage + 1]]
        for source, line in enumerate(sizes):
            left = nodes[stage][source].top
            for target, size in enumerate(line):
                thick = size * scale
                start, end = Band(left, left + thick), Band(arrived[target], arrived[target] + thick)
                left, arrived[target] = start.bottom, end.bottom
                if size > 0:
                    found.append(Ribbon(stage, source, target, start, end))
    return found

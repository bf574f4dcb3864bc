"""What a printed text tells of its statistic: the p-value alone, the interval, or the number itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from foramen.report.layouts.points import in_points
from foramen.report.material import Material
from foramen.report.style import Style
from foramen.report.table import Failed, Part, Row, Value, Withheld
from foramen.statistics.result import Statistic

MOST_PLACES = 4
"""Most decimals that bounds are printed with."""

OPEN = ("up to ", "at most ", "from ")
"""How an interval with one bound is said."""

RANK_SUMS = ("mann_whitney", "wilcoxon")
"""Statistics whose estimate is U or W: what is tested, and no effect that a reader could use."""

Place = Value | Withheld | Failed


def parts_of(rows: Iterable[Row]) -> Iterator[Place]:
    """The numbers of rows, and the words in their place, in reading order."""
    every: Iterable[Part] = (part for row in rows for cell in (row.head, *row.cells) for part in cell)
    yield from (part for part in every if isinstance(part, Value | Withheld | Failed))


def tells_p(style: Style, row: Statistic, text: str) -> bool:
    """Whether a text is the p-value of its statistic."""
    return row.p is not None and text in (style.p_text(row.p), style.p_words(row.p))


def tells_interval(style: Style, row: Statistic, text: str) -> bool:
    """Whether a text has the bounds of its statistic, to whatever decimals; of a number to harm as positive numbers."""
    if row.lower is None and row.upper is None:
        return False
    turned = replace(row, lower=_turned(row.upper), upper=_turned(row.lower))
    harm = [turned] if row.name == "number_needed_to_treat" else []
    return any(_bounds(style, shown, text) for shown in (row, in_points(row), *harm))


def _turned(value: float | None) -> float | None:
    return None if value is None else -value


def _bounds(style: Style, row: Statistic, text: str) -> bool:
    """Whether the bounds stand in a text one after the other, each as a number of its own."""
    bounds = [bound for bound in (row.lower, row.upper) if bound is not None]
    if len(bounds) == 1 and not any(word in text for word in OPEN):
        return False
    for places in range(MOST_PLACES + 1):
        numbers = (rf"(?<![\d.,]){re.escape(style.number(bound, places))}(?![\d.,]*\d)" for bound in bounds)
        if re.search(".*".join(numbers), text):
            return True
    return False


def _only_p(material: Material, part: Value) -> bool:
    """Whether the text is a p-value of a statistic that has more to tell; a line of the flow has no p."""
    if part.row >= len(material.results.statistics):
        return False
    row = material.results.statistics[part.row]
    more = row.estimate is not None and row.estimate != row.statistic and row.name not in RANK_SUMS
    return more and tells_p(material.style, row, part.text)


def told(material: Material, rows: Iterable[Row]) -> set[int]:
    """Places of the statistics that rows tell.

    One with an estimate or an interval of its own is not told by its p-value alone: that is how a difference with its
    interval would vanish behind a p.
    """
    found = set()
    for part in parts_of(rows):
        if not (isinstance(part, Value) and _only_p(material, part)):
            found.add(part.row)
    return found

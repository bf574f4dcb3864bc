"""Notes below a table: letters for tests, warnings, and why a number could not be computed."""

import re
from collections.abc import Sequence
from dataclasses import replace

from foramen.report.body import Body
from foramen.report.layouts.names import capital, place_of
from foramen.report.material import Material
from foramen.report.table import Column, Mark, Note, Row, Span, Table
from foramen.statistics.result import Statistic

ON_A_LINE = re.compile(r"(^|; )\d+ (missing|suppressed) (left out|counted as failure)(?=;|$)")
"""Warnings that the table has lines for."""

APART = re.compile(r"; (?=\d+ of \d+ \w+ belong to persons )")
"""Where the warning that stands beside every interval begins; other warnings of a statistic stay together."""

NAMED_PLACES = 3


class Notes:
    """Collects the notes of a table while its rows are made."""

    def __init__(self) -> None:
        self._marked: dict[str, str] = {}
        self._plain: dict[str, None] = {}

    def mark(self, text: str) -> Mark:
        """The letter of a note; the same text has the same letter."""
        return Mark(self._marked.setdefault(text, _letter(len(self._marked))))

    def say(self, *texts: str) -> None:
        """A note without a letter, once."""
        self._plain.update(dict.fromkeys(texts))

    def listed(self) -> list[Note]:
        marked = [Note(text, letter) for text, letter in self._marked.items()]
        return [*marked, *(Note(text) for text in self._plain)]


def _letter(place: int) -> str:
    """a to z, then aa to zz."""
    first, second = divmod(place, 26)
    return ("" if not first else chr(96 + first)) + chr(97 + second)


def finished(
    material: Material,
    stub: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    notes: Notes,
    spans: Sequence[Span] = (),
    *,
    intervals: bool = True,
) -> Body:
    """The inside of a table, with what has to be said of the numbers that it shows.

    A table without `intervals` needs no warning of them.
    """
    body = Body(stub, tuple(columns), tuple(rows), tuple(spans))
    said = [Note(text) for text in cautions(material, shown(body), intervals=intervals)]
    return replace(body, notes=(*notes.listed(), *said))


def shown(body: Body) -> list[int]:
    """Places of the statistics that a table shows, in reading order."""
    return Table("", "", "", body.stub, body.columns, body.rows).statistics()


def cautions(material: Material, places: Sequence[int], *, intervals: bool = True) -> list[str]:
    """Warnings and errors of statistics, each once, with what it belongs to unless that is every interval or test."""
    said: dict[str, dict[str, None]] = {}
    inferential = [entry for entry in map(material.at, places) if _infers(entry.row, intervals=intervals)]
    for entry in map(material.at, places):
        for text in _said_of(entry.row, intervals=intervals):
            said.setdefault(text, {})[place_of(material, entry)] = None
    return [
        f"{capital(text)}." if len(where) == len(inferential) > 1 else f"{capital(text)} ({_some(list(where))})."
        for text, where in said.items()
    ]


def _infers(row: Statistic, *, intervals: bool) -> bool:
    return row.p is not None or (intervals and (row.lower is not None or row.upper is not None))


def _said_of(row: Statistic, *, intervals: bool) -> list[str]:
    rest = ON_A_LINE.sub("", row.warning or "").removeprefix("; ")
    warnings = [text for text in APART.split(rest) if text]
    if not intervals and row.p is None:
        warnings = [text for text in warnings if "interval" not in text]
    return [*warnings, *([f"not computed: {row.error}"] if row.error else [])]


def _some(places: Sequence[str]) -> str:
    more = len(places) - NAMED_PLACES
    return "; ".join(places[:NAMED_PLACES]) + (f"; and {more} more" if more > 0 else "")

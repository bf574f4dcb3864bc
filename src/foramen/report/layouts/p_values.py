"""Columns of p-values: one for all groups, or one for each two of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import Piece, printed
from foramen.report.layouts.notes import Notes
from foramen.report.material import Entry
from foramen.report.table import Cell, Column, Part
from foramen.study.display_definition import Summary

MEANS = ("mean_difference",)
RANKS = ("mann_whitney", "kruskal_wallis", "dunn")
COUNTS = ("chi_square", "fisher", "trend")
FAILED = ("t",)
"""What a test is called when it could not even begin."""

Pair = tuple[str, str] | None
"""Two groups compared; None: all of them."""


@dataclass(frozen=True)
class PColumns:
    """The p-values of compare analyses, by pair of groups."""

    asked: Asked
    names: Sequence[str]
    notes: Notes
    pairs: Sequence[Pair]

    @classmethod
    def of(cls, asked: Asked, names: Sequence[str], notes: Notes, groups: int) -> "PColumns":
        """With two groups a test of both and a test of all are one column."""
        found = [entry for name in (*MEANS, *RANKS, *COUNTS, *FAILED) for entry in asked.material.entries(name, names)]
        pairs = dict.fromkeys(_pair(entry) for entry in found)
        one = [None] if pairs else []
        return cls(asked, names, notes, one if groups <= 2 else sorted(pairs, key=lambda pair: pair is not None))

    def columns(self) -> list[Column]:
        symbol = self.asked.style.p.symbol
        return [Column(symbol, "" if pair is None else f"{pair[0]} vs {pair[1]}") for pair in self.pairs]

    def cells(self, subject: Subject, which: Sequence[str]) -> tuple[Cell, ...]:
        """A cell per column with the p of every test of these names."""
        found = [entry for name in which for entry in self.asked.material.entries(name, self.names, **subject.about)]
        return tuple(self._cell(pair, found) for pair in self.pairs)

    def blank(self) -> tuple[Cell, ...]:
        return ((),) * len(self.pairs)

    def _cell(self, pair: Pair, found: Sequence[Entry]) -> Cell:
        parts: list[Part] = []
        for entry in found:
            if len(self.pairs) == 1 or _pair(entry) == pair:
                parts += [*(["; "] if parts else []), *p_value(self.asked, entry, self.notes)]
        return tuple(parts)


def _pair(entry: Entry) -> Pair:
    against = entry.about.get("against")
    return None if against is None else (entry.about.get("group", ""), against)


def p_value(asked: Asked, entry: Entry, notes: Notes | None = None) -> Cell:
    """A p-value with the letter of its test."""
    if entry.row.p is None and entry.row.suppressed is None and entry.row.error is None:
        return ()
    part = printed(asked.material, Piece(entry, lambda row: "" if row.p is None else asked.style.p_text(row.p)))
    marked = notes is not None and entry.row.suppressed is None and entry.row.error is None
    return (part, notes.mark(entry.row.method)) if notes is not None and marked else (part,)


def line_tests(summary: Summary, summaries: Sequence[Summary]) -> Sequence[str]:
    """Tests that stand in a line of numbers: of means beside means, of ranks beside medians; all where there is one."""
    if len(summaries) == 1:
        return (*MEANS, *RANKS, *FAILED)
    if summary == "mean_sd":
        return (*MEANS, *FAILED, *(() if "median_iqr" in summaries else RANKS))
    if summary == "median_iqr":
        return (*RANKS, *(() if "mean_sd" in summaries else (*MEANS, *FAILED)))
    return ()

"""Columns that compare groups: the difference with its interval, and p for all groups or for each two of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import Piece, printed
from foramen.report.layouts.notes import Notes
from foramen.report.layouts.points import in_points
from foramen.report.material import Entry
from foramen.report.table import Cell, Column, Value
from foramen.statistics.result import Statistic
from foramen.study.display_definition import Summary

MEANS = ("mean_difference",)
RANKS = ("mann_whitney", "kruskal_wallis", "dunn")
COUNTS = ("chi_square", "fisher", "trend")
FAILED = ("t",)
"""What a test is called when it could not even begin."""

BESIDE = {**dict.fromkeys(MEANS, "mean_difference"), **dict.fromkeys(RANKS, "hodges_lehmann"),
          **dict.fromkeys(COUNTS, "risk_difference")}  # fmt: skip
"""The difference that belongs to a test: of means, of ranks, of percentages."""

FEW = re.compile(r"expected counts are below 5")
EXACT = "chosen because expected counts are below 5"

POINTS = "Differences of percentages are in percentage points."

Pair = tuple[str, str] | None
"""Two groups compared; None: all of them."""


@dataclass(frozen=True)
class Comparisons:
    """What compare analyses say: by pair of groups a p, and with two groups the difference before it."""

    asked: Asked
    names: Sequence[str]
    notes: Notes
    pairs: Sequence[Pair]
    difference: Pair

    @classmethod
    def of(cls, asked: Asked, names: Sequence[str], notes: Notes, groups: int) -> "Comparisons":
        """With two groups a test of both and a test of all are one column."""
        found = [entry for name in (*MEANS, *RANKS, *COUNTS, *FAILED) for entry in asked.material.entries(name, names)]
        pairs = dict.fromkeys(_pair(entry) for entry in found)
        shifts = [entry for name in dict.fromkeys(BESIDE.values()) for entry in asked.material.entries(name, names)]
        compared = next((_pair(entry) for entry in shifts if _of_number(asked, entry)), None)
        one = [None] if pairs else []
        if groups <= 2:
            return cls(asked, names, notes, one, compared)
        return cls(asked, names, notes, sorted(pairs, key=lambda pair: pair is not None), None)

    @property
    def width(self) -> int:
        return len(self.pairs) + (self.difference is not None)

    def columns(self) -> list[Column]:
        symbol, level = self.asked.style.p.symbol, self.asked.interval_head
        columns = [Column(symbol, "" if pair is None else f"{pair[0]} vs {pair[1]}") for pair in self.pairs]
        if self.difference is None:
            return columns
        group, against = self.difference
        return [Column(f"Difference ({level})", f"{group} minus {against}"), *columns]

    def cells(self, subject: Subject, which: Sequence[str]) -> tuple[Cell, ...]:
        """The difference and, for each pair, the p of one test of these names: what is wanted first comes first."""
        found = [entry for name in which for entry in self.asked.material.entries(name, self.names, **subject.about)]
        apart = (self._difference(subject, which),) if self.difference is not None else ()
        return (*apart, *(self._cell(pair, found) for pair in self.pairs))

    def blank(self) -> tuple[Cell, ...]:
        return ((),) * self.width

    def _cell(self, pair: Pair, found: Sequence[Entry]) -> Cell:
        own = [entry for entry in found if len(self.pairs) == 1 or _pair(entry) == pair]
        return test_cell(self.asked, own, self.notes)

    def _difference(self, subject: Subject, which: Sequence[str]) -> Cell:
        names = dict.fromkeys(BESIDE[name] for name in which if name in BESIDE)
        entries = (e for name in names for e in self.asked.material.entries(name, self.names, **subject.about))
        entry = next((entry for entry in entries if _of_number(self.asked, entry)), None)
        if entry is None or entry.row.error is not None:  # why a test failed stands in the column of p
            return ()
        return difference(self.asked, entry, self.notes)


def _pair(entry: Entry) -> Pair:
    against = entry.about.get("against")
    return None if against is None else (entry.about.get("group", ""), against)


def _of_number(asked: Asked, entry: Entry) -> bool:
    """Whether a difference is one of numbers or percentages: grades have ranks, and no distance."""
    outcome = asked.definition(entry.about["outcome"])
    graded = outcome.kind == "category" or getattr(asked.material.variable(outcome.name), "kind", "") == "category"
    return entry.row.name != "hodges_lehmann" or not graded


def difference(asked: Asked, entry: Entry, notes: Notes) -> Cell:
    """A difference with its interval; of ranks and percentages with the letter of its method."""
    name, outcome = entry.row.name, entry.about["outcome"]
    places = asked.percent_places
    if name != "risk_difference":
        places = asked.mean_places(outcome) if name == "mean_difference" else asked.shift_places(outcome)

    def shown(row: Statistic) -> str:
        if row.estimate is None:
            return ""
        return asked.style.estimate_text(in_points(row) if name == "risk_difference" else row, places)

    part = printed(asked.material, Piece(entry, shown))
    if not isinstance(part, Value) or name == "mean_difference":
        return (part,)
    if name == "risk_difference":
        notes.say(POINTS)
    return (part, notes.mark(entry.row.method))


def test_cell(asked: Asked, found: Sequence[Entry], notes: Notes) -> Cell:
    """One p of several tests of the same: the first that there is, but the exact one where χ² has too few to expect."""
    if not found:
        return ()
    exact = next((entry for entry in found if entry.row.name == "fisher"), None)
    first = next((entry for entry in found if entry.row.error is None), found[0])
    if first.row.name == "chi_square" and exact is not None and exact.row.error is None and _few(first.row):
        return p_value(asked, exact, notes, because=EXACT)
    return p_value(asked, first, notes)


def _few(row: Statistic) -> bool:
    return row.error is not None or bool(FEW.search(row.warning or ""))


def p_value(asked: Asked, entry: Entry, notes: Notes | None = None, *, because: str = "") -> Cell:
    """A p-value with the letter of its test."""
    if entry.row.p is None and entry.row.suppressed is None and entry.row.error is None:
        return ()
    part = printed(asked.material, Piece(entry, lambda row: "" if row.p is None else asked.style.p_text(row.p)))
    marked = notes is not None and entry.row.suppressed is None and entry.row.error is None
    method = f"{entry.row.method}, {because}" if because else entry.row.method
    return (part, notes.mark(method)) if notes is not None and marked else (part,)


def line_tests(summary: Summary, summaries: Sequence[Summary]) -> Sequence[str]:
    """Tests that stand in a line of numbers: of means beside means, of ranks beside medians; all where there is one."""
    if len(summaries) == 1:
        return (*RANKS, *MEANS, *FAILED) if summary == "median_iqr" else (*MEANS, *FAILED, *RANKS)
    if summary == "mean_sd":
        return (*MEANS, *FAILED, *(() if "median_iqr" in summaries else RANKS))
    if summary == "median_iqr":
        return (*RANKS, *(() if "mean_sd" in summaries else (*MEANS, *FAILED)))
    return ()

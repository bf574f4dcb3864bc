"""Scores over time: a block per outcome, a line per time point, tests between groups beside and within groups below."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import IQR, Piece, count, numerator, one, printed, summarised, summary_head, with_n
from foramen.report.layouts.lines import (
    ABSENT,
    LEFT_OUT,
    MISSING,
    OUTSIDE,
    UNDEFINED,
    absent_rows,
    left_out_rows,
    matters,
)
from foramen.report.layouts.names import small
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import Comparisons, line_tests, p_value
from foramen.report.layouts.shares import Shares
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Mark, Row
from foramen.statistics.result import Statistic
from foramen.study.display_definition import Summary, TableWanted

NOT_IN_N = ("suppressed", OUTSIDE, UNDEFINED)
"""Reasons for a smaller n that n itself does not tell."""


@dataclass(frozen=True)
class Scores:
    """The table while its rows are made."""

    asked: Asked
    described: Sequence[str]
    within: Sequence[str]
    groups: Sequence[str]
    tests: Comparisons
    notes: Notes

    @property
    def shares(self) -> Shares:
        return Shares(self.asked, self.groups, self.tests, self.notes)

    def rows(self) -> list[Row]:
        subjects = self.asked.subjects(self.described)
        outcomes = dict.fromkeys(subject.outcome for subject in subjects)
        return [
            row
            for outcome in outcomes
            for row in self._block(outcome, [subject for subject in subjects if subject.outcome == outcome])
        ]

    def _block(self, outcome: str, subjects: Sequence[Subject]) -> list[Row]:
        """A score with its summaries; what is no score, counted: a responder or a category in a table of scores."""
        head, counted = self.asked.label(subjects[0], time=False), self._is_share(subjects[0])
        if counted:
            head += f", {self.asked.style.count_head}"
        elif len(self.asked.summaries) == 1:
            head += f", {small(summary_head(self.asked, self.asked.summaries[0]))}"
        lines = [row for subject in subjects for row in (self._counted if counted else self._lines)(subject)]
        return [Row((head,), kind="group"), *lines, *self._over_time(outcome, subjects)]

    def _is_share(self, subject: Subject) -> bool:
        return self.shares.is_yes(subject) or bool(self.shares.levels(subject))

    def _counted(self, subject: Subject) -> list[Row]:
        shares, time = self.shares, (self._time(subject),)
        if shares.is_yes(subject):
            rows = [Row(time, shares.yes(subject), 1)]
        else:
            rows = [Row(time, shares.tested(subject), 1), *shares.level_rows(subject, 2)]
        absent = absent_rows(self.asked, subject, self.groups, self.tests.width, level=2)
        if absent and not shares.of_everybody(subject):
            self.notes.say("Percentages are of those with a recorded value.")
        return [*rows, *absent]

    def _time(self, subject: Subject) -> str:
        return self.asked.time(subject.timepoint) or "Once"

    def _lines(self, subject: Subject) -> list[Row]:
        summaries = self.asked.summaries
        time = self._time(subject)
        rows = [
            Row(
                (time if len(summaries) == 1 else f"{time}, {small(summary_head(self.asked, summary))}",),
                (
                    *(self._cell(subject, group, summary) for group in self.groups),
                    *self.tests.cells(subject, line_tests(summary, summaries)),
                ),
                1,
            )
            for summary in summaries
        ]
        if "median_iqr" in summaries:
            self.notes.say(IQR)
        outside = any(matters(self.asked.find(subject, OUTSIDE, group=group)) for group in self.groups)
        names = (MISSING, *NOT_IN_N) if outside else NOT_IN_N
        ordered = [name for name in ABSENT if name in names]
        return [*rows, *absent_rows(self.asked, subject, self.groups, self.tests.width, level=2, names=ordered)]

    def _cell(self, subject: Subject, group: str, summary: Summary) -> Cell:
        cell = summarised(self.asked, subject, group, summary)
        return with_n(self.asked, cell, self.asked.find(subject, "n", group=group))

    def _over_time(self, outcome: str, subjects: Sequence[Subject]) -> list[Row]:
        """Tests within groups: of all time points together, then of each against the first."""
        first = subjects[0].timepoint
        rows = [*self._friedman(outcome)]
        for subject in subjects[1:]:
            if first is not None and subject.timepoint is not None:
                rows += self._against(outcome, first, subject.timepoint)
        return [*rows, *self._left_out(outcome)]

    def _friedman(self, outcome: str) -> list[Row]:
        found = self._within("friedman", outcome=outcome)
        style = self.asked.style

        def statistic(row: Statistic) -> str:
            return f"{style.number(row.statistic or 0, style.estimate_decimals)} ({style.number(_df(row), 0)})"

        told = [entry if entry is not None and entry.row.error is None else None for entry in found]
        return [
            *self._row(("Friedman χ² (df), over time",), found, lambda entry: one(self.asked, entry, statistic)),
            *self._row((f"{style.p.symbol}, over time",), told, lambda entry: p_value(self.asked, entry, self.notes)),
            *self._row(("Complete cases, n",), told, lambda e: one(self.asked, e, numerator(self.asked))),
        ]

    def _against(self, outcome: str, first: str, later: str) -> list[Row]:
        """What changed from the first time point to a later one."""
        label, symbol = self.asked.material.timepoint_label, self.asked.style.p.symbol
        words = f"{label(later)} against {small(label(first))}"
        about = {"outcome": outcome, "timepoint": later, "against": first}
        pairs = self._within("friedman_pairs", outcome=outcome, first=first, second=later)
        change = f"{words}, mean change ({self.asked.interval_head}), {symbol}"
        shifts = self._within("pseudomedian", **about)
        middle: Cell = (
            f"{words}, Hodges–Lehmann change ({self.asked.interval_head})",
            *self._methods(shifts),
            f", {symbol}",
        )
        mcnemar = self._within("mcnemar", **about)
        return [
            *self._row((f"{words}, {symbol}",), pairs, lambda entry: p_value(self.asked, entry, self.notes)),
            *self._row((change,), self._within("mean_change", **about), self._mean_change),
            *self._row(middle, self._within("wilcoxon", **about), lambda entry: self._shift(entry, shifts)),
            *self._row((f"{words}, {symbol}",), mcnemar, lambda entry: p_value(self.asked, entry, self.notes)),
        ]

    def _methods(self, entries: Sequence[Entry | None]) -> list[Mark]:
        """The letters of what an estimate is: a Hodges–Lehmann change is no difference of the medians above it."""
        known = [entry.row for entry in entries if entry is not None and entry.row.estimate is not None]
        return [self.notes.mark(method) for method in dict.fromkeys(row.method for row in known)]

    def _mean_change(self, entry: Entry) -> Cell:
        places = self.asked.mean_places(entry.about["outcome"])
        return self._changed(entry, entry, places)

    def _shift(self, test: Entry, shifts: Sequence[Entry | None]) -> Cell:
        shift = next((s for s in shifts if s is not None and s.about["group"] == test.about["group"]), None)
        if shift is None:
            return p_value(self.asked, test, self.notes)
        return self._changed(shift, test, self.asked.shift_places(test.about["outcome"]))

    def _changed(self, change: Entry, test: Entry, places: int) -> Cell:
        """“−2.0 (−2.5; −1.5), p < 0.001”."""
        style = self.asked.style
        first = printed(self.asked.material, Piece(change, lambda row: style.estimate_text(row, places)))
        if test.row.suppressed is not None or (test.row.error is not None and change.row.error is not None):
            return (first,)
        p = printed(self.asked.material, Piece(test, lambda row: "" if row.p is None else style.p_words(row.p)))
        mark = () if test.row.error is not None else (self.notes.mark(test.row.method),)
        return (first, ", ", p, *mark)

    def _left_out(self, outcome: str) -> list[Row]:
        """Of tests of complete cases: who was left out, beside the outcome whose answers they lack."""
        entries = [self._lost(outcome, group) for group in self.groups]
        if not any(map(matters, entries)):
            return []
        return self._row(("Left out of these tests, an answer missing",), entries, lambda e: count(self.asked, e))

    def _lost(self, outcome: str, group: str) -> Entry | None:
        """The count follows the tests of the outcome it belongs to."""
        for name in self.within:
            latest = ""
            for entry in self.asked.material.of_analysis(name):
                latest = entry.about.get("outcome", latest)
                if entry.row.name == LEFT_OUT and latest == outcome and entry.about.get("group") == group:
                    return entry
        return None

    def _within(self, name: str, **about: str) -> list[Entry | None]:
        return [self.asked.material.entry(name, self.within, group=group, **about) for group in self.groups]

    def _row(self, head: Cell, entries: Sequence[Entry | None], cell: Callable[[Entry], Cell]) -> list[Row]:
        """A line of the groups' tests, if there is any."""
        if not any(entries):
            return []
        cells = [() if entry is None else cell(entry) for entry in entries]
        return [Row(head, (*cells, *self.tests.blank()), 1)]


def _df(row: Statistic) -> float:
    assert isinstance(row.df, int | float)
    return row.df


def scores(material: Material, wanted: TableWanted) -> Body:
    """Each score at each time point by group, tests between groups beside it and over time below it."""
    asked, notes = Asked(material, wanted), Notes()
    described = asked.need("describe", "the scores at each time point")
    within, compared = asked.named("within"), asked.named("compare")
    asked.together([*described, *within, *compared])
    groups, tests = asked.columns(described), Comparisons.of(asked, compared, notes, len(asked.groups(described)))
    table = Scores(asked, described, within, groups, tests, notes)
    rows = table.rows()
    if not rows:
        raise NothingToShowError("None of the outcomes wanted is described by its analyses.")
    rows += left_out_rows(asked, [*described, *compared], groups, tests.width)
    columns = [*(asked.column(label, described) for label in groups), *tests.columns()]
    return finished(material, "Score", columns, rows, notes)

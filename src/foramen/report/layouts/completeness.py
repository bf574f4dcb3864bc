"""How many answers were expected, and how many are there."""

from collections.abc import Sequence

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import count, derived, estimated, everybody, numerator, one, share_text
from foramen.report.layouts.lines import absent, matters, not_grouped
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import COUNTS, MEANS, RANKS, p_value
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row
from foramen.statistics.result import Statistic
from foramen.study.display_definition import TableWanted
from foramen.study.population import ALL

OUTSIDE = "outside_window"
WITHHELD = "suppressed"

TESTED = (*COUNTS, *RANKS, *MEANS)


class Completeness:
    """The table while its rows are made: expected, with answer, %, interval, then columns that are needed."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.notes = asked, Notes()
        self.described = asked.need("describe", "of an outcome of kind recorded, or of a score")
        self.compared = asked.named("compare")
        asked.together([*self.described, *self.compared])
        self.subjects = asked.subjects(self.described)
        self.groups = asked.columns(self.described)
        self.counts = [name for name in (OUTSIDE, WITHHELD) if self._any(name)]
        self.interval = any(self._recorded(s, g) is not None for s in self.subjects for g in self.groups)

    def _any(self, name: str) -> bool:
        return any(matters(self.asked.find(s, name, group=g)) for s in self.subjects for g in self.groups)

    def columns(self) -> list[Column]:
        words = {OUTSIDE: "Outside the window", WITHHELD: "Withheld at the source"}
        if OUTSIDE in self.counts:
            self.notes.say("An answer outside its window does not count as one.")
        interval = [Column(self.asked.interval_head)] if self.interval else []
        heads = [Column("Expected"), Column("With answer"), Column("%"), *interval]
        return [*heads, *(Column(words[name]) for name in self.counts)]

    def rows(self) -> list[Row]:
        return [row for subject in self.subjects for row in self._block(subject)]

    def _block(self, subject: Subject) -> list[Row]:
        head, tests = (self.asked.label(subject),), self._tests(subject)
        if list(self.groups) == [ALL] and not tests:
            return [Row(head, self._cells(subject, ALL))]
        rows = [Row(("All" if group == ALL else group,), self._cells(subject, group), 1) for group in self.groups]
        return [Row(head, kind="group"), *rows, *self._ungrouped(subject), *tests]

    def _cells(self, subject: Subject, group: str) -> tuple[Cell, ...]:
        recorded, asked = self._recorded(subject, group), self.asked
        entry = recorded or asked.find(subject, "n", group=group)
        style, places = asked.style, asked.percent_places

        def answered(row: Statistic) -> str:
            return share_text(asked, row.denominator, row.n)

        more = [absent(asked, subject, name, group) for name in self.counts]
        cells = [
            one(asked, entry, everybody(asked)),
            one(asked, entry, numerator(asked)),
            one(asked, entry, estimated(asked, places))
            if recorded
            else derived(one(asked, entry, answered), _share(entry)),
        ]
        interval = [one(asked, recorded, lambda row: style.interval_text(row, places))] if self.interval else []
        return (*cells, *interval, *more)

    def _recorded(self, subject: Subject, group: str) -> Entry | None:
        """The percentage with an answer, where the outcome is whether there is one."""
        if self.asked.definition(subject.outcome).kind != "recorded":
            return None
        return self.asked.find(subject, "responder_percent", group=group)

    def _ungrouped(self, subject: Subject) -> list[Row]:
        entry = not_grouped(self.asked, subject)
        return [] if entry is None else [Row(("In no group",), self._alone(count(self.asked, entry), 0), 1)]

    def _tests(self, subject: Subject) -> list[Row]:
        """Tests between the groups, of whether there is an answer."""
        recorded = self.asked.definition(subject.outcome).kind == "recorded"
        found = [e for n in TESTED for e in self.asked.material.entries(n, self.compared, **subject.about) if recorded]
        symbol = self.asked.style.p.symbol
        return [
            Row((_between(entry, symbol),), self._alone(p_value(self.asked, entry, self.notes), 2), 1)
            for entry in found
        ]

    def _alone(self, cell: Cell, place: int) -> tuple[Cell, ...]:
        width = len(self.columns())
        return (*([()] * place), cell, *([()] * (width - place - 1)))


def _share(entry: Entry | None) -> str:
    return "" if entry is None else f"100 × {entry.row.n} / {entry.row.denominator}"


def _between(entry: Entry, symbol: str) -> str:
    pair: Sequence[str] = [entry.about[key] for key in ("group", "against") if key in entry.about]
    return f"{symbol}, {' vs '.join(pair)}" if pair else symbol


def completeness(material: Material, wanted: TableWanted) -> Body:
    """Expected, with answer, percentage, outside the window; a row per outcome, time and group."""
    table = Completeness(Asked(material, wanted))
    rows = table.rows()
    if not rows:
        raise NothingToShowError("None of the outcomes wanted is described by its analyses.")
    return finished(material, "Answer", table.columns(), rows, table.notes)

"""Percentages with their intervals, a row per group, outcome or class; effects and tests below."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import count, estimated, everybody, numerator, one
from foramen.report.layouts.lines import ABSENT, absent, absent_words, left_out_rows, not_grouped
from foramen.report.layouts.names import capital, pair, printed_name, small
from foramen.report.layouts.needed import needed_interval, needed_text
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import COUNTS, RANKS, p_value
from foramen.report.layouts.points import in_points
from foramen.report.layouts.shares import counts_missing
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Failed, Part, Row, Span, Withheld
from foramen.statistics.result import Statistic
from foramen.study.display_definition import TableWanted
from foramen.study.population import ALL

ACROSS = 2
"""Up to this many time points stand beside each other; more stand one below the other."""

NEEDED = "number_needed_to_treat"

AS_NO = "Who did not answer is counted as a no, in N as well."

EFFECTS = {
    "risk_difference": "Difference, percentage points",
    "risk_ratio": "Risk ratio",
    "odds_ratio": "Odds ratio",
    NEEDED: "Number needed to treat",
}


@dataclass(frozen=True)
class Proportions:
    """The rows of one grouping. `times` stand across; None stands for all there is at once."""

    asked: Asked
    names: Sequence[str]
    compared: Sequence[str]
    groups: Sequence[str]
    times: Sequence[str | None]
    reasons: Mapping[str, str]
    notes: Notes

    def block(self, head: str, subjects: Sequence[Subject]) -> Iterator[Row]:
        """The rows of one outcome, under its head; a single one is its own head."""
        classes = self._classes(subjects)
        if len(self.groups) == 1 and not classes:
            yield Row((head,), self._cells(subjects, self.groups[0], None))
        else:
            yield Row((head,), kind="group")
            for group in self.groups:
                yield from self._lines(subjects, group, classes)
        yield from self._compared(subjects)

    def _classes(self, subjects: Sequence[Subject]) -> list[str]:
        """The classes of a category; none of a yes or no."""
        material = self.asked.material
        found = (e for s in subjects for e in material.entries("percent", [s.analysis], **s.about))
        return list(dict.fromkeys(entry.about["category"] for entry in found))

    def _lines(self, subjects: Sequence[Subject], group: str, classes: Sequence[str]) -> Iterator[Row]:
        name, several = "All" if group == ALL else group, len(self.groups) > 1
        if not classes:
            yield Row((name,), self._cells(subjects, group, None), 1)
            return
        if several:
            yield Row((name,), level=1, kind="group")
        for i, label in enumerate(classes):
            yield Row((capital(label),), self._cells(subjects, group, label, beside=i == 0), 1 + several)

    def _at(self, subjects: Sequence[Subject], time: str | None) -> Subject | None:
        return next((s for s in subjects if time is None or s.timepoint == time), None)

    def _across(self, subjects: Sequence[Subject], cells: Callable[[Subject], Sequence[Cell]]) -> tuple[Cell, ...]:
        blank: Sequence[Cell] = ((),) * (3 + len(self.reasons))
        found = [self._at(subjects, time) for time in self.times]
        return tuple(cell for subject in found for cell in (blank if subject is None else cells(subject)))

    def _cells(
        self, subjects: Sequence[Subject], group: str, category: str | None, *, beside: bool = True
    ) -> tuple[Cell, ...]:
        """A share at each time; who is absent stands `beside` the first class only."""
        about = {"group": group} if category is None else {"group": group, "category": category}
        name = "responder_percent" if category is None else "percent"

        def cells(subject: Subject) -> Sequence[Cell]:
            entry = self.asked.find(subject, name, **about)
            missing = [absent(self.asked, subject, reason, group) if beside else () for reason in self.reasons]
            return [*self._share(entry), *missing]

        return self._across(subjects, cells)

    def _share(self, entry: Entry | None) -> list[Cell]:
        """“35 / 50”, “70.0”, “56.2; 80.9”. What failed says so once, what is withheld gives its reason once."""
        style, places = self.asked.style, self.asked.percent_places
        n, total = numerator(self.asked), everybody(self.asked)
        shows: list[Callable[[Statistic], str]] = [
            lambda row: "" if None in (row.n, row.denominator) else f"{n(row)} / {total(row)}",
            estimated(self.asked, places),
            lambda row: style.interval_text(row, places),
        ]
        cells = [one(self.asked, entry, show) for show in shows]
        if any(isinstance(part, Failed) for part in cells[0]):
            return [cells[0], (), ()]
        if entry is not None and counts_missing(entry):
            self.notes.say(AS_NO)
        return [cells[0], *(tuple(map(_short, cell)) for cell in cells[1:])]

    def ungrouped(self, subjects: Sequence[Subject]) -> list[Row]:
        """A line of those that no group holds."""
        if not any(not_grouped(self.asked, subject) for subject in subjects):
            return []
        blank: list[Cell] = [()] * (2 + len(self.reasons))
        cells = self._across(subjects, lambda subject: [count(self.asked, not_grouped(self.asked, subject)), *blank])
        return [Row(("In no group",), cells, 1)]

    def _compared(self, subjects: Sequence[Subject]) -> Iterator[Row]:
        for name in (*EFFECTS, *COUNTS, *RANKS):
            found = [
                entry
                for subject in subjects
                for entry in self.asked.material.entries(name, self.compared, **subject.about)
            ]
            for both in dict.fromkeys((e.about.get("group", ""), e.about.get("against", "")) for e in found):
                same = [e for e in found if (e.about.get("group", ""), e.about.get("against", "")) == both]
                yield self._effect(subjects, name, f", {pair(*both)}" if all(both) else "", same)

    def _effect(self, subjects: Sequence[Subject], name: str, between: str, found: Sequence[Entry]) -> Row:
        def cells(subject: Subject) -> Sequence[Cell]:
            entry = next((e for e in found if e.about.get("timepoint") == subject.timepoint), None)
            blank: list[Cell] = [()] * len(self.reasons)
            if entry is None:
                return [(), (), (), *blank]
            if name not in EFFECTS:
                return [(), p_value(self.asked, entry, self.notes), (), *blank]
            estimate, interval = self._estimate(entry)
            return [(), estimate, interval, *blank]

        head = EFFECTS.get(name) or f"{capital(printed_name(name))}, {self.asked.style.p.symbol}"
        return Row((head + between,), self._across(subjects, cells), 1)

    def _estimate(self, entry: Entry) -> tuple[Cell, Cell]:
        """A difference of risks is printed in percentage points, as the percentages above it are; what failed once."""
        style, points = self.asked.style, entry.row.name == "risk_difference"
        places = self.asked.percent_places if points else style.estimate_decimals

        def shown(row: Statistic) -> Statistic:
            return in_points(row) if points else row

        def bounds(row: Statistic) -> str:
            return needed_interval(style, row) if row.name == NEEDED else style.interval_text(shown(row), places)

        def middle(row: Statistic) -> str:
            return needed_text(style, row) if row.name == NEEDED else style.number(shown(row).estimate or 0, places)

        estimate = one(self.asked, entry, middle)
        failed = entry.row.error is not None or (entry.row.suppressed is None and not bounds(entry.row))
        return estimate, () if failed else tuple(map(_short, one(self.asked, entry, bounds)))


def _short(part: Part) -> Part:
    """Beside a number withheld for a stated reason, the others say only that they are withheld too."""
    return Withheld("suppressed", part.row) if isinstance(part, Withheld) else part


def proportions(material: Material, wanted: TableWanted) -> Body:
    """Rows of n / N, percentage and interval: of the groups, then of those of each other grouping."""
    asked, notes = Asked(material, wanted), Notes()
    described = asked.need("describe", "of a responder or a category")
    subjects = [s for s in asked.subjects(described) if _is_share(asked, s)]
    if not subjects:
        raise NothingToShowError("This table needs an analysis of kind describe of a responder or a category.")
    times = asked.in_time(s.timepoint for s in subjects if s.timepoint)
    beside = len(times) <= ACROSS and all(s.timepoint and asked.time(s.timepoint) for s in subjects)
    across: list[str | None] = [*times] if beside else [None]
    groupings = _groupings(asked, described)
    every = [s for names in groupings for s in asked.subjects(names) if _is_share(asked, s)]
    reasons = absent_words(asked, every, [label for names in groupings for label in _columns(asked, names)], ABSENT)
    rows: list[Row] = []
    for names in groupings:
        rows += _grouping(asked, names, across, reasons, notes)
    rows += _left_out(asked, described, len(across) * (3 + len(reasons)))
    shares = [Column("n / N"), Column("%"), Column(asked.interval_head)]
    each = [*shares, *(Column(capital(words)) for words in reasons.values())]
    spans = [Span(material.timepoint_label(time), len(each)) for time in across if time is not None]
    return finished(material, "Outcome", each * len(across), rows, notes, spans)


def _is_share(asked: Asked, subject: Subject) -> bool:
    return any(asked.find(subject, name) is not None for name in ("responder_percent", "percent"))


def _groupings(asked: Asked, names: Sequence[str]) -> list[list[str]]:
    """The analyses, those that group alike together."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(repr(asked.by(name)), []).append(name)
    return list(found.values())


def _columns(asked: Asked, names: Sequence[str]) -> list[str]:
    """Everybody stands among the groups of the study only."""
    return asked.columns(names) if asked.by(names[0]) is None else asked.groups(names)


def _grouping(
    asked: Asked, names: Sequence[str], across: Sequence[str | None], reasons: Mapping[str, str], notes: Notes
) -> list[Row]:
    by = asked.by(names[0])
    compared = [name for name in asked.named("compare") if asked.by(name) == by]
    groups = _columns(asked, names)
    table = Proportions(asked, names, compared, groups, across, reasons, notes)
    subjects = [s for s in asked.subjects(names) if _is_share(asked, s)]
    rows: list[Row] = []
    for head, own in _blocks(asked, subjects, stacked=list(across) == [None]):
        grouped = f"{head}, by {small(asked.material.outcome_label(by.outcome))}" if by else head
        rows += table.block(grouped, own)
        rows += table.ungrouped(own)
    return rows


def _blocks(asked: Asked, subjects: Sequence[Subject], *, stacked: bool) -> Iterator[tuple[str, list[Subject]]]:
    """An outcome at all its times, or at one of them where times stand one below the other."""
    if stacked:
        yield from ((asked.label(subject), [subject]) for subject in subjects)
        return
    for outcome in dict.fromkeys(subject.outcome for subject in subjects):
        own = [subject for subject in subjects if subject.outcome == outcome]
        yield asked.label(own[0], time=False), own


def _left_out(asked: Asked, names: Sequence[str], width: int) -> list[Row]:
    """Of analyses of complete cases, everybody together: the groups have no columns of their own here."""
    return left_out_rows(asked, [*names, *asked.named("compare")], [ALL], width - 1)

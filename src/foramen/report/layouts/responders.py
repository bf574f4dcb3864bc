"""Responders and the classes they are made of, best to worst, at each time point."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import complement, denominator, estimated, numerator, one, share, share_of
from foramen.report.layouts.lines import ABSENT, MISSING, OF_WHOM, absent, absent_words
from foramen.report.layouts.names import capital, small
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import COUNTS, RANKS, Comparisons, p_value
from foramen.report.layouts.shares import counts_missing
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row, Span, Value
from foramen.statistics.result import Statistic
from foramen.study.definition import Band, Outcome
from foramen.study.display_definition import TableWanted
from foramen.study.population import ALL

Cells = tuple[Cell, ...]

COUNTED = "Counted (no answer counted as non-responder)"

OF_NO_ANSWER = ((ABSENT[MISSING],), (OF_WHOM,))
"""Lines that stand with the class of those who did not answer, where that is one."""


@dataclass(frozen=True)
class Responders:
    """The table while its rows are made. Without groups each time point has columns n and %, else one per group."""

    asked: Asked
    described: Sequence[str]
    subjects: Sequence[Subject]
    groups: Sequence[str]
    tests: Comparisons
    notes: Notes

    @property
    def times(self) -> list[str]:
        return self.asked.in_time(s.timepoint for s in self.subjects if self._kind(s) == "responder" and s.timepoint)

    def _kind(self, subject: Subject) -> str:
        return self.asked.definition(subject.outcome).kind

    @property
    def plain(self) -> bool:
        return list(self.groups) == [ALL]

    def columns(self) -> tuple[list[Column], list[Span]]:
        own = [self.asked.column(label, self.described) for label in self.groups]
        each = [Column("n"), Column("%")] if self.plain else [*own, *self.tests.columns()]
        spans = [Span(self.asked.material.timepoint_label(time), len(each)) for time in self.times]
        return each * len(self.times), spans

    def block(self, outcome: Outcome) -> list[Row]:
        """Responders with their classes, the others with theirs, then who is in neither."""
        better, worse = _parted(outcome, self._classes(outcome))
        everybody, absent = self._of_everybody(outcome.name), self._absent(outcome.name)
        inside = [row for row in absent if everybody and row.head in OF_NO_ANSWER]
        return [
            Row(("Responders",), self._shares(outcome.name), kind="sum"),
            *(self._class(outcome, band) for band in better),
            Row(("Non-responders",), self._others(outcome.name), kind="sum"),
            *(self._class(outcome, band) for band in worse),
            *([self._no_answer(outcome.name)] if everybody else []),
            *(replace(row, level=2) for row in inside if row.head == (OF_WHOM,)),
            *self._all_classes(outcome),
            Row((COUNTED if everybody else "With an answer",), self._answered(outcome.name)),
            *(row for row in absent if row not in inside),
            *self._other_rule(outcome.name),
            *self._changed(outcome.name),
        ]

    def _of_everybody(self, outcome: str) -> bool:
        """Whether those who did not answer are counted as non-responders."""
        found = (self._percent(s, group) for s in self.subjects if s.outcome == outcome for group in self.groups)
        return any(entry is not None and counts_missing(entry) for entry in found)

    def _classes(self, outcome: Outcome) -> Sequence[Band]:
        return self._classed(outcome).bands or [] if self._classed(outcome) is not outcome else []

    def _classed(self, outcome: Outcome) -> Outcome:
        """The category of relief of the same scores; the outcome itself where there is none."""
        for name in dict.fromkeys(subject.outcome for subject in self.subjects):
            other = self.asked.definition(name)
            same = (other.variable, other.baseline, other.reader) == (
                outcome.variable,
                outcome.baseline,
                outcome.reader,
            )
            if same and other.bands and other.bands_of == "relief_percent" and outcome.relief_percent is not None:
                return other
        return outcome

    def _subject(self, outcome: str, time: str) -> Subject | None:
        return next((s for s in self.subjects if s.outcome == outcome and s.timepoint == time), None)

    def _line(self, outcome: str, cells: Callable[[Subject, str], Cells], p: Sequence[str] = ()) -> Cells:
        """The cells of all time points: of each group, then the p-values of these tests."""
        line: list[Cell] = []
        for time in self.times:
            subject = self._subject(outcome, time)
            for group in self.groups:
                line += cells(subject, group) if subject else self._nothing()
            if not self.plain:
                line += self.tests.cells(subject, p) if subject and p else self.tests.blank()
        return tuple(line)

    def _nothing(self) -> Cells:
        return ((), ()) if self.plain else ((),)

    def _one(self, cell: Cell) -> Cells:
        return (cell, ()) if self.plain else (cell,)

    def _share(self, entry: Entry | None) -> Cells:
        if entry is None:
            return self._nothing()
        if not self.plain:
            return (share(self.asked, entry),)
        number = one(self.asked, entry, numerator(self.asked))
        return number, one(self.asked, entry, estimated(self.asked, self.asked.percent_places))

    def _shares(self, outcome: str) -> Cells:
        return self._line(outcome, lambda s, group: self._share(self._percent(s, group)), COUNTS)

    def _percent(self, subject: Subject, group: str) -> Entry | None:
        return self.asked.find(subject, "responder_percent", group=group)

    def _others(self, outcome: str) -> Cells:
        def cells(subject: Subject, group: str) -> Cells:
            entry = self._percent(subject, group)
            if entry is None:
                return self._nothing()
            number, percent = complement(self.asked, entry)
            return (number, percent) if self.plain else (_joined(self.asked.style.count_percent, number, percent),)

        return self._line(outcome, cells)

    def _class(self, outcome: Outcome, band: Band) -> Row:
        everybody = self._of_everybody(outcome.name)

        def cells(subject: Subject, group: str) -> Cells:
            entry = self.asked.find(subject, "percent", category=band.label, group=group)
            return self._part(outcome.name, subject, group, entry) if everybody else self._share(entry)

        return Row((capital(band.label),), self._line(self._classed(outcome).name, cells), 1)

    def _part(self, outcome: str, subject: Subject, group: str, entry: Entry | None) -> Cells:
        """A class, or no answer, as a part of everybody counted: with the denominator of the responders."""
        responders = next((s for s in self.subjects if (s.outcome, s.timepoint) == (outcome, subject.timepoint)), None)
        whole = self._percent(responders, group) if responders else None
        number = one(self.asked, entry, numerator(self.asked) if entry and entry.row.name == "percent" else self._many)
        if entry is None or whole is None or not isinstance(number[0], Value):
            return (number, ()) if self.plain else (number,)
        part = entry.row.n if entry.row.name == "percent" else int(entry.row.estimate or 0)
        percent = share_of(self.asked, entry, part, whole)
        return (number, percent) if self.plain else (_joined(self.asked.style.count_percent, number, percent),)

    def _many(self, row: Statistic) -> str:
        return "" if row.estimate is None else self.asked.style.count(row.estimate)

    def _no_answer(self, outcome: str) -> Row:
        """Those without an answer, as a class of the non-responders."""

        def cells(subject: Subject, group: str) -> Cells:
            return self._part(outcome, subject, group, self.asked.find(subject, MISSING, group=group))

        return Row(("No answer",), self._line(outcome, cells), 1)

    def _all_classes(self, outcome: Outcome) -> list[Row]:
        """Tests that compare the groups over all classes at once."""
        if not self._classes(outcome):
            return []
        line = self._line(self._classed(outcome).name, lambda *_: self._nothing(), (*COUNTS, *RANKS))
        return [Row(("All classes",), line)] if any(line) else []

    def _answered(self, outcome: str) -> Cells:
        def cells(subject: Subject, group: str) -> Cells:
            return self._one(denominator(self.asked, [self._percent(subject, group)]))

        return self._line(outcome, cells)

    def _absent(self, outcome: str) -> list[Row]:
        subjects = [subject for subject in self.subjects if subject.outcome == outcome]
        rows = []
        for name, words in absent_words(self.asked, subjects, self.groups, ABSENT).items():

            def cells(subject: Subject, group: str, name: str = name) -> Cells:
                return self._one(absent(self.asked, subject, name, group))

            line = self._line(outcome, cells)
            rows.append(Row((words,), line, int(words == OF_WHOM)))
        return rows

    def _other_rule(self, outcome: str) -> list[Row]:
        """The same under the other rule for missing answers, where a second analysis asks for it, and of how many."""
        entries = list(self.asked.material.entries("responder_percent", self.described, outcome=outcome))
        firsts = {subject.analysis for subject in self.subjects if subject.outcome == outcome}
        second = [e for e in entries if e.about["analysis"] not in firsts]
        if not second:
            return []

        def of(subject: Subject, group: str) -> Entry | None:
            same = {"timepoint": subject.timepoint, "group": group}
            return next((e for e in second if {k: e.about.get(k) for k in same} == same), None)

        failing = counts_missing(second[0])
        words = "Responders, no answer counted as non-responder" if failing else "Responders, of those with an answer"
        return [
            Row((words,), self._line(outcome, lambda s, group: self._share(of(s, group))), kind="sum"),
            Row(("Counted" if failing else "With an answer",), self._line(outcome, lambda s, group: self._one(
                denominator(self.asked, [of(s, group)]))), 1),
        ]  # fmt: skip

    def _changed(self, outcome: str) -> list[Row]:
        """McNemar's test of each time point against each before it, in the columns of the later one."""
        within = self.asked.named("within")
        found = list(self.asked.material.entries("mcnemar", within, outcome=outcome))
        rows = []
        for first in dict.fromkeys(entry.about["against"] for entry in found):

            def cells(subject: Subject, group: str, first: str = first) -> Cells:
                about = {**subject.about, "against": first, "group": group}
                entry = self.asked.material.entry("mcnemar", within, **about)
                return self._one(() if entry is None else p_value(self.asked, entry, self.notes))

            before = small(self.asked.material.timepoint_label(first))
            line = self._line(outcome, cells)
            if any(line):
                rows.append(Row((f"Change since {before}, McNemar, {self.asked.style.p.symbol}",), line))
        return rows


def _joined(template: str, number: Cell, percent: Cell) -> Cell:
    """Both in the template of the style, or the words that stand for both."""
    if number and number[0] == percent[0]:
        return number
    before, _, rest = template.partition("{n}")
    middle, _, after = rest.partition("{percent}")
    return tuple(part for part in (before, *number, middle, *percent, after) if part != "")


def _parted(outcome: Outcome, bands: Iterable[Band]) -> tuple[list[Band], list[Band]]:
    """Bands at or above the threshold of success, and those below it, each best to worst."""
    threshold = Decimal(outcome.relief_percent or 0)
    better, worse = [], []
    for band in sorted(bands, key=_bottom, reverse=True):
        low, high = _bottom(band), _top(band)
        if low[0] >= threshold:
            better.append(band)
        elif high <= threshold:
            worse.append(band)
        else:
            raise NothingToShowError(
                f"The class “{band.label}” lies on both sides of {threshold} %: it holds responders and others; "
                "let a class end where success begins."
            )
    return better, worse


def _bottom(band: Band) -> tuple[Decimal, bool]:
    """Where a band begins; of two that begin at a value, the one that holds it comes first."""
    if band.is_ is not None:
        return Decimal(band.is_), False
    if band.at_least is not None:
        return Decimal(band.at_least), False
    return (Decimal(band.above), True) if band.above is not None else (Decimal("-Infinity"), False)


def _top(band: Band) -> Decimal:
    """What no value of the band goes beyond; a single value is itself."""
    if band.is_ is not None:
        return Decimal(band.is_)
    return Decimal(band.below) if band.below is not None else Decimal("Infinity")


def responders(material: Material, wanted: TableWanted) -> Body:
    """Responders and non-responders in classes of relief at each time point, as in a responder table of a paper."""
    asked, notes = Asked(material, wanted), Notes()
    described = asked.need("describe", "of a responder, and of its classes: a category with bands_of relief_percent")
    compared = asked.named("compare")
    asked.together([*described, *compared, *asked.named("within")])
    subjects = asked.subjects(described)
    names = dict.fromkeys(s.outcome for s in subjects if asked.definition(s.outcome).kind == "responder")
    groups = asked.columns(described)
    tests = Comparisons.of(asked, compared, notes, len(asked.groups(described)))
    table = Responders(asked, described, subjects, groups, tests, notes)
    if not names or not table.times:
        raise NothingToShowError("This table needs an analysis of kind describe of an outcome of kind responder.")
    rows: list[Row] = []
    for name in names:
        head = [Row((capital(material.outcome_label(name)),), kind="group")] if len(names) > 1 else []
        rows += [*head, *table.block(asked.definition(name))]
    stub = capital(material.outcome_label(next(iter(names)))) if len(names) == 1 else "Relief"
    columns, spans = table.columns()
    return finished(material, stub, columns, rows, notes, spans)

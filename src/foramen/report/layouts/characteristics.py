"""Tables by group: what people were like, what they took, got, felt; a block of lines per outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import IQR, count, one, share, summarised, summary_head
from foramen.report.layouts.lines import absent_rows, left_out_rows, not_grouped
from foramen.report.layouts.names import capital, small
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import COUNTS, MEANS, RANKS, PColumns, line_tests
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row, Value
from foramen.study.display_definition import TableWanted

UNGROUPED = "In no group"


@dataclass(frozen=True)
class Flavour:
    """What sets one table by group apart from another."""

    stub: str
    percentages: str
    bounds: bool = False
    quantities: bool = False
    ungrouped: str = UNGROUPED


@dataclass(frozen=True)
class ByGroup:
    """A table by group while its rows are made."""

    asked: Asked
    flavour: Flavour
    described: Sequence[str]
    groups: Sequence[str]
    tests: PColumns
    notes: Notes

    @classmethod
    def of(cls, asked: Asked, flavour: Flavour) -> "ByGroup":
        described = asked.need("describe", "how many, how much")
        compared = asked.named("compare")
        asked.together([*described, *compared])
        groups, notes = asked.columns(described), Notes()
        return cls(
            asked, flavour, described, groups, PColumns.of(asked, compared, notes, len(asked.groups(described))), notes
        )

    def body(self) -> Body:
        subjects = self.asked.subjects(self.described)
        if not subjects:
            raise NothingToShowError("None of the outcomes wanted is described by its analyses.")
        apart = any(not_grouped(self.asked, subject) for subject in subjects)
        rows = [row for subject in subjects for row in self._block(subject, apart)]
        used = [*self.described, *self.tests.names]
        rows += left_out_rows(self.asked, used, self.groups, len(self.tests.pairs) + apart)
        columns = [self.asked.column(label, self.described) for label in self.groups]
        extra = [Column(self.flavour.ungrouped)] if apart else []
        heads = [*columns, *extra, *self.tests.columns()]
        return finished(self.asked.material, self.flavour.stub, heads, rows, self.notes, intervals=self.flavour.bounds)

    def _block(self, subject: Subject, apart: bool) -> list[Row]:
        """The lines of one outcome at one time point; who is in no group stands in the first of them."""
        rows = self._numbers(subject) or self._yes(subject) or self._categories(subject)
        if not apart:
            return rows
        width = len(self.groups)
        aside = [count(self.asked, not_grouped(self.asked, subject)), *([()] * (len(rows) - 1))]
        return [
            Row(row.head, (*row.cells[:width], cell, *row.cells[width:]), row.level, row.kind)
            for row, cell in zip(rows, aside, strict=True)
        ]

    def _numbers(self, subject: Subject) -> list[Row]:
        asked, summaries = self.asked, self.asked.summaries
        if not any(asked.find(subject, name) for name in ("mean", "describe")):
            return []
        if any(summary == "median_iqr" for summary in summaries):
            self.notes.say(IQR)
        absent = self._absent(subject)
        if len(summaries) == 1 and not self.flavour.quantities:
            head = f"{asked.label(subject)}, {small(summary_head(asked, summaries[0]))}"
            return [Row((head,), self._line(subject, 0)), *absent]
        lines = [Row((summary_head(asked, summary),), self._line(subject, i), 1) for i, summary in enumerate(summaries)]
        return [Row((asked.label(subject),), ((),) * (len(self.groups) + len(self.tests.pairs))), *lines, *absent]

    def _line(self, subject: Subject, i: int) -> tuple[Cell, ...]:
        summaries = self.asked.summaries
        which = line_tests(summaries[i], summaries)
        return (*(self._number(subject, group, i) for group in self.groups), *self.tests.cells(subject, which))

    def _number(self, subject: Subject, group: str, i: int) -> Cell:
        """A summary; of a quantity that nobody of the group has, that it was not recorded."""
        nobody = self._unrecorded(subject, group)
        if nobody is None:
            return summarised(self.asked, subject, group, self.asked.summaries[i])
        self.notes.say(UNLIKE)
        return (Value("not recorded", nobody.place),)

    def _unrecorded(self, subject: Subject, group: str) -> Entry | None:
        """The count that says nobody of a group has this quantity: not missing answers, but another quantity."""
        entry = self.asked.find(subject, "n", group=group) if self.flavour.quantities else None
        return entry if entry is not None and entry.row.estimate == 0 else None

    def _absent(self, subject: Subject) -> list[Row]:
        measured = [group for group in self.groups if self._unrecorded(subject, group) is None]
        return absent_rows(self.asked, subject, self.groups, len(self.tests.pairs), counted=measured)

    def _absent_of_shares(self, subject: Subject) -> list[Row]:
        """Where somebody is missing, what percentages are of has to be said."""
        absent = self._absent(subject)
        if absent:
            self.notes.say(self.flavour.percentages)
        return absent

    def _yes(self, subject: Subject) -> list[Row]:
        entries = [self.asked.find(subject, "responder_percent", group=group) for group in self.groups]
        if not any(entries):
            return []
        head = f"{self.asked.label(subject)}, {self.asked.style.count_head}"
        cells = [self._share(subject, entry, group) for entry, group in zip(entries, self.groups, strict=True)]
        row = Row((head,), (*cells, *self.tests.cells(subject, COUNTS)))
        if any(entry is not None and entry.row.method.endswith("missing counted as failure") for entry in entries):
            self.notes.say("Missing is counted as no.")
            return [row, *self._absent(subject)]
        return [row, *self._absent_of_shares(subject)]

    def _categories(self, subject: Subject) -> list[Row]:
        """A head with p and a line for each category, those that nobody has too."""
        asked = self.asked
        levels = dict.fromkeys(entry.about["category"] for entry in self._percents(subject))
        p = self.tests.cells(subject, (*COUNTS, *RANKS, *MEANS))
        head = Row((f"{asked.label(subject)}, {asked.style.count_head}",), (*([()] * len(self.groups)), *p))
        rows = [
            Row((capital(level),), (*(self._level(subject, level, g) for g in self.groups), *self.tests.blank()), 1)
            for level in levels
        ]
        return [head, *rows, *self._absent_of_shares(subject)]

    def _percents(self, subject: Subject) -> Sequence[Entry]:
        return list(self.asked.material.entries("percent", [subject.analysis], **subject.about))

    def _level(self, subject: Subject, level: str, group: str) -> Cell:
        entry = self.asked.find(subject, "percent", category=level, group=group)
        return self._share(subject, entry, group, category=level)

    def _share(self, subject: Subject, entry: Entry | None, group: str, **level: str) -> Cell:
        if entry is None:
            return one(self.asked, self.asked.find(subject, "describe", group=group), lambda _: "")
        bound = self.asked.find(subject, "zero_event_upper_bound", group=group, **level)
        if not self.flavour.bounds or bound is None or bound.row.error is not None:
            return share(self.asked, entry)
        head = self.asked.interval_head.removesuffix(" CI")
        self.notes.say(f"Where nobody had it, “up to” is the exact one-sided {head} upper bound.")
        return share(self.asked, entry, bound)


UNLIKE = (
    "Dose-area product, CTDIvol and dose-length product are different quantities: one says nothing about another, and "
    "none is compared with another."
)

RECORDED = "Percentages are of those with a recorded value."


def characteristics(material: Material, wanted: TableWanted) -> Body:
    """Table 1: numbers summarised, categories counted, who is missing, and p where groups are compared."""
    return ByGroup.of(Asked(material, wanted), Flavour("Characteristic", RECORDED)).body()


def satisfaction(material: Material, wanted: TableWanted) -> Body:
    """How content people were, level by level."""
    answered = "Percentages are of those who answered; who did not answer is counted as missing."
    return ByGroup.of(Asked(material, wanted), Flavour("Question", answered)).body()


def medication(material: Material, wanted: TableWanted) -> Body:
    """What was taken, and how much of it."""
    return ByGroup.of(Asked(material, wanted), Flavour("Medication", RECORDED)).body()


def complications(material: Material, wanted: TableWanted) -> Body:
    """Adverse events; of those nobody had, how frequent they may still be."""
    return ByGroup.of(Asked(material, wanted), Flavour("Event", RECORDED, bounds=True)).body()


def dose(material: Material, wanted: TableWanted) -> Body:
    """Radiation, a block for each quantity and its unit."""
    return ByGroup.of(Asked(material, wanted), Flavour("Quantity", RECORDED, quantities=True)).body()


def by_mode(material: Material, wanted: TableWanted) -> Body:
    """Outcomes by the road of their answer: link, phone, clinic."""
    asked = Asked(material, wanted)
    for name in asked.need("describe", "with `by` an outcome of role mode"):
        by = asked.by(name)
        if by is None or asked.definition(by.outcome).role != "mode":
            raise NothingToShowError("This table needs analyses grouped `by` an outcome of role mode.")
    return ByGroup.of(asked, Flavour("Outcome", RECORDED, ungrouped="Road not recorded")).body()

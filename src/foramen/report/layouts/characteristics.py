"""Tables by group: what people were like, what they took, got, felt; a block of lines per outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import IQR, count, summarised, summary_head
from foramen.report.layouts.lines import absent_rows, left_out_rows, not_grouped
from foramen.report.layouts.modes import by_answer
from foramen.report.layouts.names import small
from foramen.report.layouts.notes import Notes, finished
from foramen.report.layouts.p_values import Comparisons, line_tests
from foramen.report.layouts.shares import Shares
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Column, Row, Value
from foramen.study.display_definition import TableWanted

UNGROUPED = "In no group"

Aside = tuple[str, Callable[[Subject], Cell]]
"""A column beside the groups, of those in none of them."""


@dataclass(frozen=True)
class Flavour:
    """What sets one table by group apart from another."""

    stub: str
    percentages: str
    bounds: bool = False
    quantities: bool = False


@dataclass(frozen=True)
class ByGroup:
    """A table by group while its rows are made."""

    asked: Asked
    flavour: Flavour
    described: Sequence[str]
    groups: Sequence[str]
    shares: Shares
    tests: Comparisons
    notes: Notes

    @classmethod
    def of(cls, asked: Asked, flavour: Flavour) -> "ByGroup":
        described = asked.need("describe", "how many, how much")
        compared = asked.named("compare")
        asked.together([*described, *compared])
        groups, notes = asked.columns(described), Notes()
        tests = Comparisons.of(asked, compared, notes, len(asked.groups(described)))
        shares = Shares(asked, groups, tests, notes, flavour.bounds)
        return cls(asked, flavour, described, groups, shares, tests, notes)

    def subjects(self) -> list[Subject]:
        return self.asked.subjects(self.described)

    def ungrouped(self) -> list[Aside]:
        """A column of those in no group, where there are any."""
        apart = any(not_grouped(self.asked, subject) for subject in self.subjects())
        return [(UNGROUPED, lambda subject: count(self.asked, not_grouped(self.asked, subject)))] * apart

    def body(self, asides: Sequence[Aside] | None = None) -> Body:
        subjects = self.subjects()
        if not subjects:
            raise NothingToShowError("None of the outcomes wanted is described by its analyses.")
        asides = self.ungrouped() if asides is None else asides
        rows = [row for subject in subjects for row in self._block(subject, asides)]
        used = [*self.described, *self.tests.names]
        rows += left_out_rows(self.asked, used, self.groups, self.tests.width + len(asides))
        columns = [self.asked.column(label, self.described) for label in self.groups]
        heads = [*columns, *(Column(head) for head, _ in asides), *self.tests.columns()]
        return finished(self.asked.material, self.flavour.stub, heads, rows, self.notes)

    def _block(self, subject: Subject, asides: Sequence[Aside]) -> list[Row]:
        """The lines of one outcome at one time point; who is in no group stands in the first of them."""
        rows = self._numbers(subject) or self._yes(subject) or self._categories(subject)
        width = len(self.groups)
        lines = []
        for i, row in enumerate(rows):
            cells: list[Cell] = [of(subject) if i == 0 else () for _, of in asides]
            lines.append(Row(row.head, (*row.cells[:width], *cells, *row.cells[width:]), row.level, row.kind))
        return lines

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
        return [Row((asked.label(subject),), ((),) * (len(self.groups) + self.tests.width)), *lines, *absent]

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
        return absent_rows(self.asked, subject, self.groups, self.tests.width, counted=measured)

    def _absent_of_shares(self, subject: Subject) -> list[Row]:
        """Where somebody is missing, what percentages are of has to be said."""
        absent = self._absent(subject)
        if absent:
            self.notes.say(self.flavour.percentages)
        return absent

    def _yes(self, subject: Subject) -> list[Row]:
        if not self.shares.is_yes(subject):
            return []
        head = f"{self.asked.label(subject)}, {self.asked.style.count_head}"
        row = Row((head,), self.shares.yes(subject))
        return [row, *(self._absent if self.shares.of_everybody(subject) else self._absent_of_shares)(subject)]

    def _categories(self, subject: Subject) -> list[Row]:
        """A head with p and a line for each category, those that nobody has too."""
        head = Row((f"{self.asked.label(subject)}, {self.asked.style.count_head}",), self.shares.tested(subject))
        return [head, *self.shares.level_rows(subject, 1), *self._absent_of_shares(subject)]


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
    """Outcomes by the mode of their answer: link, phone, clinic; beside them who did not answer at all."""
    asked = Asked(material, wanted)
    for name in asked.need("describe", "with `by` an outcome of role mode"):
        by = asked.by(name)
        if by is None or asked.definition(by.outcome).role != "mode":
            raise NothingToShowError("This table needs analyses grouped `by` an outcome of role mode.")
    table = ByGroup.of(asked, Flavour("Outcome", RECORDED))
    return table.body(by_answer(asked, table.subjects()))

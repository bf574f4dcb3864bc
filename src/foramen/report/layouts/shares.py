"""Shares by group: a yes or no in one line, a category in a head and a line for each of its levels."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import one, share
from foramen.report.layouts.names import capital
from foramen.report.layouts.notes import Notes
from foramen.report.layouts.p_values import COUNTS, MEANS, RANKS, Comparisons
from foramen.report.material import Entry
from foramen.report.table import Cell, Row

RESPONDERS, LEVELS = "responder_percent", "percent"

AS_FAILURE = "missing counted as failure"
"""How the method of a percentage ends under that rule."""

COUNTED_AS_NO = "Missing is counted as no."


@dataclass(frozen=True)
class Shares:
    """Counts with percentages by group. `bounds`: where nobody has it, how frequent it may still be."""

    asked: Asked
    groups: Sequence[str]
    tests: Comparisons
    notes: Notes
    bounds: bool = False

    def is_yes(self, subject: Subject) -> bool:
        return any(self.asked.find(subject, RESPONDERS, group=group) is not None for group in self.groups)

    def of_everybody(self, subject: Subject) -> bool:
        """Whether percentages count those who did not answer as a no."""
        found = (self.asked.find(subject, RESPONDERS, group=group) for group in self.groups)
        return any(entry is not None and counts_missing(entry) for entry in found)

    def levels(self, subject: Subject) -> list[str]:
        """The levels of a category, those that nobody has too; none of anything else."""
        found = self.asked.material.entries(LEVELS, [subject.analysis], **subject.about)
        return list(dict.fromkeys(entry.about["category"] for entry in found))

    def yes(self, subject: Subject) -> tuple[Cell, ...]:
        """The share of each group, then what compares them."""
        found = [self.asked.find(subject, RESPONDERS, group=group) for group in self.groups]
        if self.of_everybody(subject):
            self.notes.say(COUNTED_AS_NO)
        cells = (self._share(subject, entry, group) for entry, group in zip(found, self.groups, strict=True))
        return (*cells, *self.tests.cells(subject, COUNTS))

    def tested(self, subject: Subject) -> tuple[Cell, ...]:
        """The head of a category: nothing but its p."""
        return (*([()] * len(self.groups)), *self.tests.cells(subject, (*COUNTS, *RANKS, *MEANS)))

    def level_rows(self, subject: Subject, level: int) -> list[Row]:
        return [
            Row(
                (capital(label),),
                (*(self._level(subject, label, group) for group in self.groups), *self.tests.blank()),
                level,
            )
            for label in self.levels(subject)
        ]

    def _level(self, subject: Subject, label: str, group: str) -> Cell:
        entry = self.asked.find(subject, LEVELS, category=label, group=group)
        return self._share(subject, entry, group, category=label)

    def _share(self, subject: Subject, entry: Entry | None, group: str, **level: str) -> Cell:
        if entry is None:
            return one(self.asked, self.asked.find(subject, "describe", group=group), lambda _: "")
        bound = self.asked.find(subject, "zero_event_upper_bound", group=group, **level)
        if not self.bounds or bound is None or bound.row.error is not None:
            return share(self.asked, entry)
        head = self.asked.interval_head.removesuffix(" CI")
        self.notes.say(f"At most: where nobody had it, the exact one-sided {head} upper bound.")
        return share(self.asked, entry, bound)


def counts_missing(entry: Entry) -> bool:
    """Whether a percentage is of everybody, with those who did not answer among those who have not what it counts."""
    return entry.row.method.endswith(AS_FAILURE)

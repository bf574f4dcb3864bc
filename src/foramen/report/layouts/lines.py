"""Lines that count who has no number: missing data never vanish from a table."""

from collections.abc import Iterable, Sequence

from foramen.report.layouts.asked import Asked, Subject
from foramen.report.layouts.cells import count
from foramen.report.material import Entry
from foramen.report.table import Cell, Row

MISSING, OUTSIDE, UNDEFINED = "missing", "outside_window", "undefined"

ABSENT = {
    MISSING: "Missing",
    OUTSIDE: "Answered outside the window",
    "suppressed": "Withheld at the source",
    UNDEFINED: "Baseline 0, change undefined",
}
"""Counts that a subject may have, and how their lines begin."""

OF_WHOM = "of whom outside the window"
"""An answer outside its window is no answer: such people are among the missing, not beside them."""

LEFT_OUT = "left_out_incomplete"
NOT_GROUPED = "not_grouped"


def matters(entry: Entry | None) -> bool:
    """Whether a count has anything to tell: somebody, or a number that is withheld."""
    return entry is not None and (entry.row.suppressed is not None or bool(entry.row.estimate))


def nobody(entry: Entry) -> bool:
    """A count of those without a number, where there is none."""
    return entry.row.name in (*ABSENT, LEFT_OUT, NOT_GROUPED) and not matters(entry)


def absent_words(
    asked: Asked, subjects: Iterable[Subject], groups: Sequence[str], names: Iterable[str]
) -> dict[str, str]:
    """The reasons that somebody of these subjects has no number, each with its words.

    Of those outside the window, that they are among the missing; but people whose change is undefined are no part of
    the missing, whenever they answered.
    """
    listed = list(subjects)

    def some(name: str) -> bool:
        return any(matters(asked.find(subject, name, group=group)) for subject in listed for group in groups)

    found = {name: ABSENT[name] for name in names if some(name)}
    if OUTSIDE in found and MISSING in found and not some(UNDEFINED):
        found[OUTSIDE] = OF_WHOM
    return found


def absent_rows(
    asked: Asked,
    subject: Subject,
    groups: Sequence[str],
    more: int,
    *,
    level: int = 1,
    names: Iterable[str] = ABSENT,
    counted: Sequence[str] | None = None,
) -> list[Row]:
    """A line for each reason why somebody of some group is not among the numbers; `more` cells follow the groups.

    Only groups `counted` have a number there, if given.
    """
    measured = groups if counted is None else counted
    rows = []
    for name, words in absent_words(asked, [subject], measured, names).items():
        cells = (absent(asked, subject, name, group) if group in measured else () for group in groups)
        rows.append(Row((words,), (*cells, *_blank(more)), level + (words == OF_WHOM)))
    return rows


def absent(asked: Asked, subject: Subject, name: str, group: str) -> Cell:
    """How many of a group are not among the numbers for one reason. Some are counted only where there is somebody."""
    entry = asked.find(subject, name, group=group)
    if entry is None:
        return ("0",) if asked.find(subject, MISSING, group=group) is not None else ()
    return count(asked, entry)


def left_out_rows(asked: Asked, names: Sequence[str], groups: Sequence[str], more: int) -> list[Row]:
    """Of analyses of complete cases: how many were left out for lack of an answer."""
    rows: list[Row] = []
    told: set[tuple[float | None, ...]] = set()
    for name in names:
        entries = [asked.material.entry(LEFT_OUT, [name], group=group) for group in groups]
        counted = tuple(entry.row.estimate if entry else None for entry in entries)
        if any(map(matters, entries)) and counted not in told:
            told.add(counted)
            words = "Left out, an answer missing" + (f": {asked.material.analysis_title(name)}" if rows else "")
            rows.append(Row((words,), (*(count(asked, entry) for entry in entries), *_blank(more))))
    return rows


def not_grouped(asked: Asked, subject: Subject) -> Entry | None:
    """How many of a subject no group holds, if any."""
    entry = asked.find(subject, NOT_GROUPED)
    return entry if matters(entry) else None


def _blank(cells: int) -> tuple[Cell, ...]:
    return ((),) * cells

"""What figures draw: statistics by outcome, time point and group, and words for what cannot be drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from foramen.report.body import NothingToShowError
from foramen.report.material import Entry, Material
from foramen.report.table import Note
from foramen.study.display_definition import FigureWanted
from foramen.study.measure import DOSES
from foramen.study.population import ALL

Key = tuple[str, str, str]

NAMED = 6
"""Most that a note lists by name."""


@dataclass(frozen=True)
class Point:
    """The statistics of one outcome at one time point in one group, by name. Without a time point it is empty."""

    outcome: str
    timepoint: str
    group: str
    found: Mapping[str, Entry]

    def number(self, name: str) -> float | None:
        """An estimate, if there is one to draw."""
        entry = self.found.get(name)
        return None if entry is None else entry.row.estimate


def points(material: Material, wanted: FigureWanted, names: Sequence[str]) -> list[Point]:
    """The points that have any of these statistics, by outcome, time point and group.

    Everybody together is left out where there are groups: nobody is drawn twice.
    """
    found: dict[Key, dict[str, Entry]] = {}
    for name in names:
        for entry in material.entries(name, wanted.analyses):
            about = entry.about
            key = (about.get("outcome", ""), about.get("timepoint", ""), about.get("group", ALL))
            if "category" not in about and asked(wanted, key[0], key[1]):
                found.setdefault(key, {}).setdefault(name, entry)
    grouped = {outcome for outcome, _, group in found if group != ALL}
    kept = [Point(*key, entries) for key, entries in found.items() if key[2] != ALL or key[0] not in grouped]
    return in_order(material, wanted, kept)


def asked(wanted: FigureWanted, outcome: str, timepoint: str) -> bool:
    """Whether a figure is to show this outcome at this time point."""
    if wanted.outcomes is not None and outcome not in wanted.outcomes:
        return False
    return wanted.timepoints is None or not timepoint or timepoint in wanted.timepoints


def in_order(material: Material, wanted: FigureWanted, found: Sequence[Point]) -> list[Point]:
    """By outcome, time point and group, as the document has them."""
    outcomes = wanted.outcomes or each(point.outcome for point in found)
    times = ["", *(wanted.timepoints or [t.name for t in material.study.timepoints])]
    groups = groups_of(material, found)
    return sorted(found, key=lambda p: (outcomes.index(p.outcome), times.index(p.timepoint), groups.index(p.group)))


def groups_of(material: Material, found: Iterable[Point]) -> list[str]:
    """The groups of points: those of the study in its order, then others as they come."""
    present = each(point.group for point in found)
    own = [group for group in material.groups() if group in present]
    return [*own, *(group for group in present if group not in own)]


def unlike_doses(material: Material, outcomes: Iterable[str]) -> tuple[Note, ...]:
    """What has to be said where several quantities of radiation dose stand in one figure."""
    found = {material.variable(name): material.outcome_label(name) for name in outcomes}
    doses = [label for variable, label in found.items() if variable is not None and variable.table == DOSES]
    if len(doses) < 2:
        return ()
    named = f"{', '.join(doses[:-1])} and {doses[-1]}"
    said = f"{named} are different quantities: one says nothing about another, and each has an axis of its own."
    return (Note(said),)


def each(words: Iterable[str]) -> list[str]:
    """Every word once, in order."""
    return list(dict.fromkeys(words))


def where(material: Material, point: Point, *, outcome: bool = False) -> str:
    """A point in words: group, time point, and the outcome where there are several."""
    parts = [material.outcome_label(point.outcome)] if outcome else []
    parts += [point.group] if point.group != ALL else []
    parts += [material.timepoint_label(point.timepoint)] if point.timepoint else []
    return ", ".join(parts) or "all"


def why_not(entry: Entry | None) -> str | None:
    """Why a statistic cannot be drawn; None when it can."""
    if entry is None:
        return "not among the results"
    if entry.row.suppressed is not None:
        return f"suppressed, {entry.row.suppressed}"
    if entry.row.error is not None:
        return entry.row.error
    return None


def absent_notes(absent: Iterable[tuple[str, str]]) -> tuple[Note, ...]:
    """Notes on (reason, what) pairs that were not drawn, one for each reason; the first few by name."""
    by_reason: dict[str, list[str]] = {}
    for reason, what in absent:
        by_reason.setdefault(reason, []).append(what)
    return tuple(Note(f"Not drawn ({reason}): {_some(each(what))}.") for reason, what in by_reason.items())


def _some(what: Sequence[str]) -> str:
    more = len(what) - NAMED
    return "; ".join(what[:NAMED]) + (f"; and {more} more" if more > 0 else "")


def nothing(absent: Sequence[tuple[str, str]], wanted: str) -> NothingToShowError:
    """The error of a figure without anything to draw."""
    reasons = "; ".join(each(reason for reason, _ in absent))
    return NothingToShowError(f"There is no {wanted} to draw{f': {reasons}' if reasons else ''}.")


def headed(parts: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Heading and label of lines, each told by words from the general to the particular.

    What all lines have in common is in neither; what is left is the label, and all before it the heading.
    """
    shared = {key for key in parts[0] if len(parts) > 1 and len({part.get(key) for part in parts}) == 1}
    lines = []
    for part in parts:
        words = [word for key, word in part.items() if key not in shared and word] or [*part.values()][-1:]
        lines.append((", ".join(words[:-1]), words[-1]))
    return lines

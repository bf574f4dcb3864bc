"""How many of the people of a study answered, at each time point, by the statistics of the study."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.report.body import NothingToShowError
from foramen.report.material import Entry, Material
from foramen.report.table import Cell, Value
from foramen.study.analysis_definition import Describe

NONE_GIVEN = ("missing", "suppressed", "undefined")
"""Counts of those who have no number: they add up with those who have one."""


@dataclass(frozen=True)
class FollowUp:
    """What is followed: an outcome, the analysis that describes it, and its time points in their order."""

    analysis: str
    outcome: str
    times: Sequence[str]


@dataclass(frozen=True)
class Count:
    """A number of people, None where it is withheld, and the statistics that it is or follows from."""

    number: int | None
    entry: Entry
    derived: str = ""


def follow_up(material: Material) -> FollowUp | None:
    """The first outcome that is described, for the groups of the study, at the last time point that any is."""
    order = [timepoint.name for timepoint in material.study.timepoints]
    found = [
        FollowUp(analysis.name, name, times)
        for analysis in material.study.analyses
        if isinstance(analysis, Describe) and analysis.by is None and analysis.missing != "complete"
        for name in analysis.outcomes
        if (times := _times(material, analysis, name, order))
    ]
    latest = max((order.index(one.times[-1]) for one in found), default=-1)
    return next((one for one in found if order.index(one.times[-1]) == latest), None)


def _times(material: Material, analysis: Describe, name: str, order: Sequence[str]) -> list[str]:
    """The time points of an outcome in an analysis; none for what is no answer of its own."""
    outcome = material.outcome(name)
    if outcome.kind == "recorded" or outcome.role == "mode":
        return []
    found = material.entries("missing", [analysis.name], outcome=name)
    described = {entry.about.get("timepoint") for entry in found}
    return [time for time in order if time in described]


def answered(material: Material, of: FollowUp, time: str, group: str) -> tuple[Count, Count] | None:
    """Those with an answer and those without; None where the group is not described."""
    about = {"outcome": of.outcome, "timepoint": time, "group": group}
    missing, *others = (material.entry(name, [of.analysis], **about) for name in NONE_GIVEN)
    if missing is None:
        return None
    without = [missing, *(entry for entry in others if entry is not None)]
    lost = [_counted(entry) for entry in without]
    parts = [str(count) for count in lost if count]
    absent = Count(_added(lost), missing, " + ".join(parts) if len(parts) > 1 else "")
    n = material.entry("n", [of.analysis], **about)
    if n is not None:
        return Count(_counted(n), n), absent
    return Count(missing.row.n, missing, f"{missing.row.denominator} − {absent.number}"), absent


def _counted(entry: Entry) -> int | None:
    return None if entry.row.estimate is None else int(entry.row.estimate)


def _added(counts: Sequence[int | None]) -> int | None:
    return None if None in counts else sum(count or 0 for count in counts)


def check_answers(of: int | None, group: str, given: Count, absent: Count) -> None:
    """Those with and without an answer are all who are in the analysis population; else nothing is drawn."""
    if None not in (of, given.number, absent.number) and of != (given.number or 0) + (absent.number or 0):
        raise NothingToShowError(
            f"The flow does not balance: of {of} in the analysis population {given.number} have an answer and "
            f"{absent.number} have none ({group})."
        )


def count_cell(material: Material, count: Count) -> Cell:
    """The number with its reason, or that it is withheld."""
    part = material.part(count.entry, "" if count.number is None else material.style.count(count.number))
    if isinstance(part, Value) and count.number is None:
        return ("suppressed",)
    return (Value(part.text, part.row, count.derived),) if isinstance(part, Value) else (part,)

"""Rows held against each other: what repeats, contradicts, or cannot follow from what another row or column says."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from foramen.intake import reasons
from foramen.intake.arrange import NULL, Arranged, Flags, Numbers, arrange, of_patients
from foramen.intake.plan import Field, Plan
from foramen.intake.reading import UNREAD
from foramen.intake.reasons import Finding, Reason
from foramen.intake.spill import ORDER
from foramen.snapshot.dictionary import dictionary

Contradictions = Iterator[tuple[Reason, str, Flags]]

_DAYS = 2**20
"""More than the number of any date that can be read."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows held against each other: those that fit, arranged; what contradicts; how many more rows do not fit."""

    arranged: Arranged
    findings: list[Finding]
    refused: int


def compare(plan: Plan, rows: pa.Table) -> Compared:
    """Find the rows that contradict each other, among all whose keys could be read.

    All rows of a group that contradicts itself are refused: nothing says which of them is right.
    """
    arranged = arrange(plan, rows)
    alone = ~arranged.rows["fits"].to_numpy()
    found = [one for check in (_repeated, _alike, _crowded, _differing, _far, _before) for one in check(plan, arranged)]
    found += _undated(plan, arranged, np.any([alone, *(flags for _, _, flags in found)], axis=0))
    bad = np.any([alone, *(flags for _, _, flags in found)], axis=0)
    findings = [finding for one in found for finding in _findings(arranged, *one)]
    if bad.any():
        arranged = arrange(plan, arranged.rows.filter(pa.array(~bad)).sort_by(ORDER))
    return Compared(arranged, findings, int(np.count_nonzero(bad & ~alone)))


def _repeated(plan: Plan, arranged: Arranged) -> Contradictions:
    """The same index event, or time point of it, in several rows."""
    index, rows = plan.mapping.index_event, plan.mapping.rows
    slot, known = arranged.event, np.ones(len(arranged.event), np.bool_)
    if plan.long:
        timepoint = arranged.numbers("timepoint")
        slot, known = arranged.event * len(plan.timepoints) + timepoint, timepoint >= 0
        reason, column = reasons.REPEATED_TIMEPOINT, rows.timepoint
    else:
        reason = reasons.REPEATED if index.key is None else reasons.REPEATED_KEY
        column = index.key or rows.patient
    _, member, count = np.unique(np.where(known, slot, NULL), return_inverse=True, return_counts=True)
    yield from _by_files(plan, arranged, reason, column, known & (count[member] > 1), member)


def _crowded(plan: Plan, arranged: Arranged) -> Contradictions:
    """More index events of a patient than can be numbered: the patient column is hardly one."""
    crowded = np.bincount(arranged.patient[arranged.event_starts]) >= 2**15
    if crowded.any():
        yield reasons.CROWDED, plan.mapping.rows.patient or "", crowded[arranged.patient]


def _differing(plan: Plan, arranged: Arranged) -> Contradictions:
    """Attributes that are recorded differently in rows of one patient, or of one index event."""
    index = plan.mapping.index_event
    events, patients = (arranged.event, arranged.event_starts), (arranged.patient, arranged.patient_starts)
    checked = [("date", index.date, events)] if index.date is not None and plan.long else []
    for i, field in enumerate(plan.fields):
        if of_patients(field):
            checked.append((f"c{i}", field.header, patients))
        elif plan.long and not field.follows_row:
            checked.append((f"c{i}", field.header, events))
    for column, header, (member, starts) in checked:
        if len(starts) < len(member):
            values = arranged.numbers(column)
            unknown = values == NULL if column != "date" else values <= UNREAD
            smallest = np.minimum.reduceat(np.where(unknown, -NULL, values), starts)
            largest = np.maximum.reduceat(np.where(unknown, NULL, values), starts)
            differs = (smallest != largest) & (largest != NULL)
            yield from _by_files(plan, arranged, reasons.DIFFERS, header, differs[member], member)


def _undated(plan: Plan, arranged: Arranged, bad: Flags) -> Contradictions:
    """Index events without their date, or with none but in rows that do not fit."""
    if plan.dated:
        said = arranged.of_events("date")[arranged.event]
        kept = np.where(bad, NULL, arranged.numbers("date"))
        left = np.maximum.reduceat(kept, arranged.event_starts)[arranged.event]
        column = plan.mapping.index_event.date or ""
        for reason, flags in (
            (reasons.NO_INDEX_DATE, said == NULL),
            (reasons.NO_DATE_LEFT, (said != NULL) & (left == NULL) & ~bad),
        ):
            if flags.any():
                yield reason, column, flags


def _far(plan: Plan, arranged: Arranged) -> Contradictions:
    """Days too far from their index event to be true."""
    if not plan.dated:
        return
    index_date = arranged.of_events("date")[arranged.event]
    dated = index_date > UNREAD
    first = np.minimum.reduceat(np.where(dated, index_date, -NULL), arranged.patient_starts)[arranged.patient]
    checked = [(plan.mapping.index_event.date or "", dated & (index_date - first >= 2**15))]
    for i, field in enumerate(plan.fields):
        if field.role == "date":
            dates = arranged.numbers(f"c{i}")
            checked.append((field.header, dated & (dates != NULL) & (np.abs(dates - index_date) >= 2**15)))
    for column, far in checked:
        if far.any():
            yield reasons.FAR_DAY, column, far


def _alike(plan: Plan, arranged: Arranged) -> Contradictions:
    """Where each row is an index event: rows of a patient that say the same, or are of one day and not told apart."""
    index = plan.mapping.index_event
    if plan.long or index.repeats != "each_row":
        return
    date = arranged.numbers("date")
    known = date > UNREAD if plan.dated else np.ones(len(date), np.bool_)
    day = arranged.patient * _DAYS + np.where(known & plan.dated, date, 0)
    day[~known] = NULL
    _, member, count = np.unique(day, return_inverse=True, return_counts=True)
    near = np.flatnonzero(known & (count[member] > 1))
    if not len(near):
        return
    fits = arranged.rows["fits"].to_numpy()
    cells = np.stack([day[near], *(arranged.numbers(f"c{i}")[near] for i in range(len(plan.fields)))])
    twice, same_day = np.zeros(len(day), np.bool_), np.zeros(len(day), np.bool_)
    twice[near] = _several(cells, fits[near])
    if plan.dated:
        same_day[near] = _not_told_apart(plan, cells)
    column = plan.mapping.rows.patient or ""
    yield from _by_files(plan, arranged, reasons.TWICE, column, twice, member)
    yield from _by_files(plan, arranged, reasons.SAME_DATE, index.date or "", same_day & ~twice, member)


def _not_told_apart(plan: Plan, cells: Numbers) -> Flags:
    """Rows of one day that share every category of the index event, such as its side; one missing tells nothing.

    Numbers and answers do not count: a row that was corrected and pasted anew differs in those.
    """
    _, day = np.unique(cells[0], return_inverse=True)
    told = [day]
    for i, field in enumerate(plan.fields, 1):
        if _tells_apart(field):
            smallest = np.full(int(day.max()) + 1, -NULL)
            np.minimum.at(smallest, day, cells[i])
            told.append(np.where(smallest[day] < 0, NULL, cells[i]))
    return _several(np.stack(told), np.ones(len(day), np.bool_))


def _tells_apart(field: Field) -> bool:
    """Whether a field is a category of the index event, or of a part of it."""
    variable = field.variable
    if variable is None or field.role != "value" or variable.kind != "category":
        return False
    return dictionary().tables[variable.table].shape in ("index", "finer")


def _grouped(columns: Numbers) -> Numbers:
    """A number for each position that equal positions share; columns in rows."""
    _, member = np.unique(columns, axis=1, return_inverse=True)
    return member.reshape(-1).astype(np.int64)


def _several(columns: Numbers, among: Flags) -> Flags:
    """Positions that are equal in all columns to another one."""
    member = _grouped(columns)
    return among & (np.bincount(member, weights=among)[member] > 1)


def _before(plan: Plan, arranged: Arranged) -> Contradictions:
    """Answers of a time point after the index event, given before it."""
    planned = np.array([timepoint.day or 0 for timepoint in plan.timepoints] or [0])
    names = [timepoint.name for timepoint in plan.timepoints]
    for i, field in enumerate(plan.fields):
        if field.role not in ("day", "date"):
            continue
        values = arranged.numbers(f"c{i}")
        if field.follows_row:
            timepoint = arranged.numbers("timepoint")
            later = (timepoint >= 0) & (planned[np.maximum(timepoint, 0)] > 0)
        else:
            later = np.full(len(values), field.timepoint is not None and planned[names.index(field.timepoint)] > 0)
        start = np.zeros(len(values), np.int64)
        if field.role == "date":
            start = arranged.of_events("date")[arranged.event]
        early = later & (values != NULL) & (values < start)
        if early.any():
            yield reasons.BEFORE_INDEX, field.header, early


def _by_files(
    plan: Plan, arranged: Arranged, reason: Reason, column: str | None, flags: Flags, group: Numbers
) -> Contradictions:
    """Where one site has several files, say whether the rows of a group come from one: the site may be several."""
    if not flags.any():
        return
    across = np.zeros(len(flags), np.bool_)
    if plan.mapping.site.constant is not None:
        file, size = arranged.numbers("file"), int(group.max()) + 1
        first, last = np.full(size, -NULL), np.full(size, NULL)
        np.minimum.at(first, group, file)
        np.maximum.at(last, group, file)
        across = (first != last)[group]
    for shown, which in ((reason, flags & ~across), (reasons.across_files(reason), flags & across)):
        if which.any():
            yield shown, column or "", which


def _findings(arranged: Arranged, reason: Reason, column: str, flags: Flags) -> Iterator[Finding]:
    files, rows = arranged.rows["file"], arranged.rows["row"]
    for i in np.flatnonzero(flags):
        yield Finding(files[i].as_py(), rows[i].as_py(), column, reason)

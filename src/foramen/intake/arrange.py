"""Rows of whole patients put in order: which patient, which index event, in which sequence; and what contradicts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from foramen.intake import reasons
from foramen.intake.plan import Field, Plan
from foramen.intake.reading import UNREAD
from foramen.intake.reasons import Finding, Reason
from foramen.intake.spill import ORDER
from foramen.snapshot.dictionary import dictionary

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

Contradictions = Iterator[tuple[Reason, str, Flags]]

NULL = -(2**62)
"""Missing, among numbers: smaller than any code, so the largest of a group is its recorded value."""


@dataclass(frozen=True)
class Arranged:
    """Rows sorted by patient and index event. `patient` and `event` number them from 0 without gaps, row by row."""

    rows: pa.Table
    patient: Numbers
    event: Numbers

    @cached_property
    def event_starts(self) -> Numbers:
        """Position of the first row of each index event."""
        return np.flatnonzero(np.diff(self.event, prepend=-1))

    @cached_property
    def patient_starts(self) -> Numbers:
        """Position of the first row of each patient."""
        return np.flatnonzero(np.diff(self.patient, prepend=-1))

    def numbers(self, column: str) -> Numbers:
        """A column as integers, missing ones as NULL."""
        values: Numbers = pc.fill_null(self.rows[column].cast(pa.int64()), NULL).to_numpy()
        return values

    def of_events(self, column: str) -> Numbers:
        """The recorded value of each index event; its rows agree."""
        return np.maximum.reduceat(self.numbers(column), self.event_starts)

    def of_patients(self, column: str) -> Numbers:
        """The recorded value of each patient; its rows agree."""
        return np.maximum.reduceat(self.numbers(column), self.patient_starts)


def arrange(plan: Plan, rows: pa.Table) -> Arranged:
    """Number patients and index events of rows that are sorted by site, patient and place in the source.

    Index events of a patient follow their dates, and their order in the source where dates are equal or absent.
    """
    patient = np.cumsum(_changes(rows["site"]) | _changes(rows["patient"])) - 1
    group = _event_groups(plan, rows, patient)
    _, first, member = np.unique(group, return_index=True, return_inverse=True)
    date = np.full(len(first), NULL)
    np.maximum.at(date, member, pc.fill_null(rows["date"].cast(pa.int64()), NULL).to_numpy())
    rank = np.empty(len(first), np.int64)
    rank[np.lexsort((first, date, patient[first]))] = np.arange(len(first))
    event = rank[member]
    order = np.argsort(event, kind="stable")
    return Arranged(rows.take(pa.array(order)), patient[order], event[order])


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
    found = [one for check in (_repeated, _crowded, _differing, _far) for one in check(plan, arranged)]
    found += _undated(plan, arranged, np.any([alone, *(flags for _, _, flags in found)], axis=0))
    bad = np.any([alone, *(flags for _, _, flags in found)], axis=0)
    findings = [finding for one in found for finding in _findings(arranged, *one)]
    if bad.any():
        arranged = arrange(plan, arranged.rows.filter(pa.array(~bad)).sort_by(ORDER))
    return Compared(arranged, findings, int(np.count_nonzero(bad & ~alone)))


def _changes(column: pa.ChunkedArray) -> Flags:
    """Where a text differs from the one before; the first row counts as different."""
    texts = column.combine_chunks()
    flags = np.ones(len(texts), np.bool_)
    flags[1:] = pc.not_equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    return flags


def _event_groups(plan: Plan, rows: pa.Table, patient: Numbers) -> Numbers:
    """A number that rows of the same index event share."""
    index = plan.mapping.index_event
    if index.key is not None:
        keys = pc.dictionary_encode(rows["key"].combine_chunks())
        grouped: Numbers = patient * len(keys.dictionary) + keys.indices.to_numpy().astype(np.int64)
        return grouped
    return np.arange(len(patient)) if index.repeats == "each_row" and not plan.long else patient


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


def of_patients(field: Field) -> bool:
    """Whether a field is an attribute of the patient."""
    return field.variable is not None and dictionary().tables[field.variable.table].shape == "patient"


def _findings(arranged: Arranged, reason: Reason, column: str, flags: Flags) -> Iterator[Finding]:
    files, rows = arranged.rows["file"], arranged.rows["row"]
    for i in np.flatnonzero(flags):
        yield Finding(files[i].as_py(), rows[i].as_py(), column, reason)

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


def contradictions(plan: Plan, rows: pa.Table) -> tuple[Arranged, list[Finding]]:
    """The rows that agree with each other, arranged, and a finding for every row that does not.

    All rows of a group that contradicts itself are left out: nothing says which of them is right.
    """
    arranged = arrange(plan, rows)
    findings: list[Finding] = []
    for check in (_repeated, _crowded, _differing, _undated, _far):
        found = list(check(plan, arranged))
        if not found:
            continue
        findings += [
            finding for reason, column, flags in found for finding in _findings(arranged, reason, column, flags)
        ]
        bad = np.any([flags for _, _, flags in found], axis=0)
        arranged = arrange(plan, arranged.rows.filter(pa.array(~bad)).sort_by(ORDER))
    return arranged, sorted(findings, key=lambda finding: (finding.file, finding.row))


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
    if plan.long:
        slot = arranged.event * len(plan.timepoints) + arranged.numbers("timepoint")
        reason, column = reasons.REPEATED_TIMEPOINT, rows.timepoint
    else:
        slot = arranged.event
        reason = reasons.REPEATED if index.key is None else reasons.REPEATED_KEY
        column = index.key or rows.patient
    _, member, count = np.unique(slot, return_inverse=True, return_counts=True)
    if (count > 1).any():
        yield reason, column or "", count[member] > 1


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
            smallest = np.minimum.reduceat(np.where(values == NULL, -NULL, values), starts)
            largest = np.maximum.reduceat(values, starts)
            differs = (smallest != largest) & (largest != NULL)
            if differs.any():
                yield reasons.DIFFERS, header or "", differs[member]


def _undated(plan: Plan, arranged: Arranged) -> Contradictions:
    """Index events without their date."""
    if plan.dated and len(arranged.event):
        undated = arranged.of_events("date") == NULL
        if undated.any():
            yield reasons.NO_INDEX_DATE, plan.mapping.index_event.date or "", undated[arranged.event]


def _far(plan: Plan, arranged: Arranged) -> Contradictions:
    """Days too far from their index event to be true."""
    if not plan.dated or not len(arranged.event):
        return
    index_date = arranged.of_events("date")
    first = index_date[arranged.event[arranged.patient_starts]][arranged.patient]
    far = index_date[arranged.event] - first >= 2**15
    if far.any():
        yield reasons.FAR_DAY, plan.mapping.index_event.date or "", far
    for i, field in enumerate(plan.fields):
        if field.role == "date":
            dates = arranged.numbers(f"c{i}")
            far = (dates != NULL) & (np.abs(dates - index_date[arranged.event]) >= 2**15)
            if far.any():
                yield reasons.FAR_DAY, field.header, far


def of_patients(field: Field) -> bool:
    """Whether a field is an attribute of the patient."""
    return field.variable is not None and dictionary().tables[field.variable.table].shape == "patient"


def _findings(arranged: Arranged, reason: Reason, column: str, flags: Flags) -> Iterator[Finding]:
    files, rows = arranged.rows["file"], arranged.rows["row"]
    for i in np.flatnonzero(flags):
        yield Finding(files[i].as_py(), rows[i].as_py(), column, reason)

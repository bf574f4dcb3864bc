"""Rows of whole patients put in order: which patient, which index event, in which sequence."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from foramen.intake.plan import Field, Plan
from foramen.snapshot.dictionary import dictionary

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

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


def of_patients(field: Field) -> bool:
    """Whether a field is an attribute of the patient."""
    return field.variable is not None and dictionary().tables[field.variable.table].shape == "patient"

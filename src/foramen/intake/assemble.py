"""Arranged rows become the tables of a snapshot part."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from foramen.intake.arrange import NULL, Arranged, of_patients
from foramen.intake.mapping_checks import SITE
from foramen.intake.plan import Field, Plan
from foramen.snapshot.codebook import Variable
from foramen.snapshot.dictionary import DictionaryTable, dictionary
from foramen.snapshot.layout import Layout
from foramen.snapshot.observed import conform

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Assembler:
    """Builds the tables of one part. Patients and index events are numbered from `patients` and `events` on."""

    plan: Plan
    layout: Layout
    arranged: Arranged
    patients: int
    events: int

    def tables(self) -> dict[str, pa.Table]:
        """All tables that have rows, with the schemas of the layout."""
        found = {name: self._table(entry) for name, entry in dictionary().tables.items()}
        return {n: conform(self.layout, n, table) for n, table in found.items() if table is not None and table.num_rows}

    def _table(self, entry: DictionaryTable) -> pa.Table | None:
        if entry.shape == "patient":
            return self._patients()
        if entry.shape == "index":
            return self._events(entry)
        parts = list(self._finer(entry) if entry.shape == "finer" else self._observed(entry))
        return pa.concat_tables(parts) if parts else None

    def _patients(self) -> pa.Table:
        starts = self.arranged.patient_starts
        sites = pc.index_in(self.arranged.rows["site"].take(pa.array(starts)), pa.array(self._labels()))
        columns = {"patient_id": pa.array(self.patients + 1 + np.arange(len(starts)), pa.int32()), SITE: sites}
        for i, field in enumerate(self.plan.fields):
            if field.variable is not None and of_patients(field):
                columns[field.variable.name] = _array(self.arranged.of_patients(f"c{i}"))
        return pa.table(columns)

    def _labels(self) -> tuple[str, ...]:
        return next(variable.labels for variable in self.layout.variables if variable.name == SITE)

    def _events(self, entry: DictionaryTable) -> pa.Table | None:
        """One row per index event; a table that does not list them all has those with something recorded."""
        columns = self._identity(entry)
        own = {f.variable.name: self._of_events(i) for i, f in self._fields(entry) if f.variable is not None}
        columns |= {name: _array(values) for name, values in own.items()}
        table = pa.table(columns)
        if entry.name == self.layout.index_table or not own:
            return table if entry.name == self.layout.index_table else None
        return table.filter(pa.array(np.any([values != NULL for values in own.values()], axis=0)))

    def _identity(self, entry: DictionaryTable) -> dict[str, pa.Array]:
        starts, names = self.arranged.event_starts, {column.name for column in entry.columns}
        patient = self.arranged.patient[starts]
        first = np.flatnonzero(np.diff(patient, prepend=-1))
        columns = {"index_id": pa.array(self.events + 1 + np.arange(len(starts)), pa.int32())}
        columns["patient_id"] = pa.array(self.patients + 1 + patient, pa.int32())
        columns["sequence"] = pa.array(np.arange(len(starts)) - first[patient] + 1, pa.int16())
        if self.plan.dated:
            date = self.arranged.of_events("date")
            columns["index_day"] = pa.array(date - date[first][patient], pa.int16())
        return {name: column for name, column in columns.items() if name in names}

    def _fields(self, entry: DictionaryTable) -> Iterator[tuple[int, Field]]:
        for i, field in enumerate(self.plan.fields):
            if field.role == "value" and field.variable is not None and field.variable.table == entry.name:
                yield i, field

    def _of_events(self, position: int) -> Numbers:
        return self.arranged.of_events(f"c{position}")

    def _finer(self, entry: DictionaryTable) -> Iterator[pa.Table]:
        """One part per reader or target, of the index events where something is recorded."""
        by_key: dict[str | int, dict[str, Numbers]] = {}
        for i, field in self._fields(entry):
            key = field.reader if field.reader is not None else field.target
            if field.variable is not None and key is not None:
                by_key.setdefault(key, {})[field.variable.name] = self._of_events(i)
        for key, own in by_key.items():
            recorded = np.any([values != NULL for values in own.values()], axis=0)
            count = np.count_nonzero(recorded)
            columns = {"index_id": pa.array(self.events + 1 + np.flatnonzero(recorded), pa.int32())}
            columns[entry.unit_key] = pa.repeat(key, count)
            for variable in self.layout.home(entry.name):
                values = own.get(variable.name)
                columns[variable.name] = pa.nulls(count, pa.int64()) if values is None else _array(values[recorded])
            yield pa.table(columns)

    def _observed(self, entry: DictionaryTable) -> Iterator[pa.Table]:
        """The answers of a table, variable by variable and time point by time point."""
        for variable in self.layout.home(entry.name):
            for column in self.layout.columns:
                if column.variable == variable.name and column.role == "value":
                    yield self._answers(entry, variable, column.timepoint)

    def _answers(self, entry: DictionaryTable, variable: Variable, timepoint: str | None) -> pa.Table:
        """One row per index event of which the code, day or mode is known."""
        code = self._recorded(variable, timepoint, ("value",))
        day = self._recorded(variable, timepoint, ("day", "date"))
        mode = self._recorded(variable, timepoint, ("mode",))
        known = np.flatnonzero((code != NULL) | (day != NULL) | (mode != NULL))
        columns = {"index_id": pa.array(self.events + 1 + known, pa.int32())}
        columns["variable"] = _repeated(variable.name, len(known))
        columns["timepoint"] = _repeated(timepoint, len(known))
        columns["code"] = _array(code[known])
        if entry.name == "items":
            instrument, item = self.plan.items[variable.name]
            columns |= {"instrument": _repeated(instrument, len(known)), "item": _repeated(item, len(known))}
        if entry.name == "assessments":
            columns |= {"day": _array(day[known]), "mode": _array(mode[known])}
        return pa.table(columns)

    def _recorded(self, variable: Variable, timepoint: str | None, roles: tuple[str, ...]) -> Numbers:
        """What the fields of some role say for each index event; a field of the variable itself goes first."""
        values = self._nothing()
        for concerned in (variable, None):
            for i, field in enumerate(self.plan.fields):
                if field.role in roles and field.variable == concerned:
                    values = np.where(values == NULL, self._said(i, field, timepoint), values)
        return values

    def _said(self, position: int, field: Field, timepoint: str | None) -> Numbers:
        """A field's values per index event at one time point."""
        if not field.follows_row:
            values = self._of_events(position) if field.timepoint == timepoint else self._nothing()
        else:
            values = self._nothing()
            names = [t.name for t in self.plan.timepoints]
            here = self.arranged.numbers("timepoint") == (names.index(timepoint) if timepoint is not None else -1)
            values[self.arranged.event[here]] = self.arranged.numbers(f"c{position}")[here]
        if field.role == "date":
            return np.where(values == NULL, NULL, values - self.arranged.of_events("date"))
        return values

    def _nothing(self) -> Numbers:
        return np.full(len(self.arranged.event_starts), NULL)


def _array(values: Numbers) -> pa.Array:
    return pa.array(values, mask=values == NULL)


def _repeated(text: str | None, count: int) -> pa.DictionaryArray:
    indices = pa.nulls(count, pa.int32()) if text is None else pa.array(np.zeros(count, np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array([] if text is None else [text], pa.string()))

"""A batch of cells becomes a table of codes; cells that do not fit are reported, and their rows marked.

A row that does not fit is still compared with the others as long as its keys can be read: what it repeats or
contradicts must not pass for the only row of its patient.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from foramen.intake.converters import REFUSED, Converter, KeyConverter
from foramen.intake.plan import Field, Plan
from foramen.intake.reasons import NO_TIMEPOINT, NOT_ASKED, RAGGED, Finding
from foramen.intake.source import Batch, Source

UNREAD = -1
"""A date of an index event, or a time point, whose cell could not be read: neither known nor missing."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the batches of one source by the plan. `file` is the position of the source among all."""

    plan: Plan
    source: Source
    file: int

    def read(self, batch: Batch) -> tuple[pa.Table, list[Finding]]:
        """Every row whose keys can be read, with the codes that fit, and every finding by row: see `read_schema`."""
        wanted = {"", *self.plan.mapping.wanted_columns()}
        told = {(f.row, f.column): f.reason for f in batch.flaws if f.column in wanted}
        table, found = self._coded(batch)
        findings = [Finding(self.file, row, column, reason) for (row, column), reason in told.items()]
        findings += [finding for finding in found if (finding.row, finding.column) not in told]
        findings.sort(key=lambda finding: finding.row)
        bad = np.isin(np.asarray(batch.numbers, np.int64), [finding.row for finding in findings])
        if bad.any():
            fits = table.schema.get_field_index("fits")
            table = table.set_column(fits, "fits", pa.array(~bad)).filter(self._known(table))
        return pa.concat_tables([table, *self._apart(batch)]), findings

    def _coded(self, batch: Batch) -> tuple[pa.Table, list[Finding]]:
        """The rows of the columns, all marked as fitting, and what was found in their cells."""
        findings: list[Finding] = []
        count = len(batch.numbers)
        columns = self._keys(batch, findings)
        columns["file"] = pa.array(np.full(count, self.file), pa.int16())
        columns["row"] = pa.array(np.asarray(batch.numbers, np.int64), pa.int64())
        columns["fits"] = pa.array(np.ones(count, np.bool_))
        for i, field in enumerate(self.plan.fields):
            codes = self._codes(batch, field.header, field.converter, findings)
            if len(field.asked) < len(self.plan.timepoints) and field.follows_row:
                self._check_asked(batch, field, codes, columns["timepoint"], findings)
            columns[f"c{i}"] = codes
        return pa.table(columns).cast(read_schema(self.plan)), findings

    def _known(self, table: pa.Table) -> pa.ChunkedArray:
        """Rows whose site, patient and index event are known."""
        known = pc.and_(pc.is_valid(table["site"]), pc.is_valid(table["patient"]))
        return known if self.plan.mapping.index_event.key is None else pc.and_(known, pc.is_valid(table["key"]))

    def _apart(self, batch: Batch) -> Iterator[pa.Table]:
        """Rows with too few or too many cells, where the first columns are the keys: those are in their place."""
        mapping, header = self.plan.mapping, self.source.header
        rows = {flaw.row: flaw.cells for flaw in batch.flaws if flaw.cells is not None and flaw.reason is RAGGED}
        named = (mapping.site.column, mapping.rows.patient, mapping.index_event.key, mapping.rows.timepoint)
        keys = [name for name in named if name is not None]
        if mapping.rows.patient is None or not rows or set(header[: len(keys)]) != set(keys):
            return
        cells = [[*row[: len(keys)], *[""] * (len(header) - min(len(row), len(keys)))] for row in rows.values()]
        table, _ = self._coded(Batch(list(rows), list(zip(*cells, strict=True))))
        undated, unfit = pa.repeat(UNREAD, len(rows)).cast(pa.int32()), pa.repeat(False, len(rows))
        for name, column in (("date", undated), ("fits", unfit)):
            table = table.set_column(table.schema.get_field_index(name), name, column)
        yield table.filter(self._known(table)).cast(read_schema(self.plan))

    def _keys(self, batch: Batch, findings: list[Finding]) -> dict[str, pa.Array]:
        plan, mapping = self.plan, self.plan.mapping
        count = len(batch.numbers)
        columns = {
            "site": self._texts(batch, mapping.site.column, plan.site, findings),
            "patient": self._texts(batch, mapping.rows.patient, plan.patient, findings),
            "key": self._texts(batch, mapping.index_event.key, plan.key, findings),
        }
        if mapping.site.column is None:
            columns["site"] = pa.repeat(plan.site_of(self.source.path), count)
        if mapping.rows.patient is None:
            columns["patient"] = pa.array([f"{self.file:05}:{number:012}" for number in batch.numbers], pa.string())
        for name, header, converter in (
            ("date", mapping.index_event.date, plan.date),
            ("timepoint", mapping.rows.timepoint, plan.timepoint),
        ):
            if header is None:
                columns[name] = pa.nulls(count, pa.int64())
            else:
                columns[name] = self._codes(batch, header, converter, findings, UNREAD)
        if mapping.rows.timepoint is not None:
            absent = _where(pc.is_null(columns["timepoint"]))
            findings += [Finding(self.file, batch.numbers[i], mapping.rows.timepoint, NO_TIMEPOINT) for i in absent]
        return columns

    def _texts(self, batch: Batch, header: str | None, converter: KeyConverter, findings: list[Finding]) -> pa.Array:
        if header is None:
            return pa.nulls(len(batch.numbers), pa.string())
        cells = self._cells(batch, header)
        keys = pa.array(list(map(converter.__getitem__, cells)), pa.string())
        if keys.null_count:
            for i in _where(keys.is_null()):
                findings.append(Finding(self.file, batch.numbers[i], header, converter.reason(cells[i])))
        return keys

    def _codes(
        self, batch: Batch, header: str, converter: Converter, findings: list[Finding], unread: int | None = None
    ) -> pa.Array:
        """The codes of a column, `unread` in place of those that do not fit."""
        cells = self._cells(batch, header)
        codes = pa.array(list(map(converter.__getitem__, cells)), pa.int64())
        if not converter.refused:
            return codes
        refused = pc.equal(codes, REFUSED)
        for i in _where(refused):
            findings.append(Finding(self.file, batch.numbers[i], header, converter.reason(cells[i])))
        return pc.if_else(refused, pa.scalar(unread, pa.int64()), codes)

    def _check_asked(
        self, batch: Batch, field: Field, codes: pa.Array, timepoints: pa.Array, findings: list[Finding]
    ) -> None:
        asked = pc.is_in(timepoints, pa.array(sorted(field.asked), pa.int64()))
        elsewhere = pc.and_(pc.greater_equal(timepoints, 0), pc.invert(asked))
        for i in _where(pc.and_(pc.is_valid(codes), elsewhere)):
            findings.append(Finding(self.file, batch.numbers[i], field.header, NOT_ASKED))

    def _cells(self, batch: Batch, header: str) -> Sequence[str]:
        return batch.columns[self.source.header.index(header)]


def read_schema(plan: Plan) -> pa.Schema:
    """Keys, place in the source, whether the row fits by itself, then `c0`, `c1`, … the codes of the plan's fields."""
    keys = [("site", pa.string()), ("patient", pa.string()), ("key", pa.string()), ("date", pa.int32()),
            ("timepoint", pa.int16()), ("file", pa.int16()), ("row", pa.int64()), ("fits", pa.bool_())]  # fmt: skip
    codes = [(f"c{i}", pa.int64() if field.wide else pa.int32()) for i, field in enumerate(plan.fields)]
    return pa.schema([*keys, *codes])


def _where(flags: pa.Array) -> list[int]:
    return [int(i) for i in np.flatnonzero(pc.fill_null(flags, False).to_numpy(zero_copy_only=False))]

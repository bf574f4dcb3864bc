"""A batch of cells becomes a table of codes; rows with a cell that does not fit are left out and reported."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from foramen.intake.converters import REFUSED, Converter, KeyConverter
from foramen.intake.plan import Field, Plan
from foramen.intake.reasons import NO_TIMEPOINT, NOT_ASKED, Finding
from foramen.intake.source import Batch, Source


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the batches of one source by the plan. `file` is the position of the source among all."""

    plan: Plan
    source: Source
    file: int

    def read(self, batch: Batch) -> tuple[pa.Table, list[Finding]]:
        """The rows that fit, and every finding by row. Columns: `read_schema`."""
        findings = [Finding(self.file, f.row, f.column, f.reason) for f in batch.flaws]
        count = len(batch.numbers)
        columns = self._keys(batch, findings)
        columns["file"] = pa.array(np.full(count, self.file), pa.int16())
        columns["row"] = pa.array(np.asarray(batch.numbers, np.int64), pa.int64())
        for i, field in enumerate(self.plan.fields):
            codes = self._codes(batch, field.header, field.converter, findings)
            if len(field.asked) < len(self.plan.timepoints) and field.follows_row:
                self._check_asked(batch, field, codes, columns["timepoint"], findings)
            columns[f"c{i}"] = codes
        findings.sort(key=lambda finding: finding.row)
        bad = np.isin(np.asarray(batch.numbers, np.int64), [finding.row for finding in findings])
        table = pa.table(columns)
        return (table.filter(pa.array(~bad)) if bad.any() else table).cast(read_schema(self.plan)), findings

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
                columns[name] = self._codes(batch, header, converter, findings)
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

    def _codes(self, batch: Batch, header: str, converter: Converter, findings: list[Finding]) -> pa.Array:
        cells = self._cells(batch, header)
        codes = pa.array(list(map(converter.__getitem__, cells)), pa.int64())
        if converter.refused:
            for i in _where(pc.equal(codes, REFUSED)):
                findings.append(Finding(self.file, batch.numbers[i], header, converter.reason(cells[i])))
        return codes

    def _check_asked(
        self, batch: Batch, field: Field, codes: pa.Array, timepoints: pa.Array, findings: list[Finding]
    ) -> None:
        asked = pc.is_in(timepoints, pa.array(sorted(field.asked), pa.int64()))
        unexpected = pc.and_(pc.is_valid(codes), pc.invert(asked))
        for i in _where(pc.and_(unexpected, pc.not_equal(codes, REFUSED))):
            findings.append(Finding(self.file, batch.numbers[i], field.header, NOT_ASKED))

    def _cells(self, batch: Batch, header: str) -> Sequence[str]:
        return batch.columns[self.source.header.index(header)]


def read_schema(plan: Plan) -> pa.Schema:
    """Keys, place in the source, then `c0`, `c1`, … the codes of the plan's fields."""
    keys = [("site", pa.string()), ("patient", pa.string()), ("key", pa.string()), ("date", pa.int32()),
            ("timepoint", pa.int16()), ("file", pa.int16()), ("row", pa.int64())]  # fmt: skip
    codes = [(f"c{i}", pa.int64() if field.wide else pa.int32()) for i, field in enumerate(plan.fields)]
    return pa.schema([*keys, *codes])


def _where(flags: pa.Array) -> list[int]:
    return [int(i) for i in np.flatnonzero(pc.fill_null(flags, False).to_numpy(zero_copy_only=False))]

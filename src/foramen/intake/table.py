"""Import tables of rows: read, check, sort, build the snapshot. What does not fit stops it, or is set aside."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from foramen.catalogue.document import Document
from foramen.intake.assemble import Assembler
from foramen.intake.compare import compare
from foramen.intake.findings import FindingLog
from foramen.intake.mapping import TableMapping
from foramen.intake.mapping_checks import SITE, load_mapping
from foramen.intake.opening import open_sources
from foramen.intake.plan import Plan, make_plan
from foramen.intake.quarantine import quarantine_file
from foramen.intake.reading import Reader, read_schema
from foramen.intake.sites import passed_over
from foramen.intake.source import Source
from foramen.intake.spill import Spill
from foramen.kernel.digests import digest, file_digest
from foramen.kernel.errors import DataError, Fault, OutputError, raise_all
from foramen.kernel.staging import check_replaceable, staged_folder
from foramen.snapshot.codebook import Variable
from foramen.snapshot.layout import Extent, Layout, extent_of, narrowest
from foramen.snapshot.write import People, Provenance, SnapshotWriter

Progress = Callable[[int, int | None], None]
"""Called with the rows read so far and how much of all files that is, in percent (None when it cannot be told)."""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What was read, and what is in the snapshot; `quarantined` counts rows set aside, by file, column and reason;
    `people` says whether they exist."""

    source_rows: int
    index_events: int
    patients: int
    quarantined: dict[str, Any]
    digest: str
    people: People


def import_table(
    files: Sequence[Path],
    mapping: Path,
    out: Path,
    *,
    quarantine: Path | None = None,
    progress: Progress = lambda _rows, _percent: None,
) -> ImportSummary:
    """Make a snapshot folder of source tables, whole or not at all.

    Rows that do not fit stop the import with all their faults, unless there is a quarantine file for them. The same
    files and mapping give the same bytes.
    """
    document = load_mapping(mapping)
    _check_places(out, [*files, mapping, *([quarantine] if quarantine is not None else [])])
    sources = open_sources(files, document.content)
    with quarantine_file(quarantine, [source.header for source in sources]) as aside:
        log = FindingLog(sources, aside)
        try:
            with staged_folder(out, kind="snapshot") as staging:
                summary = _Import(document, sources, log, progress).run(staging)
                log.publish()
        except BaseException:
            log.withdraw()
            raise
    return summary


def _check_places(out: Path, others: Sequence[Path]) -> None:
    """Refuse a target that cannot be replaced, or whose replacement would take another file with it."""
    check_replaceable(out, kind="snapshot")
    inside = [path for path in others if out.resolve() in (path.resolve(), *path.resolve().parents)]
    what, remedy = "this file is inside the folder that is to be written, or in its place", "give --out another folder"
    raise_all(OutputError, (Fault(what, str(path), str(out), remedy) for path in inside))


@dataclass
class _Import:
    """One run: read everything, then write it part by part."""

    document: Document[TableMapping]
    sources: Sequence[Source]
    log: FindingLog
    progress: Progress
    extents: dict[str, Extent] = field(default_factory=dict)
    sites: set[str] = field(default_factory=set)
    read_rows: list[int] = field(default_factory=list)
    several_rows: bool = False

    def run(self, staging: Path) -> ImportSummary:
        plan = make_plan(self.document.content)
        with Spill(staging, read_schema(plan)) as spill:
            for position, source in enumerate(self.sources):
                self._read(Reader(plan, source, position), spill)
            self._check_some_rows()
            layout = self._layout(plan)
            with SnapshotWriter(staging, layout) as writer:
                patients, events = self._write(plan, layout, spill, writer)
                self._check_sites()
                if self.log.refused:
                    raise self.log.error()
                if not events:
                    raise self._nothing_left()
                self.log.write_waiting()
                manifest = writer.finish(self._provenance())
        people = self.document.content.people
        return ImportSummary(sum(self.read_rows), events, patients, self.log.summary(), digest(manifest), people)

    def _read(self, reader: Reader, spill: Spill) -> None:
        done = sum(self.read_rows)
        rows = 0
        with closing(reader.source.read()) as batches:
            for batch in batches:
                table, findings = reader.read(batch)
                self.log.add_read(batch, findings)
                self._measure(reader.plan, table.filter(table["fits"]))
                spill.append(table)
                rows += batch.count
                self.progress(done + rows, self._percent(reader.file, batch.percent))
        self.read_rows.append(rows)

    def _percent(self, file: int, within: int | None) -> int | None:
        return None if within is None else (100 * file + within) // len(self.sources)

    def _measure(self, plan: Plan, table: pa.Table) -> None:
        """Extents of the variables and sites seen, which decide types and labels before the first row is written."""
        self.sites.update(table["site"].unique().to_pylist())
        for i, one in enumerate(plan.fields):
            if one.role == "value" and one.variable is not None:
                name = one.variable.name
                self.extents[name] = self.extents.get(name, Extent()) | extent_of(table[f"c{i}"])

    def _check_some_rows(self) -> None:
        empty = [source.path.name for source, n in zip(self.sources, self.read_rows, strict=True) if not n]
        if empty:
            raise DataError(
                *(Fault("the file has a header and no rows", name, "no rows", "another file") for name in empty)
            )

    def _layout(self, plan: Plan) -> Layout:
        codes = self.document.content.site.codes
        labels = tuple(dict.fromkeys(codes.values())) if codes is not None else tuple(sorted(self.sites))
        site = Variable(SITE, "patients", "category", "Site", labels=labels)
        variables = (site, *plan.variables)
        extents = {**self.extents, SITE: Extent(high=len(labels))}
        types = {v.name: narrowest(extents.get(v.name, Extent())) for v in variables}
        return Layout(plan.index_event, variables, plan.columns(), types, plan.timepoints, plan.readers(), plan.dated)

    def _write(self, plan: Plan, layout: Layout, spill: Spill, writer: SnapshotWriter) -> tuple[int, int]:
        """Write part by part; once the import has to stop, go on only to find every fault."""
        patients = events = 0
        for rows in spill.parts():
            compared = compare(plan, rows)
            self.log.add_compared(compared.findings, compared.refused)
            arranged = compared.arranged
            self.several_rows |= len(arranged.patient_starts) < arranged.rows.num_rows
            if self.log.refused or not arranged.rows.num_rows:
                continue
            writer.append(Assembler(plan, layout, arranged, patients, events).tables())
            patients += int(arranged.patient[-1]) + 1
            events += int(arranged.event[-1]) + 1
        return patients, events

    def _check_sites(self) -> None:
        """Setting rows aside does not mend this: nobody knows which of them are of the same person."""
        faults = tuple(passed_over(self.sources, self.document.content)) if self.several_rows else ()
        if faults:
            raise DataError(*faults, *(self.log.error().faults if self.log.refused else ()))

    def _nothing_left(self) -> DataError:
        error = self.log.error()
        first = Fault("every row would be quarantined; nothing is left to import", remedy="check the mapping")
        return DataError(first, *error.faults)

    def _provenance(self) -> Provenance:
        mapping = self.document.content
        sources = [
            {"name": source.path.name, "sha256": file_digest(source.path), "rows": rows}
            for source, rows in zip(self.sources, self.read_rows, strict=True)
        ]
        return Provenance(
            mapping.origin,
            mapping.day.isoformat(),
            mapping.people,
            sources,
            self.log.summary(),
            self.document.digest,
            mapping.title,
        )

"""Write a snapshot folder: tables, row files built from them, manifest. Equal input gives equal bytes."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import pyarrow as pa

from foramen import __version__
from foramen.kernel.staging import staged_folder
from foramen.snapshot.codebook import Codebook, Column, Variable
from foramen.snapshot.dictionary import dictionary
from foramen.snapshot.layout import IndexEvent, Layout, Timepoint, structural_variables
from foramen.snapshot.observed import conform, observed_layout
from foramen.snapshot.order import in_key_order
from foramen.snapshot.parquet import ParquetFile, tallied
from foramen.snapshot.rows import finer_columns, finer_rows, finer_table, treatment_rows
from foramen.snapshot.store import MANIFEST, SCHEMA_VERSION, rows_name

People = Literal["recorded", "reconstructed", "invented"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a snapshot comes from. `day` is the ISO date on which the source was extracted; no clock is read.

    `people` says whether they exist: disclosure control protects recorded people only. `frozen` is what a clinic tells
    of its freeze; a manifest without it has no such entry.
    """

    origin: str
    day: str
    people: People = "recorded"
    sources: Sequence[Mapping[str, Any]] = ()
    quarantined: Mapping[str, Any] = field(default_factory=lambda: {"rows": 0, "faults": []})
    mapping: str | None = None
    title: str = ""
    frozen: Mapping[str, Any] = field(default_factory=dict)


def write_snapshot(
    folder: Path,
    tables: Mapping[str, pa.Table],
    codebook_variables: Sequence[Variable],
    *,
    origin: str,
    day: str,
    people: People = "recorded",
    index_event: IndexEvent = "treatment",
    timepoints: Sequence[Timepoint] = (),
) -> None:
    """Write a whole snapshot from tables in memory; the row files have the time points and readers that occur."""
    layout = observed_layout(tables, codebook_variables, index_event, timepoints)
    with staged_folder(folder, kind="snapshot") as staging, SnapshotWriter(staging, layout) as writer:
        writer.append({name: conform(layout, name, table) for name, table in tables.items()})
        writer.finish(Provenance(origin, day, people))


class SnapshotWriter:
    """Writes a snapshot part by part. Each part holds whole patients, and the parts come in their order."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        self._folder = folder
        self._layout = layout
        self._files: dict[str, ParquetFile] = {}
        self._open = ExitStack()
        self._columns = {unit: list(_unit_columns(layout, unit)) for unit in ("treatment", *layout.units())}

    def __enter__(self) -> "SnapshotWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def append(self, tables: Mapping[str, pa.Table]) -> None:
        """Add a part: tables with the schemas of the layout, and the rows built from them."""
        names = [name for name in dictionary().tables if name in tables and tables[name].num_rows]
        held = {name: in_key_order(self._layout, name, tables[name]) for name in names}
        for name, table in held.items():
            self._write(f"{name}.parquet", table)
        treatments = treatment_rows(self._layout, held)
        self._write_rows("treatment", treatments)
        for unit in self._layout.units():
            if finer_table(unit).name in held:
                first = self._rows(rows_name(unit)) + 1
                self._write_rows(unit, finer_rows(self._layout, unit, held, treatments, first))

    def finish(self, provenance: Provenance) -> dict[str, Any]:
        """Close all files and write the manifest, which is returned."""
        files = {name: file.finish() for name, file in sorted(self._files.items())}
        tables = {name.removesuffix(".parquet"): e["sha256"] for name, e in files.items() if "/" not in name}
        for name, entry in files.items():
            if "/" in name:
                entry["built_from"] = tables
        manifest = self._manifest(provenance, files)
        text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        (self._folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        return manifest

    def _manifest(self, provenance: Provenance, files: Mapping[str, Any]) -> dict[str, Any]:
        layout = self._layout
        variables = [*structural_variables(layout), *layout.variables]
        written = {unit: columns for unit, columns in self._columns.items() if rows_name(unit) in files}
        codebook = Codebook({v.name: v for v in variables}, {u: {c.name: c for c in cs} for u, cs in written.items()})
        return {
            "kind": "snapshot",
            "schema_version": SCHEMA_VERSION,
            "foramen": __version__,
            "title": provenance.title,
            "origin": provenance.origin,
            "people": provenance.people,
            "day": provenance.day,
            "index_event": layout.index_event,
            "timepoints": [asdict(timepoint) for timepoint in layout.timepoints],
            "files": files,
            "codebook": codebook.to_json(),
            "quarantined": dict(provenance.quarantined),
            "sources": [dict(source) for source in provenance.sources],
            "mapping": provenance.mapping,
            **({"frozen": dict(provenance.frozen)} if provenance.frozen else {}),
        }

    def _write_rows(self, unit: str, rows: pa.Table) -> None:
        self._columns[unit] = [tallied(column, rows[column.name]) for column in self._columns[unit]]
        self._write(rows_name(unit), rows)

    def _write(self, name: str, table: pa.Table) -> None:
        if name not in self._files:
            self._files[name] = self._open.enter_context(ParquetFile(self._folder / name, table.schema))
        self._files[name].append(table)

    def _rows(self, name: str) -> int:
        return self._files[name].rows if name in self._files else 0


def _unit_columns(layout: Layout, unit: str) -> list[Column]:
    """The columns of a row file that the code book describes, without statistics."""
    names = ["sequence", "repeats", *(["index_day"] if layout.dated else [])]
    if unit == "treatment":
        return [*(Column(name, name) for name in names), *layout.columns]
    key = finer_table(unit).unit_key
    return [*(Column(name, name) for name in ("sequence", "repeats", key)), *finer_columns(layout, unit)]

"""A complete copy of one patient's record, which opens without this software (AUD-6, DEI-7).

Every row as JSON and as CSV, the record in words as PDF, the audit with it, and a manifest with the SHA-256 of every
file. The folder appears whole or not at all. That it was made is an event of the record, and in the copy.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from foramen import __version__
from foramen.catalogue.instants import day_of
from foramen.clinic import clock
from foramen.clinic.models import Patient
from foramen.clinic.records.events import EXPORT, note_event
from foramen.clinic.records.heads import head
from foramen.clinic.records.patient_rows import rows_of
from foramen.clinic.records.patient_words import history_of, instant_text, sections_of
from foramen.kernel.digests import file_digest
from foramen.kernel.errors import UserError
from foramen.kernel.staging import MARK, staged_folder

KIND = "patient export"
VERSION = 1
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins with one of these (ASVS V1.2.10): it gets a quote in front."""

READ_ME = """This folder holds everything that {site} keeps about one patient.
Nothing is needed to read it but programs for PDF, CSV and text.

record.pdf       the record in words, with the audit: who did what when, and who looked
rows/*.json      every row as it is kept, one file for each kind; the values are exact
rows/*.csv       the same for spreadsheets; a cell that a spreadsheet would run has a quote in front
rows/history.*   the audit in words, one event a row
manifest.json    what was written, with the SHA-256 of each file

A fact that was corrected stays; the fact in its place names it in corrects_id, with a reason. Instants are in UTC, with
offset. Check a file: sha256sum rows/facts.json
"""


def export_patient(patient: Patient, out: Path, context: Mapping[str, Any]) -> dict[str, int]:
    """Write the folder, and return how many rows of each kind it holds. `context` says who asked for it, for the audit.

    Raises OutputError for a folder that cannot be written or holds something else; the event stays in any case.
    """
    note_event(EXPORT, patient, dict(context) | {"what": "the whole record"}, patient.pk)
    with staged_folder(out, kind=KIND) as folder:
        (folder / "rows").mkdir()
        rows = {name: _write(folder / "rows" / name, found) for name, found in rows_of(patient)}
        rows["history"] = _write(folder / "rows" / "history", map(_line, history_of(patient)))
        (folder / "README.txt").write_text(READ_ME.format(site=patient.site.name), encoding="utf-8")
        (folder / "record.pdf").write_bytes(_printed(patient))
        _write_manifest(folder, patient, context, rows)
    return rows


def find_patient(site: str, number: str) -> Patient:
    """A patient by the code of the site and the number there, with or without its spaces. Raises UserError for none.

    Numbers may be sealed: they are compared one by one.
    """
    wanted = "".join(number.split())
    found = Patient.objects.filter(site__code=site).select_related("site").iterator(chunk_size=500)
    for one in found:
        if "".join((one.number or "").split()) == wanted:
            return one
    raise UserError.single(
        "this site has no patient of that number", where="--number", remedy="look at site and number"
    )


def _write(stem: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """One kind of row twice: as JSON, and as CSV. Returns how many there are."""
    count = 0
    with (
        stem.with_suffix(".json").open("w", encoding="utf-8") as exact,
        stem.with_suffix(".csv").open("w", encoding="utf-8-sig", newline="") as sheet,
    ):
        writer = csv.writer(sheet, lineterminator="\n")
        exact.write("[")
        for row in rows:
            if not count:
                writer.writerow(row)
            exact.write(",\n" if count else "\n")
            exact.write(json.dumps(row, default=_plain, ensure_ascii=False))
            writer.writerow([_cell(value) for value in row.values()])
            count += 1
        exact.write("\n]\n")
    return count


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
    raise TypeError(f"{type(value).__name__} has no form in a copy of a record")


def _cell(value: Any) -> str:
    """A text as it is, unless a spreadsheet would run it; JSON for what has parts."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, default=_plain, ensure_ascii=False).strip('"')
    return f"'{text}" if text.startswith(FORMULA) and not isinstance(value, int | float) else text


def _line(line: Any) -> dict[str, Any]:
    names = ("number", "at", "who", "role", "doing", "what", "why")
    return {name: getattr(line, name) for name in names} | {"old": dict(line.old), "new": dict(line.new)}


def _printed(patient: Patient) -> bytes:
    from foramen.report.record_pdf import PrintedRecord, record_pdf  # noqa: PLC0415 - start-up time

    now, site = clock.now_at(patient.site.zone), patient.site
    made = f"Copy of the record, made {instant_text(now.utc, site.zone)} ({site.zone})"
    lines = (f"{site.name}, {site.service}", f"{made}. It holds everything that is kept, also what was corrected.")
    foot = f"{site.name}: record {patient.number}"
    return record_pdf(PrintedRecord(patient.name, lines, foot, day_of(now), list(sections_of(patient))))


def _write_manifest(folder: Path, patient: Patient, context: Mapping[str, Any], rows: dict[str, int]) -> None:
    """Last, with the head of the chain that the audit was under."""
    sealed = head()
    files: dict[str, dict[str, Any]] = {
        str(path.relative_to(folder)): {"sha256": file_digest(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    told = {
        "kind": KIND, "version": VERSION, "software": f"foramen {__version__}", "site": patient.site.code,
        "made_at": clock.now().isoformat(), "made_by": context.get("shown_as", ""), "rows": rows,
        "audit_head": str(sealed) if sealed else None, "files": files,
    }  # fmt: skip
    (folder / MARK).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

"""Files of the registry: a snapshot to take along, a report to open, its other formats. Each leaves an event."""

import html
import re
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from foramen.clinic.models import Freeze, StudyRun
from foramen.clinic.models.evidence import Progress
from foramen.clinic.pages.registry.packed import packed
from foramen.clinic.records.exporting import note_export
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.work.folders import report_folder, snapshot_folder
from foramen.snapshot.store import MANIFEST

META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
SANDBOX = "frame-ancestors 'none'; sandbox allow-scripts"
"""A report is a page with scripts of its own: it gets an origin of its own too, without our cookies."""

NOTHING = "default-src 'none'; sandbox"
POLICY = "Content-Security-Policy"
KINDS = {
    "docx": ("report.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": ("report.pdf", "application/pdf"),
}
"""What of a report is handed out alone, by the last part of its address."""

ALL = "zip"


def snapshot_files(request: ClinicRequest, pk: UUID) -> HttpResponseBase:
    """All files of a snapshot, as one."""
    freeze = get_object_or_404(Freeze, site=request.at_site, pk=pk, state=Progress.DONE)
    folder = _there(snapshot_folder(freeze))
    note_export(request, freeze, f"snapshot {freeze.number} downloaded")
    return _zip(folder, f"snapshot-{freeze.number}")


def report(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The report as a page, under the policy that it was written with."""
    run = _made(request, pk)
    path = _there(report_folder(run)) / "report.html"
    text = _read(path).decode()
    note_export(request, run, f"report {run.study} on snapshot {run.freeze.number} opened")
    found = META.search(text)
    policy = f"{html.unescape(found[1])}; {SANDBOX}" if found else NOTHING
    return HttpResponse(text, status=HTTPStatus.OK, headers={POLICY: policy})


def report_file(request: ClinicRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """Another format of a report, or the whole folder as one file."""
    run = _made(request, pk)
    folder, name = _there(report_folder(run)), f"{run.study}-snapshot-{run.freeze.number}"
    if kind != ALL and kind not in KINDS:
        raise Http404
    data = b"" if kind == ALL else _read(folder / KINDS[kind][0])
    note_export(request, run, f"report {run.study} on snapshot {run.freeze.number} downloaded as {kind}")
    if kind == ALL:
        return _zip(folder, name)
    return HttpResponse(data, content_type=KINDS[kind][1], headers=_attached(f"{name}.{kind}"))


def _made(request: ClinicRequest, pk: UUID) -> StudyRun:
    rows = StudyRun.objects.select_related("freeze")
    return get_object_or_404(rows, site=request.at_site, pk=pk, state=Progress.DONE)


def _there(folder: Path) -> Path:
    if not (folder / MANIFEST).is_file():
        raise Http404
    return folder


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Http404 from None


def _zip(folder: Path, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(packed(folder, name), content_type="application/zip", headers=_attached(f"{name}.zip"))


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', POLICY: NOTHING}

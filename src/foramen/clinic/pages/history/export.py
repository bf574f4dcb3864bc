"""A complete copy of a patient's record, to hand over: one archive with everything."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from foramen.catalogue.instants import day_of
from foramen.clinic import clock
from foramen.clinic.domain.errors import WrongPatientError
from foramen.clinic.models import Patient
from foramen.clinic.pages.acting import PATIENT
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.records.patient_export import export_patient
from foramen.clinic.records.reading import context_of_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest

REFUSED = 422


class ExportForm(forms.Form):
    """Who asked for the copy, and what for: it stays in the history of the record."""

    why = forms.CharField(
        label="What the copy is for", help_text="such as: the patient asked for it by letter", min_length=10,
        max_length=400, widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def export(request: ClinicRequest, key: UUID) -> HttpResponse:
    """What the copy holds and the question what it is for; then the archive."""
    patient = get_object_or_404(Patient.objects.select_related("site"), site=request.at_site, pk=key)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.POST.get(PATIENT) != str(patient.pk):
        raise WrongPatientError.single(
            "this form belongs to the record of another patient", remedy="open the record again, and ask there"
        )
    if form.is_valid():
        return _archive(request, patient, form.cleaned_data["why"])
    context = {"form": form, **band_context(patient)}
    return render(request, "clinic/history/export.html", context, status=REFUSED if form.errors else 200)


def _archive(request: ClinicRequest, patient: Patient, why: str) -> HttpResponse:
    """The name of the file says nothing about the patient."""
    day = day_of(clock.now_at(patient.site.zone))
    packed = BytesIO()
    with TemporaryDirectory(prefix="foramen-copy-") as folder:
        out = Path(folder, "record")
        export_patient(patient, out, context_of_reading(request, "the whole record") | {"why": why})
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            for path in sorted(one for one in out.rglob("*") if one.is_file()):
                archive.write(path, str(path.relative_to(out)))
    return HttpResponse(
        packed.getvalue(), content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="record-{day}.zip"'},
    )  # fmt: skip

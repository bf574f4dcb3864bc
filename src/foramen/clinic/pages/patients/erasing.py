"""The page on which a lead radiologist erases what names a patient."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.clinic.domain.asked import Erasure
from foramen.clinic.domain.erasure import what_keeps
from foramen.clinic.models import Patient
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest


class ErasureForm(forms.Form):
    """Whom it is about, typed again, and why."""

    number = forms.CharField(label="Number of this patient, typed", max_length=40)
    reason = forms.CharField(
        label="Why, without a name", widget=forms.Textarea({"rows": 2}), max_length=500,
        help_text="It stays in the audit for ever: who asked for it, and on which ground.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)


def erase(request: ClinicRequest, key: str) -> HttpResponse:
    """Asked on a page of its own, and done once."""
    patient = get_object_or_404(Patient, site=request.at_site, pk=key)
    if patient.is_erased and request.method == "GET":
        return redirect("patient", patient.pk)
    form = ErasureForm(request.POST or None, initial={"version": patient.version})
    if request.method == "POST" and perform_form(request, form, "erase_identifiers", patient.pk, Erasure):
        messages.success(request, "What named this patient is erased.")
        return redirect("patient", patient.pk)
    if request.method == "GET":
        note_reading(request, patient, "erasure")
    context = {"form": form, "keeps": list(what_keeps(patient))} | band_context(patient)
    return render(request, "clinic/patients/erase.html", context, status=422 if form.errors else 200)

"""Referrals: the list, a new one, and one with its triage and its orders."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.clinic.domain.asked import PatientDetails
from foramen.clinic.facts.referral import ReferralAsked
from foramen.clinic.models import Patient, Referral
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.board.views import today
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.paging import age_on, page_of, sort_addresses
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.pages.patients.forms import FindForm, PatientForm, found_patients
from foramen.clinic.pages.referrals.forms import ReferralFilter, ReferralForm
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest


def referrals(request: ClinicRequest) -> HttpResponse:
    """Referrals of the site, the latest first."""
    narrowed = ReferralFilter(request)
    rows = Referral.objects.filter(site=request.at_site)
    page = page_of(request, narrowed.narrow(rows, request.at_site), "patient")
    day = today(request.at_site)
    context = {
        "filter": narrowed, "page": page, "sorts": sort_addresses(request, narrowed),
        "rows": [{"referral": one, "age": age_on(one.patient.born, day)} for one in page.rows],
        "new": link_for(request, "referral-new", method="POST"),
    }  # fmt: skip
    return render(request, "clinic/referrals/list.html", context)


def new(request: ClinicRequest) -> HttpResponse:
    """Whom a new referral is about: somebody who is found, or somebody who is registered now."""
    find = FindForm(request.GET or None)
    form = PatientForm(request.POST or None)
    if request.method == "POST":
        done = perform_form(request, form, "register_patient", request.at_site.pk, PatientDetails)
        if done:
            messages.success(request, "The patient is registered. Enter the referral now.")
            return redirect("referral-for", done.key)
    found = found_patients(request.at_site, find)
    context = {"find": find, "found": found, "form": form, "day": today(request.at_site)}
    return render(request, "clinic/referrals/new.html", context, status=422 if form.errors else 200)


def new_for(request: ClinicRequest, key: str) -> HttpResponse:
    """The referral of a patient who is registered."""
    patient = get_object_or_404(Patient, site=request.at_site, pk=key)
    form = ReferralForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = perform_form(request, form, "refer", patient.pk, ReferralAsked, form.content())
        if done:
            messages.success(request, "The referral is entered. It waits for triage by a radiologist.")
            return redirect("referral", done.key)
    if request.method == "GET":
        note_reading(request, patient, "new referral")
    context = {"form": form} | band_context(patient)
    return render(request, "clinic/referrals/form.html", context, status=422 if form.errors else 200)

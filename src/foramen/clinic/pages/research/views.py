"""Consent to research of one patient: where it stands, what was said, and signing or taking back."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.clinic.domain.asked import ResearchSignature
from foramen.clinic.domain.errors import StaleError
from foramen.clinic.domain.research import KINDS
from foramen.clinic.facts.research import ResearchWithdrawn
from foramen.clinic.models import Patient
from foramen.clinic.pages.acting import add_fault, perform_form
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.pages.research.forms import ConsentForm, WithdrawalForm
from foramen.clinic.pages.research.standing import counted_now, history_of, panel_of
from foramen.clinic.records.facts import standing_facts
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest


def research(request: ClinicRequest, key: str) -> HttpResponse:
    """Where it stands, the history, and both forms."""
    patient = _patient(request, key)
    note_reading(request, patient, "consent to research")
    return _page(request, patient, ConsentForm(initial={"language": patient.language}), WithdrawalForm())


def sign(request: ClinicRequest, key: str) -> HttpResponse:
    """What the patient has signed is recorded. If something else was said meanwhile, the page shows it first."""
    patient, form, status = _patient(request, key), ConsentForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
    told = {"consent": form.cleaned_data, "seen": request.POST.get("seen", "")} if form.is_valid() else None
    try:
        done = perform_form(request, form, "sign_research_consent", patient.pk, ResearchSignature, told)
    except StaleError as error:
        done, status = None, HTTPStatus.CONFLICT
        add_fault(form, error.faults[0])
    if done:
        messages.success(request, "The consent is recorded. It counts from now on.")
        return redirect("research", patient.pk)
    return _page(request, patient, form, WithdrawalForm(), status)


def withdraw(request: ClinicRequest, key: str) -> HttpResponse:
    """What the patient takes back is recorded, and holds at once."""
    patient, form = _patient(request, key), WithdrawalForm(request.POST)
    if perform_form(request, form, "withdraw_research", patient.pk, ResearchWithdrawn):
        messages.success(request, "It is taken back, and holds from now on.")
        return redirect("research", patient.pk)
    blank = ConsentForm(initial={"language": patient.language})
    return _page(request, patient, blank, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    request: ClinicRequest, patient: Patient, sign: ConsentForm, withdraw: WithdrawalForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    facts = standing_facts(KINDS, patient=patient)
    context = {
        "research": panel_of(request, patient, facts), "history": history_of(request, patient),
        "counted": counted_now(patient, facts), "seen": max((one.pk for one in facts), default=0), "sign": sign,
        "withdraw": withdraw, "may": link_for(request, "research-sign", patient.pk, method="POST"),
        "wrong": next((one for one in (sign, withdraw) if one.errors), None),
    }  # fmt: skip
    return render(request, "clinic/research/page.html", context | band_context(patient), status=status)


def _patient(request: ClinicRequest, key: str) -> Patient:
    return get_object_or_404(Patient, site=request.at_site, pk=key)

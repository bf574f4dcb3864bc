"""The letter from the page of the screening: made, and read by the patient."""

from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from foramen.clinic.domain.asked import NewLetter
from foramen.clinic.facts.content import Content
from foramen.clinic.facts.screening import LetterAcknowledged
from foramen.clinic.pages.acting import check_patient, perform_form
from foramen.clinic.pages.screening.page import context_of
from foramen.clinic.pages.screening.signing import LetterForm, ReadForm
from foramen.clinic.pages.treatment.record import Record, visit_here
from foramen.clinic.rights.gatekeeper import ClinicRequest

REFUSED = 422


def make(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """Make a letter from the hold plan as it stands; the one before it no longer holds."""
    return _do(request, visit_id, "make_letter", LetterForm(request.POST), NewLetter)


def read(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """Record that the patient has read the letter in force, and how."""
    return _do(request, visit_id, "acknowledge_letter", ReadForm(request.POST), LetterAcknowledged)


def _do(request: ClinicRequest, visit_id: UUID, verb: str, form: Form, content: type[Content]) -> HttpResponse:
    visit = visit_here(request, visit_id)
    if request.method != "POST":
        return redirect("screening", visit_id)
    check_patient(request, verb, visit.pk)
    if form.is_valid() and perform_form(request, form, verb, visit.pk, content):
        return redirect("screening", visit_id)
    parts = {"letter": form} if isinstance(form, LetterForm) else {"read": form}
    return render(request, "clinic/screening/page.html", context_of(Record(request, visit), **parts), status=REFUSED)

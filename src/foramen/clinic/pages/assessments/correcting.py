"""Correcting an answer: the same questions with what was entered; the old answer stays readable."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.clinic.domain.asked import Correction
from foramen.clinic.domain.assessments import KIND, instrument_of, timepoints
from foramen.clinic.facts.assessment import Assessed
from foramen.clinic.facts.kinds import read_content
from foramen.clinic.models import Fact
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.assessments.forms import CorrectionForm
from foramen.clinic.pages.assessments.words import how_words
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest


def correct_answer(request: ClinicRequest, fact_id: int) -> HttpResponse:
    """One instrument as it should have been answered. The version in which it was asked stays."""
    fact, content = _answer(request, fact_id)
    instrument = instrument_of(content.instrument, content.version)
    form = CorrectionForm(instrument, content, request.POST if request.method == "POST" else None)
    if request.method == "POST" and _done(request, form, fact):
        messages.success(request, "The correction is signed. What stood before stays in the history.")
        return redirect("visit-answers", fact.visit_id)
    if request.method == "GET":
        note_reading(request, fact.patient, "correction of answers")
    context = {
        "fact": fact, "form": form, "instrument": instrument, "how": how_words(content),
        "label": next(one.label for one in timepoints() if one.id == content.timepoint),
    } | band_context(fact.patient, fact.visit)  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "clinic/assessments/correct.html", context, status=status)


def _done(request: ClinicRequest, form: CorrectionForm, fact: Fact) -> bool:
    told, why = None, ""
    if form.is_valid():
        given, why = form.given(), form.cleaned_data["reason"]
        answers = given[0]["answers"] if given else {}
        told = {"content": fact.content | {"answers": answers}, "reason": why}
    return bool(perform_form(request, form, "correct", str(fact.pk), Correction, told, why=why))


def _answer(request: ClinicRequest, fact_id: int) -> tuple[Fact, Assessed]:
    """An answer of the site that stands."""
    fact = get_object_or_404(
        Fact.objects.select_related("patient", "visit", "by"), site=request.at_site, pk=fact_id, kind=KIND, void=False,
        corrected_by__isnull=True,
    )  # fmt: skip
    content = read_content(fact.kind, fact.content)
    if not isinstance(content, Assessed):
        raise Http404
    return fact, content

"""Answers: the contacts that are due, what stands for a visit, and the form of one time point."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.catalogue.schedules.definition import PlannedTimepoint
from foramen.clinic.domain.asked import Answered
from foramen.clinic.domain.assessments import answered_at, instruments_of, is_scored_elsewhere, timepoints
from foramen.clinic.models import Task, Visit
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.assessments.forms import AnswersForm, DueFilter
from foramen.clinic.pages.assessments.shown import places_of, shown_of
from foramen.clinic.pages.board.views import today
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.paging import age_on, page_of
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.pages.targets import told
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest


def answers_due(request: ClinicRequest) -> HttpResponse:
    """Open contacts of the site, due first."""
    day, narrowed = today(request.at_site), DueFilter(request)
    kinds = [one.id for one in timepoints()]
    rows = Task.objects.filter(site=request.at_site, state=Task.State.OPEN, kind__in=kinds)
    page = page_of(request, narrowed.narrow(rows, day), "patient", "visit")
    context = {
        "filter": narrowed, "page": page, "day": day,
        "rows": [
            {
                "task": one, "age": age_on(one.patient.born, day), "targets": told(one.visit.targets_text),
                "late": max(0, (day - one.closes_on).days), "can": one.opens_on <= day,
                "address": link_for(request, "answer", one.visit_id, one.kind, method="POST"),
            }
            for one in page.rows
        ],
    }  # fmt: skip
    return render(request, "clinic/assessments/due.html", context)


def of_visit(request: ClinicRequest, visit_id: str) -> HttpResponse:
    """Every time point of a treatment, with what was answered."""
    visit = _visit(request, visit_id)
    note_reading(request, visit.patient, "answers")
    places = list(places_of(request, visit, facts_of_visit(visit), today(request.at_site)))
    context = {"visit": visit, "places": places, "targets": told(visit.targets_text)}
    return render(request, "clinic/assessments/visit.html", context | band_context(visit.patient, visit))


def answer(request: ClinicRequest, visit_id: str, timepoint: str) -> HttpResponse:
    """The instruments of a time point, one after another; sent, what was answered is stored, or nothing."""
    visit, point = _visit(request, visit_id), _point(timepoint)
    facts = facts_of_visit(visit)
    there = answered_at(facts, point.id)
    left = [one for one in instruments_of(point) if one.id not in there]
    elsewhere = [one for one in left if is_scored_elsewhere(visit, facts, point.id, one.id)]
    asked = [one for one in left if one not in elsewhere]
    form = AnswersForm(asked, request.POST if request.method == "POST" else None, initial=_usual(visit, point))
    if request.method == "POST" and _done(request, form, visit, point):
        messages.success(request, "The answers are stored.")
        return redirect("visit-answers", visit.pk)
    if request.method == "GET":
        note_reading(request, visit.patient, f"answers at {point.label}")
    context = _context(request, visit, point, facts) | {"form": form, "elsewhere": elsewhere}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "clinic/assessments/answer.html", context, status=status)


def _done(request: ClinicRequest, form: AnswersForm, visit: Visit, point: PlannedTimepoint) -> bool:
    content = form.content(point.id) if form.is_valid() else None
    return bool(perform_form(request, form, "record_answers", visit.pk, Answered, content))


def _usual(visit: Visit, point: PlannedTimepoint) -> dict[str, Any]:
    """What is most often so: told on the phone once the patient is home, in the language of the letters."""
    return {"mode": "phone" if "phone" in point.modes else "clinic", "language": visit.patient.language}


def _context(request: ClinicRequest, visit: Visit, point: PlannedTimepoint, facts: Facts) -> dict[str, Any]:
    task = Task.objects.filter(visit=visit, kind=point.id).first()
    day = today(request.at_site)
    return {
        "visit": visit, "point": point, "task": task, "answered": shown_of(request, facts, point.id),
        "late": max(0, (day - task.closes_on).days) if task else 0, "early": bool(task and day < task.opens_on),
        "record": link_for(request, "treatment", visit.pk), "targets": told(visit.targets_text),
    } | band_context(visit.patient, visit)  # fmt: skip


def _visit(request: ClinicRequest, visit_id: str) -> Visit:
    rows = Visit.objects.select_related("patient", "room", "site", "order__referral")
    return get_object_or_404(rows, site=request.at_site, pk=visit_id)


def _point(name: str) -> PlannedTimepoint:
    found = next((one for one in timepoints() if one.id == name), None)
    if found is None:
        raise Http404
    return found

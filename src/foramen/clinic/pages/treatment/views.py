"""The page of a treatment, and the one address to which all its forms are sent."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.facts.procedure import DoseTyped
from foramen.clinic.models import Fact
from foramen.clinic.pages.acting import add_fault, check_patient, perform_form
from foramen.clinic.pages.patients.band import Beside, band_context
from foramen.clinic.pages.treatment import panels, spine
from foramen.clinic.pages.treatment.agreement import agreements
from foramen.clinic.pages.treatment.drug_table import steroid_total
from foramen.clinic.pages.treatment.forms import FORMS
from foramen.clinic.pages.treatment.forms_apart import OverrideForm
from foramen.clinic.pages.treatment.forms_drugs import GivenForm, PlanDrugsForm
from foramen.clinic.pages.treatment.gate import GATE, gate_shown
from foramen.clinic.pages.treatment.record import Record, visit_here
from foramen.clinic.pages.treatment.recovery import recovery_parts
from foramen.clinic.pages.treatment.sequence import sequence
from foramen.clinic.pages.treatment.signed import signing_parts
from foramen.clinic.pages.treatment.step_form import StepForm
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.kernel.errors import UserError

REFUSED = 422


def treatment(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """The record of one treatment, whole, or without the frame for a swap."""
    visit = visit_here(request, visit_id)
    note_reading(request, visit.patient, "treatment")
    return page(Record(request, visit))


def do_step(request: ClinicRequest, visit_id: UUID, step: str) -> HttpResponse:
    """Record one step. Refused, the page comes back with what was typed, and nothing is stored."""
    visit = visit_here(request, visit_id)
    if step not in FORMS:
        raise Http404
    if request.method != "POST":
        return redirect("treatment", visit_id)
    record = Record(request, visit)
    form = FORMS[step](record, request.POST)
    check_patient(request, form.verb, form.subject)
    if form.is_valid():
        if perform_form(request, form, form.verb, form.subject, VERBS[form.verb].content, form.told(), form.told_why):
            return _done(visit_id, form)
        lead_to_fields(form, getattr(request, "refused", None))
    return page(record, form)


def lead_to_fields(form: StepForm, refused: UserError | None) -> None:
    """Put what a verb said about a part of its content to the field that the part was typed in."""
    elsewhere = [one for one in (refused.faults if refused else ()) if one.where not in form.fields]
    placed = [(one, name) for one in elsewhere if (name := form.field_of(one.where))]
    if placed and len(placed) == len(form.errors.get(NON_FIELD_ERRORS, ())):
        del form.errors[NON_FIELD_ERRORS]
        for fault, name in placed:
            add_fault(form, replace(fault, where=name))


def _done(visit_id: UUID, form: StepForm) -> HttpResponse:
    gate = f"?{GATE}={form.cleaned_data['occasion']}" if isinstance(form, OverrideForm) else ""
    response = redirect(f"{reverse('treatment', args=[visit_id])}{gate}#{form.panel}")
    response.status_code = 303
    return response


def page(record: Record, failed: StepForm | None = None) -> HttpResponse:
    """The page with the forms that are open; `failed` comes back with what was typed."""
    part = "record" if getattr(record.request, "htmx", False) else "page"
    return render(
        record.request, f"clinic/treatment/{part}.html", context_of(record, failed), status=REFUSED if failed else 200
    )


def context_of(record: Record, failed: StepForm | None = None) -> dict[str, Any]:
    """Everything that the page shows."""
    forms = panels.Forms(record, failed)
    columns = tuple(panels.time_out_columns(forms))
    parts = recovery_parts(forms) | signing_parts(forms) if record.is_out else {}
    return {
        "record": record, "visit": record.visit, "patient": record.visit.patient, "form": failed,
        "summary": _summary(failed), "sequence": tuple(sequence(record, parts.get("held", ""))),
        "gate": gate_shown(record, failed),
        "agreements": tuple(agreements(record)), "before": tuple(panels.before(forms)),
        "plan": panels.plan_tables(record), "plan_form": panels.plan_form(forms),
        "plan_total": steroid_total(record.planned), "given": panels.given_tables(record),
        "given_form": panels.given_form(forms), "given_total": steroid_total(tuple(record.given.values())),
        "columns": columns, "said_rows": tuple(panels.said_rows(record, columns)),
        "steps": {name.replace("-", "_"): forms.get(name) for name in PLACED},
        "lines": {name.replace("-", "_"): forms.line(name) for name in ("localise", "needle-in", "needle-out", "dose")},
        "apart": panels.apart(record), "apart_forms": [one for name in APART if (one := forms.get(name))],
        "tasks": panels.follow_up(record.visit), "dose": record.facts.content("dose", DoseTyped),
        "time_out": panels.time_out_state(record), "sheet_url": panels.sheet_url(record),
        "since_time_out": panels.since_time_out(record),
        **band_context(record.visit.patient, record.visit, Beside(restart=_restart(parts))), **map_of(record), **parts,
    }  # fmt: skip


def _restart(parts: dict[str, Any]) -> datetime | None:
    """The first instant at which a drug may be taken again."""
    return min((one.earliest for one in parts.get("restarts", ())), default=None)


PLACED = ("add-target", "map-target", "as-ordered")
APART = ("break-off", "deviation", "adverse-event")
"""Forms that have a place of their own on the page, and those beside the sequence."""


def map_of(record: Record) -> dict[str, Any]:
    """The spine map with what is ordered and planned."""
    changeable = record.may("plan_session") and record.is_open("plan")
    return {
        "map": spine.spine_map(record.chosen_keys, record.ordered_keys, fixed=not changeable),
        "approach": spine.approach_shown(record.chosen_keys, record.ordered_keys),
        "approaches": spine.APPROACHES.items(), "changeable": changeable,
    }  # fmt: skip


def _summary(failed: StepForm | None) -> str:
    """The head of the summary of errors."""
    if failed is None:
        return ""
    count = sum(len(errors) for errors in failed.errors.values())
    if failed.step in ("given", "plan-drugs"):
        return f"The record was not saved: {count} value{'s are' if count > 1 else ' is'} impossible"
    return f"{failed.title}: not recorded"


def check_mass(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """Whether the mass that is being typed is strength times volume; stores nothing."""
    record = Record(request, visit_here(request, visit_id))
    kind = request.POST.get("kind", "")
    form = (PlanDrugsForm if request.POST.get("step") == PlanDrugsForm.step else GivenForm)(record, request.POST)
    form.is_checked = False
    row = next((one for one in form.table_rows() if one["kind"] == kind), None)
    if row is None:
        raise Http404
    return render(request, "clinic/treatment/check.html", {"row": row})


def news(request: ClinicRequest, visit_id: UUID, since: int) -> HttpResponse:
    """Whether somebody else has recorded something since the page was shown. Nothing of it is shown, and what is being
    typed stays."""
    visit = visit_here(request, visit_id)
    newer = Fact.objects.filter(visit=visit, pk__gt=since).exclude(by=request.person).select_related("by").last()
    if newer is None:
        return HttpResponse(status=204)
    return render(request, "clinic/treatment/news.html", {"visit": visit, "by": newer.by})

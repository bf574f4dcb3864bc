"""Screening and hold plan: what the rules say, the form, the signature, the letter."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from foramen.catalogue.drugs import load_names
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import ScreeningDraft, ScreeningSignature
from foramen.clinic.domain.errors import StaleError
from foramen.clinic.models import Visit
from foramen.clinic.pages.acting import check_patient, perform_form
from foramen.clinic.pages.conflict import conflict
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.pages.screening import drugs
from foramen.clinic.pages.screening.draft import begun, draft_of, is_ahead, preview
from foramen.clinic.pages.screening.forms import bound, label_of, typed_of
from foramen.clinic.pages.screening.page import context_of, plan_parts
from foramen.clinic.pages.screening.signing import SaveForm, SignForm
from foramen.clinic.pages.treatment.record import Record, visit_here
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest

REFUSED = 422


def screening(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """The hold plan as it stands, or as the draft would have it."""
    visit = visit_here(request, visit_id)
    note_reading(request, visit.patient, "screening and hold plan")
    return render(request, "clinic/screening/page.html", context_of(Record(request, visit)))


def edit(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """The form. Sent, it is kept as a draft of the version that was seen; another one in between is shown beside it."""
    visit = visit_here(request, visit_id)
    if request.method == "POST":
        return _save(request, visit)
    note_reading(request, visit.patient, "screening form")
    record, draft = Record(request, visit), draft_of(visit)
    typed = begun(draft, record.facts)
    return _form_page(record, typed, draft.version if draft else 0)


def _save(request: ClinicRequest, visit: Visit) -> HttpResponse:
    typed, form = typed_of(request.POST), SaveForm(request.POST)
    check_patient(request, "save_screening", visit.pk)
    try:
        done = form.is_valid() and perform_form(
            request, form, "save_screening", visit.pk, ScreeningDraft,
            {"version": form.cleaned_data["version"], "content": typed},
        )  # fmt: skip
    except StaleError as stale:
        return _conflict(request, visit, typed, stale)
    if not done:
        return _form_page(Record(request, visit), typed, form["version"].value(), form)
    where = "screening-edit" if "more" in request.POST else "screening"
    return redirect(where, visit.pk)


def _conflict(request: ClinicRequest, visit: Visit, typed: dict[str, str], stale: StaleError) -> HttpResponse:
    """Both versions line by line; a line that one of them does not have is empty there."""
    theirs = stale.theirs["content"]
    names = dict.fromkeys((*typed, *theirs))
    stale.theirs |= {name: theirs.get(name, "") for name in names}
    mine = {name: typed.get(name, "") for name in names} | {"patient": str(visit.patient_id)}
    return conflict(
        request, stale, mine, {name: label_of(name) for name in names}, reverse("screening-edit", args=[visit.pk]),
        who=str(stale.theirs.get("saved_by", "Somebody else")), leave_url=reverse("screening", args=[visit.pk]),
    )  # fmt: skip


def _form_page(record: Record, typed: dict[str, str], version: Any, failed: SaveForm | None = None) -> HttpResponse:
    form = bound(typed)
    form.is_valid()
    told = {
        "visit": record.visit, "form": failed, "screening": form, "version": version, "names": drugs.to_ask(),
        **band_context(record.visit.patient, record.visit),
    }  # fmt: skip
    return render(record.request, "clinic/screening/edit.html", told, status=REFUSED if failed else 200)


def sign(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """Sign the draft as it stands, with the patient's identity typed once more."""
    visit = visit_here(request, visit_id)
    if request.method != "POST":
        return redirect("screening", visit_id)
    record, form = Record(request, visit), SignForm(request.POST)
    check_patient(request, "sign_screening", visit.pk)
    if form.is_valid() and _sign(record, form):
        return redirect("screening", visit_id)
    return render(request, "clinic/screening/page.html", context_of(record, sign=form), status=REFUSED)


def _sign(record: Record, form: SignForm) -> bool:
    draft, act = draft_of(record.visit), _now(record)
    if draft is None or not is_ahead(draft, record.facts) or draft.version != form.cleaned_data["version"]:
        form.add_error(None, "The draft has changed since this page was shown. Look at it again, then sign.")
        return False
    found = preview(dict(draft.content), record.visit, record.facts, act)
    for name, errors in found.form.errors.items():
        for text in errors:
            form.add_error(None, f"{label_of(name)}: {text}")
    if found.told is None:
        form.add_error(None, "A line of the draft is incomplete or cannot be read. Open the form and look at it again.")
    if form.errors or found.told is None:
        return False
    told = {
        "screening": found.told.model_dump(),
        **{name: form.cleaned_data[name] for name in ("initials", "birth_year", "sex")},
    }
    return bool(perform_form(record.request, form, "sign_screening", record.visit.pk, ScreeningSignature, told))


def _now(record: Record) -> Act:
    """Who would sign, now."""
    return Act(record.request.person, record.request.at_site, record.request.roles, at=record.now.utc)


def judge_again(request: ClinicRequest, visit_id: UUID) -> HttpResponse:
    """The hold plan of what is being typed: one change judges every drug anew. Stores nothing."""
    record = Record(request, visit_here(request, visit_id))
    found = preview(typed_of(request.POST), record.visit, record.facts, _now(record))
    context = {"visit": record.visit, "unsigned": True, "readable": found.told is not None}
    return render(request, "clinic/screening/live.html", context | plan_parts(record, found.facts))


def find_drug(request: ClinicRequest) -> HttpResponse:
    """Drugs by the first letters of a name. Nothing is guessed."""
    text = request.GET.get("q", "").strip()
    return render(request, "clinic/screening/found.html", {"found": drugs.search(load_names(), text), "q": text})

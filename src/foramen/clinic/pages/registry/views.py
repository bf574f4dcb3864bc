"""The registry: snapshots of the site, and the studies of the library on each of them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.clinic.domain.asked import FreezeAsked, StudyAsked
from foramen.clinic.domain.registry import BEGUN
from foramen.clinic.models import Freeze
from foramen.clinic.models.evidence import Progress
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.paging import page_of
from foramen.clinic.pages.registry.forms import FreezeForm, StudyForm
from foramen.clinic.pages.registry.shown import (
    ShownFreeze,
    counted,
    held_by,
    studies_of,
    worker_quiet,
)
from foramen.clinic.rights.gatekeeper import ClinicRequest

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


def registry(request: ClinicRequest) -> HttpResponse:
    """The snapshots of the site, the latest first; to a page that asks again, the list alone."""
    return _registry(request, FreezeForm())


def ask_freeze(request: ClinicRequest) -> HttpResponse:
    """A snapshot is asked for."""
    form = FreezeForm(request.POST)
    if perform_form(request, form, "ask_freeze", request.at_site.pk, FreezeAsked):
        messages.success(request, "The snapshot is asked for. A worker makes it; this page says when it is there.")
        return redirect("registry")
    return _registry(request, form)


def _registry(request: ClinicRequest, form: FreezeForm) -> HttpResponse:
    page = page_of(request, Freeze.objects.filter(site=request.at_site).select_related("asked_by").order_by("-number"))
    quiet, alive_at = worker_quiet()
    told = {
        "page": page, "rows": [ShownFreeze(one) for one in page.rows], "form": form, "quiet": quiet,
        "begun": any(one.state in BEGUN for one in page.rows), "alive_at": alive_at,
        "ask": link_for(request, "registry-freeze", method="POST"),
    }  # fmt: skip
    part = "clinic/registry/snapshots.html" if request.htmx and not form.is_bound else "clinic/registry/registry.html"
    return render(request, part, told, status=REFUSED if form.errors else HTTPStatus.OK)


def snapshot(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """One snapshot: who is in it and who is not, what it holds, and the studies that run on it."""
    return _snapshot(request, _freeze(request, pk))


def ask_study(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A study is asked for."""
    freeze, form = _freeze(request, pk), StudyForm(request.POST)
    if perform_form(request, form, "ask_study", freeze.pk, StudyAsked):
        messages.success(request, "The study is asked for. A worker runs it; this page says when the report is there.")
        return redirect("snapshot", freeze.pk)
    return _snapshot(request, freeze, form)


def _freeze(request: ClinicRequest, pk: UUID) -> Freeze:
    return get_object_or_404(Freeze.objects.select_related("asked_by"), site=request.at_site, pk=pk)


def _snapshot(request: ClinicRequest, freeze: Freeze, form: StudyForm | None = None) -> HttpResponse:
    runs = list(freeze.runs.select_related("asked_by").order_by("-asked_at", "pk"))
    quiet, alive_at = worker_quiet()
    told: dict[str, Any] = {
        "shown": ShownFreeze(freeze), "freeze": freeze, "form": form, "quiet": quiet, "alive_at": alive_at,
        "held": held_by(freeze) if freeze.state == Progress.DONE else None, "counted": counted(freeze.told),
        "studies": studies_of(freeze, runs), "beginning": freeze.state in BEGUN,
        "begun": freeze.state in BEGUN or any(one.state in BEGUN for one in runs),
        "made": freeze.state == Progress.DONE,
    }  # fmt: skip
    part = "clinic/registry/one.html" if request.htmx and form is None else "clinic/registry/snapshot.html"
    return render(request, part, told, status=REFUSED if form is not None else HTTPStatus.OK)

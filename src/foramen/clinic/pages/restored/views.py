"""After a restore: since when, what is missing, what to do about it, and the confirmation."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from foramen.clinic.domain.asked import RestoreConfirmed
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.records.installation import installation
from foramen.clinic.records.outbox import waiting
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.roles import Role

STATUS = {True: HTTPStatus.UNPROCESSABLE_ENTITY, False: HTTPStatus.OK}


def restored(request: ClinicRequest) -> HttpResponse:
    """What was restored, what to do, and what waits."""
    return _page(request, forms.Form())


def confirm(request: ClinicRequest) -> HttpResponse:
    """The word of the lead that what is missing is entered."""
    form = forms.Form(request.POST)
    if perform_form(request, form, "confirm_restored", request.at_site.pk, RestoreConfirmed):
        messages.success(request, "Confirmed. What waited is sent now.")
        return redirect("restored")
    return _page(request, form)


def _page(request: ClinicRequest, form: forms.Form) -> HttpResponse:
    told = {"one": installation(), "waits": waiting().count(), "form": form, "may": Role.LEAD in request.roles}
    return render(request, "clinic/restored/restored.html", told, status=STATUS[form.is_bound])

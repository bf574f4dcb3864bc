"""The rights that somebody had at an instant: told from the audit, not from what stands today."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from foramen.clinic import clock
from foramen.clinic.domain.people import people_of
from foramen.clinic.models import Person
from foramen.clinic.pages.local_time import LocalTimeField
from foramen.clinic.records.rights_replay import rights_at
from foramen.clinic.rights.gatekeeper import ClinicRequest


class InstantForm(forms.Form):
    """When. Local time of the site."""

    at = LocalTimeField(label="Date and time")


def rights_then(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The rights of one person at this site, now or at the instant that was asked for."""
    who = get_object_or_404(Person.objects.filter(people_of(request.at_site)).distinct(), pk=pk)
    asked = "at" in request.GET
    form = InstantForm(request.GET if asked else None, initial={"at": clock.now()})
    at = form.cleaned_data["at"] if asked and form.is_valid() else clock.now()
    told = {"who": who, "form": form, "at": at, "then": None if form.errors else rights_at(who, request.at_site, at)}
    return render(request, "clinic/people/rights.html", told | {"site": request.at_site})

"""The history of a patient's record, in words."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from foramen.clinic.models import Patient
from foramen.clinic.pages.paging import DateInput, ListFilter, page_of
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.records.history import GROUPS, events_of, lines_of, people_of
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest


class HistoryFilter(ListFilter):
    """Events by what they are, who did it, and when."""

    group = forms.ChoiceField(label="What", required=False)
    person = forms.TypedChoiceField(label="Who", required=False, coerce=UUID, empty_value=None)
    first = forms.DateField(label="From", required=False, widget=DateInput())
    last = forms.DateField(label="To", required=False, widget=DateInput())


def history(request: ClinicRequest, key: str) -> HttpResponse:
    """Every change of the record and every look at it, the latest first."""
    patient = get_object_or_404(Patient.objects.select_related("site"), site=request.at_site, pk=key)
    note_reading(request, patient, "history")
    groups = [(name, label) for name, (label, _) in GROUPS.items()]
    people = people_of(request.at_site)
    shown = HistoryFilter(request, {"group": groups, "person": list(people.items())})
    events = events_of(
        patient, group=shown.asked("group") or "", person=shown.asked("person"), first=shown.asked("first"),
        last=shown.asked("last"),
    )  # fmt: skip
    page = page_of(request, events)
    context = {"filter": shown, "page": page, "lines": lines_of(page.rows, patient.site, people)}
    return render(request, "clinic/history/history.html", context | band_context(patient))

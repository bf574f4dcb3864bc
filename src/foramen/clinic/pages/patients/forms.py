"""Forms of patients: finding one, registering one, changing what stands."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from foramen.clinic.models import Patient, Site
from foramen.clinic.pages.paging import DayField, ListFilter, SearchField
from foramen.clinic.records.finding import find_patients

MOST_FOUND = 10
LANGUAGES = (("en", "English"), ("de", "German"), ("fr", "French"), ("it", "Italian"), ("ar", "Arabic"))


class PatientFilter(ListFilter):
    """Patients by name, number, birth date and phone."""

    q = SearchField()
    born = DayField(label="Born on", required=False)
    more = False

    def narrow(self, site: Site) -> "QuerySet[Patient] | Sequence[Patient]":
        """The patients that are meant, by name; without a search all of them, the last registered first."""
        text, born = self.asked("q"), self.asked("born")
        if not text and not born:
            return Patient.objects.filter(site=site).order_by("-registered_at", "pk")
        found = find_patients(site, text or "", born)
        self.more = found.more
        return found.patients


class FindForm(forms.Form):
    """Who is meant: some of name, number, birth date and phone."""

    q = SearchField()
    born = DayField(label="Born on", required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="find_%s")
        for field in self.fields.values():
            field.widget.attrs["class"] = "field__in"


def found_patients(site: Site, find: FindForm) -> Sequence[Patient] | None:
    """At most ten that fit; None where nothing was asked."""
    if not find.is_valid() or not any(find.cleaned_data.values()):
        return None
    return find_patients(site, find.cleaned_data["q"], find.cleaned_data["born"]).patients[:MOST_FOUND]


class PatientForm(forms.Form):
    """Who a patient is."""

    number = forms.CharField(label="Number", max_length=40, help_text="As the hospital uses it.")
    family_name = forms.CharField(label="Family name", max_length=80)
    given_name = forms.CharField(label="Given name", max_length=80)
    born = DayField(label="Date of birth")
    sex = forms.ChoiceField(label="Sex", choices=Patient.Sex.choices, widget=forms.RadioSelect)
    phone = forms.CharField(label="Phone", required=False, max_length=40)
    email = forms.CharField(label="E-mail", required=False, max_length=254)
    language = forms.ChoiceField(label="Language of letters", choices=LANGUAGES, initial="en")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


CHANGED = ("number", "family_name", "given_name", "born", "sex", "phone", "email", "language", "version")
"""What the form of a registered patient begins with."""


def as_registered(patient: Patient) -> dict[str, Any]:
    return {name: getattr(patient, name) for name in CHANGED}

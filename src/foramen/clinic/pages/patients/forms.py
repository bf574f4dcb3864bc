"""Forms of patients: finding one, registering one, changing what stands."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from foramen.clinic.models import Patient, Site
from foramen.clinic.pages.paging import DayField, ListFilter, named

MOST_FOUND = 10
LANGUAGES = (("en", "English"), ("de", "German"), ("fr", "French"), ("it", "Italian"), ("ar", "Arabic"))


class PatientFilter(ListFilter):
    """Patients by name, number and birth date."""

    sorted_by: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("family_name", "given_name", "pk"),
        "born": ("born", "family_name", "pk"),
        "number": ("number", "pk"),
    }

    q = forms.CharField(label="Name or number", required=False, max_length=80)
    born = DayField(label="Born on", required=False)

    def narrow(self, rows: "QuerySet[Patient]") -> "QuerySet[Patient]":
        """The patients that are meant, in the order that is asked for."""
        if text := self.asked("q"):
            rows = named(rows, text)
        if born := self.asked("born"):
            rows = rows.filter(born=born)
        return rows.order_by(*self.order)


class FindForm(forms.Form):
    """Who is meant: some of name, number and birth date."""

    q = forms.CharField(label="Name or number", required=False, max_length=80)
    born = DayField(label="Born on", required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="find_%s")
        for field in self.fields.values():
            field.widget.attrs["class"] = "field__in"


def found_patients(site: Site, find: FindForm) -> Sequence[Patient] | None:
    """At most ten that fit; None where nothing was asked."""
    if not find.is_valid() or not any(find.cleaned_data.values()):
        return None
    rows = Patient.objects.filter(site=site)
    if text := find.cleaned_data["q"]:
        rows = named(rows, text)
    if born := find.cleaned_data["born"]:
        rows = rows.filter(born=born)
    return list(rows[:MOST_FOUND])


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

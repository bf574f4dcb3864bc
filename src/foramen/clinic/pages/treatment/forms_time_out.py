"""The two signatures of a time-out: what was said aloud, item by item. Times are the server's."""

from collections.abc import Mapping
from typing import Any

from django import forms

from foramen.clinic.pages.treatment.forms_arrival import IDENTIFIERS
from foramen.clinic.pages.treatment.step_form import StepForm, one_of, same, some_of

ITEMS = ("procedure", "level", "side", "allergies", "consent", "images")
"""What is said aloud and compared, in this order."""


class TimeOutForm(StepForm):
    """One signature, by whoever is signed in. Nothing is ticked beforehand."""

    verb, panel = "sign_time_out", "h-to"
    says = "Sign the time-out"
    identifiers = some_of("Identified by, said by the patient", IDENTIFIERS)
    plan = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        self.fields["plan"].initial = record.plan_number
        for name in ITEMS:
            self.fields[name] = one_of(name.capitalize(), same("agrees", "differs"))
        for name in ("identifiers", *ITEMS):
            self.fields[name].widget.attrs["form"] = f"form-{self.step}"


class TechnologistForm(TimeOutForm):
    step, kind, title = "time-out-technologist", "time_out_technologist", "Time-out, technologist"


class RadiologistForm(TimeOutForm):
    step, kind, title = "time-out-radiologist", "time_out_radiologist", "Time-out, radiologist"


FORMS: tuple[type[StepForm], ...] = (TechnologistForm, RadiologistForm)

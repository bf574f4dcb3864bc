"""The signature under the record of a treatment."""

from collections.abc import Mapping
from typing import Any

from django import forms

from foramen.clinic.domain.signatures import record_sha256
from foramen.clinic.pages.treatment.step_form import StepForm, one_of, same
from foramen.clinic.rights.step_up import is_shown

MEANS = "reviewed: I have read it; approved: it is correct; responsible: I performed it"


class SignForm(StepForm):
    """Who signs gives the password once more. The digest tells what was read, so that nobody signs something else."""

    step, verb, panel = "sign-record", "sign_visit_record", "h-signed"
    title, says = "Sign the record", "Sign"
    shown = forms.CharField(widget=forms.HiddenInput)
    meaning = one_of("My signature means", same("reviewed", "approved", "responsible"), help_text=MEANS)
    password = forms.CharField(
        label="Your password or a code of your device, once more",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        self.initial["shown"] = record_sha256(record.visit, record.facts)

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        right = is_shown(self.record.request, typed)
        if right is None:
            raise forms.ValidationError("Too many wrong passwords. Wait 15 minutes, then enter yours.")
        if not right:
            raise forms.ValidationError("This is not your password. Only you can sign for yourself.")
        return typed

    def told(self) -> Mapping[str, Any]:
        said = {name: self.cleaned_data[name] for name in ("meaning", "shown")}
        return said | {"authenticated_at": self.record.now.utc}


FORMS: tuple[type[StepForm], ...] = (SignForm,)

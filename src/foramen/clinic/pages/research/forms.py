"""Forms of consent to research: what was signed, and what was taken back."""

from typing import Any, get_args

from django import forms

from foramen.clinic.domain.research import SCOPES
from foramen.clinic.facts.research import Channel
from foramen.clinic.pages.local_time import LocalTimeField
from foramen.clinic.pages.patients.forms import LANGUAGES

LABELS = {
    "use": "What is on record may be used", "new_data": "What is recorded from now on may be added",
    "contact": "May be contacted for research",
}  # fmt: skip
"""The scopes in the words of pages, in their order."""


def _yes_no(scope: str, **more: Any) -> forms.ChoiceField:
    offered = (("yes", "yes"), ("no", "no"))
    return forms.ChoiceField(label=LABELS[scope], choices=offered, widget=forms.RadioSelect, **more)


class ConsentForm(forms.Form):
    """What the patient has signed. No scope has an answer before somebody gives it."""

    form = forms.CharField(
        label="Form", max_length=120, help_text="Name and version, as they are printed on the paper that was signed."
    )
    language = forms.ChoiceField(label="Language of the form", choices=LANGUAGES)
    use = _yes_no("use", help_text="No: nothing is used, whenever it was recorded.")
    new_data = _yes_no("new_data")
    contact = _yes_no("contact")

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, auto_id="sign-%s", **more)


class WithdrawalForm(forms.Form):
    """What the patient takes back. Nothing is ticked before."""

    scopes = forms.MultipleChoiceField(
        label="What is taken back", widget=forms.CheckboxSelectMultiple,
        choices=[(one, LABELS[one]) for one in LABELS if one in SCOPES],
    )  # fmt: skip
    told_by = forms.ChoiceField(
        label="How it was told", choices=[(one, one) for one in get_args(Channel)], widget=forms.RadioSelect
    )
    late_at = LocalTimeField(
        label="When the service was told, if that was earlier", required=False, help_text="Such as the day of a letter."
    )
    reason = forms.CharField(
        label="Why", required=False, max_length=500, widget=forms.Textarea({"rows": 2}),
        help_text="Nobody has to say why. Only what the patient wants to have written down.",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="withdraw-%s")

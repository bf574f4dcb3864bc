"""What is asked for in the registry."""

from django import forms

DETAILS = (
    (
        "safe_harbor",
        "De-identified (Safe Harbor). Of every date only the year stays, and an age over 89 is 90+. It may leave the "
        "hospital where your rules allow it.",
    ),
    (
        "limited",
        "Limited. Calendar months stay too, which a review of the service needs. It stays in the hospital.",
    ),
)
"""How much of a date a snapshot keeps, and what that means."""


class FreezeForm(forms.Form):
    """A snapshot to be made."""

    detail = forms.ChoiceField(
        label="How much of a date it keeps", choices=DETAILS, initial="safe_harbor", widget=forms.RadioSelect
    )


class StudyForm(forms.Form):
    """A study to be run."""

    study = forms.CharField(widget=forms.HiddenInput, max_length=40)

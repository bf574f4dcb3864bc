"""Small forms of the screening: saving a draft, signing, the letter."""

from typing import Any

from django import forms

from foramen.clinic.domain.letters import LANGUAGES
from foramen.clinic.pages.treatment.step_form import one_of, same

SEXES = (("", ""), *same("female", "male", "other"))
HOW = same("link", "signed letter", "phone", "at the desk")


class SaveForm(forms.Form):
    """The version of the draft that was seen; 0 where there was none."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class SignForm(forms.Form):
    """Who the patient is: typed, never copied."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    initials = forms.CharField(label="Initials", max_length=6, widget=forms.TextInput({"autocomplete": "off"}))
    birth_year = forms.IntegerField(
        label="Year of birth", min_value=1900, max_value=2200,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric", "maxlength": "4"}),
    )  # fmt: skip
    sex = forms.ChoiceField(label="Sex", choices=SEXES)

    def __init__(self, data: Any = None, version: int | None = None) -> None:
        super().__init__(data, auto_id="sign-%s", initial={"version": version})


class LetterForm(forms.Form):
    """A letter is made from the hold plan as it stands."""

    language = forms.ChoiceField(label="Language", choices=same(*LANGUAGES))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="letter-%s")


class ReadForm(forms.Form):
    """The patient has read the letter of a number."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    how = one_of("How", HOW)

    def __init__(self, data: Any = None, number: int | None = None) -> None:
        super().__init__(data, auto_id="read-%s", initial={"number": number})

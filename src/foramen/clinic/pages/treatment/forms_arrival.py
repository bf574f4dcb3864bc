"""Forms from arrival to the pain before."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from foramen.clinic.pages.treatment.places import PlaceRows
from foramen.clinic.pages.treatment.step_form import (
    LANGUAGES,
    YES_NO,
    YES_NO_UNKNOWN,
    StepForm,
    line,
    one_of,
    same,
    some_of,
)

IDENTIFIERS = same("name", "date of birth", "number", "address", "photograph")
SCORES = tuple((str(n), str(n)) for n in range(11))


class ArriveForm(StepForm):
    step, verb, kind = "arrive", "arrive", "arrival"
    title, says = "Arrived", "Patient is here"
    identifiers = some_of("Identified by, two things said by the patient", IDENTIFIERS)


class ListAgainForm(StepForm):
    step, verb, kind = "list-again", "ask_list_again", "list_again"
    title, says = "Medicines asked again", "Record answer"
    changed = one_of("Has anything changed in the list of medicines since it was confirmed?", YES_NO)


class ConsentForm(PlaceRows):
    """The paper as it was signed for the plan that is shown; it is not for one that was made since."""

    step, verb, kind = "consent", "sign_consent", "consent"
    title, says = "Consent", "Record signed consent"
    plan = forms.IntegerField(widget=forms.HiddenInput)
    sources: ClassVar[Mapping[str, str]] = {"targets": "The paper names"}
    whole: ClassVar[Sequence[str]] = ("targets",)
    form = line("Version of the form", width="width-10")
    language = forms.ChoiceField(label="Language of the form", choices=(("", "choose"), *LANGUAGES))
    off_label_asked = one_of("Did the patient ask about off-label use?", YES_NO_UNKNOWN)

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        self.fields["plan"].initial = record.plan_number

    def told(self) -> Mapping[str, Any]:
        alone = {name: self.cleaned_data[name] for name in ("form", "language", "off_label_asked", "plan")}
        return alone | {"targets": self.spots("targets")}


class ConsentAgainForm(StepForm):
    step, verb, kind = "consent-again", "ask_consent_again", "consent_again"
    title, says = "Consent asked again", "Record answer"
    withdrawn = one_of("Has the patient taken the consent back?", YES_NO)


class PregnancyForm(StepForm):
    step, verb, kind = "pregnancy", "ask_pregnancy", "pregnancy"
    title, says = "Pregnancy, before X-rays", "Record answer"
    answer = one_of("Pregnancy", same("not pregnant", "possible", "pregnant", "cannot be pregnant"))
    reason = line("Why it cannot be, such as: male, after the menopause", required=False, width="width-20")


class ReviewForm(StepForm):
    """The nurse's or the radiologist's review of the screening that is shown; another one is not reviewed by it."""

    verb = "review_screening"
    says = "I have reviewed A, B, C and D"
    screening = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        known = record.facts.last("screening")
        self.fields["screening"].initial = known.fact.pk if known else None


class NurseReviewForm(ReviewForm):
    step, kind, title = "review-nurse", "review_nurse", "ABCD, nurse"


class RadiologistReviewForm(ReviewForm):
    step, kind, title = "review-radiologist", "review_radiologist", "ABCD, radiologist"


class MriForm(StepForm):
    step, verb, kind = "mri", "review_mri", "mri_review"
    title, says = "MRI looked at", "I have looked at these images"
    accession = line("Accession number on the screen", width="width-20")


class LevelForm(PlaceRows):
    step, verb, kind = "level", "determine_level", "level"
    title, says = "Level and side", "Level and side are determined"
    sources: ClassVar[Mapping[str, str]] = {"imaging": "Images show", "patient_says": "Patient says"}
    whole: ClassVar[Sequence[str]] = ("imaging",)
    variant = one_of("Transitional vertebra, or another number of vertebrae?", YES_NO_UNKNOWN)
    numbering = line("How they are counted, where there is one", required=False, width="width-20")

    def told(self) -> Mapping[str, Any]:
        told = {name: self.cleaned_data[name] for name in ("variant", "numbering")}
        return told | {"imaging": self.spots("imaging"), "patient_says": self.spots("patient_says")}


class PainForm(StepForm):
    """A score of 0 to 10, or why there is none. Nothing is chosen beforehand."""

    verb = "score_pain"
    says = "Record pain"
    template = "clinic/treatment/pain.html"
    time: ClassVar[str] = "before"
    score = one_of("Pain now", SCORES, required=False)
    not_obtainable = line("No score: why not", required=False, width="width-20")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("score")) == bool(cleaned.get("not_obtainable")):
            self.add_error("score", "Give a score from 0 to 10, or say why there is none.")
        return cleaned

    def told(self) -> Mapping[str, Any]:
        score = self.cleaned_data["score"]
        return {
            "time": self.time, "score": int(score) if score else None,
            "not_obtainable": self.cleaned_data["not_obtainable"],
        }  # fmt: skip


class PainBeforeForm(PainForm):
    step, kind, title, time = "pain-before", "pain_before", "Pain before", "before"


class PainAfterForm(PainForm):
    step, kind, title, time, panel = "pain-after", "pain_after", "Pain after", "after", "h-dc"


FORMS: tuple[type[StepForm], ...] = (
    ArriveForm, ListAgainForm, ConsentForm, ConsentAgainForm, PregnancyForm, MriForm, NurseReviewForm,
    RadiologistReviewForm, LevelForm, PainBeforeForm,
)  # fmt: skip
"""The steps before the needle, in the order in which they are asked."""

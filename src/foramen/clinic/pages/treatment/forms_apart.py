"""What may be recorded beside the sequence: broken off, a deviation, an adverse event, going on in spite of a rule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing

from foramen.clinic.facts.overriding import ReasonCode
from foramen.clinic.pages.local_time import LocalTimeField
from foramen.clinic.pages.treatment.step_form import YES_NO, StepForm, line, one_of, same
from foramen.clinic.rights.step_up import is_shown
from foramen.clinic.rules.overrides import as_shown, says_the_same

GRADES = (("1", "1 mild"), ("2", "2 moderate"), ("3", "3 severe"), ("4", "4 life-threatening"), ("5", "5 death"))
OUTCOMES = same("recovered", "recovering", "not recovered", "recovered with sequelae", "died", "unknown")
RELATIONS = same("unrelated", "unlikely", "possible", "probable", "definite")
CODES: tuple[ReasonCode, ...] = (
    "benefit outweighs risk", "no alternative", "told otherwise by the prescriber", "other",
)  # fmt: skip
NOT_SHOWN = "This form does not say what the rule said. Load the page again, and read what it says now."


class BreakOffForm(StepForm):
    step, verb, kind, panel = "break-off", "break_off", "broken_off", "h-apart"
    title, says = "Break off", "Break off"
    stage = one_of("When", same("before the needle", "with the needle in"))
    reason = line("Why", width="width-20")


class DeviationForm(StepForm):
    step, verb, kind, panel = "deviation", "note_deviation", "deviation", "h-apart"
    title, says = "Deviation", "Record deviation"
    what = line("What was done otherwise", width="width-20")
    reason = line("Why", width="width-20")
    adverse = one_of("May it harm the patient?", YES_NO)

    def told(self) -> Mapping[str, Any]:
        return {**super().told(), "adverse": self.cleaned_data["adverse"] == "yes"}


class AdverseEventForm(StepForm):
    step, verb, panel = "adverse-event", "report_adverse_event", "h-apart"
    title, says = "Adverse event", "Report adverse event"
    what = line("What", width="width-20")
    grade = one_of("Grade", GRADES)
    onset = LocalTimeField(label="Onset")
    outcome = forms.ChoiceField(label="Outcome", choices=(("", "choose"), *OUTCOMES))
    relation = forms.ChoiceField(label="Relation to the injection", choices=(("", "choose"), *RELATIONS))
    note = line("Note", required=False, width="width-20")

    def told(self) -> Mapping[str, Any]:
        told = super().told()
        return {**told, "grade": int(self.cleaned_data["grade"])}


class OverrideForm(StepForm):
    """Going on in spite of one decision. Code and reason are never filled in beforehand, and who signs says so with the
    password once more. What the rule said was signed by the server when the form was shown: what is overridden is what
    was read, and a form that is sent twice says the same twice."""

    step, verb, panel = "override", "override", "h-gate"
    title, says = "Go on in spite of it", "Sign and go on"
    number = forms.IntegerField(widget=forms.HiddenInput)
    rule = forms.CharField(widget=forms.HiddenInput)
    about = forms.CharField(widget=forms.HiddenInput, required=False)
    occasion = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, error_messages={"required": NOT_SHOWN})
    code = forms.ChoiceField(label="Reason", choices=(("", "choose"), *same(*CODES)))
    words = line("In words, at least ten characters", width="width-20")
    password = forms.CharField(
        label="Your password, once more", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None, number: int = 1) -> None:
        super().__init__(record, data)
        typed = str((data or {}).get("number", ""))
        self.auto_id = f"override-{typed if typed.isdecimal() else number}-%s"

    def show(self, decision: Mapping[str, Any]) -> None:
        """Write down what the rule says on the page that is shown now, also beside what was typed."""
        said = signing.dumps(as_shown(decision, self.record.visit), salt=self._salt)
        if self.is_bound:
            self.data = dict(self.data.items()) | {"shown": said}
        self.initial["shown"] = said

    @property
    def _salt(self) -> str:
        return f"override of {self.record.visit.pk}"

    def clean_shown(self) -> dict[str, Any]:
        """What the rule said when the form was shown."""
        try:
            found: dict[str, Any] = signing.loads(self.cleaned_data["shown"], salt=self._salt)
        except signing.BadSignature:
            raise forms.ValidationError(NOT_SHOWN) from None
        return found

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        right = is_shown(self.record.request, typed)
        if right is None:
            raise forms.ValidationError("Too many wrong passwords. Wait five minutes, then enter yours.")
        if not right:
            raise forms.ValidationError("This is not your password. Only you can sign for yourself.")
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (shown := cleaned.get("shown")) and self._has_changed(shown):
            self.add_error(None, "What the rule says has changed since it was shown: read it again, then decide.")
        return cleaned

    def _has_changed(self, shown: Mapping[str, Any]) -> bool:
        """Whether the rule says another thing now. Where it no longer stands in the way, the verb says so: it knows
        whether this form was sent before."""
        now = self.record.decision(shown["occasion"], shown["rule"], shown["subject"])
        return now is not None and not says_the_same(shown, as_shown(now.to_json(), self.record.visit))

    def told(self) -> Mapping[str, Any]:
        data = self.cleaned_data
        said = {"code": data["code"], "words": data["words"], "authenticated_at": self.record.now.utc}
        return {**data["shown"], "start": datetime.fromisoformat(data["shown"]["start"]), **said}


FORMS: tuple[type[StepForm], ...] = (BreakOffForm, DeviationForm, AdverseEventForm, OverrideForm)

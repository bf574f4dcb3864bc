"""What may be recorded beside the sequence: broken off, a deviation, an adverse event, going on in spite of a rule."""

from collections.abc import Mapping
from typing import Any

from django import forms

from foramen.clinic.facts.overriding import ReasonCode
from foramen.clinic.pages.local_time import LocalTimeField
from foramen.clinic.pages.treatment.step_form import YES_NO, StepForm, line, one_of, same

GRADES = (("1", "1 mild"), ("2", "2 moderate"), ("3", "3 severe"), ("4", "4 life-threatening"), ("5", "5 death"))
OUTCOMES = same("recovered", "recovering", "not recovered", "recovered with sequelae", "died", "unknown")
RELATIONS = same("unrelated", "unlikely", "possible", "probable", "definite")
CODES: tuple[ReasonCode, ...] = (
    "benefit outweighs risk", "no alternative", "told otherwise by the prescriber", "other",
)  # fmt: skip


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
    password once more. What the rule said is taken from the rule, not from the form."""

    step, verb, panel = "override", "override", "h-gate"
    title, says = "Go on in spite of it", "Sign and go on"
    number = forms.IntegerField(widget=forms.HiddenInput)
    rule = forms.CharField(widget=forms.HiddenInput)
    about = forms.CharField(widget=forms.HiddenInput, required=False)
    occasion = forms.CharField(widget=forms.HiddenInput)
    code = forms.ChoiceField(label="Reason", choices=(("", "choose"), *same(*CODES)))
    words = line("In words, at least ten characters", width="width-20")
    password = forms.CharField(
        label="Your password, once more", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None, number: int = 1) -> None:
        super().__init__(record, data)
        typed = str((data or {}).get("number", ""))
        self.auto_id = f"override-{typed if typed.isdecimal() else number}-%s"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and not self.record.request.person.check_password(cleaned["password"]):
            self.add_error("password", "This is not your password. Only you can sign for yourself.")
        self.decision = self.record.decision(
            cleaned.get("occasion", ""), cleaned.get("rule", ""), cleaned.get("about", "")
        )
        if self.decision is None:
            self.add_error(None, "The rule no longer says this. Look at what it says now.")
        return cleaned

    def told(self) -> Mapping[str, Any]:
        found, record = self.decision, self.record
        assert found is not None and found.override is not None  # clean has seen to it
        return {
            "rule": found.rule, "subject": found.subject, "outcome": found.outcome.value,
            "override": found.override.name, "occasion": self.cleaned_data["occasion"], "reasons": list(found.reasons),
            "start": record.visit.start, "plan": record.plan_number, "code": self.cleaned_data["code"],
            "words": self.cleaned_data["words"], "authenticated_at": record.now.utc,
        }  # fmt: skip


FORMS: tuple[type[StepForm], ...] = (BreakOffForm, DeviationForm, AdverseEventForm, OverrideForm)

"""Forms from the recovery room to the way home."""

from collections.abc import Mapping
from typing import Any

from django import forms

from foramen.catalogue.gates.after_needle import PARTS
from foramen.clinic.pages.treatment.forms_arrival import PainAfterForm
from foramen.clinic.pages.treatment.step_form import LANGUAGES, YES_NO, StepForm, line, one_of, same, some_of


class EventForm(StepForm):
    step, verb, kind, panel = "event", "note_event", "observation_event", "h-dc"
    title, says = "Event in recovery", "Record event"
    what = line("What happened, and what was done", width="width-20")


class ObservedForm(StepForm):
    step, verb, kind, panel = "observed", "end_observation", "observed", "h-dc"
    title, says = "Observed", "End observation now"


class WalksForm(StepForm):
    step, verb, kind, panel = "walks", "test_walk", "walks", "h-dc"
    title, says = "Walks safely", "Record test"
    walks = one_of("Walks without danger", YES_NO)
    motor_weakness = one_of("Any weakness of a leg", YES_NO)


class WayHomeForm(StepForm):
    step, verb, kind, panel = "way-home", "tell_way_home", "way_home", "h-dc"
    title, says = "Way home", "Record way home"
    how = one_of("How", same("named person", "taxi", "public transport", "none"))
    person = line("Who takes the patient home", required=False, width="width-20")


class InstructionsForm(StepForm):
    step, verb, kind, panel = "instructions", "give_instructions", "instructions", "h-dc"
    title, says = "Instructions", "Handed over"
    document = line("Version of the document", width="width-5")
    language = forms.ChoiceField(label="Language", choices=(("", "choose"), *LANGUAGES))
    handed_to = line("Handed to", width="width-20")
    parts = some_of("It holds", same(*PARTS))
    letter = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, record: Any, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(record, data)
        sheet = record.restart_sheet
        self.fields["letter"].initial = sheet.number + 1 if sheet else 1


class DischargeForm(StepForm):
    step, verb, kind, panel = "discharge", "discharge", "discharge", "h-dc"
    title, says = "Home", "Send home"
    left_with = line("Left with", width="width-20")


FORMS: tuple[type[StepForm], ...] = (
    PainAfterForm, EventForm, ObservedForm, WalksForm, WayHomeForm, InstructionsForm, DischargeForm,
)  # fmt: skip

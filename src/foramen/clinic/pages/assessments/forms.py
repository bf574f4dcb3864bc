"""The form of a time point, made from the definitions of its instruments: each question is a field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from foramen.catalogue.instruments.definition import Instrument, Item
from foramen.catalogue.instruments.value_sets import Amount, Scale, Several
from foramen.clinic.domain.assessments import timepoints
from foramen.clinic.facts.assessment import Assessed
from foramen.clinic.models import Task
from foramen.clinic.pages.acting import LateEntry
from foramen.clinic.pages.paging import ListFilter
from foramen.clinic.pages.patients.forms import LANGUAGES

BUTTONS = 11
"""Steps of a scale that stand as buttons side by side; one with more is typed."""

NOT_ANSWERED = ("", "not answered")
VERSION = ".version"


def name_of(instrument: Instrument, item: str) -> str:
    """The name of the field of a question; faults of the domain name it so too."""
    return f"{instrument.id}.{item}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question for the page. `ends` are the texts of the two ends of a scale."""

    bound: forms.BoundField
    buttons: bool
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One instrument with its questions."""

    instrument: Instrument
    questions: Sequence[Question]


class InstrumentsForm(forms.Form):
    """To inherit from: questions of instruments. What is left open was not answered."""

    def __init__(self, instruments: Sequence[Instrument], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.instruments = instruments
        for instrument in instruments:
            version = forms.CharField(widget=forms.HiddenInput, initial=instrument.version, required=False)
            self.fields[instrument.id + VERSION] = version
            for item in instrument.items:
                self.fields[name_of(instrument, item.id)] = _field(instrument, item)

    def asked(self) -> Iterator[Asked]:
        """The instruments for the page."""
        for instrument in self.instruments:
            yield Asked(instrument, [self._question(instrument, item) for item in instrument.items])

    def _question(self, instrument: Instrument, item: Item) -> Question:
        values, bound = instrument.values_of(item.id), self[name_of(instrument, item.id)]
        if not isinstance(values, Scale):
            return Question(bound, buttons=False, ends=("", ""))
        low, high = str(values.lowest), str(values.highest)
        texts = values.texts()
        ends = (f"{low} {texts.get(low, '')}".strip(), f"{high} {texts.get(high, '')}".strip())
        return Question(bound, _has_buttons(values), ends)

    def versions(self) -> list[forms.BoundField]:
        return [self[instrument.id + VERSION] for instrument in self.instruments]

    def given(self) -> list[dict[str, Any]]:
        """The instruments of which something was answered, as the verb takes them."""
        found = []
        for instrument in self.instruments:
            entered = {item.id: self.cleaned_data[name_of(instrument, item.id)] for item in instrument.items}
            if answers := {item: value for item, value in entered.items() if value not in ("", [])}:
                version = self.cleaned_data[instrument.id + VERSION]
                found.append({"instrument": instrument.id, "version": version, "answers": answers})
        return found


class AnswersForm(LateEntry, InstrumentsForm):
    """What a patient told staff at one time point."""

    mode = forms.ChoiceField(
        label="How it was told", choices=(("phone", "on the phone"), ("clinic", "in the clinic")),
        widget=forms.RadioSelect,
    )  # fmt: skip
    language = forms.ChoiceField(label="Language that was spoken", choices=LANGUAGES)
    proxy = forms.BooleanField(label="Somebody else answered for the patient", required=False)
    no_more = forms.BooleanField(label="The patient answers nothing else: this contact is over", required=False)

    def content(self, timepoint: str) -> dict[str, Any]:
        """As the verb takes it."""
        told = {name: self.cleaned_data[name] for name in ("mode", "language", "proxy", "no_more")}
        return told | {"timepoint": timepoint, "given": self.given()}


class CorrectionForm(InstrumentsForm):
    """One instrument as it should have been answered."""

    reason = forms.CharField(label="Why, in at least ten characters", max_length=500)

    def __init__(self, instrument: Instrument, content: Assessed, data: Any = None) -> None:
        before = {name_of(instrument, item): value for item, value in content.answers.items()}
        super().__init__([instrument], data, initial=before)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


def _has_buttons(values: Scale) -> bool:
    return values.highest - values.lowest < BUTTONS


def _field(instrument: Instrument, item: Item) -> forms.Field:
    values = instrument.values_of(item.id)
    label = item.text or item.id
    if isinstance(values, Amount) or (isinstance(values, Scale) and not _has_buttons(values)):
        unit = values.unit and f"In {values.unit}."
        return forms.CharField(label=label, required=False, max_length=20, help_text=unit)
    if isinstance(values, Scale):
        steps = [(str(step), str(step)) for step in range(values.lowest, values.highest + 1)]
        return forms.ChoiceField(label=label, required=False, choices=[*steps, NOT_ANSWERED], widget=forms.RadioSelect)
    options = [(option.code, option.label or option.code) for option in values.options]
    if isinstance(values, Several):
        several = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(label=label, required=False, choices=options, widget=several)
    return forms.ChoiceField(label=label, required=False, choices=[*options, NOT_ANSWERED], widget=forms.RadioSelect)


class DueFilter(ListFilter):
    """Open contacts, by when they are due and which they are."""

    sorted_by: ClassVar[Mapping[str, tuple[str, ...]]] = {"due": ("due_on", "pk")}

    when = forms.ChoiceField(
        label="Which", required=False,
        choices=[("", "open, also later"), ("now", "can be answered now"), ("late", "window over")],
    )  # fmt: skip
    contact = forms.ChoiceField(label="Contact", required=False)

    def __init__(self, request: Any) -> None:
        super().__init__(request, {"contact": [(one.id, one.label) for one in timepoints() if one.days > 0]})

    def narrow(self, rows: "QuerySet[Task]", today: Any) -> "QuerySet[Task]":
        """The contacts that are meant, due first."""
        by = {"now": {"opens_on__lte": today}, "late": {"closes_on__lt": today}}
        wanted = by.get(str(self.asked("when")), {})
        if contact := self.asked("contact"):
            wanted = wanted | {"kind": contact}
        return rows.filter(**wanted).order_by(*self.order)

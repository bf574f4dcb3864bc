"""A step of the day as a form: what it asks, which verb it performs, in which panel it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.forms import BoundField

from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.pages.acting import LATE, WHY, LateEntry

if TYPE_CHECKING:
    from foramen.clinic.pages.treatment.record import Record

LATE_FIELDS = (LATE, WHY)
"""Fields of an entry that is made afterwards: when it was, and why it is late."""

YES_NO = (("yes", "yes"), ("no", "no"))
YES_NO_UNKNOWN = (*YES_NO, ("unknown", "unknown"))
SIDES = (("left", "left"), ("right", "right"), ("midline", "midline"))
LANGUAGES = (("en", "English"), ("de", "German"), ("fr", "French"), ("it", "Italian"), ("ar", "Arabic"))


class StepForm(LateEntry):
    """A form of one step. `step` stands in its address and in the ids of its fields; `kind` is the step of the pathway
    that has to be open for it; `panel` is where the page comes back to; `says` is its button."""

    step: ClassVar[str]
    verb: ClassVar[str]
    kind: ClassVar[str] = ""
    panel: ClassVar[str] = "h-before"
    says: ClassVar[str] = "Save"
    title: ClassVar[str] = ""
    template: ClassVar[str] = "clinic/treatment/form.html"

    def __init__(self, record: "Record", data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=f"{self.step}-%s")
        self.record = record
        if not VERBS[self.verb].late:
            for name in LATE_FIELDS:
                del self.fields[name]

    @property
    def subject(self) -> UUID | str:
        """The key of the row that the verb is performed on."""
        return self.record.visit.pk

    @property
    def told_why(self) -> str:
        """The reason that the verb is given, where the step asks for one."""
        return str(self.cleaned_data.get("why") or "")

    def told(self) -> Mapping[str, Any]:
        """What the verb is told. Empty answers are left out, so that the content says what is missing."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in (*LATE_FIELDS, "why") and value not in ("", None)
        }

    def field_of(self, where: str) -> str:
        """The field that a fault of the verb is about, where its place in the content has another name."""
        return where if where in self.fields else ""

    def rows(self) -> Iterator[tuple[BoundField, str]]:
        """The fields that are asked in any case, each with the look of its widget."""
        for bound in self.visible_fields():
            if bound.name not in LATE_FIELDS:
                yield bound, look_of(bound)

    @property
    def late_fields(self) -> Sequence[BoundField]:
        return [self[name] for name in LATE_FIELDS if name in self.fields]

    @property
    def entered_late(self) -> bool:
        """Whether the part for late entries stands open."""
        return any(bound.errors or (_holds(bound.value())) for bound in self.late_fields)


def _holds(value: Any) -> bool:
    """Whether something was typed."""
    return any(value) if isinstance(value, tuple) else bool(value)


def look_of(bound: BoundField) -> str:
    """How a field is drawn: radios as a row of equal buttons, an input as wide as its widget says."""
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect) and not isinstance(widget, forms.CheckboxSelectMultiple):
        return "choice"
    return str(widget.attrs.get("data-width", ""))


def one_of(label: str, options: Iterable[tuple[str, str]], **more: Any) -> forms.ChoiceField:
    """One answer of a few, as a row of buttons; nothing is chosen beforehand."""
    return forms.ChoiceField(label=label, choices=tuple(options), widget=forms.RadioSelect, **more)


def some_of(label: str, options: Iterable[tuple[str, str]], **more: Any) -> forms.MultipleChoiceField:
    """Any of several, as boxes."""
    return forms.MultipleChoiceField(
        label=label,
        choices=tuple(options),
        widget=forms.CheckboxSelectMultiple({"class": "nhsuk-checkboxes__input"}),
        **more,
    )


def line(label: str, *, width: str = "", required: bool = True, hint: str = "", **more: Any) -> forms.CharField:
    """A line of text; `width` such as width-5 or width-20."""
    widget = forms.TextInput(attrs={"data-width": width, "autocomplete": "off"} if width else {"autocomplete": "off"})
    return forms.CharField(label=label, required=required, help_text=hint, widget=widget, max_length=400, **more)


def same(*words: str) -> tuple[tuple[str, str], ...]:
    """Options that are told as they are kept."""
    return tuple((one, one) for one in words)

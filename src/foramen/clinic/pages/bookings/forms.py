"""Forms of bookings: a slot for an order, another slot for a visit, the end of a visit that will not be."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from foramen.clinic.models import Room
from foramen.clinic.pages.bookings.slots import FreeSlot
from foramen.clinic.pages.paging import DayField


class DayForm(forms.Form):
    """Which day's free slots are shown, and in which room."""

    on = DayField(label="Day")
    room = forms.ChoiceField(label="Room", required=False)

    def __init__(self, data: Any, rooms: Sequence[Room]) -> None:
        super().__init__(data)
        offered = [("", "every room that fits"), *((one.code, one.name) for one in rooms)]
        self.fields["room"] = forms.ChoiceField(label="Room", required=False, choices=offered)
        for field in self.fields.values():
            field.widget.attrs["class"] = "field__in"


class SlotForm(forms.Form):
    """One of the free slots that are shown."""

    slot = forms.ChoiceField(label="Slot", widget=forms.RadioSelect)
    radiologist = forms.ChoiceField(label="Radiologist", required=False)
    add_on = forms.BooleanField(label="Same-day add-on", required=False)

    def __init__(self, data: Any, *, slots: Sequence[FreeSlot], people: Sequence[tuple[str, str]], on: date) -> None:
        super().__init__(data)
        self.fields["slot"] = slot_field(slots, on, self.data.get("slot", ""))
        self.fields["radiologist"] = forms.ChoiceField(
            label="Radiologist", required=False, choices=[("", "as the room's crew says"), *people]
        )

    def booked(self) -> dict[str, Any]:
        """What the verb is told."""
        asked = self.cleaned_data
        return slot_chosen(asked["slot"]) | {"radiologist": asked["radiologist"] or None, "add_on": asked["add_on"]}


class MoveForm(forms.Form):
    """Another slot, for the version of the visit that was seen."""

    room = forms.UUIDField(widget=forms.HiddenInput)
    start = forms.CharField(widget=forms.HiddenInput, max_length=16)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)


class MoveSlotForm(forms.Form):
    """Another slot out of those that are free, and why."""

    slot = forms.ChoiceField(label="Slot", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why it is moved", required=False, max_length=500,
        help_text="Needed when the visit is less than a day away.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, slots: Sequence[FreeSlot], on: date, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["slot"] = slot_field(slots, on, self.data.get("slot", ""))

    def moved(self) -> dict[str, Any]:
        """What the verb is told."""
        chosen = slot_chosen(self.cleaned_data["slot"])
        return {
            "room": chosen["room"], "start": chosen["start"], "version": self.cleaned_data["version"],
            "reason": self.cleaned_data["reason"],
        }  # fmt: skip


class CancelForm(forms.Form):
    """Why a visit will not be."""

    reason = forms.CharField(
        label="Why it is cancelled", help_text="At least ten characters. The referrer and the patient may ask.",
        widget=forms.Textarea({"rows": 3}), max_length=500,
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)


def slot_field(slots: Sequence[FreeSlot], on: date, typed: str) -> forms.ChoiceField:
    """Slots as one choice. What was chosen stays a choice when somebody else has taken it: the verb says so."""
    offered = {slot_value(one): f"{one.local:%H:%M}, {one.room.name}" for one in slots}
    if typed and typed not in offered and typed.count("|") == 2:
        offered[typed] = f"{typed.split('|')[1][-5:]}, the slot that you had chosen"
    return forms.ChoiceField(
        label=f"Free slots on {on:%A} {on.day} {on:%B}", widget=forms.RadioSelect, choices=list(offered.items()),
        error_messages={"required": "Choose a slot."},
    )  # fmt: skip


def slot_value(slot: FreeSlot) -> str:
    return f"{slot.room.pk}|{slot.typed}|{slot.minutes}"


def slot_chosen(value: str) -> dict[str, Any]:
    """Room, start and length of the choice."""
    room, start, minutes = value.split("|")
    return {"room": room, "start": start, "minutes": int(minutes) if minutes.isdigit() else 0}

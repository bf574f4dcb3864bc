"""What is done on the board beside looking: an add-on is placed, a crew is set."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from foramen.clinic import clock
from foramen.clinic.domain.asked import Booking, CrewSet
from foramen.clinic.models import Crew, Order, Room, Visit
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.board.day import day_of_site, waiting_orders
from foramen.clinic.pages.board.views import day_named, in_the_middle, room_of, rooms_after, today
from foramen.clinic.pages.bookings.people import choices_of_role
from foramen.clinic.pages.bookings.slots import fits
from foramen.clinic.pages.paging import age_on
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.roles import DOCTORS, Role


class AddOnForm(forms.Form):
    """Which of those who wait takes the slot."""

    order = forms.UUIDField(widget=forms.HiddenInput)


def add_on(request: ClinicRequest, on: str, code: str) -> HttpResponse:
    """Those who wait and fit in a free slot; one of them is booked in it."""
    day = day_named(on)
    found = room_of(day_of_site(request.at_site, day, clock.now()), code)
    asked = str(request.POST.get("at") or request.GET.get("at", ""))
    slot = next((one.slot for one in found.free if one.slot.typed == asked), None)
    form = AddOnForm(request.POST or None)
    if request.method == "POST" and (answer := _place(request, form, found.room, asked)):
        return answer
    waiting = [one for one in waiting_orders(request.at_site) if slot and fits(one, slot)]
    context = {
        "room": found.room, "on": day, "slot": slot, "form": form, "at": _readable(asked),
        "waiting": [{"order": one, "age": age_on(one.patient.born, day)} for one in waiting],
    }  # fmt: skip
    answer = render(request, "clinic/board/add_on.html", context, status=422 if form.errors else 200)
    return in_the_middle(answer) if request.htmx else answer


def _place(request: ClinicRequest, form: AddOnForm, room: Room, at: str) -> HttpResponse | None:
    if not form.is_valid():
        return None
    order = get_object_or_404(
        Order.objects.select_related("patient"), site=request.at_site, pk=form.cleaned_data["order"]
    )
    same_day = at[:10] == today(request.at_site).isoformat()
    booked = {"room": room.pk, "start": at, "minutes": room.slot_minutes, "add_on": same_day}
    done = perform_form(request, form, "book", order.pk, Booking, booked)
    if done is None:
        return None
    said = f"{order.patient.name} is booked in {room.name} at {at[-5:]}. The screening comes next."
    if request.htmx:
        return rooms_after(request, Visit.objects.select_related("room").get(pk=done.key), room.code, said)
    messages.success(request, said)
    return redirect(f"{reverse('board-day', args=(at[:10],))}#v-{done.key}")


def _readable(typed: str) -> datetime | None:
    try:
        return datetime.fromisoformat(typed)
    except ValueError:
        return None


class CrewForm(forms.Form):
    """Who performs and who assists in a room on a day."""

    radiologist = forms.ChoiceField(label="Radiologist", required=False)
    technologist = forms.ChoiceField(label="Technologist", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, people: dict[str, list[tuple[str, str]]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["radiologist"] = forms.ChoiceField(
            label="Radiologist", required=False, choices=[("", "nobody yet"), *people["radiologist"]]
        )
        self.fields["technologist"] = forms.ChoiceField(
            label="Technologist", required=False, choices=[("", "nobody yet"), *people["technologist"]]
        )


def crew(request: ClinicRequest, on: str, code: str) -> HttpResponse:
    """The crew of a room on a day."""
    day = day_named(on)
    room = get_object_or_404(Room, site=request.at_site, code=code)
    now = Crew.objects.filter(room=room, on=day).first()
    form = CrewForm(request.POST or None, people=_people(request, day), initial=_initial(now))
    if request.method == "POST" and form.is_valid():
        told = {
            "on": day, "radiologist": _key(form, "radiologist"), "technologist": _key(form, "technologist"),
            "version": form.cleaned_data["version"],
        }  # fmt: skip
        if perform_form(request, form, "set_crew", room.pk, CrewSet, told):
            messages.success(request, f"The crew of {room.name} is set.")
            return redirect(f"{reverse('board-day', args=(day.isoformat(),))}#{room.code}")
    context = {"room": room, "on": day, "form": form}
    return render(request, "clinic/board/crew.html", context, status=422 if form.errors else 200)


def _people(request: ClinicRequest, day: Any) -> dict[str, list[tuple[str, str]]]:
    return {
        "radiologist": choices_of_role(request.at_site, DOCTORS, day),
        "technologist": choices_of_role(request.at_site, frozenset({Role.TECHNOLOGIST}), day),
    }


def _initial(now: Crew | None) -> dict[str, Any]:
    if now is None:
        return {}
    return {"radiologist": now.radiologist_id, "technologist": now.technologist_id, "version": now.version}


def _key(form: CrewForm, name: str) -> UUID | None:
    return UUID(form.cleaned_data[name]) if form.cleaned_data[name] else None

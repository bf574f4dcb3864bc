"""Booking an order, moving a visit, cancelling it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from foramen.clinic import clock
from foramen.clinic.domain.asked import Booking, Cancellation, Move
from foramen.clinic.domain.times import clock_at, day_at
from foramen.clinic.models import Order, Room, Site, Visit
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.board.day import day_of_site
from foramen.clinic.pages.board.views import in_the_middle, rooms_after, today
from foramen.clinic.pages.bookings.forms import CancelForm, DayForm, MoveForm, MoveSlotForm, SlotForm
from foramen.clinic.pages.bookings.people import choices_of_role
from foramen.clinic.pages.bookings.slots import FreeSlot
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.roles import DOCTORS


def book(request: ClinicRequest, key: str) -> HttpResponse:
    """A slot for an order."""
    orders = Order.objects.select_related("patient", "referral")
    order = get_object_or_404(orders, site=request.at_site, pk=key)
    chosen, slots, day = _slots(request, order.modality, today(request.at_site))
    people = choices_of_role(request.at_site, DOCTORS, day)
    form = SlotForm(request.POST or None, slots=slots, people=people, on=day)
    if request.method == "POST" and form.is_valid():
        done = perform_form(request, form, "book", order.pk, Booking, form.booked())
        if done:
            visit = Visit.objects.select_related("room", "patient").get(pk=done.key)
            messages.success(request, f"{visit.patient.name} is booked in {visit.room.name}. The screening comes next.")
            return redirect(on_board(visit))
    if request.method == "GET":
        note_reading(request, order.patient, "booking")
    context = {"order": order, "form": form, "chosen": chosen, "slots": slots, "day": day}
    context |= band_context(order.patient)
    return render(request, "clinic/bookings/book.html", context, status=_status(form))


def move(request: ClinicRequest, key: str) -> HttpResponse:
    """Another slot for a visit. The board sends room and start; the page of this address sends a choice."""
    visit = _visit(request, key)
    chosen, slots, day = _slots(request, visit.room.modality, _day(visit))
    direct = "room" in request.POST
    typed = None if direct else request.POST or None
    form = MoveSlotForm(typed, slots=slots, on=day, initial={"version": visit.version})
    sent = MoveForm(request.POST) if direct else form
    if request.method == "POST" and sent.is_valid():
        told = sent.cleaned_data if isinstance(sent, MoveForm) else sent.moved()
        if perform_form(request, sent, "move", visit.pk, Move, told):
            return _moved(request, visit.pk, visit.room.code)
    if request.method == "GET":
        note_reading(request, visit.patient, "another slot")
    context = {
        "visit": visit, "form": form, "refused": sent if direct else form, "chosen": chosen, "slots": slots, "day": day,
    }  # fmt: skip
    context |= band_context(visit.patient, visit)
    answer = render(request, "clinic/bookings/move.html", context, status=_status(sent))
    return in_the_middle(answer) if request.htmx else answer


def _moved(request: ClinicRequest, key: Any, left: str) -> HttpResponse:
    """Back to the board, with what a move leaves to be done."""
    visit = Visit.objects.select_related("room", "patient", "site").get(pk=key)
    said = f"{visit.patient.name} is moved to {clock_at(visit.site, visit.start)}, {visit.room.name}. "
    letter = f"Letter {visit.letter} must be acknowledged." if visit.letter else "There is no letter yet."
    if request.htmx:
        return rooms_after(request, visit, left, said + letter)
    messages.warning(request, said + letter)
    return redirect(on_board(visit))


def cancel(request: ClinicRequest, key: str) -> HttpResponse:
    """A visit will not be; why is part of the record."""
    visit = _visit(request, key)
    form = CancelForm(request.POST or None, initial={"version": visit.version})
    if request.method == "POST" and perform_form(request, form, "cancel", visit.pk, Cancellation):
        messages.success(request, f"The visit of {visit.patient.name} is cancelled. Its slot is free.")
        return redirect(reverse("board-day", args=(_day(visit).isoformat(),)))
    if request.method == "GET":
        note_reading(request, visit.patient, "cancellation")
    context = {"visit": visit, "form": form, "day": _day(visit)} | band_context(visit.patient, visit)
    return render(request, "clinic/bookings/cancel.html", context, status=_status(form))


def on_board(visit: Visit) -> str:
    """Where a visit stands on the board."""
    return f"{reverse('board-day', args=(_day(visit).isoformat(),))}#v-{visit.pk}"


def _day(visit: Visit) -> date:
    return day_at(visit.site, visit.start)


def _visit(request: ClinicRequest, key: str) -> Visit:
    visits = Visit.objects.select_related("patient", "room", "order", "site")
    return get_object_or_404(visits, site=request.at_site, pk=key)


def _slots(request: ClinicRequest, modality: str, day: date) -> tuple[DayForm, Sequence[FreeSlot], date]:
    """The day that is looked at, and its free slots in rooms of a modality."""
    rooms = _rooms(request.at_site, modality)
    chosen = DayForm({"on": request.GET.get("on") or day, "room": request.GET.get("room", "")}, rooms)
    asked = chosen.cleaned_data if chosen.is_valid() else {}
    on, code = asked.get("on") or day, asked.get("room")
    free = [one.slot for one in day_of_site(request.at_site, on, clock.now()).free]
    fitting = [one for one in free if one.room.modality == modality and code in ("", None, one.room.code)]
    return chosen, sorted(fitting, key=lambda one: one.start), on


def _rooms(site: Site, modality: str) -> list[Room]:
    return list(Room.objects.filter(site=site, modality=modality))


def _status(form: Any) -> int:
    return 422 if form.errors else 200

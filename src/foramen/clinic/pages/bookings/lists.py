"""The list of visits, and the list of orders that wait for a slot."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from foramen.clinic import clock
from foramen.clinic.domain.times import day_at
from foramen.clinic.models import LIVE, Order, Visit
from foramen.clinic.pages.board.day import day_of_site
from foramen.clinic.pages.board.readiness import Shown, shown_of
from foramen.clinic.pages.board.views import today
from foramen.clinic.pages.bookings.filters import VisitFilter, WaitingFilter, rooms_of
from foramen.clinic.pages.bookings.people import choices_of_role
from foramen.clinic.pages.bookings.slots import FreeSlot, fits
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.paging import age_on, page_of, sort_addresses
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.roles import DOCTORS, SCHEDULERS

CHANGEABLE = (Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY)
"""States of a visit that can still be moved or cancelled."""


def bookings(request: ClinicRequest) -> HttpResponse:
    """Visits of the site; without a filter, from today on."""
    site, day = request.at_site, today(request.at_site)
    if not request.GET:
        request.GET = QueryDict(urlencode({"first": day}))
    offered = {"room": rooms_of(site), "radiologist": choices_of_role(site, DOCTORS, day)}
    narrowed = VisitFilter(request, offered)
    rows = narrowed.narrow(Visit.objects.filter(site=site), site)
    page = page_of(request, rows, "patient", "room", "radiologist", "order")
    for one in page.rows:
        one.site = site
    shown = shown_of(page.rows, clock.now())
    context = {
        "filter": narrowed, "page": page, "sorts": sort_addresses(request, narrowed), "day": day,
        "rows": [_row(request, one, day, shown[one.pk]) for one in page.rows],
    }  # fmt: skip
    return render(request, "clinic/bookings/list.html", context)


def _row(request: ClinicRequest, visit: Visit, day: date, shown: Shown) -> dict[str, Any]:
    may = link_for(request, "move", visit.pk, method="POST")
    return {
        "visit": visit, "age": age_on(visit.patient.born, day), "worst": shown.worst if shown.cells else "",
        "day": day_at(request.at_site, visit.start).isoformat(),
        "live": visit.state in LIVE, "changeable": may and visit.state in CHANGEABLE,
    }  # fmt: skip


def waiting(request: ClinicRequest) -> HttpResponse:
    """Orders that wait for a slot, with the slots of today that they fit in."""
    site, day, now = request.at_site, today(request.at_site), clock.now()
    narrowed = WaitingFilter(request)
    rows = Order.objects.filter(site=site, waiting_since__isnull=False, state=Order.State.OPEN)
    page = page_of(request, narrowed.narrow(rows, site), "patient", "referral")
    free = sorted((one.slot for one in day_of_site(site, day, now).free), key=lambda slot: slot.start)
    context = {
        "filter": narrowed, "page": page, "sorts": sort_addresses(request, narrowed), "day": day,
        "may_book": request.roles & SCHEDULERS, "rows": [
            {"order": one, "age": age_on(one.patient.born, day), "slots": _fitting(one, free)} for one in page.rows
        ],
    }  # fmt: skip
    return render(request, "clinic/bookings/waiting.html", context)


def _fitting(order: Order, free: Sequence[FreeSlot]) -> Sequence[FreeSlot]:
    """The first three slots in which an order can be done."""
    return [slot for slot in free if fits(order, slot)][:3]
